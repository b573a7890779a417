"""References between events: who claims an id, which sale a refund is of, what is left of it.

By columns, without loops over events but those of sales that are refunded beyond what is left.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from honeyguide.program.phrases import Phrase

from .events import EVENT_TYPES, NONE
from .fields import codes_of
from .instants import Ints, Mask
from .keys import Keys, hashed, ranking, starts_of
from .pieces import ALL_THAT_IS_LEFT, NO_TIME
from .problems import Broken, at_line, at_line_aside

type Rows = npt.NDArray[np.int64]

(SALE,) = codes_of("sale.paid")
(GRANTED,) = codes_of("points.granted")
(REFUND,) = codes_of("sale.refunded")
(CANCELLED,) = codes_of("points.cancelled")
(SPENT,) = codes_of("points.spent")
(RESTORED,) = codes_of("points.restored")
PROJECT_TYPES = codes_of("project.delivered", "project.confirmed")
CLAIMING = (SALE, GRANTED, *PROJECT_TYPES)
OF_A_SALE = codes_of("sale.refunded", "sale.excluded", "points.decided")
KIND_OF_ID = {SALE: "sale", GRANTED: "award", SPENT: "exchange", **dict.fromkeys(PROJECT_TYPES, "project")}


@dataclass(frozen=True, slots=True)
class Events:
    """What references need of the events, by columns, in the file's order."""

    types: npt.NDArray[np.uint8]
    at_us: Ints
    partner: npt.NDArray[np.int32]
    partners: pl.Series
    idents: pl.Series
    amount_minor: Ints
    bad: Mask
    line_of: Callable[[int], object]  # what messages call a row's line

    def rows_of(self, *codes: int) -> Rows:
        """Rows of the types, in order of the file."""
        wanted = self.types == codes[0]
        for code in codes[1:]:
            wanted |= self.types == code
        return np.flatnonzero(wanted)

    def before(self, first: Rows, second: Rows) -> Mask:
        """Whether each first row is before the second one in order; true where a time is not known."""
        one, other = self.at_us[first], self.at_us[second]
        unknown = (one == NO_TIME) | (other == NO_TIME)
        earlier: Mask = unknown | (one < other) | ((one == other) & (first < second))
        return earlier

    def same_partner(self, first: Rows, second: Rows) -> Mask:
        """Whether both rows are of one partner; true where one is not known."""
        one, other = self.partner[first], self.partner[second]
        same: Mask = (one == other) | (one < 0) | (other < 0)
        return same


@dataclass(slots=True)
class Resolved:
    """The row that each event refers to, and what is broken."""

    target: Ints
    amount_minor: Ints
    broken: list[Broken] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Claims:
    """Ids in use, by ascending key, and the row that each belongs to."""

    keys: Keys
    rows: Rows

    def find(self, keys: Keys) -> Rows:
        """The row of each key's id, NONE where no event claims it."""
        if not len(self.keys):
            return np.full(len(keys), NONE, np.int64)
        places = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[places] == keys, self.rows[places], NONE)


class CollisionError(Exception):
    """Two different ids have one key."""


def resolve(events: Events) -> Resolved:
    """Work out what each event refers to."""
    try:
        return _resolve(events, hashed(events.idents))
    except CollisionError:
        return _resolve(events, exact(events.idents))


def exact(idents: pl.Series) -> Keys:
    """A number for each id, which no other shares."""
    return idents.rank("dense").cast(pl.UInt64).to_numpy()


def _resolve(events: Events, keys: Keys) -> Resolved:
    resolved = Resolved(np.full(len(events.types), NONE, np.int64), events.amount_minor)
    named = events.idents.str.len_bytes().to_numpy() > 0
    claiming = events.rows_of(*CLAIMING)
    claims = _claim(events, keys, claiming[named[claiming]], resolved)
    spent = events.rows_of(SPENT)
    exchanges = _claim(events, keys, spent[named[spent]], resolved)
    referring = events.rows_of(*OF_A_SALE, CANCELLED)
    referring = referring[named[referring] & ~events.bad[referring]]
    if len(referring):
        found = claims.find(keys[referring])
        _verify(events, referring[found >= 0], found[found >= 0])
        of_sale = np.isin(events.types[referring], OF_A_SALE)
        _refer_to_earlier(events, referring[of_sale], found[of_sale], SALE, resolved)
        _refer_to_awards(events, referring[~of_sale], found[~of_sale], resolved)
        _settle(events, resolved)
    restored = events.rows_of(RESTORED)
    restored = restored[named[restored] & ~events.bad[restored]]
    if len(restored):
        found = exchanges.find(keys[restored])
        _verify(events, restored[found >= 0], found[found >= 0])
        _refer_to_earlier(events, restored, found, SPENT, resolved)
        _restore_once(events, restored, resolved)
    return resolved


