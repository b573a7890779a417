"""How long licences not for resale run (T8.1, T8.2): pure, for any day."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from honeyguide.common.days import add_months
from honeyguide.program.rulebook import Rulebook
from honeyguide.program.rulebook.sections import NfrLicence

TIME, STATUS, RETURNED = "time", "status", "returned"
"""Why a licence is over."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A licence as it was given, with what was settled already: extensions, and that it was closed.

    `closed_on`: the first day without it; `closed_because`: one of TIME, STATUS, RETURNED.
    """

    granted_on: date
    extensions: int = 0
    closed_on: date | None = None
    closed_because: str = RETURNED


@dataclass(frozen=True, slots=True)
class Term:
    """A licence as of a day.

    `ends_on`: while it runs, the day on which its time is over; else the first day without it. `closed_because`: "" or
    one of TIME, STATUS, RETURNED. `will_be_extended`: what happens on `ends_on` if the status stays as it is.
    """

    ends_on: date
    extensions: int = 0
    closed_because: str = ""
    will_be_extended: bool = False

    @property
    def runs(self) -> bool:
        """Whether the partner has it."""
        return not self.closed_because


@dataclass(frozen=True, slots=True)
class Path:
    """A partner's statuses: on which days they changed, ascending, and to what (None: the participation ended)."""

    changes: tuple[tuple[date, str | None], ...] = ()

    def status_on(self, day: date) -> str | None:
        """The status on a day."""
        return next((status for on, status in reversed(self.changes) if on <= day), None)

    def losses(self) -> list[date]:
        """The days on which the participation ended."""
        held, lost = None, []
        for on, status in self.changes:
            if status is None and held is not None:
                lost.append(on)
            held = status
        return lost


def path_of(steps: Iterable[tuple[str, str | None]]) -> Path:
    """The path that a standing keeps (Standing.path)."""
    return Path(tuple((date.fromisoformat(on), status) for on, status in steps))


def allowed(rulebook: Rulebook, status: str | None, product: str) -> int:
    """How many licences of a product a status allows: the number of its entitlement (`nfr_cloud:2`)."""
    held = next((found for found in rulebook.statuses if found.name == status), None)
    return count_in(held.entitlements if held is not None else (), product)


def count_in(entitlements: Iterable[str], product: str) -> int:
    """How many licences of a product a list of entitlements allows."""
    numbers = (name.partition(":") for name in entitlements)
    return sum(int(count or 1) for name, _colon, count in numbers if name == f"nfr_{product}")


def extended_for(rulebook: Rulebook, product: str) -> list[str]:
    """The statuses whose licences of a product are extended, lowest first."""
    return [status.name for status in rulebook.statuses if product in status.nfr_extended]


def licence_of(rulebook: Rulebook, product: str) -> NfrLicence | None:
    """The rulebook's figures for a product; None where there are no such licences."""
    if rulebook.nfr is None:
        return None
    return {"cloud": rulebook.nfr.cloud, "on_premise": rulebook.nfr.on_premise}[product]


def end_of(granted_on: date, licence: NfrLicence, extensions: int = 0) -> date:
    """The first day after a licence's time. Counted from its first day, so that a month's end does not wander."""
    return add_months(granted_on, licence.first_months + extensions * licence.extended_months)


def terms_on(grants: Sequence[Grant], *, product: str, rulebook: Rulebook, path: Path, day: date) -> list[Term]:
    """A partner's licences of one product at the end of a day, in the order given (the order of granting).

    When a licence's time is over and the status then has extensions for the product, it is extended, as long as those
    granted before it that still run leave room for it; else it ends (T8.1, T8.2). It ends, too, when the participation
    does, and when it is given back.
    """
    licence = licence_of(rulebook, product)
    if licence is None:
        raise ValueError(f"the rulebook has no licences for {product}")
    extended = extended_for(rulebook, product)

    def keeps(status: str | None, place: int) -> bool:
        return status in extended and place < allowed(rulebook, status, product)

    terms = [Term(end_of(grant.granted_on, licence, grant.extensions), grant.extensions) for grant in grants]
    losses = path.losses()
    while (step := _next(grants, terms, losses, day)) is not None:
        on, place, cause = step
        if not cause and keeps(path.status_on(on), _before(terms, place)):
            more = terms[place].extensions + 1
            terms[place] = Term(end_of(grants[place].granted_on, licence, more), more)
        else:
            terms[place] = replace(terms[place], ends_on=on, closed_because=cause or TIME)
    return _with_outlook(terms, path.status_on(day), keeps)


def _next(
    grants: Sequence[Grant], terms: Sequence[Term], losses: Sequence[date], day: date
) -> tuple[date, int, str] | None:
    """What happens next to a running licence, up to a day: on which day, to which, and why it ends.

    "" in place of the reason: its time is over, and it ends unless it is extended.
    """
    found = []
    for place, (grant, term) in enumerate(zip(grants, terms, strict=True)):
        if not term.runs:
            continue
        if term.ends_on <= day:
            found.append((term.ends_on, 2, place, ""))
        found += [(lost, 0, place, STATUS) for lost in losses if grant.granted_on < lost <= day]
        if grant.closed_on is not None and (closed_on := max(grant.closed_on, grant.granted_on)) <= day:
            found.append((closed_on, 1, place, grant.closed_because))
    if not found:
        return None
    on, _rank, place, cause = min(found)
    return on, place, cause


def _before(terms: Sequence[Term], place: int) -> int:
    return sum(term.runs for term in terms[:place])


def _with_outlook(terms: Sequence[Term], status: str | None, keeps: Callable[[str | None, int], bool]) -> list[Term]:
    return [
        replace(term, will_be_extended=True) if term.runs and keeps(status, _before(terms, place)) else term
        for place, term in enumerate(terms)
    ]
