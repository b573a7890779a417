"""Somebody's table to a history, by a map."""

from decimal import Decimal, InvalidOperation
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa

from honeyguide.program.phrases import Phrase, joined

from .assemble import history_of
from .batches import Batch
from .fields import KINDS, UNKNOWN_FIELDS_MOST, Kind
from .jsontext import cell_of, shown
from .maps import Condition, Map, MapError, Rule, Value, fields_of
from .problems import InvalidHistory, Problem
from .raw import raw_batch
from .sources import LINE, read_table
from .translate import LISTS, Cell, Made, Slugs, Translation, cleaned_number, column_is, in_map, no_column


def convert(table: Path, the_map: Map) -> pl.DataFrame:
    """The raw events that the map makes of the table, in order of time, checked as a history.

    Raises MapError, InvalidHistory (whose lines are the table's) and OSError.
    """
    source = the_map.source
    frame = read_table(table, source.delimiter, source.encoding, source.sheet)
    frame = _joined(_emptied(frame, source.empty), the_map, table.parent)
    conversion = _Conversion(the_map)
    for place, rule in enumerate(the_map.events):
        conversion.add(place, rule, frame)
    return conversion.finish()


def _emptied(frame: pl.DataFrame, empty: list[str]) -> pl.DataFrame:
    return frame.with_columns(pl.exclude(LINE).replace(dict.fromkeys(empty))) if empty else frame


def _joined(frame: pl.DataFrame, the_map: Map, folder: Path) -> pl.DataFrame:
    """The table with the columns of the second ones, named JOIN.COLUMN."""
    for name, join in the_map.joins.items():
        if join.column not in frame.columns:
            raise MapError([f"joins.{name}.column: {no_column(join.column, frame)}"])
        try:
            other = read_table(folder / join.file, join.delimiter, join.encoding, join.sheet)
        except InvalidHistory as error:
            raise MapError([f"joins.{name}: {line}" for line in error.lines(join.file)]) from None
        other = _emptied(other, the_map.source.empty)
        if join.key not in other.columns:
            raise MapError([f"joins.{name}.key: {no_column(join.key, other)}"])
        other = other.filter(pl.col(join.key).is_not_null())
        twice = other.filter(pl.col(join.key).is_duplicated())
        if twice.height:
            lines = " and ".join(map(str, twice.filter(pl.col(join.key) == twice[join.key][0])[LINE].to_list()[:2]))
            raise MapError(
                [f"joins.{name}: {join.file} has {shown(twice[join.key][0])} in lines {lines}, expected once"]
            )
        lost = frame.filter(pl.col(join.column).is_not_null()).join(
            other, left_on=join.column, right_on=join.key, how="anti"
        )
        if join.required and lost.height:
            raise InvalidHistory(
                [
                    Problem(line, in_map(f"joins.{name}", column_is(join.column, value, _key_of(join.file))))
                    for line, value in lost.select(LINE, join.column).iter_rows()
                ]
            )
        columns = {column: f"{name}.{column}" for column in other.columns if column != LINE}
        other = other.with_columns(pl.col(join.key).alias("\0key")).drop(LINE).rename(columns)
        frame = frame.join(other, left_on=join.column, right_on="\0key", how="left", maintain_order="left")
    return frame


def _key_of(file: str) -> Phrase:
    return Phrase("a key of {file}", file=file)


