"""Calls of threads at the same time go together; each gets its own answer, and its own error."""

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from honeyguide.ledger.together import AT_ONCE, Together


class Desk:
    """Answers calls by doubling them, and notes how they came. `alone` waits at the gate."""

    def __init__(self, refuses: int | None = None) -> None:
        """`refuses`: the number that cannot be answered, alone or with others."""
        self.refuses = refuses
        self.gate, self.inside = threading.Event(), threading.Event()
        self.groups: list[list[int]] = []
        self.single: list[int] = []
        self.together = Together(self.alone, self.all_of_them)

    def alone(self, number: int) -> int:
        """Answer one."""
        self.single.append(number)
        self.inside.set()
        assert self.gate.wait(10)
        return self.answer(number)

    def all_of_them(self, numbers: Sequence[int]) -> list[int]:
        """Answer several."""
        self.groups.append(list(numbers))
        return [self.answer(number) for number in numbers]

    def answer(self, number: int) -> int:
        """Twice the number."""
        if number == self.refuses:
            raise ValueError(number)
        return 2 * number

    def waiting(self) -> int:
        """How many gather."""
        return sum(map(len, self.together._waiting.values()))


def gathered(desk: Desk, count: int) -> list[Future[int]]:
    """The answers of `count` calls, of which all but the first came while that was on its way."""
    with ThreadPoolExecutor(count) as threads:
        calls = [threads.submit(desk.together.ask, 0, "one")]
        assert desk.inside.wait(10)
        for number in range(1, count):
            calls.append(threads.submit(desk.together.ask, number, "one"))
            while desk.waiting() < number:
                threading.Event().wait(0.001)
        desk.gate.set()
    return calls


def test_who_comes_alone_goes_alone() -> None:
    desk = Desk()
    desk.gate.set()
    assert [desk.together.ask(number, "one") for number in range(3)] == [0, 2, 4]
    assert desk.single == [0, 1, 2]
    assert desk.groups == []


def test_who_comes_meanwhile_goes_together_in_the_order_of_coming() -> None:
    desk = Desk()
    calls = gathered(desk, 6)
    assert [call.result() for call in calls] == [0, 2, 4, 6, 8, 10]
    assert desk.single == [0]
    assert desk.groups == [[1, 2, 3, 4, 5]]
    assert desk.together.ask(7, "one") == 14, "nobody is left waiting, the next goes alone"
    assert desk.single == [0, 7]


def test_calls_on_other_things_do_not_wait() -> None:
    desk = Desk()
    with ThreadPoolExecutor(4) as threads:
        first = [threads.submit(desk.together.ask, number, f"thing {number}") for number in range(3)]
        while len(desk.single) < 3:  # the gate is shut: each is on its way beside the others
            threading.Event().wait(0.001)
        fourth = threads.submit(desk.together.ask, 3, "thing 0")
        while desk.waiting() < 1:
            threading.Event().wait(0.001)
        desk.gate.set()
        assert [call.result() for call in [*first, fourth]] == [0, 2, 4, 6]
    assert desk.groups == []
    assert desk.together._waiting == {}, "nothing is kept of a thing when its calls are answered"


def test_a_group_has_a_most() -> None:
    desk = Desk()
    calls = gathered(desk, AT_ONCE + 3)
    assert [call.result() for call in calls] == [2 * number for number in range(AT_ONCE + 3)]
    assert [len(group) for group in desk.groups] == [AT_ONCE, 2]


@pytest.mark.parametrize("refuses", [1, 3])
def test_an_error_is_told_to_its_own_call_alone(refuses: int) -> None:
    desk = Desk(refuses)
    calls = gathered(desk, 5)
    for number, call in enumerate(calls):
        if number == refuses:
            with pytest.raises(ValueError, match=str(refuses)):
                call.result()
        else:
            assert call.result() == 2 * number
    assert sorted(desk.single) == [0, 1, 2, 3, 4], "what was refused together went one by one"


def test_the_first_that_fails_leaves_the_others_served() -> None:
    desk = Desk(refuses=0)
    calls = gathered(desk, 4)
    with pytest.raises(ValueError, match="0"):
        calls[0].result()
    assert [call.result() for call in calls[1:]] == [2, 4, 6]
