"""What to do next, and what it is worth: the actions of the cheapest ways, in the order in which they matter. Pure."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from honeyguide.standing.story import Action, Goal, Story


@dataclass(frozen=True, slots=True)
class Ahead:
    """One action with what hangs on it.

    `by`: its last day, None where it has none. `gain_percent`: points of discount that are kept or gained. `evidence`,
    `nfr`: what brings it; "" for others.
    """

    action: Action
    goal: Goal
    by: date | None
    days_left: int | None
    gain_percent: Decimal
    evidence: str
    nfr: str

    @property
    def keeps(self) -> bool:
        """Whether it keeps the status held."""
        return self.goal.purpose == "keep"


def ahead_of(story: Story) -> list[Ahead]:
    """First what keeps the status, by its last day; then what reaches the next one, the cheapest first.

    Where keeping needs nothing to be done (met, or on pace), its plan is left out: it would ask for what comes anyhow.
    """
    found: list[Ahead] = []
    if story.keep is not None and story.keep.is_urgent:
        found += sorted(_of(story, story.keep), key=lambda one: (one.by or date.max, one.action.cost))
    if story.reach is not None and story.reach.verdict == "open":
        found += sorted(_of(story, story.reach), key=lambda one: one.action.cost)
    return found


def _of(story: Story, goal: Goal) -> list[Ahead]:
    today = story.standing.assessed_on
    steps = []
    for action in goal.actions:
        by = action.by if goal.purpose == "keep" else None
        requirement = story.rulebook.requirements.get(action.subject)
        steps.append(
            Ahead(
                action=action,
                goal=goal,
                by=by,
                days_left=(by - today).days if by else None,
                gain_percent=goal.gain_percent,
                evidence=(requirement.evidence or "") if requirement else "",
                nfr=(requirement.nfr or "") if requirement else "",
            )
        )
    return steps
