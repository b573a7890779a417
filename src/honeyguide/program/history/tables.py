"""What CSV and Parquet have in common: a header, and cells that are empty."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from honeyguide.program.phrases import Phrase

from . import values
from .events import EVENT_TYPES
from .fields import COMMON, KINDS, UNKNOWN_FIELDS_MOST, Kind, codes_of
from .problems import FormError

(DELIVERED,) = codes_of("project.delivered")
REFERENCES = tuple(name for name, kind in KINDS.items() if kind is Kind.REFERENCE)


def check_header(names: Sequence[str], line: int = 0) -> None:
    """Refuse columns that are missing, without a name, or there twice."""
    for name in names:
        if not name:
            place = names.index(name) + 1
            raise FormError(Phrase("column {place} has no name, expected the name of a field", place=place), line)
    if len(set(names)) != len(names):
        twice = next(name for place, name in enumerate(names) if name in names[:place])
        raise FormError(Phrase("column {name} is there twice, expected each column once", name=twice), line)
    for field in COMMON:
        if field.required and field.name not in names:
            raise FormError(
                Phrase("column {name} is missing, expected at least at, type and partner", name=field.name), line
            )
    unknown = sum(name not in KINDS for name in names)
    if unknown > UNKNOWN_FIELDS_MOST:
        raise FormError(
            Phrase("has {count} unknown columns, expected at most {most}", count=unknown, most=UNKNOWN_FIELDS_MOST),
            line,
        )


def with_references(columns: dict[str, pa.Array]) -> dict[str, pa.Array]:
    """The columns, where a project's empty report or checklist is a missing one, not an absent field."""
    lacking = [name for name in REFERENCES if name in columns and columns[name].null_count]
    if not lacking or not values.is_text(columns["type"].type):
        return columns
    delivered = values.words(columns["type"], EVENT_TYPES) == DELIVERED
    if not delivered.any():
        return columns
    filled = {}
    for name in lacking:
        column = columns[name]
        if pa.types.is_null(column.type):
            column = column.cast(pa.string())
        if not values.is_text(column.type):
            continue
        empty = pa.array(delivered & ~values.present(column))
        texts = values.plain(column)
        filled[name] = pc.if_else(empty, pa.scalar("", texts.type), texts)
    return columns | filled
