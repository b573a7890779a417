"""Compiled parts: the cheapest set of renewals and new seats that covers what is short, and days of months.

Money is in minor units, days are day numbers. A client's *options* are the renewals that save more and more of its
seats, in ascending order; one of them is chosen, or none.
"""

from typing import Any, NamedTuple

import numpy as np

from honeyguide.program.engine.figures import Ints
from honeyguide.program.engine.kernels.arithmetic import share
from honeyguide.program.engine.kernels.compiled import kernel
from honeyguide.program.engine.kernels.days import add_months, first_trailing_day

EXACT, GREEDY = 0, 1

MAX_CELLS = 20_000_000
"""Clients x seats short (once more x seats short where renewals that count for sales and such that do not stand side by
side) up to which the cheapest choice is worked out exactly; above, a greedy one is named as such."""

_NEVER = 2**62


class Shortfall(NamedTuple):
    """One goal: what is missing, and what new seats cost."""

    seats: int  # short of the figure, at least 1
    sales: int  # short of the figure; 0 when nothing is
    new_seats: bool  # whether seats sold to new clients can still mature in time
    new_seats_count: bool  # whether such a sale counts for the sales figure
    price: int  # net of so many seats
    price_seats: int  # at least 1


class Maturing(NamedTuple):
    """Seats, the day on which they mature, and the first day whose window no longer holds them."""

    seats: Ints
    matures: Ints
    leaves: Ints


class Options(NamedTuple):
    """Renewals that can be chosen, by client: what each saves and costs in all."""

    group: Ints  # number of the client, ascending from 0
    seats: Ints  # at least 1
    cost: Ints
    counts: Ints  # 1 when the renewals count for the sales figure, the same for all of a client


@kernel
def months_after(days: Ints, months: Ints) -> Ints:
    """Each day so many months later."""
    later = np.empty(days.size, dtype=np.int64)
    for i in range(days.size):
        later[i] = add_months(days[i], months[i])
    return later


@kernel
def shares(counts: Ints, parts: Ints, wholes: Ints) -> Ints:
    """count x part / whole, half up, each."""
    values = np.empty(counts.size, dtype=np.int64)
    for i in range(counts.size):
        values[i] = share(counts[i], parts[i], wholes[i])
    return values


@kernel
def window_starts(days: Ints, months: Ints) -> Ints:
    """The first day of the trailing window of each day."""
    first = np.empty(days.size, dtype=np.int64)
    for i in range(days.size):
        first[i] = first_trailing_day(days[i], months[i])
    return first


@kernel
def latest_starts(days: Ints, months: int) -> Ints:
    """The latest day from which so many months are over by each day."""
    latest = np.empty(days.size, dtype=np.int64)
    for i in range(days.size):
        latest[i] = add_months(days[i], -months) + 3
        while add_months(latest[i], months) > days[i]:
            latest[i] -= 1
    return latest


@kernel
def renewals_until(covered: Ints, term: Ints, until: Ints) -> Ints:
    """How many renewals of a term carry coverage that ends on `covered` to `until`."""
    count = np.zeros(covered.size, dtype=np.int64)
    for i in range(covered.size):
        end = covered[i]
        while end < until[i]:
            end = add_months(end, term[i])
            count[i] += 1
    return count


@kernel
def earliest_days(start: Ints, seats: Maturing, needed: Ints, begin: Ints, fresh: Ints) -> Ints:
    """By goal the first day from `begin` on whose window holds the seats needed; `fresh`: when new seats can fill it.

    Seats of the goal g stand at start[g] to start[g + 1], sorted by the day on which they mature.
    """
    found = fresh.copy()
    for g in range(needed.size):
        enter = leave = start[g]
        total = 0
        day = begin[g]
        while day < found[g]:
            while enter < start[g + 1] and seats.matures[enter] <= day:
                total += seats.seats[enter]
                enter += 1
            while leave < enter and seats.leaves[leave] <= day:
                total -= seats.seats[leave]
                leave += 1
            if total >= needed[g]:
                found[g] = day
            elif enter == start[g + 1]:
                break
            else:
                day = seats.matures[enter]
    return found


@kernel
def cover_goals(start: Ints, shortfalls: Ints, options: Options) -> Any:
    """`cheapest` for many goals: the options of goal g stand at start[g] to start[g + 1].

    `shortfalls`: a row a goal, the fields of Shortfall. Returns by option 1 where it is taken, and by goal the new
    seats, EXACT or GREEDY, and 1 where the seats can be covered.
    """
    taken = np.zeros(options.group.size, dtype=np.int64)
    decided = np.zeros((start.size - 1, 3), dtype=np.int64)
    for g in range(start.size - 1):
        low, high = start[g], start[g + 1]
        row = shortfalls[g]
        short = Shortfall(row[0], row[1], row[2] == 1, row[3] == 1, row[4], row[5])
        own = Options(
            options.group[low:high], options.seats[low:high], options.cost[low:high], options.counts[low:high]
        )
        chosen, new, how, possible = cheapest(short, own)
        taken[low:high] = chosen
        decided[g, 0], decided[g, 1], decided[g, 2] = new, how, int(possible)
    return taken, decided


