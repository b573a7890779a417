"""One partner's history, day after day: the start of each day, then the day's events in order (reading 1)."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from tests.reference.books import Books
from tests.reference.days import ONE_DAY, add_months
from tests.reference.ledger import Event, Ledger, View
from tests.reference.points import Account, project_points, refunded_share, sale_points
from tests.reference.requirements import Question, all_met, review_day, rows_of

Json = dict[str, Any]

ACCEPTABLE_STATES = ("applicant", "cancelled", "terminated")


@dataclass
class Measure:
    """Reading 10: a measure from its event to the end of its last day (none: without end), or until lifted."""

    kind: str
    last_day: date | None
    lifted: bool = False


@dataclass(frozen=True)
class Asked:
    """A question and the rows that answered it."""

    question: Question
    rows: list[Json]


@dataclass(frozen=True)
class Transition:
    """A change of status or a confirmation, with the question that decided it (None where none was asked)."""

    on: date
    before: str | None
    after: str | None
    cause: str
    clause: str
    asked: Asked | None
    version: str | None  # of the rulebook that decided, where that is told


@dataclass
class Project:
    """Reading 12: the first delivery and the first confirmation."""

    delivered: Event | None = None
    confirmed: bool = False


@dataclass
class Walk:
    """The partner as it stands after the events so far; `level` is the place of its status in the rulebook."""

    partner: str
    books: Books
    ledger: Ledger
    today: date = date.min
    state: str = "applicant"
    level: int | None = None
    since: date | None = None
    confirmed_on: date | None = None
    status_reached_at: int = -1  # the last event known when the status was reached
    changed_on: date | None = None  # day of the last acceptance, upgrade or downgrade
    deadline: date | None = None  # reading 4: the day of asking that the latest acceptance still waits for
    lost: set[int] = field(default_factory=set)
    facts: frozenset[str] = frozenset()  # the requirements that courses, claims and evidence fulfil
    active_sales: set[str] = field(default_factory=set)
    measures: list[Measure] = field(default_factory=list)
    adjusted_percent: Fraction | None = None
    held: dict[str, int] = field(default_factory=dict)  # undecided held sales, with their award (0: none)
    projects: dict[str, Project] = field(default_factory=dict)
    name: str | None = None
    country: str | None = None
    warnings: list[str] = field(default_factory=list)
    transitions: list[Transition] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.account = Account(self.books)

    @property
    def rulebook(self) -> Json:
        """The version of the rulebook that decides today."""
        return self.books.on(self.today)

    # --- Days ---------------------------------------------------------------------------------------------------------

    def walk(self, events: list[Event], first: date, as_of: date) -> None:
        """Every day from the first to `as_of`: its start, at which all earlier events are known, then its events."""
        of_day: dict[date, list[Event]] = {}
        for event in events:
            of_day.setdefault(event.day, []).append(event)
        known = -1
        day = first
        while day <= as_of:
            self.today = day
            self.start_of_day(day, known)
            for event in of_day.get(day, ()):
                known = event.place
                if event.partner == self.partner:
                    self.happens(event)
                    self.ask_upgrade(event.day, known)
            day += ONE_DAY

    def start_of_day(self, day: date, known: int) -> None:
        """Reading 7: the Bronze deadline, the review, the upgrade."""
        if self.deadline == day:
            self.deadline = None
            self.ask_bronze(day, known)
        if self.level is not None and day == self.review_on():
            self.ask_review(day, known)
        self.ask_upgrade(day, known)

    # --- Statuses -----------------------------------------------------------------------------------------------------

    def status(self) -> Json:
        """The rulebook's status that the partner holds."""
        assert self.level is not None
        status: Json = self.rulebook["statuses"][self.level]
        return status

    def status_name(self) -> str | None:
        """Its name, or none."""
        return None if self.level is None else self.status()["name"]

    def review_on(self) -> date | None:
        """Reading 7; by the version of the day of confirmation, for the partner was told of that day."""
        if self.level is None or self.confirmed_on is None:
            return None
        return review_day(self.books.on(self.confirmed_on)["statuses"][self.level], self.confirmed_on)

    def question(self, purpose: str, level: int, day: date, known: int) -> Question:
        """What is asked on the day, with the events up to `known`."""
        assert self.since is not None
        assert self.confirmed_on is not None
        return Question(
            purpose=purpose,
            partner=self.partner,
            level=level,
            day=day,
            place=known,
            facts=self.facts,
            active_sales=frozenset(self.active_sales),
            since=self.since,
            confirmed_on=self.confirmed_on,
            status_reached_at=self.status_reached_at,
            regaining=level in self.lost,
            review_on=self.review_on(),
        )

    def ask(self, purpose: str, level: int, day: date, known: int) -> Asked:
        """Ask it of what is known."""
        question = self.question(purpose, level, day, known)
        return Asked(question, rows_of(question, View(self.ledger, known, known), self.books))

    def ask_bronze(self, day: date, known: int) -> None:
        """Reading 4 (T3.1.1a): on acceptance + 91 days one that is still Bronze and lacks something is cancelled."""
        if self.level != 0:
            return
        asked = self.ask("keep", 0, day, known)
        if not all_met(asked.rows):
            clause = self.status()["keep"]["clause"]
            self.end("cancelled", day, cause="cancelled", clause=clause, asked=asked)

    def ask_review(self, day: date, known: int) -> None:
        """Reading 7 (T3.4a): confirmed anew, or one status down."""
        assert self.level is not None
        asked = self.ask("keep", self.level, day, known)
        clause = self.rulebook["clauses"]["reviewed"]
        if all_met(asked.rows):
            self.note(day, self.status_name(), "confirmed", clause, asked)
            self.confirmed_on = day
        else:
            self.lost.add(self.level)
            self.enter(self.level - 1, day, known, cause="downgraded", clause=clause, asked=asked)

    def ask_upgrade(self, day: date, known: int) -> None:
        """Reading 6 (T3.1.2a, T3.1.3a), reading 8 (T3.5): at most one change of status by rule a day."""
        if self.state != "active" or self.changed_on == day or self.in_force("downgrade", day):
            return
        assert self.level is not None
        level = self.level + 1
        if level == len(self.rulebook["statuses"]):
            return
        reach = self.rulebook["statuses"][level]["reach"]
        if not self.facts.issuperset(reach.get("requirements", ())):
            return  # sales need not be looked at
        asked = self.ask("reach", level, day, known)
        if all_met(asked.rows):
            clause = self.rulebook["clauses"]["regained"] if asked.question.regaining else reach["clause"]
            self.enter(level, day, known, cause="upgraded", clause=clause, asked=asked)

    def enter(self, level: int, day: date, known: int, *, cause: str, clause: str, asked: Asked | None = None) -> None:
        """Reading 7: a status reached in any way starts a new window that day."""
        self.note(day, self.rulebook["statuses"][level]["name"], cause, clause, asked)
        self.level = level
        self.since = self.confirmed_on = self.changed_on = day
        self.status_reached_at = known

    def end(self, state: str, day: date, *, cause: str, clause: str, asked: Asked | None = None) -> None:
        """Cancelled or terminated: to no status; listed only if one was held."""
        if self.level is not None:
            self.note(day, None, cause, clause, asked)
        self.state = state
        self.level = self.since = self.confirmed_on = None

    def note(self, day: date, after: str | None, cause: str, clause: str, asked: Asked | None = None) -> None:
        """List a transition from the status held."""
        version = self.rulebook["version"] if self.books.named else None
        self.transitions.append(Transition(day, self.status_name(), after, cause, clause, asked, version))

    # --- Measures -----------------------------------------------------------------------------------------------------

    def in_force(self, kind: str, day: date) -> bool:
        """Reading 10: while one of the kind is."""
        return any(m.kind == kind and not m.lifted and (m.last_day is None or day <= m.last_day) for m in self.measures)

    def apply_measure(self, event: Event) -> None:
        """Reading 10 (T14): a measure acts at once and is never barred."""
        kind = event.fields["measure"]
        until = event.fields.get("until")
        last_day = None if until is None else date.fromisoformat(until)
        if kind == "block_access":
            longest = add_months(event.day, self.rulebook["measures"]["block_access_max_months"]) - ONE_DAY
            last_day = longest if last_day is None else min(longest, last_day)
        self.measures.append(Measure(kind, last_day))
        clause = self.rulebook["clauses"]["measure"]
        if kind == "downgrade" and self.level:
            self.lost.add(self.level)
            self.enter(self.level - 1, event.day, event.place, cause="measure", clause=clause)
        if kind == "terminate":
            self.end("terminated", event.day, cause="measure", clause=clause)

    # --- Events -------------------------------------------------------------------------------------------------------

    def happens(self, event: Event) -> None:
        """What an event of the partner's own changes."""
        fields = event.fields
        match event.type:
            case "partner.applied":
                self.name, self.country = fields["name"], fields["country"]
            case "partner.accepted" | "partner.suspended" | "partner.reinstated" | "partner.terminated":
                self.change_state(event)
            case "course.completed":
                self.facts |= self.named("course", fields["course"])
            case "nfr.claimed":
                self.facts |= self.named("nfr", fields["product"])
            case "evidence.approved":
                self.facts |= self.named("evidence", fields["requirement"])
            case "evidence.withdrawn":
                self.facts -= self.named("evidence", fields["requirement"])
            case "discount.adjusted":
                self.adjusted_percent = Fraction(str(fields["percent"]))
            case "discount.restored":
                self.adjusted_percent = None
            case "measure.applied":
                self.apply_measure(event)
            case "measure.lifted":
                for measure in self.measures:
                    measure.lifted = measure.lifted or measure.kind == fields["measure"]
            case _:
                self.moves_points(event)

    def named(self, kind: str, word: str) -> frozenset[str]:
        """The requirements that a course, a claim or evidence stands for today."""
        return frozenset(name for name, by in self.rulebook["requirements"].items() if by == {kind: word})

    def change_state(self, event: Event) -> None:
        """Reading 3: what does not fit is a warning and changes nothing."""
        clauses = self.rulebook["clauses"]
        match event.type:
            case "partner.accepted" if self.state in ACCEPTABLE_STATES:
                self.state = "active"
                self.enter(0, event.day, event.place, cause="accepted", clause=clauses["accepted"])
                days = self.status()["keep"].get("deadline_days")
                self.deadline = None if days is None else event.day + timedelta(days=days + 1)
            case "partner.suspended" if self.state == "active":
                self.state = "suspended"
                self.note(event.day, self.status_name(), "suspended", clauses["suspended"])
            case "partner.reinstated" if self.state == "suspended":
                self.state = "active"
                # The clause by which an account is suspended is also the one by which it comes back.
                self.note(event.day, self.status_name(), "reinstated", clauses["suspended"])
            case "partner.terminated":
                self.end("terminated", event.day, cause="terminated", clause=clauses["terminated"])
            case _:
                expected = {
                    "partner.accepted": "applicant, cancelled or terminated",
                    "partner.suspended": "active",
                    "partner.reinstated": "suspended",
                }[event.type]
                self.warn(event, f"{event.type} ignored: the partner is {self.state}, expected {expected}")

    def warn(self, event: Event, text: str) -> None:
        """Answer, `warnings`."""
        self.warnings.append(f"{event.day.isoformat()}: {text}")

    # --- Points -------------------------------------------------------------------------------------------------------

    def moves_points(self, event: Event) -> None:
        """Readings 11 to 16: events that earn, cancel or spend points."""
        fields = event.fields
        self.account.event = event.place
        match event.type:
            case "sale.paid":
                self.sells(event)
            case "sale.refunded":
                self.refunds(event)
            case "project.delivered":
                project = self.projects.setdefault(fields["project"], Project())
                if project.delivered is None:
                    project.delivered = event
                    self.finishes(project, event, other_known=project.confirmed)
            case "project.confirmed":
                project = self.projects.setdefault(fields["project"], Project())
                if not project.confirmed:
                    project.confirmed = True
                    self.finishes(project, event, other_known=project.delivered is not None)
            case "points.granted":
                self.account.allocate(fields["award"], fields["points"], event.day)
            case "points.decided":
                self.decides(event)
            case "points.cancelled":
                self.cancels(event)
            case "points.spent":
                self.spends(event)
            case "points.restored":
                self.account.restore(fields["exchange"], event.day)

    def sells(self, event: Event) -> None:
        """Readings 11 and 13: the award is worked out at the sale; that of a repeat deal waits for a decision."""
        sale = self.ledger.sales[event.fields["sale"]]
        points = 0
        if self.state == "active":
            self.active_sales.add(sale.id)
            if sale.product in self.rulebook["points"]["sale"]["products"]:
                points = sale_points(sale, self.rulebook)
        under = self.rulebook["points"]["repeat_deal"]["held_under_days"]
        earlier = [
            s
            for s in self.ledger.of_partner[self.partner]
            if s.client == sale.client and s.place < sale.place and (sale.day - s.day).days < under
        ]
        if earlier:
            self.held[sale.id] = points
        else:
            self.account.allocate(sale.id, points, event.day)

    def refunds(self, event: Event) -> None:
        """Reading 16: cancels the difference between the share now due and the share due before."""
        sale = self.ledger.sales[event.fields["sale"]]
        award = self.account.award(sale.id)
        if award is not None:
            before = View(self.ledger, event.place, event.place - 1).refunded(sale)
            now = View(self.ledger, event.place, event.place).refunded(sale)
            due = refunded_share(award.points, now, sale) - refunded_share(award.points, before, sale)
            self.account.cancel(award, due, event.day)

    def decides(self, event: Event) -> None:
        """Reading 13 (G1.4): allocated whole on the day of `accept`, losing its refunded share at once; or never."""
        sale = self.ledger.sales[event.fields["sale"]]
        if sale.id not in self.held:
            self.warn(event, f"points.decided ignored: sale {sale.id} is not held")
            return
        points = self.held.pop(sale.id)
        if event.fields["decision"] == "accept" and self.state == "active" and points > 0:
            self.account.allocate(sale.id, points, event.day)
            refunded = View(self.ledger, event.place, event.place).refunded(sale)
            self.account.cancel(self.account.awards[-1], refunded_share(points, refunded, sale), event.day)

    def finishes(self, project: Project, event: Event, other_known: bool) -> None:
        """Reading 12 (G1.3): allocated by the later of the two, if active then and both papers are there."""
        if not other_known or self.state != "active":
            return
        assert project.delivered is not None
        papers = project.delivered.fields
        if papers["report"] and papers["checklist"]:
            self.account.allocate(
                papers["project"], project_points(papers, self.books.on(project.delivered.day)), event.day
            )

    def cancels(self, event: Event) -> None:
        """Reading 16: what is left of one award, or so many of the active points."""
        if "award" in event.fields:
            award = self.account.award(event.fields["award"])
            if award is None:
                text = f"points.cancelled ignored: no points of award {event.fields['award']} are allocated"
                self.warn(event, text)
            else:
                self.account.cancel(award, award.left, event.day)
            return
        points = event.fields["points"]
        taken = self.account.cancel_oldest(points, event.day)
        if taken < points:
            self.warn(event, f"points.cancelled of {points} points took {taken}: no more were active")

    def spends(self, event: Event) -> None:
        """Reading 15: in any state; what is lacking becomes debt."""
        points, available = event.fields["points"], self.account.available(event.day)
        short = self.account.spend(event.fields["exchange"], points, event.day)
        if short:
            exchange = event.fields["exchange"]
            text = f"exchange {exchange} asked for {points} points, {available} were available, {short} became debt"
            self.warn(event, text)
