"""Calls of many threads at the same time go together; each gets its own answer, and its own error."""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from honeyguide.ledger.together import ALONE, AT_ONCE, About, Together

WAIT_S = 20


class Book:
    """Answers calls by doubling them, and notes how they came. Whatever is on its way waits at the gate."""

    def __init__(self, refuses: int | None = None, breaks: int | None = None, leaves_out: int | None = None) -> None:
        """Numbers: one that cannot be answered, one that breaks the line, one that the line leaves out."""
        self.refuses, self.breaks, self.leaves_out = refuses, breaks, leaves_out
        self.gate = threading.Event()
        self.groups: list[list[int]] = []
        self.single: list[int] = []
        self.opened = self.closed = 0
        self.together = Together(self.alone, self.open)

    def alone(self, number: int) -> int:
        """Answer one."""
        self.single.append(number)
        assert self.gate.wait(WAIT_S)
        if number == self.refuses:
            raise ValueError(number)
        return 2 * number

    def open(self) -> "Book":
        """A line."""
        self.opened += 1
        return self

    def send(self, numbers: Sequence[int]) -> Callable[[], Callable[[], dict[int, int]]]:
        """Answer several."""
        self.groups.append(list(numbers))
        return lambda: self.receive(numbers)

    def receive(self, numbers: Sequence[int]) -> Callable[[], dict[int, int]]:
        """When the gate is open."""
        assert self.gate.wait(WAIT_S)
        if self.breaks in numbers:
            raise ConnectionError
        answers = {place: 2 * number for place, number in enumerate(numbers) if number != self.leaves_out}
        return lambda: {} if self.refuses in numbers else answers

    def close(self) -> None:
        """The line's end."""
        self.closed += 1

    def waiting(self) -> int:
        """How many gather."""
        return len(self.together._waiting)


def is_open(book: Book) -> bool:
    """Whether the desk is."""
    return book.together._desk is not None


def until(true: Callable[[], bool]) -> None:
    """Other threads come so far."""
    for _ in range(WAIT_S * 1000):
        if true():
            return
        threading.Event().wait(0.001)
    raise AssertionError("it never came so far")


def asked(book: Book, things: Sequence[About]) -> list[Future[int]]:
    """The answers of calls, each about its thing: ALONE of them alone, the next before a line, the others meanwhile."""
    with ThreadPoolExecutor(len(things)) as threads:
        calls = []
        for number, about in enumerate(things):
            calls.append(threads.submit(book.together.ask, number, about))
            if number < ALONE:
                until(lambda number=number: len(book.single) == number + 1)  # type: ignore[misc]
            elif number == ALONE:
                until(lambda: book.groups == [[ALONE]])
            else:
                until(lambda number=number: book.waiting() == number - ALONE)  # type: ignore[misc]
        book.gate.set()
    return calls


def results(calls: list[Future[int]]) -> list[int]:
    """The answers."""
    return [call.result(WAIT_S) for call in calls]


def each(count: int, kind: str = "award") -> list[About]:
    """So many things."""
    return [About(kind, n) for n in range(count)]


@pytest.fixture
def book() -> Iterator[Book]:
    """One, closed at the end."""
    made = Book()
    yield made
    made.gate.set()
    made.together.close()
    assert made.opened == made.closed


def test_few_at_a_time_go_alone(book: Book) -> None:
    calls = asked(book, each(ALONE))
    assert results(calls) == [2 * n for n in range(ALONE)]
    assert book.together.ask(7, About("award", 7)) == 14
    assert (book.single, book.groups, book.opened) == ([*range(ALONE), 7], [], 0)


def test_who_comes_while_many_are_under_way_goes_together_in_the_order_of_coming(book: Book) -> None:
    calls = asked(book, each(ALONE + 5))
    assert results(calls) == [2 * n for n in range(ALONE + 5)]
    assert book.single == list(range(ALONE))
    assert book.groups == [[ALONE], list(range(ALONE + 1, ALONE + 5))]
    assert book.opened == 1


def test_those_on_one_thing_go_together_and_the_others_after_them(book: Book) -> None:
    one, two = About("award", "one"), About("award", "two")
    calls = asked(book, [*each(ALONE + 1), one, two, one, one])
    assert results(calls) == [2 * n for n in range(ALONE + 5)]
    first = ALONE + 1
    assert book.groups[1:] == [[first, first + 2, first + 3], [first + 1]]


