"""Calls that threads of one process make at the same time on one thing go to the database in one transaction.

They would wait for each other there, each for the disk at the end of the one before. So while one is on its way the
others gather, and the first of them then takes all along. Calls on different things go alone; whoever comes alone never
waits for company.
"""

from collections.abc import Callable, Hashable, Sequence
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
    """`alone` answers one call; `all_of_them` answers several in their order, or raises and has done nothing."""

    def __init__(
        self, alone: Callable[[Asked], Answer], all_of_them: Callable[[Sequence[Asked]], list[Answer]]
    ) -> None:
        self._alone, self._all_of_them = alone, all_of_them
        self._lock = Lock()
        self._waiting: dict[Hashable, list[_Waiting[Asked, Answer]]] = {}
        """By what they are about: a thing stands here while a call on it is on its way."""

    def ask(self, asked: Asked, about: Hashable) -> Answer:
        """The answer to a call, alone or with others. Raises what its own call raises, never another's."""
        own: _Waiting[Asked, Answer] | None = None
        with self._lock:
            waiting = self._waiting.get(about)
            if waiting is None:
                self._waiting[about] = []
            else:
                own = _Waiting(asked, SimpleQueue())
                waiting.append(own)
        if own is None:
            try:
                return self._alone(asked)
            finally:
                self._pass_on(about)
        told = own.told.get()
        if told.leads:
            return self._lead(own, about)
        return self._alone(asked) if not told.is_answered else told.answer  # type: ignore[return-value]

    def _lead(self, own: "_Waiting[Asked, Answer]", about: Hashable) -> Answer:
        """Take all along that wait; whoever is told nothing, because it failed, goes alone."""
        with self._lock:
            waiting = self._waiting[about]
            others, waiting[:] = waiting[: AT_ONCE - 1], waiting[AT_ONCE - 1 :]
        answers: list[Answer] = []
        try:
            if others:
                answers = self._all_of_them([own.asked, *(other.asked for other in others)])
        except Exception:  # noqa: BLE001 - whichever call is to blame meets it again when it goes alone
            answers = []
        finally:
            for place, other in enumerate(others, 1):
                other.told.put(_Told(answers[place], is_answered=True) if answers else _Told())
            self._pass_on(about)
        return answers[0] if answers else self._alone(own.asked)

    def _pass_on(self, about: Hashable) -> None:
        """The first that waits leads next."""
        with self._lock:
            waiting = self._waiting[about]
            if waiting:
                waiting.pop(0).told.put(_Told(leads=True))
            else:
                del self._waiting[about]
