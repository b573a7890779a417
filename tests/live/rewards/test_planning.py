"""The plan of the highest value agrees with trying everything out."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import permutations, product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from honeyguide.rewards.rules.limits import period_of, share_of
from honeyguide.rewards.rules.planning import Plan, Question, Want, best_plan
from honeyguide.rewards.rules.wallet import Lot, Wallet

DAY = date(2026, 11, 20)
SLOTS = (DAY, date(2026, 12, 1), date(2027, 1, 1))
UNTIL = date(2027, 2, 28)


def lots(*given: tuple[int, int]) -> Wallet:
    """Lots as (days until they expire, points)."""
    return Wallet.of(
        Lot(DAY + timedelta(days=days), DAY - timedelta(days=300), f"lot-{place}", points)
        for place, (days, points) in enumerate(given)
    )


def want(key: str, quantity: int, price: int, worth: int, **more: int) -> Want:
    return Want(key, quantity, more.pop("priority", 0), (price,) * 3, (worth,) * 3, **more)  # type: ignore[arg-type]


def question(wallet: Wallet, *wants: Want, **more: object) -> Question:
    return Question(SLOTS, UNTIL, wallet, wants, **more)  # type: ignore[arg-type]


def exchanges(plan: Plan) -> list[tuple[date, str, int, int]]:
    return [(step.day, step.key, step.quantity, step.points) for step in plan.steps]


# --- Trying everything out


def fits(question: Question, chosen: dict[tuple[int, int], int]) -> bool:
    """Whether pieces of wants on slots can be exchanged one by one in some order on each day."""
    wallet = question.wallet
    for slot, day in enumerate(question.slots):
        pieces = [place for (place, at), count in chosen.items() if at == slot for _piece in range(count)]
        if not keeps_periods(question, chosen, slot):
            return False
        for order in set(permutations(pieces)):
            after = walk(question, wallet, order, slot, day)
            if after is not None:
                wallet = after
                break
        else:
            return False
    return all(
        want.stock is None or sum(chosen.get((place, at), 0) for at in range(len(question.slots))) <= want.stock
        for place, want in enumerate(question.wants)
    )


def walk(question: Question, wallet: Wallet, order: tuple[int, ...], slot: int, day: date) -> Wallet | None:
    for place in order:
        price = question.wants[place].prices[slot]
        if price == 0 or price > share_of(wallet.available(day), question.exchange_max_percent):
            return None
        wallet = wallet.spend(price, day)
    return wallet


def keeps_periods(question: Question, chosen: dict[tuple[int, int], int], slot: int) -> bool:
    period = period_of(question.slots[slot], question.period_months)
    first = period == period_of(question.slots[0], question.period_months)
    within = [at for at, day in enumerate(question.slots) if period_of(day, question.period_months) == period]
    points = sum(question.wants[place].prices[at] * n for (place, at), n in chosen.items() if at in within)
    if question.period_max is not None and points > question.period_max - (question.period_used if first else 0):
        return False
    for place, want in enumerate(question.wants):
        if want.period_max is not None:
            count = sum(n for (of, at), n in chosen.items() if of == place and at in within)
            if count > max(want.period_max - (want.period_used if first else 0), 0):
                return False
    return True


def ways(quantity: int, slots: int) -> Iterator[tuple[int, ...]]:
    return (way for way in product(range(quantity + 1), repeat=slots) if sum(way) <= quantity)


def best_by_trying(question: Question) -> tuple[int, ...]:
    """The highest worth, by priority."""
    levels = sorted({want.priority for want in question.wants})
    best: tuple[int, ...] = tuple(0 for _level in levels)
    for choice in product(*(ways(want.quantity, len(question.slots)) for want in question.wants)):
        chosen = {(place, at): n for place, way in enumerate(choice) for at, n in enumerate(way) if n}
        if any(question.wants[place].prices[at] == 0 for place, at in chosen):
            continue
        worth = worths(question, chosen, levels)
        if worth > best and fits(question, chosen):
            best = worth
    return best


def worths(question: Question, chosen: dict[tuple[int, int], int], levels: list[int]) -> tuple[int, ...]:
    found = dict.fromkeys(levels, 0)
    for (place, at), count in chosen.items():
        found[question.wants[place].priority] += question.wants[place].worths[at] * count
    return tuple(found.values())


def worths_of(question: Question, plan: Plan) -> tuple[int, ...]:
    priorities = {want.key: want.priority for want in question.wants}
    found = dict.fromkeys(sorted(set(priorities.values())), 0)
    for step in plan.steps:
        found[priorities[step.key]] += step.worth
    return tuple(found.values())


points = st.integers(1, 12).map(lambda number: number * 100)
optional_count = st.none() | st.integers(0, 3)


@st.composite
def questions(draw: st.DrawFn) -> Question:
    wallet = lots(*draw(st.lists(st.tuples(st.integers(1, 90), points), max_size=4)))
    wants = [
        Want(
            f"want-{place}",
            draw(st.integers(1, 2)),
            draw(st.integers(0, 1)),
            tuple(draw(st.lists(st.integers(0, 8).map(lambda number: number * 100), min_size=3, max_size=3))),
            tuple(draw(st.lists(st.integers(0, 9).map(lambda number: number * 10), min_size=3, max_size=3))),
            group=f"group-{place}",
            period_max=draw(optional_count),
            period_used=draw(st.integers(0, 1)),
            stock=draw(optional_count),
        )
        for place in range(draw(st.integers(1, 2)))
    ]
    return question(
        wallet,
        *wants,
        exchange_max_percent=draw(st.sampled_from([Decimal(100), Decimal(80), Decimal("33.33"), Decimal(50)])),
        period_months=draw(st.sampled_from([1, 3, 12])),
        period_max=draw(st.none() | points),
        period_used=draw(st.sampled_from([0, 100])),
    )


@pytest.mark.clause("G4.7")
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(questions())
def test_no_plan_is_worth_more(question: Question) -> None:
    plan = best_plan(question, why=False)
    assert worths_of(question, plan) == best_by_trying(question)


@pytest.mark.clause("G4.7")
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(questions())
def test_a_plan_can_be_carried_out_as_it_stands(question: Question) -> None:
    plan, wallet = best_plan(question, why=False), question.wallet
    for step in plan.steps:
        assert step.points <= share_of(wallet.available(step.day), question.exchange_max_percent)
        wallet = wallet.spend(step.points, step.day)
    wants = {want.key: place for place, want in enumerate(question.wants)}
    chosen: dict[tuple[int, int], int] = {}
    for step in plan.steps:
        place = (wants[step.key], question.slots.index(step.day))
        chosen[place] = chosen.get(place, 0) + step.quantity
    assert fits(question, chosen)


# --- What a plan is like


@pytest.mark.clause("G4.7")
def test_points_that_expire_soon_are_used_before_they_are_gone() -> None:
    plan = best_plan(question(lots((5, 500), (200, 500)), want("course", 1, 500, 9000)))
    assert exchanges(plan) == [(DAY, "course", 1, 500)]
    assert plan.saved == ((DAY + timedelta(days=5), 500, 0),)


@pytest.mark.clause("G4.7")
def test_it_waits_for_a_lower_price_that_was_announced() -> None:
    cheaper = Want("module", 1, 0, (900, 900, 600), (9000,) * 3)
    plan = best_plan(question(lots((300, 1000)), cheaper))
    assert exchanges(plan) == [(SLOTS[2], "module", 1, 600)]


@pytest.mark.clause("G4.7")
def test_it_does_not_wait_when_the_points_would_be_gone() -> None:
    cheaper = Want("module", 1, 0, (900, 900, 600), (9000,) * 3)
    plan = best_plan(question(lots((20, 1000)), cheaper))
    assert exchanges(plan) == [(DAY, "module", 1, 900)]


@pytest.mark.clause("G2.7")
@pytest.mark.clause("G4.7")
def test_a_limit_of_the_period_moves_the_rest_into_the_next_and_is_named() -> None:
    asked = question(lots((300, 3000)), want("course", 4, 500, 8000), period_max=1000)
    assert exchanges(best_plan(asked)) == [(DAY, "course", 2, 1000), (SLOTS[1], "course", 2, 1000)]
    tight = replace(asked, slots=SLOTS[:1], until=DAY, wants=(Want("course", 4, 0, (500,), (8000,)),))
    assert best_plan(tight).bound == {"period_points": 16000}


@pytest.mark.clause("G2.7")
def test_the_share_limit_is_named_where_it_binds() -> None:
    plan = best_plan(question(lots((300, 1000)), want("course", 2, 500, 8000), exchange_max_percent=Decimal(80)))
    assert exchanges(plan) == [(DAY, "course", 1, 500)]
    assert plan.bound == {"exchange_share": 8000, "points": 8000}


@pytest.mark.clause("G4.7")
def test_what_is_wanted_first_comes_first_whatever_it_is_worth() -> None:
    needed = want("licence", 1, 800, 100)
    dear = want("module", 1, 800, 90_000, priority=1)
    assert exchanges(best_plan(question(lots((300, 1000)), dear, needed))) == [(DAY, "licence", 1, 800)]


def test_exchanges_are_as_few_as_the_limits_allow() -> None:
    plan = best_plan(question(lots((300, 9000)), want("consultation", 5, 400, 900, exchange_max=2)))
    assert [step.quantity for step in plan.steps] == [2, 2, 1]


def test_without_points_or_wants_there_is_an_empty_plan() -> None:
    assert best_plan(question(lots(), want("course", 1, 500, 8000))).steps == ()
    assert best_plan(question(lots((300, 900)))).steps == ()


def test_a_large_question_is_answered() -> None:
    slots = tuple(date(2026, 12 + month, 1) if month < 1 else date(2027, month, 1) for month in range(12))
    wallet = Wallet.of(
        Lot(slots[0] + timedelta(days=10 + 17 * place), DAY, f"lot-{place}", 700 + 90 * place) for place in range(20)
    )
    wants = tuple(
        Want(f"want-{place:02}", 3, place % 3, (300 + 170 * place,) * 12, (2000 + 900 * place,) * 12)
        for place in range(16)
    )
    asked = Question(slots, date(2027, 11, 30), wallet, wants, Decimal(80), 1, 12_000, 0)
    plan = best_plan(asked)
    assert plan.steps
    assert plan.points <= sum(lot.points for lot in wallet.lots)


@pytest.mark.parametrize(
    "bad",
    [
        {"slots": ()},
        {"slots": SLOTS[::-1]},
        {"until": DAY},
        {"wants": (want("a", 1, 1, 1), want("a", 1, 1, 1))},
        {"wants": (Want("a", 1, 0, (1,), (1,)),)},
        {"wants": (want("a", 101, 1, 1),)},
    ],
)
def test_a_question_that_makes_no_sense_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="expected"):
        best_plan(replace(question(lots((300, 900))), **bad))  # type: ignore[arg-type]