def test_those_on_things_of_their_own_are_of_one_kind(book: Book) -> None:
    things = [About("award", "one"), About("spend", "one"), About("award", "two"), About("spend", "two")]
    calls = asked(book, [*each(ALONE + 1), *things, things[2]])
    assert results(calls) == [2 * n for n in range(ALONE + 6)]
    first = ALONE + 1
    assert book.groups[1:] == [[first, first + 2], [first + 1, first + 3], [first + 4]]


def test_a_group_has_a_most(book: Book) -> None:
    calls = asked(book, each(ALONE + 1 + AT_ONCE + 3))
    assert results(calls) == [2 * n for n in range(ALONE + 1 + AT_ONCE + 3)]
    assert [len(group) for group in book.groups] == [1, AT_ONCE, 3]


def test_an_error_is_told_to_its_own_call_alone() -> None:
    book = Book(refuses=ALONE + 2)
    calls = asked(book, each(ALONE + 4))
    with pytest.raises(ValueError, match=str(ALONE + 2)):
        calls.pop(ALONE + 2).result(WAIT_S)
    assert results(calls) == [2 * n for n in range(ALONE + 4) if n != ALONE + 2]
    assert sorted(book.single) == [*range(ALONE), *range(ALONE + 1, ALONE + 4)], "what was refused went one by one"
    assert book.opened == 1, "a refusal breaks no line"
    book.together.close()


def test_whom_the_line_leaves_out_goes_alone() -> None:
    book = Book(leaves_out=ALONE + 2)
    calls = asked(book, each(ALONE + 4))
    assert results(calls) == [2 * n for n in range(ALONE + 4)]
    assert book.single == [*range(ALONE), ALONE + 2]
    book.together.close()


def test_a_broken_line_loses_nobody_and_the_next_is_a_new_one() -> None:
    book = Book(breaks=ALONE)
    calls = asked(book, each(ALONE + 4))
    assert results(calls) == [2 * n for n in range(ALONE + 4)]
    assert sorted(book.single) == list(range(ALONE + 1)), "whose line broke went alone"
    assert (book.groups[1:], book.opened) == ([list(range(ALONE + 1, ALONE + 4))], 2)
    book.together.close()
    assert book.closed == 2


def test_a_line_that_cannot_be_opened_loses_nobody(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> Book:
        raise ConnectionError

    monkeypatch.setattr(book.together, "_open_line", refuse)
    book.gate.set()
    with ThreadPoolExecutor(8) as threads:
        answers = threads.map(lambda n: book.together.ask(n, About("award", n)), range(200))
        assert list(answers) == [2 * n for n in range(200)]
    assert book.groups == []


def test_many_at_once_are_each_told_their_own(book: Book) -> None:
    with ThreadPoolExecutor(12) as threads:
        calls = [threads.submit(book.together.ask, n, About(n % 2, n % 5)) for n in range(3_000)]
        until(lambda: bool(book.groups))
        book.gate.set()
        assert results(calls) == [2 * n for n in range(3_000)]
    assert sorted([*book.single, *(n for group in book.groups for n in group)]) == list(range(3_000))


def test_when_nobody_comes_the_desk_closes_and_opens_again(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("honeyguide.ledger.together.IDLE_S", 0.01)
    assert results(asked(book, each(ALONE + 2))) == [2 * n for n in range(ALONE + 2)]
    until(lambda: not is_open(book))
    until(lambda: book.closed == 1)
    book.gate.clear()
    book.groups.clear()
    book.single.clear()
    assert results(asked(book, each(ALONE + 2))) == [2 * n for n in range(ALONE + 2)]
    assert book.opened == 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no processes are split here")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_process_split_off_while_the_desk_is_open_has_none_and_goes_on(book: Book) -> None:
    assert results(asked(book, each(ALONE + 2))) == [2 * n for n in range(ALONE + 2)]
    assert is_open(book)
    child = os.fork()
    if child == 0:
        os._exit(0 if not is_open(book) and book.together.ask(4, About("award", 4)) == 8 else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
