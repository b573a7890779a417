"""The catalogue of rewards in the rulebook: the guide's prices, and no way to money."""

from decimal import Decimal
from typing import Any, get_args

import pytest

from honeyguide.program.rulebook import Rulebook, load_rulebook
from honeyguide.program.rulebook.load import RulebookError, check_rulebook
from honeyguide.program.rulebook.rewards import DISCOUNT_KINDS, REWARD_KINDS, Reward, Rewards, Variant

CASH = ("cash", "money", "payout", "transfer", "withdraw", "refund", "gift_card", "voucher", "credit", "account")


@pytest.fixture(scope="module")
def rewards() -> Rewards:
    found = load_rulebook().rewards
    assert found is not None
    return found


def price_range(reward: Reward) -> tuple[int, int]:
    return (
        min(variant.min_points for variant in reward.variants.values()),
        max(variant.max_points for variant in reward.variants.values()),
    )


@pytest.mark.clause("G2.1")
@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("renewal_discount", 500, 2000),
        ("employee_licence", 1000, 1000),
        ("course", 300, 1500),
        ("marketplace_module", 800, 2500),
        ("consultation", 400, 1200),
    ],
)
def test_the_first_part_of_the_catalogue_has_the_guides_prices(
    rewards: Rewards, name: str, low: int, high: int
) -> None:
    reward = rewards.catalogue[name]
    assert (reward.clause, price_range(reward)) == ("G2.1", (low, high))


@pytest.mark.clause("G2.1")
def test_a_renewal_is_lessened_by_a_fifth_at_most(rewards: Rewards) -> None:
    assert {one.covers_percent for one in rewards.catalogue["renewal_discount"].variants.values()} == {20}


@pytest.mark.clause("G2.2")
@pytest.mark.parametrize(
    ("name", "low", "high"),
    [("user_month", 5000, 5000), ("crm_module", 3000, 7000), ("storage", 4000, 4000), ("licence_discount", 1000, 1000)],
)
def test_the_second_part_of_the_catalogue_has_the_guides_prices(
    rewards: Rewards, name: str, low: int, high: int
) -> None:
    reward = rewards.catalogue[name]
    assert (reward.clause, price_range(reward)) == ("G2.2", (low, high))


@pytest.mark.clause("G2.2")
def test_a_thousand_points_take_up_to_a_tenth_off_a_licence(rewards: Rewards) -> None:
    assert {one.covers_percent for one in rewards.catalogue["licence_discount"].variants.values()} == {10}


@pytest.mark.clause("G2.9")
def test_every_marketing_use_is_tied_to_a_campaign(rewards: Rewards) -> None:
    marketing = {name for name, reward in rewards.catalogue.items() if reward.clause == "G2.9"}
    assert marketing == {"promotion_package", "promo_material", "extended_demo", "client_loyalty", "webinar"}
    assert {name for name, reward in rewards.catalogue.items() if reward.for_campaign} == marketing


@pytest.mark.clause("G2.4")
def test_what_is_for_a_client_is_approved_beforehand(rewards: Rewards) -> None:
    for name, reward in rewards.catalogue.items():
        assert reward.needs_approval or not reward.for_client, name


@pytest.mark.clause("G2.6")
def test_no_kind_and_no_key_pays_out(rewards: Rewards) -> None:
    names = {*REWARD_KINDS, *Rewards.model_fields, *Reward.model_fields, *Variant.model_fields, *rewards.catalogue}
    assert [(name, word) for name in names for word in CASH if word in name] == []


@pytest.mark.clause("G2.6")
def test_a_kind_that_pays_out_is_refused() -> None:
    problem = "rewards.catalogue.storage.kind"
    assert any(line.startswith(problem) for line in problems("storage", kind="cash"))


@pytest.mark.clause("G2.8")
def test_each_reward_says_what_it_goes_with(rewards: Rewards) -> None:
    for reward in rewards.catalogue.values():
        assert set(reward.combines_with) <= set(DISCOUNT_KINDS)
    assert "partner_discount" in rewards.catalogue["renewal_discount"].combines_with
    assert "special_offer" not in rewards.catalogue["renewal_discount"].combines_with


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"status": "platinum"}, "expected one of bronze, silver, gold"),
        ({"variants": {}}, "expected at least one variant"),
        ({"combines_with": ["promotion", "promotion"]}, "expected each name once"),
        ({"payout_amount": 5}, "no such key"),
    ],
)
def test_a_broken_reward_is_told_with_what_was_expected(change: dict[str, Any], expected: str) -> None:
    assert any(expected in line for line in problems("storage", **change))


@pytest.mark.clause("G2.3")
def test_a_price_outside_its_range_is_told() -> None:
    lines = variant_problems(default_points=1)
    assert any("expected a price from min_points to max_points" in line for line in lines)
    assert any("nothing is given away" in line for line in variant_problems(min_points=0))


def test_discounts_of_the_matrix_go_with_others_only() -> None:
    data = default_data()
    data["rewards"]["matrix"]["together"] = {"promotion": ["promotion", "kickstart", "kickstart"]}
    lines = told(data)
    assert any("other discounts than itself" in line for line in lines)
    assert any("expected each name once" in line for line in lines)


def test_worth_is_the_covered_part_in_cents() -> None:
    variant = Variant(
        title="A", title_ru="А", min_points=1, max_points=1, default_points=1, list_amount=Decimal("33.35"),
        covers_percent=Decimal(10),
    )  # fmt: skip
    assert variant.worth_amount == Decimal("3.34")


def test_a_rulebook_without_rewards_is_valid() -> None:
    data = default_data()
    del data["rewards"]
    assert check_rulebook(data).rewards is None
    assert type(None) in get_args(Rulebook.model_fields["rewards"].annotation)


def default_data() -> dict[str, Any]:
    return load_rulebook().model_dump()


def told(data: dict[str, Any]) -> list[str]:
    with pytest.raises(RulebookError) as caught:
        check_rulebook(data)
    return list(caught.value.problems)


def problems(name: str, **changes: Any) -> list[str]:
    data = default_data()
    data["rewards"]["catalogue"][name] |= changes
    return told(data)


def variant_problems(**changes: Any) -> list[str]:
    data = default_data()
    data["rewards"]["catalogue"]["storage"]["variants"]["gb_100"] |= changes
    return told(data)
