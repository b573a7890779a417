"""Events that are there more than once: an id repeated with equal content is dropped, with other content refused."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from honeyguide.program.phrases import Phrase

from .batches import Digests, Piece, Reread
from .keys import Keys, hashed, starts_of
from .problems import Broken, Lines, at_line
from .raw import digests_of

type Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Repeats:
    """Rows that repeat an earlier one, and those that only have its id."""

    dropped: Rows
    clashing: Broken | None = None


NOTHING = Repeats(np.zeros(0, np.int64))


class Repeated:
    """Looks for repeated ids by their hashes: most are there once, and only the others need a closer look.

    Where the file can be read again, nothing but the hashes is kept of it.
    """

    def __init__(self, reread: Reread | None) -> None:
        """Begin without events."""
        self.reread = reread
        self.rows = 0
        self.parts: list[tuple[int, Piece | None, Keys]] = []  # first row, piece if kept, a hash for each row

    def add(self, piece: Piece) -> None:
        """The rows that follow."""
        if piece.ids is not None:
            kept = None if self.reread else piece
            self.parts.append((self.rows, kept, hashed(pl.Series(piece.ids))))
            # a null has a hash too, which all of them share
        self.rows += len(piece)

    def find(self, lines: Lines) -> Repeats:
        """The repeated ids of the file."""
        rows = self._suspects()
        if not len(rows):
            return NOTHING
        ids, digests = self._contents(rows)
        return judged(rows, ids, digests, lines.of)

    def _suspects(self) -> Rows:
        """Rows whose id shares its hash with another's."""
        if not self.parts:
            return NOTHING.dropped
        ordered = np.concatenate([hashes for _, _, hashes in self.parts])
        ordered.sort()
        shared = ordered[1:][ordered[1:] == ordered[:-1]]
        del ordered
        if not len(shared):
            return NOTHING.dropped
        absent = hashed(pl.Series([None], dtype=pl.String))
        shared = np.setdiff1d(shared, absent, assume_unique=False)
        found = []
        for start, _, hashes in self.parts:
            places = np.minimum(np.searchsorted(shared, hashes), max(len(shared) - 1, 0))
            found.append(np.flatnonzero(shared[places] == hashes) + start if len(shared) else NOTHING.dropped)
        return np.concatenate(found)

    def _contents(self, rows: Rows) -> tuple[pl.Series, Digests]:
        """The ids and digests of some rows, in ascending order."""
        ids: list[pl.Series] = []
        digests: list[Digests] = []
        if self.reread is not None:
            for frame in self.reread(rows):
                ids.append(frame["id"])
                digests.append(digests_of(frame))
        for start, piece, hashes in self.parts:
            if piece is None or piece.ids is None or piece.digests is None:
                continue
            inside = rows[(rows >= start) & (rows < start + len(hashes))] - start
            if len(inside):
                ids.append(pl.Series(piece.ids).gather(inside))
                digests.append(piece.digests()[inside])
        return pl.concat(ids), np.concatenate(digests)


def judged(rows: Rows, ids: pl.Series, digests: Digests, line_of: Callable[[int], object]) -> Repeats:
    """What to do with rows of which each has an id and a digest: the first of each id stays."""
    groups = ids.rank("dense").to_numpy()
    order = np.lexsort((rows, groups))
    rows, groups, digests = rows[order], groups[order], digests[order]
    starts = starts_of(groups)
    firsts = np.repeat(starts, np.diff(np.append(starts, len(rows))))
    equal = (digests == digests[firsts]).all(axis=1)
    later = np.arange(len(rows)) != firsts
    clash = later & ~equal
    if not clash.any():
        return Repeats(np.sort(rows[later]))
    first_of = dict(zip(rows[clash].tolist(), rows[firsts[clash]].tolist(), strict=True))
    id_of = dict(zip(rows[clash].tolist(), ids.gather(order[clash]).to_list(), strict=True))
    return Repeats(
        np.sort(rows[later & equal]),
        Broken(
            rows[clash],
            lambda row: Phrase(
                'id is "{id}", which has other content{at}, expected an id of its own or equal content',
                id=id_of[row],
                at=at_line(line_of(first_of[row])),
            ),
        ),
    )
