"""Awards and spends that go together do what each would do alone. PostgreSQL."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

import pytest
from django.db import connection, transaction
from django.forms.models import model_to_dict
from psycopg import Error

from honeyguide.ledger.drafts import body_of, lock, sequence_of
from honeyguide.ledger.line import AWARD, SPEND, Call, Function, OwnLine
from honeyguide.ledger.models import Account, Lot, Transaction
from honeyguide.ledger.prepared import Value, written
from honeyguide.ledger.refusals import NotEnough
from honeyguide.ledger.services import Award, award_many
from honeyguide.ledger.verify import problems
from tests.live.ledger.conftest import ACTOR, TODAY, UNIT, Book, noon
from tests.live.racing import at_once

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
    pytest.mark.django_db(transaction=True),
]
YEAR = timedelta(days=365)
NOW = noon(TODAY)
HIDDEN = {"id", "account", "moves", "sequence", "recorded_at", "actor_name"}
THREADS = 12


@pytest.fixture
def line() -> Iterator[OwnLine]:
    """A line of the test's own."""
    made = OwnLine()
    yield made
    made.close()


def call(function: Function, arguments: Sequence[Value]) -> Call:
    """As postgres.award and postgres.spend ask."""
    return Call(function, [written(argument) for argument in arguments])


def award(owner: str, points: int, key: str, ident: str, day: Any = TODAY) -> Call:
    """An award of the day."""
    given = Award(owner, points, key, ident, day, TODAY + YEAR, "sale")
    return call(AWARD, (
        UNIT, owner, points, key, given.body, ident, "sale", day, TODAY + YEAR, sequence_of(NOW), NOW, "test", "", "",
    ))  # fmt: skip


def spend(owner: str, points: int, key: str) -> Call:
    """A spend of the day."""
    return call(SPEND, (UNIT, owner, points, key, body_of("spend", points, "", ""), TODAY, NOW, "test", "", ""))


def went(line: OwnLine, calls: Sequence[Call]) -> dict[int, list[int] | None]:
    """What is answered, by place, as numbers."""
    found = line.send(calls)()()
    return {place: one if one is None else list(map(int, one[1:-1].split(","))) for place, one in found.items()}


def balances(answers: dict[int, list[int] | None]) -> dict[int, int | None]:
    """What is in the account after each."""
    return {place: None if answer is None else answer[1] for place, answer in answers.items()}


def rows(owner: str) -> list[dict[str, Any]]:
    """All that is written of an account, without what only names or places it."""
    of_it = {"account__owner": owner, "account__unit": UNIT}
    kept = [*Transaction.objects.filter(**of_it).order_by("id"), *Lot.objects.filter(**of_it).order_by("id")]
    account = Account.objects.get(unit=UNIT, owner=owner)
    shown = [model_to_dict(account, exclude=["id", "owner"])]
    return shown + [model_to_dict(row, exclude=list(HIDDEN)) for row in kept]


def opened(*owners: str) -> None:
    """Accounts that have something from the day before."""
    for owner in owners:
        Book(owner=owner, day=TODAY - timedelta(days=1)).award(5, "first", key="first", expires_on=TODAY + YEAR)


def test_awards_of_many_accounts_are_what_each_would_be_alone(line: OwnLine) -> None:
    opened("a", "b", "c", "alone a", "alone b")
    book = Book(owner="owes", day=TODAY - timedelta(days=1))
    book.award(5, "first")
    book.spend(5)
    book.cancel("first", 5)
    early = TODAY - timedelta(days=2)
    answers = went(line, [
        award("c", 1, "k", "s1"), award("owes", 7, "k", "s1"), award("b", 9, "k", "s1", early),
        award("nobody", 1, "k", "s1"), award("a", 7, "k", "s1"),
    ])  # fmt: skip
    assert balances(answers) == {0: 6, 2: 14, 4: 12}
    Book(owner="alone a").award(7, "s1", key="k", source="sale", expires_on=TODAY + YEAR)
    Book(owner="alone b").award(9, "s1", key="k", source="sale", day=early, expires_on=TODAY + YEAR)
    assert (rows("a"), rows("b")) == (rows("alone a"), rows("alone b"))
    assert Transaction.objects.get(account__owner="b", key="k").is_late
    assert list(problems()) == []


def test_spends_of_many_accounts_are_what_each_would_be_alone(line: OwnLine) -> None:
    opened("a", "b", "alone a")
    answers = went(line, [spend("b", 6, "k"), spend("nobody", 1, "k"), spend("a", 3, "k")])
    assert balances(answers) == {0: None, 2: 2}, "b has too little, nobody no account"
    Book(owner="alone a").spend(3, key="k")
    assert rows("a") == rows("alone a")
    assert list(problems()) == []


