"""What a simulation found: frames and totals, and their JSON and CSV."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from honeyguide.program.rulebook import Change
from honeyguide.program.simulation import render
from honeyguide.program.simulation.around import Threshold


@dataclass(frozen=True, slots=True)
class Totals:
    """The program as a whole, under the current rulebook (`_before`) and the draft (`_after`). Money in minor units."""

    partners: int
    moved: int
    up: int
    down: int
    discount_only: int
    """Moved without another state or status: the same status brings another discount."""
    sales: int
    sales_without_list: int
    """Sold at a discount of 100 %: their list value is unknown, they are in no sum of discounts."""
    net_minor: int
    discount_minor_before: int
    discount_minor_after: int
    points_issued_before: int
    points_issued_after: int
    points_active_before: int
    points_active_after: int
    points_available_before: int
    """What all partners have to spend: the liability in points."""
    points_available_after: int
    ranks_changed: int
    upgraded_before: int
    upgraded_after: int
    confirmed_before: int
    confirmed_after: int
    downgraded_before: int
    downgraded_after: int
    cancelled_before: int
    cancelled_after: int
    restatements_before: int
    restatements_after: int


@dataclass(frozen=True, slots=True)
class Simulation:
    """A history under two rulebooks at the end of the day `as_of`. Statuses are names, days Date, counts Int64.

    - `moves`, by id: partner, name, country, state_before, state_after, status_before, status_after (String),
      discount_before, discount_after (hundredths of a percent), direction (`up`, `down` or `same`), on (of the first
      decision that differs), decided_before, decided_after, clause, why (String), latest_before, latest_on_before,
      latest_after, latest_on_after (the last decision under each, and its day), discount_minor_before,
      discount_minor_after (given on all its sales)
    - `reasons`: the requirements by which those decisions differ: partner, purpose, status, requirement, clause
      (String), kind (0 money in minor units, 1 count, 2 fact), then actual, required (Int64) and met (Boolean), each
      with _before and _after
    - `matrix`: before, after (a status; without one the state), partners, and for their sales discount_minor_before,
      discount_minor_after
    - `costs`, by place under the current rulebook: status, sales, without_list, net_minor, discount_minor_before,
      discount_minor_after
    - `points`: partners whose points or rank differ: partner, name, then issued, active, available and rank, each with
      _before and _after
    - `months`: month (its first day), then upgraded, confirmed, downgraded, cancelled and discount_minor, each with
      _before and _after
    - `points_months`: month (its first day), then given (points of new awards) and available (what all partners have to
      spend at its end), each with _before and _after; no rows where not asked for
    - `near`, the near misses under the draft: partner, name, miss (`review`, `lost`, `reach`), status, requirement,
      clause, kind, actual, required, missing, on (day of the review), kept_before (a lost review that the current
      rulebook kept), status_before, status_after
    - `thresholds`: figures that the draft changes, with where partners stand around them
    - `ladder`: the statuses of both rulebooks, lowest first
    """

    as_of: date | None
    current: tuple[str, str]
    draft: tuple[str, str]
    currency: str
    ladder: tuple[str, ...]
    changes: tuple[Change, ...]
    totals: Totals
    moves: pl.DataFrame
    reasons: pl.DataFrame
    matrix: pl.DataFrame
    costs: pl.DataFrame
    points: pl.DataFrame
    months: pl.DataFrame
    points_months: pl.DataFrame
    near: pl.DataFrame
    thresholds: tuple[Threshold, ...]
    near_percent: int

    def to_dict(self) -> dict[str, Any]:
        """As JSON objects: money as decimal strings with two digits, days as 2026-01-31, shares as numbers."""
        return render.to_dict(self)

    def to_json(self) -> str:
        """As JSON text, for programs."""
        return render.to_json(self)

    def to_csv(self) -> str:
        """One row a partner that moves, for spreadsheets."""
        return render.to_csv(self)
