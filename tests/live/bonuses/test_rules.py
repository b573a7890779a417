"""The rules of the bonuses, by days and facts alone."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from honeyguide.bonuses.rules import KickstartState, award_valid_to, fits_award, kickstart_state, minor_of, shown_since
from honeyguide.program.rulebook import Rulebook, load_rulebook
from honeyguide.program.rulebook.bonus_sections import AwardBonus
from honeyguide.standing.happenings import Happening

RULEBOOK = load_rulebook(None)
assert RULEBOOK.bonuses is not None
assert RULEBOOK.bonuses.award is not None
AWARD: AwardBonus = RULEBOOK.bonuses.award
Fact = tuple[str, date, dict[str, str]]
APPLIED, ACCEPTED = date(2026, 3, 1), date(2026, 3, 10)


def told(*facts: Fact) -> list[Happening]:
    return [Happening(day, kind, data) for kind, day, data in facts]


STORY: list[Fact] = [
    ("partner.applied", APPLIED, {"name": "Comb GmbH"}),
    ("partner.accepted", ACCEPTED, {}),
    ("course.completed", date(2026, 3, 20), {"course": "tutorial"}),
    ("nfr.claimed", date(2026, 3, 12), {"product": "cloud"}),
    ("evidence.approved", date(2026, 4, 1), {"requirement": "website_endorsement"}),
]


def state_or_none(
    *facts: Fact,
    accepted_on: date | None = ACCEPTED,
    is_active: bool = True,
    today: date = date(2026, 4, 1),
    rulebook: Rulebook = RULEBOOK,
) -> KickstartState | None:
    return kickstart_state(told(*facts), accepted_on=accepted_on, is_active=is_active, today=today, rulebook=rulebook)


def state(*facts: Fact, **given: Any) -> KickstartState:
    found = state_or_none(*facts, **given)
    assert found is not None
    return found


@pytest.mark.clause("T9a")
def test_the_kickstart_bonus_is_due_on_the_day_on_which_all_three_are_shown() -> None:
    found = state(*STORY)
    assert found.is_due
    assert (found.met_on, found.valid_to) == (date(2026, 4, 1), date(2026, 6, 8))
    assert found.requirements == (
        ("nfr_cloud", date(2026, 3, 12)),
        ("tutorial", date(2026, 3, 20)),
        ("website_endorsement", date(2026, 4, 1)),
    )


@pytest.mark.clause("T9a")
@pytest.mark.parametrize("missing", range(2, 5))
def test_with_one_of_them_missing_it_is_not_due(missing: int) -> None:
    found = state(*STORY[:missing], *STORY[missing + 1 :])
    assert not found.is_due
    assert found.met_on is None
    assert found.barred == ""


@pytest.mark.clause("T9a")
def test_what_was_shown_before_the_acceptance_counts_from_the_acceptance() -> None:
    early = [(kind, APPLIED, data) for kind, _day, data in STORY[2:]]
    found = state(*STORY[:1], *early, STORY[1])
    assert found.met_on == ACCEPTED


@pytest.mark.clause("T9a")
@pytest.mark.parametrize(
    ("applied", "due"), [(date(2019, 12, 31), False), (date(2020, 1, 1), True)], ids=["on the day", "a day later"]
)
def test_it_is_for_those_alone_who_applied_after_2019(applied: date, due: bool) -> None:
    found = state(("partner.applied", applied, {"name": "Comb"}), *STORY[1:])
    assert found.is_due is due
    assert found.barred == ("" if due else "early")


@pytest.mark.clause("T9a")
def test_without_an_application_in_the_history_the_acceptance_stands_for_it() -> None:
    assert state(*STORY[1:]).applied_on == ACCEPTED


@pytest.mark.clause("T9a")
@pytest.mark.parametrize(
    ("today", "due"), [(date(2026, 6, 8), True), (date(2026, 6, 9), False)], ids=["90 days after", "91 days after"]
)
def test_it_is_given_up_to_the_ninetieth_day_after_acceptance(today: date, due: bool) -> None:
    shown_late = (*STORY[:4], ("evidence.approved", today, STORY[4][2]))
    assert state(*shown_late, today=today).is_due is due


@pytest.mark.clause("T9a")
def test_whoever_is_not_in_the_program_gets_none() -> None:
    assert state(*STORY, is_active=False).barred == "inactive"
    assert not state(*STORY, accepted_on=None).is_due


def test_evidence_that_was_withdrawn_counts_from_the_day_on_which_it_was_approved_anew() -> None:
    name = {"requirement": "website_endorsement"}
    since = shown_since(
        told(*STORY, ("evidence.withdrawn", date(2026, 4, 3), name), ("evidence.approved", date(2026, 4, 5), name)),
        RULEBOOK,
    )
    assert since["website_endorsement"] == date(2026, 4, 5)
    withdrawn = shown_since(told(*STORY, ("evidence.withdrawn", date(2026, 4, 3), name)), RULEBOOK)
    assert "website_endorsement" not in withdrawn


@pytest.mark.clause("T9a")
def test_a_program_without_the_bonus_has_none() -> None:
    without = RULEBOOK.model_copy(update={"bonuses": None})
    assert state_or_none(*STORY, rulebook=without) is None


@pytest.mark.clause("T10")
@pytest.mark.parametrize(
    ("amount", "fits"),
    [("999.99", False), ("1000", True), ("3333.33", True), ("5000", True), ("5000.01", False), ("1000.001", False)],
)
def test_an_award_bonus_is_from_1000_to_5000(amount: str, fits: bool) -> None:
    assert fits_award(Decimal(amount), AWARD) is fits


@pytest.mark.clause("T10")
@pytest.mark.parametrize("month", [1, 12])
def test_an_award_bonus_is_valid_to_the_last_day_of_the_year_in_which_it_is_credited(month: int) -> None:
    assert award_valid_to(date(2026, month, 31), AWARD) == date(2026, 12, 31)


def test_where_the_rulebook_names_an_earlier_month_what_comes_after_it_is_valid_into_the_next_year() -> None:
    rule = AWARD.model_copy(update={"valid_to_month": 2})
    assert award_valid_to(date(2027, 3, 1), rule) == date(2028, 2, 29)
    assert award_valid_to(date(2027, 2, 28), rule) == date(2027, 2, 28)


def test_amounts_are_kept_in_minor_units() -> None:
    assert minor_of(Decimal("1000.05")) == 100005
