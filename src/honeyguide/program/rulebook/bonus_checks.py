"""What must hold between the parts of a rulebook about bonuses and notices of expiry."""

from collections.abc import Iterator, Mapping
from itertools import pairwise

from honeyguide.program.phrases import Phrase
from honeyguide.program.rulebook.bonus_sections import Bonuses
from honeyguide.program.rulebook.checks import Path, Problem, known_requirement, repeated
from honeyguide.program.rulebook.sections import PointNotices, Requirement


def notice_problems(notices: PointNotices | None) -> Iterator[Problem]:
    """At least one notice, the longest time first."""
    if notices is None:
        return
    path: Path = ("points", "notices", "before_days")
    if not notices.before_days:
        yield Problem(path, Phrase("expected at least one number of days, or no such table"))
    for place, (before, after) in enumerate(pairwise(notices.before_days), start=1):
        if after >= before:
            yield Problem(
                (*path, place), Phrase("expected less than {before}: the longest time comes first", before=before)
            )


def bonus_problems(bonuses: Bonuses | None, requirements: Mapping[str, Requirement]) -> Iterator[Problem]:
    """Requirements that exist; amounts in their order."""
    if bonuses is None:
        return
    yield from repeated(("bonuses", "pays_for"), bonuses.pays_for)
    if bonuses.kickstart is not None:
        path: Path = ("bonuses", "kickstart", "requirements")
        yield from repeated(path, bonuses.kickstart.requirements)
        for place, name in enumerate(bonuses.kickstart.requirements):
            if name not in requirements:
                yield Problem((*path, place), known_requirement(requirements))
        if not bonuses.kickstart.amount:
            yield Problem(("bonuses", "kickstart", "amount"), Phrase("expected more than 0, or no such table"))
    award = bonuses.award
    if award is not None and not 0 < award.least_amount <= award.most_amount:
        yield Problem(
            ("bonuses", "award", "least_amount"),
            Phrase("expected more than 0 and at most {most}", most=award.most_amount),
        )
