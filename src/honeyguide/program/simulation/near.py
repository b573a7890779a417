"""Near misses under the draft: one deciding figure short, and most of it there."""

import numpy as np
import numpy.typing as npt
import polars as pl

from honeyguide.program.engine.figures import Ints, figures_of, version_numbers
from honeyguide.program.engine.kernels.days import FAR
from honeyguide.program.engine.kernels.state import (
    ACTIVE,
    BY_CONFIRMATION,
    BY_DOWNGRADE,
    F_REVIEW,
    F_STATE,
    F_STATUS,
    KEEP,
    NO_LIMIT,
    SUSPENDED,
    T_CAUSE,
    T_DAY,
    T_PARTNER,
    T_TESTED,
)
from honeyguide.program.engine.names import dates
from honeyguide.program.engine.requirements import FACT, Tests, keep_tests, reach_tests, requirement_rows
from honeyguide.program.rulebook.versions import Versions
from honeyguide.program.simulation.ladder import Ladder
from honeyguide.program.simulation.reasons import transition_tests
from honeyguide.program.simulation.sides import Side, Sides

KINDS = ("review", "lost", "reach")
"""A status at risk in the coming review, one lost in a review of the past, the next one not reached on the last day."""


def near_misses(sides: Sides, least_percent: int) -> pl.DataFrame:
    """Tests with exactly one deciding requirement unmet, a figure of which at least `least_percent` is there.

    Columns: code (the partner's), miss (of KINDS), status, requirement, clause (String), kind, actual, required,
    missing (Int64), on (Date: of the review, else null), kept_before (Boolean: a lost review that the current rulebook
    kept on the same day). Sorted by KINDS, then by the share missing.
    """
    before, after, ladder = sides[:3]
    standings, day = after.outcome.standings, after.outcome.laid.last_day or 0
    today = int(version_numbers(after.versions, np.array([day]))[0])
    state, status = standings[:, F_STATE], standings[:, F_STATUS]
    held = (state == ACTIVE) | (state == SUSPENDED)
    reviewed = np.flatnonzero(held & (standings[:, F_REVIEW] != FAR))
    asking = np.flatnonzero((state == ACTIVE) & (status + 1 < len(after.rulebook.statuses)))
    lost = np.flatnonzero(after.outcome.transitions[:, T_CAUSE] == BY_DOWNGRADE)
    moves = after.outcome.transitions[lost]
    kept = _kept(before, moves, ladder)
    everything = (
        ("review", keep_tests(reviewed, standings[reviewed], today), reviewed, standings[reviewed, F_REVIEW], None),
        ("lost", transition_tests(moves, lost), moves[:, T_PARTNER], moves[:, T_DAY], kept),
        ("reach", reach_tests(after.versions, asking, standings[asking], day), asking, None, None),
    )
    found = []
    for kind, tests, codes, days, kept_before in everything:
        numbered = tests._replace(owner=np.arange(len(codes), dtype=np.int64))
        close = np.flatnonzero(_may_be_near(after.versions, numbered, least_percent))
        rows = requirement_rows(after.versions, Tests(*(column[close] for column in numbered)))
        near = _just_short(rows, least_percent)
        owner = near["owner"].to_numpy()
        found.append(
            near.select(
                pl.Series("code", codes[owner], dtype=pl.Int64),
                pl.lit(kind).alias("miss"),
                *("status", "requirement", "clause", "kind", "actual", "required"),
                (pl.col("required") - pl.col("actual")).alias("missing"),
                (pl.lit(None, dtype=pl.Date) if days is None else dates(days[owner])).alias("on"),
                (pl.lit(None, dtype=pl.Boolean) if kept_before is None else pl.Series(kept_before[owner])).alias(
                    "kept_before"
                ),
            )
        )
    order = pl.col("miss").replace_strict({kind: place for place, kind in enumerate(KINDS)}, return_dtype=pl.Int8)
    return pl.concat(found).sort(order, pl.col("missing") / pl.col("required"), "code")


def _may_be_near(versions: Versions, tests: Tests, least_percent: int) -> npt.NDArray[np.bool_]:
    """Tests in which some figure is close below what is asked: few, so that rows need not be made for all others."""
    asked = figures_of(versions).statuses[tests.version, tests.status]
    keeping = tests.purpose == KEEP
    at_keeping = keeping | (tests.regaining == 1)
    pairs = (
        (tests.sales, np.where(at_keeping, asked["keep_sales"], asked["reach_sales"])),
        (tests.clients, np.where(keeping, NO_LIMIT, asked["reach_clients"])),
        (tests.seats, np.where(at_keeping, asked["keep_seats"], NO_LIMIT)),
    )
    close = np.zeros(len(tests.owner), dtype=np.bool_)
    for actual, required in pairs:
        close |= (actual < required) & (actual * 100 >= required * least_percent)
    return close


def _just_short(rows: pl.DataFrame, least_percent: int) -> pl.DataFrame:
    """The one deciding requirement that is not met, where it is the only one and a figure that is nearly there."""
    unmet = rows.filter(pl.col("decides") & ~pl.col("met")).filter(pl.len().over("owner") == 1)
    return unmet.filter((pl.col("kind") != FACT) & (pl.col("actual") * 100 >= pl.col("required") * least_percent))


def _kept(before: Side, moves: Ints, ladder: Ladder) -> npt.NDArray[np.bool_]:
    """Which of the draft's lost reviews were kept by the current rulebook, on the same day."""
    theirs = before.outcome.transitions
    theirs = theirs[theirs[:, T_CAUSE] == BY_CONFIRMATION]
    keys = ("partner", "day", "status")
    ours, kept = (
        pl.DataFrame(
            {
                "partner": table[:, T_PARTNER],
                "day": table[:, T_DAY],
                "status": ladder.rungs(table[:, T_TESTED], draft=draft),
            }
        )
        for table, draft in ((moves, True), (theirs, False))
    )
    marked = ours.join(kept.unique().with_columns(kept=pl.lit(value=True)), on=keys, how="left", maintain_order="left")
    return marked["kept"].fill_null(value=False).to_numpy()
