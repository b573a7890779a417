"""What a standing says, read into typed figures: what is asked, what is missing, what lies ahead, how it came about.

Pure: the JSON of a Standing (docs/schema/answer.json, outlook.json) and a rulebook in. Pages, programs and letters word
it; nothing here is a sentence.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import Any

from honeyguide.program.rulebook import Rulebook
from honeyguide.program.rulebook.sections import Status
from honeyguide.standing.models import Standing

type Json = Mapping[str, Any]
type Figure = Decimal | int | bool

MONEY, COUNT, FACT = "money", "count", "fact"
URGENT_VERDICTS = frozenset({"at_risk", "lost"})


@dataclass(frozen=True, slots=True)
class Row:
    """One requirement: what is asked, what is there, what is missing (T3.1).

    `kind`: money, count or fact. `expected`: at the review; None where nothing can be said. `window`: first and last
    day, inclusive. `evidence`, `course`, `nfr`: what brings it; "" for figures.
    """

    purpose: str
    status: str
    name: str
    kind: str
    clause: str
    actual: Figure
    required: Figure
    missing: Figure
    expected: Figure | None
    met: bool
    decides: bool
    window: tuple[date, date] | None
    evidence: str = ""
    course: str = ""
    nfr: str = ""

    @property
    def share_percent(self) -> int:
        """How much of what is asked is there, rounded down: 100 only when it is met."""
        if self.kind == FACT or not self.required:
            return 100 if self.met else 0
        return min(100, int(100 * self.actual / self.required))

    @property
    def expected_percent(self) -> int:
        """How much of what is asked will be there at the review."""
        if self.kind == FACT or self.expected is None or not self.required:
            return self.share_percent
        return min(100, int(100 * self.expected / self.required))

    @property
    def is_short(self) -> bool:
        """Whether it decides, is not there, and will not come by itself."""
        if not self.decides or self.met:
            return False
        return self.kind == FACT or self.expected is None or self.expected < self.required


@dataclass(frozen=True, slots=True)
class SeatLot:
    """Seats of a client in the window of a goal (T3.3).

    `renew_by`, `covered_until`, `renewals`, `cost`: for seats that do not mature unless the client renews.
    """

    client: str
    sale: str
    seats: int
    matures_on: date
    counted: bool = False
    covered_until: date | None = None
    renew_by: date | None = None
    renewals: int = 0
    product: str = ""
    term_months: int = 0
    cost: Decimal = Decimal(0)
    in_plan: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """One step of the cheapest way (docs/outlook.md).

    `kind`: reinstate, course, evidence, nfr, renew, new_seats, sell. `price`: own, program or unknown: whose seats the
    cost of new ones is taken from.
    """

    kind: str
    subject: str
    product: str
    term_months: int
    times: int
    seats: int
    clients: int
    cost: Decimal
    by: date
    price: str


@dataclass(frozen=True)
class Goal:
    """Keeping the status held, or reaching the next one, as of the day.

    `verdict`: keep: met, on_pace, at_risk, lost; reach: open, barred, out_of_reach. `falls_to`: the status that follows
    if it is not kept, "" when participation ends. `gain_percent`: points of discount that hang on it. `told`: the
    goal as the outlook has it, of whose many seats and steps most readers need none.
    """

    purpose: str
    status: str
    regaining: bool
    on: date | None
    on_is: str
    days_left: int | None
    verdict: str
    earliest_on: date | None
    pace_first: date | None
    pace_sales: Decimal | None
    sales_expected: Decimal | None
    seats_counted: int | None
    seats_maturing: int | None
    seats_lapsing: int | None
    seats_expected: int | None
    rows: tuple[Row, ...]
    possible: bool
    is_exact: bool
    cost: Decimal
    falls_to: str
    gain_percent: Decimal
    gains: tuple[str, ...]
    assessed_on: date
    told: Json

    @cached_property
    def lots(self) -> tuple[SeatLot, ...]:
        """Seats of clients in the window (T3.3)."""
        return (*_maturing(self.told, self.assessed_on), *_lapsing(self.told))

    @cached_property
    def actions(self) -> tuple[Action, ...]:
        """The steps of the cheapest way."""
        plan = self.told["plan"]
        return tuple(_action(action, plan["seat_price"]["basis"]) for action in plan["actions"])

    @property
    def figures(self) -> tuple[Row, ...]:
        """Sales, clients, seats."""
        return tuple(row for row in self.rows if row.kind != FACT)

    @property
    def facts(self) -> tuple[Row, ...]:
        """Courses, claims, evidence."""
        return tuple(row for row in self.rows if row.kind == FACT)

    @property
    def missing(self) -> tuple[Row, ...]:
        """What decides and is not there."""
        return tuple(row for row in self.rows if row.decides and not row.met)

    @property
    def short(self) -> tuple[Row, ...]:
        """What will not be there unless something is done."""
        return tuple(row for row in self.rows if row.is_short)

    @property
    def maturing(self) -> tuple[SeatLot, ...]:
        """Seats that will mature by what is paid."""
        return tuple(lot for lot in self.lots if not lot.counted and lot.renew_by is None)

    @property
    def lapsing(self) -> tuple[SeatLot, ...]:
        """Seats that mature only if their client renews."""
        return tuple(lot for lot in self.lots if lot.renew_by is not None)

    @property
    def counted(self) -> tuple[SeatLot, ...]:
        """Seats that count already."""
        return tuple(lot for lot in self.lots if lot.counted)

    @property
    def is_urgent(self) -> bool:
        """Whether the status is lost unless something is done."""
        return self.verdict in URGENT_VERDICTS


@dataclass(frozen=True, slots=True)
class Step:
    """One transition, with the requirements as they stood when it was decided."""

    on: date
    before: str
    after: str
    cause: str
    clause: str
    regained: bool
    rows: tuple[Row, ...]
    rulebook: str = ""
    """The version that decided; empty where that is not told."""

    @property
    def day_before(self) -> date:
        """The last day on which it was otherwise."""
        return self.on - timedelta(days=1)

    @property
    def figures(self) -> tuple[Row, ...]:
        """Sales, clients and seats as they stood."""
        return tuple(row for row in self.rows if row.kind != FACT)


@dataclass(frozen=True)
class Story:
    """A standing, read. `standing`: the row; `rulebook`: that which decided it."""

    standing: Standing
    rulebook: Rulebook

    @cached_property
    def keep(self) -> Goal | None:
        """Keeping the status held; None without one."""
        return self._goal("keep")

    @cached_property
    def reach(self) -> Goal | None:
        """Reaching the next status; None at the highest, and without one."""
        return self._goal("reach")

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """All transitions, the latest first."""
        return tuple(self._step(step) for step in reversed(self.standing.answer["transitions"]))

    @property
    def last_step(self) -> Step | None:
        """The transition that gave the status held, or took the last one."""
        moves = (step for step in self.steps if step.before != step.after or step.cause == "accepted")
        return next(moves, None)

    @property
    def inactive_since(self) -> date | None:
        """The acceptance since which nothing was done, once the months of the rulebook are over (T3.4b)."""
        return self.standing.inactive_since

    @property
    def barred(self) -> bool:
        """Whether a downgrade measure bars upgrades (T14)."""
        return bool(self.standing.outlook.get("barred"))

    @property
    def barred_until(self) -> date | None:
        """Its last day; None without an end."""
        return day_of(self.standing.outlook.get("barred_until"))

    @property
    def pace_days(self) -> int:
        """Days of the pace that sales are expected at, at most."""
        first = self.keep.pace_first if self.keep else None
        return (self.standing.assessed_on - first).days + 1 if first else 0

    @property
    def statuses(self) -> tuple[Status, ...]:
        """All statuses, lowest first."""
        return self.rulebook.statuses

    @property
    def status(self) -> Status | None:
        """The status held, with its figures."""
        return status_named(self.rulebook, self.standing.status)

    @property
    def entitlements(self) -> tuple[str, ...]:
        """What the partner has, in the rulebook's order."""
        order = list(self.rulebook.entitlements.texts)
        return tuple(
            sorted(
                self.standing.entitlements,
                key=lambda name: (name not in order, order.index(name) if name in order else name),
            )
        )

    @property
    def seat_goals(self) -> tuple[Goal, ...]:
        """The goals for which seats decide: their lists of clients are worth showing (T3.3)."""
        goals = [goal for goal in (self.keep, self.reach) if goal and goal.seats_counted is not None]
        return tuple(goals[:1] if len({goal.lots for goal in goals}) == 1 else goals)

    def _goal(self, purpose: str) -> Goal | None:
        goal: Json | None = self.standing.outlook.get(purpose)
        return None if goal is None else goal_of(goal, purpose, self.standing, self.rulebook)

    def _step(self, step: Json) -> Step:
        return Step(
            on=date.fromisoformat(step["on"]),
            before=step["from"] or "",
            after=step["to"] or "",
            cause=step["cause"],
            clause=step["clause"],
            regained=step["cause"] == "upgraded" and step["clause"] == self.rulebook.clauses.regained,
            rows=tuple(row_of(row, self.rulebook) for row in step.get("requirements", ())),
            rulebook=step.get("rulebook", ""),
        )


