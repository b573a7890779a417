"""The table of partners that stand elsewhere under the draft."""

import numpy as np
import polars as pl

from honeyguide.program.engine.benefits import percent_text
from honeyguide.program.engine.figures import Ints
from honeyguide.program.engine.kernels.state import F_DISCOUNT, F_STATE, F_STATUS, STATES, T_DAY, T_PARTNER
from honeyguide.program.engine.names import dates, status_names
from honeyguide.program.rulebook import Rulebook
from honeyguide.program.rulebook.figures import title
from honeyguide.program.simulation.reasons import told_moves
from honeyguide.program.simulation.sides import Side, Sides


def move_table(
    sides: Sides, moved: Ints, decisions: pl.DataFrame, by_partner: pl.DataFrame, who: pl.DataFrame
) -> pl.DataFrame:
    """`Simulation.moves`, for the partners `moved`: from where to where, and the decision that made the difference."""
    columns: dict[str, pl.Series] = {"code": pl.Series(moved, dtype=pl.Int64)}
    for end, side in (("before", sides.before), ("after", sides.after)):
        standing = side.outcome.standings[moved]
        columns[f"state_{end}"] = pl.Series(STATES).gather(pl.Series(standing[:, F_STATE]))
        columns[f"status_{end}"] = status_names(side.rulebook, standing[:, F_STATUS])
        columns[f"discount_{end}"] = pl.Series(standing[:, F_DISCOUNT])
        columns[f"latest_{end}"], columns[f"latest_on_{end}"] = _latest(side, moved)
    top = len(sides.ladder.names)
    rungs = [np.where(place < top, place, -1)[moved] for place in (sides.place_before, sides.place_after)]
    step = pl.Series(np.sign(rungs[1] - rungs[0])).replace_strict(
        {-1: "down", 0: "same", 1: "up"}, return_dtype=pl.String
    )
    given = by_partner.select(
        "code",
        pl.col("before_minor").cast(pl.Int64).alias("discount_minor_before"),
        pl.col("after_minor").cast(pl.Int64).alias("discount_minor_after"),
    )
    table = pl.DataFrame(columns).with_columns(step.alias("direction"))
    for more in (who, decisions, given):
        table = table.join(more, on="code", how="left", maintain_order="left")
    stayed = pl.col("on").is_null()
    clauses = _benefit_clauses(sides.after.rulebook)
    order = ["partner", "name", "country"]
    order += [f"{name}_{end}" for name in ("state", "status", "discount") for end in ("before", "after")]
    order += ["direction", "on", "decided_before", "decided_after", "clause", "why"]
    order += ["latest_before", "latest_on_before", "latest_after", "latest_on_after"]
    return table.with_columns(
        pl.when(stayed).then(pl.col("status_after").replace_strict(clauses, default=None, return_dtype=pl.String))
        .otherwise("clause").alias("clause"),
        pl.when(stayed).then(_discount_words(table)).otherwise("why").alias("why"),
        pl.col("discount_minor_before", "discount_minor_after").fill_null(0),
    ).select(*order, "discount_minor_before", "discount_minor_after")  # fmt: skip


def _latest(side: Side, moved: Ints) -> tuple[pl.Series, pl.Series]:
    """The last decision on each partner and its day: how it came to stand where it does."""
    transitions = side.outcome.transitions
    if not len(transitions):
        return pl.Series([None] * len(moved), dtype=pl.String), pl.Series([None] * len(moved), dtype=pl.Date)
    place = np.maximum(np.searchsorted(transitions[:, T_PARTNER], moved, side="right") - 1, 0)
    found = transitions[place]
    own = pl.Series(found[:, T_PARTNER] == moved, dtype=pl.Boolean)
    table = told_moves(side.versions, found).select("words", on=dates(found[:, T_DAY]))
    table = table.select(pl.when(own).then(pl.all()))
    return table["words"], table["on"]


def _benefit_clauses(rulebook: Rulebook) -> dict[str, str]:
    return {status.name: status.benefits_clause for status in rulebook.statuses}


def _discount_words(table: pl.DataFrame) -> pl.Expr:
    """Words for the same decisions with another benefit, as in "discount of Silver 40 % → 35 %"."""
    values = pl.concat([table["discount_before"], table["discount_after"]]).unique().to_list()
    texts = {value: f"{percent_text(value)} %" for value in values}
    named = {name: title(name) for name in table["status_after"].drop_nulls().unique()}
    return pl.format(
        "discount of {} {} → {}",
        pl.col("status_after").replace(named),
        *(pl.col(f"discount_{end}").replace_strict(texts, return_dtype=pl.String) for end in ("before", "after")),
    )
