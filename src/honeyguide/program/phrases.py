"""Words of the core that can be said in another language: an English template and what is put into it.

The core speaks English and knows of no catalogue. What it says of wrong input is text like any other, and still knows
of what it was made; so whoever shows it can translate the template, and put the same figures in.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache, reduce
from string import Formatter
from typing import Self


class Phrase(str):
    """English text made of a template with named places, `{field}`, and the values for them.

    Values may be phrases themselves. The template is a literal where it is used, so that all of them can be listed.
    """

    __slots__ = ("params", "template")

    template: str
    params: Mapping[str, object]

    def __new__(cls, template: str, /, **params: object) -> Self:
        """The template with the values put in."""
        made = super().__new__(cls, template.format(**params))
        made.template, made.params = template, params
        return made

    def __reduce__(self) -> tuple[Callable[[str, Mapping[str, object]], "Phrase"], tuple[str, Mapping[str, object]]]:
        """Made anew of what it was made of, when it is copied or sent."""
        return _remade, (self.template, self.params)

    def changed(self, change: Callable[["Phrase"], str]) -> "Phrase":
        """The phrase, where each phrase within is what `change` makes of it."""
        return Phrase(
            self.template,
            **{
                name: change(value.changed(change)) if isinstance(value, Phrase) else value
                for name, value in self.params.items()
            },
        )


def _remade(template: str, params: Mapping[str, object]) -> Phrase:
    return Phrase(template, **params)


class PhraseError(ValueError):
    """A value that is not as it must be. `phrase`: what is wrong with it."""

    def __init__(self, phrase: Phrase) -> None:
        """Keep the phrase."""
        super().__init__(phrase)
        self.phrase = phrase


def plain(text: str) -> Phrase:
    """A text that stays as it is in all languages."""
    return Phrase("{text}", text=text)


def joined(phrases: Sequence[Phrase]) -> Phrase:
    """One or more phrases in one line."""
    return reduce(lambda before, after: Phrase("{before}; {after}", before=before, after=after), phrases)


def listed(words: Sequence[str]) -> Phrase:
    """Two or more words as a phrase: a, b or c."""
    return Phrase("{words} or {last}", words=", ".join(words[:-1]), last=words[-1])


def recognized(message: str, samples: Sequence[Phrase]) -> str:
    """A message of a library: the phrase that reads like it, made like one of the samples; or the message as it is."""
    for sample in samples:
        found = _pattern(sample.template).fullmatch(message)
        if found is not None:
            return Phrase(sample.template, **found.groupdict())
    return message


@cache
def _pattern(template: str) -> re.Pattern[str]:
    parts = Formatter().parse(template)
    return re.compile("".join(re.escape(text) + (f"(?P<{name}>.+)" if name else "") for text, name, _, _ in parts))
