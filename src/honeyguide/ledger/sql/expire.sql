-- The expiry of some locked accounts is posted: ledger.services.expiring for PostgreSQL. Gives the number of lots.
CREATE OR REPLACE FUNCTION ledger_expire(
    p_accounts bigint[], p_day date, p_run text, p_now timestamptz, p_actor text
) RETURNS bigint LANGUAGE sql AS $$
    WITH due AS MATERIALIZED (
        SELECT l.id, l.account_id, l.expires_on, l.remaining - l.held AS free
        FROM ledger_lot l
        WHERE l.account_id = ANY (p_accounts) AND l.is_open AND l.expires_on <= p_day AND l.remaining > l.held
    ), days AS MATERIALIZED (
        SELECT d.*, nextval('ledger_transaction_id_seq') AS tid FROM (
            SELECT account_id, expires_on, sum(free)::bigint AS total FROM due GROUP BY account_id, expires_on
            ORDER BY account_id, expires_on
        ) d
    ), lots AS (
        UPDATE ledger_lot l SET remaining = l.remaining - d.free, expired = l.expired + d.free
        FROM due d WHERE l.id = d.id
    ), transactions AS (
        INSERT INTO ledger_transaction (id, account_id, kind, key, body, day, recorded_at, points, change, debt_change,
                                        balance_after, debt_after, is_late, reference, reason, actor_name)
        SELECT d.tid, d.account_id, 'expire', 'expire:' || d.expires_on || ':' || p_run, '', d.expires_on,
               greatest(a.latest_at, p_now), d.total, -d.total, 0,
               a.balance - sum(d.total) OVER (PARTITION BY d.account_id ORDER BY d.expires_on), a.debt,
               d.expires_on < a.latest_day, '', '', p_actor
        FROM days d JOIN ledger_account a ON a.id = d.account_id
    ), entries AS (
        INSERT INTO ledger_entry (transaction_id, lot_id, source, target, points)
        SELECT t.tid, d.id, 'lots', 'expired', d.free
        FROM due d JOIN days t ON t.account_id = d.account_id AND t.expires_on = d.expires_on
    ), accounts AS (
        UPDATE ledger_account a
        SET balance = a.balance - s.total, latest_at = greatest(a.latest_at, p_now),
            latest_day = greatest(a.latest_day, s.latest)
        FROM (SELECT account_id, sum(total) AS total, max(expires_on) AS latest FROM days GROUP BY account_id) s
        WHERE a.id = s.account_id
    )
    SELECT count(*) FROM due
$$;
