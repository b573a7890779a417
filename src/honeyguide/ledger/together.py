"""Calls that threads of one process make at the same time go to the database in one transaction.

Each call waits for the disk at its end, and those on one account for each other. While as many are on their way as the
database works on at once, the others gather; the first of them then takes all along. Whoever comes alone goes alone,
and never waits for company.
"""

from collections.abc import Callable, Sequence
from queue import SimpleQueue
from threading import Lock
from typing import NamedTuple

AT_ONCE = 64
"""So many calls go together at most."""


class _Waiting[Asked, Answer](NamedTuple):
    asked: Asked
    told: "SimpleQueue[_Told[Answer]]"


class _Told[Answer](NamedTuple):
    """What a waiting call is told: its answer, or to see to itself (and, if `leads`, to all that wait)."""

    answer: Answer | None = None
    is_answered: bool = False
    leads: bool = False


class Together[Asked, Answer]:
    """`alone` answers one call; `all_of_them` answers several in their order, or raises and has done nothing.

    `ways`: so many calls or groups are on their way at the same time.
    """

    def __init__(
        self,
        alone: Callable[[Asked], Answer],
        all_of_them: Callable[[Sequence[Asked]], list[Answer]],
        *,
        ways: int = 1,
    ) -> None:
        self._alone, self._all_of_them = alone, all_of_them
        self._lock = Lock()
        self._waiting: list[_Waiting[Asked, Answer]] = []
        self._free = ways

    def ask(self, asked: Asked) -> Answer:
        """The answer to a call, alone or with others. Raises what its own call raises, never another's."""
        own: _Waiting[Asked, Answer] = _Waiting(asked, SimpleQueue())
        with self._lock:
            first = self._free > 0
            if first:
                self._free -= 1
            else:
                self._waiting.append(own)
        if first:
            try:
                return self._alone(asked)
            finally:
                self._pass_on()
        told = own.told.get()
        if told.leads:
            return self._lead(own)
        return self._alone(asked) if not told.is_answered else told.answer  # type: ignore[return-value]

    def _lead(self, own: "_Waiting[Asked, Answer]") -> Answer:
        """Take all along that wait; whoever is told nothing, because it failed, goes alone."""
        with self._lock:
            others, self._waiting = self._waiting[: AT_ONCE - 1], self._waiting[AT_ONCE - 1 :]
        answers: list[Answer] = []
        try:
            if others:
                answers = self._all_of_them([own.asked, *(other.asked for other in others)])
        except Exception:  # noqa: BLE001 - whichever call is to blame meets it again when it goes alone
            answers = []
        finally:
            for place, other in enumerate(others, 1):
                other.told.put(_Told(answers[place], is_answered=True) if answers else _Told())
            self._pass_on()
        return answers[0] if answers else self._alone(own.asked)

    def _pass_on(self) -> None:
        """The first that waits leads next."""
        with self._lock:
            if self._waiting:
                self._waiting.pop(0).told.put(_Told(leads=True))
            else:
                self._free += 1
