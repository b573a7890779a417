"""The check of a batch's fields, each by its column, and what is wrong in words."""

import difflib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from honeyguide.program.phrases import Phrase, joined, listed, plain

from . import values
from .batches import Batch
from .events import EVENT_TYPES, PROJECT_MODULES, SALE_MODULES
from .fields import (
    FIELDS,
    IDENT_CHARACTERS_MOST,
    KINDS,
    REQUIRES,
    UNKNOWN_TYPE,
    Field,
    Kind,
    codes_of,
    expectation,
)
from .instants import Ints, Mask
from .problems import Problem, of_type
from .values import Values

type Types = npt.NDArray[np.uint8]
type Rows = Ints

(CANCELLED,) = codes_of("points.cancelled")
MODULES = (*SALE_MODULES, *PROJECT_MODULES[:1], *PROJECT_MODULES[2:])
"""Both lists of module classes as one."""


def _module_classes() -> npt.NDArray[np.int8]:
    """By type code and position in MODULES (its length: any other text): position among the type's classes, or -1."""
    table = np.full((UNKNOWN_TYPE + 1, len(MODULES) + 1), -1, np.int8)
    for code, module_field in enumerate(FIELDS["modules"]):
        for position, word in enumerate(module_field.choices if module_field else ()):
            table[code, MODULES.index(word)] = position
    return table


MODULE_CLASSES = _module_classes()


_NO_TEXT = plain("")


@dataclass(slots=True)
class Fault:
    """Rows in which one field, or the event as a whole, is not as it must be."""

    rows: Rows
    name: str
    missing: bool = False
    text: Phrase = _NO_TEXT  # where it is not one field


@dataclass(slots=True)
class Cells:
    """The good values of one field: rows whose event takes the field and has it, ascending, and the value of each.

    `tried`: rows that have the field, good or not.
    """

    rows: Rows
    found: Any  # Values; which of them follows from the field's kind
    tried: Rows


@dataclass(slots=True)
class Checked:
    """A batch's types, the good values of the fields that they take, and the faults."""

    types: Types
    counts: list[int]
    cells: dict[str, Cells] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    _rows: dict[tuple[int, ...], Rows] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.types)

    def bad(self) -> Rows:
        """Rows with a fault."""
        return np.unique(np.concatenate([fault.rows for fault in self.faults])) if self.faults else _NO_ROWS

    def has(self, *codes: int) -> bool:
        """Whether there is an event of one of the types."""
        return any(self.counts[code] for code in codes)

    def rows_of(self, *codes: int) -> Rows:
        """Rows of events of the types."""
        codes = tuple(code for code in codes if self.counts[code])
        if codes not in self._rows:
            if sum(self.counts[code] for code in codes) == len(self):
                rows = np.arange(len(self))
            else:
                wanted = np.zeros(len(self), np.bool_)
                for code in codes:
                    wanted |= self.types == code
                rows = np.flatnonzero(wanted)
            self._rows[codes] = rows
        return self._rows[codes]


_NO_ROWS = np.zeros(0, np.int64)


def check(batch: Batch) -> Checked:
    """Check each field of the batch for the types that take it."""
    types = _types(batch)
    checked = Checked(types, np.bincount(types, minlength=UNKNOWN_TYPE + 1).tolist())
    if checked.counts[UNKNOWN_TYPE]:
        _mark_unknown_types(batch, checked)
    for name, fields in _BY_NAME:
        taking = [code for code, count in enumerate(checked.counts) if count and fields[code]]
        if taking:
            _check_field(batch, name, taking, checked)
    if checked.counts[CANCELLED]:
        _check_cancelled(checked)
    return checked


_BY_NAME = [(name, FIELDS[name]) for name in KINDS if name != "type"]


def _types(batch: Batch) -> Types:
    column = batch.columns.get("type")
    if column is None or pa.types.is_null(column.type):
        return np.full(len(batch.lines), UNKNOWN_TYPE, np.uint8)
    codes = values.words(text_column(column, "type"), EVENT_TYPES)
    if len(codes) and codes.min() < 0:
        codes = np.where(codes < 0, UNKNOWN_TYPE, codes)
    return codes.astype(np.uint8)


