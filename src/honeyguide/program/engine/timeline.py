"""A history laid out for the kernels: each partner's events side by side, in order of `at`, then of place.

*Row* is a place in `History.events`; *position* a place in the timeline. What the rulebook makes of an event without
looking at any other (its points, whether it counts, the bit of a fact) is worked out here.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from honeyguide.program.engine.awards import project_awards, sale_awards
from honeyguide.program.engine.columns import column
from honeyguide.program.engine.figures import (
    Ints,
    Records,
    counting_products,
    measure_codes,
    starts_of,
    version_numbers,
    word_bits,
)
from honeyguide.program.engine.kernels.order import LAID_EVENT, ByRow, positions_by_partner, scatter
from honeyguide.program.engine.threads import in_parts
from honeyguide.program.history.events import NONE, TYPE_CODE, History
from honeyguide.program.rulebook import Rulebook
from honeyguide.program.rulebook.versions import Rules, Versions, versions_of

Int8s = npt.NDArray[np.int8]
Int32s = npt.NDArray[np.int32]

_US_PER_DAY = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Laid:
    """A history in the order of the kernels.

    - `start`: by partner, the first position; one more at the end
    - `events`: LAID_EVENT by position
    - `position`: by row, NONE for rows after the last day
    - `by_time`: rows up to the last day, in order of time and place
    - `row_day`: program day of each row of the history
    - `last_day`: the day up to which events are laid, as a day number; None for an empty history without one
    """

    start: Ints
    events: Records
    position: Ints
    by_time: Ints
    row_day: Int32s
    last_day: int | None


def lay(history: History, rules: Rules, last_day: int | None) -> Laid:
    """Sort a history's events up to the end of `last_day` (default: the day of the last event) for the kernels."""
    events, versions = history.events, versions_of(rules)
    by_time, row_day, last_day = in_order(events["at_us"], versions.first, last_day)
    start, position = positions_by_partner(by_time, column(events, "partner", np.int32), len(history.partners))
    columns = ByRow(
        at=column(events, "at_us", np.int64),
        target=column(events, "target", np.int64),
        amount=column(events, "amount_minor", np.int64),
        points=_points(history, versions, row_day),
        detail=_details(history, versions, row_day),
        day=row_day,
        client=column(events, "client", np.int32),
        until=column(events, "until_day", np.int32),
        kind=column(events, "type", np.int8),
        product=column(events, "product", np.int8),
        flag=column(events, "flag", np.int8),
    )
    laid = np.empty(len(by_time), dtype=LAID_EVENT)
    counting, starts = np.stack([counting_products(book) for book in versions]), starts_of(versions)
    in_parts(len(by_time), lambda low, high: scatter(laid, columns, by_time, position, starts, counting, low, high))
    return Laid(start, laid, position, by_time, row_day, last_day)


def in_order(at_us: pl.Series, rulebook: Rulebook, last_day: int | None) -> tuple[Ints, Int32s, int | None]:
    """Laid.by_time, Laid.row_day and Laid.last_day of events with these instants."""
    row_day = days_of(at_us, rulebook.time_zone)
    if last_day is None and len(row_day):
        last_day = int(row_day.max())
    return _rows_by_time(at_us, row_day, last_day), row_day, last_day


def rows_of(events: pl.DataFrame, type_name: str) -> Ints:
    """Rows of one type of event."""
    return np.flatnonzero(column(events, "type", np.int8) == TYPE_CODE[type_name])


def days_of(at_us: pl.Series, time_zone: str) -> npt.NDArray[np.int32]:
    """Program day of each instant (microseconds since 1970-01-01T00:00Z)."""
    if time_zone == "UTC":
        return (at_us.to_numpy() // _US_PER_DAY).astype(np.int32)
    local = at_us.cast(pl.Datetime("us", "UTC")).dt.convert_time_zone(time_zone)
    return local.dt.date().to_physical().to_numpy().astype(np.int32)


def _rows_by_time(at: pl.Series, row_day: Int32s, last_day: int | None) -> Ints:
    instants = at.to_numpy()
    if len(instants) and not at.is_sorted():
        rows = np.argsort(instants, kind="stable")
    else:
        rows = np.arange(len(instants), dtype=np.int64)
    if last_day is not None and len(row_day) and int(row_day.max()) > last_day:
        rows = rows[row_day[rows] <= last_day]
    return rows


def _points(history: History, versions: Versions, row_day: Int32s) -> Ints:
    """By row: points of the event's own, or those that its sale or delivered project is worth on its day."""
    events = history.events
    points = column(events, "points", np.int64).copy()
    for type_name, award in (("sale.paid", sale_awards), ("project.delivered", project_awards)):
        for rulebook, rows in _by_version(rows_of(events, type_name), versions, row_day):
            points[rows] = award(events, rows, rulebook)
    return points


def _by_version(rows: Ints, versions: Versions, row_day: Int32s) -> Iterator[tuple[Rulebook, Ints]]:
    """The rows of each version of the rulebook, by the days on which the events happened."""
    if len(versions) == 1:
        if rows.size:
            yield versions.first, rows
        return
    place = version_numbers(versions, row_day[rows])
    for number, rulebook in enumerate(versions):
        own = rows[place == number]
        if own.size:
            yield rulebook, own


def _details(history: History, versions: Versions, row_day: Int32s) -> Ints:
    """By row: what the word of an event means by the rulebook of its day."""
    events = history.events
    word = column(events, "word", np.int32)
    words = history.words.to_list()
    detail = np.full(len(word), NONE, dtype=np.int64)
    tables = [word_bits(rulebook, words) | {"measure": measure_codes(words)} for rulebook in versions]
    place = {id(rulebook): table for rulebook, table in zip(versions, tables, strict=True)}
    meaning = {
        "course.completed": "course",
        "evidence.approved": "evidence",
        "evidence.withdrawn": "evidence",
        "nfr.claimed": "nfr",
        "measure.applied": "measure",
        "measure.lifted": "measure",
    }
    for type_name, table in meaning.items():
        for rulebook, rows in _by_version(rows_of(events, type_name), versions, row_day):
            detail[rows] = place[id(rulebook)][table][word[rows]]
    adjusted = rows_of(events, "discount.adjusted")
    detail[adjusted] = column(events, "percent_hundredths", np.int32)[adjusted]
    return detail
