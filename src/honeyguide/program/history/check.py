"""The check of a batch's fields, each by its column, and what is wrong in words."""

import difflib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from . import values
from .batches import Batch
from .events import EVENT_TYPES, PROJECT_MODULES, SALE_MODULES
from .fields import FIELDS, KINDS, REQUIRES, TAKES, UNKNOWN_TYPE, Field, Kind, codes_of, expectation, one_of
from .instants import Mask
from .problems import PROBLEMS_SHOWN, Problem

type Types = npt.NDArray[np.uint8]
type Values = npt.NDArray[np.generic] | values.Coded | pa.Array | values.Items | None

(CANCELLED,) = codes_of("points.cancelled")
MODULES = (*SALE_MODULES, *PROJECT_MODULES[:1], *PROJECT_MODULES[2:])
"""Both lists of module classes as one."""


def _module_classes() -> npt.NDArray[np.int8]:
    """By type code and position in MODULES (its length: any other text): position among the type's classes, or -1."""
    table = np.full((UNKNOWN_TYPE + 1, len(MODULES) + 1), -1, np.int8)
    for code, field in enumerate(FIELDS["modules"]):
        for position, word in enumerate(field.choices if field else ()):
            table[code, MODULES.index(word)] = position
    return table


MODULE_CLASSES = _module_classes()


@dataclass(slots=True)
class Fault:
    """Rows in which one field, or the event as a whole, is not as it must be."""

    rows: Mask
    name: str
    missing: bool = False
    text: str = ""


@dataclass(slots=True)
class Checked:
    """A batch's types, the values of the fields that they take, and the faults.

    `used[name]`: rows that have the field, take it and hold a good value.
    """

    types: Types
    counts: list[int]
    used: dict[str, Mask]
    found: dict[str, Values]
    faults: list[Fault]

    def bad(self) -> Mask:
        """Rows with a fault."""
        rows = np.zeros(len(self.types), np.bool_)
        for fault in self.faults:
            rows |= fault.rows
        return rows

    def has(self, *codes: int) -> bool:
        """Is there an event of one of the types?"""
        return any(self.counts[code] for code in codes)


def check(batch: Batch) -> Checked:
    """Check each field of the batch for the types that take it."""
    types = _types(batch)
    checked = Checked(types, np.bincount(types, minlength=UNKNOWN_TYPE + 1).tolist(), {}, {}, [])
    if checked.counts[UNKNOWN_TYPE]:
        _mark_unknown_types(batch, checked)
    for name in KINDS:
        if name != "type":
            _check_field(batch, name, checked)
    if checked.counts[CANCELLED]:
        _check_cancelled(checked)
    return checked


def _types(batch: Batch) -> Types:
    column = batch.columns.get("type")
    if column is None or pa.types.is_null(column.type):
        return np.full(len(batch.lines), UNKNOWN_TYPE, np.uint8)
    codes = values.words(text_column(column, "type"), EVENT_TYPES)
    return np.where(codes < 0, UNKNOWN_TYPE, codes).astype(np.uint8)


def text_column(array: pa.Array, name: str) -> pa.Array:
    """The column, which must be text."""
    if not values.is_text(array.type):
        raise values.typed_error(array, name, "text")
    return array


def _mark_unknown_types(batch: Batch, checked: Checked) -> None:
    here = _present(batch, "type")
    unknown = checked.types == UNKNOWN_TYPE
    for rows, missing in ((unknown & here, False), (unknown & ~here, True)):
        if rows.any():
            checked.faults.append(Fault(rows, "type", missing))


def _present(batch: Batch, name: str) -> Mask:
    """Rows that have the field, in whatever kind."""
    column = batch.columns.get(name)
    here = np.zeros(len(batch.lines), np.bool_) if column is None else values.present(column)
    wrong = batch.wrong.get(name)
    return here if wrong is None else here | wrong


def _check_field(batch: Batch, name: str, checked: Checked) -> None:
    column = batch.columns.get(name)
    wrong = batch.wrong.get(name)
    taking = [code for code, count in enumerate(checked.counts) if count and FIELDS[name][code]]
    if not taking:
        return
    required = [code for code in taking if REQUIRES[name][code]]
    here = _present(batch, name) if column is not None or wrong is not None else None
    if required:
        missing = REQUIRES[name][checked.types]
        if here is not None:
            missing &= ~here
        if missing.any():
            checked.faults.append(Fault(missing, name, missing=True))
    if here is None:
        return
    use = here & TAKES[name][checked.types]
    if not use.any():
        return
    field = FIELDS[name][taking[0]]
    assert field is not None
    if column is None or pa.types.is_null(column.type):
        found, good = None, np.zeros(len(use), np.bool_)
    else:
        found, good = _read(field, column, checked.types)
    bad = use & ~good
    if bad.any():
        checked.faults.append(Fault(bad, name))
        use &= good
    checked.found[name], checked.used[name] = found, use


