"""A partner's own events, read for explanations: which sales count and why others do not, facts, reductions, measures.

Pure. The engine decides; what is found here is shown beside its figures, and tests hold the two together.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from honeyguide.common.days import add_months
from honeyguide.program.rulebook import Rulebook

type Json = Mapping[str, Any]

COUNTS, OF_PRODUCT, NOT_ACTIVE, EXCLUDED, REFUNDED = "", "product", "inactive", "excluded", "refunded"
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Happening:
    """An event of the program with its program day."""

    day: date
    type: str
    data: Json

    def get(self, name: str) -> str:
        """A field as text; "" where it is absent."""
        return str(self.data.get(name) or "")


@dataclass(frozen=True, slots=True)
class Sale:
    """A sale as it counts for the targets (T3.1, T3.2).

    `counts`: what is left of it for the targets; `why_not`: "" or product, inactive, excluded, refunded; `reason`: the
    words with which it was excluded.
    """

    sale: str
    on: date
    client: str
    product: str
    net: Decimal
    seats: int
    refunded: Decimal
    counts: Decimal
    why_not: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reduction:
    """A discount reduced by the operator, in force (T3.6). `restores`: what gives it back; "" where not told."""

    percent: Decimal
    reason: str
    since: date
    restores: str = ""


@dataclass(frozen=True, slots=True)
class MeasureInForce:
    """A measure in force (T14). `until`: its last day, None until it is lifted; `users`, `sites`: whom it concerns."""

    measure: str
    since: date
    until: date | None
    reason: str
    users: tuple[str, ...]
    sites: tuple[str, ...]


def sales_of(happenings: Sequence[Happening], cancelled_on: Sequence[date], rulebook: Rulebook) -> tuple[Sale, ...]:
    """All sales in the order of time, as they count by what is known. `cancelled_on`: days at whose start it ended."""
    found: dict[str, Sale] = {}
    state, ends = "applicant", sorted(cancelled_on)
    for happening in happenings:
        while ends and ends[0] <= happening.day:
            state = "cancelled"
            ends.pop(0)
        state = _state_after(state, happening)
        if happening.type == "sale.paid":
            sale = _paid(happening, state, rulebook)
            found[sale.sale] = sale
        elif happening.type in {"sale.refunded", "sale.excluded"}:
            sale = found[happening.get("sale")]
            found[sale.sale] = _less(sale, happening)
    return tuple(found.values())


def _paid(happening: Happening, state: str, rulebook: Rulebook) -> Sale:
    net, product = Decimal(happening.get("net") or 0), happening.get("product")
    why_not = COUNTS if product in rulebook.sales.counting_products else OF_PRODUCT
    if state != "active":
        why_not = NOT_ACTIVE
    return Sale(
        sale=happening.get("sale"),
        on=happening.day,
        client=happening.get("client"),
        product=product,
        net=net,
        seats=int(happening.data.get("seats") or 0),
        refunded=NOTHING,
        counts=NOTHING if why_not else net,
        why_not=why_not,
        reason="",
    )


def _less(sale: Sale, happening: Happening) -> Sale:
    if happening.type == "sale.excluded":
        return replace(sale, counts=NOTHING, why_not=EXCLUDED, reason=sale.reason or happening.get("reason"))
    given = happening.get("amount")
    amount = Decimal(given) if given else sale.net - sale.refunded
    counts = max(sale.counts - amount, NOTHING)
    why_not = sale.why_not or (REFUNDED if not counts and sale.counts else COUNTS)
    return replace(sale, refunded=sale.refunded + amount, counts=counts, why_not=why_not)


def _state_after(state: str, happening: Happening) -> str:
    kind = happening.type
    if kind == "partner.accepted" and state not in {"active", "suspended"}:
        return "active"
    if kind == "partner.suspended" and state == "active":
        return "suspended"
    if kind == "partner.reinstated" and state == "suspended":
        return "active"
    if kind == "partner.terminated" or (kind == "measure.applied" and happening.get("measure") == "terminate"):
        return "terminated"
    return state


def facts_of(happenings: Sequence[Happening], rulebook: Rulebook) -> frozenset[str]:
    """Names of the requirements that are shown: courses, claims, evidence that was not withdrawn."""
    held: set[str] = set()
    for happening in happenings:
        for name, requirement in rulebook.requirements.items():
            if happening.type == "course.completed":
                hit = requirement.course is not None and requirement.course == happening.get("course")
            elif happening.type == "nfr.claimed":
                hit = requirement.nfr is not None and requirement.nfr == happening.get("product")
            elif happening.type in {"evidence.approved", "evidence.withdrawn"}:
                hit = requirement.evidence is not None and requirement.evidence == happening.get("requirement")
            else:
                break
            if hit and happening.type == "evidence.withdrawn":
                held.discard(name)
            elif hit:
                held.add(name)
    return frozenset(held)


def reduction_of(happenings: Sequence[Happening]) -> Reduction | None:
    """The reduced discount in force; the latest replaces the one before."""
    found = None
    for happening in happenings:
        if happening.type == "discount.adjusted":
            percent = Decimal(str(happening.data["percent"]))
            found = Reduction(percent, happening.get("reason"), happening.day, happening.get("restored_by"))
        elif happening.type == "discount.restored":
            found = None
    return found


def measures_of(happenings: Sequence[Happening], day: date, rulebook: Rulebook) -> tuple[MeasureInForce, ...]:
    """Measures in force at the end of a day; a lift ends all of a kind (docs/readings.md)."""
    applied: dict[str, list[MeasureInForce]] = {}
    for happening in happenings:
        kind = happening.get("measure")
        if happening.type == "measure.lifted":
            applied.pop(kind, None)
        elif happening.type == "measure.applied":
            applied.setdefault(kind, []).append(_measure(happening, kind, rulebook))
    return tuple(_in_force(applied, day))


def _in_force(applied: Mapping[str, Sequence[MeasureInForce]], day: date) -> Iterator[MeasureInForce]:
    for every in applied.values():
        held = [one for one in every if one.until is None or one.until >= day]
        if held:
            yield max(held, key=lambda one: (one.until is None, one.until or one.since))


def _measure(happening: Happening, kind: str, rulebook: Rulebook) -> MeasureInForce:
    until = happening.get("until")
    last = date.fromisoformat(until) if until else None
    if kind == "block_access":
        longest = add_months(happening.day, rulebook.measures.block_access_max_months) - timedelta(days=1)
        last = longest if last is None else min(last, longest)
    users, sites = (tuple(happening.data.get(name) or ()) for name in ("users", "sites"))
    return MeasureInForce(kind, happening.day, last, happening.get("reason"), users, sites)
