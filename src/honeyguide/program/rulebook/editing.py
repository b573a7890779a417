"""Changing figures of a rulebook: which there are to change, and its text with other values in it.

The text keeps its comments, its order and everything else that was not changed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, get_args, get_origin, override

import tomlkit
from pydantic import BaseModel, ValidationError
from tomlkit.items import Item

from honeyguide.program.phrases import Phrase
from honeyguide.program.rulebook.figures import Key, is_clause
from honeyguide.program.rulebook.kinds import Kind, Several
from honeyguide.program.rulebook.model import Rulebook
from honeyguide.program.rulebook.sections import LicenceBand

type Value = int | Decimal | date | str | bool | tuple[Any, ...]

KEPT = frozenset({"name", "version", "effective_from", "currency", "time_zone", "statuses.*.name"})
"""What makes a version this version of this program: not a figure to turn."""


@dataclass(frozen=True)
class Bands(Kind):
    """Points by the seats of a sale; the last band is open."""

    @property
    @override
    def expected(self) -> Phrase:
        return Phrase("bands of seats with their points, the last one open")

    @override
    def read(self, value: object) -> tuple[LicenceBand, ...]:
        if not isinstance(value, list | tuple):
            raise ValueError
        try:
            return tuple(LicenceBand.model_validate(each) for each in value)
        except ValidationError:
            raise ValueError from None


@dataclass(frozen=True, slots=True)
class Place:
    """A value that can be changed: a single one, a list of such, or bands.

    `value` None: absent, or an empty list, which `optional` allows; `kind` says what fits.
    """

    key: Key
    pattern: str
    kind: Kind
    value: Value | None
    optional: bool
    clause: str | None

    @property
    def name(self) -> str:
        """The key as text: `statuses.silver.keep.sales_amount`."""
        return ".".join(self.key)


def places(rulebook: Rulebook) -> list[Place]:
    """All values of a rulebook in its own order, absent ones too; clauses are changed in the file."""
    return list(_of_section(rulebook, (), "", None))


def _of_section(section: BaseModel, key: Key, prefix: str, clause: str | None) -> Iterator[Place]:
    clause = getattr(section, "clause", None) or getattr(section, "benefits_clause", None) or clause
    for name, field in type(section).model_fields.items():
        beside = section.clauses.measure if isinstance(section, Rulebook) and name == "measures" else clause
        annotation, optional = _without_none(field.annotation)
        optional = optional or field.default == ()
        metadata = (*field.metadata, *getattr(annotation, "__metadata__", ()))
        value = getattr(section, name)
        yield from _within(value, annotation, metadata, (*key, name), f"{prefix}{name}", optional, beside)


def _within(
    value: Any, annotation: Any, metadata: tuple[Any, ...], key: Key, pattern: str, optional: bool, clause: str | None
) -> Iterator[Place]:
    if isinstance(value, BaseModel):
        yield from _of_section(value, key, f"{pattern}.", clause)
    elif isinstance(value, dict):
        inner = get_args(annotation)[1]
        for name, one in value.items():
            yield from _within(
                one, inner, getattr(inner, "__metadata__", ()), (*key, name), f"{pattern}.*", False, clause
            )
    elif pattern == "statuses":
        for status in value:
            yield from _of_section(status, (*key, status.name), f"{pattern}.*.", clause)
    else:
        kind = next((each for each in metadata if isinstance(each, Kind)), None) or _of_list(annotation)
        of_another_kind = value is None and pattern.startswith("requirements.")  # a requirement is one thing
        if kind is not None and pattern not in KEPT and not is_clause(pattern) and not of_another_kind:
            yield Place(key, pattern, kind, None if value == () else value, optional, clause)


def _of_list(annotation: Any) -> Kind | None:
    """The kind of a list, by what it is a list of; None for another type."""
    if get_origin(annotation) is not tuple:
        return None
    one = get_args(annotation)[0]
    if one is LicenceBand:
        return Bands()
    kind = next((each for each in getattr(one, "__metadata__", ()) if isinstance(each, Kind)), None)
    return None if kind is None else Several(kind)


def _without_none(annotation: Any) -> tuple[Any, bool]:
    arguments = get_args(annotation)
    if type(None) not in arguments:
        return annotation, False
    return next(argument for argument in arguments if argument is not type(None)), True


def with_values(text: str, values: Mapping[str, Value | None]) -> str:
    """A rulebook's text with other values, by key (Place.name); None takes a value out.

    The text must be a valid rulebook, and keys those of its places (or of KEPT); else KeyError.
    """
    document = tomlkit.parse(text)
    for name, value in values.items():
        *path, last = _path(document, name)
        table: Any = document
        for part in path:
            table = table[part]
        if value is None:
            table.pop(last, None)
        else:
            table[last] = _item(value)
    return document.as_string()


def _path(document: Any, name: str) -> list[Any]:
    """Where a key is: names of tables, and for a status its number. Entitlements have colons, never full stops."""
    parts: list[Any] = name.split(".")
    if parts[0] == "statuses" and len(parts) > 1:
        names = [status["name"] for status in document["statuses"]]
        if parts[1] not in names:
            raise KeyError(name)
        parts[1] = names.index(parts[1])
    return parts


def _item(value: Value) -> Item:
    """A value as TOML writes it: whole amounts without a point, decimals as they read, bands as inline tables."""
    if isinstance(value, tuple):
        array = tomlkit.array()
        for each in value:
            array.append(_table(each) if isinstance(each, LicenceBand) else _item(each))
        return array
    if isinstance(value, Decimal):
        whole = value == value.to_integral_value()
        return tomlkit.integer(int(value)) if whole else tomlkit.float_(f"{value.normalize():f}")
    return tomlkit.item(value)


def _table(band: LicenceBand) -> Item:
    table = tomlkit.inline_table()
    table.update(band.model_dump(exclude_none=True))
    return table
