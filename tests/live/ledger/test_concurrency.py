"""Many connections at the same account: each effect once, nothing lost, nothing twice. Real threads on PostgreSQL."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.db.models import Sum

from honeyguide.common.errors import Refusal
from honeyguide.ledger import postgres, queries, ranking
from honeyguide.ledger.models import Account, Entry, Lot, Transaction
from honeyguide.ledger.refusals import Decided, NotEnough
from honeyguide.ledger.verify import problems
from tests.live import racing
from tests.live.ledger.conftest import CONNECTIONS, TODAY, UNIT, Book

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("many_connections"),
]


def at_once(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """Each call in a thread with a connection of its own, all let go at the same moment. Refusals are results too."""
    return racing.at_once(*calls, connected=True)


def spend_of(points: int, key: str) -> Callable[[], Any]:
    return lambda: Book().spend(points, key=key)


def test_thirty_two_connections_spend_one_balance_and_exactly_what_is_there_is_spent() -> None:
    """Two checkouts at the same balance: each point goes once."""
    book = Book()
    for number in range(10):
        book.award(50, f"s{number}")
    results = at_once([spend_of(30, f"k{number}") for number in range(CONNECTIONS)])
    refused = [result for result in results if isinstance(result, NotEnough)]
    assert len(refused) == CONNECTIONS - 500 // 30
    assert book.has() == (500 % 30, 0, 0)
    assert list(problems()) == []


def test_two_checkouts_at_once_for_all_there_is_one_wins() -> None:
    for turn in range(10):
        book = Book(owner=f"p{turn}")
        book.award(100, "s")
        results = at_once([lambda book=book, n=n: book.spend(100, key=f"k{n}") for n in range(20)])  # type: ignore[misc]
        assert sum(not isinstance(result, Refusal) for result in results) == 1
        assert book.has() == (0, 0, 0)


@pytest.mark.parametrize("operation", ["award", "spend", "hold", "cancel"])
def test_the_same_key_fifty_times_has_one_effect_and_one_answer(operation: str) -> None:
    book = Book()
    book.award(1000, "first")
    calls: dict[str, Callable[[], Any]] = {
        "award": lambda: Book().award(10, "s1", key="k"),
        "spend": lambda: Book().spend(10, key="k"),
        "hold": lambda: Book().hold(10, key="k"),
        "cancel": lambda: Book().cancel("first", 10, key="k"),
    }
    call = calls[operation]
    results = [*at_once([call] * CONNECTIONS), *at_once([call] * (50 - CONNECTIONS))]
    assert all(result == results[0] for result in results)
    assert sum(not result.is_repeated for result in results) == 1
    expected = {"award": (1010, 0, 0), "spend": (990, 0, 0), "hold": (990, 10, 0), "cancel": (990, 0, 0)}
    assert book.has() == expected[operation]
    assert list(problems()) == []


def test_capture_against_release_one_wins() -> None:
    book = Book()
    book.award(1000, "s1")
    winners: Counter[str] = Counter()
    for turn in range(12):
        held = book.hold(10, key=f"h{turn}")
        results = at_once(
            [
                lambda held=held, turn=turn: Book().capture(held, key=f"c{turn}"),  # type: ignore[misc]
                lambda held=held, turn=turn: Book().release(held, key=f"r{turn}"),  # type: ignore[misc]
            ]
        )
        lost = [isinstance(result, Decided) for result in results]
        assert sum(lost) == 1
        winners["release" if lost[0] else "capture"] += 1
    assert book.has() == (1000 - 10 * winners["capture"], 0, 0)
    assert list(problems()) == []


def test_expiry_at_midnight_against_spending_each_point_goes_one_way() -> None:
    """Some still spend on the last day while the first of the next day posts what has expired."""
    for turn in range(6):
        last = TODAY
        book = Book(owner=f"p{turn}", day=last)
        for number in range(8):
            book.award(25, f"s{number}", expires_on=last + timedelta(days=1))
        evening = [lambda book=book, n=n: book.spend(20, key=f"e{n}") for n in range(6)]
        morning = Book(owner=book.owner, day=last + timedelta(days=1))
        late = [lambda m=morning, n=n: m.spend(20, key=f"m{n}") for n in range(4)]
        results = at_once([*evening[:3], morning.expire, *evening[3:], *late])
        spent = sum(20 for result in results[:3] + results[4:7] if not isinstance(result, Refusal))
        assert all(isinstance(result, NotEnough) for result in results[7:])
        morning.expire()
        lots = Lot.objects.filter(account__owner=book.owner).aggregate(expired=Sum("expired"), left=Sum("remaining"))
        assert (lots["expired"], lots["left"]) == (200 - spent, 0)
    assert list(problems()) == []


def test_one_hot_account_has_the_sum_of_all_that_was_posted_and_running_balances_without_a_gap() -> None:
    calls = [lambda n=n: [Book().award(3, f"s{n}-{i}", key=f"k{n}-{i}") for i in range(8)] for n in range(16)]
    at_once(calls)
    assert Book().has() == (3 * 8 * 16, 0, 0)
    running = list(Transaction.objects.order_by("pk").values_list("balance_after", flat=True))
    assert running == [3 * (n + 1) for n in range(8 * 16)]
    assert list(problems()) == []


def test_what_commits_late_is_in_every_sum() -> None:
    """Commits out of order: an earlier transaction that commits last is missed by no running total and no ranking."""
    slow, quick = Book(owner="slow"), Book(owner="quick")
    slow.award(1, "s0")
    quick.award(1, "s0")
    written, go_on = threading.Event(), threading.Event()

    def hesitate() -> None:
        try:
            with transaction.atomic():
                slow.award(10, "s1")
                written.set()
                go_on.wait(20)
        finally:
            connections.close_all()

    thread = threading.Thread(target=hesitate)
    thread.start()
    assert written.wait(20)
    later = quick.award(20, "s1")
    assert [(one.owner, one.active) for one in ranking.ranking(UNIT, day=TODAY)] == [("quick", 21), ("slow", 1)]
    ranking.carry(unit=UNIT, day=TODAY)
    go_on.set()
    thread.join(20)
    assert Transaction.objects.get(account__owner="slow", points=10).pk < later.transaction
    slow.award(100, "s2")
    assert [(one.owner, one.active) for one in ranking.ranking(UNIT, day=TODAY)] == [("slow", 111), ("quick", 21)]
    assert queries.as_of(UNIT, "slow", day=TODAY).available == 111
    assert list(problems()) == []


def test_carrying_the_ranking_on_meets_awards_that_expire_that_day_and_neither_fails() -> None:
    tomorrow = TODAY + timedelta(days=1)
    for owner in ("a", "b", "c"):
        Book(owner=owner).award(5, "s", expires_on=tomorrow)

    def awards(owner: str) -> Callable[[], Any]:
        book = Book(owner=owner)
        return lambda: [book.award(2, f"n{i}", key=f"{owner}{i}", expires_on=tomorrow) for i in range(6)]

    results = at_once([*(awards(owner) for owner in "abc"), lambda: ranking.carry(unit=UNIT, day=tomorrow)])
    assert not [result for result in results if isinstance(result, Exception)]
    ranking.carry(unit=UNIT, day=tomorrow)
    assert {account.active for account in Account.objects.all()} == {0}
    assert list(problems()) == []


def test_the_quick_way_of_postgresql_does_what_the_way_of_both_databases_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same random awards and spends, once in one statement each, once through the models: the same rows."""
    quick, plain = Book(owner="quick"), Book(owner="plain")
    award, spend = postgres.award, postgres.spend

    def play(book: Book) -> list[Any]:
        rng = random.Random(7)
        answers: list[Any] = []
        for n in range(60):
            if rng.random() < 0.6:
                days = rng.choice([5, 40, 40, 300])
                result: Any = book.award(
                    rng.randrange(1, 50), f"s{n}", key=f"k{n}", expires_on=book.day + timedelta(days=days)
                )
            elif rng.random() < 0.2:
                book.later(2)
                continue
            else:
                try:
                    result = book.spend(rng.randrange(1, 120), key=f"k{n}")
                except NotEnough as refused:
                    answers.append(refused.data)
                    continue
            answers.append((result.kind, result.points, result.day, result.recorded_at, result.balance, result.debt))
        return answers

    first = play(quick)
    monkeypatch.setattr(postgres, "award", lambda *_arguments: None)
    monkeypatch.setattr(postgres, "spend", lambda *_arguments: None)
    assert play(plain) == first
    monkeypatch.setattr(postgres, "award", award)
    monkeypatch.setattr(postgres, "spend", spend)
    for model, hidden in (
        (Transaction, {"id", "account_id", "moves"}),
        (Lot, {"id", "account_id", "sequence"}),
    ):
        rows = {
            owner: [
                {name: value for name, value in row.items() if name not in hidden}
                for row in model.objects.filter(account__owner=owner).order_by("pk").values()
            ]
            for owner in ("quick", "plain")
        }
        assert rows["quick"] == rows["plain"]
    moves = {
        owner: list(
            Entry.objects.filter(transaction__account__owner=owner).values_list(
                "place", "lot__ident", "source", "target", "points"
            )
        )
        for owner in ("quick", "plain")
    }
    assert moves["quick"] == moves["plain"]
    assert list(problems()) == []
