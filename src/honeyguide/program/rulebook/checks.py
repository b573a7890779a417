"""What must hold between the parts of a rulebook, beyond the form of each value."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from honeyguide.program.phrases import Phrase
from honeyguide.program.rulebook.kinds import PROJECT_MODULES, SALE_MODULES
from honeyguide.program.rulebook.sections import (
    Entitlements,
    LicenceBand,
    Measures,
    PointRules,
    Requirement,
    Status,
)

STATUSES_COUNT = range(2, 9)
RESERVED_NAMES = ("sales", "clients", "seats")
"""Rows of an answer that are figures: no requirement can have their names."""

type Path = tuple[str | int, ...]


class Problem(NamedTuple):
    """One thing that does not hold: where, and what was expected there."""

    path: Path
    expected: Phrase


def requirement_problems(requirements: Mapping[str, Requirement]) -> Iterator[Problem]:
    """Each requirement is exactly one thing, and its name is free."""
    for name, requirement in requirements.items():
        path: Path = ("requirements", name)
        if len(requirement.model_dump(exclude_none=True)) != 1:
            yield Problem(path, Phrase("expected exactly one of course, nfr, evidence"))
        if name in RESERVED_NAMES:
            yield Problem(
                path, Phrase("expected another name: {name} is a figure that the program works out", name=name)
            )


def status_problems(statuses: Sequence[Status]) -> Iterator[Problem]:
    """Two to eight statuses, each name once, the lowest one first and of its own form."""
    if len(statuses) not in STATUSES_COUNT:
        yield Problem(
            ("statuses",),
            Phrase(
                "expected {least} to {most} statuses, lowest first", least=STATUSES_COUNT[0], most=STATUSES_COUNT[-1]
            ),
        )
    names = [status.name for status in statuses]
    for place, name in enumerate(names):
        if name in names[:place]:
            yield Problem(("statuses", place, "name"), Phrase("expected a name that no other status has"))
    for place, status in enumerate(statuses):
        path: Path = ("statuses", place)
        yield from repeated((*path, "nfr_extended"), status.nfr_extended)
        yield from _lowest_problems(status, path) if place == 0 else _higher_problems(status, path)


def _lowest_problems(status: Status, path: Path) -> Iterator[Problem]:
    if status.reach is not None:
        yield Problem((*path, "reach"), Phrase("expected no such table: acceptance gives the lowest status"))
    if status.keep.deadline_days is None:
        yield Problem(
            (*path, "keep", "deadline_days"), Phrase("expected the days to the deadline of the lowest status")
        )
    for key in ("review_months", "sales_amount", "seats_count"):
        if getattr(status.keep, key) is not None:
            yield Problem(
                (*path, "keep", key), Phrase("expected no such key: the lowest status has a deadline, not a review")
            )


def _higher_problems(status: Status, path: Path) -> Iterator[Problem]:
    if status.keep.deadline_days is not None:
        yield Problem(
            (*path, "keep", "deadline_days"), Phrase("expected no such key: only the lowest status has a deadline")
        )
    if status.keep.review_months is None:
        yield Problem(
            (*path, "keep", "review_months"), Phrase("expected the months from one confirmation to the next review")
        )
    reach = status.reach
    if reach is None:
        yield Problem((*path, "reach"), Phrase("expected a table: what it takes to reach the status"))
        return
    if reach.sales_amount is None and reach.clients_count is None and not reach.requirements:
        yield Problem((*path, "reach"), Phrase("expected at least one of sales_amount, clients_count, requirements"))
    if reach.sales_since_previous_status and reach.sales_amount is None:
        yield Problem(
            (*path, "reach", "sales_since_previous_status"), Phrase("expected a sales_amount that it belongs to")
        )


def reference_problems(
    requirements: Mapping[str, Requirement],
    statuses: Sequence[Status],
    entitlements: Entitlements,
    measures: Measures,
) -> Iterator[Problem]:
    """Each requirement that is named exists, and each entitlement that is named has a text; no list repeats itself."""
    known = known_requirement(requirements)
    for path, names in _requirement_lists(statuses):
        yield from _unknown(path, names, requirements, known)
        yield from repeated(path, names)
    for name in entitlements.after:
        if name not in requirements:
            yield Problem(("entitlements", "after", name), known)
    for path, names in _entitlement_lists(statuses, entitlements, measures):
        yield from _unknown(
            path, names, entitlements.texts, Phrase("expected an entitlement with a text in entitlements.texts")
        )
        yield from repeated(path, names)


def known_requirement(requirements: Iterable[str]) -> Phrase:
    """What a name of a requirement must be."""
    return Phrase("expected a requirement of this rulebook: {names}", names=", ".join(requirements))


def _requirement_lists(statuses: Sequence[Status]) -> Iterator[tuple[Path, Sequence[str]]]:
    for place, status in enumerate(statuses):
        path: Path = ("statuses", place)
        yield (*path, "discount_requires"), status.discount_requires
        if status.reach is not None:
            yield (*path, "reach", "requirements"), status.reach.requirements
        yield (*path, "keep", "requirements"), status.keep.requirements
        yield (*path, "keep", "shown_requirements"), status.keep.shown_requirements


def _entitlement_lists(
    statuses: Sequence[Status], entitlements: Entitlements, measures: Measures
) -> Iterator[tuple[Path, Sequence[str]]]:
    for place, status in enumerate(statuses):
        yield ("statuses", place, "entitlements"), status.entitlements
    yield ("entitlements", "every_partner"), entitlements.every_partner
    for name, given in entitlements.after.items():
        yield ("entitlements", "after", name), given
    yield ("measures", "block_access_leaves"), measures.block_access_leaves
    for measure, taken in measures.takes.items():
        yield ("measures", "takes", measure), taken


def _unknown(path: Path, names: Sequence[str], known: Iterable[str], expected: Phrase) -> Iterator[Problem]:
    for place, name in enumerate(names):
        if name not in known:
            yield Problem((*path, place), expected)


def repeated(path: Path, names: Sequence[str]) -> Iterator[Problem]:
    """A list that names something twice."""
    for place, name in enumerate(names):
        if name in names[:place]:
            yield Problem((*path, place), Phrase("expected each name once"))


def point_problems(points: PointRules) -> Iterator[Problem]:
    """Figures for each module class of the history form, and bands that leave no seat out."""
    sale: Path = ("points", "sale")
    yield from _incomplete((*sale, "module_percent"), points.sale.module_percent, SALE_MODULES)
    yield from _incomplete(("points", "project", "module_points"), points.project.module_points, PROJECT_MODULES)
    yield from repeated((*sale, "products"), points.sale.products)
    yield from _band_problems((*sale, "extended_licence_points"), points.sale.extended_licence_points)


def _incomplete(path: Path, given: Mapping[str, object], expected: Sequence[str]) -> Iterator[Problem]:
    for name in expected:
        if name not in given:
            yield Problem((*path, name), Phrase("expected a figure for each of {names}", names=", ".join(expected)))


def _band_problems(path: Path, bands: Sequence[LicenceBand]) -> Iterator[Problem]:
    if not bands or bands[-1].up_to_seats_count is not None:
        yield Problem(path, Phrase("expected a last band without up_to_seats_count, for all seats above"))
    below = 0
    for place, band in enumerate(bands[:-1]):
        limit = band.up_to_seats_count
        if limit is None:
            yield Problem((*path, place), Phrase("expected an up_to_seats_count: only the last band is open"))
        elif limit <= below:
            yield Problem(
                (*path, place, "up_to_seats_count"), Phrase("expected more than {below}: bands ascend", below=below)
            )
        below = limit or below
