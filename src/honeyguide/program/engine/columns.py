"""Columns of a history as arrays for the kernels."""

import numpy as np
import numpy.typing as npt
import polars as pl


def column[T: np.generic](events: pl.DataFrame, name: str, dtype: type[T]) -> npt.NDArray[T]:
    """A column as an array that cannot be written to: kernels are compiled once, for arrays of that one kind."""
    values = np.ascontiguousarray(events[name].to_numpy(), dtype=dtype).view()
    values.flags.writeable = False
    return values
