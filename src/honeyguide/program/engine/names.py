"""Positions and day numbers of the kernels as names and dates."""

import numpy as np
import numpy.typing as npt
import polars as pl

from honeyguide.program.engine.figures import Ints
from honeyguide.program.rulebook import Rulebook


def status_names(rulebook: Rulebook, positions: Ints) -> pl.Series:
    """Names of statuses by their positions; null for NO_STATUS."""
    names = pl.Series([*(status.name for status in rulebook.statuses), None], dtype=pl.String)
    return names.gather(pl.Series(np.where(positions >= 0, positions, len(rulebook.statuses))))


def dates(days: Ints, chosen: npt.NDArray[np.bool_] | None = None) -> pl.Series:
    """Day numbers as dates; with `chosen`, null where it is false."""
    if chosen is None:
        return pl.Series(days.astype(np.int32)).cast(pl.Date)
    plain = pl.Series(np.where(chosen, days, 0).astype(np.int32)).cast(pl.Date)
    return plain.to_frame("d").select(pl.when(pl.Series(chosen, dtype=pl.Boolean)).then("d"))["d"]