def _read(field: Field, column: pa.Array, types: Types) -> tuple[Values, Mask]:
    """The column's values and which rows hold a good one."""
    name = field.name
    match field.kind:
        case Kind.AT:
            return values.instants(column, name)
        case Kind.MONEY:
            return values.money(column, name, field.least)
        case Kind.WHOLE:
            return values.wholes(column, name, field.least, field.most)
        case Kind.PERCENT:
            return values.percents(column, name)
        case Kind.BOOL:
            return values.flags(column, name)
        case Kind.DAY:
            return values.days(column, name)
        case Kind.WORDS:
            return _read_modules(column, types)
        case Kind.IDENTS:
            found = values.items(column, name)
            good_items = values.lengths_good(found.values, 1, values.IDENT_CHARACTERS_MOST)
            return None, values.lists_good(found, good_items, 1)
    column = text_column(column, name)
    match field.kind:
        case Kind.PARTNER:
            return values.partners(column)
        case Kind.WORD:
            return _read_words(name, column, types)
        case Kind.IDENT:
            return column, values.lengths_good(column, 1, values.IDENT_CHARACTERS_MOST)
        case Kind.TEXT:
            good = values.texts_good(column, 0)
            required = REQUIRES[name][types]
            if required.any():
                good &= ~required | values.texts_good(column, 1)
            return column, good
        case _:
            return column, values.texts_good(column, 0)


def choices_of(name: str) -> tuple[str, ...]:
    """The longest list of choices of the field, which the others begin."""
    return max((field.choices for field in FIELDS[name] if field), key=len)


def _read_words(name: str, column: pa.Array, types: Types) -> tuple[Values, Mask]:
    """Positions in choices_of(name)."""
    codes = values.words(column, choices_of(name))
    most = np.array([len(field.choices) if field else 0 for field in FIELDS[name]], np.int32)
    return codes, (codes >= 0) & (codes < most[types])


def _read_modules(column: pa.Array, types: Types) -> tuple[Values, Mask]:
    """How many modules of each of three classes a row has."""
    found = values.items(column, "modules")
    codes = values.words(found.values, MODULES)
    classes = MODULE_CLASSES[types[found.rows], codes]
    good_items = (codes >= 0) & (classes >= 0)
    good = values.lists_good(found, good_items, 0)
    cells = found.rows[good_items] * 3 + classes[good_items]
    counts = np.bincount(cells, minlength=3 * len(types)).reshape(-1, 3).astype(np.int32)
    return counts, good


def _check_cancelled(checked: Checked) -> None:
    """points.cancelled names an award or a number of points, never both."""
    rows = checked.types == CANCELLED
    no = np.zeros(len(rows), np.bool_)
    tried = [no, no]
    for place, name in enumerate(("award", "points")):
        faulty = [fault.rows for fault in checked.faults if fault.name == name and not fault.missing]
        tried[place] = np.logical_or.reduce([checked.used.get(name, no), *faulty])
    award, points = tried
    for wrong, text in (
        (rows & award & points, "has award and points, expected one of them"),
        (rows & ~award & ~points, "has neither award nor points, expected one of them"),
    ):
        if wrong.any():
            checked.faults.append(Fault(wrong, "", text=text))


def describe(batch: Batch, checked: Checked, bad: Mask, most: int = PROBLEMS_SHOWN) -> list[Problem]:
    """The first problems of the batch in words, one a line."""
    problems = []
    for row in np.flatnonzero(bad)[:most].tolist():
        code = int(checked.types[row])
        texts = [_in_words(batch, fault, row, code) for fault in checked.faults if fault.rows[row]]
        prefix = "" if code == UNKNOWN_TYPE else f"{EVENT_TYPES[code]}: "
        problems.append(Problem(int(batch.lines[row]), prefix + "; ".join(texts)))
    return problems


def _in_words(batch: Batch, fault: Fault, row: int, code: int) -> str:
    if fault.text:
        return fault.text
    field = FIELDS[fault.name][code]
    assert field is not None
    if fault.missing:
        return f"{field.name} is missing, expected {expectation(field)}"
    shown = batch.show(row, field.name)
    expected = expectation(field)
    if field.kind is Kind.TYPE:
        near = difflib.get_close_matches(shown.strip('"'), EVENT_TYPES, 3)
        expected += f" such as {one_of(near).removeprefix('one of ')}" if len(near) > 1 else ""
        expected += f" such as {near[0]}" if len(near) == 1 else ""
    return f"{field.name} is {shown}, expected {expected}"
