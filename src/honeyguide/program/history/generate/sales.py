"""Sales: contracts with clients, their renewals until the client leaves, and what is bought in between."""

from dataclasses import dataclass

import numpy as np

from honeyguide.program.history.events import PLANS, PRODUCTS
from honeyguide.program.history.generate.calendar import (
    DAY_S,
    Calendar,
    Floats,
    Ints,
    Mask,
    add_months,
    later,
    not_after_28th,
    repeats,
)
from honeyguide.program.history.generate.log import ABSENT
from honeyguide.program.history.generate.population import Population

CLOUD, ON_PREMISE, UPGRADE, MAINTENANCE, MODULE, SERVICE = range(len(PRODUCTS))
EXTENDED = PLANS.index("extended")
PERPETUAL = ABSENT
FULL = 0
"""Amount of a refund of all that is left."""

QUARTER_S = 91 * DAY_S
CLOUD_TERMS_MONTHS = (1, 3, 12, 24)
CLOUD_TERM_SHARES = (0.33, 0.08, 0.47, 0.12)
RENEWAL_CHANCES = (0.955, 0.9, 0.8, 0.72)
PERPETUAL_MONTHS_WORTH = 24
SEAT_STEPS = np.array([5, 10, 15, 25, 50, 100, 250, 500, 1000, 2000])
REPEAT_CLIENT_SHARE = 0.22
SHARED_CLIENT_SHARE = 0.06
RETURNED_SHARE = 0.015
"""Contracts that the client gives back within weeks."""


@dataclass(frozen=True, slots=True)
class Contracts:
    """First purchases by columns, in order of partner and time."""

    partner: Ints
    at: Ints
    until: Ints
    """The partner's membership ends, and with it the sales."""
    client: Ints
    new: Mask
    product: Ints
    term_months: Ints
    """PERPETUAL for keys without a term."""
    price_month: Floats
    """Units of the currency."""
    seats: Ints
    licences: Ints
    plan: Ints
    returned: Mask

    def __len__(self) -> int:
        return len(self.partner)


@dataclass(frozen=True, slots=True)
class Sales:
    """All sales by columns, in order of partner, client and time. Amounts in minor units."""

    partner: Ints
    at: Ints
    client: Ints
    product: Ints
    net: Ints
    licences: Ints
    seats: Ints
    plan: Ints
    modules: Ints
    term_months: Ints
    new_client: Ints
    returned: Mask

    def __len__(self) -> int:
        return len(self.partner)

    def take(self, rows: Ints) -> "Sales":
        """Some of the sales, or all in another order."""
        return Sales(*(getattr(self, name)[rows] for name in self.__slots__))


