"""Positions and day numbers of the kernels as names and dates."""

import numpy as np
import numpy.typing as npt
import polars as pl

from honeyguide.program.engine.figures import Ints
from honeyguide.program.engine.kernels.days import FAR
from honeyguide.program.engine.kernels.state import (
    BY_ACCEPTANCE,
    BY_CANCELLATION,
    BY_CONFIRMATION,
    BY_DOWNGRADE,
    BY_MEASURE,
    BY_REINSTATEMENT,
    BY_SUSPENSION,
    BY_TERMINATION,
    BY_UPGRADE,
    T_CAUSE,
    T_REGAINED,
    T_TESTED,
    T_VERSION,
)
from honeyguide.program.engine.outcome import Outcome
from honeyguide.program.history.events import History
from honeyguide.program.rulebook import Rulebook
from honeyguide.program.rulebook.versions import Rules, versions_of


def status_names(rulebook: Rulebook, positions: Ints) -> pl.Series:
    """Names of statuses by their positions; null for NO_STATUS."""
    names = pl.Series([*(status.name for status in rulebook.statuses), None], dtype=pl.String)
    return names[np.where(positions >= 0, positions, len(rulebook.statuses))]


def dates(days: Ints, chosen: npt.NDArray[np.bool_] | None = None) -> pl.Series:
    """Day numbers as dates; with `chosen`, null where it is false."""
    if chosen is None:
        return pl.Series(days.astype(np.int32)).cast(pl.Date)
    return dates(np.where(chosen, days, 0)).set(pl.Series(~chosen), None)


def latest_names(history: History, outcome: Outcome) -> pl.DataFrame:
    """Name and country by partner (`code` Int64, `name`, `country`): of its latest application up to the last day."""
    applications = history.applications
    rows = applications["row"].to_numpy()
    last_day = outcome.laid.last_day
    known = outcome.laid.row_day[rows] <= (FAR if last_day is None else last_day)
    table = applications.with_columns(
        history.events["partner"].gather(applications["row"]).alias("code"),
        history.events["at_us"].gather(applications["row"]).alias("at"),
    ).filter(pl.Series(known, dtype=pl.Boolean))
    latest = table.sort("at", "row").unique("code", keep="last", maintain_order=True)
    return latest.select(pl.col("code").cast(pl.Int64), "name", "country")


def clauses_of(rules: Rules, moves: Ints) -> pl.Series:
    """The clause of each transition (T1.3, T3.1.2a, T3.1.3a, T3.5, T3.4a, T3.1.1a, T3.4b, T1.5, T14 by default)."""
    by_version = [_clauses(book, moves) for book in versions_of(rules)]
    if len(by_version) == 1:
        return by_version[0]
    version = pl.Series(moves[:, T_VERSION])
    cases = [pl.when(version == number).then(clauses) for number, clauses in enumerate(by_version)]
    return pl.select(pl.coalesce(cases)).to_series()


def _clauses(rulebook: Rulebook, moves: Ints) -> pl.Series:
    named = rulebook.clauses
    fixed = {
        BY_ACCEPTANCE: named.accepted,
        BY_CONFIRMATION: named.reviewed,
        BY_DOWNGRADE: named.reviewed,
        BY_CANCELLATION: rulebook.statuses[0].keep.clause,
        BY_SUSPENSION: named.suspended,
        BY_REINSTATEMENT: named.suspended,
        BY_TERMINATION: named.terminated,
        BY_MEASURE: named.measure,
    }
    by_cause = pl.Series(moves[:, T_CAUSE]).replace_strict(fixed, default=None, return_dtype=pl.String)
    reached = pl.Series([status.reach.clause if status.reach else status.keep.clause for status in rulebook.statuses])[
        moves[:, T_TESTED]
    ]
    upgraded = pl.Series(moves[:, T_CAUSE] == BY_UPGRADE, dtype=pl.Boolean)
    regained = pl.Series(moves[:, T_REGAINED] == 1, dtype=pl.Boolean)
    return pl.select(
        pl.when(upgraded & regained).then(pl.lit(named.regained)).when(upgraded).then(reached).otherwise(by_cause)
    ).to_series()
