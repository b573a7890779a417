-- Many awards in one statement, those of an account in their order; all or none. `p_owners` are the accounts' owners, each
-- once; `p_whose` says for each award which of them, from 1. Answers come in no order. See ledger/postgres.py.
CREATE FUNCTION ledger_award_many(
    p_unit text, p_now timestamptz, p_actor text, p_owners text[], p_whose integer[], p_points bigint[], p_keys text[],
    p_bodies text[], p_idents text[], p_sources text[], p_days date[], p_expires date[], p_sequences bigint[],
    p_references text[], p_reasons text[]
) RETURNS TABLE (
    n bigint, status text, tid bigint, recorded_us bigint, balance bigint, debt bigint, kind text, points bigint,
    day date  -- the last three of what is there already
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    carried date;
    -- What the accounts are, in the order of p_owners: read once an account, not once an award.
    ids bigint[];
    balances bigint[];
    debts bigint[];
    latest timestamptz[];
    latest_days date[];
BEGIN
    INSERT INTO ledger_unit (name, carried_to) VALUES (p_unit, '0001-01-01') ON CONFLICT DO NOTHING;
    INSERT INTO ledger_account (unit, owner, balance, held, debt, active)
    SELECT p_unit, o, 0, 0, 0, 0 FROM unnest(p_owners) AS o
    WHERE NOT EXISTS (SELECT FROM ledger_account a WHERE a.unit = p_unit AND a.owner = o)
    ORDER BY 2 ON CONFLICT DO NOTHING;
    WITH locked AS MATERIALIZED (
        SELECT o.place, a.* FROM unnest(p_owners) WITH ORDINALITY AS o (owner, place)
        JOIN ledger_account a ON a.unit = p_unit AND a.owner = o.owner
        ORDER BY a.id FOR UPDATE OF a
    )
    SELECT array_agg(l.id ORDER BY l.place), array_agg(l.balance ORDER BY l.place), array_agg(l.debt ORDER BY l.place),
        array_agg(l.latest_at ORDER BY l.place), array_agg(l.latest_day ORDER BY l.place)
    INTO ids, balances, debts, latest, latest_days FROM locked l;
    IF (SELECT min(e) FROM unnest(p_expires) AS e) <= (p_now AT TIME ZONE 'UTC')::date + 2 THEN
        -- The unit may be carried past them at this moment. Accounts are locked before their unit.
        SELECT u.carried_to INTO carried FROM ledger_unit u WHERE u.name = p_unit FOR UPDATE;
    END IF;
    RETURN QUERY
    WITH given AS MATERIALIZED (
        SELECT g.*, ids[g.whose] AS account_id
        FROM unnest(p_whose, p_points, p_keys, p_bodies, p_idents, p_sources, p_days, p_expires, p_sequences,
                    p_references, p_reasons) WITH ORDINALITY
            AS g (whose, points, key, body, ident, source, day, expires_on, sequence, reference, reason, n)
    ), before AS MATERIALIZED (
        SELECT g.n, t.* FROM given g JOIN ledger_transaction t ON t.account_id = g.account_id AND t.key = g.key
    ), counted AS (
        SELECT g.*, debts[g.whose] AS owed, sum(g.points) OVER so_far::bigint AS came, max(g.day) OVER so_far AS last_day
        FROM given g WHERE NOT EXISTS (SELECT FROM before b WHERE b.n = g.n)
        WINDOW so_far AS (PARTITION BY g.whose ORDER BY g.n ROWS UNBOUNDED PRECEDING)
    ), fresh AS MATERIALIZED (
        -- What came first pays what was owed; the last day is later than its own only if another award's was.
        SELECT c.*, nextval('ledger_transaction_id_seq') AS tid, nextval('ledger_lot_id_seq') AS lid,
            least(c.owed, c.came) - least(c.owed, c.came - c.points) AS paid,
            balances[c.whose] + c.came - least(c.owed, c.came) AS balance_after,
            c.owed - least(c.owed, c.came) AS debt_after,
            c.day < greatest(latest_days[c.whose], c.last_day) AS is_late,
            greatest(latest[c.whose], p_now) AS recorded
        FROM counted c
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
               f.balance_after, f.debt_after, f.is_late, f.reference, f.reason, p_actor,
               ('[[' || f.lid || ',"issued","lots",' || f.points || ']'
                || CASE WHEN f.paid = 0 THEN '' ELSE ',[' || f.lid || ',"lots","debt",' || f.paid || ']' END || ']')::jsonb
        FROM fresh f
    ), accounts AS (
        UPDATE ledger_account a
        SET balance = a.balance + s.came - s.paid, debt = a.debt - s.paid, active = a.active + s.counted,
            open_from = least(a.open_from, s.opens),
            latest_at = greatest(a.latest_at, p_now), latest_day = greatest(a.latest_day, s.last_day)
        FROM (
            SELECT f.account_id, sum(f.points) AS came, sum(f.paid) AS paid, max(f.day) AS last_day,
                min(f.expires_on) FILTER (WHERE f.points > f.paid) AS opens,
                sum(CASE WHEN f.expires_on <= carried THEN 0 ELSE f.points END) AS counted
            FROM fresh f GROUP BY f.account_id
        ) s
        WHERE a.id = s.account_id
    )
    SELECT f.n, 'made', f.tid, (extract(epoch FROM f.recorded) * 1000000)::bigint, f.balance_after, f.debt_after,
           NULL, NULL::bigint, NULL::date
    FROM fresh f
    UNION ALL
    SELECT b.n, CASE WHEN b.body = p_bodies[b.n] THEN 'repeated' ELSE 'key_taken' END, b.id,
           (extract(epoch FROM b.recorded_at) * 1000000)::bigint, b.balance_after, b.debt_after, b.kind::text, b.points,
           b.day
    FROM before b;
END $$;