def test_calls_on_one_account_are_done_in_their_order(line: OwnLine) -> None:
    opened("a")
    answers = went(line, [award("a", points, f"k{points}", f"s{points}") for points in (3, 1, 2)])
    assert balances(answers) == {0: 8, 1: 9, 2: 11}
    answers = went(line, [spend("a", points, f"out {points}") for points in (6, 7, 5)])
    assert balances(answers) == {0: 5, 1: None, 2: 0}, "7 is more than is left"
    assert list(problems()) == []


@pytest.mark.parametrize("other", ["a", "b"], ids=["of one account", "of different accounts"])
def test_where_one_is_refused_nothing_is_written_and_the_line_goes_on(line: OwnLine, other: str) -> None:
    opened("a", "b")
    before = rows("a"), rows("b")
    assert went(line, [award("a", 3, "k", "s1"), award(other, 3, "first", "s2")]) == {}
    assert (rows("a"), rows("b")) == before
    assert balances(went(line, [award("a", 3, "k", "s1")])) == {0: 8}


@pytest.mark.parametrize("function", [award, spend])
def test_who_is_held_up_by_another_holds_up_nobody(line: OwnLine, function: Callable[..., Call]) -> None:
    """Somebody has an account locked, as for an import: its calls are left out, the others are done at once."""

    def made(owner: str, turn: int) -> Call:
        return award(owner, 3, f"k{turn}", f"s{turn}") if function is award else spend(owner, 1, f"k{turn}")

    opened("a", "b", "c")
    with transaction.atomic():
        lock(UNIT, "b")
        assert went(line, [made(owner, 1) for owner in "abc"]).keys() == {0, 2}
        assert went(line, [made("b", turn) for turn in (1, 2)]) == {}
    assert went(line, [made("b", turn) for turn in (1, 2)]).keys() == {0, 1}
    assert list(problems()) == []


def test_a_line_whose_server_is_gone_says_so(line: OwnLine) -> None:
    opened("a")
    pid = line._raw.info.backend_pid
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [pid])
    with pytest.raises(Error):
        went(line, [award("a", 3, "k", "s1")])


def played(seed: int) -> dict[str, int]:
    """What a thread did to the accounts' balances, by owner: awards, spends, and many at once across them all."""
    rng, owners = Random(seed), [f"p{n}" for n in range(7)]
    done = dict.fromkeys(owners, 0)
    for n in range(25):
        owner, points, name = rng.choice(owners), rng.randrange(1, 30), f"{seed}-{n}"
        if seed == 0 and n % 5 == 0:
            across = rng.sample(owners, len(owners))
            many = [Award(one, points, f"m{name}", f"m{name}", TODAY, TODAY + YEAR) for one in across]
            award_many(unit=UNIT, awards=many, now=NOW, actor=ACTOR)
            done = {one: total + points for one, total in done.items()}
        elif rng.random() < 0.6:
            Book(owner=owner).award(points, f"s{name}", key=f"a{name}")
            done[owner] += points
        else:
            with suppress(NotEnough):
                Book(owner=owner).spend(points, key=f"o{name}")
                done[owner] -= points
    return done


@pytest.mark.usefixtures("many_connections")
def test_many_threads_on_many_accounts_lose_nothing_and_do_nothing_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    groups: list[int] = []
    send: Callable[..., Any] = OwnLine.send

    def counted(line: OwnLine, calls: Sequence[Call]) -> Any:
        groups.append(len(calls))
        return send(line, calls)

    monkeypatch.setattr(OwnLine, "send", counted)
    results = at_once(*(partial(played, seed) for seed in range(THREADS)), connected=True)
    for owner in results[0]:
        assert Book(owner=owner).has() == (sum(done[owner] for done in results), 0, 0)
    assert max(groups) > 1, "some went together"
    assert list(problems()) == []


@pytest.mark.usefixtures("many_connections")
def test_when_the_servers_end_of_the_line_is_killed_each_call_has_its_effect_once() -> None:
    """While threads award, the process of the server that works for all of them is ended again and again."""
    opened(*(f"p{n}" for n in range(THREADS)))
    over: list[int] = []

    def awards(n: int) -> None:
        try:
            for turn in range(30):
                Book(owner=f"p{n}").award(1, f"s{turn}", key=f"k{turn}")
        finally:
            over.append(n)

    def ends_it() -> int:
        ended = 0
        while len(over) < THREADS:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
                    "AND pid <> pg_backend_pid() AND query LIKE '%WITH fresh AS%'"
                )
                ended += len(cursor.fetchall())
        return ended

    assert at_once(ends_it, *(partial(awards, n) for n in range(THREADS)), connected=True)[0]
    assert [Book(owner=f"p{n}").has() for n in range(THREADS)] == [(35, 0, 0)] * THREADS
    assert list(problems()) == []
