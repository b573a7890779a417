"""The cheapest set of renewals and new seats, against every possible choice."""

import itertools
import random

import numpy as np
import pytest

from honeyguide.program.outlook import covering
from honeyguide.program.outlook.covering import EXACT, GREEDY, Options, Shortfall, cheapest

Choice = list[tuple[int, int, int, int]]


def half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)


def cost_of(short: Shortfall, chosen: Choice, new: int) -> int:
    new_cost = half_up(new * short.price, short.price_seats)
    counted = sum(cost for _, _, cost, counts in chosen if counts) + (new_cost if short.new_seats_count else 0)
    return sum(cost for _, _, cost, _ in chosen) + new_cost + max(0, short.sales - counted)


def lowest(short: Shortfall, options: Choice) -> int | None:
    """Of all choices, one option or none a client."""
    clients = [[None, *(one for one in options if one[0] == client)] for client in {one[0] for one in options}]
    costs = []
    for pick in itertools.product(*clients):
        chosen = [one for one in pick if one is not None]
        new = max(0, short.seats - sum(seats for _, seats, _, _ in chosen))
        if new == 0 or short.new_seats:
            costs.append(cost_of(short, chosen, new))
    return min(costs, default=None)


def columns(options: Choice) -> Options:
    table = np.array(options, dtype=np.int64).reshape(-1, 4)
    return Options(*(np.ascontiguousarray(table[:, place]) for place in range(4)))


def random_case(rng: random.Random, *, mixed: bool) -> tuple[Shortfall, Choice]:
    options: Choice = []
    for client in range(rng.randint(0, 6)):
        seats = cost = 0
        counts = int(not mixed or rng.random() < 0.6)
        for _ in range(rng.randint(1, 3)):
            seats, cost = seats + rng.randint(1, 20), cost + rng.randint(0, 30)
            options.append((client, seats, cost, counts))
    sales = rng.choice((0, 50, 100))
    price = (rng.randint(0, 50), rng.randint(1, 20))
    return Shortfall(rng.randint(1, 60), sales, rng.random() < 0.5, rng.random() < 0.7, *price), options


@pytest.mark.clause("T3.3")
@pytest.mark.parametrize("mixed", [False, True])
def test_it_is_as_cheap_as_the_cheapest_of_all_choices(mixed: bool) -> None:
    rng = random.Random(mixed)
    for _ in range(500):
        short, options = random_case(rng, mixed=mixed)
        taken, new, method, possible = cheapest(short, columns(options))
        best = lowest(short, options)
        assert (method, possible) == (EXACT, best is not None)
        if possible:
            chosen = [one for one, mark in zip(options, taken, strict=True) if mark]
            assert len({one[0] for one in chosen}) == len(chosen)
            assert sum(one[1] for one in chosen) + new >= short.seats
            assert cost_of(short, chosen, new) == best, (short, options)


def test_too_many_candidates_are_covered_greedily_and_that_is_said() -> None:
    clients = 2_000
    options = [(client, 10 + client % 7, 100 + client % 13, 1) for client in range(clients)]
    short = Shortfall(20_000, 0, False, True, 0, 1)
    assert clients * short.seats > covering.MAX_CELLS
    taken, new, method, possible = cheapest(short, columns(options))
    assert (method, possible, new) == (GREEDY, True, 0)
    saved = sum(one[1] for one, mark in zip(options, taken, strict=True) if mark)
    assert short.seats <= saved < short.seats + 17
