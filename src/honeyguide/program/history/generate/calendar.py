"""When things happen: working days, quarter ends, summers; months added to days. Instants are seconds since 1970."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

type Ints = npt.NDArray[np.int64]
type Floats = npt.NDArray[np.float64]
type Mask = npt.NDArray[np.bool_]

DAY_S = 86_400
_EPOCH = date(1970, 1, 1)
_OPENS_S = 7 * 3600
_OPEN_S = 11 * 3600
_WEEKDAYS = (1.0, 1.05, 1.1, 1.05, 0.95, 0.2, 0.12)
_MONTHS = (0.85, 0.95, 1.1, 1.0, 1.0, 1.1, 0.75, 0.65, 1.1, 1.05, 1.1, 1.15)
_QUARTER_END_DAYS = 10
_QUARTER_END = 1.8
_HOLIDAYS = 0.3


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of a program from `start_s` to before `end_s`, each with its weight in sales."""

    start_s: int
    end_s: int
    cumulative: Floats
    """Weight of all days before each day, and at the end of all days."""

    @property
    def days(self) -> int:
        """How many days the program runs."""
        return (self.end_s - self.start_s) // DAY_S

    def between(self, rng: np.random.Generator, start_s: Ints, end_s: Ints) -> Ints:
        """An instant in working hours for each pair, at or after the start; days with more sales are likelier."""
        low = np.interp((start_s - self.start_s) / DAY_S, np.arange(len(self.cumulative)), self.cumulative)
        high = np.interp((end_s - self.start_s) / DAY_S, np.arange(len(self.cumulative)), self.cumulative)
        target = low + rng.random(len(start_s)) * np.maximum(high - low, 0)
        day = np.searchsorted(self.cumulative, target, side="right") - 1
        at: Ints = np.maximum(self.start_s + day * DAY_S + office_hours(rng, len(day)), start_s + 1)
        return at

    def mass(self, start_s: Ints, end_s: Ints) -> Floats:
        """Seasonal weight between the instants, in years of average days."""
        days = np.arange(len(self.cumulative))
        low = np.interp((start_s - self.start_s) / DAY_S, days, self.cumulative)
        high = np.interp((end_s - self.start_s) / DAY_S, days, self.cumulative)
        mass: Floats = np.maximum(high - low, 0) / (self.cumulative[-1] / self.days * 365.25)
        return mass


def calendar(start: date, end: date) -> Calendar:
    """The calendar of a program from `start` to before `end`."""
    days = [start + timedelta(days=offset) for offset in range((end - start).days)]
    weights = np.array([_weight(day) for day in days])
    return Calendar(seconds(start), seconds(end), np.concatenate([[0.0], np.cumsum(weights)]))


def seconds(day: date) -> int:
    """The start of a day in UTC."""
    return (day - _EPOCH).days * DAY_S


def _weight(day: date) -> float:
    weight = _WEEKDAYS[day.weekday()] * _MONTHS[day.month - 1]
    ahead = day + timedelta(days=_QUARTER_END_DAYS)
    if (ahead.month - 1) // 3 != (day.month - 1) // 3:
        weight *= _QUARTER_END
    if day.month == 12 and day.day >= 24:
        weight *= _HOLIDAYS
    return weight


def office_hours(rng: np.random.Generator, count: int) -> Ints:
    """Seconds after midnight, around noon in Europe."""
    return (_OPENS_S + (rng.random(count) + rng.random(count)) / 2 * _OPEN_S).astype(np.int64)


def later(rng: np.random.Generator, instants: Ints, least_days: float, most_days: float) -> Ints:
    """An instant in working hours on a day that lies so many days after each, and after it in any case."""
    offset = least_days + rng.random(len(instants)) * (most_days - least_days)
    day = (instants + (offset * DAY_S).astype(np.int64)) // DAY_S
    at: Ints = np.maximum(day * DAY_S + office_hours(rng, len(day)), instants + 60)
    return at


def add_months(instants: Ints, months: Ints) -> Ints:
    """The same time on the same day of the month so many months later; needs days up to the 28th."""
    days = instants // DAY_S
    starts = days.astype("M8[D]").astype("M8[M]")
    into = days - starts.astype("M8[D]").astype(np.int64)
    moved = (starts.astype(np.int64) + months).astype("M8[M]").astype("M8[D]").astype(np.int64)
    return (moved + into) * DAY_S + instants % DAY_S


def not_after_28th(instants: Ints) -> Ints:
    """The instant, brought back to the 28th of its month if it is later: the day on which a contract renews."""
    days = instants // DAY_S
    into = days - days.astype("M8[D]").astype("M8[M]").astype("M8[D]").astype(np.int64)
    at: Ints = instants - np.maximum(into - 27, 0) * DAY_S
    return at


def repeats(counts: Ints) -> tuple[Ints, Ints]:
    """Rows repeated by `counts`: for each copy its row, and its number among the copies of the row."""
    rows = np.repeat(np.arange(len(counts)), counts)
    first = np.cumsum(counts) - counts
    return rows, np.arange(len(rows)) - first[rows]
