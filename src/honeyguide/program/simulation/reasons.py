"""Why partners move: the requirements of the first decision that differs, as each rulebook saw them at that moment."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from honeyguide.program.engine.figures import Ints, version_numbers
from honeyguide.program.engine.kernels.state import (
    BY_CONFIRMATION,
    BY_DOWNGRADE,
    CAUSES,
    F_STATUS,
    KEEP,
    NO_TEST,
    T_CAUSE,
    T_CLIENTS,
    T_DAY,
    T_FACTS,
    T_FIRST,
    T_FROM,
    T_LAST,
    T_PURPOSE,
    T_REGAINED,
    T_SALES,
    T_SALES_FIRST,
    T_SEATS,
    T_TESTED,
    T_TO,
    T_VERSION,
)
from honeyguide.program.engine.names import clauses_of, status_names
from honeyguide.program.engine.requirements import Tests, keep_tests, reach_tests, requirement_rows
from honeyguide.program.rulebook import Rulebook
from honeyguide.program.rulebook.versions import Versions
from honeyguide.program.simulation.difference import NO_ROW, Firsts
from honeyguide.program.simulation.moment import standings_at
from honeyguide.program.simulation.sides import Side
from honeyguide.program.simulation.words import decision_words, reason_words, titles

NOT_REVIEWED = "not reviewed on that day"


def transition_tests(moves: Ints, owner: Ints) -> Tests:
    """The tests that transitions (T_… columns) were decided by."""
    return Tests(
        owner=owner,
        purpose=moves[:, T_PURPOSE],
        status=moves[:, T_TESTED],
        regaining=moves[:, T_REGAINED],
        day=moves[:, T_DAY],
        sales=moves[:, T_SALES],
        clients=moves[:, T_CLIENTS],
        seats=moves[:, T_SEATS],
        facts=moves[:, T_FACTS],
        sales_first=moves[:, T_SALES_FIRST],
        first=moves[:, T_FIRST],
        last=moves[:, T_LAST],
        version=moves[:, T_VERSION],
    )


def decision_tables(before: Side, after: Side, firsts: Firsts) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Decisions, one a row of `firsts`, and the requirements by which they differ.

    Decisions: code (the partner's), on (Date), decided_before, decided_after, clause, why (String).
    Reasons: code, purpose, status, requirement, clause (String), kind, then actual, required and met with _before and
    _after; null on the side of a rulebook that does not ask for it.
    """
    lead_before, lead_after = _led(before, firsts.row_before), _led(after, firsts.row_after)
    ours = _side(before, firsts, firsts.row_before, lead_after)
    theirs = _side(after, firsts, firsts.row_after, lead_before)
    reasons = _side_by_side(ours[1], theirs[1])
    why = reasons.group_by("owner", maintain_order=True).agg(reason_words().str.join("; ").alias("why"))
    decisions = pl.DataFrame(
        {
            "owner": np.arange(len(firsts.partner)),
            "code": firsts.partner,
            "on": pl.Series(firsts.day.astype(np.int32)).cast(pl.Date),
            "decided_before": ours[0]["words"],
            "decided_after": theirs[0]["words"],
            "clause_before": ours[0]["clause"],
            "clause_after": theirs[0]["clause"],
        }
    ).join(why, on="owner", how="left", maintain_order="left")
    codes = pl.Series(firsts.partner).gather(reasons["owner"])
    return (
        decisions.select(
            "code",
            "on",
            "decided_before",
            "decided_after",
            pl.coalesce("clause_after", "clause_before").alias("clause"),
            pl.coalesce("why", _other_reason()).alias("why"),
        ),
        reasons.select(codes.alias("code"), pl.exclude("owner")),
    )


def _other_reason() -> pl.Expr:
    """Why decisions differ where no requirement does."""
    reviewed = pl.any_horizontal(pl.col(f"decided_{end}").eq_missing(NOT_REVIEWED) for end in ("before", "after"))
    return pl.when(reviewed).then(pl.lit("reviewed on another day")).otherwise(pl.lit("other statuses or days"))


class _Led(NamedTuple):
    """What a rulebook decided, by row of `firsts`: the purpose and cause of the test, NO_TEST where it made none."""

    purpose: Ints
    cause: Ints


def _led(side: Side, rows: Ints) -> _Led:
    purpose, cause = (np.full(len(rows), NO_TEST, dtype=np.int64) for _ in range(2))
    there = rows != NO_ROW
    purpose[there] = side.outcome.transitions[rows[there], T_PURPOSE]
    cause[there] = side.outcome.transitions[rows[there], T_CAUSE]
    return _Led(purpose, cause)


