"""Calls that many threads of one process make at the same time go to the database together, over one line.

Each alone would wait for the disk at its end, for others on the same account, and for its turn on a core that eight
connections share. A call that finds few others under way goes alone and waits for nobody. Where more come, a thread of
its own (the desk) takes all that have gathered while the ones before were on their way, and sends them as one; their
answers are told while the next are on theirs. When nobody has come for a while the desk closes.
"""

import logging
import os
from collections.abc import Callable, Hashable, Mapping, Sequence
from threading import Condition, Lock, Thread
from typing import NamedTuple, Protocol

ALONE = 2
"""So many calls of a process are under way alone at a time."""
AT_ONCE = 16
"""So many calls go together at most."""
IDLE_S = 1.0
"""So long the desk waits for more."""

log = logging.getLogger(__name__)


class Line[Asked, Answer](Protocol):
    """The way of the calls that go together."""

    def send(self, asked: Sequence[Asked]) -> Callable[[], Callable[[], Mapping[int, Answer]]]:
        """Send calls as one. What is given back waits until they are done, and gives what reads their answers.

        By the place of the call, from 0; for a call without one nothing is done, and it goes alone. Waits for nothing
        that somebody else holds: all that come later would. Raises whatever breaks the line, which is closed then.
        """
        ...

    def close(self) -> None:
        """Nothing is sent any more."""
        ...


class About(NamedTuple):
    """What a call is about. Together go calls on one thing, or calls of one kind each on a thing of its own."""

    kind: Hashable
    thing: Hashable


class _Call[Asked, Answer]:
    def __init__(self, asked: Asked, about: About) -> None:
        self.asked, self.about = asked, about
        self.answer: list[Answer] = []
        """Empty: it goes alone."""
        self.told = Lock()
        self.told.acquire()


type _Done[Asked, Answer] = tuple[list[_Call[Asked, Answer]], Callable[[], Mapping[int, Answer]]]


class Together[Asked, Answer]:
    """`alone` answers one call; `open_line` gives the way for several."""

    def __init__(self, alone: Callable[[Asked], Answer], open_line: Callable[[], Line[Asked, Answer]]) -> None:
        self._alone, self._open_line = alone, open_line
        self._forget()
        os.register_at_fork(after_in_child=self._forget)  # the desk stays behind

    def _forget(self) -> None:
        self._changed = Condition(Lock())
        self._under_way = 0
        """Alone."""
        self._waiting: list[_Call[Asked, Answer]] = []
        self._desk: Thread | None = None
        self._is_closing = False

    def ask(self, asked: Asked, about: About) -> Answer:
        """The answer to a call, alone or with others. Raises what its own call raises, never another's."""
        call: _Call[Asked, Answer] | None = None
        with self._changed:
            if self._desk is None and self._under_way < ALONE:
                self._under_way += 1
            else:
                call = _Call(asked, about)
                if self._desk is None:
                    self._desk = Thread(target=self._serve, name="together", daemon=True)
                    self._desk.start()
                self._waiting.append(call)
                self._changed.notify()
        if call is not None:
            call.told.acquire()
            return call.answer[0] if call.answer else self._alone(asked)
        try:
            return self._alone(asked)
        finally:
            with self._changed:
                self._under_way -= 1

    def close(self) -> None:
        """The desk closes as soon as nobody waits, and opens again for the next."""
        with self._changed:
            desk, self._is_closing = self._desk, True
            self._changed.notify()
        if desk is not None:
            desk.join()
        with self._changed:
            self._is_closing = False

    def _serve(self) -> None:
        """The desk: what has gathered is sent before the ones before are told, who would ask again at once."""
        line: Line[Asked, Answer] | None = None
        calls: list[_Call[Asked, Answer]] = []
        done: _Done[Asked, Answer] | None = None
        try:
            while (calls := self._gathered(wait=done is None)) or done is not None:
                receive = None
                try:
                    if calls:
                        line = line or self._open_line()
                        receive = line.send([call.asked for call in calls])
                    before, done = done, None
                    if before is not None:
                        _tell(*before)
                    if receive is not None:
                        done = calls, receive()
                except Exception:
                    log.exception("Calls that went together go alone: their line is broken.")
                    broken, line = line, None
                    _close(broken)
                    _tell(calls, dict)
                calls = []
        except BaseException:
            self._leave(calls or (done[0] if done else []))
            raise
        finally:
            _close(line)

    def _leave(self, calls: list[_Call[Asked, Answer]]) -> None:
        """The desk ends before its time: nobody waits for it."""
        with self._changed:
            calls, self._waiting, self._desk = [*calls, *self._waiting], [], None
        _tell(calls, dict)

    def _gathered(self, *, wait: bool) -> list[_Call[Asked, Answer]]:
        """What goes together next. Nothing: nobody has come; if there was `wait`, the desk is closed."""
        with self._changed:
            if wait and not self._waiting and not self._is_closing:
                self._changed.wait(IDLE_S)
            if not self._waiting:
                if wait:
                    self._desk = None
                return []
            first = self._waiting[0].about
            chosen = [call for call in self._waiting if call.about == first]
            if len(chosen) == 1:
                of_things = {call.about: call for call in reversed(self._waiting) if call.about.kind == first.kind}
                chosen = [call for call in self._waiting if of_things.get(call.about) is call]
            del chosen[AT_ONCE:]
            taken = set(map(id, chosen))
            self._waiting = [call for call in self._waiting if id(call) not in taken]
            return chosen


def _tell[Asked, Answer](calls: list[_Call[Asked, Answer]], read: Callable[[], Mapping[int, Answer]]) -> None:
    answers: Mapping[int, Answer] = {}
    try:
        answers = read()
    finally:  # whoever is told nothing goes alone
        for place, call in enumerate(calls):
            if place in answers:
                call.answer.append(answers[place])
            call.told.release()


def _close[Asked, Answer](line: Line[Asked, Answer] | None) -> None:
    if line is not None:
        line.close()
