"""Names to ids: "Moses Frase" to moses-frase."""

import re
import unicodedata

from .fields import PARTNER_CHARACTERS_MOST

_LETTERS = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i",
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i", "й": "i",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "iu", "я": "ia",
}  # fmt: skip
_TABLE = str.maketrans(_LETTERS)


def slug(name: str) -> str | None:
    """The name as an id of a-z 0-9 - . _, or None where a letter of it has no place there."""
    plain = name.casefold().translate(_TABLE)
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(letter))
    if any(letter.isalnum() and not letter.isascii() for letter in plain):
        return None
    found = re.sub(r"[^a-z0-9._]+", "-", plain).strip("-")[:PARTNER_CHARACTERS_MOST].rstrip("-")
    return found or None
