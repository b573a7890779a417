-- ledger_award for several accounts, each given once, in one statement: for each its number and what the function gives.
-- Left out is an account that is not there, owes something, or is locked by somebody else. No function, but a statement
-- with its values: see ledger/line.py.
WITH fresh AS (
    UPDATE ledger_account a
    SET balance = a.balance + l.points, active = a.active + l.points, open_from = least(a.open_from, l.expires),
        latest_at = greatest(a.latest_at, l.at), latest_day = greatest(a.latest_day, l.day)
    FROM (
        SELECT b.id AS account_id, g.* FROM (/* values */)
            AS g (unit, owner, points, key, body, ident, source, day, expires, sequence, at, actor, reference, reason, n)
        JOIN ledger_account b ON b.unit = g.unit AND b.owner = g.owner
        FOR NO KEY UPDATE OF b SKIP LOCKED
    ) l
    WHERE a.id = l.account_id AND a.debt = 0
    RETURNING l.*, a.balance, a.latest_at, l.day < a.latest_day AS is_late,
        nextval('ledger_transaction_id_seq') AS tid, nextval('ledger_lot_id_seq') AS lid
), lots AS (
    INSERT INTO ledger_lot (id, account_id, ident, source, allocated_on, expires_on, sequence, amount, remaining, held,
                            expired, cancelled, is_void)
    SELECT lid, account_id, ident, source, day, expires, sequence, points, points, 0, 0, 0, false FROM fresh
), transactions AS (
    INSERT INTO ledger_transaction (id, account_id, kind, key, body, day, recorded_at, points, change, debt_change,
                                    balance_after, debt_after, is_late, reference, reason, actor_name, moves)
    SELECT tid, account_id, 'award', key, body, day, latest_at, points, points, 0, balance, 0, is_late, reference, reason,
           actor, ('[[' || lid || ',"issued","lots",' || points || ']]')::jsonb
    FROM fresh
)
SELECT n, ARRAY[tid, balance, (extract(epoch FROM latest_at) * 1000000)::bigint] FROM fresh
