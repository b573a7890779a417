"""Pieces of a file together: repeated events dropped, tables sorted, references resolved, or all problems named."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from . import references, repeats
from .batches import Batch, Piece, Reread
from .events import EVENT_COLUMNS, EVENT_TYPES, NONE, History
from .fields import UNKNOWN_TYPE
from .instants import Mask
from .pieces import DTYPES, FILL, NO_APPLICATIONS, piece_of
from .problems import PROBLEMS_SHOWN, Broken, InvalidHistory, Problem
from .values import Coded


def history_of(batches: Iterable[Batch], reread: Reread | None = None) -> History:
    """Check all batches of a file and put the history together."""
    pieces: list[Piece] = []
    lost: list[Problem] = []
    wanted = PROBLEMS_SHOWN
    for batch in batches:
        lost += batch.problems
        batch.problems = []
        piece = piece_of(batch, wanted)
        wanted -= len(piece.problems)
        pieces.append(piece)
    return _Assembly(pieces, lost).history(reread)


class _Assembly:
    """The pieces of one file on their way to a history."""

    def __init__(self, pieces: list[Piece], lost: list[Problem]) -> None:
        self.pieces = pieces
        self.lost = lost  # problems of lines that hold no event
        self.rows = sum(map(len, pieces))
        self.bad = self._whole([piece.bad for piece in pieces], np.bool_)
        self.keep: Mask | None = None

    def history(self, reread: Reread | None) -> History:
        """The history, or InvalidHistory."""
        lines = self._whole([piece.lines for piece in self.pieces], np.int64)
        repeated = repeats.find(self.pieces, lines, reread)
        if repeated.clashing:
            self.bad[repeated.clashing.rows] = True
        if len(repeated.dropped):
            self.keep = np.ones(self.rows, np.bool_)
            self.keep[repeated.dropped] = False
        kept_from = np.arange(self.rows) if self.keep is None else np.flatnonzero(self.keep)
        idents = pl.Series(self._kept_texts([piece.idents for piece in self.pieces]))
        partners, partner = self._table([piece.partner for piece in self.pieces])
        columns = {name: self._column(name) for name in ("type", "at_us", "amount_minor")}
        events = references.Events(
            types=columns["type"],
            at_us=columns["at_us"],
            timed=self._kept(self._whole([piece.timed for piece in self.pieces], np.bool_)),
            partner=partner,
            partners=partners,
            idents=idents,
            amount_minor=columns["amount_minor"],
            bad=self._kept(self.bad),
            lines=lines[kept_from],
        )
        resolved = references.resolve(events)
        if self.lost or self.bad.any() or resolved.broken:
            raise self._invalid(lines, kept_from, columns["type"], resolved.broken, repeated.clashing)
        clients, client = self._table([piece.client for piece in self.pieces])
        words, word = self._table([piece.word for piece in self.pieces])
        columns |= {
            "partner": partner,
            "client": client,
            "word": word,
            "target": resolved.target,
            "amount_minor": resolved.amount_minor,
        }
        applications = self._applications()
        for name in EVENT_COLUMNS:
            if name not in columns:
                columns[name] = self._column(name)
        frame = pl.DataFrame(
            {name: pl.Series(name, columns.pop(name), dtype=dtype) for name, dtype in EVENT_COLUMNS.items()}
        )
        return History(frame, idents, partners, clients, words, applications)

    @staticmethod
    def _whole(arrays: list[npt.NDArray[Any]], dtype: npt.DTypeLike) -> npt.NDArray[Any]:
        if not arrays:
            return np.zeros(0, dtype)
        return arrays[0] if len(arrays) == 1 else np.concatenate(arrays)

    def _kept(self, column: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return column if self.keep is None else column[self.keep]

    def _column(self, name: str) -> npt.NDArray[Any]:
        """A column of all pieces, which let go of it."""
        arrays = [piece.columns.pop(name, None) for piece in self.pieces]
        fill, dtype = FILL.get(name, 0), DTYPES[name]
        if all(array is None for array in arrays):
            rows = self.rows if self.keep is None else int(self.keep.sum())
            return np.zeros(rows, dtype) if fill == 0 else np.full(rows, fill, dtype)
        whole = self._whole(
            [
                np.full(len(piece), fill, dtype) if array is None else array
                for piece, array in zip(self.pieces, arrays, strict=True)
            ],
            dtype,
        )
        return self._kept(whole)

    def _kept_texts(self, arrays: list[pa.Array]) -> pa.ChunkedArray:
        texts = pa.chunked_array(arrays, pa.string())
        return texts if self.keep is None else texts.filter(pa.array(self.keep))

    def _table(self, columns: list[Coded | None]) -> tuple[pl.Series, npt.NDArray[np.int32]]:
        """The values of all pieces in one sorted table, and their positions in it."""
        parts = [column for column in columns if column is not None]
        if not parts:
            return _NO_TEXT, np.full(self.rows if self.keep is None else int(self.keep.sum()), NONE, np.int32)
        whole = pa.chunked_array([column.values.cast(pa.string()) for column in parts]).combine_chunks()
        whole = whole.dictionary_encode()
        starts = np.cumsum([0, *(len(column.values) for column in parts)]).tolist()
        places = np.append(whole.indices.to_numpy(), NONE)  # of each part's values among the distinct ones
        used = np.zeros(len(whole.dictionary) + 1, np.bool_)
        found = []
        for column in columns:
            if column is None:
                found.append(None)
                continue
            start = starts.pop(0)
            codes = np.append(places[start : start + len(column.values)], np.int32(NONE))[column.codes]
            used[codes] = True
            found.append(codes)
        distinct = pl.Series(whole.dictionary)
        if not used[:-1].all():
            distinct = distinct.filter(pl.Series(used[:-1]))
        order = distinct.arg_sort().to_numpy()
        ranks = np.full(len(used), NONE, np.int32)
        ranks[np.flatnonzero(used[:-1])[order]] = np.arange(len(order), dtype=np.int32)
        codes = self._whole(
            [
                np.full(len(piece), NONE, np.int32) if part is None else ranks[part]
                for piece, part in zip(self.pieces, found, strict=True)
            ],
            np.int32,
        )
        return distinct.gather(order), self._kept(codes)

    def _applications(self) -> pl.DataFrame:
        start, frames = 0, []
        for piece in self.pieces:
            if piece.applications.height:
                frames.append(piece.applications.with_columns(pl.col("row") + start))
            start += len(piece)
        if not frames:
            return NO_APPLICATIONS
        whole = pl.concat(frames)
        if self.keep is None:
            return whole
        places = np.cumsum(self.keep) - 1
        rows = whole["row"].to_numpy()
        kept = self.keep[rows]
        return whole.filter(pl.Series(kept)).with_columns(pl.Series("row", places[rows[kept]]))

    def _invalid(
        self,
        lines: npt.NDArray[np.int64],
        kept_from: npt.NDArray[np.int64],
        types: npt.NDArray[np.uint8],
        broken: list[Broken],
        clashing: Broken | None,
    ) -> InvalidHistory:
        """All problems of the file together: the first by line, and how many lines are bad."""
        texts: dict[int, list[str]] = {problem.line: [problem.text] for problem in self.lost}
        for piece in self.pieces:
            for problem in piece.problems:
                texts.setdefault(problem.line, []).append(problem.text)
        bad = self.bad.copy()
        places = np.cumsum(self.keep) - 1 if self.keep is not None else np.arange(self.rows)
        for part, rows in [(part, kept_from[part.rows]) for part in broken] + (
            [(clashing, clashing.rows)] if clashing else []
        ):
            bad[rows] = True
            for place in np.argsort(rows)[:PROBLEMS_SHOWN].tolist():
                line, code = int(lines[rows[place]]), types[places[rows[place]]]
                prefix = "" if line in texts or code == UNKNOWN_TYPE else f"{EVENT_TYPES[code]}: "
                texts.setdefault(line, []).append(prefix + part.text(int(part.rows[place])))
        total = len(self.lost) + int(bad.sum())
        return InvalidHistory([Problem(line, "; ".join(found)) for line, found in texts.items()], total)


_NO_TEXT = pl.Series([], dtype=pl.String)
