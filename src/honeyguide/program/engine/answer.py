"""The answer of a replay: tables of partners, requirements, transitions, warnings, restatements; its JSON and CSV."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import polars as pl

from honeyguide.program.engine import objects, render


@dataclass(frozen=True, slots=True)
class Answer:
    """What holds at the end of the day `as_of`, and how it came about. All tables are in the order of partner ids.

    - `statuses`: the rulebook's, lowest first
    - `partners`: partner, name, country, state, status (String), since, confirmed_on, review_on (Date),
      discount_hundredths (Int64, of a percent), entitlements (List(String)), points_active … points_rank, points_issued
      (Int64)
    - `requirements`: partner, purpose, status, requirement, clause (String), kind (0 money in minor units, 1 count,
      2 fact), actual, required (Int64), met, decides (Boolean), first, last (Date or null)
    - `transitions`: partner, transition (Int64, its number in the table), on (Date), from, to, cause, clause, rulebook
      (String: the version that decided)
    - `decided_by`: the requirement rows of transitions: transition, then the columns of `requirements` without partner
    - `warnings`: partner, on (Date), text
    - `restatements`: partner, on (Date), decided, would_be, because (String)
    """

    as_of: date | None
    rulebook_name: str
    rulebook_version: str
    statuses: tuple[str, ...]
    partners: pl.DataFrame
    requirements: pl.DataFrame
    transitions: pl.DataFrame
    decided_by: pl.DataFrame
    warnings: pl.DataFrame
    restatements: pl.DataFrame
    names_versions: bool = False
    """Its JSON says of each transition which version decided."""

    def only(self, partners: Collection[str]) -> "Answer":
        """The answer for some of the partners."""
        chosen = pl.col("partner").is_in(list(partners))
        transitions = self.transitions.filter(chosen)
        return replace(
            self,
            partners=self.partners.filter(chosen),
            requirements=self.requirements.filter(chosen),
            transitions=transitions,
            decided_by=self.decided_by.filter(pl.col("transition").is_in(transitions["transition"].implode())),
            warnings=self.warnings.filter(chosen),
            restatements=self.restatements.filter(chosen),
        )

    def rows(self, first: int, after: int) -> "Answer":
        """The answer for the partners first to after - 1 of the table."""
        partners = self.partners["partner"]
        low = partners[first] if first < len(partners) else None
        high = partners[after] if after < len(partners) else None

        def cut(table: pl.DataFrame) -> pl.DataFrame:
            # All tables are in the order of partners: a stretch of partners is a stretch of rows.
            ids = table["partner"]
            start = table.height if low is None else int(ids.search_sorted(low))
            stop = table.height if high is None else int(ids.search_sorted(high))
            return table.slice(start, stop - start)

        transitions = cut(self.transitions)
        numbers = transitions["transition"]
        decided = self.decided_by["transition"]
        start, stop = (
            (int(decided.search_sorted(numbers[0])), int(decided.search_sorted(numbers[-1], "right")))
            if len(numbers)
            else (0, 0)
        )
        return replace(
            self,
            partners=self.partners.slice(first, after - first),
            requirements=cut(self.requirements),
            transitions=transitions,
            decided_by=self.decided_by.slice(start, stop - start),
            warnings=cut(self.warnings),
            restatements=cut(self.restatements),
        )

    def json_chunks(self, *, explain: bool = True) -> Iterator[bytes]:
        """The answer as JSON in UTF-8, one partner a line, in pieces; with `explain` each transition's requirements."""
        return render.json_chunks(self, explain=explain)

    def to_json(self, *, explain: bool = True) -> str:
        """The answer as JSON text."""
        return b"".join(self.json_chunks(explain=explain)).decode()

    def to_dict(self, *, explain: bool = True) -> dict[str, Any]:
        """The answer as JSON objects."""
        head = objects.document(self.as_of, self.rulebook_name, self.rulebook_version)
        return head | {"partners": objects.partner_objects(self, explain=explain)}

    def to_csv(self) -> str:
        """One row a partner: the scalar fields."""
        return render.csv_text(self)
