"""What a simulation found, as rows to list and as figures to draw."""

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from honeyguide.program.report.charts import Spread, binned
from honeyguide.program.rulebook import Rulebook
from honeyguide.program.simulation import Simulation, Threshold
from honeyguide.studio.models import NearMiss, SimulatedMove, SimulatedPoints, SimulationRun

_CENT = Decimal("0.01")


def summary(found: Simulation, current: Rulebook, draft: Rulebook) -> dict[str, Any]:
    """Totals and what charts are drawn from, as JSON: money as decimal text, days as ISO text."""
    told = found.to_dict()
    return {
        "totals": told["totals"],
        "currency": told["currency"],
        "statuses": told["statuses"],
        "matrix": told["matrix"],
        "costs": told["costs"],
        "months": told["months"],
        "points_months": told["points_months"],
        "thresholds": [shown | _bins(one) for shown, one in zip(told["thresholds"], found.thresholds, strict=True)],
        "near_percent": told["near_percent"],
        "near_count": len(told["near_misses"]),
        "liability_before": _worth(found.totals.points_available_before, current),
        "liability_after": _worth(found.totals.points_available_after, draft),
    }


def _worth(points: int, rulebook: Rulebook) -> str | None:
    """What points to spend are worth by the rulebook, to the cent, half up; None where it says nothing of that."""
    value = rulebook.points.value
    if value is None:
        return None
    return str((points * value.thousand_points_amount / 1000).quantize(_CENT, ROUND_HALF_UP))


def _bins(one: Threshold) -> dict[str, Any]:
    """How many stand where around a figure: `width` of a bin, and `counts`; the last bin has all above."""
    figures = Spread(one.figures["value"].to_list(), one.before, one.after, str, ("", ""))
    width, counts = binned(figures)
    return {"width": width, "counts": counts, "is_money": one.kind == 0}


def moves(found: Simulation, run: SimulationRun) -> Iterator[SimulatedMove]:
    """The partners that would stand elsewhere, one row each."""
    for row in found.to_dict()["moves"]:
        yield SimulatedMove(
            run=run,
            partner=row["partner"],
            name=row["name"] or row["partner"],
            country=row["country"] or "",
            direction=row["direction"] if row["on"] else "discount",
            state_before=row["state_before"],
            state_after=row["state_after"],
            status_before=row["status_before"] or "",
            status_after=row["status_after"] or "",
            discount_before=Decimal(str(row["discount_percent_before"])),
            discount_after=Decimal(str(row["discount_percent_after"])),
            on=_day(row["on"]),
            decided_before=row["decided_before"] or "",
            decided_after=row["decided_after"] or "",
            clause=row["clause"] or "",
            why=row["why"] or "",
            because=row["because"],
            given_before=Decimal(row["discount_before"]),
            given_after=Decimal(row["discount_after"]),
        )


def points(found: Simulation, run: SimulationRun) -> Iterator[SimulatedPoints]:
    """The partners whose points or rank would differ, one row each."""
    for row in found.points.iter_rows(named=True):
        change = row["active_after"] - row["active_before"]
        yield SimulatedPoints(run=run, change=abs(change), **row | {"name": row["name"] or row["partner"]})


def near_misses(found: Simulation, run: SimulationRun) -> Iterator[NearMiss]:
    """Who would just miss one figure, one row each."""
    for row in found.to_dict()["near_misses"]:
        missing, required = Decimal(str(row["missing"])), Decimal(str(row["required"]))
        yield NearMiss(
            run=run,
            partner=row["partner"],
            name=row["name"] or row["partner"],
            miss=row["miss"],
            status=row["status"],
            requirement=row["requirement"],
            clause=row["clause"] or "",
            actual=Decimal(str(row["actual"])),
            required=required,
            missing=missing,
            share=(missing / required).quantize(Decimal("0.0001"), ROUND_HALF_UP) if required else Decimal(0),
            on=_day(row["on"]),
            kept_before=row["kept_before"],
        )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
