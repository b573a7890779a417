"""Compile the translations (.po) that are newer than what was made of them (.mo). Needs Babel, no gettext.

Run by scripts/setup, by the build of a wheel (hatch_build.py), and before the tests.
"""

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).resolve().parent.parent / "src" / "honeyguide" / "locale"


def compile_messages(folder: Path = LOCALE) -> list[Path]:
    """Compile what is stale under a folder of languages; gives the files that were written.

    Raises ValueError for a translation whose placeholders are not those of its source.
    """
    return [_compiled(source) for source in sorted(folder.glob("*/LC_MESSAGES/*.po")) if _is_stale(source)]


def _is_stale(source: Path) -> bool:
    target = source.with_suffix(".mo")
    return not target.exists() or target.stat().st_mtime < source.stat().st_mtime


def _compiled(source: Path) -> Path:
    with source.open("rb") as lines:
        catalog = read_po(lines, locale=source.parent.parent.name, abort_invalid=True)
    wrong = [f"{source}:{message.lineno}: {error}" for message, errors in catalog.check() for error in errors]
    if wrong:
        raise ValueError("\n".join(wrong))
    target = source.with_suffix(".mo")
    unfinished = target.with_name(f"{target.name}.part")
    with unfinished.open("wb") as made:
        write_mo(made, catalog)
    unfinished.replace(target)  # whole or not at all, for processes that start together
    return target


if __name__ == "__main__":
    try:
        for made in compile_messages():
            sys.stderr.write(f"compiled {made}\n")
    except ValueError as wrong:
        sys.exit(str(wrong))
