"""Columns as they come (text, or typed as in Parquet) to numbers, codes and masks. Nothing here loops over rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from honeyguide.program.phrases import Phrase

from .fields import (
    LIST_ITEMS_MOST,
    MONEY_MOST_MINOR,
    PARTNER_CHARACTERS_MOST,
    TEXT_CHARACTERS_MOST,
    WHOLE_MOST,
)
from .instants import AT_FIRST_US, AT_LAST_US, DAY_FIRST, DAY_LAST, DAY_US, Ints, Mask, parse_days, parse_instants
from .problems import FormError

type Codes = npt.NDArray[np.int32]

type Values = npt.NDArray[Any] | Coded | pa.Array
"""A column that was read: numbers or codes, a coded text, or a text as it is."""

ABSENT = -1
"""Code of no value."""
PERCENT_MOST_HUNDREDTHS = 10_000
_PARTNER = f"^[a-z0-9_.-]{{1,{PARTNER_CHARACTERS_MOST}}}$"
_WHOLE = r"^[0-9]+$"
_MONEY = r"^[0-9]+(\.[0-9]{1,2})?$"
_DIGITS_MOST = 15
"""More significant digits than any limit allows, few enough for 64 bits."""
SEPARATOR = "|"
"""Joins the items of a list in one cell."""


@dataclass(frozen=True, slots=True)
class Coded:
    """A text column as positions in a list of its values (ABSENT for null). The values may repeat and be unused."""

    values: pa.Array
    codes: Codes

    def spread[T: np.generic](self, by_value: npt.NDArray[T], absent: T | bool | int) -> npt.NDArray[T]:
        """Something worked out for each value, for each row."""
        return np.append(by_value, np.array([absent], by_value.dtype))[self.codes]


def is_text(kind: pa.DataType) -> bool:
    """Whether the Arrow type is text, encoded or not."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def is_list(kind: pa.DataType) -> bool:
    """Whether the Arrow type is a list of text."""
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind)) and is_text(kind.value_type)


