"""In which line of a rulebook's file a key is. Python's reader of TOML does not say; so the text is searched."""

import re
from collections.abc import Iterator

from honeyguide.program.phrases import Phrase
from honeyguide.program.rulebook.load import key_path

type Place = tuple[str | int, ...]

_TABLE = re.compile(r"\s*(\[\[?)([^\[\]]+)\]\]?\s*(?:#.*)?")
_KEY = re.compile(r'\s*((?:[\w-]+|"[^"]*")(?:\s*\.\s*(?:[\w-]+|"[^"]*"))*)\s*=')
_PART = re.compile(r'"([^"]*)"|([\w-]+)')
_LAST_PART = re.compile(r'(?:\.[^.\[\]"]+|\."[^"]*"|\[\d+\])$')


def in_lines(problems: tuple[Phrase, ...], text: str) -> list[Phrase]:
    """Problems of a rulebook (RulebookError.problems), each with the line of its key or of the table around it."""
    lines = _lines_of(text)
    return [
        problem if line is None else Phrase("line {line}: {problem}", line=line, problem=problem)
        for problem in problems
        for line in [_line_of(str(problem.params.get("key", "")).partition(" (")[0], lines)]
    ]


def _lines_of(text: str) -> dict[str, int]:
    """The first line of each key and table, by its place as key_path writes it."""
    found: dict[str, int] = {}
    counts: dict[Place, int] = {}
    table: Place = ()
    for number, line in enumerate(text.split("\n"), 1):
        if (header := _TABLE.fullmatch(line)) is not None:
            table = _placed(list(_parts(header[2])), counts)
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = (*table, counts[table])
            found.setdefault(key_path(table), number)
        elif (key := _KEY.match(line)) is not None:
            found.setdefault(key_path((*table, *_parts(key[1]))), number)
    return found


def _parts(key: str) -> Iterator[str]:
    return (quoted or bare for quoted, bare in _PART.findall(key))


def _placed(parts: list[str], counts: dict[Place, int]) -> Place:
    """A table's place: within a list of tables, in the last one so far."""
    place: Place = ()
    for part in parts:
        place = (*place, counts[place], part) if place in counts else (*place, part)
    return place


def _line_of(key: str, lines: dict[str, int]) -> int | None:
    while key not in lines:
        shorter = _LAST_PART.sub("", key)
        if shorter == key:
            return None
        key = shorter
    return lines[key]
