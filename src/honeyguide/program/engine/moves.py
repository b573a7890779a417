"""Every movement of points, and the lots that they move (T4.2, G1, readings 11-16): tables of the kernels' notes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from honeyguide.program.engine.figures import Ints, day_number
from honeyguide.program.engine.kernels.points import (
    M_AWARD,
    M_EXPIRES,
    M_KIND,
    M_LOT,
    M_PARTNER,
    M_POINTS,
    M_POSITION,
)
from honeyguide.program.engine.outcome import Outcome, decide
from honeyguide.program.engine.timeline import lay
from honeyguide.program.history.events import NONE, TYPE_CODE, History
from honeyguide.program.rulebook.versions import Rules

KINDS = ("earned", "debt_paid", "spent", "owed", "cancelled", "restored", "expired")
"""Kinds of movements; all but the last in the order of the kernels."""
EARNED, DEBT_PAID, SPENT, OWED, CANCELLED, RESTORED, EXPIRED = KINDS

_DELIVERED = TYPE_CODE["project.delivered"]
_OF_AWARD = {TYPE_CODE["sale.paid"]: "sale", _DELIVERED: "project", TYPE_CODE["project.confirmed"]: "project"}
_OF_EXCHANGE = (TYPE_CODE["points.spent"], TYPE_CODE["points.restored"])
_NO_MOVES = np.empty((0, 7), dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Movements:
    """Tables in the order of partners' ids, then of time.

    `moves`, one row a movement:
    - `partner` (String), `row` (Int64: of the event in History.events; null for what a day brings), `at` (Datetime in
      UTC, null likewise), `day` (Date: the program day)
    - `kind` (String): one of KINDS. `earned`: a new lot. `debt_paid`: a lot pays debt. `spent`: an exchange takes from
      a lot. `owed`: what an exchange or a cancellation asks for and no lot has, becomes debt. `cancelled`: a
      cancellation takes from a lot. `restored`: an exchange that is undone gives back to a lot, or, without a lot,
      lessens the debt. `expired`: the rest of a lot on the first day on which it is no longer valid, or what comes back
      to it later.
    - `lot` (Int64: Movements.lots; null), `award` (String: the id of what the lot is for; null)
    - `cancels` (String): of `cancelled` and of `owed` by a cancellation, the award that is cancelled; else null
    - `exchange` (String): of `spent`, `restored`, and `owed` by an exchange; null
    - `points` (Int64): above 0
    - `ident` (String): the id of the sale, award, project or exchange that the event is about; null without an event

    `lots`, one row a lot in the order of allocation: `lot` (Int64), `partner`, `award`, `source` ("sale", "project" or
    an activity), `client` (String, null where the award is for none), `row` (Int64: of the award's event),
    `allocated_on`, `expires_on` (Date: first day on which it is no longer valid), `amount`, `left` (neither spent,
    cancelled nor used for debt), `cancelled` (Int64: of its award, whichever lots gave it).
    """

    moves: pl.DataFrame
    lots: pl.DataFrame


def replay_moves(history: History, rules: Rules, *, as_of: date | None = None) -> Movements:
    """All movements up to the end of a program day, by default that of the last event."""
    laid = lay(history, rules, None if as_of is None else day_number(as_of))
    return moves_of(history, decide(history, rules, laid, with_moves=True))


def moves_of(history: History, outcome: Outcome, partners: Collection[str] | None = None) -> Movements:
    """The tables of an outcome that was decided `with_moves`. `partners`: those of some alone."""
    if outcome.moves is None:
        raise ValueError("the outcome has no moves: expected decide(..., with_moves=True)")
    found = outcome.moves
    if partners is not None:
        chosen = history.partners.is_in(list(partners)).to_numpy()
        found = found[chosen[found[:, M_PARTNER]]]
    noted = _noted(history, outcome, found)
    lots = _lots(history, outcome, noted)
    moves = _with_expiry(noted, lots, outcome.laid.last_day or 0)
    sums = moves.filter(pl.col("lot").is_not_null()).group_by("lot").agg(_rest().alias("left"))
    cancelled = (
        noted.filter(pl.col("award_position") != NONE, pl.col("kind").is_in([CANCELLED, OWED]))
        .group_by("award_position")
        .agg(pl.col("points").sum().alias("cancelled"))
    )
    lots = lots.join(sums, on="lot", how="left", maintain_order="left")
    lots = lots.join(cancelled, on="award_position", how="left", maintain_order="left")
    return Movements(
        moves.select("partner", "row", "at", "day", "kind", "lot", "award", "cancels", "exchange", "points", "ident"),
        lots.select(
            *("lot", "partner", "award", "source", "client", "row", "allocated_on", "expires_on", "amount"),
            pl.col("left").fill_null(0),
            pl.col("cancelled").fill_null(0),
        ),
    )


def _rest() -> pl.Expr:
    """What movements leave of a lot; what has expired is still its rest."""
    points, kind = pl.col("points"), pl.col("kind")
    signed = pl.when(kind.is_in([EARNED, RESTORED])).then(points).when(kind == EXPIRED).then(0).otherwise(-points)
    return signed.sum()


def _noted(history: History, outcome: Outcome, found: Ints) -> pl.DataFrame:
    """The kernels' rows with words for their numbers, but for the awards that their lots belong to."""
    event = outcome.laid.events[found[:, M_POSITION]]
    kind = pl.Series(KINDS).gather(pl.Series(found[:, M_KIND]))
    idents = history.idents.gather(pl.Series(event["row"])).cast(pl.String)
    by_exchange = pl.Series(np.isin(event["kind"], _OF_EXCHANGE))
    lot = pl.Series(found[:, M_LOT])
    award = found[:, M_AWARD]
    table = pl.DataFrame(
        {
            "partner": history.partners.gather(pl.Series(found[:, M_PARTNER])),
            "row": event["row"],
            "at": pl.Series(event["at"]).cast(pl.Datetime("us", "UTC")),
            "day": pl.Series(event["day"], dtype=pl.Int32).cast(pl.Date),
            "kind": kind,
            "lot": lot,
            "award_position": award,
            "ident": idents,
            "by_exchange": by_exchange,
            "points": found[:, M_POINTS],
            "expires_on": pl.Series(found[:, M_EXPIRES].astype(np.int32)).cast(pl.Date),
        }
    )
    named = pl.Series(_award_names(history, outcome, award))
    cancels = pl.col("kind").is_in([CANCELLED, OWED]) & (pl.col("award_position") != NONE)
    return table.with_columns(
        pl.when(pl.col("lot") != NONE).then("lot").alias("lot"),
        pl.when(cancels).then(named).alias("cancels"),
        pl.when("by_exchange").then("ident").alias("exchange"),
    )


def _award_names(history: History, outcome: Outcome, positions: Ints) -> pl.Series:
    """The ids of the sales, grantings and projects at some positions; null for NONE."""
    rows = pl.Series(np.where(positions == NONE, NONE, outcome.laid.events["row"][np.maximum(positions, 0)]))
    return history.idents.gather(rows.replace(NONE, None).cast(pl.UInt32)).cast(pl.String)


def _lots(history: History, outcome: Outcome, noted: pl.DataFrame) -> pl.DataFrame:
    """The lots that were earned, without what became of them."""
    earned = noted.filter(pl.col("kind") == EARNED)
    position = earned["award_position"].to_numpy()
    event = outcome.laid.events[position]
    rows = pl.Series(event["row"])
    clients = pl.DataFrame({"row": event["row"], "client": event["client"].astype(np.int32)})
    projects = _project_clients(history, outcome)
    clients = clients.join(projects, on="row", how="left", maintain_order="left")
    client = clients.select(pl.coalesce("project_client", "client")).to_series()
    words = history.words.gather(history.events["word"].gather(rows).replace(NONE, None).cast(pl.UInt32))
    source = pl.Series(event["kind"]).replace_strict(_OF_AWARD, default=None, return_dtype=pl.String)
    return earned.select(
        "lot",
        "partner",
        "award_position",
        _award_names(history, outcome, position).alias("award"),
        pl.select(pl.coalesce(source, words.cast(pl.String))).to_series().alias("source"),
        history.clients.gather(client.replace(NONE, None).cast(pl.UInt32)).cast(pl.String).alias("client"),
        rows.alias("row"),
        pl.col("day").alias("allocated_on"),
        "expires_on",
        pl.col("points").alias("amount"),
    )


def _project_clients(history: History, outcome: Outcome) -> pl.DataFrame:
    """By a project's number (its first event's row) the client of its first delivery."""
    events = history.events
    rows = outcome.laid.by_time[events["type"].to_numpy()[outcome.laid.by_time] == _DELIVERED]
    delivered: pl.DataFrame = events.select(pl.col("target").alias("row"), pl.col("client").alias("project_client"))[
        rows
    ]
    return delivered.unique("row", keep="first")


def _with_expiry(noted: pl.DataFrame, lots: pl.DataFrame, last_day: int) -> pl.DataFrame:
    """The movements with those that days bring, in order."""
    owners = lots.select("lot", "award", pl.col("expires_on").alias("ends_on"))
    moves = noted.with_row_index("place").join(owners, on="lot", how="left", maintain_order="left")
    moves = moves.with_columns(pl.lit(1, pl.Int8).alias("step"))
    of_lots = moves.filter(pl.col("lot").is_not_null())
    rests = of_lots.filter(pl.col("day") < pl.col("ends_on")).group_by("lot").agg(_rest().alias("points"))
    over = pl.lit(last_day, pl.Int32).cast(pl.Date)
    rests = lots.filter(pl.col("expires_on") <= over).join(rests, on="lot").filter(pl.col("points") > 0)
    by_day = rests.select(
        "partner",
        pl.lit(None, pl.Int64).alias("row"),
        pl.lit(None, pl.Datetime("us", "UTC")).alias("at"),
        pl.col("expires_on").alias("day"),
        pl.lit(EXPIRED).alias("kind"),
        "lot",
        "award",
        "points",
        pl.col("lot").cast(pl.UInt32).alias("place"),
        pl.lit(0, pl.Int8).alias("step"),
    )
    late = of_lots.filter((pl.col("kind") == RESTORED) & (pl.col("day") >= pl.col("ends_on")))
    late = late.with_columns(pl.lit(EXPIRED).alias("kind"), pl.lit(2, pl.Int8).alias("step"))
    together = pl.concat([moves, by_day, late], how="diagonal")
    # What a day brings comes before its events; what comes back to an expired lot expires in the same breath.
    starts = (pl.col("step") != 0).alias("starts")
    return together.sort("partner", "day", starts, "place", "step", maintain_order=True)
