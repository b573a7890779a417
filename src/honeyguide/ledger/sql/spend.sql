-- A spend in one round trip: ledger.services.spending.spend for PostgreSQL. See ledger/postgres.py.
CREATE OR REPLACE FUNCTION ledger_spend(
    p_unit text, p_owner text, p_points bigint, p_key text, p_body text, p_day date, p_now timestamptz, p_actor text,
    p_reference text, p_reason text,
    OUT status text, OUT tid bigint, OUT kind text, OUT points bigint, OUT day date, OUT recorded_at timestamptz,
    OUT balance bigint, OUT debt bigint, OUT first_one bigint
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    a_id bigint;
    a_day date;
    rest bigint := p_points;
    part bigint;
    lots bigint[] := '{}';
    parts bigint[] := '{}';
    lot record;
    before ledger_transaction;
BEGIN
    UPDATE ledger_account a
    SET balance = a.balance - p_points,
        latest_at = greatest(a.latest_at, p_now), latest_day = greatest(a.latest_day, p_day)
    WHERE a.unit = p_unit AND a.owner = p_owner AND a.balance - a.held >= p_points
    RETURNING a.id, a.balance, a.debt, a.latest_at, a.latest_day INTO a_id, balance, debt, recorded_at, a_day;
    IF a_id IS NOT NULL THEN
        FOR lot IN
            SELECT l.id, l.remaining - l.held AS free FROM ledger_lot l
            WHERE l.account_id = a_id AND l.is_open AND l.expires_on > p_day
            ORDER BY l.expires_on, l.sequence, l.id
        LOOP
            part := least(lot.free, rest);
            IF part > 0 THEN
                lots := lots || lot.id;
                parts := parts || part;
                rest := rest - part;
                EXIT WHEN rest = 0;
            END IF;
        END LOOP;
        IF rest = 0 THEN
            INSERT INTO ledger_transaction (account_id, kind, key, body, day, recorded_at, points, change, debt_change,
                                            balance_after, debt_after, is_late, reference, reason, actor_name)
            VALUES (a_id, 'spend', p_key, p_body, p_day, recorded_at, p_points, -p_points, 0,
                    balance, debt, p_day < a_day, p_reference, p_reason, p_actor)
            ON CONFLICT (account_id, key) DO NOTHING
            RETURNING id INTO tid;
            IF tid IS NOT NULL THEN
                UPDATE ledger_lot l SET remaining = l.remaining - taken.part
                FROM unnest(lots, parts) AS taken (id, part) WHERE l.id = taken.id;
                INSERT INTO ledger_entry (transaction_id, lot_id, source, target, points)
                SELECT tid, taken.id, 'lots', 'spent', taken.part FROM unnest(lots, parts) AS taken (id, part);
                status := 'made';
                kind := 'spend';
                points := p_points;
                day := p_day;
                RETURN;
            END IF;
        END IF;
        -- The key was there before, or what is left has expired: the account becomes what it was.
        UPDATE ledger_account a
        SET balance = a.balance + p_points,
            latest_at = (SELECT max(t.recorded_at) FROM ledger_transaction t WHERE t.account_id = a_id),
            latest_day = (SELECT max(t.day) FROM ledger_transaction t WHERE t.account_id = a_id)
        WHERE a.id = a_id;
    ELSE
        SELECT a.id INTO a_id FROM ledger_account a WHERE a.unit = p_unit AND a.owner = p_owner FOR UPDATE;
    END IF;
    SELECT * INTO before FROM ledger_transaction t WHERE t.account_id = a_id AND t.key = p_key;
    IF before.id IS NULL THEN
        status := 'not_enough';
        SELECT coalesce(sum(l.remaining - l.held), 0) INTO first_one FROM ledger_lot l
        WHERE l.account_id = a_id AND l.is_open AND l.expires_on > p_day;
        RETURN;
    END IF;
    status := CASE WHEN before.body = p_body THEN 'repeated' ELSE 'key_taken' END;
    SELECT before.id, before.kind, before.points, before.day, before.recorded_at, before.balance_after,
           before.debt_after, before.id
    INTO tid, kind, points, day, recorded_at, balance, debt, first_one;
END $$;
