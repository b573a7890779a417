"""Reading a rulebook from TOML, with problems worded for its author."""

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from honeyguide.program.phrases import Phrase
from honeyguide.program.rulebook.kinds import Kind
from honeyguide.program.rulebook.model import Rulebook
from honeyguide.program.rulebook.toml import no_toml

DEFAULT = resources.files("honeyguide.program") / "rulebooks" / "default.toml"
"""The rulebook of the source documents, part of the package."""
MAX_BYTES = 1_000_000

_ABSENT = object()


class RulebookError(ValueError):
    """A rulebook that cannot be used. `problems` has one line each: the key, its value, what is allowed.

    They are English text, and phrases that can be said in another language.
    """

    def __init__(self, source: str, problems: Sequence[Phrase]) -> None:
        """Keep the file's name and the lines."""
        super().__init__("\n".join(f"{source}: {problem}" for problem in problems))
        self.source = source
        self.problems = tuple(problems)


def load_rulebook(path: str | Path | None = None) -> Rulebook:
    """Read and check a rulebook; without a path the default one of the package.

    Raises RulebookError for a file that cannot be read, is not TOML, or does not describe a program.
    """
    if path is None:
        return parse_rulebook(DEFAULT.read_text(encoding="utf-8"), "default")
    source = Path(path)
    try:
        if source.stat().st_size > MAX_BYTES:
            raise RulebookError(
                str(path), [Phrase("larger than {most} bytes: expected a rulebook in TOML", most=MAX_BYTES)]
            )
        return parse_rulebook(source.read_text(encoding="utf-8"), str(path))
    except OSError as error:
        raise RulebookError(str(path), [Phrase("cannot be read: {fault}", fault=error.strerror)]) from error
    except UnicodeDecodeError as error:
        raise RulebookError(str(path), [Phrase("not UTF-8: expected a rulebook in TOML")]) from error


def parse_rulebook(text: str, source: str = "rulebook") -> Rulebook:
    """Check a rulebook given as TOML text; `source` names it in errors. Raises RulebookError."""
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise RulebookError(source, [no_toml(error)]) from error
    return check_rulebook(data, source)


def check_rulebook(data: Mapping[str, Any], source: str = "rulebook") -> Rulebook:
    """Check a rulebook given as the mapping that a TOML reader returns. Raises RulebookError."""
    try:
        return Rulebook.model_validate(data)
    except ValidationError as error:
        lines = [line for detail in error.errors(include_url=False) for line in _lines(detail, data)]
        raise RulebookError(source, lines) from error


def _lines(detail: ErrorDetails, data: Mapping[str, Any]) -> Iterator[Phrase]:
    """The lines for one of Pydantic's errors: one, or those of all checks between parts."""
    loc = detail["loc"]
    if detail["type"] == "rulebook":
        for problem in detail["ctx"]["problems"]:
            yield _line(problem.path, data, problem.expected)
    elif detail["type"] == "kind" and loc[-1] == "[key]":
        yield _line(loc[:-1], data, Phrase("no such name; expected {expected}", **detail["ctx"]))
    elif detail["type"] == "kind":
        yield _line(loc, data, Phrase("expected {expected}", **detail["ctx"]))
    elif detail["type"] == "extra_forbidden":
        yield _line(loc, data, _unknown_key(loc))
    else:  # it is missing, or a list or a table was expected: Pydantic's own types are the only other ones in use
        yield _line(loc, data, Phrase("expected {expected}", expected=_expected_at(loc)))


def _line(loc: Sequence[str | int], data: Mapping[str, Any], problem: Phrase) -> Phrase:
    value = _value_at(loc, data)
    status = _status_name(loc, data)
    key = f"{key_path(loc)} ({status})" if status else key_path(loc)
    if value is _ABSENT:
        return Phrase("{key} is missing: {problem}", key=key, problem=problem)
    return Phrase("{key} = {value}: {problem}", key=key, value=_shown(value), problem=problem)


def key_path(loc: Sequence[str | int]) -> str:
    """A key's place as TOML would write it, with positions in lists: `statuses[1].reach.sales_amount`."""
    path = ""
    for part in loc:
        if isinstance(part, int):
            path += f"[{part}]"
        else:
            path += f"{'.' if path else ''}{part if re.fullmatch(r'[A-Za-z0-9_-]+', part) else f'"{part}"'}"
    return path


def _status_name(loc: Sequence[str | int], data: Mapping[str, Any]) -> str | None:
    """The name of the status that a key belongs to, if it has a usable one."""
    if len(loc) < 3 or loc[0] != "statuses" or loc[2] == "name":
        return None
    name = _value_at((*loc[:2], "name"), data)
    return name if isinstance(name, str) and name else None


def _value_at(loc: Sequence[str | int], data: object) -> object:
    for part in loc:
        if isinstance(data, list | tuple):
            data = dict(enumerate(data))
        if not isinstance(data, Mapping) or part not in data:
            return _ABSENT
        data = data[part]
    return data


def _shown(value: object) -> str:
    """A value as TOML writes it, cut short."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return Phrase("a table")
    if isinstance(value, list | tuple):
        text = f"[{', '.join(map(_shown, value))}]"
    else:
        text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _field_at(loc: Sequence[str | int]) -> tuple[Any, Sequence[Any]]:
    """The annotation and the metadata of a key, following models, lists and tables down from the rulebook."""
    annotation: Any = Rulebook
    metadata: Sequence[Any] = ()
    for part in loc:
        annotation = _without_none(annotation)
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            field = annotation.model_fields.get(str(part))
            annotation, metadata = (field.annotation, field.metadata) if field else (None, ())
        else:  # the items of a tuple are its first argument, the values of a dict its last
            inner = [argument for argument in get_args(annotation) if argument is not Ellipsis]
            annotation, metadata = (inner[-1], ()) if inner else (None, ())
    return _without_none(annotation), metadata


def _without_none(annotation: Any) -> Any:
    """`X` of `X | None`; anything else unchanged."""
    arguments = get_args(annotation)
    if type(None) in arguments:
        return next(argument for argument in arguments if argument is not type(None))
    return annotation


def _expected_at(loc: Sequence[str | int]) -> Phrase:
    """What is allowed at a key, for messages about one that is missing or of a wrong shape."""
    annotation, metadata = _field_at(loc)
    for kind in (*metadata, *getattr(annotation, "__metadata__", ())):
        if isinstance(kind, Kind):
            return kind.expected
    origin = getattr(annotation, "__origin__", None)
    return Phrase("a list") if origin is tuple else Phrase("a table")


def _unknown_key(loc: Sequence[str | int]) -> Phrase:
    """Words for a key that a table does not have, with the nearest one that it has."""
    table, _ = _field_at(loc[:-1])
    known = list(table.model_fields) if isinstance(table, type) and issubclass(table, BaseModel) else []
    near = difflib.get_close_matches(str(loc[-1]), known, n=1)
    if near:
        return Phrase("no such key; did you mean {name}?", name=near[0])
    return Phrase("no such key; expected one of {names}", names=", ".join(known))
