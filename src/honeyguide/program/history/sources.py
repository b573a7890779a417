"""Somebody's table: CSV, XLSX or Parquet, all of its cells as text, each row with its line."""

import _csv
import csv
from collections.abc import Iterator
from pathlib import Path

import fastexcel
import polars as pl
from polars import selectors

from honeyguide.program.phrases import Phrase

from .csvform import no_csv, other_cells
from .parquet import no_parquet
from .problems import FormError, InvalidHistory, Problem
from .raw import cells

LINE = "\0line"
"""The column that holds a row's line, under a name that no table has."""


def read_table(path: Path, delimiter: str, encoding: str, sheet: str | int | None) -> pl.DataFrame:
    """The table, its cells stripped, an empty one null. Raises InvalidHistory or OSError."""
    match path.suffix.lower():
        case ".xlsx" | ".xlsm" | ".xlsb" | ".xls" | ".ods":
            frame = _read_sheet(path, sheet)
        case ".parquet":
            frame = _read_parquet(path)
        case _:
            frame = _read_csv(path, delimiter, encoding)
    texts = [name for name in frame.columns if name != LINE]
    those = selectors.by_name(*texts)  # not pl.col: a column may be called "*"
    frame = frame.with_columns(those.str.strip_chars().replace("", None))
    return frame.filter(~pl.all_horizontal(those.is_null())) if texts else frame


def _read_csv(path: Path, delimiter: str, encoding: str) -> pl.DataFrame:
    with path.open(encoding=encoding, newline="") as stream:
        records = _records(csv.reader(stream, delimiter=delimiter, strict=True))
        line, names = next(records, (1, []))
        if not names:
            raise _empty()
        _check_names(names, line)
        rows, lines, problems = [], [], []
        for line, row in records:
            if row and len(row) != len(names):
                problems.append(Problem(line, other_cells(len(row), len(names))))
            elif row:
                rows.append(row)
                lines.append(line)
    if problems:
        raise InvalidHistory(problems)
    columns = zip(names, zip(*rows, strict=True) if rows else [()] * len(names), strict=True)
    frame = pl.DataFrame({name: pl.Series(name, list(found), pl.String) for name, found in columns})
    return frame.with_columns(pl.Series(LINE, lines, pl.Int64))


def _records(reader: "_csv.Reader") -> Iterator[tuple[int, list[str]]]:
    """Records with the number of their first line."""
    while True:
        line = reader.line_num + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise FormError(no_csv(error), line) from None
        except UnicodeDecodeError as error:
            expected = Phrase("not {encoding}, expected the encoding that the map names", encoding=error.encoding)
            raise FormError(expected, line) from None


def _empty() -> FormError:
    return FormError(Phrase("is empty, expected a header with the names of columns"), 1)


def _check_names(names: list[str], line: int) -> None:
    for place, name in enumerate(names):
        if not name.strip():
            raise FormError(Phrase("column {place} has no name", place=place + 1), line)
        if name in names[:place]:
            raise FormError(Phrase("column {name} is there twice, expected each column once", name=name), line)


def _read_sheet(path: Path, sheet: str | int | None) -> pl.DataFrame:
    try:
        book = fastexcel.read_excel(path)
        index = sheet - 1 if isinstance(sheet, int) else sheet or 0
        frame = book.load_sheet(index, header_row=None, dtypes="string").to_polars()
    except fastexcel.FastExcelError as error:
        fault = str(error).partition("\n")[0]
        raise FormError(Phrase("cannot be read as a workbook: {fault}", fault=fault)) from None
    if not frame.height:
        raise _empty()
    names = [name or "" for name in frame.row(0)]
    _check_names(names, 1)
    frame.columns = names
    return frame.slice(1).with_columns(pl.int_range(2, frame.height + 1, dtype=pl.Int64).alias(LINE))


def _read_parquet(path: Path) -> pl.DataFrame:
    try:
        frame = pl.read_parquet(path)
    except pl.exceptions.PolarsError as error:
        raise no_parquet(error) from None
    columns = [pl.Series(column.name, cells(column.rechunk().to_arrow()), pl.String) for column in frame.get_columns()]
    return pl.DataFrame([*columns, pl.int_range(1, frame.height + 1, dtype=pl.Int64, eager=True).alias(LINE)])
