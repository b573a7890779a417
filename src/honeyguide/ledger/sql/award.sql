-- The usual award in one statement: ledger.services.awarding.award_in for an account that is there and owes nothing.
-- $1 unit, $2 owner, $3 points, $4 key, $5 body, $6 ident, $7 source, $8 day, $9 expires on, $10 sequence, $11 now,
-- $12 actor, $13 reference, $14 reason. Gives no row where the account is not so. The lock on the account comes first;
-- keys and awards that are there already are refused by unique constraints.
WITH account AS (
    UPDATE ledger_account
    SET balance = balance + $3, active = active + $3, open_from = least(open_from, $9),
        latest_at = greatest(latest_at, $11), latest_day = greatest(latest_day, $8)
    WHERE unit = $1 AND owner = $2 AND debt = 0
    RETURNING id, balance, latest_at, latest_day
), made AS (
    INSERT INTO ledger_transaction (account_id, kind, key, body, day, recorded_at, points, change, debt_change,
                                    balance_after, debt_after, is_late, reference, reason, actor_name)
    SELECT id, 'award', $4, $5, $8, latest_at, $3, $3, 0, balance, 0, $8 < latest_day, $13, $14, $12 FROM account
    RETURNING id, account_id, recorded_at, balance_after
), lot AS (
    INSERT INTO ledger_lot (account_id, transaction_id, ident, source, allocated_on, expires_on, sequence, amount,
                            remaining, held, expired, cancelled, is_void)
    SELECT account_id, id, $6, $7, $8, $9, $10, $3, $3, 0, 0, 0, false FROM made
    RETURNING id, transaction_id
), entry AS (
    INSERT INTO ledger_entry (transaction_id, place, lot_id, source, target, points)
    SELECT transaction_id, 0, id, 'issued', 'lots', $3 FROM lot
)
SELECT id, recorded_at, balance_after FROM made
