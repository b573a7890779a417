"""What the replay says of points, as the ledger is to have it: each event's movements, by partner."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cached_property
from itertools import groupby
from typing import Any

import polars as pl

from honeyguide.ledger.services import Moved, Movement, Posting
from honeyguide.program.engine.moves import EXPIRED, Movements, moves_of
from honeyguide.program.engine.outcome import Outcome
from honeyguide.program.history import History

_DIGEST_BYTES = 16
_FIELD_END, _ROW_END = "\x1f", "\x1e"
_IN_A_DIGEST = (
    "uid", "day", "kind", "award", "cancels", "exchange", "points", "expires_on", "source", "ident",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recorded(History):
    """A history from the event table: `uids`, one a row, the events' ids."""

    uids: pl.Series


def recorded(history: History, uids: Iterable[str]) -> Recorded:
    """A history with the ids of its events, in the order of its rows."""
    known = pl.Series(uids, dtype=pl.String)
    if len(known) != len(history):
        raise ValueError(f"{len(known)} ids for {len(history)} events: expected one each")
    return Recorded(**{field.name: getattr(history, field.name) for field in fields(History)}, uids=known)


class Wanted:
    """The movements of an outcome, worked out when they are first asked for."""

    def __init__(self, history: Recorded, outcome: Outcome) -> None:
        """Keep what they are worked out from."""
        self._source = history, outcome

    @cached_property
    def _table(self) -> pl.DataFrame:
        """All movements but expiry, in order: MOVES with the event's `uid`, and a new lot's `expires_on`, `source`."""
        history, outcome = self._source
        found: Movements = moves_of(history, outcome)
        lots = found.lots.select("lot", "expires_on", "source")
        moves = found.moves.filter(pl.col("kind") != EXPIRED)
        moves = moves.with_columns(history.uids.gather(moves["row"].cast(pl.UInt32)).alias("uid"))
        return moves.join(lots, on="lot", how="left", maintain_order="left")

    @cached_property
    def _places(self) -> dict[str, tuple[int, int]]:
        """By partner its first row, and how many it has."""
        places = self._table.with_row_index("place").group_by("partner", maintain_order=True)
        return {key: (first, count) for key, first, count in places.agg(pl.col("place").first(), pl.len()).iter_rows()}

    @cached_property
    def _digests(self) -> dict[str, str]:
        text = pl.concat_str(
            [pl.col(name).cast(pl.String).fill_null("") for name in _IN_A_DIGEST], separator=_FIELD_END
        )
        whole = self._table.group_by("partner").agg(text.alias("text")).with_columns(pl.col("text").list.join(_ROW_END))
        return {key: _digest(joined) for key, joined in whole.iter_rows()}

    def digest(self, partner: str) -> str:
        """A hash of all that the ledger is to have of a partner; "" for nothing."""
        return self._digests.get(partner, "")

    def postings(self, partner: str) -> list[Posting]:
        """What the ledger is to have of a partner, an event each, in order."""
        first, count = self._places.get(partner, (0, 0))
        rows = self._table.slice(first, count).iter_rows(named=True)
        return [_posting(list(moves)) for _uid, moves in groupby(rows, key=lambda row: row["uid"])]


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=_DIGEST_BYTES).hexdigest()


def _posting(rows: list[dict[str, Any]]) -> Posting:
    """One event's movements as the ledger's; a cancellation also says which award counts for less (reading 14)."""
    movements = [_movement(row) for row in rows]
    cuts: dict[str, int] = {}
    for row in rows:
        if row["cancels"] is not None:
            cuts[row["cancels"]] = cuts.get(row["cancels"], 0) + row["points"]
    movements += [Movement(Moved.CUT, points, award) for award, points in cuts.items()]
    first = rows[0]
    return Posting(
        key=first["uid"],
        day=first["day"],
        movements=tuple(movements),
        points=_about(rows, sum(cuts.values())),
        reference=first["ident"] or "",
    )


def _movement(row: dict[str, Any]) -> Movement:
    kind = row["kind"]
    if kind == "earned":
        return Movement(
            Moved.EARNED,
            row["points"],
            row["award"],
            allocated_on=row["day"],
            expires_on=row["expires_on"],
            source=row["source"],
            at=row["at"],
        )
    if kind == "owed":
        return Movement(Moved.OWED if row["cancels"] is None else Moved.OWED_CANCELLED, row["points"])
    if kind == "restored" and row["award"] is None:
        return Movement(Moved.DEBT_RESTORED, row["points"])
    return Movement(Moved(kind), row["points"], row["award"])


def _about(rows: list[dict[str, Any]], cut: int) -> int:
    """How many points an event is about: those that it earned, cancelled, spent or gave back."""
    earned = sum(row["points"] for row in rows if row["kind"] == "earned")
    return earned or cut or sum(row["points"] for row in rows if row["kind"] != "debt_paid")
