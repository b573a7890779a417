"""What would follow from a decision on conduct, before it is made: the engine on the history and a few more events."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from honeyguide.common.ids import new_id
from honeyguide.history.queries import events_around, lines_of, loads
from honeyguide.history.services import history_of_events
from honeyguide.partners.models import Partner
from honeyguide.program.history import History
from honeyguide.standing.engine import head_on
from honeyguide.standing.models import Standing
from honeyguide.standing.queries import standing_on

_LATER_KNOWN = frozenset({"sale.refunded", "sale.excluded"})
NOBODY = "sold-by-nobody"
"""The partner to whom excluded sales are put in hindsight: never accepted, so nothing counts for it."""


@dataclass(frozen=True, slots=True)
class Holding:
    """What holds for a partner on a day: what a decision can change."""

    state: str
    status: str
    discount_percent: Decimal
    entitlements: tuple[str, ...]
    points_active: int
    points_available: int
    review_on: date | None

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> "Holding":
        """Read it from the engine's answer, or its head."""
        return cls(
            state=answer["state"],
            status=answer["status"] or "",
            discount_percent=Decimal(str(answer["discount_percent"])),
            entitlements=tuple(answer["entitlements"]),
            points_active=answer["points"]["active"],
            points_available=answer["points"]["available"],
            review_on=date.fromisoformat(answer["review_on"]) if answer["review_on"] else None,
        )


@dataclass(frozen=True, slots=True)
class Preview:
    """What holds, what would hold at once, and what would hold at the end of the next day if nothing else happened."""

    before: Holding
    after: Holding
    tomorrow: Holding

    @property
    def changes(self) -> bool:
        """Whether anything would be different at once."""
        return self.before != self.after

    @property
    def taken(self) -> list[str]:
        """Entitlements that would go."""
        return [name for name in self.before.entitlements if name not in self.after.entitlements]

    @property
    def given(self) -> list[str]:
        """Entitlements that would come."""
        return [name for name in self.after.entitlements if name not in self.before.entitlements]

    @property
    def tomorrow_differs(self) -> bool:
        """Whether the next day would bring another status or discount."""
        now, later = self.after, self.tomorrow
        return (now.state, now.status, now.discount_percent) != (later.state, later.status, later.discount_percent)


@dataclass(frozen=True)
class Known:
    """What is known of a partner on a day, read when it is first asked for."""

    partner: Partner
    day: date

    @cached_property
    def standing(self) -> Standing | None:
        """Its standing; None before it was known."""
        return standing_on(self.partner, self.day)

    @cached_property
    def events(self) -> list[dict[str, Any]]:
        """The events that its standing follows from."""
        return [loads(line) for line in lines_of(events_around([self.partner.key]))]


def preview(known: Known, events: Sequence[Mapping[str, Any]], now: datetime) -> Preview:
    """What would follow if these events were told now. Nothing is written. Raises DoesNotFit."""
    assert known.standing is not None, known.partner.key
    more = [{"id": new_id("evt", now), "at": now, **event} for event in events]
    after = history_of_events([*known.events, *more])
    return Preview(
        before=Holding.of(known.standing.answer),
        after=_holding(after, known.partner, known.day),
        tomorrow=_holding(after, known.partner, known.day + timedelta(days=1)),
    )


def in_hindsight(known: Known) -> Holding:
    """What would hold if each refund and exclusion had been known when its sale was made.

    Corrections of earlier decisions (measures with `restatement`) are left out: they would not have been needed.
    Only state, status and what follows from them are meant; points differ where sales were left out.
    """
    events = [event for event in known.events if not (event["type"] == "measure.applied" and "restatement" in event)]
    return _holding(history_of_events(list(_known_at_once(events))), known.partner, known.day)


def _known_at_once(events: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The events as if sales had been what is left of them.

    What was refunded in full was no sale; a refund in part lessens the price; an excluded sale covers its client as
    somebody else's would, and counts for nobody's targets.
    """
    left = {event["sale"]: Decimal(event["net"]) for event in events if event["type"] == "sale.paid"}
    gone, excluded = set[str](), set[str]()
    for event in events:
        sale = event.get("sale", "")
        if event["type"] == "sale.refunded" and left.get(sale, 0) > 0:
            left[sale] -= Decimal(event["amount"]) if event.get("amount") else left[sale]
            gone |= {sale} if left[sale] <= 0 else set()
        elif event["type"] == "sale.excluded":
            excluded.add(sale)
    for event in events:
        sale = event.get("sale", "")
        if sale in gone or event["type"] in _LATER_KNOWN or (sale in excluded and event["type"] == "points.decided"):
            continue
        if event["type"] == "sale.paid":
            more = {"net": str(left[sale])} | ({"partner": NOBODY} if sale in excluded else {})
            yield event | more
        else:
            yield event


def _holding(history: History, partner: Partner, day: date) -> Holding:
    return Holding.of(head_on(history, day, partner.key))
