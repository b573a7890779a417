-- The usual award: ledger.services.awarding.award_in for an account that is there and owes nothing; NULL where it is not
-- so. Gives {transaction, balance, recorded at in microseconds}. The lock on the account comes first; keys and awards
-- that are there already are refused by unique constraints. See ledger/postgres.py.
CREATE FUNCTION ledger_award(
    p_unit text, p_owner text, p_points bigint, p_key text, p_body text, p_ident text, p_source text, p_day date,
    p_expires date, p_sequence bigint, p_now timestamptz, p_actor text, p_reference text, p_reason text
) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
    a record;
    tid bigint;
    lot bigint;
BEGIN
    UPDATE ledger_account
    SET balance = balance + p_points, active = active + p_points, open_from = least(open_from, p_expires),
        latest_at = greatest(latest_at, p_now), latest_day = greatest(latest_day, p_day)
    WHERE unit = p_unit AND owner = p_owner AND debt = 0
    RETURNING id, balance, latest_at, latest_day INTO a;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    INSERT INTO ledger_lot (account_id, ident, source, allocated_on, expires_on, sequence, amount, remaining, held,
                            expired, cancelled, is_void)
    VALUES (a.id, p_ident, p_source, p_day, p_expires, p_sequence, p_points, p_points, 0, 0, 0, false)
    RETURNING id INTO lot;
    INSERT INTO ledger_transaction (account_id, kind, key, body, day, recorded_at, points, change, debt_change,
                                    balance_after, debt_after, is_late, reference, reason, actor_name, moves)
    VALUES (a.id, 'award', p_key, p_body, p_day, a.latest_at, p_points, p_points, 0,
            a.balance, 0, p_day < a.latest_day, p_reference, p_reason, p_actor,
            ('[[' || lot || ',"issued","lots",' || p_points || ']]')::jsonb)
    RETURNING id INTO tid;
    RETURN ARRAY[tid, a.balance, (extract(epoch FROM a.latest_at) * 1000000)::bigint];
END $$;