def status_named(rulebook: Rulebook, name: str) -> Status | None:
    """A status of the rulebook; None for none."""
    return next((status for status in rulebook.statuses if status.name == name), None)


def day_of(text: str | None) -> date | None:
    """A day of JSON."""
    return None if text is None else date.fromisoformat(text)


def money_of(text: str | None) -> Decimal | None:
    """An amount of JSON."""
    return None if text is None else Decimal(text)


def row_of(row: Json, rulebook: Rulebook, purpose: str = "", status: str = "") -> Row:
    """A requirement row of an answer, a transition or an outlook."""
    actual, required = row["actual"], row["required"]
    kind = FACT if isinstance(actual, bool) else MONEY if isinstance(actual, str) else COUNT
    met = bool(row["met"])
    missing: Figure = not met if kind == FACT else max(_figure(required) - _figure(actual), 0)
    brings = rulebook.requirements.get(row["requirement"])
    window = row["window"]
    return Row(
        purpose=row.get("purpose", purpose),
        status=row.get("status", status),
        name=row["requirement"],
        kind=kind,
        clause=row["clause"],
        actual=_figure(actual),
        required=_figure(required),
        missing=missing,
        expected=None if row.get("expected") is None else _figure(row["expected"]),
        met=met,
        decides=bool(row["decides"]),
        window=None if window is None else (date.fromisoformat(window[0]), date.fromisoformat(window[1])),
        evidence=(brings.evidence or "") if brings else "",
        course=(brings.course or "") if brings else "",
        nfr=(brings.nfr or "") if brings else "",
    )


