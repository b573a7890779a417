"""How a command fails: some lines on standard error and an exit status, never a traceback."""

from collections.abc import Sequence

USAGE = 2
"""Exit status of bad usage, a rulebook that cannot be used included."""
INVALID_HISTORY = 3


class Failed(Exception):
    """A command cannot go on. `main` prints the lines and leaves with the status."""

    def __init__(self, lines: str | Sequence[str], status: int = USAGE) -> None:
        """Keep what to print and the exit status."""
        self.lines = [lines] if isinstance(lines, str) else list(lines)
        self.status = status
        super().__init__("\n".join(self.lines))
