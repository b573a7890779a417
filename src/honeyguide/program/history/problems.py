"""What is wrong with a history: problems by line, and the exceptions that carry them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

PROBLEMS_SHOWN = 20


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """What is wrong in a line and what was expected there. Line 0 stands for the file as a whole."""

    line: int
    text: str


class InvalidHistory(Exception):
    """A history that breaks its form: the first problems by line, and how many lines (or files) are bad in all."""

    def __init__(self, problems: Sequence[Problem], total: int | None = None) -> None:
        self.problems = tuple(sorted(problems)[:PROBLEMS_SHOWN])
        self.total = len(problems) if total is None else total
        super().__init__("; ".join(self.lines("history")))

    def lines(self, name: str) -> list[str]:
        """The report: `NAME:LINE: text` for each problem shown, then how many more there are."""
        shown = [f"{name}:{problem.line}: {problem.text}" if problem.line else f"{name}: {problem.text}"
                 for problem in self.problems]  # fmt: skip
        more = self.total - len(self.problems)
        return [*shown, f"… and {more} more"] if more > 0 else shown


class FormError(InvalidHistory):
    """A file that cannot be read as a history at all."""

    def __init__(self, text: str, line: int = 0) -> None:
        super().__init__([Problem(line, text)])


@dataclass(frozen=True, slots=True)
class Broken:
    """Rows that break a rule, and each one's text when it is asked for."""

    rows: npt.NDArray[np.int64]
    text: Callable[[int], str]
