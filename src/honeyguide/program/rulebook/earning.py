"""What earns points beside sales: activities, and how a project is reported and confirmed (T4.1, G1.3).

Texts stand in English and, where there is one, in Russian: they are the program's own words, shown to partners.
"""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from honeyguide.program.phrases import Phrase
from honeyguide.program.rulebook.kinds import Clause, Count, Days, Months, OneOf, Points, Text, Word
from honeyguide.program.rulebook.sections import Section

ACTIVITY_KINDS = ("case_study", "application", "training", "support", "marketing", "other")
"""What an award can be for; the same words as the history form's, which a test holds together."""
PROOFS = ("link", "file", "text")
ActivityKind = Annotated[str, OneOf(ACTIVITY_KINDS)]
Proof = Annotated[str, OneOf(PROOFS)]
Title = Annotated[str, Text(80)]
Rule = Annotated[str, Text(600)]


class EarningActivity(Section):
    """Something a partner can do for points: how it applies, what it shows, what that is worth (T4.1).

    `points` alone is a fixed value; `points` and `most_points` are a range in which whoever decides chooses.
    """

    clause: Clause
    kind: ActivityKind
    title: Title
    title_ru: Title | None = None
    text: Rule
    text_ru: Rule | None = None
    points: Points
    most_points: Points | None = None
    proofs: tuple[Proof, ...]
    """What is asked for as evidence; each of them."""
    most_count: Count | None = None
    """Awards in `most_months`; None: as many as there are."""
    most_months: Months = 12


class ChecklistItem(Section):
    """One line of the checklist that goes with a project's report."""

    text: Rule
    text_ru: Rule | None = None


class ProjectReport(Section):
    """How a project is reported, and how long the client's link is good (G1.3)."""

    clause: Clause
    checklist: dict[Word, ChecklistItem]
    link_days: Days
    """From the mail to the client until its link is over."""
    mails_count: Count
    """Mails to one client in all: nobody is pressed."""


class Earning(Section):
    """What earns points beside sales. Without a part of it there are no such forms."""

    activities: dict[Word, EarningActivity] = Field(default_factory=dict)
    project: ProjectReport | None = None


def earning_problems(earning: Earning | None) -> Iterator[tuple[tuple[str, ...], Phrase]]:
    """What must hold between an activity's figures: where, and what was expected."""
    if earning is None:
        return
    for name, activity in earning.activities.items():
        path = ("earning", "activities", name)
        if activity.points < 1:
            yield (*path, "points"), Phrase("expected at least 1 point")
        if activity.most_points is not None and activity.most_points <= activity.points:
            yield (*path, "most_points"), Phrase("expected more than points, or no such key for a fixed value")
        if not activity.proofs or len(set(activity.proofs)) != len(activity.proofs):
            yield (*path, "proofs"), Phrase("expected one or more of link, file, text, each once")
    if earning.project is not None and not earning.project.checklist:
        yield ("earning", "project", "checklist"), Phrase("expected one line or more")
