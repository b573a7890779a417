"""Pieces of a file together: repeated events dropped, tables sorted, references resolved, or all problems named."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from honeyguide.program.phrases import Phrase, joined

from . import references, repeats
from .batches import Batch, Reread
from .events import EVENT_COLUMNS, EVENT_TYPES, NONE, History
from .fields import BAD_LINES_MOST, UNKNOWN_TYPE
from .keys import sorted_table
from .pieces import DTYPES, FILL, NO_APPLICATIONS, piece_of
from .problems import PROBLEMS_SHOWN, Broken, InvalidHistory, Lines, Problem, of_type
from .values import Coded

type Column = npt.NDArray[Any]
type Rows = npt.NDArray[np.int64]


def history_of(batches: Iterable[Batch], reread: Reread | None = None, rows: int = 0) -> History:
    """Check all batches of a file, of about so many rows, and put the history together."""
    assembly = _Assembly(rows, reread)
    for batch in batches:
        assembly.add(batch)
        if assembly.stopped:
            break
    return assembly.history()


type Begun = Callable[[], tuple[pl.Series, Column]]


def _begun(work: Begun, rows: int) -> Begun:
    """The work, begun beside what follows where it is much. Calling it gives what came out."""
    if rows < _MANY:
        return work
    aside = ThreadPoolExecutor(1)
    future = aside.submit(work)
    aside.shutdown(wait=False)
    return future.result


_MANY = 1 << 18


class _Columns:
    """Columns that grow by pieces. A column that no piece has is not there."""

    def __init__(self, rows: int) -> None:
        self.columns: dict[str, Column] = {}
        self.capacity = max(rows, 1)
        self.rows = 0

    def add(self, rows: int, parts: dict[str, Column]) -> None:
        """So many rows more, with what is known of them."""
        start, stop = self.rows, self.rows + rows
        if start == 0 and stop >= self.capacity:
            self.columns, self.capacity, self.rows = parts, stop, stop
            return
        if stop > self.capacity:
            self.capacity = max(stop, 2 * self.capacity)
            self.columns = {name: self._new(name, column) for name, column in self.columns.items()}
        for name, part in parts.items():
            if name not in self.columns:
                self.columns[name] = self._new(name)
            self.columns[name][start:stop] = part
        self.rows = stop

    def _new(self, name: str, before: Column | None = None) -> Column:
        fill = FILL[name]
        column = np.zeros(self.capacity, DTYPES[name])
        if fill:
            column[:] = fill
        if before is not None:
            column[: self.rows] = before[: self.rows]
        return column

    def take(self, name: str) -> Column:
        """The whole column, which is not kept here."""
        column = self.columns.pop(name, None)
        return self._new(name)[: self.rows] if column is None else column[: self.rows]


class _Codes:
    """A text column by codes, piece by piece, and the values that they stand for."""

    def __init__(self, columns: _Columns, name: str) -> None:
        self.columns = columns
        self.name = name
        self.values: list[pa.Array] = []
        self.count = 0

    def part(self, column: Coded | None) -> dict[str, Column]:
        """The next piece's codes, as positions among the values of all pieces."""
        if column is None:
            return {}
        codes = column.codes
        if self.count:
            codes = np.where(codes < 0, codes, codes + np.int32(self.count))
        self.values.append(column.values.cast(pa.string()))
        self.count += len(column.values)
        return {self.name: codes}

    def table(self) -> tuple[pl.Series, Column]:
        """The values in use, each once and sorted, and the codes as positions among them."""
        codes = self.columns.take(self.name)
        if not self.values:
            return pl.Series([], dtype=pl.String), codes
        texts = pl.Series(pa.chunked_array(self.values))
        self.values = []
        used = np.zeros(self.count + 1, np.bool_)
        used[codes] = True
        if used[:-1].all():
            table, places = sorted_table(texts)
        else:
            kept = np.flatnonzero(used[:-1])
            table, ranks = sorted_table(texts.gather(kept))
            places = np.zeros(self.count, np.int32)
            places[kept] = ranks
        return table, np.append(places, np.int32(NONE))[codes]


