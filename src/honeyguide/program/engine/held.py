"""Repeat deals whose points wait for a decision (G1.4, reading 13), as the engine has held them."""

import numpy as np
import polars as pl

from honeyguide.program.engine.kernels.points import EARNED, M_AWARD, M_KIND
from honeyguide.program.engine.outcome import Outcome
from honeyguide.program.history.events import TYPE_CODE, History

_PAID, _REFUNDED, _DECIDED = (TYPE_CODE[name] for name in ("sale.paid", "sale.refunded", "points.decided"))
_SCHEMA = {
    "partner": pl.String,
    "sale": pl.String,
    "client": pl.String,
    "row": pl.Int64,
    "earlier_row": pl.Int64,
    "days": pl.Int64,
    "award": pl.Int64,
    "points": pl.Int64,
}


def held_sales(history: History, outcome: Outcome) -> pl.DataFrame:
    """Sales that are held and undecided, of an outcome that was decided `with_moves`, by partner and time.

    `row`, `earlier_row`: of the sale's event and of the last sale to the same client before it, in History.events;
    `days` between them; `award`: what the sale is worth; `points`: what an accepting decision would give, less the
    share that was refunded. Raises ValueError without moves.
    """
    if outcome.moves is None:
        raise ValueError("the outcome has no moves: expected decide(..., with_moves=True)")
    events = outcome.laid.events
    kind = events["kind"]
    settled = np.zeros(len(events), dtype=np.bool_)
    settled[outcome.moves[outcome.moves[:, M_KIND] == EARNED, M_AWARD]] = True
    settled[events["target"][kind == _DECIDED]] = True
    open_ones = (kind == _PAID) & (events["points"] > 0) & (outcome.active == 1) & ~settled
    found = [_row(history, outcome, int(place)) for place in np.flatnonzero(open_ones)]
    return pl.DataFrame([row for row in found if row is not None], schema=_SCHEMA, orient="row")


def _row(history: History, outcome: Outcome, place: int) -> tuple[object, ...] | None:
    """One held sale; None where refunds have left nothing to decide on."""
    laid = outcome.laid
    events = laid.events
    first = int(laid.start[np.searchsorted(laid.start, place, side="right") - 1])
    before = events[first:place]
    same = np.flatnonzero((before["kind"] == _PAID) & (before["client"] == events[place]["client"]))
    earlier = first + int(same[-1])
    later = events[place + 1 : int(laid.start[np.searchsorted(laid.start, place, side="right")])]
    refunded = int(later["amount"][(later["kind"] == _REFUNDED) & (later["target"] == place)].sum())
    award, net = int(events[place]["points"]), int(events[place]["amount"])
    gone = (2 * award * refunded + net) // (2 * net) if refunded else 0
    if gone >= award:
        return None
    row = int(events[place]["row"])
    return (
        history.partners[int(history.events["partner"][row])],
        history.idents[row],
        history.clients[int(events[place]["client"])],
        row,
        int(events[earlier]["row"]),
        int(events[place]["day"]) - int(events[earlier]["day"]),
        award,
        award - gone,
    )
