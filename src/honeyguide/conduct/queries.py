"""Reading conduct: measures, adjustments, exclusions and suspensions, all derived from the history."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from honeyguide.common.clock import program_day, start_of_day
from honeyguide.common.rulebooks import current_rulebook
from honeyguide.conduct import rules
from honeyguide.history.models import Event
from honeyguide.history.queries import program_events
from honeyguide.partners.models import Partner
from honeyguide.standing.models import Standing, State

CONDUCT_TYPES = (
    "measure.applied",
    "measure.lifted",
    "discount.adjusted",
    "discount.restored",
    "sale.excluded",
    "points.cancelled",
    "partner.accepted",
    "partner.suspended",
    "partner.reinstated",
    "partner.terminated",
)
"""Types of events that a decision on conduct must have seen."""
INACTIVE_SHOWN = 500


@dataclass(frozen=True, slots=True)
class MeasureRecord:
    """A measure, in force or past.

    `until`: its last day as it acts, None: until lifted. `ended_on`: the day on which it was lifted or since which it
    is over; None while in force.
    """

    event: Event
    lift: Event | None
    started_on: date
    until: date | None
    ended_on: date | None

    @property
    def measure(self) -> str:
        """Its kind, a word of program.history.events.MEASURES."""
        return str(self.event.data["measure"])

    @property
    def title(self) -> str:
        """Its kind in words."""
        return rules.measure_title(self.measure)

    @property
    def effect(self) -> str:
        """What it does, in words."""
        words = rules.MEASURE_WORDS.get(self.measure)
        return str(words.effect) if words else ""

    @property
    def icon(self) -> str:
        """The icon of its kind."""
        words = rules.MEASURE_WORDS.get(self.measure)
        return words.icon if words else "flag"

    @property
    def clause(self) -> str:
        """The clause on which it rests."""
        return clause_of(self.event)

    @property
    def clause_title(self) -> str:
        """The clause in words."""
        return rules.clause_title(self.clause)

    @property
    def reason(self) -> str:
        """Why, as it was told to the partner."""
        return str(self.event.data.get("reason", ""))

    @property
    def users(self) -> list[str]:
        """The people whom it names; empty: all."""
        return list(self.event.data.get("users", ()))

    @property
    def sites(self) -> list[str]:
        """The sites that it names; empty: all."""
        return list(self.event.data.get("sites", ()))

    @property
    def in_force(self) -> bool:
        """Whether it acts on the day asked about."""
        return self.ended_on is None


@dataclass(frozen=True, slots=True)
class AdjustmentRecord:
    """A reduced discount. `end`: the event that restored or replaced it; None while in force."""

    event: Event
    end: Event | None

    @property
    def percent(self) -> Decimal:
        """The discount at most."""
        return Decimal(str(self.event.data["percent"]))

    @property
    def reason(self) -> str:
        """Why, as it was told to the partner."""
        return str(self.event.data["reason"])

    @property
    def restores(self) -> str:
        """What restores it, as it was told to the partner."""
        return str(self.event.data.get("restored_by", ""))

    @property
    def was_replaced(self) -> bool:
        """Whether another adjustment took its place."""
        return self.end is not None and self.end.type == "discount.adjusted"


@dataclass(frozen=True, slots=True)
class SaleLine:
    """A sale of the partner that counts for targets, to choose from. Money as in the history."""

    ident: str
    day: date
    client: str
    product: str
    net: str
    seats: int


def clause_of(event: Event) -> str:
    """The clause that an event of conduct names, else the one that the rulebook names for its kind."""
    clauses = {
        "measure.applied": current_rulebook().clauses.measure,
        "partner.suspended": current_rulebook().clauses.suspended,
        "partner.terminated": current_rulebook().clauses.terminated,
        "discount.adjusted": current_rulebook().clauses.discount_adjusted,
        "sale.excluded": "T3.2",
    }
    return str(event.data.get("clause") or clauses.get(event.type, ""))


def _happened(types: Iterable[str], *, partner: str = "", before: datetime | None = None) -> Iterator[Event]:
    events = program_events().filter(type__in=list(types)).order_by("at", "seq")
    if partner:
        events = events.filter(partner=partner)
    if before is not None:
        events = events.filter(at__lt=before)
    return iter(events)


def _after(day: date) -> datetime:
    return start_of_day(date.fromordinal(day.toordinal() + 1))


def measures(day: date, *, partner: str = "") -> list[MeasureRecord]:
    """All measures told by the end of a program day, the latest first: of one partner, or of all."""
    open_ones: dict[tuple[str, str], list[Event]] = {}
    found: list[MeasureRecord] = []
    for event in _happened(("measure.applied", "measure.lifted"), partner=partner, before=_after(day)):
        kind = (event.partner, event.data["measure"])
        if event.type == "measure.applied":
            open_ones.setdefault(kind, []).append(event)
        else:
            found += [_record(applied, event, day) for applied in open_ones.pop(kind, [])]
    found += [_record(applied, None, day) for kept in open_ones.values() for applied in kept]
    return sorted(found, key=lambda each: (each.event.at, each.event.seq), reverse=True)


def _record(applied: Event, lift: Event | None, day: date) -> MeasureRecord:
    start = program_day(applied.at)
    told = applied.data.get("until")
    until = rules.end_of(applied.data["measure"], start, date.fromisoformat(told) if told else None)
    lifted_on = program_day(lift.at) if lift is not None else None
    over = until is not None and until < day
    if until is not None and (over or lifted_on is not None) and (lifted_on is None or until < lifted_on):
        return MeasureRecord(applied, None, start, until, until)
    return MeasureRecord(applied, lift, start, until, lifted_on)


def measures_in_force(day: date, *, partner: str = "", measure: str = "") -> list[MeasureRecord]:
    """The measures that act at the end of a program day."""
    return [
        each for each in measures(day, partner=partner) if each.in_force and (not measure or each.measure == measure)
    ]


def adjustments(day: date, *, partner: str = "") -> list[AdjustmentRecord]:
    """All adjustments of discounts told by the end of a program day, the latest first (T3.6)."""
    present: dict[str, Event] = {}
    found: list[AdjustmentRecord] = []
    for event in _happened(("discount.adjusted", "discount.restored"), partner=partner, before=_after(day)):
        earlier = present.pop(event.partner, None)
        if earlier is not None:
            found.append(AdjustmentRecord(earlier, event))
        if event.type == "discount.adjusted":
            present[event.partner] = event
    found += [AdjustmentRecord(event, None) for event in present.values()]
    return sorted(found, key=lambda each: (each.event.at, each.event.seq), reverse=True)


def adjustment_in_force(partner: str, day: date) -> AdjustmentRecord | None:
    """The reduction of a partner's discount that acts at the end of a program day."""
    return next((each for each in adjustments(day, partner=partner) if each.end is None), None)


