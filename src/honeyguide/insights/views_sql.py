"""The read-only views: one statement each, the same words for SQLite and PostgreSQL. docs/bi.md lists their columns.

What was posted and reversed on one and the same day is left out of the movements: a past that was corrected shows as it
is now known. They hold no client contacts (T5.3): a client is its key in the history. Money is in minor units.

A migration that changes a table below a view must be run without the views: SQLite copies the table, PostgreSQL refuses
to change a column. `honeyguide migrate` drops them first and makes them anew at the end.
"""

from collections.abc import Mapping

from django.db.backends.base.base import BaseDatabaseWrapper

from honeyguide.standing.flows import FLOWS

PARTNERS = """
SELECT p.key AS partner, p.name AS name, p.country AS country, p.kind AS kind, p.added_at AS added_at,
       s.state AS state, s.status AS status, s.since AS status_since, s.review_on AS review_on,
       s.discount_percent AS discount_percent, s.points_active AS points_active,
       s.points_available AS points_available, s.points_held AS points_held, s.points_debt AS points_debt,
       CASE WHEN s.state = 'active' THEN RANK() OVER (PARTITION BY s.state ORDER BY s.points_active DESC) END AS rank,
       s.assessed_on AS assessed_on
FROM partners_partner p LEFT JOIN standing_standing s ON s.partner_id = p.id
"""

POINTS_MOVEMENTS = """
SELECT f.movement_id AS movement_id, f.transaction_id AS transaction_id, f.account_id AS account_id,
       f.partner AS partner, f.day AS day, f.recorded_at AS recorded_at, f.kind AS kind, f.points AS points,
       f.award AS award, f.activity AS activity, COALESCE(ev.client, '') AS client,
       CASE WHEN ev.type IN ('sale.paid', 'project.delivered')
            THEN COALESCE(ev.data ->> 'contract', f.award) ELSE '' END AS contract,
       f.allocated_on AS allocated_on, f.expires_on AS expires_on, f.reference AS reference, f.reason AS reason
FROM points_flows f
LEFT JOIN history_event ev ON ev.seq =
     (SELECT MIN(found.seq) FROM history_event found
      WHERE found.ident = f.award AND NOT (found.ident = '') AND found.partner = f.partner
        AND found.type IN ('sale.paid', 'project.delivered', 'points.granted'))
"""

LOTS = """
SELECT l.id AS lot_id, a.id AS account_id, a.owner AS partner, l.ident AS award, l.source AS activity,
       COALESCE(ev.client, '') AS client,
       CASE WHEN ev.type IN ('sale.paid', 'project.delivered')
            THEN COALESCE(ev.data ->> 'contract', l.ident) ELSE '' END AS contract,
       l.allocated_on AS allocated_on, l.expires_on AS expires_on, l.amount AS amount, l.remaining AS remaining,
       l.held AS held, l.cancelled AS cancelled, l.expired AS expired
FROM ledger_lot l
JOIN ledger_account a ON a.id = l.account_id
LEFT JOIN history_event ev ON ev.seq =
     (SELECT MIN(found.seq) FROM history_event found
      WHERE found.ident = l.ident AND NOT (found.ident = '') AND found.partner = a.owner
        AND found.type IN ('sale.paid', 'project.delivered', 'points.granted'))
WHERE a.unit = 'points' AND NOT l.is_void
"""
"""A project may be delivered twice, the first counts: never two rows of one lot, or sums would double."""

EXCHANGES = """
SELECT t.id AS transaction_id, t.reference AS exchange, a.owner AS partner, t.day AS day, t.recorded_at AS recorded_at,
       t.points AS points, -t.change AS points_taken, t.debt_change AS points_owed,
       COALESCE(ev.data ->> 'item', '') AS item, COALESCE(ev.data ->> 'campaign', '') AS campaign,
       COALESCE((SELECT SUM(back.points) FROM ledger_transaction back
                 WHERE back.account_id = t.account_id AND back.reference = t.reference AND back.reference <> ''
                   AND back.id <> t.id AND back.kind <> 'reverse'
                   AND EXISTS (SELECT 1 FROM ledger_entry r WHERE r.transaction_id = back.id AND r.source = 'spent')
                   AND NOT EXISTS (SELECT 1 FROM ledger_transaction mirror
                                   WHERE mirror.undoes_id = back.id AND mirror.kind = 'reverse')), 0)
           AS points_given_back
FROM ledger_transaction t
JOIN ledger_account a ON a.id = t.account_id
LEFT JOIN history_event ev ON ev.seq =
     (SELECT MIN(found.seq) FROM history_event found
      WHERE found.ident = t.reference AND NOT (found.ident = '') AND found.type = 'points.spent'
        AND found.partner = a.owner)
WHERE a.unit = 'points' AND t.kind IN ('spend', 'capture', 'post')
  AND EXISTS (SELECT 1 FROM ledger_entry s WHERE s.transaction_id = t.id AND s.target = 'spent')
  AND NOT EXISTS (SELECT 1 FROM ledger_transaction mirror WHERE mirror.undoes_id = t.id AND mirror.kind = 'reverse')
"""

BONUSES = """
SELECT g.uid AS bonus, p.key AS partner, g.kind AS kind, g.amount_minor AS amount_minor, g.currency AS currency,
       g.granted_on AS granted_on, g.valid_to AS valid_to, COALESCE(l.remaining, 0) AS left_minor,
       COALESCE(g.amount_minor - g.cancelled_minor - l.remaining - l.expired, 0) AS used_minor,
       g.cancelled_minor AS cancelled_minor, COALESCE(l.expired, 0) AS expired_minor, g.reason AS reason,
       g.rulebook_version AS rulebook_version
FROM bonuses_bonusgrant g
JOIN partners_partner p ON p.id = g.partner_id
LEFT JOIN ledger_account a ON a.unit = g.kind AND a.owner = p.key
LEFT JOIN ledger_lot l ON l.account_id = a.id AND l.ident = g.uid
"""

VIEWS: Mapping[str, str] = {
    "points_flows": FLOWS,
    "bi_partners": PARTNERS,
    "bi_points_movements": POINTS_MOVEMENTS,
    "bi_lots": LOTS,
    "bi_exchanges": EXCHANGES,
    "bi_bonuses": BONUSES,
}
"""By name, what each selects; one that reads another comes after it."""


def create(connection: BaseDatabaseWrapper) -> None:
    """Make the views, or make them anew."""
    drop(connection)
    with connection.cursor() as cursor:
        for name, select in VIEWS.items():
            cursor.execute(f"CREATE VIEW {name} AS {select}")


def drop(connection: BaseDatabaseWrapper) -> None:
    """Remove the views that are there."""
    with connection.cursor() as cursor:
        for name in reversed(list(VIEWS)):
            cursor.execute(f"DROP VIEW IF EXISTS {name}")
