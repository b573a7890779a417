"""Coverage and seats, client by client: the purchases of a client come together, whoever sold them."""

from collections.abc import Iterable, Iterator

import numpy as np
import polars as pl
import pyarrow as pa

from honeyguide.program.engine.kernels.coverage import SEAT_CHANGE, START_OF_DAY
from honeyguide.program.engine.seats import SeatChanges, seat_changes, sorted_changes
from honeyguide.program.engine.timeline import lay
from honeyguide.program.history.events import NONE, History
from honeyguide.program.rulebook import Rulebook
from honeyguide.program.spark.frames import Blob, Ints, by_range, coded, gathered, history_of, split

_PLAIN = ("known_at", "known_day", "counts_on", "seats")


def changes_of_clients(blobs: Iterable[bytes], rulebook: Rulebook, last_day: int, bounds: list[str]) -> Iterator[Blob]:
    """Seat changes of a partition's clients, by the partner of the sale.

    Columns as in SEAT_CHANGE, but `place` (from which event on it is known, START_OF_DAY likewise) and `sale_place` in
    place of rows, and the partner's id.
    """
    frame = gathered(blobs)
    if frame is None:
        return
    places = frame["place"].to_numpy()
    target_place = frame["target_place"].to_numpy()
    target = np.where(target_place == NONE, NONE, np.searchsorted(places, target_place))
    history = history_of(frame, target)
    changes = seat_changes(history, lay(history, rulebook, last_day), rulebook).changes
    known = changes["known_row"]
    table = pa.table(
        {
            "place": np.where(known == START_OF_DAY, START_OF_DAY, places[np.maximum(known, 0)]),
            "sale_place": places[changes["sale"]],
            "partner": history.partners.gather(pl.Series(changes["partner"])).to_arrow().cast(pa.large_string()),
            **{name: np.ascontiguousarray(changes[name]) for name in _PLAIN},
        }
    )
    if table.num_rows:
        yield from split(table, by_range(table["partner"], bounds))


def changes_of_partners(blobs: Iterable[bytes], history: History, places: Ints) -> SeatChanges:
    """The seat changes that came to a partition of partners, with the rows of its history, whose places are given.

    An event of another partner makes a change known at the row before which it would stand here.
    """
    frame = gathered(blobs)
    if frame is None:
        return sorted_changes(np.empty(0, SEAT_CHANGE), len(history.partners))
    changes = np.zeros(frame.height, SEAT_CHANGE)
    for name in _PLAIN:
        changes[name] = frame[name].to_numpy()
    known = frame["place"].to_numpy()
    changes["known_row"] = np.where(known == START_OF_DAY, START_OF_DAY, np.searchsorted(places, known))
    changes["sale"] = np.searchsorted(places, frame["sale_place"].to_numpy())
    names, codes = coded(frame["partner"])
    changes["partner"] = history.partners.search_sorted(names).to_numpy()[codes]
    return sorted_changes(changes, len(history.partners))
