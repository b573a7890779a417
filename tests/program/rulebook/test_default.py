"""The packaged rulebook reproduces the program's terms."""

import tomllib
from datetime import date
from decimal import Decimal

import pytest
from pydantic import ValidationError

from honeyguide.program.rulebook import Rulebook, load_rulebook
from honeyguide.program.rulebook.load import DEFAULT


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return load_rulebook()


def test_it_has_the_three_statuses_lowest_first(rulebook: Rulebook) -> None:
    assert [status.name for status in rulebook.statuses] == ["bronze", "silver", "gold"]
    assert [status.discount_percent for status in rulebook.statuses] == [20, 40, 50]


def test_it_asks_for_the_figures_of_the_terms(rulebook: Rulebook) -> None:
    bronze, silver, gold = rulebook.statuses
    assert bronze.reach is None
    assert bronze.keep.deadline_days == 90
    assert silver.reach is not None
    assert silver.reach.sales_amount == 2500
    assert silver.reach.sales_since_previous_status is False
    assert silver.reach.clients_count == 2
    assert silver.keep.sales_amount == 5000
    assert silver.keep.seats_count == 400
    assert silver.keep.review_months == 12
    assert gold.reach is not None
    assert gold.reach.sales_amount == 10_000
    assert gold.reach.sales_since_previous_status is True
    assert gold.reach.clients_count is None
    assert gold.keep.sales_amount == 15_000
    assert gold.keep.seats_count == 1000
    assert gold.keep.shown_requirements == ("qbr",)


def test_it_says_what_each_requirement_is(rulebook: Rulebook) -> None:
    assert rulebook.requirements["tutorial"].course == "tutorial"
    assert rulebook.requirements["nfr_cloud"].nfr == "cloud"
    assert rulebook.requirements["qbr"].evidence == "qbr"
    assert rulebook.requirements["qbr"].course is None


def test_it_says_what_counts_and_what_earns_points(rulebook: Rulebook) -> None:
    assert "service" not in rulebook.sales.counting_products
    assert rulebook.seats.in_force_from == date(2026, 1, 1)
    assert rulebook.points.sale.module_percent == {"standard": 10, "advanced": 15, "premium": 20}
    assert [band.points for band in rulebook.points.sale.extended_licence_points] == [15, 20, 25]
    assert rulebook.points.project.module_points == {"simple": 50, "standard": 100, "complex": 150}


@pytest.mark.clause("T8.1")
@pytest.mark.clause("T8.2")
def test_it_says_how_long_licences_not_for_resale_are_given_and_what_they_leave_out(rulebook: Rulebook) -> None:
    assert rulebook.nfr is not None
    cloud, key = rulebook.nfr.cloud, rulebook.nfr.on_premise
    assert cloud is not None
    assert key is not None
    assert (cloud.edition, cloud.first_months, cloud.extended_months) == ("Professional", 6, 6)
    assert (cloud.without_custom_domain, cloud.unpaid_accounts_only) == (True, True)
    assert (cloud.storage_gb, cloud.card_scans_count, cloud.sites_count) == (24, 12, 5)
    assert cloud.mails_a_month_count == 15_000
    assert (key.edition, key.first_months, key.extended_months) == ("Business 50", 12, 12)
    assert [status.nfr_extended for status in rulebook.statuses] == [(), *[("cloud", "on_premise")] * 2]


def test_it_can_be_read_by_a_plain_toml_reader() -> None:
    with DEFAULT.open("rb") as file:
        data = tomllib.load(file)
    assert Rulebook.model_validate(data) == load_rulebook()


def test_it_survives_dumping_and_reading(rulebook: Rulebook) -> None:
    assert Rulebook.model_validate(rulebook.model_dump()) == rulebook
    assert Rulebook.model_validate_json(rulebook.model_dump_json()) == rulebook


def test_it_keeps_amounts_exact(rulebook: Rulebook) -> None:
    data = rulebook.model_dump()
    data["statuses"][1]["reach"]["sales_amount"] = Decimal("2500.10")
    changed = Rulebook.model_validate(data)
    assert changed.statuses[1].reach is not None
    assert changed.statuses[1].reach.sales_amount == Decimal("2500.10")


def test_it_cannot_be_changed(rulebook: Rulebook) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        rulebook.sales.counting_products = ()  # type: ignore[misc]
