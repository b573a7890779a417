"""The template library: each thing is shown one way, in the reader's language."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.utils.translation import override

from honeyguide.common.explanation import Explanation
from honeyguide.common.icons import icon_names
from honeyguide.common.rulebooks import first_rulebook
from honeyguide.common.templatetags.honeyguide import styled
from honeyguide.common.words import REQUIREMENTS

TODAY = date(2026, 11, 20)
SOURCES = Path(__file__).parents[3] / "src/honeyguide"


def shown(source: str, language: str = "en", **context: Any) -> str:
    with override(language):
        return Template("{% load honeyguide %}" + source).render(Context(context)).strip()


@pytest.fixture
def row() -> dict[str, Any]:
    return {
        "purpose": "keep", "status": "gold", "requirement": "sales", "clause": "T3.1.3b", "actual": "2100.00",
        "required": "5000.00", "met": False, "decides": True, "window": ["2026-01-26", "2027-01-25"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("source", "value", "english", "russian"),
    [
        ("{{ v|money }}", "1234567.50", "$1,234,567.50", "1 234 567,50 $"),
        ("{{ v|rulebook_words }}", "default 1.0", "default 1.0", "стандартный 1.0"),
        ("{{ v|rulebook_words }}", "meadow 2.0", "meadow 2.0", "meadow 2.0"),
        ("{{ v|actor_words }}", "Nightly run", "Nightly run", "Ночной расчёт"),
        ('{{ v|money:"EUR" }}', 20, "€20.00", "20,00 €"),
        ("{{ v|points }}", 12345, "12,345", "12 345"),
        ("{{ v|whole }}", 0, "0", "0"),
        ("{{ v|percent }}", "12.50", "12.5%", "12,5 %"),
        ("{{ v|percent }}", 40, "40%", "40 %"),
        ("{{ v|day }}", "2026-11-20", "20 Nov 2026", "20 нояб. 2026"),
        ("{{ v|day }}", date(2026, 5, 3), "3 May 2026", "3 мая 2026"),
        ("{{ v|moment }}", datetime(2026, 5, 3, 9, 5, tzinfo=UTC), "3 May 2026, 09:05 UTC", "3 мая 2026, 09:05 UTC"),
        ("{{ v|country }}", "GB", "United Kingdom", "Великобритания"),
        ("{{ v|days }}", 1, "1 day", "1 день"),
        ("{{ v|days }}", 40, "40 days", "40 дней"),
    ],
)  # fmt: skip
def test_figures_are_written_as_the_readers_language_writes_them(
    source: str, value: Any, english: str, russian: str
) -> None:
    def plain(text: str) -> str:
        return re.sub(r"\s", " ", text)

    assert plain(shown(source, v=value)) == english
    assert plain(shown(source, "ru", v=value)) == russian


@pytest.mark.parametrize("name", ["money", "points", "whole", "percent", "day", "moment", "days", "country", "month"])
@pytest.mark.parametrize("nothing", [None, ""])
def test_nothing_is_shown_as_a_dash(name: str, nothing: Any) -> None:
    if name == "days" and nothing == "":
        return
    assert shown(f"{{{{ v|{name} }}}}", v=nothing) == "—"


@pytest.mark.parametrize(
    ("days", "english", "russian"),
    [
        (0, "today", None), (1, "tomorrow", None), (-1, "yesterday", None), (40, "in 40 days", "через 40 дней"),
        (-3, "3 days ago", "3 дня назад"), (60, "in 60 days", "через 60 дней"), (61, "in 2 months", "через 2 месяца"),
        (800, "in 2 years", "через 2 года"), (-800, "2 years ago", "2 года назад"),
    ],
)  # fmt: skip
def test_a_day_is_told_as_seen_from_today(days: int, english: str, russian: str | None) -> None:
    day = TODAY + timedelta(days=days)
    assert shown("{{ d|relative:t }}", d=day, t=TODAY) == english
    if russian is not None:
        assert shown("{{ d|relative:t }}", "ru", d=day, t=TODAY) == russian


def test_an_instant_is_a_day_in_the_programs_time_zone() -> None:
    assert shown("{{ v|day }}", v=datetime(2026, 11, 20, 23, 59, tzinfo=UTC)) == "20 Nov 2026"


def test_chips_have_an_icon_and_a_word_and_never_colour_alone() -> None:
    for source, word in (
        ('{% status_chip "gold" %}', "Gold"),
        ('{% status_chip "platinum" %}', "Platinum"),
        ('{% state_chip "suspended" %}', "Suspended"),
        ('{% verdict_chip "at_risk" %}', "At risk"),
    ):
        html = shown(source)
        assert word in html
        assert "<svg" in html
        assert 'aria-hidden="true"' in html


def test_what_people_wrote_is_escaped() -> None:
    assert "<b>" not in shown("{% chip v %}", v="<b>x</b>")
    assert "<b>" not in shown("{% why v %}", v=Explanation("<b>x</b>", inputs=[("<b>", "<b>")]))
    assert "<b>" not in shown("{{ v|requirement_words }}", v="<b>")


def test_a_requirement_says_what_is_there_of_what_is_asked_for(row: dict[str, Any]) -> None:
    html = shown("{% requirement_bar row %}", row=row)
    assert "<strong>$2,100</strong> of $5,000" in html
    assert 'value="2100" max="5000"' in html
    assert "26 Jan 2026 to 25 Jan 2027" in html
    assert "Missing" in html
    assert "Why? Sales" in html
    assert "$2,900" in html, "the explanation says how much is missing"


def test_the_bar_of_large_figures_has_numbers_that_a_browser_reads(row: dict[str, Any]) -> None:
    html = shown("{% requirement_bar row %}", "ru", row={**row, "actual": "1234567.89", "required": "2500000.00"})
    assert 'value="1234567.89" max="2500000.00"' in html


def test_a_requirement_that_does_not_decide_says_so(row: dict[str, Any]) -> None:
    row |= {"requirement": "qbr", "actual": False, "required": True, "decides": False, "window": None}
    html = shown("{% requirement_bar row %}", row=row)
    assert "does not decide" in html
    assert "<progress" not in html


def test_an_explanation_names_inputs_rule_clause_rulebook_and_day() -> None:
    html = shown(
        "{% why e %}",
        e=Explanation("Discount", "What Gold brings", [("Status", "Gold")], "50%", "T3.1.3c", "default 1.0", TODAY),
    )
    for part in ("Discount", "What Gold brings", "Status", "T3.1.3c", "default 1.0", "20 Nov 2026", "<dialog"):
        assert part in html


def test_every_requirement_of_the_default_rulebook_has_words() -> None:
    for name in first_rulebook().requirements:
        assert name in REQUIREMENTS
    assert shown('{{ "site_visit"|requirement_words }}') == "Site visit"


def test_every_icon_that_a_page_names_is_in_the_sprite() -> None:
    used: dict[str, str] = {}
    for page in SOURCES.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        names = re.findall(r'\{% icon "([^"]+)"', text) + re.findall(r'\bicon="([a-z0-9-]+)"', text)
        names += re.findall(r'\{% chip [^%]*?"(?:green|red|orange|blue|gray)" "([^"]+)" %\}', text)
        used |= {name: str(page.relative_to(SOURCES)) for name in names}
    for source in SOURCES.glob("*/nav.py"):
        used |= dict.fromkeys(re.findall(r'NavEntry\(\s*"[^"]+",\s*"([^"]+)"', source.read_text()), source.name)
    assert not {name: where for name, where in used.items() if name not in icon_names()}


def test_a_figure_without_a_chart_script_is_still_a_table() -> None:
    chart = {
        "label": "Sales", "x": ["2026-01-01", "2026-02-01"], "x_kind": "month", "unit": "money",
        "series": [{"label": "Sold", "data": ["1200.50", None]}],
    }  # fmt: skip
    html = shown("{% chart c %}", c=chart)
    assert "<table" in html
    assert "$1,200.50" in html
    assert "Jan 2026" in html
    assert "</script>" in html
    assert "<script>" not in html


def test_a_chart_refuses_series_of_another_length() -> None:
    with pytest.raises(ValueError, match="expected 2 figures"):
        shown("{% chart c %}", c={"label": "x", "x": ["a", "b"], "series": [{"label": "y", "data": [1]}]})


def test_a_field_with_an_error_points_to_its_words() -> None:

    class Form(forms.Form):
        name = forms.CharField(help_text="As registered")

    html = styled(Form({})["name"])
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html


def test_pages_hold_no_inline_script_and_no_inline_style() -> None:
    wrong = {}
    for page in SOURCES.rglob("templates/**/*.html"):
        if "mail" in page.name or "notices" in page.parts:
            continue
        text = page.read_text(encoding="utf-8")
        found = re.findall(r'\sstyle="|\son[a-z]+="|<style|hx-on|javascript:', text)
        found += [
            tag for tag in re.findall(r"<script[^>]*>", text) if "src=" not in tag and "application/json" not in tag
        ]
        if found:
            wrong[str(page.relative_to(SOURCES))] = found
    assert not wrong