def goal_of(goal: Json, purpose: str, standing: Standing, rulebook: Rulebook) -> Goal:
    """A goal of an outlook."""
    held, below = status_named(rulebook, standing.status), _below(rulebook, standing.status)
    aim = status_named(rulebook, goal["status"])
    more, less = (held, below) if purpose == "keep" else (aim, held)
    return Goal(
        purpose=purpose,
        status=goal["status"],
        regaining=goal["regaining"],
        on=day_of(goal["date"]),
        on_is=goal["date_is"] or "",
        days_left=goal["days_left"],
        verdict=goal["verdict"],
        earliest_on=day_of(goal["earliest_on"]),
        pace_first=day_of(goal["pace"]["first"]),
        pace_sales=money_of(goal["pace"]["sales"]),
        sales_expected=money_of(goal["sales_expected"]),
        **{f"seats_{name}": goal["seats"][name] for name in ("counted", "maturing", "lapsing", "expected")},
        rows=tuple(row_of(row, rulebook, purpose, goal["status"]) for row in goal["requirements"]),
        possible=goal["plan"]["possible"],
        is_exact=goal["plan"]["method"] == "exact",
        cost=Decimal(goal["plan"]["cost"]),
        falls_to=below.name if below and purpose == "keep" else "",
        gain_percent=_percent(more) - _percent(less),
        gains=gained(rulebook, less, more),
        assessed_on=standing.assessed_on,
        told=goal,
    )


def gained(rulebook: Rulebook, less: Status | None, more: Status | None) -> tuple[str, ...]:
    """Entitlements of a status that the one below does not have, in the rulebook's order."""
    every = rulebook.entitlements.every_partner if less is None else ()
    before = set(less.entitlements) if less else set()
    return tuple(name for name in (*every, *(more.entitlements if more else ())) if name not in before)


def _percent(status: Status | None) -> Decimal:
    return status.discount_percent if status else Decimal(0)


def _below(rulebook: Rulebook, name: str) -> Status | None:
    return next((low for low, high in pairwise(rulebook.statuses) if high.name == name), None)


def _figure(value: str | int | bool) -> Figure:
    return Decimal(value) if isinstance(value, str) else value


def _maturing(goal: Json, today: date) -> Sequence[SeatLot]:
    lots = []
    for lot in goal.get("maturing", ()):
        day = date.fromisoformat(lot["matures_on"])
        lots.append(SeatLot(lot["client"], lot["sale"], lot["seats"], day, counted=day <= today))
    return lots


def _lapsing(goal: Json) -> Sequence[SeatLot]:
    return [
        SeatLot(
            lot["client"],
            lot["sale"],
            lot["seats"],
            date.fromisoformat(lot["matures_on"]),
            covered_until=date.fromisoformat(lot["covered_until"]),
            renew_by=date.fromisoformat(lot["renew_by"]),
            renewals=lot["renewals"],
            product=lot["product"],
            term_months=lot["term_months"],
            cost=Decimal(lot["cost"]),
            in_plan=lot["in_plan"],
        )
        for lot in goal["lapsing"]
    ]


def _action(action: Json, price: str) -> Action:
    return Action(
        kind=action["action"],
        subject=action["subject"] or "",
        product=action["product"] or "",
        term_months=action["term_months"] or 0,
        times=action["times"] or 0,
        seats=action["seats"] or 0,
        clients=action["clients"] or 0,
        cost=Decimal(action["cost"]),
        by=date.fromisoformat(action["by"]),
        price=price,
    )
