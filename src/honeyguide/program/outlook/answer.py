"""The outlook: what is due for partners, what is missing, and the cheapest way there; its JSON and CSV."""

import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import polars as pl

from honeyguide.program.engine.objects import document
from honeyguide.program.outlook import render
from honeyguide.program.outlook.objects import partner_objects


@dataclass(frozen=True, slots=True)
class Outlook:
    """What lies ahead of partners with a status, as known at the end of the day `as_of` (T3).

    All tables are in the order of partner ids, keeping before reaching; money in minor units.

    - `partners`: partner, name, country, state, status (String), since, review_on (Date), inactive_since (Date or null:
      the acceptance since which there was no activity, T3.4b), barred_until (Date or null: last day on which no upgrade
      is possible), barred (Boolean), note (String or null: why it is not upgraded, why it may be suspended)
    - `goals`: partner, purpose (`keep`, `reach`), status (String, the one asked for), regaining (Boolean), date (Date
      or null: the review's day, or the last day of the deadline), date_is (`review`, `deadline` or null), days_left
      (Int64 or null), verdict (keep: `met`, `on_pace`, `at_risk`, `lost`; reach: `open`, `barred`, `out_of_reach`),
      reason (String), earliest_on (Date or null: reach, the first day on which the plan reaches it), pace_first (Date),
      pace_sales, sales_expected, seats_counted, seats_maturing, seats_lapsing, seats_expected (Int64 or null where the
      figure does not decide), plan_possible (Boolean), plan_method (`exact`, `greedy`), plan_cost (Int64),
      seat_price_net, seat_price_seats (Int64: new seats cost net for so many), seat_price_basis (`own`, `program`,
      `unknown`), plan (String: the actions in words)
    - `requirements`: partner, purpose, status, requirement, clause (String), kind (0 money, 1 count, 2 fact), actual,
      required, missing, expected (Int64; expected at the review, null where nothing can be said), met, decides
      (Boolean), first, last (Date or null)
    - `maturing`: partner, purpose, client, sale (String), seats (Int64), matures_on (Date): seats of the window that
      are counted by `as_of` or mature by what is paid today
    - `lapsing`: partner, purpose, client, sale (String), seats (Int64), matures_on, covered_until (the last day that is
      paid), renew_by (Date), renewals (Int64: so many terms until the seats mature), product (String), term_months,
      cost (Int64), in_plan (Boolean)
    - `actions`: partner, purpose, action (`reinstate`, `course`, `evidence`, `nfr`, `renew`, `new_seats`, `sell`),
      subject (String or null: requirement or client), product (String or null), term_months, times, seats, clients
      (Int64 or null), cost (Int64), from, by (Date), brings (String), words (String)
    """

    as_of: date | None
    rulebook_name: str
    rulebook_version: str
    pace_days: int | None
    """The pace is that of the last so many days; None: of the days since the window began."""
    partners: pl.DataFrame
    goals: pl.DataFrame
    requirements: pl.DataFrame
    maturing: pl.DataFrame
    lapsing: pl.DataFrame
    actions: pl.DataFrame

    def only(self, partners: Collection[str]) -> "Outlook":
        """The outlook for some of the partners."""
        chosen = pl.col("partner").is_in(list(partners))
        return replace(
            self,
            partners=self.partners.filter(chosen),
            goals=self.goals.filter(chosen),
            requirements=self.requirements.filter(chosen),
            maturing=self.maturing.filter(chosen),
            lapsing=self.lapsing.filter(chosen),
            actions=self.actions.filter(chosen),
        )

    def due(self, *, at_risk: bool = False, within_days: int | None = None) -> "Outlook":
        """The outlook for partners whose status is at risk or lost, or whose date is at most so many days ahead."""
        keep = self.goals.filter(pl.col("purpose") == "keep")
        if at_risk:
            keep = keep.filter(pl.col("verdict").is_in(["at_risk", "lost"]))
        if within_days is not None:
            keep = keep.filter(pl.col("days_left") <= within_days)
        return self.only(keep["partner"].to_list())

    def to_json(self) -> str:
        """The outlook as JSON text, one partner a line (docs/schema/outlook.json)."""
        lines = ",\n".join(render.partner_lines(self))
        return f'{json.dumps(self._head(), ensure_ascii=False)[:-1]}, "partners": [\n{lines}\n]}}\n'

    def to_dict(self) -> dict[str, Any]:
        """The outlook as JSON objects."""
        return self._head() | {"partners": partner_objects(self)}

    def _head(self) -> dict[str, Any]:
        words = "since the window began" if self.pace_days is None else f"average of the last {self.pace_days} days"
        pace = {"method": "window" if self.pace_days is None else "days", "days": self.pace_days, "words": words}
        return document(self.as_of, self.rulebook_name, self.rulebook_version) | {"pace": pace}

    def to_csv(self) -> str:
        """One row a partner and purpose: the scalar fields of the goal."""
        return render.csv_text(self)
