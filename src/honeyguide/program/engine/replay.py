"""`replay`: a history and a rulebook in, an answer out."""

from collections.abc import Collection
from datetime import date, timedelta

import numpy as np
import polars as pl

from honeyguide.program.engine.answer import POINT_NAMES, Answer
from honeyguide.program.engine.benefits import entitlements
from honeyguide.program.engine.figures import Ints, day_number
from honeyguide.program.engine.kernels.days import FAR
from honeyguide.program.engine.kernels.points import (
    P_ACTIVE,
    P_AVAILABLE,
    P_DEBT,
    P_EXPIRED,
    P_HELD,
    P_ISSUED,
    P_SPENT,
)
from honeyguide.program.engine.kernels.state import (
    ACTIVE,
    BY_ACCEPTANCE,
    BY_CANCELLATION,
    BY_CONFIRMATION,
    BY_DOWNGRADE,
    BY_MEASURE,
    BY_REINSTATEMENT,
    BY_SUSPENSION,
    BY_TERMINATION,
    BY_UPGRADE,
    CAUSES,
    F_CLIENTS,
    F_CONFIRMED,
    F_DISCOUNT,
    F_FACTS,
    F_LOST,
    F_REVIEW,
    F_REVIEWED_SALES,
    F_REVIEWED_SEATS,
    F_SEATS_TRAILING,
    F_SEEN,
    F_SINCE,
    F_SINCE_STATUS,
    F_STATE,
    F_STATUS,
    F_TRAILING,
    F_TRAILING_FIRST,
    KEEP,
    NO_TEST,
    REACH,
    STATES,
    SUSPENDED,
    T_CAUSE,
    T_CLIENTS,
    T_DAY,
    T_FACTS,
    T_FIRST,
    T_FROM,
    T_LAST,
    T_PARTNER,
    T_PURPOSE,
    T_REGAINED,
    T_SALES,
    T_SALES_FIRST,
    T_SEATS,
    T_TESTED,
    T_TO,
)
from honeyguide.program.engine.messages import restatement_table, warning_table
from honeyguide.program.engine.names import dates, status_names
from honeyguide.program.engine.outcome import Outcome, decide
from honeyguide.program.engine.requirements import Tests, requirement_rows
from honeyguide.program.engine.timeline import lay
from honeyguide.program.history.events import History
from honeyguide.program.rulebook import Rulebook

_EPOCH = date(1970, 1, 1)


def replay(
    history: History,
    rulebook: Rulebook,
    *,
    as_of: date | None = None,
    partners: Collection[str] | None = None,
) -> Answer:
    """Derive every partner's standing, points and reasons at the end of a program day.

    `as_of`: default the day of the last event. `partners`: answer for these alone; ranks are still among all.
    """
    last_day = None if as_of is None else day_number(as_of)
    outcome = decide(history, rulebook, lay(history, rulebook, last_day))
    answer = answer_of(history, rulebook, outcome)
    return answer if partners is None else answer.only(partners)


def answer_of(history: History, rulebook: Rulebook, outcome: Outcome) -> Answer:
    """The tables of an answer from the arrays of the kernels."""
    last_day = outcome.laid.last_day
    seen = np.flatnonzero(outcome.standings[:, F_SEEN] == 1)
    transitions, decided_by = _transition_tables(history, rulebook, outcome)
    return Answer(
        as_of=None if last_day is None else _EPOCH + timedelta(days=last_day),
        rulebook_name=rulebook.name,
        rulebook_version=rulebook.version,
        statuses=tuple(status.name for status in rulebook.statuses),
        partners=_partner_table(history, rulebook, outcome, seen),
        requirements=_requirement_table(history, rulebook, outcome),
        transitions=transitions,
        decided_by=decided_by,
        warnings=warning_table(history, outcome),
        restatements=restatement_table(history, rulebook, outcome),
    )


def _names(history: History, outcome: Outcome) -> pl.DataFrame:
    """Name and country of each partner: of its latest application up to the last day."""
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


def _partner_table(history: History, rulebook: Rulebook, outcome: Outcome, seen: Ints) -> pl.DataFrame:
    standing, points = outcome.standings[seen], outcome.points[seen]
    held = standing[:, F_STATUS] >= 0
    rank = pl.Series(points[:, P_ACTIVE])
    active = pl.Series(standing[:, F_STATE] == ACTIVE)
    figures = {
        "active": P_ACTIVE,
        "available": P_AVAILABLE,
        "held": P_HELD,
        "debt": P_DEBT,
        "expired": P_EXPIRED,
        "spent": P_SPENT,
        "issued": P_ISSUED,
    }
    base = pl.DataFrame({"code": seen}).join(_names(history, outcome), on="code", how="left", maintain_order="left")
    ranked = pl.select(pl.when(active).then(rank)).to_series().rank("min", descending=True).cast(pl.Int64)
    table = base.select(
        history.partners.gather(pl.Series(seen)).alias("partner"),
        "name",
        "country",
        pl.Series("state", STATES).gather(pl.Series(standing[:, F_STATE])).alias("state"),
        status_names(rulebook, standing[:, F_STATUS]).alias("status"),
        dates(standing[:, F_SINCE], held).alias("since"),
        dates(standing[:, F_CONFIRMED], held).alias("confirmed_on"),
        dates(standing[:, F_REVIEW], held & (standing[:, F_REVIEW] != FAR)).alias("review_on"),
        pl.Series("discount_hundredths", standing[:, F_DISCOUNT]),
        entitlements(rulebook, standing),
        *(pl.Series(f"points_{name}", points[:, column]) for name, column in figures.items()),
        ranked.alias("points_rank"),
    )
    order = ["partner", "name", "country", "state", "status", "since", "confirmed_on", "review_on"]
    order += ["discount_hundredths", "entitlements", *(f"points_{name}" for name in POINT_NAMES), "points_issued"]
    return table.select(order)


