"""`replay`: a history and a rulebook in, an answer out."""

from collections.abc import Collection
from datetime import date, timedelta

import numpy as np
import polars as pl

from honeyguide.program.engine.answer import Answer
from honeyguide.program.engine.benefits import entitlements
from honeyguide.program.engine.figures import day_number
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
    CAUSES,
    F_CONFIRMED,
    F_DISCOUNT,
    F_REVIEW,
    F_SEEN,
    F_SINCE,
    F_STATE,
    F_STATUS,
    NO_TEST,
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
    T_VERSION,
)
from honeyguide.program.engine.messages import restatement_table, warning_table
from honeyguide.program.engine.names import clauses_of, dates, latest_names, status_names
from honeyguide.program.engine.objects import POINT_NAMES
from honeyguide.program.engine.outcome import Outcome, decide
from honeyguide.program.engine.requirements import Tests, keep_tests, reach_tests, requirement_rows
from honeyguide.program.engine.timeline import lay
from honeyguide.program.history.events import History
from honeyguide.program.rulebook import Rulebook
from honeyguide.program.rulebook.versions import Rules, Versions, versions_of

_EPOCH = date(1970, 1, 1)


def replay(
    history: History,
    rules: Rules,
    *,
    as_of: date | None = None,
    partners: Collection[str] | None = None,
) -> Answer:
    """Derive every partner's standing, points and reasons at the end of a program day.

    `rules`: a rulebook for all days, or its versions, each of which decides on its own days. `as_of`: default the day
    of the last event. `partners`: answer for these alone; ranks are still among all.
    """
    last_day = None if as_of is None else day_number(as_of)
    outcome = decide(history, rules, lay(history, rules, last_day))
    answer = answer_of(history, rules, outcome)
    return answer if partners is None else answer.only(partners)


def answer_of(history: History, rules: Rules, outcome: Outcome) -> Answer:
    """The tables of an answer from the arrays of the kernels."""
    last_day, versions = outcome.laid.last_day, versions_of(rules)
    as_of = None if last_day is None else _EPOCH + timedelta(days=last_day)
    rulebook = _in_force(versions, outcome)
    transitions, decided_by = _transition_tables(history, versions, outcome)
    return Answer(
        as_of=as_of,
        rulebook_name=rulebook.name,
        rulebook_version=rulebook.version,
        statuses=tuple(status.name for status in rulebook.statuses),
        partners=partners_of(history, rules, outcome),
        requirements=_requirement_table(history, versions, outcome),
        transitions=transitions,
        decided_by=decided_by,
        warnings=warning_table(history, outcome),
        restatements=restatement_table(history, versions, outcome),
        names_versions=isinstance(rules, Versions),
    )


def _in_force(versions: Versions, outcome: Outcome) -> Rulebook:
    """The version of the last day."""
    last_day = outcome.laid.last_day
    return versions.last if last_day is None else versions.on(_EPOCH + timedelta(days=last_day))


def partners_of(history: History, rules: Rules, outcome: Outcome) -> pl.DataFrame:
    """The table of partners of an answer alone: what holds, without how it came about."""
    rulebook = _in_force(versions_of(rules), outcome)
    seen = np.flatnonzero(outcome.standings[:, F_SEEN] == 1)
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
    called = latest_names(history, outcome)
    base = pl.DataFrame({"code": seen}).join(called, on="code", how="left", maintain_order="left")
    ranked = pl.select(pl.when(active).then(rank)).to_series().rank("min", descending=True).cast(pl.Int64)
    table = base.select(
        history.partners[seen].alias("partner"),
        "name",
        "country",
        pl.Series("state", STATES)[standing[:, F_STATE]].alias("state"),
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


def _requirement_table(history: History, versions: Versions, outcome: Outcome) -> pl.DataFrame:
    """Requirements of active and suspended partners, for keeping their status and for the next."""
    state = outcome.standings[:, F_STATE]
    chosen = np.flatnonzero((state == ACTIVE) | (state == SUSPENDED))
    standing = outcome.standings[chosen]
    day = outcome.laid.last_day or 0
    version = versions.place(_EPOCH + timedelta(days=day))
    tests = Tests.together([keep_tests(chosen, standing, version), reach_tests(versions, chosen, standing, day)])
    order = np.lexsort((tests.purpose, tests.owner))
    rows = requirement_rows(versions, Tests(*(column[order] for column in tests)))
    return rows.select(history.partners.gather(rows["owner"]).alias("partner"), pl.exclude("owner"))


def _transition_tables(history: History, versions: Versions, outcome: Outcome) -> tuple[pl.DataFrame, pl.DataFrame]:
    moves, rulebook = outcome.transitions, versions.first
    table = pl.DataFrame(
        {
            "partner": history.partners[moves[:, T_PARTNER]],
            "transition": np.arange(len(moves)),
            "on": dates(moves[:, T_DAY]),
            "from": status_names(rulebook, moves[:, T_FROM]),
            "to": status_names(rulebook, moves[:, T_TO]),
            "cause": pl.Series(CAUSES)[moves[:, T_CAUSE]],
            "clause": clauses_of(versions, moves),
            "rulebook": pl.Series([book.version for book in versions])[moves[:, T_VERSION]],
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
        version=few[:, T_VERSION],
    )
    rows = requirement_rows(versions, tests)
    decided_by = rows.select(pl.col("owner").alias("transition"), pl.exclude("owner"))
    return table, decided_by
