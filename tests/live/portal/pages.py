"""What a person reads on a page: its words without tags, attributes, scripts and data."""

import html
import re

_HIDDEN = re.compile(r"<(script|style)\b.*?</\1>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_RAW = re.compile(r"\d{4}-\d{2}-\d{2}|\b[a-z]+_[a-z_]+\b")


def words_of(page: str) -> str:
    """The text of a page, with single spaces."""
    text = _TAG.sub(" ", _HIDDEN.sub(" ", page))
    return " ".join(html.unescape(text).split())


def raw_words(page: str) -> list[str]:
    """ISO dates and names of programs that a person would read: none is right."""
    return _RAW.findall(words_of(page))
