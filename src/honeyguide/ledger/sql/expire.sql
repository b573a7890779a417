-- The expiry of some locked accounts is posted: ledger.services.expiring for PostgreSQL. Gives the number of lots.
CREATE FUNCTION ledger_expire(
    p_accounts bigint[], p_day date, p_run text, p_now timestamptz, p_actor text
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    count_due bigint;
    changed bigint;
BEGIN
    WITH due AS MATERIALIZED (
        SELECT l.ctid AS place, l.id, l.account_id, l.expires_on, l.sequence, l.held, l.remaining - l.held AS free
        FROM ledger_account a CROSS JOIN LATERAL (
            SELECT l.ctid, l.* FROM ledger_lot l
            WHERE l.account_id = a.id AND l.expires_on BETWEEN a.open_from AND p_day AND l.remaining > 0
            OFFSET 0  -- by the account's index: what is due of all accounts would be read for each part of them
        ) l
        WHERE a.id = ANY (p_accounts)
        ORDER BY l.ctid  -- as they lie on the disk
    ), days AS MATERIALIZED (
        SELECT account_id, expires_on, sum(free)::bigint AS total,
            ('[' || string_agg('[' || id || ',"lots","expired",' || free || ']', ',' ORDER BY sequence, id) || ']')::jsonb
                AS moves
        FROM due WHERE free > 0 GROUP BY account_id, expires_on
    ), lots AS (
        UPDATE ledger_lot l SET remaining = l.remaining - d.free, expired = l.expired + d.free
        FROM due d WHERE l.ctid = d.place AND d.free > 0  -- whoever writes lots of an account has it locked
        RETURNING 1
    ), transactions AS (
        INSERT INTO ledger_transaction (account_id, kind, key, body, day, recorded_at, points, change, debt_change,
                                        balance_after, debt_after, is_late, reference, reason, actor_name, moves)
        SELECT d.account_id, 'expire', 'expire:' || d.expires_on || ':' || p_run, '', d.expires_on,
               greatest(a.latest_at, p_now), d.total, -d.total, 0,
               a.balance - sum(d.total) OVER (PARTITION BY d.account_id ORDER BY d.expires_on), a.debt,
               d.expires_on < a.latest_day, '', '', p_actor, d.moves
        FROM days d JOIN ledger_account a ON a.id = d.account_id
        ORDER BY d.account_id, d.expires_on
    ), accounts AS (
        UPDATE ledger_account a
        SET balance = a.balance - coalesce(s.total, 0),
            open_from = coalesce(s.held_from, p_day + 1),
            latest_at = CASE WHEN s.total > 0 THEN greatest(a.latest_at, p_now) ELSE a.latest_at END,
            latest_day = greatest(a.latest_day, s.latest)
        FROM unnest(p_accounts) AS one (id) LEFT JOIN (
            SELECT account_id, sum(free) AS total, max(expires_on) FILTER (WHERE free > 0) AS latest,
                min(expires_on) FILTER (WHERE held > 0) AS held_from
            FROM due GROUP BY account_id
        ) s ON s.account_id = one.id
        WHERE a.id = one.id
    )
    SELECT count(*), (SELECT count(*) FROM lots) INTO count_due, changed FROM due WHERE free > 0;
    IF changed <> count_due THEN
        RAISE EXCEPTION 'ledger_expire: a lot was written by somebody who has not locked its account';
    END IF;
    RETURN count_due;
END $$;