def text_column(array: pa.Array, name: str) -> pa.Array:
    """The column, which must be text."""
    if not values.is_text(array.type):
        raise values.typed_error(array, name, Phrase("text"))
    return array


def _mark_unknown_types(batch: Batch, checked: Checked) -> None:
    unknown = checked.rows_of(UNKNOWN_TYPE)
    here = np.zeros(len(checked), np.bool_)
    if (column := batch.columns.get("type")) is not None:
        here |= values.present(column)
    if (wrong := batch.wrong.get("type")) is not None:
        here |= wrong
    for rows, missing in ((unknown[here[unknown]], False), (unknown[~here[unknown]], True)):
        if len(rows):
            checked.faults.append(Fault(rows, "type", missing))


def _check_field(batch: Batch, name: str, taking: list[int], checked: Checked) -> None:
    """Check a field in the events of the types that take it, and keep its good values."""
    column = batch.columns.get(name)
    wrong = batch.wrong.get(name)
    if column is not None and column.null_count == len(column) and wrong is None:
        column = None
    required = [code for code in taking if REQUIRES[name][code]]
    if column is None and wrong is None:
        if required:
            checked.faults.append(Fault(checked.rows_of(*required), name, missing=True))
        return
    rows = checked.rows_of(*taking)
    cells = _some(column, rows, len(checked))
    here = values.present(cells)
    if wrong is not None and (wrong := wrong[rows]).any():
        checked.faults.append(Fault(rows[wrong], name))
        _mark_missing(name, rows[~here & ~wrong], checked)
    elif not here.all():
        _mark_missing(name, rows[~here], checked)
    tried = rows if wrong is None else rows[here | wrong]
    if not here.all():
        rows, cells = rows[here], _some(cells, np.flatnonzero(here), len(cells))
        tried = rows if wrong is None else tried
    if not len(rows):
        if len(tried):
            checked.cells[name] = Cells(rows, cells, tried)
        return
    of_type = FIELDS[name][taking[0]] or FIELDS[name][UNKNOWN_TYPE]
    if of_type is None:
        return
    found, good = _READERS[of_type.kind](of_type, cells, checked.types[rows])
    if not good.all():
        checked.faults.append(Fault(rows[~good], name))
        places = np.flatnonzero(good)
        rows, found = rows[good], values.some_of(found, places)
    checked.cells[name] = Cells(rows, found, tried)


def _some(column: pa.Array | None, rows: Rows, count: int) -> pa.Array:
    """The rows of a column of so many; nulls where there is no column."""
    if column is None:
        return pa.nulls(len(rows), pa.string())
    return column if len(rows) == count else column.take(pa.array(rows))


def _mark_missing(name: str, absent: Rows, checked: Checked) -> None:
    """Rows that lack a field which their type requires."""
    absent = absent[REQUIRES[name][checked.types[absent]]]
    if len(absent):
        checked.faults.append(Fault(absent, name, missing=True))


type Found = tuple[Values, Mask]


def _read_text(field: Field, column: pa.Array, types: Types) -> Found:
    column = text_column(column, field.name)
    good = values.texts_good(column, 0)
    required = REQUIRES[field.name][types]
    if required.any():
        good &= ~required | values.texts_good(column, 1)
    return column, good


def _read_reference(field: Field, column: pa.Array, _: Types) -> Found:
    column = text_column(column, field.name)
    return column, values.texts_good(column, 0)


def _read_ident(field: Field, column: pa.Array, _: Types) -> Found:
    column = text_column(column, field.name)
    return column, values.lengths_good(column, 1, IDENT_CHARACTERS_MOST)


def choices_of(name: str) -> tuple[str, ...]:
    """The longest list of choices of the field, which the others begin."""
    return _CHOICES[name]


_CHOICES = {name: max((of.choices for of in FIELDS[name] if of), key=len) for name in KINDS}
_CHOICES_MOST = {name: np.array([len(of.choices) if of else 0 for of in FIELDS[name]]) for name in KINDS}


