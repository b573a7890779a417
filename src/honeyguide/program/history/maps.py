"""Maps: how the rows of somebody's table become events. A TOML file, read into checked data."""

import datetime as dt
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from .fields import COMMON, FIELDS_BY_TYPE, KINDS
from .fields import Field as FieldOfEvent


class MapError(ValueError):
    """A map that cannot be used, or not for the table: `lines` say what is wrong where in the map."""

    def __init__(self, lines: list[str]) -> None:
        """Keep the lines."""
        self.lines = lines
        super().__init__("; ".join(lines))


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f'"{name}" is no time zone, expected a name like Europe/Berlin') from None
    return name


def _written(value: Any) -> Any:
    """A constant of TOML as the text that an event would hold."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, int | Decimal):
        return str(value)
    return [_written(item) for item in value] if isinstance(value, list) else value


type Zone = Annotated[str, AfterValidator(_zone)]
type Constant = Annotated[str | list[str], BeforeValidator(_written)]
type Text = Annotated[str, BeforeValidator(_written)]


class Source(_Part):
    """How the table is written."""

    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    encoding: str = "utf-8-sig"
    sheet: str | int | None = None
    empty: list[str] = []
    decimal: Literal[".", ","] = "."
    thousands: str = ""
    signs: list[str] = []
    dates: Annotated[list[str], Field(min_length=1)] = ["%Y-%m-%d"]
    time: dt.time = dt.time(0)
    time_zone: Zone = "UTC"

    @model_validator(mode="after")
    def _has_encoding(self) -> Self:
        try:
            "".encode(self.encoding)
        except LookupError:
            raise ValueError(f'encoding is "{self.encoding}", expected one like utf-8 or cp1252') from None
        return self


class Join(_Part):
    """A second table, whose row is found by a key."""

    file: str
    column: str
    key: str
    required: bool = False
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    encoding: str = "utf-8-sig"
    sheet: str | int | None = None


class Condition(_Part):
    """What a column must be for a rule to take a row. All that is said must hold."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    is_: Text | None = Field(None, alias="is")
    is_not: Text | None = None
    in_: list[Text] | None = Field(None, alias="in")
    not_in: list[Text] | None = None
    filled: bool | None = None
    above: Decimal | None = None
    at_least: Decimal | None = None
    below: Decimal | None = None
    at_most: Decimal | None = None


def _condition(value: Any) -> Any:
    if isinstance(value, dict):
        return value
    return {"in": value} if isinstance(value, list) else {"is": value}


class Value(_Part):
    """Where a field's value comes from: a column, a constant or a template; and what is done with it."""

    column: str | None = None
    value: Constant | None = None
    template: str | None = None
    default: Constant | None = None
    map: str | dict[str, Text] | None = None
    slug: bool = False
    split: str | None = None
    dates: list[str] | None = None
    time: dt.time | None = None
    time_zone: Zone | None = None
    shift_days: int = 0

    @model_validator(mode="after")
    def _has_one_source(self) -> Self:
        if sum(source is not None for source in (self.column, self.value, self.template)) != 1:
            raise ValueError("expected one of column, value and template")
        return self


def _value(value: Any) -> Any:
    return value if isinstance(value, dict) else {"value": value}


type Values = dict[str, Annotated[Value, BeforeValidator(_value)]]


class Rule(_Part):
    """Events of one type, one for each row that meets all conditions."""

    type: str
    when: dict[str, Annotated[Condition, BeforeValidator(_condition)]] = {}
    once_per: str | None = None
    fields: Values
    other: Values = {}

    @model_validator(mode="after")
    def _fits_the_type(self) -> Self:
        if self.type not in FIELDS_BY_TYPE:
            raise ValueError(f'type is "{self.type}", expected an event type like sale.paid')
        fields = fields_of(self.type)
        for name in self.fields:
            if name not in fields:
                expected = ", ".join(fields)
                raise ValueError(
                    f"fields.{name}: {self.type} does not take it, expected {expected}; or put it in other"
                )
        for name, field in fields.items():
            if field.required and name not in self.fields:
                raise ValueError(f"fields.{name} is missing, which {self.type} requires")
        for name in self.other:
            if name in KINDS:
                raise ValueError(f"other.{name}: is a known field, expected it in fields")
        return self


def fields_of(event_type: str) -> dict[str, FieldOfEvent]:
    """The fields that a rule of the type can fill."""
    return {field.name: field for field in (*COMMON, *FIELDS_BY_TYPE[event_type]) if field.name != "type"}


class Map(_Part):
    """How a table becomes a history."""

    source: Source = Source()
    joins: dict[str, Join] = {}
    values: dict[str, dict[str, Text]] = {}
    events: Annotated[list[Rule], Field(min_length=1)]

    @model_validator(mode="after")
    def _knows_its_maps(self) -> Self:
        for place, rule in enumerate(self.events, 1):
            for name, value in {**rule.fields, **rule.other}.items():
                if isinstance(value.map, str) and value.map not in self.values:
                    raise ValueError(f'events[{place}].{name}: map is "{value.map}", expected a table of [values]')
        return self


def read_map(path: Path) -> Map:
    """The map in a file. Raises MapError."""
    try:
        return parse_map(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise MapError(["not UTF-8"]) from None


def parse_map(text: str) -> Map:
    """The map in a text of TOML. Raises MapError."""
    try:
        return Map.model_validate(tomllib.loads(text, parse_float=Decimal))
    except tomllib.TOMLDecodeError as error:
        raise MapError([f"not TOML: {error}"]) from None
    except ValidationError as error:
        raise MapError(
            [
                f"{_place(problem['loc'])}{problem['msg'].removeprefix('Value error, ')}"
                for problem in error.errors(include_url=False, include_context=False, include_input=False)
            ]
        ) from None


def _place(keys: tuple[int | str, ...]) -> str:
    """Where in the map something is, as one would write it. Lists are counted from 1."""
    place = ""
    for key in keys:
        if isinstance(key, int):
            place += f"[{key + 1}]"
        elif "[" not in key:  # the name of a variant, which is not in the file
            place += f".{key}" if place else key
    return f"{place}: " if place else ""
