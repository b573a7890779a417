"""Warnings and restatements in words (docs/readings.md)."""

import numpy as np
import polars as pl

from honeyguide.program.engine.figures import Ints, figures_of
from honeyguide.program.engine.kernels.state import (
    BY_UPGRADE,
    KEEP,
    NO_LIMIT,
    STATES,
    T_CAUSE,
    T_CLIENTS,
    T_CLIENTS_NOW,
    T_DAY,
    T_FROM,
    T_PARTNER,
    T_PURPOSE,
    T_REGAINED,
    T_RESTATED,
    T_SALES,
    T_SALES_NOW,
    T_SEATS,
    T_SEATS_NOW,
    T_TESTED,
    T_TO,
    T_VERSION,
    W_CODE,
    W_FIRST,
    W_PARTNER,
    W_POSITION,
    W_SECOND,
    WARN_ACCEPTED,
    WARN_CANCELLED_LESS,
    WARN_DEBT,
    WARN_NOT_ALLOCATED,
    WARN_NOT_HELD,
    WARN_REINSTATED,
    WARN_SUSPENDED,
)
from honeyguide.program.engine.outcome import Outcome
from honeyguide.program.engine.render import money_text
from honeyguide.program.history.events import History
from honeyguide.program.rulebook.versions import Rules, versions_of

_EXPECTED = {
    WARN_ACCEPTED: ("partner.accepted", "applicant, cancelled or terminated"),
    WARN_SUSPENDED: ("partner.suspended", "active"),
    WARN_REINSTATED: ("partner.reinstated", "suspended"),
}


def warning_table(history: History, outcome: Outcome) -> pl.DataFrame:
    """partner, on, text: in the order of partners, then of events."""
    found = outcome.warnings
    if not len(found):
        return pl.DataFrame(schema={"partner": pl.String, "on": pl.Date, "text": pl.String})
    event = outcome.laid.events[found[:, W_POSITION]]
    table = pl.DataFrame(
        {
            "partner": history.partners[found[:, W_PARTNER]],
            "on": pl.Series(event["day"], dtype=pl.Int32).cast(pl.Date),
            "code": found[:, W_CODE],
            "first": found[:, W_FIRST],
            "second": found[:, W_SECOND],
            "ident": history.idents[event["row"]],
        }
    )
    return table.select("partner", "on", pl.concat_str(pl.col("on").dt.strftime("%Y-%m-%d: "), _text()).alias("text"))


def _text() -> pl.Expr:
    code, first, second, ident = pl.col("code"), pl.col("first"), pl.col("second"), pl.col("ident")
    state = first.replace_strict(dict(enumerate(STATES)), default="", return_dtype=pl.String)
    text = pl.lit("")
    for warning, (event, expected) in _EXPECTED.items():
        words = pl.format(f"{event} ignored: the partner is {{}}, expected {expected}", state)
        text = pl.when(code == warning).then(words).otherwise(text)
    others = {
        WARN_NOT_ALLOCATED: pl.format("points.cancelled ignored: no points of award {} are allocated", ident),
        WARN_CANCELLED_LESS: pl.format("points.cancelled of {} points took {}: no more were active", first, second),
        WARN_NOT_HELD: pl.format("points.decided ignored: sale {} is not held", ident),
        WARN_DEBT: pl.format(
            "exchange {} asked for {} points, {} were available, {} became debt", ident, first, second, first - second
        ),
    }
    for warning, words in others.items():
        text = pl.when(code == warning).then(words).otherwise(text)
    return text


_WORDS = ("decided", "would_be", "because")


def restatement_table(history: History, rules: Rules, outcome: Outcome) -> pl.DataFrame:
    """partner, on, decided, would_be, because: what today's knowledge would have decided otherwise (reading 2)."""
    moves = outcome.transitions[outcome.transitions[:, T_RESTATED] == 1]
    if not len(moves):
        return pl.DataFrame(schema={"partner": pl.String, "on": pl.Date} | dict.fromkeys(_WORDS, pl.String))
    upgraded = moves[:, T_CAUSE] == BY_UPGRADE
    kept = moves[:, T_TO] == moves[:, T_TESTED]
    would_be = np.where(upgraded, moves[:, T_FROM], np.where(kept, moves[:, T_TESTED] - 1, moves[:, T_TESTED]))
    names = pl.Series([status.name for status in versions_of(rules).first.statuses])
    figures = _required(rules, moves)
    table = pl.DataFrame(
        {
            "partner": history.partners[moves[:, T_PARTNER]],
            "on": pl.Series(moves[:, T_DAY].astype(np.int32), dtype=pl.Int32).cast(pl.Date),
            "decided": names[moves[:, T_TO]],
            "would_be": names[would_be],
            "sales": moves[:, T_SALES],
            "sales_now": moves[:, T_SALES_NOW],
            "clients": moves[:, T_CLIENTS],
            "clients_now": moves[:, T_CLIENTS_NOW],
            "seats": moves[:, T_SEATS],
            "seats_now": moves[:, T_SEATS_NOW],
            **figures,
        }
    )
    parts = [_changed(name, money=name == "sales") for name in ("sales", "clients", "seats")]
    because = pl.concat_list(parts).list.drop_nulls().list.join("; ")
    return table.select("partner", "on", "decided", "would_be", because.alias("because"))


def _changed(name: str, *, money: bool) -> pl.Expr:
    then, now, required = pl.col(name), pl.col(f"{name}_now"), pl.col(f"{name}_required")
    shown = [money_text(value) if money else value.cast(pl.String) for value in (then, now, required)]
    differs = (then != now) & (required >= 0)
    return pl.when(differs).then(pl.format(f"{name} {{}} then, {{}} now, required {{}}", *shown))


def _required(rules: Rules, moves: Ints) -> dict[str, Ints]:
    """What each decision asked for; NO_LIMIT where a figure did not decide."""
    figures = figures_of(rules)
    status = figures.statuses[moves[:, T_VERSION], moves[:, T_TESTED]]
    keeping = moves[:, T_PURPOSE] == KEEP
    at_keeping = keeping | (moves[:, T_REGAINED] == 1)
    seats_decide = at_keeping & (moves[:, T_DAY] >= figures.seats_from_day[moves[:, T_VERSION]])
    return {
        "sales_required": np.where(at_keeping, status["keep_sales"], status["reach_sales"]),
        "clients_required": np.where(keeping, NO_LIMIT, status["reach_clients"]),
        "seats_required": np.where(seats_decide, status["keep_seats"], NO_LIMIT),
    }
