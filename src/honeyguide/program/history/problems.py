"""What is wrong with a history: problems by line, and the exceptions that carry them."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from honeyguide.program.phrases import Phrase

type Rows = npt.NDArray[np.int64]

PROBLEMS_SHOWN = 20


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """What is wrong in a line and what was expected there. Line 0 stands for the file as a whole."""

    line: int
    text: Phrase


class InvalidHistory(Exception):
    """A history that breaks its form: the first problems by line, and how many lines are bad in all.

    `stopped`: reading ended at the last of them, because there were too many.
    """

    def __init__(self, problems: Sequence[Problem], total: int | None = None, *, stopped: bool = False) -> None:
        """Keep the first of the problems, of so many bad lines."""
        self.problems = tuple(sorted(problems)[:PROBLEMS_SHOWN])
        self.total = len(problems) if total is None else total
        self.stopped = stopped
        super().__init__("; ".join(self.lines("history")))

    def lines(self, name: str) -> list[str]:
        """The report: `NAME:LINE: text` for each problem shown, then how many more there are. All are phrases."""
        shown: list[str] = [
            Phrase(
                "{where}: {problem}",
                where=self.where(name, problem.line) if problem.line else name,
                problem=problem.text,
            )
            for problem in self.problems
        ]
        more = self.total - len(self.problems)
        if more <= 0:
            return shown
        if self.stopped:
            return [*shown, Phrase("… and {count} more, where reading stopped", count=more)]
        return [*shown, Phrase("… and {count} more", count=more)]

    def where(self, name: str, line: int) -> str:
        """A line of the file of this name."""
        return f"{name}:{line}"


class FormError(InvalidHistory):
    """A file that cannot be read as a history at all."""

    def __init__(self, text: Phrase, line: int = 0) -> None:
        """Say what is wrong with the file, and in which line if it is in one."""
        super().__init__([Problem(line, text)])


@dataclass(frozen=True, slots=True)
class Broken:
    """Rows that break a rule, and each one's text when it is asked for."""

    rows: Rows
    text: Callable[[int], Phrase]


def of_type(event_type: str, text: Phrase) -> Phrase:
    """What is wrong with an event, behind its type."""
    return Phrase("{type}: {problem}", type=event_type, problem=text)


def at_line(line: object) -> Phrase:
    """Where another event is, to stand within a sentence."""
    return Phrase(" at line {line}", line=line)


def at_line_aside(line: object) -> Phrase:
    """Where another event is, behind a comma."""
    return Phrase(", at line {line}", line=line)


class Lines:
    """The line of each row of a file."""

    def __init__(self) -> None:
        """Begin without rows."""
        self._parts: list[Sequence[int] | Rows] = []
        self._stops: list[int] = []

    def add(self, lines: range | Rows) -> None:
        """The lines of the rows that follow."""
        self._parts.append(lines)
        self._stops.append((self._stops[-1] if self._stops else 0) + len(lines))

    def of(self, row: int) -> int:
        """The line of a row."""
        place = bisect_right(self._stops, row)
        return int(self._parts[place][row - (self._stops[place - 1] if place else 0)])
