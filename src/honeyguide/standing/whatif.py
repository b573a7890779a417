"""What one more event would change: the engine run on the partner's events and the one imagined. Nothing is stored."""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from honeyguide.common.clock import program_zone
from honeyguide.common.errors import Invalid
from honeyguide.common.phrases import worded
from honeyguide.common.rulebooks import current_rulebook
from honeyguide.history.queries import events_around, lines_of, own_events
from honeyguide.partners.models import Partner
from honeyguide.program.history import InvalidHistory, history_from_lines, lines_from_events
from honeyguide.program.rulebook import Rulebook
from honeyguide.standing.engine import assess, assess_history
from honeyguide.standing.models import Standing
from honeyguide.standing.queries import standing_on
from honeyguide.standing.services import standing_of
from honeyguide.standing.story import Row, Story

NEW_CLIENT = "what-if-client"
IMAGINED_ID = "what-if"
DAYS_AHEAD = 400
"""As far ahead as one can ask: a review and a month."""


@dataclass(frozen=True, slots=True)
class Imagined:
    """Something that has not happened: a sale, or a requirement that is shown.

    `requirement`: a name of the rulebook, "" for a sale. `client`: one of the partner's, "" for a new one.
    """

    on: date
    requirement: str = ""
    net: Decimal = Decimal(0)
    product: str = "cloud"
    seats: int = 0
    client: str = ""
    term_months: int | None = None


@dataclass(frozen=True, slots=True)
class RowChange:
    """A requirement whose figure the event moves. `before` is None where it was not asked for without it."""

    before: Row | None
    after: Row


@dataclass(frozen=True, slots=True)
class Difference:
    """What holds at the end of the day without the event and with it. Neither standing is stored."""

    imagined: Imagined
    before: Story
    after: Story

    @property
    def status_changes(self) -> bool:
        """Whether another status would be held."""
        return (self.before.standing.status, self.before.standing.state) != (
            self.after.standing.status,
            self.after.standing.state,
        )

    @property
    def discount_changes(self) -> bool:
        """Whether the discount would be another."""
        return self.before.standing.discount_percent != self.after.standing.discount_percent

    @property
    def points(self) -> int:
        """Points that the event would award."""
        return self.after.standing.points_active - self.before.standing.points_active

    @property
    def points_held(self) -> int:
        """Points that would wait for a decision, as of a further deal with the same client (G1.4)."""
        return self.after.standing.points_held - self.before.standing.points_held

    @property
    def entitlements(self) -> tuple[str, ...]:
        """What would be added."""
        held = set(self.before.standing.entitlements)
        return tuple(name for name in self.after.standing.entitlements if name not in held)

    @property
    def verdict_changes(self) -> bool:
        """Whether keeping the status would look otherwise."""
        before, after = self.before.keep, self.after.keep
        return (before.verdict if before else "") != (after.verdict if after else "")

    @property
    def rows(self) -> tuple[RowChange, ...]:
        """Requirements of the status held after the event, and of the next one, whose figures it moves."""
        known = {(row.purpose, row.status, row.name): row for row in _rows(self.before)}
        changes = []
        for row in _rows(self.after):
            before = known.get((row.purpose, row.status, row.name))
            if before is None or (before.actual, before.expected) != (row.actual, row.expected):
                changes.append(RowChange(before, row))
        return tuple(changes)

    @property
    def is_nothing(self) -> bool:
        """Whether it would change nothing at all."""
        return not (
            self.status_changes
            or self.discount_changes
            or self.points
            or self.points_held
            or self.entitlements
            or self.rows
            or self.verdict_changes
        )


def _rows(story: Story) -> list[Row]:
    return [row for goal in (story.keep, story.reach) if goal for row in goal.rows]


def what_if(partner: Partner, imagined: Imagined, *, today: date, now: datetime) -> Difference:
    """Run the engine with the imagined event, and without it for the same day.

    Raises Invalid, with the field, for a day outside today to DAYS_AHEAD ahead, a client that is not the partner's, and
    figures that no event can have.
    """
    if not 0 <= (imagined.on - today).days <= DAYS_AHEAD:
        raise Invalid(_("Choose a day."), fields={"on": _("Choose a day from today to 400 days ahead.")})
    sold = own_events([partner.key]).filter(type="sale.paid", client=imagined.client)
    if imagined.client and not sold.exists():
        message = _("Choose one of your clients, or a new one.")
        raise Invalid(message, fields={"client": message})
    rulebook = current_rulebook()
    event = event_of(partner, imagined, rulebook, today=today, now=now)
    try:
        lines = [*lines_of(events_around([partner.key])), *lines_from_events([event])]
        found = assess_history(history_from_lines(lines), imagined.on, [partner.key], ranked=False)
    except InvalidHistory as invalid:
        raise Invalid(
            _("The program does not know figures like these."), fields={"net": worded(invalid.problems[0].text)}
        ) from invalid
    after = standing_of(partner, found[partner.key], imagined.on)
    before = _without(partner, imagined.on, today)
    return Difference(imagined, Story(before, rulebook), Story(after, rulebook))


def _without(partner: Partner, day: date, today: date) -> Standing:
    found = standing_on(partner, day) if day == today else None
    if found is None:
        found = standing_of(partner, assess([partner.key], day)[partner.key], day)
    return found


def event_of(partner: Partner, imagined: Imagined, rulebook: Rulebook, *, today: date, now: datetime) -> dict[str, Any]:
    """The imagined event in the form of the history. Raises Invalid for a requirement that the rulebook has not."""
    at = now if imagined.on == today else datetime.combine(imagined.on, time(12), program_zone())
    head = {"at": at, "partner": partner.key}
    if not imagined.requirement:
        sale = {
            "type": "sale.paid",
            "sale": IMAGINED_ID,
            "client": imagined.client or NEW_CLIENT,
            "product": imagined.product,
            "net": imagined.net,
            "seats": imagined.seats,
        }
        more = {"term_months": imagined.term_months} if imagined.term_months else {}
        return head | sale | more | ({} if imagined.client else {"new_client": True})
    requirement = rulebook.requirements.get(imagined.requirement)
    if requirement is None:
        message = _("Choose one of the requirements.")
        raise Invalid(message, fields={"requirement": message})
    if requirement.course is not None:
        return head | {"type": "course.completed", "course": requirement.course}
    if requirement.nfr is not None:
        return head | {"type": "nfr.claimed", "product": requirement.nfr}
    return head | {"type": "evidence.approved", "requirement": requirement.evidence}