def _requirement_table(history: History, rulebook: Rulebook, outcome: Outcome) -> pl.DataFrame:
    """Requirements of active and suspended partners, for keeping their status and for the next."""
    state = outcome.standings[:, F_STATE]
    chosen = np.flatnonzero((state == ACTIVE) | (state == SUSPENDED))
    standing = outcome.standings[chosen]
    tests = Tests.together([_keep_tests(chosen, standing), _reach_tests(rulebook, outcome, chosen, standing)])
    order = np.lexsort((tests.purpose, tests.owner))
    rows = requirement_rows(rulebook, Tests(*(column[order] for column in tests)))
    return rows.select(history.partners.gather(rows["owner"]).alias("partner"), pl.exclude("owner"))


def _keep_tests(owner: Ints, standing: Ints) -> Tests:
    zeros = np.zeros(len(owner), dtype=np.int64)
    return Tests(
        owner=owner,
        purpose=np.full(len(owner), KEEP, dtype=np.int64),
        status=standing[:, F_STATUS],
        regaining=zeros,
        day=standing[:, F_REVIEW],
        sales=standing[:, F_REVIEWED_SALES],
        clients=zeros,
        seats=standing[:, F_REVIEWED_SEATS],
        facts=standing[:, F_FACTS],
        sales_first=standing[:, F_CONFIRMED],
        first=standing[:, F_CONFIRMED],
        last=standing[:, F_REVIEW] - 1,
    )


def _reach_tests(rulebook: Rulebook, outcome: Outcome, owner: Ints, standing: Ints) -> Tests:
    target = standing[:, F_STATUS] + 1
    regaining = (standing[:, F_LOST] >> target) & 1
    since_previous = np.array(
        [status.reach is not None and status.reach.sales_since_previous_status for status in rulebook.statuses]
        + [False]
    )
    limited = since_previous[target] & (regaining == 0)
    first = standing[:, F_TRAILING_FIRST]
    last = np.full(len(owner), outcome.laid.last_day or 0, dtype=np.int64)
    return Tests(
        owner=owner,
        purpose=np.full(len(owner), REACH, dtype=np.int64),
        status=target,
        regaining=regaining,
        day=last,
        sales=np.where(limited, standing[:, F_SINCE_STATUS], standing[:, F_TRAILING]),
        clients=standing[:, F_CLIENTS],
        seats=standing[:, F_SEATS_TRAILING],
        facts=standing[:, F_FACTS],
        sales_first=np.where(limited, np.maximum(first, standing[:, F_SINCE]), first),
        first=first,
        last=last,
    )


def _transition_tables(history: History, rulebook: Rulebook, outcome: Outcome) -> tuple[pl.DataFrame, pl.DataFrame]:
    moves = outcome.transitions
    table = pl.DataFrame(
        {
            "partner": history.partners.gather(pl.Series(moves[:, T_PARTNER])),
            "transition": np.arange(len(moves)),
            "on": dates(moves[:, T_DAY]),
            "from": status_names(rulebook, moves[:, T_FROM]),
            "to": status_names(rulebook, moves[:, T_TO]),
            "cause": pl.Series(CAUSES).gather(pl.Series(moves[:, T_CAUSE])),
            "clause": _clauses(rulebook, moves),
        }
    )
    tested = np.flatnonzero(moves[:, T_PURPOSE] != NO_TEST)
    few = moves[tested]
    tests = Tests(
        owner=tested,
        purpose=few[:, T_PURPOSE],
        status=few[:, T_TESTED],
        regaining=few[:, T_REGAINED],
        day=few[:, T_DAY],
        sales=few[:, T_SALES],
        clients=few[:, T_CLIENTS],
        seats=few[:, T_SEATS],
        facts=few[:, T_FACTS],
        sales_first=few[:, T_SALES_FIRST],
        first=few[:, T_FIRST],
        last=few[:, T_LAST],
    )
    rows = requirement_rows(rulebook, tests)
    decided_by = rows.select(pl.col("owner").alias("transition"), pl.exclude("owner"))
    return table, decided_by


def _clauses(rulebook: Rulebook, moves: Ints) -> pl.Series:
    """The clause of each transition (T1.3, T3.1.2a, T3.1.3a, T3.5, T3.4a, T3.1.1a, T3.4b, T1.5, T14 by default)."""
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
    reached = pl.Series(
        [status.reach.clause if status.reach else status.keep.clause for status in rulebook.statuses]
    ).gather(pl.Series(moves[:, T_TESTED]))
    upgraded = pl.Series(moves[:, T_CAUSE] == BY_UPGRADE, dtype=pl.Boolean)
    regained = pl.Series(moves[:, T_REGAINED] == 1, dtype=pl.Boolean)
    return pl.select(
        pl.when(upgraded & regained).then(pl.lit(named.regained)).when(upgraded).then(reached).otherwise(by_cause)
    ).to_series()
