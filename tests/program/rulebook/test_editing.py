"""A figure is turned in the text of a rulebook, and nothing else of it changes."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from honeyguide.program.rulebook import RulebookError, diff, load_rulebook, parse_rulebook
from honeyguide.program.rulebook.editing import KEPT, places, with_values
from honeyguide.program.rulebook.figures import figures, is_clause
from honeyguide.program.rulebook.load import DEFAULT
from honeyguide.program.rulebook.sections import LicenceBand

TEXT = DEFAULT.read_text(encoding="utf-8")


def changes(values: dict[str, Any]) -> list[str]:
    return [change.words for change in diff(load_rulebook(), parse_rulebook(with_values(TEXT, values)))]


def test_every_value_is_a_place_with_its_clause() -> None:
    single = {
        (".".join(figure.key), figure.value, figure.clause)
        for figure in figures(load_rulebook())
        if figure.pattern != "statuses" and not is_clause(figure.pattern) and figure.pattern not in KEPT
    }
    found = places(load_rulebook())
    assert {(place.name, place.value, place.clause) for place in found if place.value is not None} == single
    assert all(place.optional for place in found if place.value is None)


def test_every_place_fits_its_kind_and_can_be_written_back() -> None:
    values = {place.name: place.value for place in places(load_rulebook()) if place.value is not None}
    assert all(place.kind.read(place.value) == place.value for place in places(load_rulebook()) if place.name in values)
    assert changes(values) == []


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("statuses.silver.keep.sales_amount", Decimal("6000.50"), "Silver, keep: sales 5,000 → 6,000.50"),
        ("statuses.gold.keep.sales_amount", Decimal(20000), "Gold, keep: sales 15,000 → 20,000"),
        ("statuses.gold.reach.clients_count", 3, "Gold, reach: clients none → 3"),
        ("seats.in_force_from", date(2027, 1, 1), "New seats: in force from 2026-01-01 → 2027-01-01"),
        ("points.sale.module_percent.premium", Decimal(25), "Points for sales: surcharge, premium module 20 % → 25 %"),
        ("nfr.cloud.unpaid_accounts_only", False,
         "Not-for-resale, cloud: only for accounts that never bought yes → no"),
        ("entitlements.texts.nfr_cloud:1", "One of them",
         "Entitlements: text of nfr_cloud:1 One not-for-resale cloud subscription → One of them"),
        ("points.notices.before_days", (45, 14),
         "Notices of points that expire: sent before 60, 30, 7 days → 45, 14 days"),
        ("points.sale.extended_licence_points",
         (LicenceBand(up_to_seats_count=100, points=18), LicenceBand(points=30)),
         "Points for sales: extended licence up to 50 seats 15, up to 250 seats 20, more 25 → "
         "up to 100 seats 18, more 30"),
        ("points.sale.products", ("cloud",), "Points for sales: products - on_premise"),
        ("publishing.notice_days", 30, "New versions of the rules: told ahead by 10 days → 30 days"),
    ],
)  # fmt: skip
def test_a_value_is_turned_and_nothing_else(name: str, value: Any, words: str) -> None:
    assert changes({name: value}) == [words]


def test_comments_and_order_stay() -> None:
    before, after = TEXT.splitlines(), with_values(TEXT, {"statuses.silver.keep.sales_amount": 6000}).splitlines()
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert len(changed) == 1
    assert changed[0][1].startswith("sales_amount = 6000 ")
    assert changed[0][1].endswith("# T3.1.2b")


def test_an_absent_value_comes_in_and_a_present_one_goes_out() -> None:
    assert changes({"statuses.gold.keep.seats_count": None}) == ["Gold, keep: new seats 1,000 → none"]
    absent = next(
        place for place in places(load_rulebook()) if place.name.endswith(".active_min_points") and not place.value
    )
    assert len(changes({absent.name: 40})) == 1  # before the tables that follow in the file


def test_an_unknown_place_is_refused() -> None:
    with pytest.raises(KeyError):
        with_values(TEXT, {"statuses.platinum.keep.sales_amount": 1})
    with pytest.raises(KeyError):
        with_values(TEXT, {"nowhere.to.be_found": 1})


def test_what_does_not_fit_together_is_told_by_the_checks_of_a_file() -> None:
    with pytest.raises(RulebookError, match=r"statuses\[1\]\.keep\.review_months"):
        parse_rulebook(with_values(TEXT, {"statuses.silver.keep.review_months": None}))


@pytest.mark.clause("T4.2")
def test_every_figure_that_a_draft_can_turn_names_its_clause() -> None:
    """Words that say what something is are no figures: what meets a requirement, what every partner gets."""
    words = ("requirements.", "entitlements.", "sales.counting_products")
    assert [
        place.name for place in places(load_rulebook()) if not place.clause and not place.name.startswith(words)
    ] == []