@kernel
def cheapest(short: Shortfall, options: Options) -> Any:
    """The options to take (0 or 1 each), new seats to sell, EXACT or GREEDY, and whether the seats can be covered.

    The choice has the lowest sum of renewals, new seats and further sales; among those the lowest sum of renewals and
    new seats.
    """
    size = options.group.size
    groups = options.group[size - 1] + 1 if size else 0
    width = short.seats + 1
    mixed = size > 0 and options.counts.min() != options.counts.max()
    if groups * width > MAX_CELLS or (mixed and width * width > MAX_CELLS):
        return _greedy(short, options)
    beside, beside_option, beside_from = _table(short.seats, groups, options, 0)
    within, within_option, within_from = _table(short.seats, groups, options, 1)
    one, other, new = _best(short, beside, within)
    chosen = np.zeros(size, dtype=np.int64)
    if one < 0:
        return chosen, 0, EXACT, False
    _mark(chosen, beside_option, beside_from, one)
    _mark(chosen, within_option, within_from, other)
    return chosen, new, EXACT, True


@kernel
def _table(short: int, groups: int, options: Options, counts: int) -> Any:
    """By number of seats (the last: or more) the lowest cost of saving them by options with that `counts`.

    Beside it, by client and number of seats, the option taken (one more than its number, 0: none) and how many seats
    the clients before it had saved.
    """
    lowest = np.full(short + 1, _NEVER, dtype=np.int64)
    lowest[0] = 0
    taken = np.zeros((groups, short + 1), dtype=np.int32)
    origin = np.zeros((groups, short + 1), dtype=np.int32)
    option = 0
    for client in range(groups):
        before = lowest.copy()
        for saved in range(short + 1):
            origin[client, saved] = saved
        while option < options.group.size and options.group[option] == client:
            for had in range(short + 1 if options.counts[option] == counts else 0):
                has = min(short, had + options.seats[option])
                cost = before[had] + options.cost[option]
                if before[had] < _NEVER and cost < lowest[has]:
                    lowest[has] = cost
                    taken[client, has], origin[client, has] = option + 1, had
            option += 1
    return lowest, taken, origin


@kernel
def _best(short: Shortfall, beside: Ints, within: Ints) -> Any:
    """Seats to save by renewals beside and within the sales figure, and by new sales; -1 when it cannot be done."""
    best = second = _NEVER
    found = (-1, -1, 0)
    last = within.size - 1
    while within[last] == _NEVER:
        last -= 1
    for one in range(beside.size):
        for other in range(last + 1 if beside[one] < _NEVER else 0):
            new = max(0, short.seats - one - other)
            if within[other] == _NEVER or (new > 0 and not short.new_seats):
                continue
            new_cost = share(new, short.price, short.price_seats)
            counted = within[other] + (new_cost if short.new_seats_count else 0)
            spent = beside[one] + within[other] + new_cost
            total = spent + max(0, short.sales - counted)
            if total < best or (total == best and spent <= second):
                best, second, found = total, spent, (one, other, new)
    return found


@kernel
def _mark(chosen: Ints, taken: Ints, origin: Ints, saved: int) -> None:
    """Follow a table back from a number of seats saved to the options that saved them."""
    for client in range(taken.shape[0] - 1, -1, -1):
        if taken[client, saved] > 0:
            chosen[taken[client, saved] - 1] = 1
        saved = origin[client, saved]


@kernel
def _greedy(short: Shortfall, options: Options) -> Any:
    """Whole clients by cost a seat until it is enough, then without those that turned out not to be needed."""
    group, seats, cost = options.group, options.seats, options.cost
    chosen = np.zeros(group.size, dtype=np.int64)
    order = np.argsort(cost * 1000 // seats, kind="mergesort")
    saved = 0
    for i in order:
        last = i + 1 == group.size or group[i + 1] != group[i]
        dearer = short.new_seats and cost[i] > share(seats[i], short.price, short.price_seats)
        if last and saved < short.seats and not dearer:
            chosen[i] = 1
            saved += seats[i]
    for i in order[::-1]:
        if chosen[i] == 1 and saved - seats[i] >= short.seats:
            chosen[i] = 0
            saved -= seats[i]
    new = max(0, short.seats - saved)
    return chosen, new, GREEDY, new == 0 or short.new_seats
