"""The page of a simulation: self-contained, readable, and with a table behind each chart."""

import base64
import hashlib
import re
import xml.etree.ElementTree as ET
from datetime import date
from html.parser import HTMLParser

import pytest
from tests.program.simulation.books import joined, reach_sales, sale
from tests.reference.histories import random_history
from tests.reference.rulebooks import default_rulebook, random_rulebook

from honeyguide.program.history import history_from_events
from honeyguide.program.report import charts, simulation_page, svg, words
from honeyguide.program.rulebook import load_rulebook
from honeyguide.program.simulation import simulate

VOID = {"meta"}


class Balanced(HTMLParser):
    """Fails on a tag that is never closed, and gathers what the page refers to."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        names = dict(attrs)
        assert "style" not in names, "the policy would drop it"
        self.links += [value or "" for name, value in attrs if name in {"src", "href"}]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, tag


def page() -> str:
    events = [
        *joined("comb"),
        sale("comb", 1, "2025-02-03", "1300"),
        sale("comb", 2, "2025-03-03", "1300", "c2"),
        *joined("nectar"),
    ]
    events[0]["name"] = "<script>alert(1)</script> & Sons"
    return simulation_page(simulate(history_from_events(events), load_rulebook(), reach_sales(3000)))


def test_it_is_well_formed_and_asks_for_nothing_from_outside() -> None:
    text = page()
    parser = Balanced()
    parser.feed(text)
    assert parser.open == []
    assert parser.links == []
    assert "<script" not in text
    assert "url(" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; Sons" in text


def test_its_policy_names_its_style_and_nothing_else() -> None:
    text = page()
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_it_says_in_its_headline_who_moves_and_what_it_costs() -> None:
    text = page()
    assert "1 partner would stand lower, and the same sales would get the same discount." in text
    assert "sales 2,600.00, asked 2,500.00 → 3,000.00" in text
    assert "3 Mar 2025" in text


@pytest.mark.parametrize("seed", range(0, 60, 3))
def test_it_can_be_made_of_any_simulation(seed: int) -> None:
    draft = random_rulebook(seed, default_rulebook())
    found = simulate(
        history_from_events(random_history(seed)), load_rulebook(), type(load_rulebook()).model_validate(draft)
    )
    parser = Balanced()
    parser.feed(simulation_page(found))
    assert parser.open == []


def test_it_can_be_made_of_an_empty_history() -> None:
    assert "No partner would change status" in simulation_page(
        simulate(history_from_events([]), load_rulebook(), reach_sales(1))
    )


def test_every_mark_of_a_chart_can_be_reached_and_says_what_it_stands_for() -> None:
    periods = [
        charts.Period("May 2026", "May 26", 1, 2, 0, 3, 100, 250),
        charts.Period("June", "Jun", 0, 0, 0, 0, 0, 0),
    ]
    wide, narrow = re.findall(r"<svg.*?</svg>", charts.ups_and_downs(periods, "Ups & downs"), re.DOTALL)
    for drawn, width in ((wide, 508), (narrow, 330)):
        picture = ET.fromstring(drawn)
        assert picture.get("aria-label") == "Ups & downs"
        assert picture.get("width") == str(width)
        marks = [group for group in picture.iter("g") if group.get("class") == "mark"]
        assert [mark.get("aria-label") for mark in marks] == [
            "May 2026: 1 → 2 up, 0 → 3 down",
            "June: 0 → 0 up, 0 → 0 down",
        ]
        assert all(mark.get("tabindex") == "0" for mark in marks)


def test_a_histogram_has_both_thresholds_on_edges_of_bins_and_loses_nobody() -> None:
    figures = charts.Spread([0, 249999, 250000, 299999, 300000, 10**9], 250000, 300000, str, ("partner", "partners"))
    width, counts = charts.binned(figures)
    assert (250000 % width, 300000 % width) == (0, 0)
    assert sum(counts) == 6
    assert sum(counts[250000 // width : 300000 // width]) == 2
    for before, after in ((None, 500), (1, 1_000_000_007), (1_000_000_007, 1), (300_000, 100), (400, None), (7, 11)):
        width, counts = charts.binned(charts.Spread([0, 5, 10**10], before, after, str, ("review", "reviews")))
        assert 1 <= len(counts) <= 50
        assert sum(counts) == 3


def test_a_sankey_keeps_all_partners() -> None:
    found = [charts.Flow("Silver", "Bronze", 3, "down", "3 down"), charts.Flow("Bronze", "Bronze", 9, "same", "9 stay")]
    drawn = charts.flows(["Gold", "Silver", "Bronze"], found, "Places")
    assert "Silver 3" in drawn
    assert "Bronze 9" in drawn
    assert "Bronze 12" in drawn
    assert "Gold" not in drawn


@pytest.mark.parametrize(
    ("most", "steps", "step"), [(1, 4, 1), (7, 3, 5), (100, 4, 25), (160, 4, 50), (10**9, 4, 25 * 10**7)]
)
def test_steps_of_an_axis_are_round(most: int, steps: int, step: int) -> None:
    assert svg.nice_step(most, steps) == step


def test_words_for_figures() -> None:
    assert (words.number(-1234), words.signed(-3), words.signed(0)) == ("−1,234", "−3", "±0")
    assert (words.money(123450), words.money(-5), words.signed_money(5)) == ("1,234.50", "−0.05", "+0.05")
    assert (words.whole_units(149), words.whole_units(150), words.whole_units(-150)) == (1, 2, -2)
    assert (words.share_change(200, 191), words.share_change(0, 5), words.share_change(10_000, 10_001)) == (
        "−4.5 %",
        "",
        "±0 %",
    )
    assert (words.percent(1250), words.percent(4000), words.percent(5)) == ("12.5 %", "40 %", "0.05 %")
    assert words.day(date(2026, 9, 30)) == "30 September 2026"
    assert (words.plural(1, "sale"), words.plural(2000, "sale")) == ("1 sale", "2,000 sales")
