"""Times and days written as text, by columns: RFC 3339 to microseconds, YYYY-MM-DD to days."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from .fields import YEAR_FIRST, YEAR_LAST

type Ints = npt.NDArray[np.int64]
type Mask = npt.NDArray[np.bool_]
type Bytes = npt.NDArray[np.uint8]

DAY_FIRST = (date(YEAR_FIRST, 1, 1) - date(1970, 1, 1)).days
DAY_LAST = (date(YEAR_LAST, 12, 31) - date(1970, 1, 1)).days
DAY_US = 86_400_000_000
AT_FIRST_US = DAY_FIRST * DAY_US
AT_LAST_US = (DAY_LAST + 1) * DAY_US - 1

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_LENGTH = len("2026-03-01")
_SECOND_LENGTH = len("2026-03-01T09:30:00")
_OFFSET_LENGTH = len("+02:00")
_FRACTION_DIGITS_MOST = 6


def parse_instants(texts: pa.Array) -> tuple[Ints, Mask]:
    """Microseconds since 1970 of RFC 3339 texts, and which of them are one; the others have 0."""
    instants = np.zeros(len(texts), np.int64)
    valid = np.zeros(len(texts), np.bool_)
    starts, lengths, data = _bytes_of(texts)
    longest = _SECOND_LENGTH + 1 + _FRACTION_DIGITS_MOST + _OFFSET_LENGTH
    for length in np.flatnonzero(np.bincount(np.minimum(lengths, longest + 1), minlength=1)):
        if length <= _SECOND_LENGTH or length > longest:
            continue
        rows = np.flatnonzero(lengths == length)
        letters = _matrix(data, starts[rows], int(length))
        zulu = (letters[:, -1] | 0x20) == ord("z")
        for tail, chosen in ((1, zulu), (_OFFSET_LENGTH, ~zulu)):
            if chosen.any():
                part = letters if chosen.all() else letters[chosen]
                instants[rows[chosen]], valid[rows[chosen]] = _instants(part, tail)
    return instants, valid


def instant_of(text: str) -> datetime | None:
    """The time that a text gives, in UTC; None for one that is not of the form."""
    if not text.isascii():
        return None
    instants, valid = parse_instants(pa.array([text], pa.large_string()))
    return _EPOCH + timedelta(microseconds=int(instants[0])) if valid[0] else None


def parse_days(texts: pa.Array) -> tuple[Ints, Mask]:
    """Days since 1970 of YYYY-MM-DD texts, and which of them are one; the others have 0."""
    days = np.zeros(len(texts), np.int64)
    valid = np.zeros(len(texts), np.bool_)
    starts, lengths, data = _bytes_of(texts)
    rows = np.flatnonzero(lengths == _DAY_LENGTH)
    if len(rows):
        days[rows], valid[rows] = _days(_matrix(data, starts[rows], _DAY_LENGTH))
    valid &= (days >= DAY_FIRST) & (days <= DAY_LAST)
    return days, valid


def _bytes_of(texts: pa.Array) -> tuple[Ints, Ints, Bytes]:
    """Where each text starts, how long it is (0 where null), and the bytes of all."""
    if not len(texts):
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.uint8)
    if not pa.types.is_large_string(texts.type):
        texts = texts.cast(pa.large_string())
    _, ends, data = texts.buffers()
    offsets = np.frombuffer(ends, np.int64)[texts.offset : texts.offset + len(texts) + 1]
    lengths = np.diff(offsets)
    if texts.null_count:
        lengths[~texts.is_valid().to_numpy(zero_copy_only=False)] = 0
    return offsets[:-1], lengths, np.frombuffer(data if data is not None else b"", np.uint8)


def _matrix(data: Bytes, starts: Ints, length: int) -> Bytes:
    """The bytes of texts of one length, a row each."""
    first, count = int(starts[0]), len(starts)
    letters: Bytes
    if int(starts[-1]) - first == (count - 1) * length:
        letters = data[first : first + count * length].reshape(count, length)
    else:
        letters = data[starts[:, None] + np.arange(length)]
    return letters


def _number(letters: Bytes, start: int, stop: int) -> Ints:
    """The number that the columns from start to stop spell, where they are digits."""
    number = np.zeros(len(letters), np.int64)
    for column in range(start, stop):
        number *= 10
        number += letters[:, column]
        number -= ord("0")
    return number


def _spells(letters: Bytes, form: str) -> Mask:
    """Which rows have the form: 0 stands for a digit, every other character for itself."""
    valid = np.ones(len(letters), np.bool_)
    for column, expected in enumerate(form):
        letter = letters[:, column]
        if expected == "0":
            valid &= (letter - ord("0")) <= 9  # unsigned: what is below "0" comes out large
        elif expected == "T":
            valid &= (letter | 0x20) == ord("t")
        else:
            valid &= letter == ord(expected)
    return valid


def _days(letters: Bytes) -> tuple[Ints, Mask]:
    valid = _spells(letters, "0000-00-00")
    month = _number(letters, 5, 7)
    day = _number(letters, 8, 10)
    valid &= (month >= 1) & (month <= 12)
    months = np.where(valid, (_number(letters, 0, 4) - 1970) * 12 + month - 1, 0)
    first = months.astype("M8[M]").astype("M8[D]").astype(np.int64)
    following = (months + 1).astype("M8[M]").astype("M8[D]").astype(np.int64)
    valid &= (day >= 1) & (day <= following - first)
    return np.where(valid, first + day - 1, 0), valid


def _instants(letters: Bytes, tail: int) -> tuple[Ints, Mask]:
    """Instants of texts of one length that end with an offset of `tail` letters: 1 for Z, else +HH:MM."""
    days, valid = _days(letters[:, :_DAY_LENGTH])
    valid &= _spells(letters[:, _DAY_LENGTH:_SECOND_LENGTH], "T00:00:00")
    hour, minute, second = (_number(letters, start, start + 2) for start in (11, 14, 17))
    valid &= (hour <= 23) & (minute <= 59) & (second <= 59)
    instants = ((days * 24 + hour) * 60 + minute) * 60 + second
    instants *= 1_000_000
    stop = letters.shape[1] - tail
    digits = stop - _SECOND_LENGTH - 1
    if digits == 0 or not -1 <= digits <= _FRACTION_DIGITS_MOST:
        return np.zeros(len(letters), np.int64), np.zeros(len(letters), np.bool_)
    if digits > 0:
        valid &= _spells(letters[:, _SECOND_LENGTH:stop], "." + "0" * digits)
        instants += _number(letters, _SECOND_LENGTH + 1, stop) * 10 ** (_FRACTION_DIGITS_MOST - digits)
    if tail == _OFFSET_LENGTH:
        offset = letters[:, stop:]
        hours, minutes = _number(offset, 1, 3), _number(offset, 4, 6)
        east = offset[:, 0] == ord("+")
        valid &= _spells(offset[:, 1:], "00:00") & (east | (offset[:, 0] == ord("-")))
        valid &= (hours <= 23) & (minutes <= 59)
        instants -= np.where(east, 1, -1) * (hours * 60 + minutes) * 60_000_000
    valid &= (instants >= AT_FIRST_US) & (instants <= AT_LAST_US)
    return np.where(valid, instants, 0), valid