def _side(side: Side, firsts: Firsts, rows: Ints, other: _Led) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One rulebook's decisions (words, clause), and all that it asked for at the moment, by row of `firsts`."""
    decided = np.flatnonzero(rows != NO_ROW)
    moves = side.outcome.transitions[rows[decided]]
    tested = moves[:, T_PURPOSE] != NO_TEST
    waited = np.flatnonzero((rows == NO_ROW) & (other.purpose != NO_TEST))
    some = Firsts(*(column[waited] for column in firsts))
    standing = standings_at(side.outcome.laid, side.changes, side.versions, some)
    keeping = other.purpose[waited] == KEEP
    reach = reach_tests(side.versions, waited, standing, some.day)
    keep = keep_tests(waited, standing)._replace(version=version_numbers(side.versions, some.day))
    tests = [
        transition_tests(moves[tested], decided[tested]),
        _some(keep, keeping),
        _some(reach, ~keeping),
    ]
    reviewed = np.isin(other.cause[waited], (BY_CONFIRMATION, BY_DOWNGRADE))
    told = pl.concat(
        [
            told_moves(side.versions, moves).with_columns(owner=pl.Series(decided)),
            _untold(side.rulebook, standing, reviewed).with_columns(owner=pl.Series(waited)),
        ]
    )
    table = pl.DataFrame({"owner": np.arange(len(rows))}).join(told, on="owner", how="left", maintain_order="left")
    return table, requirement_rows(side.versions, Tests.together(tests))


def _some(tests: Tests, chosen: npt.NDArray[np.bool_]) -> Tests:
    return Tests(*(column[chosen] for column in tests))


def told_moves(versions: Versions, moves: Ints) -> pl.DataFrame:
    """Transitions (T_… columns) in words, each with its clause."""
    rulebook = versions.first
    names = titles(rulebook)
    return pl.DataFrame(
        {
            "cause": pl.Series(CAUSES).gather(pl.Series(moves[:, T_CAUSE])),
            "from": status_names(rulebook, moves[:, T_FROM]).replace(names),
            "to": status_names(rulebook, moves[:, T_TO]).replace(names),
            "clause": clauses_of(versions, moves),
        }
    ).select(decision_words().alias("words"), "clause")


def _untold(rulebook: Rulebook, standing: Ints, reviewed: npt.NDArray[np.bool_]) -> pl.DataFrame:
    """Words for deciding nothing while the other rulebook decided something; `reviewed`: it held a review."""
    held = status_names(rulebook, standing[:, F_STATUS]).replace(titles(rulebook)).alias("held")
    words = pl.when(pl.Series(reviewed, dtype=pl.Boolean)).then(pl.lit(NOT_REVIEWED)).otherwise(
        pl.format("stays {}", "held").fill_null("no status")
    )  # fmt: skip
    return held.to_frame().select(words.alias("words"), pl.lit(None, dtype=pl.String).alias("clause"))


_KEYS = ("owner", "purpose", "requirement")


def _side_by_side(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Requirements that explain a difference: met on one side alone; where there is none, those not met on a side.

    What a rulebook does not ask for, or only shows, is met for this purpose.
    """
    values = ("status", "clause", "kind", "actual", "required", "met", "decides")
    both = (
        before.select(*_KEYS, *values, pl.int_range(pl.len()).alias("place"))
        .join(
            after.select(*_KEYS, *values, pl.int_range(pl.len()).alias("place")),
            on=_KEYS,
            how="full",
            coalesce=True,
            suffix="_after",
        )
        .with_columns(
            *(
                (pl.col(f"met{end}") | ~pl.col(f"decides{end}")).fill_null(value=True).alias(f"fine{end}")
                for end in ("", "_after")
            ),
        )
        .sort("owner", pl.coalesce("place_after", "place"), maintain_order=True)
    )
    split = pl.col("fine") != pl.col("fine_after")
    unmet = ~pl.col("fine") | ~pl.col("fine_after")
    chosen = both.filter(pl.when(split.any().over("owner")).then(split).otherwise(unmet))
    return chosen.select(
        *_KEYS[:2],
        pl.coalesce("status_after", "status").alias("status"),
        "requirement",
        pl.coalesce("clause_after", "clause").alias("clause"),
        pl.coalesce("kind_after", "kind").alias("kind"),
        *(
            pl.col(f"{name}{end}").alias(f"{name}{told}")
            for end, told in (("", "_before"), ("_after", "_after"))
            for name in ("actual", "required", "met")
        ),
    )
