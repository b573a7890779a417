"""`simulate`: one history, two rulebooks, what differs."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from honeyguide.program.engine.figures import Ints, day_number
from honeyguide.program.engine.kernels.points import P_ACTIVE, P_AVAILABLE, P_ISSUED
from honeyguide.program.engine.kernels.state import (
    ACTIVE,
    F_DISCOUNT,
    F_SEEN,
    F_STATE,
    F_STATUS,
    STATES,
    T_CAUSE,
    T_RESTATED,
)
from honeyguide.program.engine.names import latest_names
from honeyguide.program.engine.outcome import decide
from honeyguide.program.engine.seats import SeatChanges, seat_changes
from honeyguide.program.engine.timeline import Laid, lay
from honeyguide.program.history.events import History
from honeyguide.program.rulebook import diff
from honeyguide.program.rulebook.versions import Rules, Versions, versions_of
from honeyguide.program.simulation.around import thresholds
from honeyguide.program.simulation.cost import Sale, discounts, sums
from honeyguide.program.simulation.difference import first_differences
from honeyguide.program.simulation.ladder import Ladder, ladder_of
from honeyguide.program.simulation.months import COUNTED, month_table, points_table
from honeyguide.program.simulation.moves import move_table
from honeyguide.program.simulation.near import near_misses
from honeyguide.program.simulation.reasons import decision_tables
from honeyguide.program.simulation.result import Simulation, Totals
from honeyguide.program.simulation.shared import same_layout, same_seats
from honeyguide.program.simulation.sides import Side, Sides

NEAR_PERCENT = 90
"""So much of a figure makes a near miss of what falls short of it."""

type Step = Literal["current", "draft", "comparison"]
"""What a simulation begins with, goes on with and ends with, for whoever waits for it."""
_EPOCH = date(1970, 1, 1)


def _quietly(_step: Step) -> None:
    """Nobody waits."""


def simulate(
    history: History,
    current: Rules,
    draft: Rules,
    *,
    as_of: date | None = None,
    near_percent: int = NEAR_PERCENT,
    with_points_months: bool = False,
    on_step: Callable[[Step], None] = _quietly,
) -> Simulation:
    """Replay a history under both rulebooks, or sequences of versions, up to the end of `as_of` and compare.

    What is said of a side as a whole is said of its version on the last day. `as_of`: default the day of the last
    event, by the later of the two time zones if they differ. What does not depend on what the draft changes is worked
    out once. `with_points_months`: fill `points_months` too, for which every movement of points is noted. `on_step` is
    called when a step begins.
    """
    replayed = _Replayed(history, with_points_months, on_step)
    sides = _sides(replayed, versions_of(current), versions_of(draft), None if as_of is None else day_number(as_of))
    on_step("comparison")
    before, after, ladder = sides[:3]
    old, new = before.outcome.standings, after.outcome.standings
    relocated = (sides.place_before != sides.place_after) | (old[:, F_STATE] != new[:, F_STATE])
    moved = np.flatnonzero(relocated | (old[:, F_DISCOUNT] != new[:, F_DISCOUNT]))
    firsts = first_differences(before.outcome, after.outcome, np.flatnonzero(relocated), ladder)
    decisions, reasons = decision_tables(before, after, firsts)
    sales = discounts(before.outcome, after.outcome)
    by_partner = sums(sales, {"code": pl.Series(sales.partner)})
    names = latest_names(history, before.outcome).rename({"name": "called"})
    who = (
        pl.DataFrame({"code": np.arange(len(history.partners)), "partner": history.partners})
        .join(names, on="code", how="left", maintain_order="left")
        .rename({"called": "name"})
    )
    moves = move_table(sides, moved, decisions, by_partner, who)
    points = _points(before, after, who)
    last_day = before.outcome.laid.last_day
    return Simulation(
        as_of=None if last_day is None else _EPOCH + timedelta(days=last_day),
        current=(before.rulebook.name, before.rulebook.version),
        draft=(after.rulebook.name, after.rulebook.version),
        currency=before.rulebook.currency,
        ladder=ladder.names,
        changes=tuple(diff(before.rulebook, after.rulebook)),
        totals=_totals(before, after, sales, moves, points),
        moves=moves,
        reasons=_named(reasons, who.select("code", "partner")),
        matrix=_matrix(sides, by_partner),
        costs=_costs(sales, sides.place_before, ladder),
        points=points,
        months=month_table(before.outcome, after.outcome, sales),
        points_months=points_table(before.outcome, after.outcome),
        near=_near(sides, who, near_percent),
        thresholds=tuple(thresholds(before, after)),
        near_percent=near_percent,
    )


class _Replayed(NamedTuple):
    """What is replayed, whether movements of points are noted, and who waits."""

    history: History
    with_moves: bool
    on_step: Callable[[Step], None]


def _sides(replayed: _Replayed, current: Versions, draft: Versions, last_day: int | None) -> Sides:
    """Both replays, up to the same day."""
    history = replayed.history
    replayed.on_step("current")
    laid = lay(history, current, last_day)
    again = laid if same_layout(current, draft) else lay(history, draft, last_day)
    if laid.last_day != again.last_day:  # the zones put the last event on different days: take all events under both
        return _sides(replayed, current, draft, max(laid.last_day or 0, again.last_day or 0))
    changes = seat_changes(history, laid, current)
    changed = changes if same_seats(current, draft) else seat_changes(history, again, draft)
    before = _side(replayed, current, laid, changes)
    replayed.on_step("draft")
    after = _side(replayed, draft, again, changed)
    ladder = ladder_of(current.first, draft.first)
    return Sides(before, after, ladder, _places(before, ladder, draft=False), _places(after, ladder, draft=True))


def _side(replayed: _Replayed, versions: Versions, laid: Laid, changes: SeatChanges) -> Side:
    outcome = decide(replayed.history, versions, laid, changes, with_moves=replayed.with_moves)
    return Side(versions, outcome, changes)


def _places(side: Side, ladder: Ladder, *, draft: bool) -> Ints:
    """By partner its rung; without a status the state, counted on from the top of the ladder."""
    standings = side.outcome.standings
    rungs = ladder.rungs(standings[:, F_STATUS], draft=draft)
    return np.where(rungs >= 0, rungs, len(ladder.names) + standings[:, F_STATE])


def _seen(before: Side, after: Side) -> npt.NDArray[np.bool_]:
    """Partners with an event up to the last day, in either time zone."""
    seen: npt.NDArray[np.bool_] = (before.outcome.standings[:, F_SEEN] | after.outcome.standings[:, F_SEEN]) == 1
    return seen


def _place_names(ladder: Ladder) -> pl.Series:
    return pl.Series([*ladder.names, *STATES], dtype=pl.String)


def _named(table: pl.DataFrame, who: pl.DataFrame) -> pl.DataFrame:
    """A table with what `who` says of the partners in place of their codes, in the order of ids and of rows."""
    ordered = table.sort("code", maintain_order=True)
    joined = ordered.join(who, on="code", how="left", maintain_order="left")
    first = [name for name in who.columns if name != "code"]
    return joined.select(*first, pl.exclude("code", *first))


def _points(before: Side, after: Side, who: pl.DataFrame) -> pl.DataFrame:
    """Points issued, active, available, and the rank, of partners for whom one of them differs (T4.2)."""
    columns: dict[str, pl.Series] = {}
    for end, side in (("before", before), ("after", after)):
        points, active = side.outcome.points, side.outcome.standings[:, F_STATE] == ACTIVE
        ranked = pl.DataFrame({"points": points[:, P_ACTIVE], "active": active})
        rank = pl.when("active").then("points").rank("min", descending=True).cast(pl.Int64)
        columns[f"issued_{end}"] = pl.Series(points[:, P_ISSUED])
        columns[f"active_{end}"] = pl.Series(points[:, P_ACTIVE])
        columns[f"available_{end}"] = pl.Series(points[:, P_AVAILABLE])
        columns[f"rank_{end}"] = ranked.select(rank).to_series()
    names = ("issued", "active", "available", "rank")
    differs = pl.any_horizontal(pl.col(f"{name}_before").ne_missing(pl.col(f"{name}_after")) for name in names)
    order = [f"{name}_{end}" for name in names for end in ("before", "after")]
    return who.select("partner", "name").with_columns(**columns).filter(differs).select("partner", "name", *order)


def _matrix(sides: Sides, by_partner: pl.DataFrame) -> pl.DataFrame:
    """Partners, and the discount on their sales, by where they are before and after; highest status first."""
    ladder = sides.ladder
    seen = _seen(sides.before, sides.after)
    table = pl.DataFrame({"code": np.arange(len(seen)), "from": sides.place_before, "into": sides.place_after}).filter(
        pl.Series(seen)
    )
    given = by_partner.select("code", "before_minor", "after_minor")
    counted = (
        table.join(given, on="code", how="left", maintain_order="left")
        .group_by("from", "into")
        .agg(
            pl.len().cast(pl.Int64).alias("partners"),
            pl.col("before_minor").sum().cast(pl.Int64).alias("discount_minor_before"),
            pl.col("after_minor").sum().cast(pl.Int64).alias("discount_minor_after"),
        )
        .sort(*(_top_first(name, ladder) for name in ("from", "into")))
    )
    names = _place_names(ladder)
    return counted.select(
        names.gather(counted["from"]).alias("before"),
        names.gather(counted["into"]).alias("after"),
        pl.exclude("from", "into"),
    )


def _top_first(name: str, ladder: Ladder) -> pl.Expr:
    place = pl.col(name)
    return pl.when(place < len(ladder.names)).then(-place).otherwise(place)


def _costs(sales: Sale, places: Ints, ladder: Ladder) -> pl.DataFrame:
    """Discounts by the status that the partners hold under the current rulebook; highest first."""
    table = sums(sales, {"place": pl.Series(places[sales.partner])}).sort(_top_first("place", ladder))
    return table.select(
        _place_names(ladder).gather(table["place"]).alias("status"),
        "sales",
        "without_list",
        pl.col("net_minor").cast(pl.Int64),
        pl.col("before_minor").cast(pl.Int64).alias("discount_minor_before"),
        pl.col("after_minor").cast(pl.Int64).alias("discount_minor_after"),
    )


def _near(sides: Sides, who: pl.DataFrame, near_percent: int) -> pl.DataFrame:
    near = near_misses(sides, near_percent)
    names, code = _place_names(sides.ladder), near["code"]
    known = who.select("code", "partner", "name").unique("code")
    return near.join(known, on="code", how="left", maintain_order="left").select(
        "partner",
        "name",
        pl.exclude("code", "partner", "name"),
        names.gather(pl.Series(sides.place_before).gather(code)).alias("status_before"),
        names.gather(pl.Series(sides.place_after).gather(code)).alias("status_after"),
    )


def _totals(before: Side, after: Side, sales: Sale, moves: pl.DataFrame, points: pl.DataFrame) -> Totals:
    whole = sums(sales, {}).row(0, named=True)
    counted = {
        f"{name}_{end}": int((side.outcome.transitions[:, T_CAUSE] == cause).sum())
        for name, cause in COUNTED.items()
        for end, side in (("before", before), ("after", after))
    }
    issued, active, available = (
        [int(side.outcome.points[:, column].sum()) for side in (before, after)]
        for column in (P_ISSUED, P_ACTIVE, P_AVAILABLE)
    )
    restated = [int(side.outcome.transitions[:, T_RESTATED].sum()) for side in (before, after)]
    same_place = (pl.col("state_before") == pl.col("state_after")) & pl.col("status_before").eq_missing(
        pl.col("status_after")
    )
    return Totals(
        partners=int(_seen(before, after).sum()),
        moved=moves.height,
        up=moves.filter(direction="up").height,
        down=moves.filter(direction="down").height,
        discount_only=moves.filter(same_place).height,
        sales=whole["sales"],
        sales_without_list=whole["without_list"],
        net_minor=whole["net_minor"],
        discount_minor_before=whole["before_minor"],
        discount_minor_after=whole["after_minor"],
        points_issued_before=issued[0],
        points_issued_after=issued[1],
        points_active_before=active[0],
        points_active_after=active[1],
        points_available_before=available[0],
        points_available_after=available[1],
        ranks_changed=points.filter(pl.col("rank_before").ne_missing(pl.col("rank_after"))).height,
        restatements_before=restated[0],
        restatements_after=restated[1],
        **counted,
    )