class _Assembly:
    """The pieces of one file on their way to a history."""

    def __init__(self, rows: int, reread: Reread | None) -> None:
        self.columns = _Columns(rows)
        self.partners, self.clients, self.words = (_Codes(self.columns, name) for name in ("partner", "client", "word"))
        self.lines = Lines()
        self.texts: dict[int, list[Phrase]] = {}  # problems by line
        self.lost = 0  # lines that hold no event
        self.bad: list[Rows] = []
        self.bad_lines = 0
        self.stopped = False
        self.idents: list[pa.Array] = []
        self.applications: list[pl.DataFrame] = []
        self.repeated = repeats.Repeated(reread)

    def add(self, batch: Batch) -> None:
        """Check a batch and add it."""
        self._add_problems(batch.problems)
        self.lost += len(batch.problems)
        piece = piece_of(batch, max(0, PROBLEMS_SHOWN - len(self.texts)))
        self._add_problems(piece.problems)
        start = self.columns.rows
        if len(piece.bad):
            self.bad.append(piece.bad + start)
        self.bad_lines += len(batch.problems) + len(piece.bad)
        self.stopped = batch.stopped or self.bad_lines >= BAD_LINES_MOST
        self.lines.add(batch.lines)
        self.idents.append(piece.idents)
        if piece.applications.height:
            self.applications.append(piece.applications.with_columns(pl.col("row") + start))
        self.repeated.add(piece)
        codes = self.partners.part(piece.partner) | self.clients.part(piece.client) | self.words.part(piece.word)
        self.columns.add(len(piece), piece.columns | codes)

    def _add_problems(self, problems: list[Problem]) -> None:
        for problem in problems:
            if len(self.texts) >= 2 * PROBLEMS_SHOWN:
                break
            self.texts.setdefault(problem.line, []).append(problem.text)

    def history(self) -> History:
        """The history, or InvalidHistory."""
        rows = self.columns.rows
        bad = np.zeros(rows, np.bool_)
        for rows_bad in self.bad:
            bad[rows_bad] = True
        repeated = self.repeated.find(self.lines)
        if repeated.clashing:
            self._break(repeated.clashing, None, self.columns.columns["type"], bad)
        kept: Rows | None = None
        if len(repeated.dropped):
            keep = np.ones(rows, np.bool_)
            keep[repeated.dropped] = False
            kept = np.flatnonzero(keep)
        clients, words = (_begun(codes.table, rows) for codes in (self.clients, self.words))
        idents = pl.Series(pa.chunked_array(self.idents, pa.string()).cast(pa.string_view()), dtype=pl.String)
        self.idents = []
        partners, partner = self.partners.table()
        columns = {name: self.columns.take(name) for name in ("type", "at_us", "amount_minor")} | {"partner": partner}
        if kept is not None:
            idents = idents.gather(kept)
            columns = {name: column[kept] for name, column in columns.items()}
        events = references.Events(
            types=columns["type"],
            at_us=columns["at_us"],
            partner=columns["partner"],
            partners=partners,
            idents=idents,
            amount_minor=columns["amount_minor"],
            bad=bad if kept is None else bad[kept],
            line_of=lambda row: self.lines.of(row if kept is None else int(kept[row])),
        )
        resolved = references.resolve(events)
        for part in resolved.broken:
            self._break(part, kept, columns["type"], bad)
        if self.lost or bad.any():
            raise self._invalid(int(bad.sum()))
        columns |= {"target": resolved.target, "amount_minor": resolved.amount_minor}
        return self._finished(columns, kept, idents, (partners, clients, words))

    def _break(self, part: Broken, kept: Rows | None, types: Column, bad: Column) -> None:
        """Note rows that break a rule. They count among the rows that are kept, where there are such."""
        rows = part.rows if kept is None else kept[part.rows]
        bad[rows] = True
        for place in np.argsort(rows)[:PROBLEMS_SHOWN].tolist():
            row = int(part.rows[place])
            line = self.lines.of(int(rows[place]))
            text = part.text(row)
            named = line in self.texts or types[row] == UNKNOWN_TYPE
            self.texts.setdefault(line, []).append(text if named else of_type(EVENT_TYPES[types[row]], text))

    def _invalid(self, bad: int) -> InvalidHistory:
        problems = [Problem(line, joined(texts)) for line, texts in self.texts.items()]
        return InvalidHistory(problems, self.lost + bad, stopped=self.stopped)

    def _finished(
        self, columns: dict[str, Column], kept: Rows | None, idents: pl.Series, tables: tuple[pl.Series, Begun, Begun]
    ) -> History:
        """The history of the rows that are kept."""
        partners, begun_clients, begun_words = tables
        clients, client = begun_clients()
        words, word = begun_words()
        later = {"client": client, "word": word}
        series = []
        for name, dtype in EVENT_COLUMNS.items():
            column = columns.pop(name, None)
            if column is None:
                column = later.pop(name) if name in later else self.columns.take(name)
                column = column if kept is None else column[kept]
            series.append(pl.Series(name, column, dtype=dtype))
        applications = pl.concat(self.applications) if self.applications else NO_APPLICATIONS
        if kept is not None:
            places = pl.DataFrame({"row": kept, "place": np.arange(len(kept))})
            applications = applications.join(places, on="row", maintain_order="left").select(
                pl.col("place").alias("row"), pl.exclude("row", "place")
            )
        return History(pl.DataFrame(series), idents, partners, clients, words, applications)