def draw_contracts(rng: np.random.Generator, calendar: Calendar, population: Population, pace: float) -> Contracts:
    """First purchases; `pace` scales how many there are, while what partners sell in all stays."""
    partner, joined, ends = population.memberships()
    until = np.minimum(ends, population.sells_until[partner])
    yearly = pace * 7 * (population.revenue / 3000) ** 0.5
    rows, quarter = repeats(np.full(len(partner), calendar.days // 91 + 1))
    opens = np.maximum(calendar.start_s + quarter * QUARTER_S, joined[rows] + 14 * DAY_S)
    closes = np.minimum(calendar.start_s + (quarter + 1) * QUARTER_S, until[rows])
    mood = _moods(rng, len(population), calendar.days // 91 + 1)[partner[rows], quarter]
    counts = rng.poisson(np.minimum(yearly[partner[rows]] * mood * calendar.mass(opens, closes), 1e6)).astype(np.int64)
    cell, _ = repeats(counts)
    at = not_after_28th(calendar.between(rng, opens[cell], closes[cell]))
    order = np.lexsort((at, partner[rows][cell]))
    cell, at = cell[order], at[order]
    owner = partner[rows][cell]
    price = population.revenue[owner] / (yearly[owner] * 12 * 1.35) * np.exp(rng.normal(-0.12, 0.5, len(owner)))
    client, new = _clients(rng, owner)
    product, terms = _products(rng, len(owner))
    seats = _seats(rng, price)
    return Contracts(
        partner=owner,
        at=at,
        until=until[rows][cell],
        client=client,
        new=new,
        product=product,
        term_months=terms,
        price_month=price,
        seats=seats,
        licences=1 + rng.poisson(np.minimum(seats / 60, 40)),
        plan=np.where(rng.random(len(owner)) < np.where(seats > 40, 0.6, 0.25), EXTENDED, 0),
        returned=rng.random(len(owner)) < RETURNED_SHARE,
    )


def _moods(rng: np.random.Generator, partners: int, quarters: int) -> Floats:
    """By partner and quarter, how sales go: good and bad times last for some quarters."""
    moods = np.empty((partners, quarters))
    moods[:, 0] = rng.normal(0, 0.5, partners)
    for quarter in range(1, quarters):
        moods[:, quarter] = 0.82 * moods[:, quarter - 1] + rng.normal(0, 0.32, partners)
    return np.exp(moods - 0.15)


def _clients(rng: np.random.Generator, owner: Ints) -> tuple[Ints, Mask]:
    """A client for each contract: a new one, one that the partner had before, or one of another partner."""
    count = len(owner)
    first = np.searchsorted(owner, owner, side="left")
    place = np.arange(count)
    roll = rng.random(count)
    repeat = (roll < REPEAT_CLIENT_SHARE) & (place > first)
    shared = (roll > 1 - SHARED_CLIENT_SHARE) & (count > 1)
    new = ~repeat & ~shared
    client = np.where(new, np.cumsum(new), 0)
    fresh = np.flatnonzero(new)
    if len(fresh):
        client = np.where(shared, client[fresh[rng.integers(0, len(fresh), count)]], client)
    source = np.where(repeat, first + (rng.random(count) * (place - first)).astype(np.int64), place)
    while not np.array_equal(source, source[source]):  # a repeated contract may repeat a repeated one
        source = source[source]
    return client[source], new


def _products(rng: np.random.Generator, count: int) -> tuple[Ints, Ints]:
    cloud = rng.random(count) < 0.72
    terms = rng.choice(CLOUD_TERMS_MONTHS, size=count, p=CLOUD_TERM_SHARES)
    key_terms = np.where(rng.random(count) < 0.6, PERPETUAL, 12)
    return np.where(cloud, CLOUD, ON_PREMISE), np.where(cloud, terms, key_terms).astype(np.int64)


def _seats(rng: np.random.Generator, price_month: Floats) -> Ints:
    """Included users: what the price buys, in the steps in which plans are sold."""
    wanted = price_month * 12 / 9 * np.exp(rng.normal(0, 0.45, len(price_month)))
    step = np.searchsorted(SEAT_STEPS, wanted).clip(0, len(SEAT_STEPS) - 1)
    return np.where(wanted > 2 * SEAT_STEPS[-1], (wanted / 100).astype(np.int64) * 100, SEAT_STEPS[step])


@dataclass(frozen=True, slots=True)
class _Drafts:
    """Sales before they are put together: the contract that each is made under, and what differs from it."""

    contract: Ints
    at: Ints
    product: Ints
    term_months: Ints
    net_units: Floats
    first: Mask


def draw_sales(rng: np.random.Generator, contracts: Contracts) -> Sales:
    """Everything that is bought under the contracts."""
    renewals = _renewals(rng, contracts)
    drafts = _joined(renewals, _additions(rng, contracts, renewals))
    sales = _put_together(rng, contracts, drafts)
    sales = sales.take(np.flatnonzero(drafts.at < contracts.until[drafts.contract]))
    return _at_different_instants(sales.take(np.lexsort((sales.at, sales.client, sales.partner))))


def _renewals(rng: np.random.Generator, contracts: Contracts) -> _Drafts:
    """The first purchase of each contract and its renewals: the same term again, or maintenance of a perpetual key."""
    perpetual = contracts.term_months == PERPETUAL
    step = np.where(perpetual, 12, contracts.term_months)
    chance = np.full(len(contracts), 0.7)
    for months, stays in zip(CLOUD_TERMS_MONTHS, RENEWAL_CHANCES, strict=True):
        chance[contracts.term_months == months] = stays
    wanted = rng.geometric(1 - chance)  # so many terms in all
    room = (contracts.until - contracts.at) // (28 * DAY_S * step) + 1
    counts = np.where(contracts.returned, 1, np.minimum(wanted, room)).astype(np.int64)
    row, term = repeats(counts)
    at = add_months(contracts.at[row], term * step[row])
    late = (term > 0) & (rng.random(len(row)) < 0.04)
    at = at + late * (1 + rng.integers(0, 12, len(row))) * DAY_S
    again = term > 0
    maintained = again & perpetual[row]
    worth = np.where(perpetual, PERPETUAL_MONTHS_WORTH, step)[row]
    return _Drafts(
        contract=row,
        at=at,
        product=np.where(maintained, MAINTENANCE, contracts.product[row]),
        term_months=np.where(maintained, 12, contracts.term_months[row]),
        net_units=contracts.price_month[row] * np.where(maintained, 0.2 * PERPETUAL_MONTHS_WORTH, worth),
        first=~again,
    )


def _additions(rng: np.random.Generator, contracts: Contracts, renewals: _Drafts) -> _Drafts:
    """Upgrades, modules and services in the time that a contract runs, now and then."""
    last = np.zeros(len(contracts), dtype=np.int64)
    np.maximum.at(last, renewals.contract, renewals.at)
    closes = np.minimum(last + 120 * DAY_S, contracts.until)
    years = np.maximum(closes - contracts.at, 0) / (365 * DAY_S)
    row, _ = repeats(rng.poisson(np.where(contracts.returned, 0, 0.4 * years)).astype(np.int64))
    into = rng.random(len(row)) * np.maximum(closes - contracts.at, 0)[row]
    product = rng.choice([UPGRADE, MODULE, SERVICE], size=len(row), p=[0.4, 0.35, 0.25])
    return _Drafts(
        contract=row,
        at=later(rng, contracts.at[row] + into.astype(np.int64), 0, 1),
        product=product,
        term_months=np.full(len(row), ABSENT),
        net_units=contracts.price_month[row] * (0.5 + 5 * rng.random(len(row))),
        first=np.zeros(len(row), dtype=np.bool_),
    )


def _joined(one: _Drafts, other: _Drafts) -> _Drafts:
    return _Drafts(*(np.concatenate([getattr(one, name), getattr(other, name)]) for name in _Drafts.__slots__))


def _put_together(rng: np.random.Generator, contracts: Contracts, drafts: _Drafts) -> Sales:
    row, count = drafts.contract, len(drafts.contract)
    net = np.maximum(drafts.net_units * np.exp(rng.normal(0, 0.06, count)) * 100, 100).astype(np.int64)
    net = np.where(rng.random(count) < 0.7, np.maximum(net // 100 * 100, 100), net)  # most prices are whole
    net = np.where(drafts.first & (rng.random(count) < 0.003), 0, net)  # paid with bonuses alone
    purchase = (drafts.product == CLOUD) | (drafts.product == ON_PREMISE)
    has_seats = purchase | (drafts.product == UPGRADE)
    return Sales(
        partner=contracts.partner[row],
        at=drafts.at,
        client=contracts.client[row],
        product=drafts.product,
        net=net,
        licences=np.where(purchase, contracts.licences[row], ABSENT),
        seats=np.where(has_seats, contracts.seats[row], ABSENT),
        plan=np.where(purchase & (rng.random(count) < 0.9), contracts.plan[row], ABSENT),
        modules=_modules(rng, drafts),
        term_months=drafts.term_months,
        new_client=_new_client(rng, drafts.first, contracts.new[row]),
        returned=contracts.returned[row],
    )


def _modules(rng: np.random.Generator, drafts: _Drafts) -> Ints:
    """Counts of the three classes in one number: always with module sales, now and then with first purchases."""
    count = len(drafts.contract)
    some = (drafts.product == MODULE) | (drafts.first & (rng.random(count) < 0.25))
    kinds = rng.poisson((0.8, 0.4, 0.2), size=(count, 3)).clip(0, 9)
    kinds[:, 0] = np.where(kinds.sum(axis=1) == 0, 1, kinds[:, 0])
    return np.where(some, kinds @ np.array([10_000, 100, 1]), ABSENT)


def _new_client(rng: np.random.Generator, first: Mask, new: Mask) -> Ints:
    """Said now and then, left to be worked out most of the time; a few new clients had bought long before."""
    roll = rng.random(len(first))
    said = np.where(new, np.where(roll < 0.08, 1, np.where(roll < 0.09, 0, ABSENT)), np.where(roll < 0.05, 0, ABSENT))
    return np.where(first, said, ABSENT)


def _at_different_instants(sales: Sales) -> Sales:
    """No two sales of a partner to a client at one instant, so that which of them is the later one is plain."""
    at = sales.at.copy()
    while True:
        same = (sales.partner[1:] == sales.partner[:-1]) & (sales.client[1:] == sales.client[:-1])
        clash = np.flatnonzero(same & (at[1:] <= at[:-1])) + 1
        if not len(clash):
            return Sales(**{**{name: getattr(sales, name) for name in Sales.__slots__}, "at": at})
        at[clash] = at[clash - 1] + 1
