"""Every key of a rulebook has words, and a change is told in them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest
from pydantic import BaseModel

from honeyguide.program.history import events
from honeyguide.program.rulebook import Rulebook, diff, kinds, load_rulebook
from honeyguide.program.rulebook.figures import WORDINGS, figures
from honeyguide.program.rulebook.sections import LicenceBand

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"


def patterns(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """The patterns of all figures that a rulebook can have, from the model alone."""
    for name, field in model.model_fields.items():
        yield from patterns_of(field.annotation, f"{prefix}{name}")


def patterns_of(annotation: Any, pattern: str) -> Iterator[str]:
    arguments = [argument for argument in get_args(annotation) if argument is not type(None)]
    if type(None) in get_args(annotation):
        (annotation,) = arguments
        arguments = list(get_args(annotation))
    if get_origin(annotation) is dict:
        yield from patterns_of(arguments[1], f"{pattern}.*")
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield from patterns(annotation, f"{pattern}.")
    else:
        yield pattern
        if get_origin(annotation) is tuple and arguments[0] is not LicenceBand:
            item = arguments[0]
            if isinstance(item, type) and issubclass(item, BaseModel):
                yield from patterns(item, f"{pattern}.*.")


def changed(*path_and_value: Any) -> Rulebook:
    *path, last, value = path_and_value
    data = load_rulebook().model_dump()
    data["statuses"] = list(data["statuses"])
    place: Any = data
    for part in path:
        place = place[part]
    place[last] = value
    return Rulebook.model_validate(data)


def told(after: Rulebook) -> list[str]:
    return [change.words for change in diff(load_rulebook(), after)]


def test_every_key_of_the_model_has_words() -> None:
    keys = set(patterns(Rulebook)) - {"statuses.*.name"}  # a status's name is the subject of its figures
    assert keys == set(WORDINGS)


def test_the_words_are_those_of_the_history_form() -> None:
    assert kinds.PRODUCTS == events.PRODUCTS
    assert kinds.SALE_MODULES == events.SALE_MODULES
    assert kinds.PROJECT_MODULES == events.PROJECT_MODULES
    assert kinds.EVIDENCE == events.REQUIREMENTS
    acting_otherwise = {"downgrade", "terminate", "block_access"}
    assert set(kinds.TAKING_MEASURES) == set(events.MEASURES) - acting_otherwise


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("statuses", 1, "keep", "sales_amount", 6000), "Silver, keep: sales 5,000 → 6,000"),
        (("statuses", 1, "keep", "sales_amount", "5000.50"), "Silver, keep: sales 5,000 → 5,000.50"),
        (("statuses", 2, "keep", "seats_count", None), "Gold, keep: new seats 1,000 → none"),
        (("statuses", 2, "reach", "clients_count", 3), "Gold, reach: clients none → 3"),
        (("statuses", 0, "keep", "deadline_days", 60), "Bronze, keep: deadline 90 days → 60 days"),
        (("statuses", 1, "discount_percent", "37.5"), "Silver: discount 40 % → 37.5 %"),
        (("statuses", 2, "reach", "sales_since_previous_status", False),
         "Gold, reach: only sales since the status below yes → no"),
        (("statuses", 0, "keep", "requirements", ("tutorial", "webinar")),
         "Bronze, keep: requirements + webinar, - nfr_cloud"),
        (("statuses", 0, "keep", "requirements", ("tutorial", "nfr_cloud")),
         "Bronze, keep: requirements in another order: tutorial, nfr_cloud"),
        (("statuses", 2, "keep", "shown_requirements", ()), "Gold, keep: shown, not deciding qbr → none"),
        (("seats", "in_force_from", "2027-01-01"), "New seats: in force from 2026-01-01 → 2027-01-01"),
        (("points", "sale", "module_percent", "premium", 25),
         "Points for sales: surcharge, premium module 20 % → 25 %"),
        (("points", "sale", "extended_licence_points", ({"points": 20},)),
         "Points for sales: extended licence up to 50 seats 15, up to 250 seats 20, more 25 → more 20"),
        (("points", "validity_months", 1), "Points: valid for 12 months → 1 month"),
        (("requirements", "webinar", {"course": "webinar"}), "Requirement webinar: course none → webinar"),
        (("entitlements", "texts", "listing", "Listed"),
         "Entitlements: text of listing Listing in the partner directory → Listed"),
        (("nfr", "cloud", "first_months", 3), "Not-for-resale, cloud: first given for 6 months → 3 months"),
        (("nfr", "cloud", "storage_gb", None), "Not-for-resale, cloud: storage in GB 24 → none"),
        (("statuses", 0, "nfr_extended", ("cloud",)), "Bronze: not-for-resale licences extended none → cloud"),
        (("time_zone", "Asia/Almaty"), "Program: time zone UTC → Asia/Almaty"),
    ],
)  # fmt: skip
def test_a_change_is_told_in_words(change: tuple[Any, ...], words: str) -> None:
    assert words in told(changed(*change))


def test_a_change_keeps_both_values_and_its_key() -> None:
    (change,) = diff(load_rulebook(), changed("statuses", 1, "keep", "sales_amount", 6000))
    assert (change.key, change.before, change.after) == ("statuses.silver.keep.sales_amount", 5000, 6000)


def test_the_same_rulebook_does_not_differ() -> None:
    assert diff(load_rulebook(), load_rulebook()) == []


def test_statuses_are_matched_by_name() -> None:
    data = load_rulebook().model_dump()
    bronze, silver, gold = data["statuses"]
    data["statuses"] = (bronze, {**silver, "name": "steel"}, silver, gold)
    words = told(Rulebook.model_validate(data))
    assert words[0] == "Program: statuses bronze < silver < gold → bronze < steel < silver < gold"
    assert "Steel, keep: sales none → 5,000" in words
    assert not [line for line in words if line.startswith(("Silver", "Gold"))]
    back = [change.words for change in diff(Rulebook.model_validate(data), load_rulebook())]
    assert back == [
        "Program: statuses bronze < steel < silver < gold → bronze < silver < gold",
        "Steel: no longer a status",
    ]


def test_each_figure_stands_beside_its_clause() -> None:
    clauses = {figure.key: figure.clause for figure in figures(load_rulebook())}
    assert clauses["statuses", "silver", "reach", "sales_amount"] == "T3.1.2a"
    assert clauses["statuses", "silver", "keep", "seats_count"] == "T3.1.2b"
    assert clauses["statuses", "gold", "discount_percent"] == "T3.1.3c"
    assert clauses["points", "project", "module_points", "complex"] == "G1.3"
    assert clauses["measures", "takes", "delist"] == "T14"
    assert clauses["nfr", "cloud", "storage_gb"] == "T8.1"
    assert clauses["nfr", "on_premise", "first_months"] == "T8.2"


def test_another_vendors_rulebook_is_valid_and_can_be_compared() -> None:
    other = load_rulebook(EXAMPLES / "other-vendor.toml")
    assert [status.name for status in other.statuses] == ["registered", "certified", "premium", "strategic"]
    assert (other.currency, other.time_zone) == ("EUR", "Europe/Berlin")
    words = told(other)
    assert "Program: currency USD → EUR" in words
    assert "Silver: no longer a status" in words
    assert "Strategic, reach: sales none → 99,999.50" in words
