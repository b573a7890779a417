"""Charts: what a page hands to `{% chart %}`, checked and put into the reader's words. Drawn by static/js/charts.js."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from honeyguide.common import local
from honeyguide.common.rulebooks import first_rulebook

type Figure = Decimal | float | None
Unit = Literal["whole", "money", "percent"]
X = Literal["text", "day", "month"]
FEW_WORDS = 8
"""So many words below a chart are all shown; of more, as of days and months, some stand for the others."""


@dataclass(frozen=True, slots=True)
class Series:
    """One line, or one colour of bars. `dashed`: a target; `stepped`: holds until it changes; `kind`: if it differs."""

    label: str
    data: Sequence[Figure]
    dashed: bool = False
    stepped: bool = False
    kind: Literal["line", "bar", ""] = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart: `label` says what it shows, `x` are words or days, all series are as long as `x`."""

    label: str
    x: Sequence[str | date]
    series: Sequence[Series]
    kind: Literal["line", "bar"] = "line"
    x_kind: X = "text"
    unit: Unit = "whole"
    currency: str = ""
    stacked: bool = False
    horizontal: bool = False
    tall: bool = False

    def __post_init__(self) -> None:
        if any(len(each.data) != len(self.x) for each in self.series):
            raise ValueError(f"{self.label}: expected {len(self.x)} figures in each series, one for each of x")


def chart_of(given: Any) -> Chart:
    """A chart as such, or as a dictionary of its fields (`type`, `x_format`, `y_format` are taken too)."""
    if isinstance(given, Chart):
        return given
    fields = dict(given)
    for other, name in (("type", "kind"), ("x_format", "x_kind"), ("y_format", "unit")):
        if other in fields:
            fields[name] = fields.pop(other)
    fields["series"] = [each if isinstance(each, Series) else Series(**each) for each in fields["series"]]
    return Chart(**fields)


def x_texts(chart: Chart) -> list[str]:
    """What stands below the chart, in the reader's language."""
    if chart.x_kind == "text":
        return [str(each) for each in chart.x]
    words = local.day_text if chart.x_kind == "day" else local.month_text
    return [words(day) if (day := local.day_of(each)) else str(each) for each in chart.x]


def figure_text(chart: Chart, value: Figure) -> str:
    """A figure of the chart in the reader's language; a dash where there is none."""
    if value is None:
        return local.NOTHING
    if chart.unit == "money":
        return local.money_text(value, chart.currency, short=True)
    return local.percent_text(value) if chart.unit == "percent" else local.number_text(value)


def drawing(chart: Chart) -> dict[str, Any]:
    """What the script needs: words ready to be shown, figures as numbers."""
    return {
        "label": chart.label,
        "kind": chart.kind,
        "x": x_texts(chart),
        "unit": chart.unit,
        "currency": chart.currency or first_rulebook().currency,
        "stacked": chart.stacked,
        "horizontal": chart.horizontal,
        "few": chart.x_kind == "text" and len(chart.x) <= FEW_WORDS,
        "series": [
            {
                "label": str(each.label),
                "data": [None if value is None else float(value) for value in each.data],
                "texts": [figure_text(chart, value) for value in each.data],
                "dashed": each.dashed,
                "stepped": each.stepped,
                "kind": each.kind or chart.kind,
            }
            for each in chart.series
        ],
    }


def rows(chart: Chart) -> list[tuple[str, list[str]]]:
    """The table behind the chart: a row for each x with the figures of all series."""
    return [
        (words, [figure_text(chart, each.data[place]) for each in chart.series])
        for place, words in enumerate(x_texts(chart))
    ]
