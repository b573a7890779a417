"""JSON and CSV of an answer, made by columns: text is put together for all rows at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from honeyguide.program.engine.benefits import percent_text
from honeyguide.program.engine.objects import POINT_NAMES, document
from honeyguide.program.engine.requirements import COUNT, MONEY
from honeyguide.program.engine.threads import stretches, together, wanted_parts

if TYPE_CHECKING:
    from datetime import date

    from honeyguide.program.engine.answer import Answer

_CHUNK_PARTNERS = 5_000
_DAYS = ("since", "confirmed_on", "review_on")


DOCUMENT_TAIL = "\n]}\n"
"""What follows the partners in a JSON document."""


def document_head(as_of: date | None, rulebook_name: str, rulebook_version: str) -> str:
    """What comes before the partners of a JSON document, who are parted by a comma and a line feed."""
    head = document(as_of, rulebook_name, rulebook_version)
    return f'{json.dumps(head, ensure_ascii=False)[:-1]}, "partners": [\n'


def json_chunks(answer: Answer, *, explain: bool) -> Iterator[bytes]:
    """The answer as JSON in UTF-8, one partner a line, in pieces of bounded size."""
    yield document_head(answer.as_of, answer.rulebook_name, answer.rulebook_version).encode()
    size = answer.partners.height

    def run(first: int, after: int) -> pl.Series:
        return partner_lines(answer.rows(first, after), explain=explain)

    tasks = [partial(run, *part) for part in stretches(size, wanted_parts(answer.requirements.height))]
    lines = pl.concat(together(tasks)) if size else pl.Series([], dtype=pl.String)
    for first in range(0, len(lines), _CHUNK_PARTNERS):
        yield b",\n" if first > 0 else b""
        yield _bytes_of(lines.slice(first, _CHUNK_PARTNERS).str.join(",\n"))
    yield DOCUMENT_TAIL.encode()


def _bytes_of(text: pl.Series) -> bytes:
    """The UTF-8 bytes of a single string, which Polars keeps as such: no detour through Python's own form."""
    array = text.to_arrow(compat_level=pl.CompatLevel.oldest())
    return bytes(array.buffers()[2])


def partner_lines(answer: Answer, *, explain: bool) -> pl.Series:
    """A JSON object for each partner."""
    partners = answer.partners
    moves = _transitions(answer, explain=explain)
    lists = {
        "requirements": _joined(answer.requirements, "partner", _requirement_json(answer.requirements)),
        "warnings": _joined(answer.warnings, "partner", _quoted("text")),
        "restatements": _joined(answer.restatements, "partner", _restatement_json()),
        "transitions": _joined(
            moves, "partner", _transition_json(moves, explain=explain, names_versions=answer.names_versions)
        ),
    }
    table = partners
    for name, fragments in lists.items():
        table = table.join(fragments.rename({"json": name}), on="partner", how="left", maintain_order="left")
    line = _object(
        {
            "partner": _id("partner"),
            "name": _quoted("name"),
            **{name: _word(partners, name) for name in ("country", "state", "status")},
            **{name: _day(name) for name in _DAYS},
            "discount_percent": _percent(partners["discount_hundredths"]),
            "entitlements": _entitlements(),
            "points": _object({name: _number(f"points_{name}") for name in POINT_NAMES}),
            **{name: pl.concat_str(pl.lit("["), pl.col(name).fill_null(""), pl.lit("]")) for name in lists},
        }
    )
    return table.select(line.alias("line"))["line"]


def csv_text(answer: Answer) -> str:
    """One row a partner: the scalar fields in the order of the JSON answer."""
    table = answer.partners.select(
        "partner",
        "name",
        "country",
        "state",
        "status",
        *(pl.col(name).cast(pl.String) for name in _DAYS),
        _percent(answer.partners["discount_hundredths"]).alias("discount_percent"),
        pl.col("entitlements").list.join("|"),
        *(f"points_{name}" for name in POINT_NAMES),
    )
    return table.write_csv()


