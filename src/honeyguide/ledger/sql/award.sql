-- An award in one round trip: ledger.drafts.Draft.award for PostgreSQL. See ledger/postgres.py.
CREATE OR REPLACE FUNCTION ledger_award(
    p_unit text, p_owner text, p_points bigint, p_key text, p_body text, p_ident text, p_source text, p_day date,
    p_expires date, p_sequence bigint, p_now timestamptz, p_actor text, p_reference text, p_reason text,
    OUT status text, OUT tid bigint, OUT kind text, OUT points bigint, OUT day date, OUT recorded_at timestamptz,
    OUT balance bigint, OUT debt bigint, OUT first_one bigint
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    a_id bigint;
    a_day date;
    l_id bigint;
    paid bigint := 0;
    counted bigint := p_points;
    before ledger_transaction;
BEGIN
    IF p_expires <= (p_now AT TIME ZONE 'UTC')::date + 2 THEN  -- the unit may be carried past it at this moment
        SELECT CASE WHEN u.carried_to < p_expires THEN p_points ELSE 0 END INTO counted
        FROM ledger_unit u WHERE u.name = p_unit FOR UPDATE;
        counted := coalesce(counted, p_points);
    END IF;
    UPDATE ledger_account a
    SET balance = a.balance + p_points, active = a.active + counted,
        latest_at = greatest(a.latest_at, p_now), latest_day = greatest(a.latest_day, p_day)
    WHERE a.unit = p_unit AND a.owner = p_owner AND a.debt = 0
    RETURNING a.id, a.balance, a.debt, a.latest_at, a.latest_day INTO a_id, balance, debt, recorded_at, a_day;
    IF a_id IS NULL THEN
        INSERT INTO ledger_unit (name, carried_to) VALUES (p_unit, '0001-01-01') ON CONFLICT DO NOTHING;
        INSERT INTO ledger_account (unit, owner, balance, held, debt, active)
        VALUES (p_unit, p_owner, 0, 0, 0, 0) ON CONFLICT DO NOTHING;
        SELECT a.id, least(a.debt, p_points) INTO a_id, paid
        FROM ledger_account a WHERE a.unit = p_unit AND a.owner = p_owner FOR UPDATE;
        UPDATE ledger_account a
        SET balance = a.balance + p_points - paid, debt = a.debt - paid, active = a.active + counted,
            latest_at = greatest(a.latest_at, p_now), latest_day = greatest(a.latest_day, p_day)
        WHERE a.id = a_id
        RETURNING a.balance, a.debt, a.latest_at, a.latest_day INTO balance, debt, recorded_at, a_day;
    END IF;
    tid := nextval('ledger_transaction_id_seq');
    INSERT INTO ledger_lot (account_id, transaction_id, ident, source, allocated_on, expires_on, sequence, amount,
                            remaining, held, expired, cancelled, is_void)
    VALUES (a_id, tid, p_ident, p_source, p_day, p_expires, p_sequence, p_points, p_points - paid, 0, 0, 0, false)
    ON CONFLICT (account_id, ident) WHERE NOT is_void DO NOTHING
    RETURNING id INTO l_id;
    IF l_id IS NOT NULL THEN
        INSERT INTO ledger_transaction (id, account_id, kind, key, body, day, recorded_at, points, change, debt_change,
                                        balance_after, debt_after, is_late, reference, reason, actor_name)
        VALUES (tid, a_id, 'award', p_key, p_body, p_day, recorded_at, p_points, p_points - paid, -paid,
                balance, debt, p_day < a_day, p_reference, p_reason, p_actor)
        ON CONFLICT (account_id, key) DO NOTHING;
        IF FOUND THEN
            INSERT INTO ledger_entry (transaction_id, lot_id, source, target, points)
            VALUES (tid, l_id, 'issued', 'lots', p_points);
            IF paid > 0 THEN
                INSERT INTO ledger_entry (transaction_id, lot_id, source, target, points)
                VALUES (tid, l_id, 'lots', 'debt', paid);
            END IF;
            status := 'made';
            kind := 'award';
            points := p_points;
            day := p_day;
            RETURN;
        END IF;
        DELETE FROM ledger_lot WHERE id = l_id;
    END IF;
    -- The key or the award was there before: the account becomes what it was.
    UPDATE ledger_account a
    SET balance = a.balance - p_points + paid, debt = a.debt + paid, active = a.active - counted,
        latest_at = (SELECT max(t.recorded_at) FROM ledger_transaction t WHERE t.account_id = a_id),
        latest_day = (SELECT max(t.day) FROM ledger_transaction t WHERE t.account_id = a_id)
    WHERE a.id = a_id;
    SELECT * INTO before FROM ledger_transaction t WHERE t.account_id = a_id AND t.key = p_key;
    IF before.id IS NULL THEN
        status := 'award_taken';
        SELECT l.id INTO first_one FROM ledger_lot l WHERE l.account_id = a_id AND l.ident = p_ident AND NOT l.is_void;
        RETURN;
    END IF;
    status := CASE WHEN before.body = p_body THEN 'repeated' ELSE 'key_taken' END;
    SELECT before.id, before.kind, before.points, before.day, before.recorded_at, before.balance_after,
           before.debt_after, before.id
    INTO tid, kind, points, day, recorded_at, balance, debt, first_one;
END $$;
