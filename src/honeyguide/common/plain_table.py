"""A table of words that is neither sorted nor narrowed, drawn by `{% plain_table %}`."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlainTable:
    """Columns by title, with whether they hold numbers; rows of texts, one a column."""

    columns: Sequence[tuple[str, bool]]
    rows: Sequence[Sequence[str]]
