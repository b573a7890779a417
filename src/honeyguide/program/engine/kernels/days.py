"""Program days: whole days since 1970-01-01 in the program's time zone (reading 1)."""

import numpy as np
import numpy.typing as npt

from honeyguide.program.engine.kernels.compiled import kernel

FAR = 2**31 - 1
"""A day that never comes."""


@kernel
def _civil(day):
    """Year, month and day of the month (proleptic Gregorian calendar, by eras of 400 years)."""
    z = day + 719468
    era = z // 146097
    day_of_era = z - era * 146097
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36524 - day_of_era // 146096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * day_of_year + 2) // 153
    day_of_month = day_of_year - (153 * shifted + 2) // 5 + 1
    month = shifted + 3 if shifted < 10 else shifted - 9
    return year_of_era + era * 400 + (1 if month <= 2 else 0), month, day_of_month


@kernel
def _day_number(year, month, day_of_month):
    """The inverse of `_civil`."""
    shifted_year = year - (1 if month <= 2 else 0)
    era = shifted_year // 400
    year_of_era = shifted_year - era * 400
    shifted = month - 3 if month > 2 else month + 9
    day_of_year = (153 * shifted + 2) // 5 + day_of_month - 1
    return era * 146097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year - 719468


@kernel
def _add_months_by_calendar(day, months):
    year, month, day_of_month = _civil(day)
    index = year * 12 + month - 1 + months
    year, month = index // 12, index % 12 + 1
    next_year, next_month = (year + 1, 1) if month == 12 else (year, month + 1)
    length = _day_number(next_year, next_month, 1) - _day_number(year, month, 1)
    return _day_number(year, month, min(day_of_month, length))


def _tables() -> tuple[npt.NDArray[np.int16], npt.NDArray[np.int8], npt.NDArray[np.int32]]:
    """By day from 1970-01-01 the month (from 0) and the day of the month; by month its first day."""
    days = np.arange(_TABLE_DAYS).astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    starts = np.arange(_TABLE_MONTHS + 1).astype("datetime64[M]").astype("datetime64[D]")
    of_month = (days - months.astype("datetime64[D]")).astype(np.int64) + 1
    return months.astype(np.int64).astype(np.int16), of_month.astype(np.int8), starts.astype(np.int64).astype(np.int32)


_TABLE_MONTHS = 130 * 12
_TABLE_DAYS = 47_482  # 1970-01-01 to 2099-12-31: all that is asked for in practice
_MONTH, _DAY_OF_MONTH, _MONTH_START = _tables()


@kernel
def add_months(day, months):
    """The same day of the month `months` later, or that month's last day where it has no such day (reading 1)."""
    if day < 0 or day >= _TABLE_DAYS:
        return _add_months_by_calendar(day, months)
    month = _MONTH[day] + months
    if month < 0 or month >= _TABLE_MONTHS:
        return _add_months_by_calendar(day, months)
    start = np.int64(_MONTH_START[month])
    return start + min(np.int64(_DAY_OF_MONTH[day]), _MONTH_START[month + 1] - start) - 1


@kernel
def first_trailing_day(day, months):
    """The first d with d <= day < d + months: where the trailing window of `day` begins (reading 1)."""
    first = add_months(day, -months) - 3
    while add_months(first, months) <= day:
        first += 1
    return first
