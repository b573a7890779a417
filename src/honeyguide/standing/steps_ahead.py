"""What to do next, and what it is worth: the actions of the cheapest ways, in the order in which they matter. Pure."""

from collections.abc import Collection
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


def ahead_of(story: Story, waiting: Collection[str] = ()) -> list[Ahead]:
    """First what keeps the status, by its last day; then what reaches the next one, the cheapest first.

    Where keeping needs nothing to be done (met, or on pace), its plan is left out: it would ask for what comes anyhow.
    `waiting`: as in steps_of.
    """
    found: list[Ahead] = []
    if story.keep is not None and story.keep.is_urgent:
        found += sorted(steps_of(story, story.keep, waiting), key=lambda one: (one.by or date.max, one.action.cost))
    if story.reach is not None and story.reach.verdict == "open":
        found += sorted(steps_of(story, story.reach, waiting), key=lambda one: one.action.cost)
    return found


def steps_of(story: Story, goal: Goal, waiting: Collection[str] = ()) -> list[Ahead]:
    """The steps of a goal's cheapest way that are still to be taken.

    `waiting`: kinds of evidence and products that were handed in or claimed and wait for a decision: no step any more.
    """
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
    return [step for step in steps if (step.evidence or step.nfr) not in waiting]
