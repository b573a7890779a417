"""The ledger: units that are earned, reserved, spent, taken back and that expire, lot by lot.

It knows neither partners nor events. An account is a unit (`points`, `kickstart`, `award`, …) and an owner's key; all
amounts are integers, and money is in minor units. Write through `ledger.services`, read through `ledger.queries`.

- A **transaction** is one thing done to one account, under a key of the account's own: the same key with the same body
  gives the first answer again, with another body `KeyTaken`. It keeps the day on which it takes effect, the instant
  from which it is known, and the balance and debt after it.
- An **entry** moves some of the unit from one place to another: `issued`, `lots`, `spent`, `cancelled`, `expired`,
  `debt`. Both legs are one row, so that what a transaction takes from places it gives to places, to the last unit.
- A **lot** is what one award brought, with its own last day. Spending takes lots by expiry, then in the order of
  allocation; an undo returns to the same lots. Expiry is a comparison with `expires_on`; posting it is bookkeeping.
- A **hold** reserves parts of lots for a spend that is not decided yet. Held parts do not expire before it is. A hold
  gives way to what is taken back; `Hold.short` says by how much.
- **Debt** is what was taken back beyond what was there. The next award pays it first.
"""