def exclusions(partner: str) -> list[Event]:
    """Sales of a partner that were taken out of the targets, the latest first (T3.2)."""
    return list(_happened(("sale.excluded",), partner=partner))[::-1]


def changes_of_state(partner: str) -> list[Event]:
    """Suspensions, reinstatements and terminations of a partner, the latest first."""
    types = ("partner.suspended", "partner.reinstated", "partner.terminated")
    return list(_happened(types, partner=partner))[::-1]


def countable_sales(partner: str) -> list[SaleLine]:
    """Sales of a partner that were not excluded, the latest first."""
    out = {event.ident for event in exclusions(partner)}
    return [
        SaleLine(
            ident=event.ident,
            day=program_day(event.at),
            client=event.client,
            product=str(event.data["product"]),
            net=str(event.data["net"]),
            seats=int(event.data.get("seats", 0)),
        )
        for event in _happened(("sale.paid",), partner=partner)
        if event.ident not in out
    ][::-1]


def last_conduct_event(partner: str) -> Event | None:
    """The latest event by which anybody decided on the partner's conduct."""
    return program_events().filter(partner=partner, type__in=CONDUCT_TYPES).order_by("-seq").first()


def inactive_partners() -> list[tuple[Partner, date]]:
    """Active partners without any activity for the months of the rulebook since acceptance, with that day (T3.4b)."""
    rows = (
        Standing.objects.filter(state=State.ACTIVE, inactive_since__isnull=False)
        .select_related("partner", "partner__manager")
        .order_by("partner__name")
    )
    return [(row.partner, row.inactive_since) for row in rows[:INACTIVE_SHOWN] if row.inactive_since is not None]


def inactive_since(standing: Standing | None) -> date | None:
    """The acceptance since which a partner has done nothing, once the months of the rulebook are over (T3.4b)."""
    return standing.inactive_since if standing is not None else None