def present(array: pa.Array) -> Mask:
    """Which rows hold a value."""
    bits = array.buffers()[0] if array.null_count and not pa.types.is_null(array.type) else None
    if bits is None:
        return np.full(len(array), array.null_count == 0)
    start, stop = array.offset, array.offset + len(array)
    spread = np.unpackbits(np.frombuffer(bits, np.uint8)[: (stop + 7) // 8], bitorder="little")
    return spread[start:stop].view(np.bool_)


def some_of(found: Values, places: Ints) -> Values:
    """Some rows of a column that was read."""
    if isinstance(found, Coded):
        return Coded(found.values, found.codes[places])
    return found.take(pa.array(places)) if isinstance(found, pa.Array) else found[places]


def spread(found: pa.Array, at: Ints, rows: int) -> pa.Array:
    """Values at some of so many rows, nulls at the others."""
    if len(at) == rows and (np.diff(at) > 0).all():
        return found
    places = np.full(rows, -1)
    places[at] = np.arange(len(at))
    return found.take(pa.array(places, mask=places < 0))


def coded(array: pa.Array) -> Coded:
    """The text column with its values apart."""
    if not pa.types.is_dictionary(array.type):
        array = plain(array).dictionary_encode()
    indices = array.indices.cast(pa.int32())
    if indices.null_count:
        indices = indices.fill_null(ABSENT)
    codes = indices.to_numpy()
    values = plain(array.dictionary)
    if values.null_count:
        codes = np.append(np.where(present(values), np.arange(len(values)), ABSENT), ABSENT)[codes].astype(np.int32)
        values = values.fill_null("")
    return Coded(values, codes)


def loosely_coded(array: pa.Array) -> Coded:
    """The text column with its values apart, each row's own where they do not stand apart already."""
    if pa.types.is_dictionary(array.type) or array.null_count:
        return coded(array)
    return Coded(plain(array), np.arange(len(array), dtype=np.int32))


def plain(array: pa.Array) -> pa.Array:
    """The text column as an ordinary array of strings."""
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    return array.cast(pa.string()) if pa.types.is_string_view(array.type) else array


def words(array: pa.Array, choices: Sequence[str]) -> Codes:
    """Positions of the texts among the choices; ABSENT for null, len(choices) for any other text."""
    column = coded(array)
    return column.spread(_positions(column.values, tuple(choices)), ABSENT)


@cache
def _table(choices: tuple[str, ...]) -> pa.Array:
    return pa.array(choices, pa.string())


def _positions(values: pa.Array, choices: tuple[str, ...]) -> Codes:
    if len(values) <= 64:
        table = {word: code for code, word in enumerate(choices)}
        return np.array([table.get(value, len(choices)) for value in values.to_pylist()], np.int32)
    positions = pc.index_in(values.cast(pa.string()), value_set=_table(choices))
    found: Codes = positions.fill_null(len(choices)).to_numpy(zero_copy_only=False)
    return found


def matches(texts: pa.Array, pattern: str) -> Mask:
    """Which texts have the form; not those that are null."""
    found: Mask = pc.match_substring_regex(texts, pattern).fill_null(False).to_numpy(zero_copy_only=False)
    # RE2's $ is the very end of the text, so a trailing line feed does not pass
    return found


def partners(array: pa.Array) -> tuple[Coded, Mask]:
    """Partner ids, and which rows hold a good one."""
    column = coded(array)
    return column, column.spread(matches(column.values, _PARTNER), False)


def lengths_good(texts: pa.Array, least: int, most: int) -> Mask:
    """Which texts have at least and at most so many characters; not those that are null."""
    if pa.types.is_dictionary(texts.type):
        column = coded(texts)
        return column.spread(lengths_good(column.values, least, most), False)
    texts = plain(texts)
    lengths = byte_lengths(texts)
    if len(lengths) and lengths.min() >= least and lengths.max() <= most:
        return present(texts)
    count = pc.utf8_length(texts).fill_null(-1).to_numpy(zero_copy_only=False)
    good: Mask = (count >= least) & (count <= most)
    return good


def is_ascii(texts: pa.Array) -> bool:
    """Whether the column is an ordinary one of texts that are ASCII, and so good UTF-8, throughout."""
    if not (pa.types.is_string(texts.type) or pa.types.is_large_string(texts.type)):
        return False
    data = texts.buffers()[2]
    return data is None or not data.size or int(np.frombuffer(data, np.uint8).max()) < 0x80


def byte_lengths(texts: pa.Array) -> Ints:
    """Bytes of each text; anything where null."""
    kind = np.int64 if pa.types.is_large_string(texts.type) else np.int32
    ends = texts.buffers()[1]
    if ends is None or not len(texts):
        return np.zeros(len(texts), np.int64)
    return np.diff(np.frombuffer(ends, kind)[texts.offset : texts.offset + len(texts) + 1])


def texts_good(array: pa.Array, least: int) -> Mask:
    """Which rows hold a free text of a fitting length."""
    return lengths_good(array, least, TEXT_CHARACTERS_MOST)


def typed_error(array: pa.Array, name: str, expected: Phrase) -> FormError:
    """A column of a kind that cannot hold the field."""
    return FormError(
        Phrase("column {field} holds {kind}, expected {expected}", field=name, kind=array.type, expected=expected)
    )


def _scaled(texts: pa.Array, pattern: str, digits: int) -> tuple[Ints, Mask]:
    """Numbers of the form, times 10 ** digits, and which texts have it and few enough digits."""
    valid = matches(texts, pattern)
    if valid.any() and pc.max(pc.binary_length(texts)).as_py() > _DIGITS_MOST:
        texts = pc.utf8_ltrim(texts, characters="0")
        valid &= lengths_good(texts, 0, _DIGITS_MOST + 1 + digits)
        texts = pc.binary_join_element_wise("0", texts, "")
    if not valid.all():
        texts = pc.if_else(pa.array(valid), texts, pa.scalar(None, texts.type))
    decimals = texts.cast(pa.decimal128(38, digits))
    return _low_words(decimals), valid


def _low_words(decimals: pa.Array) -> Ints:
    """The unscaled values, which must fit 64 bits; 0 where null."""
    data = decimals.buffers()[1]
    if data is None or not len(decimals):
        return np.zeros(len(decimals), np.int64)
    low = np.frombuffer(data, np.int64)[2 * decimals.offset : 2 * (decimals.offset + len(decimals)) : 2]
    return np.where(present(decimals), low, 0) if decimals.null_count else low


def _from_decimals(array: pa.Array, digits: int) -> tuple[Ints, Mask]:
    """Decimals times 10 ** digits, and which are exact and small enough."""
    valid = present(array)
    if not pa.types.is_decimal128(array.type):
        array = array.cast(pa.decimal128(38, array.type.scale))
    data = array.buffers()[1]
    pairs = np.frombuffer(data if data is not None else b"", np.int64)
    high = pairs[1 + 2 * array.offset : 1 + 2 * (array.offset + len(array)) : 2]
    low = pairs[2 * array.offset : 2 * (array.offset + len(array)) : 2]
    valid &= high == low >> 63  # the value fits 64 bits
    low = np.where(valid, low, 0)
    scale = array.type.scale
    if scale > digits:
        power = 10 ** min(scale - digits, 18)
        valid &= low % power == 0
        return low // power, valid
    if scale < digits:
        power = 10 ** (digits - scale)
        valid &= np.abs(low) <= 2**62 // power
        return np.where(valid, low, 0) * power, valid
    return low, valid


def hundredths(array: pa.Array, name: str, least: int, most: int) -> tuple[Ints, Mask]:
    """Amounts (or percentages) in hundredths, and which rows hold a good one."""
    kind = array.type
    if is_text(kind):
        numbers, valid = _of_texts(array, _MONEY, 2)
    elif pa.types.is_decimal(kind):
        numbers, valid = _from_decimals(array, 2)
    elif pa.types.is_integer(kind):
        numbers, valid = _from_integers(array, MONEY_MOST_MINOR // 100)
        numbers = numbers * 100
    else:
        raise typed_error(array, name, Phrase("decimals, whole numbers or text"))
    valid = valid & (numbers >= least) & (numbers <= most)
    return numbers, valid


def money(array: pa.Array, name: str, least: int) -> tuple[Ints, Mask]:
    """Amounts in minor units, and which rows hold a good one."""
    return hundredths(array, name, least, MONEY_MOST_MINOR)


def percents(array: pa.Array, name: str) -> tuple[Ints, Mask]:
    """Hundredths of a percent, and which rows hold a good one."""
    return hundredths(array, name, 0, PERCENT_MOST_HUNDREDTHS)


def _of_texts(array: pa.Array, pattern: str, digits: int) -> tuple[Ints, Mask]:
    if pa.types.is_dictionary(array.type):
        column = coded(array)
        numbers, valid = _scaled(column.values, pattern, digits)
        return column.spread(numbers, 0), column.spread(valid, False)
    return _scaled(plain(array), pattern, digits)


def _from_integers(array: pa.Array, most: int) -> tuple[Ints, Mask]:
    valid = present(array)
    if array.null_count:
        array = array.fill_null(0)
    numbers = array.to_numpy(zero_copy_only=False)
    valid &= (numbers >= -most) & (numbers <= most)
    return np.where(valid, numbers, 0).astype(np.int64), valid


def wholes(array: pa.Array, name: str, least: int, most: int) -> tuple[Ints, Mask]:
    """Whole numbers, and which rows hold a good one."""
    if is_text(array.type):
        numbers, valid = _of_texts(array, _WHOLE, 0)
    elif pa.types.is_integer(array.type):
        numbers, valid = _from_integers(array, WHOLE_MOST)
    else:
        raise typed_error(array, name, Phrase("whole numbers or text"))
    return numbers, valid & (numbers >= least) & (numbers <= most)


def flags(array: pa.Array, name: str) -> tuple[npt.NDArray[np.int8], Mask]:
    """1 for true, 0 for false, ABSENT else, and which rows hold one."""
    if pa.types.is_boolean(array.type):
        found = array.cast(pa.int8()).fill_null(ABSENT).to_numpy(zero_copy_only=False)
        return found, found >= 0
    if not is_text(array.type):
        raise typed_error(array, name, Phrase("booleans or text"))
    codes = words(array, ("false", "true"))
    valid = (codes == 0) | (codes == 1)
    return np.where(valid, codes, ABSENT).astype(np.int8), valid


def days(array: pa.Array, name: str) -> tuple[Ints, Mask]:
    """Days since 1970, and which rows hold a good one."""
    if is_text(array.type):
        column = coded(array)
        found, valid = parse_days(column.values)
        return column.spread(found, 0), column.spread(valid, False)
    if not pa.types.is_date(array.type):
        raise typed_error(array, name, Phrase("days or text"))
    valid = present(array)
    numbers = array.cast(pa.date32()).cast(pa.int32()).fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
    return numbers, valid & (numbers >= DAY_FIRST) & (numbers <= DAY_LAST)


_TICKS_US = {"s": 1_000_000, "ms": 1_000, "us": 1}


def instants(array: pa.Array, name: str) -> tuple[Ints, Mask]:
    """Microseconds since 1970, and which rows hold a good time."""
    kind = array.type
    if is_text(kind):
        return parse_instants(plain(array))
    if not pa.types.is_timestamp(kind):
        raise typed_error(array, name, Phrase("times with a zone or text"))
    if kind.tz is None:
        raise FormError(
            Phrase("column {field} holds times without a zone, expected times with one, such as UTC", field=name)
        )
    valid = present(array)
    ticks = array.cast(pa.int64())
    numbers = (ticks.fill_null(0) if ticks.null_count else ticks).to_numpy(zero_copy_only=False)
    if kind.unit == "ns":
        valid &= numbers % 1_000 == 0
        numbers = numbers // 1_000
    elif kind.unit != "us":
        scale = _TICKS_US[kind.unit]
        valid &= (numbers >= -(DAY_US * 10**7) // scale) & (numbers <= DAY_US * 10**7 // scale)
        numbers = np.where(valid, numbers, 0) * scale
    valid &= (numbers >= AT_FIRST_US) & (numbers <= AT_LAST_US)
    return numbers, valid


@dataclass(frozen=True, slots=True)
class Items:
    """The items of a list column one after another: the row of each and its value; and how many each row has."""

    rows: npt.NDArray[np.int64]
    values: pa.Array
    counts: Ints


def items(array: pa.Array, name: str) -> Items:
    """The items of lists, or of texts that join them by SEPARATOR."""
    found = lists(array, name)
    counts = pc.list_value_length(found).fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
    rows = pc.list_parent_indices(found).to_numpy(zero_copy_only=False).astype(np.int64)
    return Items(rows, pc.list_flatten(found), counts)


def lists(array: pa.Array, name: str) -> pa.Array:
    """Lists as they are, or split from texts that join the items by SEPARATOR."""
    if is_text(array.type):
        column = coded(array)
        found = pc.split_pattern(column.values, SEPARATOR)
        return found.take(pa.array(column.codes, mask=column.codes < 0))
    if not is_list(array.type):
        raise typed_error(array, name, Phrase("lists of text or text"))
    return array


def lists_good(found: Items, good_items: Mask, least: int) -> Mask:
    """Which rows have items in number and all of them good. A row without a list counts as an empty one."""
    good: Mask = (found.counts >= least) & (found.counts <= LIST_ITEMS_MOST)
    if not good_items.all():
        good[found.rows[~good_items]] = False
    return good
