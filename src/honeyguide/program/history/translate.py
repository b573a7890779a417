"""The values of one field by a map: from columns, constants or templates to what an event holds."""

import string
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from honeyguide.program.phrases import Phrase, PhraseError

from .fields import Kind
from .jsontext import shown
from .maps import MapError, Source, Value
from .problems import Problem
from .slugs import slug
from .sources import LINE

type Cell = str | None
type Made = str | list[str] | None

NUMBERS = (Kind.MONEY, Kind.WHOLE, Kind.PERCENT)
LISTS = (Kind.WORDS, Kind.IDENTS)
_BY_HAND = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S")
"""How constants write a day, and how readers of workbooks do."""


class UnfitError(PhraseError):
    """A cell that cannot be translated: the phrase says what was expected."""


def in_map(where: str, problem: Phrase) -> Phrase:
    """What is wrong with a row, behind the place of the map by which it was read."""
    return Phrase("{where}: {problem}", where=where, problem=problem)


def column_is(column: str, cell: str, expected: Phrase) -> Phrase:
    """A cell that is not what it must be."""
    return Phrase(
        "column {column} is {value}, expected {expected}", column=column, value=shown(cell), expected=expected
    )


def no_column(name: str, frame: pl.DataFrame) -> str:
    """A map names a column that is not there."""
    return f'the table has no column "{name}", expected one of {", ".join(n for n in frame.columns if n != LINE)}'


@dataclass(slots=True)
class Slugs:
    """Which name each id was made of, by field, and in which line."""

    made: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)

    def make(self, of_field: str, name: str, line: int) -> str:
        """The id of a name, which no other name may have."""
        found = slug(name)
        if found is None:
            raise UnfitError(Phrase("a name of Latin or Cyrillic letters and digits, or a map from it to an id"))
        first, at = self.made.setdefault((of_field, found), (name, line))
        if first != name:
            raise UnfitError(
                Phrase(
                    'another id than "{id}", which {name} in line {line} has; give one of them by a map',
                    id=found,
                    name=shown(first),
                    line=at,
                )
            )
        return found


@dataclass(frozen=True, slots=True)
class Translation:
    """How a field is filled. `where`: its place in the map, for messages."""

    where: str
    name: str
    kind: Kind | None
    value: Value
    source: Source
    maps: dict[str, dict[str, str]]
    slugs: Slugs
    problems: list[Problem]

    def of(self, rows: pl.DataFrame) -> list[Made]:
        """The field's value in each row; None where there is none."""
        steps = self._steps()
        known: dict[str, str] = {}
        made: list[Made] = []
        for cell, line in zip(self._cells(rows), rows[LINE].to_list(), strict=True):
            if cell is not None and cell not in known:
                found = cell
                try:
                    for step in steps:
                        found = step(found, line)
                    known[cell] = found
                except UnfitError as error:
                    self.problems.append(Problem(line, self._unfit(cell, error)))
            made.append(self._finished(None if cell is None else known.get(cell, cell)))
        return made

    def _unfit(self, cell: str, error: UnfitError) -> Phrase:
        if self.value.column is None:
            return in_map(
                self.where, Phrase("it is {value}, expected {expected}", value=shown(cell), expected=error.phrase)
            )
        return in_map(self.where, column_is(self.value.column, cell, error.phrase))

    def _finished(self, cell: Cell) -> Made:
        found: Made = cell
        if cell is None:
            found = self.value.value if self.value.value is not None else self.value.default
        if isinstance(found, str) and self.kind in LISTS:
            return [part.strip() for part in found.split(self.value.split)] if self.value.split else [found]
        return found

    def _cells(self, rows: pl.DataFrame) -> list[Cell]:
        value = self.value
        if value.column is not None:
            if value.column not in rows.columns:
                raise MapError([f"{self.where}.column: {no_column(value.column, rows)}"])
            return rows[value.column].to_list()
        if value.template is None:
            # a list goes through no steps
            return [value.value if isinstance(value.value, str) else None] * rows.height
        return self._filled(value.template, rows)

    def _filled(self, template: str, rows: pl.DataFrame) -> list[Cell]:
        """The template with the columns put in; None where one of them has no value."""
        try:
            parts = [(text, name) for text, name, _, _ in string.Formatter().parse(template)]
        except ValueError as error:
            raise MapError([f"{self.where}.template: {error}"]) from None
        names = [name for _, name in parts if name is not None]
        for name in names:
            if name not in rows.columns:
                raise MapError([f"{self.where}.template: {no_column(name, rows)}"])
        pattern = "".join(text.replace("{", "{{").replace("}", "}}") + ("{}" if name else "") for text, name in parts)
        if not names:
            return [pattern.format()] * rows.height
        return [
            None if None in cells else pattern.format(*cells)
            for cells in zip(*(rows[name] for name in names), strict=True)
        ]

    def _steps(self) -> list[Callable[[str, int], str]]:
        """What is done with a cell, one step after another."""
        value = self.value
        steps: list[Callable[[str, int], str]] = []
        if value.map is not None:
            table = self.maps[value.map] if isinstance(value.map, str) else value.map
            steps.append(lambda cell, _: _looked_up(cell, table))
        if value.slug:
            steps.append(lambda cell, line: self.slugs.make(self.name, cell, line))
        if self.kind is Kind.AT:
            steps.append(lambda cell, _: self._instant(cell))
        elif self.kind is Kind.DAY:
            steps.append(lambda cell, _: self._local(cell).date().isoformat())
        elif self.kind in NUMBERS:
            steps.append(lambda cell, _: cleaned_number(cell, self.source))
        return steps

    def _instant(self, cell: str) -> str:
        local = self._local(cell)
        if local.tzinfo is None:
            local = local.replace(tzinfo=ZoneInfo(self.value.time_zone or self.source.time_zone))
        try:
            return local.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        except OverflowError:
            raise UnfitError(Phrase("a year from 1900 to 9000")) from None

    def _local(self, cell: str) -> datetime:
        """The time that a cell names, with the time of day that the map gives where the cell has none."""
        forms = self.value.dates or self.source.dates
        for form in dict.fromkeys((*forms, *_BY_HAND)):
            try:
                found = datetime.strptime(cell, form)  # noqa: DTZ007 - the zone is the map's
            except ValueError:
                continue
            if not any(part in form for part in ("%H", "%I", "%X", "%c")) or (
                form == _BY_HAND[1] and not _timed(found)
            ):
                found = datetime.combine(found, self.value.time or self.source.time)
            return found + timedelta(days=self.value.shift_days)
        if (instant := _with_offset(cell)) is not None:
            return instant + timedelta(days=self.value.shift_days)
        raise UnfitError(Phrase("a date like {forms}", forms=" or ".join(forms)))


def _timed(found: datetime) -> bool:
    return found.time() != time(0)


def _with_offset(cell: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(cell)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def _looked_up(cell: str, table: dict[str, str]) -> str:
    if cell not in table:
        names = list(map(shown, table))
        some = ", ".join(names[:10]) + (" …" if len(names) > 10 else "")
        raise UnfitError(Phrase("one of {words}, which the map has", words=some))
    return table[cell]


def cleaned_number(cell: str, source: Source) -> str:
    """A number without currency signs and thousands separators, with a point before decimals."""
    for sign in source.signs:
        cell = cell.removeprefix(sign).removesuffix(sign).strip()
    if source.thousands:
        cell = cell.replace(source.thousands, "")
    return cell.replace(source.decimal, ".") if source.decimal != "." else cell
