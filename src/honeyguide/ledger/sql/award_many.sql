-- Many awards in one statement, in their order; all or none. See ledger/postgres.py.
CREATE FUNCTION ledger_award_many(
    p_unit text, p_now timestamptz, p_actor text, p_owners text[], p_points bigint[], p_keys text[], p_bodies text[],
    p_idents text[], p_sources text[], p_days date[], p_expires date[], p_sequences bigint[], p_references text[],
    p_reasons text[]
) RETURNS TABLE (
    n bigint, status text, tid bigint, kind text, points bigint, day date, recorded_us bigint, balance bigint,
    debt bigint
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    carried date;
BEGIN
    INSERT INTO ledger_unit (name, carried_to) VALUES (p_unit, '0001-01-01') ON CONFLICT DO NOTHING;
    INSERT INTO ledger_account (unit, owner, balance, held, debt, active)
    SELECT DISTINCT p_unit, o, 0, 0, 0, 0 FROM unnest(p_owners) AS o
    WHERE NOT EXISTS (SELECT FROM ledger_account a WHERE a.unit = p_unit AND a.owner = o)
    ORDER BY 2 ON CONFLICT DO NOTHING;
    PERFORM a.id FROM ledger_account a WHERE a.unit = p_unit AND a.owner = ANY (p_owners) ORDER BY a.id FOR UPDATE;
    IF (SELECT min(e) FROM unnest(p_expires) AS e) <= (p_now AT TIME ZONE 'UTC')::date + 2 THEN
        -- The unit may be carried past them at this moment. Accounts are locked before their unit.
        SELECT u.carried_to INTO carried FROM ledger_unit u WHERE u.name = p_unit FOR UPDATE;
    END IF;
    RETURN QUERY
    WITH given AS MATERIALIZED (
        SELECT g.*, a.id AS account_id, a.balance AS a_balance, a.debt AS a_debt, a.latest_at, a.latest_day
        FROM unnest(p_owners, p_points, p_keys, p_bodies, p_idents, p_sources, p_days, p_expires, p_sequences,
                    p_references, p_reasons) WITH ORDINALITY
            AS g (owner, points, key, body, ident, source, day, expires_on, sequence, reference, reason, n)
        JOIN ledger_account a ON a.unit = p_unit AND a.owner = g.owner
    ), before AS MATERIALIZED (
        SELECT g.n, t.* FROM given g JOIN ledger_transaction t ON t.account_id = g.account_id AND t.key = g.key
    ), paying AS (
        SELECT g.*,
            least(g.points, greatest(0, g.a_debt - coalesce(sum(g.points) OVER earlier, 0)))::bigint AS paid,
            greatest(g.latest_day, max(g.day) OVER earlier) AS latest
        FROM given g WHERE NOT EXISTS (SELECT FROM before b WHERE b.n = g.n)
        WINDOW earlier AS (PARTITION BY g.account_id ORDER BY g.n ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    ), fresh AS MATERIALIZED (
        SELECT p.*, nextval('ledger_transaction_id_seq') AS tid, nextval('ledger_lot_id_seq') AS lid,
            (p.a_balance + sum(p.points - p.paid) OVER so_far)::bigint AS balance_after,
            (p.a_debt - sum(p.paid) OVER so_far)::bigint AS debt_after,
            greatest(p.latest_at, p_now) AS recorded
        FROM paying p
        WINDOW so_far AS (PARTITION BY p.account_id ORDER BY p.n ROWS UNBOUNDED PRECEDING)
    ), lots AS (
        INSERT INTO ledger_lot (id, account_id, ident, source, allocated_on, expires_on, sequence, amount, remaining,
                                held, expired, cancelled, is_void)
        SELECT f.lid, f.account_id, f.ident, f.source, f.day, f.expires_on, f.sequence, f.points, f.points - f.paid,
               0, 0, 0, false
        FROM fresh f
    ), transactions AS (
        INSERT INTO ledger_transaction (id, account_id, kind, key, body, day, recorded_at, points, change, debt_change,
                                        balance_after, debt_after, is_late, reference, reason, actor_name, moves)
        SELECT f.tid, f.account_id, 'award', f.key, f.body, f.day, f.recorded, f.points, f.points - f.paid, -f.paid,
               f.balance_after, f.debt_after, coalesce(f.day < f.latest, false), f.reference, f.reason, p_actor,
               ('[[' || f.lid || ',"issued","lots",' || f.points || ']'
                || CASE WHEN f.paid = 0 THEN '' ELSE ',[' || f.lid || ',"lots","debt",' || f.paid || ']' END || ']')::jsonb
        FROM fresh f
    ), accounts AS (
        UPDATE ledger_account a
        SET balance = a.balance + s.came - s.paid, debt = a.debt - s.paid, active = a.active + s.counted,
            open_from = least(a.open_from, s.opens),
            latest_at = greatest(a.latest_at, p_now), latest_day = greatest(a.latest_day, s.latest)
        FROM (
            SELECT f.account_id, sum(f.points) AS came, sum(f.paid) AS paid, max(f.day) AS latest,
                min(f.expires_on) FILTER (WHERE f.points > f.paid) AS opens,
                sum(CASE WHEN f.expires_on <= carried THEN 0 ELSE f.points END) AS counted
            FROM fresh f GROUP BY f.account_id
        ) s
        WHERE a.id = s.account_id
    )
    SELECT f.n, 'made', f.tid, 'award', f.points, f.day, (extract(epoch FROM f.recorded) * 1000000)::bigint,
           f.balance_after, f.debt_after
    FROM fresh f
    UNION ALL
    SELECT b.n, CASE WHEN b.body = p_bodies[b.n] THEN 'repeated' ELSE 'key_taken' END, b.id, b.kind::text, b.points,
           b.day, (extract(epoch FROM b.recorded_at) * 1000000)::bigint, b.balance_after, b.debt_after
    FROM before b
    ORDER BY 1;
END $$;
