"""The two consoles: results go to standard output, everything else to standard error."""

import sys

from rich.console import Console

PIPED_WIDTH = 120
"""Columns of a table where no terminal says how many it has."""


def stdout_console() -> Console:
    """A console for results: plain text where standard output is not a terminal."""
    width = None if sys.stdout.isatty() else PIPED_WIDTH
    return Console(width=width, highlight=False)


def stderr_console() -> Console:
    """A console for progress and messages."""
    return Console(stderr=True, highlight=False)
