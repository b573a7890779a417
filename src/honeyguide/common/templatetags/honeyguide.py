"""The template library: each thing is shown one way, in the reader's language."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from secrets import token_hex
from typing import Any

from django import template
from django.forms import (
    BoundField,
    CheckboxInput,
    CheckboxSelectMultiple,
    RadioSelect,
    Select,
    Textarea,
    Widget,
)
from django.template.context import Context
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from honeyguide.common import charts, local, words
from honeyguide.common.explanation import Explanation, explain_requirement, figure_text
from honeyguide.common.icons import SPRITE, icon_names

register = template.Library()

TONES = frozenset({"green", "red", "orange", "blue", "gray", "bronze", "silver", "gold"})
STATUS_ICONS = {"bronze": "hexagon", "silver": "hexagons", "gold": "hexagon-filled"}
STATES = {
    "applicant": ("blue", "hourglass"),
    "active": ("green", "circle-check"),
    "suspended": ("orange", "player-pause"),
    "cancelled": ("red", "circle-x"),
    "terminated": ("red", "ban"),
}
VERDICTS = {
    "met": ("green", "circle-check"),
    "on_pace": ("green", "trending-up"),
    "at_risk": ("orange", "alert-triangle"),
    "lost": ("red", "circle-x"),
    "open": ("blue", "circle-dashed"),
    "barred": ("red", "ban"),
    "out_of_reach": ("gray", "circle-minus"),
}


@register.simple_tag
@lru_cache(maxsize=1024)
def icon(name: str, extra: str = "") -> SafeString:
    """A Tabler icon from the sprite, hidden from screen readers: the words stand beside it."""
    drawn = name if name in icon_names() else "circle"
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        extra,
        static(SPRITE),
        drawn,
    )


@register.simple_tag
def chip(text: str, tone: str = "gray", icon_name: str = "") -> SafeString:
    """A short word on a coloured ground, with an icon."""
    drawn = icon(icon_name) if icon_name else ""
    return format_html('<span class="chip chip-{}">{}{}</span>', tone if tone in TONES else "gray", drawn, text)


@register.simple_tag
def status_chip(status: str | None) -> SafeString:
    """A status of the rulebook."""
    if not status:
        return format_html('<span class="chip chip-gray">{}</span>', _("No status"))
    name = str(status)
    tone = name if name in STATUS_ICONS else "blue"
    return chip(words.words_of(words.STATUSES, name), tone, STATUS_ICONS.get(name, "hexagon"))


@register.simple_tag
def state_chip(state: str | None) -> SafeString:
    """A partner's state."""
    name = str(state or "")
    tone, drawn = STATES.get(name, ("gray", ""))
    return chip(words.words_of(words.STATES, name) or local.NOTHING, tone, drawn)


@register.simple_tag
def verdict_chip(verdict: str | None) -> SafeString:
    """An outlook's word for a goal."""
    name = str(verdict or "")
    tone, drawn = VERDICTS.get(name, ("gray", ""))
    return chip(words.words_of(words.VERDICTS, name) or local.NOTHING, tone, drawn)


@register.filter
def money(amount: Decimal | float | str | None, currency: str = "") -> str:
    """An amount with its currency; the program's own by default."""
    return local.NOTHING if local.decimal_of(amount) is None else local.money_text(amount or 0, currency)


@register.filter
def points(number: float | str | None) -> str:
    """Points, with separators."""
    return whole(number)


@register.filter
def whole(number: float | str | None) -> str:
    """A whole number, with separators."""
    return local.NOTHING if local.decimal_of(number) is None else local.whole_text(number or 0)


register.filter("signed", local.signed_text)
register.filter("actor_words", words.actor_words)
register.filter("rulebook_words", words.rulebook_words)


@register.filter
def at(table: Mapping[str, Any] | None, name: str) -> Any:
    """What a table has under a name; None for nothing."""
    return table.get(name) if table else None


@register.filter
def percent(value: Decimal | float | str | None) -> str:
    """A percentage given in percent (20 is 20 %)."""
    return local.NOTHING if local.decimal_of(value) is None else local.percent_text(value or 0)


@register.filter
def day(value: date | datetime | str | None) -> str:
    """A day as the reader's language writes it."""
    found = local.day_of(value)
    return local.NOTHING if found is None else local.day_text(found)


@register.filter
def month(value: date | datetime | str | None) -> str:
    """A month and its year."""
    found = local.day_of(value)
    return local.NOTHING if found is None else local.month_text(found)


@register.filter
def relative(value: date | datetime | str | None, today: date | None = None) -> str:
    """A day as seen from today: in 40 days, 3 days ago."""
    found = local.day_of(value)
    return "" if found is None or not today else local.relative_text(found, today)


@register.filter
def moment(value: datetime | str | None) -> str:
    """An instant, in the program's time zone."""
    found = local.instant_of(value)
    return local.NOTHING if found is None else local.moment_text(found)


@register.filter
def days(number: int | None) -> str:
    """A number of days."""
    return local.NOTHING if number is None else local.days_text(number)


@register.filter
def country(code: Any) -> str:
    """A country's name."""
    return local.country_text(str(code)) if code else local.NOTHING


@register.filter
def requirement_words(name: str) -> str:
    """A requirement in words."""
    return words.requirement_words(str(name))


@register.filter
def clause_words(name: str) -> str:
    """What a clause is about."""
    return words.clause_words(str(name))


@register.filter
def status_words(name: str | None) -> str:
    """A status as a word, for sentences and options."""
    return words.words_of(words.STATUSES, str(name)) if name else local.NOTHING


@register.filter
def verdict_words(name: str | None) -> str:
    """A verdict as words."""
    return words.words_of(words.VERDICTS, str(name)) if name else local.NOTHING


