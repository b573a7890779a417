"""A company's key: its id in the history and in addresses, made of its name."""

import unicodedata
from collections.abc import Callable

from django.utils.text import slugify

LONGEST = 48
"""Characters; the history allows 64, the rest is for a number behind."""
_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i", "й": "y",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu",
    "я": "ya", "і": "i", "ї": "yi", "є": "ye", "ґ": "g", "ў": "u",
}  # fmt: skip
_LETTERS = str.maketrans(_CYRILLIC | {"ß": "ss", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "þ": "th", "ı": "i"})


def key_of(name: str, is_taken: Callable[[str], bool]) -> str:
    """A key for a company's name, of `a-z 0-9 -`; with a number behind where others have it."""
    plain = unicodedata.normalize("NFC", name).lower().translate(_LETTERS)
    stem = slugify(plain)[:LONGEST].replace("_", "-").strip("-") or "partner"
    key, number = stem, 1
    while is_taken(key):
        number += 1
        key = f"{stem}-{number}"
    return key
