"""References between events, resolved where all that name one id come together; and the purchases that this finds."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa

from honeyguide.program.engine.figures import purchase_products
from honeyguide.program.history.events import NONE, TYPE_CODE
from honeyguide.program.history.problems import PROBLEMS_SHOWN
from honeyguide.program.history.references import Resolved
from honeyguide.program.rulebook import Rulebook
from honeyguide.program.spark.frames import (
    Blob,
    Ints,
    by_hash,
    coded,
    found_in,
    gathered,
    resolved,
    split,
    without,
)
from honeyguide.program.spark.reading import Found
from honeyguide.program.spark.source import Source

REFERRING = (
    "sale.paid",
    "sale.refunded",
    "sale.excluded",
    "project.delivered",
    "project.confirmed",
    "points.granted",
    "points.decided",
    "points.cancelled",
    "points.spent",
    "points.restored",
)
NEEDED = ("place", "bad", "type", "at_us", "amount_minor", "partner", "ident")
OF_PURCHASES = ("place", "type", "at_us", "amount_minor", "partner", "product", "term_months", "seats", "flag")
_REFERRING_CODES = pa.array([TYPE_CODE[name] for name in REFERRING], pa.uint8())
_PAID = TYPE_CODE["sale.paid"]
_ON_SALES = (TYPE_CODE["sale.refunded"], TYPE_CODE["sale.excluded"])


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a partition says of references: how many events are bad by them, the first problems, and purchases."""

    newly_bad: int
    problems: tuple[Found, ...]
    purchases: tuple[Blob, ...]


def spread_by_ident(table: pa.Table, repeats: tuple[Ints, Ints], partitions: int) -> Iterator[Blob]:
    """What references need of the events that make them, by the id that they name."""
    dropped, clashing = repeats
    table = without(table, dropped)
    here = pa.compute.and_(
        pa.compute.is_in(table["type"], _REFERRING_CODES),
        pa.compute.greater(pa.compute.binary_length(table["ident"]), 0),
    )
    table = table.filter(here).select([*dict.fromkeys((*NEEDED, *OF_PURCHASES, "client"))])
    if len(clashing):
        bad = table["bad"].to_numpy() | found_in(table["place"].to_numpy(), clashing)
        table = table.set_column(table.schema.get_field_index("bad"), "bad", pa.array(bad))
    yield from split(table, by_hash(table["ident"], partitions))


def resolve(blobs: Iterable[bytes], source: Source, rulebook: Rulebook, partitions: int) -> Resolution | None:
    """Resolve the references of a partition."""
    frame = gathered(blobs)
    if frame is None:
        return None
    places = frame["place"].to_numpy()
    partners, partner = coded(frame["partner"])
    found = resolved(frame, partners, partner, lambda row: source.line_of(int(places[row])))
    bad = frame["bad"].to_numpy()
    broken = np.unique(np.concatenate([np.zeros(0, np.int64), *(part.rows for part in found.broken)]))
    return Resolution(
        newly_bad=int((~bad[broken]).sum()),
        problems=tuple(_problems(frame, found)),
        purchases=() if len(broken) else tuple(_purchases(frame, found, rulebook, partitions)),
    )


def _problems(frame: pl.DataFrame, found: Resolved) -> Iterator[Found]:
    for order, part in enumerate(found.broken, start=2):
        for row in np.sort(part.rows)[:PROBLEMS_SHOWN].tolist():
            yield Found(frame["place"][row], order, frame["type"][row], part.text(row))


def _purchases(frame: pl.DataFrame, found: Resolved, rulebook: Rulebook, partitions: int) -> Iterator[Blob]:
    """Purchases, their refunds and exclusions, by client: OF_PURCHASES, client, and target_place (NONE for a sale)."""
    types, target = frame["type"].to_numpy(), found.target
    paid = types == _PAID
    sale = np.where(paid, np.arange(len(types)), np.where(np.isin(types, _ON_SALES), target, NONE))
    product = frame["product"].to_numpy()
    wanted = np.flatnonzero((sale >= 0) & (purchase_products(rulebook)[product[sale]] == 1))
    places = frame["place"].to_numpy()
    chosen = frame.select(OF_PURCHASES).with_columns(pl.Series("amount_minor", found.amount_minor))[wanted]
    chosen = chosen.with_columns(
        frame["client"].gather(sale[wanted]),
        pl.Series("target_place", np.where(paid[wanted], NONE, places[sale[wanted]])),
    )
    table = chosen.to_arrow(compat_level=pl.CompatLevel.oldest())
    yield from split(table, by_hash(table["client"], partitions))
