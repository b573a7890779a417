-- The usual spend: ledger.services.spending.spend. Gives {transaction, balance, debt, recorded at in microseconds}; NULL
-- where the account has too little. A key that is there already is refused by the unique constraint; so is, by an
-- exception, what is left only in expired lots. See ledger/postgres.py.
CREATE FUNCTION ledger_spend(
    p_unit text, p_owner text, p_points bigint, p_key text, p_body text, p_day date, p_now timestamptz, p_actor text,
    p_reference text, p_reason text
) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
    a record;
    lot record;
    made bigint;
    changed bigint;
    rest bigint := p_points;
    places tid[] := '{}';
    parts bigint[] := '{}';
    moves text := '';
    part bigint;
    still_open date;
BEGIN
    SELECT id, balance - p_points AS balance, debt, greatest(latest_at, p_now) AS latest_at,
           greatest(latest_day, p_day) AS latest_day, open_from
    INTO a FROM ledger_account
    WHERE unit = p_unit AND owner = p_owner AND balance - held >= p_points
    FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    FOR lot IN
        SELECT ctid AS place, id, expires_on, remaining, remaining - held AS free FROM ledger_lot
        WHERE account_id = a.id AND expires_on > p_day AND expires_on >= a.open_from AND remaining > 0
        ORDER BY expires_on, sequence, id
    LOOP
        part := least(lot.free, rest);
        IF part > 0 THEN
            places := places || lot.place;
            parts := parts || part;
            moves := moves || ',[' || lot.id || ',"lots","spent",' || part || ']';
            rest := rest - part;
        END IF;
        IF still_open IS NULL AND lot.remaining > part THEN
            still_open := lot.expires_on;
        END IF;
        EXIT WHEN rest = 0;
    END LOOP;
    IF rest > 0 THEN
        RAISE EXCEPTION 'ledger_spend: less than the balance is valid' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    -- Where they lie: whoever writes lots of an account has it locked.
    UPDATE ledger_lot l SET remaining = l.remaining - t.part
    FROM unnest(places, parts) AS t (place, part) WHERE l.ctid = t.place;
    GET DIAGNOSTICS changed = ROW_COUNT;
    IF changed <> cardinality(places) THEN
        RAISE EXCEPTION 'ledger_spend: a lot was written by somebody who has not locked its account';
    END IF;
    still_open := coalesce(still_open, lot.expires_on);
    UPDATE ledger_account
    SET balance = a.balance, latest_at = a.latest_at, latest_day = a.latest_day,
        -- Nothing is left before it.
        open_from = CASE WHEN open_from > p_day AND still_open > open_from THEN still_open ELSE open_from END
    WHERE id = a.id;
    INSERT INTO ledger_transaction (account_id, kind, key, body, day, recorded_at, points, change, debt_change,
                                    balance_after, debt_after, is_late, reference, reason, actor_name, moves)
    VALUES (a.id, 'spend', p_key, p_body, p_day, a.latest_at, p_points, -p_points, 0,
            a.balance, a.debt, p_day < a.latest_day, p_reference, p_reason, p_actor,
            ('[' || substr(moves, 2) || ']')::jsonb)
    RETURNING id INTO made;
    RETURN ARRAY[made, a.balance, a.debt, (extract(epoch FROM a.latest_at) * 1000000)::bigint];
END $$;