@register.filter
def product_words(name: str) -> str:
    """A product."""
    return words.words_of(words.PRODUCTS, str(name))


@register.filter
def measure_words(name: str) -> str:
    """A measure after a violation."""
    return words.words_of(words.MEASURES, str(name))


@register.filter
def course_words(name: str) -> str:
    """A course."""
    return words.words_of(words.COURSES, str(name))


@register.filter
def entitlement_words(name: str) -> str:
    """An entitlement, with its number."""
    return words.entitlement_words(str(name))


@register.filter
def person_name(person: Any) -> str:
    """A person: the name, else the e-mail; the system where there is nobody."""
    if person is None or person == "":
        return _("The system")
    return str(getattr(person, "name", "") or getattr(person, "email", "") or person)


@register.filter
def figure(value: Any, name: str = "") -> str:
    """A figure of a requirement: money for sales, else a number, done or missing."""
    return local.NOTHING if value is None else figure_text(name, value)


@register.filter
def unlocalized(value: float) -> SafeString:
    """A number for an attribute: with a point, without separators."""
    return format_html("{}", f"{value:g}" if value < 1e6 else f"{value:.2f}")


@register.inclusion_tag("components/requirement_bar.html", takes_context=True)
def requirement_bar(context: Context, row: Mapping[str, Any], standing: Any = None) -> dict[str, Any]:
    """A requirement of the answer: what is there of what is asked for, and why.

    The standing (argument, else the page's `standing`, else the visitor's) names rulebook and day in the explanation.
    """
    holder = standing or context.get("standing") or getattr(context.get("person"), "standing", None)
    name, actual, required = row["requirement"], row["actual"], row["required"]
    counted = not isinstance(required, bool)
    rulebook = f"{holder.rulebook_name} {holder.rulebook_version}" if holder is not None else ""
    window = [local.day_of(each) for each in row.get("window") or ()]
    return {
        "row": row,
        "label": words.requirement_words(name),
        "counted": counted,
        "value": float(actual) if counted else int(bool(actual)),
        "max": max(float(required), 1) if counted else 1,
        "actual": figure_text(name, actual),
        "required": figure_text(name, required),
        "window": window if all(window) else [],
        "explanation": explain_requirement(row, rulebook=rulebook, day=getattr(holder, "assessed_on", None)),
    }


@register.inclusion_tag("components/why.html")
def why(explanation: Explanation | Mapping[str, Any], label: str = "") -> dict[str, Any]:
    """A button that opens what stands behind a figure. A dialog is a block: put it in a `div`, not in a `p`."""
    return {"explanation": explanation, "label": label, "id": f"why-{token_hex(4)}"}


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """Whether a field is one box to tick."""
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def is_group(widget: Widget) -> bool:
    """Whether a field is several boxes or radio buttons under one legend."""
    return isinstance(widget, RadioSelect | CheckboxSelectMultiple)


@register.filter
def styled(field: BoundField) -> SafeString:
    """A field with the classes of the design, and what a screen reader says of hint and error."""
    widget = field.field.widget
    attrs: dict[str, Any] = {"class": f"{widget.attrs.get('class', '')} {_kind(widget)}".strip()}
    if isinstance(widget, Textarea) and widget.attrs.get("rows") == "10":
        attrs["rows"] = "4"
    named = str(widget.attrs.get("placeholder", "")) == str(field.label)
    if named or getattr(widget, "input_type", "") in {"email", "password"}:
        widget.attrs.pop("placeholder", None)  # the label says it; what looks like an entry is none
    if field.errors:
        described = f"{field.auto_id}_helptext {field.auto_id}_error" if field.help_text else f"{field.auto_id}_error"
        attrs |= {"aria-invalid": "true", "aria-describedby": described}
        attrs["class"] += " is-invalid"
    return field.as_widget(attrs=attrs)


def _kind(widget: Widget) -> str:
    if is_group(widget):
        return "choices"
    if isinstance(widget, CheckboxInput):
        return "form-check-input"
    return "form-select" if isinstance(widget, Select) else "form-control"


@register.filter
def filter_input(field: BoundField) -> SafeString:
    """A filter of a list: its first option, or what it holds when empty, names it."""
    widget = field.field.widget
    attrs: dict[str, str | bool] = {"class": _kind(widget), "aria-label": str(field.label)}
    if isinstance(widget, Select):
        choices = list(widget.choices)
        if choices and choices[0][0] in {"", None}:
            widget.choices = [(choices[0][0], str(field.label)), *choices[1:]]
    else:
        attrs["placeholder"] = str(field.label)
    return field.as_widget(attrs=attrs)


@register.simple_tag(takes_context=True)
def by_number(context: Context) -> bool:
    """Whether the site was reached by a number (127.0.0.1): a passkey belongs to a name."""
    request = context.get("request")
    if request is None:
        return False
    host: str = request.get_host()
    return host.startswith("[") or host.partition(":")[0].replace(".", "").isdigit()


@register.inclusion_tag("components/chart.html")
def chart(given: Any) -> dict[str, Any]:
    """A chart (honeyguide.common.charts.Chart) with the table behind it. Its page adds `{% chart_scripts %}` once."""
    made = charts.chart_of(given)
    rows = [(words, format_html_join("", "<td>{}</td>", zip(figures))) for words, figures in charts.rows(made)]
    drawn = format_html_join("", '<tr><th scope="row">{}</th>{}</tr>', rows)
    return {"chart": made, "drawing": charts.drawing(made), "rows": drawn}


@register.simple_tag
def chart_scripts() -> SafeString:
    """The scripts of charts, for the block `scripts` of a page that has one."""
    return format_html(
        '<script src="{}" defer></script><script src="{}" defer></script>',
        static("vendor/chart/chart.umd.min.js"),
        static("js/charts.js"),
    )
