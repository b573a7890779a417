"""Whether the ledger holds together: each invariant is counted anew from the entries, and each difference named.

What foreign keys would hold on smaller tables is asked here: every row's account, transaction and lot is there.
"""

from collections.abc import Iterator
from typing import NamedTuple

from django.db import connection

from honeyguide.ledger.models import Place

_PLACES = ", ".join(f"'{place}'" for place in Place.values)
_INTO_LOTS = "CASE WHEN e.target = 'lots' THEN e.points WHEN e.source = 'lots' THEN -e.points ELSE 0 END"
_INTO_EXPIRED = "CASE WHEN e.target = 'expired' THEN e.points WHEN e.source = 'expired' THEN -e.points ELSE 0 END"
_OF_DEBT = "CASE WHEN e.source = 'debt' THEN e.points WHEN e.target = 'debt' THEN -e.points ELSE 0 END"
_ISSUED = "CASE WHEN e.source = 'issued' THEN e.points WHEN e.target = 'issued' THEN -e.points ELSE 0 END"


class Check(NamedTuple):
    """A query that gives a row for each difference; `words` take its columns."""

    words: str
    query: str
    only: str = ""
    """The one database that has what it asks about."""


CHECKS = (
    Check(
        "transaction {0}: there is no account {1}",
        "SELECT t.id, t.account_id FROM ledger_transaction t LEFT JOIN ledger_account a ON a.id = t.account_id "
        "WHERE a.id IS NULL",
    ),
    Check(
        "transaction {0}: it undoes {1}, which is no transaction of its account",
        "SELECT t.id, t.undoes_id FROM ledger_transaction t "
        "LEFT JOIN ledger_transaction u ON u.id = t.undoes_id AND u.account_id = t.account_id AND u.id < t.id "
        "WHERE t.undoes_id IS NOT NULL AND u.id IS NULL",
    ),
    Check(
        "lot {0}: there is no account {1}",
        "SELECT l.id, l.account_id FROM ledger_lot l LEFT JOIN ledger_account a ON a.id = l.account_id "
        "WHERE a.id IS NULL",
    ),
    Check(
        "transaction {0}: transaction {1} has reversed it already",
        "SELECT t.id, MIN(o.id) FROM ledger_transaction t JOIN ledger_transaction o "
        "ON o.undoes_id = t.undoes_id AND o.kind = 'reverse' AND o.id < t.id WHERE t.kind = 'reverse' GROUP BY t.id",
    ),
    Check(
        "transaction {0}: its entries are not its moves",
        "SELECT t.id FROM ledger_transaction t WHERE json(t.moves) IS NOT "
        "(SELECT json_group_array(json_array(e.lot_id, e.source, e.target, e.points)) FROM "
        "(SELECT * FROM ledger_entry WHERE transaction_id = t.id ORDER BY place) e)",
        "sqlite",
    ),
    Check(
        "entry {1} of transaction {0}: lot {2} is not one of its account",
        "SELECT e.transaction_id, e.place, e.lot_id FROM ledger_entry e "
        "JOIN ledger_transaction t ON t.id = e.transaction_id "
        "LEFT JOIN ledger_lot l ON l.id = e.lot_id AND l.account_id = t.account_id "
        "WHERE e.lot_id IS NOT NULL AND l.id IS NULL",
    ),
    Check(
        "entry {1} of transaction {0}: it moves from {2} to {3} without saying which lot",
        "SELECT e.transaction_id, e.place, e.source, e.target FROM ledger_entry e "
        "WHERE e.lot_id IS NULL AND (e.source = 'lots' OR e.target = 'lots')",
    ),
    Check(
        "entry {1} of transaction {0}: it moves from {2} to {3}, which are no places",
        "SELECT e.transaction_id, e.place, e.source, e.target FROM ledger_entry e "  # noqa: S608 - own words
        f"WHERE e.source NOT IN ({_PLACES}) OR e.target NOT IN ({_PLACES})",
    ),
    Check(
        "cancellation {0}: transaction {1} and lot {2} are not of one account",
        "SELECT c.id, c.transaction_id, c.lot_id FROM ledger_cancellation c "
        "LEFT JOIN ledger_transaction t ON t.id = c.transaction_id "
        "LEFT JOIN ledger_lot l ON l.id = c.lot_id AND l.account_id = t.account_id WHERE l.id IS NULL",
    ),
    Check(
        "transaction {0}: change stored {1} of lots and {2} of debt, its entries say {3} and {4}",
        "SELECT t.id, t.change, t.debt_change, COALESCE(s.lots, 0), COALESCE(s.debt, 0) FROM ledger_transaction t "  # noqa: S608 - own words
        f"LEFT JOIN (SELECT e.transaction_id, SUM({_INTO_LOTS}) AS lots, SUM({_OF_DEBT}) AS debt "
        "FROM ledger_entry e GROUP BY e.transaction_id) s ON s.transaction_id = t.id "
        "WHERE s.transaction_id IS NULL OR t.change <> s.lots OR t.debt_change <> s.debt",
    ),
    Check(
        "transaction {0}: balance after stored {1}, debt {2}; the sums up to it are {3} and {4}",
        "SELECT * FROM (SELECT t.id, t.balance_after, t.debt_after, "
        "SUM(t.change) OVER so_far AS lots, SUM(t.debt_change) OVER so_far AS debt FROM ledger_transaction t "
        "WINDOW so_far AS (PARTITION BY t.account_id ORDER BY t.id ROWS UNBOUNDED PRECEDING)) AS running "
        "WHERE running.balance_after <> running.lots OR running.debt_after <> running.debt",
    ),
    Check(
        "transaction {0}: known since {1}, though one before it since {2}",
        "SELECT * FROM (SELECT t.id, t.recorded_at, LAG(t.recorded_at) OVER "
        "(PARTITION BY t.account_id ORDER BY t.id) AS before FROM ledger_transaction t) AS told "
        "WHERE told.recorded_at < told.before",
    ),
    Check(
        "transaction {0} of {1}: it is marked as {2} late",
        "SELECT told.id, told.day, CASE WHEN told.is_late THEN '' ELSE 'not' END FROM ("
        "SELECT t.id, t.day, t.is_late, MAX(t.day) OVER (PARTITION BY t.account_id ORDER BY t.id "
        "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS latest FROM ledger_transaction t) AS told "
        "WHERE told.is_late <> COALESCE(told.day < told.latest, FALSE)",
    ),
    Check(
        "lot {0}: amount {1} (void: {2}), the entries issued {3}",
        "SELECT l.id, l.amount, l.is_void, COALESCE(s.issued, 0) FROM ledger_lot l "  # noqa: S608 - own words
        f"LEFT JOIN (SELECT e.lot_id, SUM({_ISSUED}) AS issued FROM ledger_entry e GROUP BY e.lot_id) s "
        "ON s.lot_id = l.id WHERE COALESCE(s.issued, 0) <> CASE WHEN l.is_void THEN 0 ELSE l.amount END",
    ),
    Check(
        "lot {0}: remaining stored {1} and expired {2}, its entries say {3} and {4}",
        "SELECT l.id, l.remaining, l.expired, COALESCE(s.lots, 0), COALESCE(s.expired, 0) FROM ledger_lot l "  # noqa: S608 - own words
        f"LEFT JOIN (SELECT e.lot_id, SUM({_INTO_LOTS}) AS lots, SUM({_INTO_EXPIRED}) AS expired "
        "FROM ledger_entry e WHERE e.lot_id IS NOT NULL GROUP BY e.lot_id) s ON s.lot_id = l.id "
        "WHERE l.remaining <> COALESCE(s.lots, 0) OR l.expired <> COALESCE(s.expired, 0)",
    ),
    Check(
        "lot {0}: cancelled stored {1}, the cancellations say {2}",
        "SELECT l.id, l.cancelled, COALESCE(s.points, 0) FROM ledger_lot l "
        "LEFT JOIN (SELECT lot_id, SUM(points) AS points FROM ledger_cancellation GROUP BY lot_id) s "
        "ON s.lot_id = l.id WHERE l.cancelled <> COALESCE(s.points, 0)",
    ),
    Check(
        "lot {0}: it is void, yet {1} of its {2} points count as active",
        "SELECT l.id, l.amount - l.cancelled, l.amount FROM ledger_lot l WHERE l.is_void AND l.cancelled <> l.amount",
    ),
    Check(
        "lot {0}: held stored {1}, the open holds say {2}",
        "SELECT l.id, l.held, COALESCE(s.points, 0) FROM ledger_lot l LEFT JOIN (SELECT p.lot_id, SUM(p.points) AS "
        "points FROM ledger_holdlot p JOIN ledger_hold h ON h.id = p.hold_id WHERE h.status = 'open' "
        "GROUP BY p.lot_id) s ON s.lot_id = l.id WHERE l.held <> COALESCE(s.points, 0)",
    ),
    Check(
        "hold {0}: {1} points, {2} of them short, its parts are {3}",
        "SELECT h.uid, h.points, h.short, COALESCE(s.points, 0) FROM ledger_hold h LEFT JOIN (SELECT hold_id, "
        "SUM(points) AS points FROM ledger_holdlot GROUP BY hold_id) s ON s.hold_id = h.id "
        "WHERE h.status = 'open' AND h.points - h.short <> COALESCE(s.points, 0)",
    ),
    Check(
        "hold {0}: the transaction that spent it is not one of its account",
        "SELECT h.uid FROM ledger_hold h LEFT JOIN ledger_transaction t "
        "ON t.id = h.transaction_id AND t.account_id = h.account_id WHERE h.status = 'captured' AND t.id IS NULL",
    ),
    Check(
        "account {0} of {1}: stored {2} in lots and {3} held, the lots say {4} and {5}",
        "SELECT a.unit, a.owner, a.balance, a.held, COALESCE(s.remaining, 0), COALESCE(s.held, 0) "
        "FROM ledger_account a LEFT JOIN (SELECT account_id, SUM(remaining) AS remaining, SUM(held) AS held "
        "FROM ledger_lot GROUP BY account_id) s ON s.account_id = a.id "
        "WHERE a.balance <> COALESCE(s.remaining, 0) OR a.held <> COALESCE(s.held, 0)",
    ),
    Check(
        "account {0} of {1}: stored {2} in lots and {3} owed, the transactions say {4} and {5}",
        "SELECT a.unit, a.owner, a.balance, a.debt, COALESCE(s.lots, 0), COALESCE(s.debt, 0) FROM ledger_account a "
        "LEFT JOIN (SELECT account_id, SUM(change) AS lots, SUM(debt_change) AS debt FROM ledger_transaction "
        "GROUP BY account_id) s ON s.account_id = a.id "
        "WHERE a.balance <> COALESCE(s.lots, 0) OR a.debt <> COALESCE(s.debt, 0)",
    ),
    Check(
        "account {0} of {1}: active stored {2}, the lots that expire after {3} say {4}",
        "SELECT a.unit, a.owner, a.active, u.carried_to, COALESCE(s.points, 0) FROM ledger_account a "
        "JOIN ledger_unit u ON u.name = a.unit LEFT JOIN (SELECT l.account_id, SUM(l.amount - l.cancelled) AS points "
        "FROM ledger_lot l JOIN ledger_account b ON b.id = l.account_id JOIN ledger_unit v ON v.name = b.unit "
        "WHERE l.expires_on > v.carried_to GROUP BY l.account_id) s ON s.account_id = a.id "
        "WHERE a.active <> COALESCE(s.points, 0)",
    ),
    Check(
        "account {0} of {1}: something is left in lot {2} that expires on {3}, before the search begins ({4})",
        "SELECT a.unit, a.owner, l.id, l.expires_on, a.open_from FROM ledger_account a JOIN ledger_lot l "
        "ON l.account_id = a.id WHERE l.remaining > 0 AND (a.open_from IS NULL OR l.expires_on < a.open_from)",
    ),
    Check(
        "account {0} of {1}: latest stored {2} and {3}, the transactions say {4} and {5}",
        "SELECT a.unit, a.owner, a.latest_at, a.latest_day, s.at, s.day FROM ledger_account a "
        "LEFT JOIN (SELECT account_id, MAX(recorded_at) AS at, MAX(day) AS day FROM ledger_transaction "
        "GROUP BY account_id) s ON s.account_id = a.id "
        "WHERE COALESCE(a.latest_at <> s.at OR a.latest_day <> s.day, (a.latest_at IS NULL) <> (s.at IS NULL))",
    ),
    Check(
        "unit {0} does not add up to zero: {1}",
        "SELECT unit, SUM(change) FROM ledger_leg GROUP BY unit HAVING SUM(change) <> 0",
    ),
)
"""In the order in which they are told: what refers to what, then sums from the entries up."""


def problems() -> Iterator[str]:
    """A line for each difference, in words for an operator. Nothing is changed."""
    with connection.cursor() as cursor:
        for check in CHECKS:
            if check.only not in {"", connection.vendor}:
                continue
            cursor.execute(check.query)
            for row in cursor.fetchall():
                yield f"ledger: {check.words.format(*row)}"
