"""Events that are in the file more than once: an `id` repeated with equal content is dropped, with other content refused."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from .batches import Digests, Piece, Reread
from .instants import Ints
from .problems import Broken
from .raw import digests_of

type Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Repeats:
    """Rows that repeat an earlier one, and those that only have its id."""

    dropped: Rows
    clashing: Broken | None = None


NOTHING = Repeats(np.zeros(0, np.int64))


def find(pieces: list[Piece], lines: Ints, reread: Reread | None) -> Repeats:
    """Find the repeated ids of a file."""
    if all(piece.ids is None for piece in pieces):
        return NOTHING
    ids = pa.chunked_array(
        [pa.nulls(len(piece), pa.string()) if piece.ids is None else piece.ids.cast(pa.string()) for piece in pieces]
    )
    suspects = _suspects(ids)
    if not len(suspects):
        return NOTHING
    texts = pl.Series(ids.take(pa.array(suspects)))
    groups = texts.rank("dense").to_numpy()
    order = np.lexsort((suspects, groups))
    groups, rows = groups[order], suspects[order]
    starts = np.flatnonzero(np.append(True, groups[1:] != groups[:-1]))
    firsts = np.repeat(starts, np.diff(np.append(starts, len(rows))))
    digests = _digests(pieces, suspects, reread)[order]
    later = np.arange(len(rows)) != firsts
    equal = (digests == digests[firsts]).all(axis=1)
    dropped = np.sort(rows[later & equal])
    other = later & ~equal
    if not other.any():
        return Repeats(dropped)
    first_of = dict(zip(rows[other].tolist(), rows[firsts[other]].tolist(), strict=True))
    id_of = dict(zip(rows[other].tolist(), texts.gather(order[other]).to_list(), strict=True))
    return Repeats(
        dropped,
        Broken(
            rows[other],
            lambda row: (
                f'id is "{id_of[row]}", which has other content at line {lines[first_of[row]]}, '
                "expected an id of its own or equal content"
            ),
        ),
    )


def _suspects(ids: pa.ChunkedArray) -> Rows:
    """Rows whose id may be there more than once: those that share a hash."""
    rows = None
    if ids.null_count:
        rows = np.flatnonzero(ids.is_valid().to_numpy())
        ids = ids.drop_null()
    hashes = pl.Series(ids).hash(seed=3).to_numpy()
    ordered = np.sort(hashes)
    shared = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    if not len(shared):
        return np.zeros(0, np.int64)
    places = np.minimum(np.searchsorted(shared, hashes), len(shared) - 1)
    found = np.flatnonzero(shared[places] == hashes)
    return found if rows is None else rows[found]


def _digests(pieces: list[Piece], rows: Rows, reread: Reread | None) -> Digests:
    """The digests of some rows, in ascending order of row."""
    if reread is not None:
        return np.concatenate([digests_of(frame) for frame in reread(rows)])
    kept, start = [], 0
    for piece in pieces:
        inside = rows[(rows >= start) & (rows < start + len(piece))] - start
        if len(inside):
            assert piece.digests is not None
            kept.append(piece.digests()[inside])
        start += len(piece)
    return np.concatenate(kept)
