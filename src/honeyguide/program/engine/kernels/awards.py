"""Points of sales (G1.1, G1.2, reading 11)."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from honeyguide.program.engine.kernels.arithmetic import percent_of_money, percent_of_points
from honeyguide.program.engine.kernels.compiled import kernel


class SaleRates(NamedTuple):
    """What a sale earns; percents in hundredths."""

    earning: npt.NDArray[np.int64]  # by product: 1 if it earns points
    net_percent: int
    basic: int  # the plan whose licences earn basic_points
    basic_points: int
    band_seats: npt.NDArray[np.int64]  # upper bounds of the bands of other plans; the last is open
    band_points: npt.NDArray[np.int64]
    module_percents: npt.NDArray[np.int64]


class Sales(NamedTuple):
    """Columns by row."""

    net: npt.NDArray[np.int64]
    product: npt.NDArray[np.int8]
    plan: npt.NDArray[np.int8]
    licences: npt.NDArray[np.int64]
    seats: npt.NDArray[np.int64]
    modules_1: npt.NDArray[np.int32]
    modules_2: npt.NDArray[np.int32]
    modules_3: npt.NDArray[np.int32]


@kernel
def sale_points(worth, sales, rows, rates, low, high):
    """Fill worth[low:high]: a percentage of net, points by licence, and a surcharge by module on both."""
    for i in range(low, high):
        r = rows[i]
        worth[i] = 0
        if rates.earning[sales.product[r]] == 0:
            continue
        each = np.int64(rates.basic_points)
        if sales.plan[r] != rates.basic:
            band = 0
            while sales.seats[r] > rates.band_seats[band]:
                band += 1
            each = rates.band_points[band]
        base = percent_of_money(sales.net[r], rates.net_percent) + sales.licences[r] * each
        surcharge = (
            sales.modules_1[r] * rates.module_percents[0]
            + sales.modules_2[r] * rates.module_percents[1]
            + sales.modules_3[r] * rates.module_percents[2]
        )
        worth[i] = base + percent_of_points(base, surcharge)