def _verify(events: Events, rows: Rows, others: Rows) -> None:
    """Rows that share a key must share the id."""
    if len(rows) and not (events.idents.gather(rows) == events.idents.gather(others)).all():
        raise CollisionError


def _claim(events: Events, keys: Keys, rows: Rows, resolved: Resolved) -> Claims:
    """Who claims which id: the first in the file; the events of a project share theirs."""
    order = ranking(keys[rows])
    rows = rows[order]
    ordered = keys[rows]
    starts = starts_of(ordered)
    sizes = np.diff(np.append(starts, len(rows)))
    owners = rows[starts]
    projects = owners[np.isin(events.types[owners], PROJECT_TYPES)]
    resolved.target[projects] = projects
    shared = sizes > 1
    if shared.any():
        group = np.repeat(np.arange(shared.sum()), sizes[shared])
        owners[shared] = _share(events, group, rows[np.repeat(shared, sizes)], resolved)
    return Claims(ordered[starts], owners)


def _share(events: Events, group: Rows, rows: Rows, resolved: Resolved) -> Rows:
    """The owner of each id that several rows claim: a project's first event in order, else the first in the file."""
    order = np.lexsort((rows, group))
    group, rows = group[order], rows[order]
    starts = starts_of(group)
    first = rows[starts]
    _verify(events, rows, first[group])
    project = np.isin(events.types[rows], PROJECT_TYPES)
    twice = (rows != first[group]) & ~(project & project[starts][group])
    if twice.any():
        earlier = dict(zip(rows[twice].tolist(), first[group][twice].tolist(), strict=True))
        resolved.broken.append(Broken(rows[twice], lambda row: _used_twice(events, row, earlier[row])))
    group, rows = group[project & ~twice], rows[project & ~twice]
    order = np.lexsort((rows, events.at_us[rows], events.at_us[rows] == NO_TIME, group))
    group, rows = group[order], rows[order]
    if not len(rows):
        return first
    starts = starts_of(group)
    owners = first.copy()
    owners[group[starts]] = rows[starts]
    numbers = owners[group]
    resolved.target[rows] = numbers
    two = ~events.same_partner(rows, numbers)
    if two.any():
        number = dict(zip(rows[two].tolist(), numbers[two].tolist(), strict=True))
        resolved.broken.append(Broken(rows[two], lambda row: _others(events, row, number[row])))
    return owners


def _used_twice(events: Events, row: int, first: int) -> Phrase:
    return Phrase(
        "{kind} is {id}, already used by {type}{at}, expected an id of its own",
        kind=KIND_OF_ID[int(events.types[row])],
        id=quoted(events, row),
        type=EVENT_TYPES[events.types[first]],
        at=at_line(events.line_of(first)),
    )


def quoted(events: Events, row: int) -> str:
    """The id of the row in quotes."""
    return f'"{events.idents[row]}"'


def _others(events: Events, row: int, other: int) -> Phrase:
    """The row speaks of what belongs to another partner."""
    return Phrase(
        '{kind} {id} is of partner "{partner}"{at}, expected one of the same partner',
        kind=KIND_OF_ID[int(events.types[other])],
        id=quoted(events, row),
        partner=events.partners[int(events.partner[other])],
        at=at_line(events.line_of(other)),
    )


def _refer_to_earlier(events: Events, rows: Rows, found: Rows, code: int, resolved: Resolved) -> None:
    """Refunds, exclusions and decisions need an earlier sale of the same partner; undoing an exchange needs that."""
    kind = KIND_OF_ID[code]
    known = (found >= 0) & (events.types[np.maximum(found, 0)] == code)
    if not known.all():
        resolved.broken.append(
            Broken(
                rows[~known],
                lambda row: Phrase(
                    "{kind} is {id}, expected {expected}", kind=kind, id=quoted(events, row), expected=KNOWN[code]
                ),
            )
        )
        rows, found = rows[known], found[known]
    own = events.same_partner(rows, found)
    if not own.all():
        others = dict(zip(rows[~own].tolist(), found[~own].tolist(), strict=True))
        resolved.broken.append(Broken(rows[~own], lambda row: _others(events, row, others[row])))
        rows, found = rows[own], found[own]
    earlier = events.before(found, rows)
    if not earlier.all():
        late = dict(zip(rows[~earlier].tolist(), found[~earlier].tolist(), strict=True))
        resolved.broken.append(
            Broken(
                rows[~earlier],
                lambda row: Phrase(
                    "{kind} {id} is later{at}, expected an earlier one",
                    kind=kind,
                    id=quoted(events, row),
                    at=at_line_aside(events.line_of(late[row])),
                ),
            )
        )
        rows, found = rows[earlier], found[earlier]
    resolved.target[rows] = found


