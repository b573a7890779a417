"""JSON and CSV of a simulation."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

import polars as pl

from honeyguide.program.engine.benefits import percent_text
from honeyguide.program.engine.render import money_text
from honeyguide.program.engine.requirements import FACT, MONEY
from honeyguide.program.simulation.around import Threshold

if TYPE_CHECKING:
    from honeyguide.program.simulation.result import Simulation


def minor_text(minor: int) -> str:
    """Minor units as a decimal string: -250 -> "-2.50"."""
    return f"{'-' if minor < 0 else ''}{abs(minor) // 100}.{abs(minor) % 100:02}"


def to_json(simulation: Simulation) -> str:
    """One top-level part a line."""
    lines = [
        f"{json.dumps(name)}: {json.dumps(part, ensure_ascii=False)}" for name, part in to_dict(simulation).items()
    ]
    return "{" + ",\n".join(lines) + "}\n"


def to_dict(simulation: Simulation) -> dict[str, Any]:
    """As JSON objects."""
    as_of = simulation.as_of
    return {
        "as_of": None if as_of is None else as_of.isoformat(),
        "current": dict(zip(("name", "version"), simulation.current, strict=True)),
        "draft": dict(zip(("name", "version"), simulation.draft, strict=True)),
        "currency": simulation.currency,
        "statuses": list(simulation.ladder),
        "changes": [{"key": change.key, "words": change.words} for change in simulation.changes],
        "totals": _totals(simulation),
        "matrix": _plain(simulation.matrix),
        "costs": _plain(simulation.costs),
        "months": _plain(simulation.months),
        "points_months": _plain(simulation.points_months),
        "thresholds": [_threshold(one, simulation.near_percent) for one in simulation.thresholds],
        "near_percent": simulation.near_percent,
        "near_misses": _plain(_with_figures(simulation.near, ("actual", "required", "missing"))),
        "moves": _moves(simulation),
        "points": _plain(simulation.points),
    }


def to_csv(simulation: Simulation) -> str:
    """One row a partner that moves: the scalar fields of `moves`."""
    return _written(simulation.moves).write_csv()


def _totals(simulation: Simulation) -> dict[str, Any]:
    named: dict[str, Any] = {}
    for field in dataclasses.fields(simulation.totals):
        value = getattr(simulation.totals, field.name)
        if "_minor" in field.name:
            named[field.name.replace("_minor", "")] = minor_text(value)
        else:
            named[field.name] = value
    return named


def _moves(simulation: Simulation) -> list[dict[str, Any]]:
    figures = [f"{name}_{end}" for name in ("actual", "required") for end in ("before", "after")]
    reasons = _with_figures(simulation.reasons, figures)
    inner = [name for name in reasons.columns if name != "partner"]
    grouped = reasons.group_by("partner", maintain_order=True).agg(pl.struct(inner).alias("because"))
    table = _written(simulation.moves, numbers=True).join(grouped, on="partner", how="left", maintain_order="left")
    rows = _plain(table)
    for row in rows:
        row["because"] = [_bare(reason) for reason in row["because"] or ()]
    return rows


def _written(moves: pl.DataFrame, *, numbers: bool = False) -> pl.DataFrame:
    """Moves with discounts in percent, as text or as numbers."""
    percents = pl.concat([moves["discount_before"], moves["discount_after"]]).unique().to_list()
    texts = {value: percent_text(value) for value in percents}
    columns = []
    for end in ("before", "after"):
        text = pl.col(f"discount_{end}").replace_strict(texts, return_dtype=pl.String)
        columns.append((text.cast(pl.Float64) if numbers else text).alias(f"discount_percent_{end}"))
    placed = [
        column
        for name in moves.columns
        for column in ([columns.pop(0)] if name in {"discount_before", "discount_after"} else [pl.col(name)])
    ]
    return _money(moves.select(placed))


def _with_figures(table: pl.DataFrame, names: list[str] | tuple[str, ...]) -> pl.DataFrame:
    """Figures by `kind` as JSON text: money a quoted decimal, counts numbers, facts true or false."""
    kind = pl.col("kind")
    columns = []
    for name in names:
        value = pl.col(name)
        fact = pl.when(value == 1).then(pl.lit("true")).when(value == 0).then(pl.lit("false"))
        money = pl.concat_str(pl.lit('"'), money_text(value), pl.lit('"'))
        text = pl.when(kind == MONEY).then(money).when(kind == FACT).then(fact).otherwise(value.cast(pl.String))
        columns.append(text.alias(name))
    return table.with_columns(columns).drop("kind")


_FIGURES = frozenset(
    ("actual", "required", "missing", "actual_before", "actual_after", "required_before", "required_after")
)


def _bare(row: dict[str, Any]) -> dict[str, Any]:
    """A row whose figures are values instead of JSON text."""
    return {name: json.loads(value) if name in _FIGURES and value is not None else value for name, value in row.items()}


def _money(table: pl.DataFrame) -> pl.DataFrame:
    """`…_minor…` columns as decimal strings under the name without it."""
    columns = []
    for name in table.columns:
        if "_minor" in name:
            value = pl.col(name)
            sign = pl.when(value < 0).then(pl.lit("-")).otherwise(pl.lit(""))
            columns.append(pl.concat_str(sign, money_text(value.abs())).alias(name.replace("_minor", "")))
        else:
            columns.append(pl.col(name))
    return table.select(columns)


def _plain(table: pl.DataFrame) -> list[dict[str, Any]]:
    days = [pl.col(name).dt.strftime("%Y-%m-%d") for name, kind in table.schema.items() if kind == pl.Date]
    return [_bare(row) for row in _money(table.with_columns(days)).to_dicts()]


def _threshold(one: Threshold, near_percent: int) -> dict[str, Any]:
    values = one.figures["value"]
    after = one.after
    low, high = sorted((one.before or 0, after or 0))
    shown = minor_text if one.kind == MONEY else int
    return {
        "purpose": one.purpose,
        "status": one.status,
        "requirement": one.requirement,
        "before": None if one.before is None else shown(one.before),
        "after": None if after is None else shown(after),
        "looked_at": len(values),
        "between": int(((values >= low) & (values < high)).sum()),
        "just_below": 0 if after is None else int(((values < after) & (values * 100 >= after * near_percent)).sum()),
    }