def _read_word(field: Field, column: pa.Array, types: Types) -> Found:
    """Positions in choices_of(name)."""
    codes = values.words(text_column(column, field.name), _CHOICES[field.name])
    return codes, (codes >= 0) & (codes < _CHOICES_MOST[field.name][types])


def _read_modules(field: Field, column: pa.Array, types: Types) -> Found:
    """How many modules of each of three classes a row has."""
    found = values.items(column, field.name)
    codes = values.words(found.values, MODULES)
    classes = MODULE_CLASSES[types[found.rows], codes]
    good_items = (codes >= 0) & (classes >= 0)
    good = values.lists_good(found, good_items, 0)
    cells = found.rows[good_items] * 3 + classes[good_items]
    return np.bincount(cells, minlength=3 * len(types)).reshape(-1, 3).astype(np.int32), good


def _read_idents(field: Field, column: pa.Array, _: Types) -> Found:
    found = values.items(column, field.name)
    good_items = values.lengths_good(found.values, 1, IDENT_CHARACTERS_MOST)
    return values.lists(column, field.name), values.lists_good(found, good_items, 1)


_READERS: dict[Kind, Callable[[Field, pa.Array, Types], Found]] = {
    Kind.AT: lambda of, column, _: values.instants(column, of.name),
    Kind.PARTNER: lambda of, column, _: values.partners(text_column(column, of.name)),
    Kind.IDENT: _read_ident,
    Kind.TEXT: _read_text,
    Kind.REFERENCE: _read_reference,
    Kind.WORD: _read_word,
    Kind.MONEY: lambda of, column, _: values.money(column, of.name, of.least),
    Kind.WHOLE: lambda of, column, _: values.wholes(column, of.name, of.least, of.most),
    Kind.PERCENT: lambda of, column, _: values.percents(column, of.name),
    Kind.BOOL: lambda of, column, _: values.flags(column, of.name),
    Kind.DAY: lambda of, column, _: values.days(column, of.name),
    Kind.WORDS: _read_modules,
    Kind.IDENTS: _read_idents,
}
"""By kind: the values of a column without nulls, and which of them are good."""


def _check_cancelled(checked: Checked) -> None:
    """points.cancelled names an award or a number of points, never both."""
    rows = checked.rows_of(CANCELLED)
    has = np.zeros((2, len(checked)), np.bool_)
    for place, name in enumerate(("award", "points")):
        if name in checked.cells:
            has[place, checked.cells[name].tried] = True
    award, points = has[:, rows]
    for wrong, text in (
        (award & points, Phrase("has award and points, expected one of them")),
        (~award & ~points, Phrase("has neither award nor points, expected one of them")),
    ):
        if wrong.any():
            checked.faults.append(Fault(rows[wrong], "", text=text))


def describe(batch: Batch, checked: Checked, bad: Rows, most: int) -> list[Problem]:
    """The first problems of the batch in words, one a line."""
    problems = []
    for row in bad[:most].tolist():
        code = int(checked.types[row])
        text = joined([_in_words(batch, fault, row, code) for fault in checked.faults if row in fault.rows])
        text = text if code == UNKNOWN_TYPE else of_type(EVENT_TYPES[code], text)
        problems.append(Problem(int(batch.lines[row]), text))
    return problems


def _in_words(batch: Batch, fault: Fault, row: int, code: int) -> Phrase:
    field = FIELDS[fault.name][code] if fault.name else None
    if field is None:
        return fault.text
    origin = "" if batch.origin is None else f" ({batch.origin(row, fault.name)})"
    expected = expectation(field)
    if fault.missing:
        return Phrase(
            "{field} is missing{origin}, expected {expected}", field=fault.name, origin=origin, expected=expected
        )
    shown = batch.show(row, fault.name)
    if field.kind is Kind.TYPE and (near := difflib.get_close_matches(shown.strip('"'), EVENT_TYPES, 3)):
        expected = Phrase("{kinds} such as {near}", kinds=expected, near=listed(near) if len(near) > 1 else near[0])
    return Phrase(
        "{field} is {value}{origin}, expected {expected}",
        field=fault.name,
        value=shown,
        origin=origin,
        expected=expected,
    )
