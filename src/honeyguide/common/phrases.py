"""Phrases (honeyguide.program.phrases) in the reader's language, at once or when they are read again.

Their translations have the context "phrase": those of the core in the catalogues of `history` and `rulebooks`. A test
finds every template in the sources and misses none.
"""

from typing import Any

from django.utils.translation import pgettext

from honeyguide.program.phrases import Phrase

CONTEXT = "phrase"


def worded(text: str) -> str:
    """A phrase in the reader's language; any other text as it is."""
    return _worded(text.template, text.params) if isinstance(text, Phrase) else text


def _worded(template: str, params: Any) -> str:
    words = {name: worded(value) if isinstance(value, str) else value for name, value in params.items()}
    return pgettext(CONTEXT, template).format(**words)


def kept(text: str) -> Any:
    """A text as JSON, from which `read_again` gives it in the language of whoever reads it then."""
    if not isinstance(text, Phrase):
        return str(text)
    params = {
        name: kept(value) if isinstance(value, str) else value if isinstance(value, int) else str(value)
        for name, value in text.params.items()
    }
    return {"phrase": text.template, "with": params}


def read_again(stored: Any) -> str:
    """What was kept, in the reader's language; also what was kept as text before."""
    if not isinstance(stored, dict):
        return str(stored)
    words = {name: read_again(value) if isinstance(value, dict) else value for name, value in stored["with"].items()}
    return pgettext(CONTEXT, stored["phrase"]).format(**words)