KNOWN = {SALE: Phrase("the id of a sale of the file"), SPENT: Phrase("the id of an exchange of the file")}


def _restore_once(events: Events, rows: Rows, resolved: Resolved) -> None:
    """An exchange is undone once: the first in order stands."""
    exchange = resolved.target[rows]
    rows, exchange = rows[exchange >= 0], exchange[exchange >= 0]
    order = np.lexsort((rows, events.at_us[rows], exchange))
    rows, exchange = rows[order], exchange[order]
    starts = starts_of(exchange)
    sizes = np.diff(np.append(starts, len(rows)))
    first = np.repeat(rows[starts], sizes)
    again = rows != first
    if again.any():
        before = dict(zip(rows[again].tolist(), first[again].tolist(), strict=True))
        resolved.broken.append(
            Broken(
                rows[again],
                lambda row: Phrase(
                    "exchange {id} was restored{at}, expected one that was not",
                    id=quoted(events, row),
                    at=at_line(events.line_of(before[row])),
                ),
            )
        )
        resolved.target[rows[again]] = NONE


def _refer_to_awards(events: Events, rows: Rows, found: Rows, resolved: Resolved) -> None:
    """A cancelled award may be unknown or later, but not another partner's."""
    rows, found = rows[found >= 0], found[found >= 0]
    own = events.same_partner(rows, found)
    if not own.all():
        awards = dict(zip(rows[~own].tolist(), found[~own].tolist(), strict=True))
        resolved.broken.append(Broken(rows[~own], lambda row: _others(events, row, awards[row])))
    resolved.target[rows[own]] = found[own]


def _settle(events: Events, resolved: Resolved) -> None:
    """Work out refunds of all that is left, and find those above it."""
    rows = events.rows_of(REFUND)
    sales = resolved.target[rows]
    rows, sales = rows[sales >= 0], sales[sales >= 0]
    rows, sales = rows[~events.bad[sales]], sales[~events.bad[sales]]
    if not len(rows):
        return
    order = np.lexsort((rows, events.at_us[rows], sales))
    rows, sales = rows[order], sales[order]
    net, given = events.amount_minor[sales], events.amount_minor[rows]
    whole = given == ALL_THAT_IS_LEFT
    amounts = np.where(whole, 0, given)
    starts = starts_of(sales)
    group = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(rows))))
    before = np.cumsum(amounts) - amounts
    before -= before[starts][group]
    wholes = np.cumsum(whole) - whole
    over = (before + amounts > net) | ((wholes > wholes[starts][group]) & ~whole)
    left = net - before
    amounts = np.where(whole, np.where(wholes > wholes[starts][group], 0, left), amounts)
    if over.any():
        amounts, over, left = _settle_slowly(sales, net, given, np.unique(sales[over]), amounts)
        limits = dict(zip(rows[over].tolist(), left[over].tolist(), strict=True))
        resolved.broken.append(Broken(rows[over], lambda row: _above(events, row, limits[row])))
    resolved.amount_minor = events.amount_minor.copy()
    resolved.amount_minor[rows] = amounts


def _settle_slowly(sales: Rows, net: Ints, given: Ints, wrong: Rows, amounts: Ints) -> tuple[Ints, Mask, Ints]:
    """One refund after another, for sales that are refunded too much: the refunds above what is left do not count."""
    left_before = np.zeros(len(sales), np.int64)
    over = np.zeros(len(sales), np.bool_)
    sale, left = NONE, 0
    for place in np.flatnonzero(np.isin(sales, wrong)).tolist():
        if sales[place] != sale:
            sale, left = sales[place], int(net[place])
        amount = int(given[place])
        left_before[place] = left
        over[place] = amount > left
        amounts[place] = left if amount == ALL_THAT_IS_LEFT else min(amount, left)
        left -= 0 if over[place] else int(amounts[place])
    return amounts, over, left_before


def _above(events: Events, row: int, left: int) -> Phrase:
    amount = int(events.amount_minor[row])
    return Phrase(
        "amount is {amount}, expected at most {most}, what is left of sale {id}",
        amount=f"{amount // 100}.{amount % 100:02}",
        most=f"{left // 100}.{left % 100:02}",
        id=quoted(events, row),
    )
