"""Compile the translations (.po) that are newer than what was made of them (.mo). Needs Babel, no gettext.

Run by scripts/setup, by the build of a wheel (hatch_build.py), and before the tests.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "honeyguide"
CATALOGUES = "**/locale/*/LC_MESSAGES/*.po"
"""The frame's own, and one for each room that has texts of its own."""

_PLACEHOLDER = re.compile(r"(?<!%)(?:%%)*%\((\w+)\)")


def compile_messages(folder: Path = PACKAGE) -> list[Path]:
    """Compile what is stale under a package; gives the files that were written.

    Raises ValueError for a translation whose placeholders are not those of its source.
    """
    return [_compiled(source) for source in sorted(folder.glob(CATALOGUES)) if _is_stale(source)]


def _is_stale(source: Path) -> bool:
    target = source.with_suffix(".mo")
    return not target.exists() or target.stat().st_mtime < source.stat().st_mtime


def _compiled(source: Path) -> Path:
    with source.open("rb") as lines:
        catalog = read_po(lines, locale=source.parent.parent.name, abort_invalid=True)
    wrong = [f"{source}:{message.lineno}: {problem}" for message in catalog for problem in _problems(message)]
    if wrong:
        raise ValueError("\n".join(wrong))
    target = source.with_suffix(".mo")
    unfinished = target.with_name(f"{target.name}.part")
    with unfinished.open("wb") as made:
        write_mo(made, catalog)
    unfinished.replace(target)  # whole or not at all, for processes that start together
    return target


def _problems(message: Message) -> Iterator[str]:
    """Placeholders that the source has not, or that got lost. Plural forms may leave them out, as the source's do."""
    sources, texts = ([one] if isinstance(one, str) else list(one) for one in (message.id, message.string or ""))
    if "python-format" not in message.flags or message.fuzzy or not message.id or not all(texts):
        return
    known = {name for text in sources for name in _PLACEHOLDER.findall(text)}
    for text in texts:
        found = set(_PLACEHOLDER.findall(text))
        for name in sorted(found - known):
            yield f"%({name})s is not in the source, expected {', '.join(sorted(known)) or 'no placeholder'}"
        if not message.pluralizable:
            yield from (f"%({name})s is lost in the translation" for name in sorted(known - found))


if __name__ == "__main__":
    try:
        for made in compile_messages():
            sys.stderr.write(f"compiled {made}\n")
    except ValueError as wrong:
        sys.exit(str(wrong))