class _Conversion:
    """The events that rules have made of a table so far."""

    def __init__(self, the_map: Map) -> None:
        self.map = the_map
        self.slugs = Slugs()
        self.problems: list[Problem] = []
        self.columns: dict[str, list[Made]] = {}
        self.lines: list[int] = []
        self.types: list[str] = []
        self.rules: list[int] = []

    def add(self, place: int, rule: Rule, frame: pl.DataFrame) -> None:
        """The events of a rule."""
        where = f"events[{place + 1}]"
        rows = self._taken(where, rule, frame)
        kinds = {name: field.kind for name, field in fields_of(rule.type).items()}
        made: dict[str, list[Made]] = {}
        for name, value in rule.fields.items():
            made[name] = self._translated(f"{where}.fields.{name}", name, kinds[name], value).of(rows)
        for name, value in rule.other.items():
            made[name] = list(map(_cell, self._translated(f"{where}.other.{name}", name, None, value).of(rows)))
        places = list(range(rows.height))
        if rule.once_per is not None:
            places = _firsts(rows, where, rule.once_per, made["at"])
        start = len(self.lines)
        self.lines += rows[LINE].gather(places).to_list()
        self.types += [rule.type] * len(places)
        self.rules += [place] * len(places)
        for name in self.columns.keys() | made.keys():
            column = self.columns.setdefault(name, [None] * start)
            column += [made[name][row] for row in places] if name in made else [None] * len(places)

    def _translated(self, where: str, name: str, kind: Kind | None, value: Value) -> Translation:
        return Translation(where, name, kind, value, self.map.source, self.map.values, self.slugs, self.problems)

    def _taken(self, where: str, rule: Rule, frame: pl.DataFrame) -> pl.DataFrame:
        """The rows that meet the rule's conditions."""
        for column, condition in rule.when.items():
            if column not in frame.columns:
                raise MapError([f"{where}.when: {no_column(column, frame)}"])
            cells = frame[column].to_list()
            met = [self._meets(condition, cell, f"{where}.when.{column}", line, column)
                   for cell, line in zip(cells, frame[LINE].to_list(), strict=True)]  # fmt: skip
            frame = frame.filter(pl.Series(met, dtype=pl.Boolean))
        return frame

    def _meets(self, condition: Condition, cell: Cell, where: str, line: int, column: str) -> bool:
        """Whether a cell meets all of a condition."""
        if (
            (condition.filled is not None and condition.filled != (cell is not None))
            or (condition.is_ is not None and cell != condition.is_)
            or (condition.is_not is not None and cell == condition.is_not)
            or (condition.in_ is not None and cell not in condition.in_)
            or (condition.not_in is not None and cell in condition.not_in)
        ):
            return False
        above, at_least, below, at_most = bounds = (
            condition.above,
            condition.at_least,
            condition.below,
            condition.at_most,
        )
        if all(bound is None for bound in bounds):
            return True
        if cell is None:
            return False
        try:
            number = Decimal(cleaned_number(cell, self.map.source))
        except InvalidOperation:
            self.problems.append(Problem(line, in_map(where, column_is(column, cell, Phrase("a number")))))
            return False
        return (
            (above is None or number > above)
            and (at_least is None or number >= at_least)
            and (below is None or number < below)
            and (at_most is None or number <= at_most)
        )

    def finish(self) -> pl.DataFrame:
        """The events in order of time, checked as a history."""
        unknown = self.columns.keys() - KINDS.keys()
        if len(unknown) > UNKNOWN_FIELDS_MOST:
            raise MapError([f"has {len(unknown)} other fields, expected at most {UNKNOWN_FIELDS_MOST}"])
        if self.problems:
            raise InvalidHistory(merged(self.problems))
        times = np.array([cell if isinstance(cell, str) else "" for cell in self.columns.get("at", [])])
        order = np.lexsort((np.array(self.lines), np.array(self.rules), times)).tolist() if len(times) else []
        batch = self._batch(order)
        history_of([batch])
        return raw_batch(batch)

    def _batch(self, order: list[int]) -> Batch:
        columns = {name: [column[row] for row in order] for name, column in self.columns.items()}
        rules = [self.rules[row] for row in order]
        types = [self.types[row] for row in order]
        arrays = {
            name: pa.array(column, pa.list_(pa.string()) if KINDS.get(name) in LISTS else pa.string())
            for name, column in columns.items()
        }
        return Batch(
            lines=np.array([self.lines[row] for row in order], np.int64),
            columns={"type": pa.array(types, pa.string())} | {n: a for n, a in arrays.items() if n in KINDS},
            show=lambda row, name: shown(columns[name][row] if name in columns else types[row]),
            unknown={name: array for name, array in arrays.items() if name not in KINDS},
            origin=lambda row, name: self._origin(rules[row], name),
        )

    def _origin(self, rule: int, name: str) -> str:
        value = self.map.events[rule].fields.get(name)
        where = f"events[{rule + 1}].fields.{name}"
        return f"{where}, column {value.column}" if value is not None and value.column is not None else where


def merged(problems: list[Problem]) -> list[Problem]:
    """One problem a line. What several rules find alike is said once, of the first."""
    texts: dict[int, dict[str, Phrase]] = {}
    for problem in problems:
        texts.setdefault(problem.line, {}).setdefault(problem.text.partition(": ")[2], problem.text)
    return [Problem(line, joined(list(found.values()))) for line, found in texts.items()]


def _firsts(rows: pl.DataFrame, where: str, column: str, times: list[Made]) -> list[int]:
    """The earliest row of each different value of a column; rows without a value are passed over."""
    if column not in rows.columns:
        raise MapError([f"{where}.once_per: {no_column(column, rows)}"])
    first: dict[str, int] = {}
    for place, value in enumerate(rows[column].to_list()):
        if value is not None and (value not in first or str(times[place]) < str(times[first[value]])):
            first[value] = place
    return list(first.values())


def _cell(made: Made) -> Cell:
    """A value for a field that no type has, as text."""
    return made if made is None else cell_of(made)