def money_text(minor: pl.Expr) -> pl.Expr:
    """Minor units as a decimal string with two digits: 250000 -> "2500.00"."""
    cents = (minor % 100).cast(pl.String).str.zfill(2)
    return pl.concat_str((minor // 100).cast(pl.String), pl.lit("."), cents)


def _object(fields: dict[str, pl.Expr]) -> pl.Expr:
    """A JSON object of fields that are JSON already."""
    parts: list[pl.Expr] = []
    for number, (name, value) in enumerate(fields.items()):
        parts += [pl.lit(f'{", " if number else "{"}"{name}": '), value]
    return pl.concat_str(*parts, pl.lit("}"))


def _quoted(name: str) -> pl.Expr:
    """A JSON string or null."""
    text = pl.struct(pl.col(name).alias("v")).struct.json_encode()
    return text.str.slice(5, text.str.len_chars() - 6)


def _word(table: pl.DataFrame, name: str) -> pl.Expr:
    """A JSON string or null, of a column with few different values: each is put into JSON once."""
    texts = {word: json.dumps(word, ensure_ascii=False) for word in table[name].unique()}
    return pl.col(name).replace_strict(texts, return_dtype=pl.String)


def _id(name: str) -> pl.Expr:
    """A JSON string of a partner's id, which needs no escape."""
    return pl.concat_str(pl.lit('"'), pl.col(name), pl.lit('"'))


def _number(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.String).fill_null("null")


def _truth(name: str) -> pl.Expr:
    return pl.when(pl.col(name)).then(pl.lit("true")).otherwise(pl.lit("false"))


def _day(name: str) -> pl.Expr:
    return pl.concat_str(pl.lit('"'), pl.col(name).cast(pl.String), pl.lit('"')).fill_null("null")


def _percent(values: pl.Series) -> pl.Expr:
    texts = {value: percent_text(value) for value in values.unique()}
    return pl.col("discount_hundredths").replace_strict(texts, return_dtype=pl.String)


def _entitlements() -> pl.Expr:
    names = pl.col("entitlements")
    inner = pl.concat_str(pl.lit('["'), names.list.join('", "'), pl.lit('"]'))
    return pl.when(names.list.len() > 0).then(inner).otherwise(pl.lit("[]"))


def _value(name: str) -> pl.Expr:
    value, kind = pl.col(name), pl.col("kind")
    return (
        pl.when(kind == MONEY)
        .then(pl.concat_str(pl.lit('"'), money_text(value), pl.lit('"')))
        .when(kind == COUNT)
        .then(value.cast(pl.String))
        .otherwise(_truth_of(value))
    )


def _truth_of(value: pl.Expr) -> pl.Expr:
    return pl.when(value == 1).then(pl.lit("true")).otherwise(pl.lit("false"))


def _requirement_json(table: pl.DataFrame) -> pl.Expr:
    window = pl.concat_str(pl.lit("["), _day("first"), pl.lit(", "), _day("last"), pl.lit("]"))
    return _object(
        {
            **{name: _word(table, name) for name in ("purpose", "status", "requirement", "clause")},
            "actual": _value("actual"),
            "required": _value("required"),
            "met": _truth("met"),
            "decides": _truth("decides"),
            "window": pl.when(pl.col("first").is_null()).then(pl.lit("null")).otherwise(window),
        }
    )


def _restatement_json() -> pl.Expr:
    return _object({"on": _day("on"), **{name: _quoted(name) for name in ("decided", "would_be", "because")}})


def _transitions(answer: Answer, *, explain: bool) -> pl.DataFrame:
    if not explain:
        return answer.transitions
    rows = _joined(answer.decided_by, "transition", _requirement_json(answer.decided_by)).rename(
        {"json": "requirements"}
    )
    return answer.transitions.join(rows, on="transition", how="left", maintain_order="left")


def _transition_json(table: pl.DataFrame, *, explain: bool, names_versions: bool) -> pl.Expr:
    words = ("from", "to", "cause", "clause", *(("rulebook",) if names_versions else ()))
    fields = {"on": _day("on"), **{name: _word(table, name) for name in words}}
    if explain:
        fields["requirements"] = pl.concat_str(pl.lit("["), pl.col("requirements").fill_null(""), pl.lit("]"))
    return _object(fields)


def _joined(table: pl.DataFrame, by: str, fragment: pl.Expr) -> pl.DataFrame:
    """The JSON of each group's rows, joined by commas: columns `by` and `json`."""
    rows = table.select(by, fragment.alias("json"))
    return rows.group_by(by, maintain_order=True).agg(pl.col("json").str.join(", "))
