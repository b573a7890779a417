"""Genes of a history: what shall happen when, and how a list of genes becomes a valid history.

A gene refers to an earlier sale, award or project by how far back it lies; one that finds nothing to refer to gives no
event. So any list of genes gives a valid history, and a history shrinks by leaving out genes.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from decimal import ROUND_DOWN, Decimal
from typing import Any

Json = dict[str, Any]

BASE = datetime(2023, 1, 1, tzinfo=UTC)
CENT = Decimal("0.01")
OFFSETS_MINUTES = (None, None, None, 0, 300, -480, 330, 840, -720)  # None: written as Z


@dataclass(frozen=True)
class Gene:
    """One thing that shall happen, `at` in microseconds since BASE; `pick` says what it refers to, `look` its form."""

    at: int
    partner: str
    type: str
    fields: Json = field(default_factory=dict)
    pick: int = 0
    look: int = 0


@dataclass
class _Sale:
    id: str
    left: Decimal
    net: Decimal


class Builder:
    """Turns genes in order of their instants into events, and remembers what later ones can refer to."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.events: list[Json] = []
        self.sales: dict[str, list[_Sale]] = {}
        self.awards: dict[str, list[str]] = {}
        self.projects: dict[str, list[str]] = {}
        self.exchanges: dict[str, list[str]] = {}  # those not yet undone
        self.count = 0

    def add(self, gene: Gene) -> None:
        """Add the event of the gene, if there is what it refers to."""
        fields = self._fields(gene)
        if fields is None:
            return
        event = {"at": written_instant(gene), "type": gene.type, "partner": gene.partner, **fields}
        if gene.look % 4 == 0:
            event["id"] = f"E-{len(self.events)}"
        if gene.look % 11 == 0:
            event["note"] = "kept and handed through"
        self.events.append(event)

    def _fields(self, gene: Gene) -> Json | None:  # noqa: PLR0911 - one for each type
        match gene.type:
            case "sale.paid":
                return self._sale(gene)
            case "sale.refunded":
                return self._refund(gene)
            case "sale.excluded" | "points.decided":
                sale = self._pick_sale(gene)
                return None if sale is None else {"sale": sale.id, **gene.fields}
            case "project.delivered" | "project.confirmed":
                return self._project(gene)
            case "points.granted":
                award = self._next("A")
                self.awards.setdefault(gene.partner, []).append(award)
                return {"award": award, **gene.fields}
            case "points.cancelled":
                return self._cancelled(gene)
            case "points.spent":
                exchange = self._next("X")
                self.exchanges.setdefault(gene.partner, []).append(exchange)
                return {"exchange": exchange, **gene.fields}
            case "points.restored":
                exchanges = self.exchanges.get(gene.partner, [])
                if not exchanges:
                    return None
                return {"exchange": exchanges.pop(-1 - gene.pick % len(exchanges)), **gene.fields}
        return dict(gene.fields)

    def _next(self, letter: str) -> str:
        self.count += 1
        return f"{letter}-{self.count}"

    def _pick_sale(self, gene: Gene) -> _Sale | None:
        sales = self.sales.get(gene.partner, [])
        return sales[-1 - gene.pick % len(sales)] if sales else None

    def _sale(self, gene: Gene) -> Json:
        sale_id = self._next("S")
        net = Decimal(str(gene.fields["net"]))
        self.sales.setdefault(gene.partner, []).append(_Sale(sale_id, net, net))
        self.awards.setdefault(gene.partner, []).append(sale_id)
        return {"sale": sale_id, **gene.fields}

    def _refund(self, gene: Gene) -> Json | None:
        """`share` is the part of what is left in thousandths; without it the amount is absent."""
        sale = self._pick_sale(gene)
        if sale is None or sale.left == 0:
            return None
        if "share" not in gene.fields:
            sale.left = Decimal(0)
            return {"sale": sale.id}
        amount = (sale.left * gene.fields["share"] / 1000).quantize(CENT, ROUND_DOWN)
        amount = min(sale.left, max(amount, CENT))
        sale.left -= amount
        return {"sale": sale.id, "amount": str(amount)}

    def _project(self, gene: Gene) -> Json | None:
        """`pick` 0 starts a project; any other is about an earlier one."""
        projects = self.projects.setdefault(gene.partner, [])
        if gene.pick == 0:
            projects.append(self._next("P"))
            self.awards.setdefault(gene.partner, []).append(projects[-1])
        if not projects:
            return None
        project = projects[-1 - (gene.pick - 1) % len(projects)] if gene.pick else projects[-1]
        return {"project": project, **gene.fields}

    def _cancelled(self, gene: Gene) -> Json | None:
        if "points" in gene.fields:
            return dict(gene.fields)
        awards = self.awards.get(gene.partner, [])
        if not awards or gene.pick % 13 == 12:
            return {"award": "A-unheard-of", **gene.fields}
        return {"award": awards[-1 - gene.pick % len(awards)], **gene.fields}


def written_instant(gene: Gene) -> str:
    """The instant with the offset and the fraction that the gene's look asks for."""
    at = BASE + timedelta(microseconds=gene.at)
    minutes = OFFSETS_MINUTES[gene.look % len(OFFSETS_MINUTES)]
    zone = UTC if minutes is None else timezone(timedelta(minutes=minutes))
    text = at.astimezone(zone).isoformat()
    if "." in text:  # as few digits as the fraction needs
        whole, rest = text.split(".")
        fraction, offset = rest[:6], rest[6:]
        text = f"{whole}.{fraction.rstrip('0')}{offset}"
    return text.replace("+00:00", "Z") if minutes is None else text


def build(genes: Iterable[Gene], shuffle: int = 0) -> list[Json]:
    """The history of the genes; with `shuffle` its lines are in another order, those of one instant in theirs."""
    builder = Builder()
    for gene in sorted(genes, key=lambda g: g.at):
        builder.add(gene)
    rng = random.Random(shuffle)
    repeated = [dict(event) for event in builder.events if "id" in event and rng.random() < 0.1]
    events = [*builder.events, *repeated]
    return shuffled(events, rng) if shuffle else events


def shuffled(events: list[Json], rng: random.Random) -> list[Json]:
    """Another order of the lines; those of the same instant keep theirs."""
    places = list(range(len(events)))
    rng.shuffle(places)
    of_instant: dict[datetime, list[int]] = {}
    for number, event in enumerate(events):
        of_instant.setdefault(datetime.fromisoformat(event["at"]), []).append(number)
    mixed: list[Json] = [{}] * len(events)
    for numbers in of_instant.values():
        for number, place in zip(numbers, sorted(places[n] for n in numbers), strict=True):
            mixed[place] = events[number]
    return mixed
