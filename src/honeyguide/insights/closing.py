"""The next place in the ranking, and what would close the distance to it by the rulebook's own figures (T4.2, G1)."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from honeyguide.program.rulebook import Rulebook
from honeyguide.program.rulebook.sections import SalePoints

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class NextPlace:
    """`points` are missing to the place `rank`, which is shared with whoever has it: equal points, equal rank."""

    rank: int
    points: int


@dataclass(frozen=True, slots=True)
class Way:
    """One thing that earns at least the missing points, and what it earns.

    `kind`: "sale" (one basic licence at `net`; 0: whatever it costs), "modules" (`count` modules of the grade `module`,
    without integration) or "integration" (a project with integration that earns as much: at most the rulebook's limit).
    """

    kind: str
    points: int
    net: Decimal = Decimal(0)
    module: str = ""
    count: int = 0


def next_place(own: int, others_above: list[int]) -> NextPlace | None:
    """The place above. `others_above`: active points of all who have more. None for whoever is first."""
    if not others_above:
        return None
    nearest = min(others_above)
    return NextPlace(1 + sum(points > nearest for points in others_above), nearest - own)


def ways(missing: int, rulebook: Rulebook) -> list[Way]:
    """What would close the distance: a deal, modules of a project, a project with integration."""
    return [way for way in _ways(missing, rulebook) if way.points >= missing]


def _ways(missing: int, rulebook: Rulebook) -> Iterator[Way]:
    net = net_for(missing, rulebook.points.sale)
    if net is not None:
        yield Way("sale", points_for(net, rulebook.points.sale), net=net)
    project = rulebook.points.project
    module, worth = max(project.module_points.items(), key=lambda item: item[1])
    if worth:
        count = -(-missing // worth)
        yield Way("modules", count * worth, module=module, count=count)
        factor = project.integration_factor
        with_integration = -(-missing // (worth * factor))
        points = min(with_integration * worth * factor, project.integration_max_points)
        if factor > 1 and with_integration < count:
            yield Way("integration", points, module=module, count=with_integration)


def points_for(net: Decimal, rule: SalePoints) -> int:
    """What a sale of one basic licence without modules earns: a share of the net amount, half up, and the licence."""
    share = (net * rule.net_percent / 100).quantize(Decimal(1), ROUND_HALF_UP)
    return int(share) + rule.basic_licence_points


def net_for(missing: int, rule: SalePoints) -> Decimal | None:
    """The least net amount with which one basic licence earns so much; 0 where the licence alone does.

    None where sales earn by licences alone, and one is not enough.
    """
    by_share = missing - rule.basic_licence_points
    if by_share <= 0:
        return Decimal(0)
    if not rule.net_percent:
        return None
    return ((by_share - Decimal("0.5")) * 100 / rule.net_percent).quantize(CENT, ROUND_CEILING)
