"""How long licences not for resale run: a table of cases, and what must hold for all."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from honeyguide.program.rulebook import load_rulebook
from honeyguide.requirements import rules
from honeyguide.requirements.rules import Grant, Path, Term

RULEBOOK = load_rulebook()
START = date(2025, 1, 15)


def path(*changes: tuple[str, str | None]) -> Path:
    """A partner's statuses by ISO day."""
    return Path(tuple((date.fromisoformat(day), status) for day, status in changes))


def term(day: str, statuses: Path, product: str = "cloud", grant: Grant | None = None) -> Term:
    """The one licence of a partner as of a day."""
    grants = [grant or Grant(START)]
    (found,) = rules.terms_on(grants, product=product, rulebook=RULEBOOK, path=statuses, day=date.fromisoformat(day))
    return found


BRONZE = path(("2025-01-01", "bronze"))
SILVER = path(("2025-01-01", "bronze"), ("2025-03-01", "silver"))
LATE_SILVER = path(("2025-01-01", "bronze"), ("2025-07-16", "silver"))
LOST_GOLD = path(("2024-01-01", "gold"), ("2025-09-01", "bronze"))
CANCELLED = path(("2025-01-01", "bronze"), ("2025-04-01", None))
BACK = path(("2025-01-01", "bronze"), ("2025-04-01", None), ("2025-05-01", "bronze"))


@pytest.mark.clause("T8.1")
@pytest.mark.parametrize(
    ("day", "statuses", "expected"),
    [
        ("2025-01-15", BRONZE, Term(date(2025, 7, 15))),
        ("2025-07-14", BRONZE, Term(date(2025, 7, 15))),
        ("2025-07-15", BRONZE, Term(date(2025, 7, 15), 0, "time")),
        ("2026-07-15", BRONZE, Term(date(2025, 7, 15), 0, "time")),
        ("2025-07-14", SILVER, Term(date(2025, 7, 15), will_be_extended=True)),
        ("2025-07-15", SILVER, Term(date(2026, 1, 15), 1, will_be_extended=True)),
        ("2026-01-15", SILVER, Term(date(2026, 7, 15), 2, will_be_extended=True)),
        ("2025-08-01", LATE_SILVER, Term(date(2025, 7, 15), 0, "time")),
        ("2025-08-01", LOST_GOLD, Term(date(2026, 1, 15), 1, will_be_extended=True)),
        ("2025-09-01", LOST_GOLD, Term(date(2026, 1, 15), 1)),
        ("2026-01-15", LOST_GOLD, Term(date(2026, 1, 15), 1, "time")),
        ("2025-03-31", CANCELLED, Term(date(2025, 7, 15))),
        ("2025-04-01", CANCELLED, Term(date(2025, 4, 1), 0, "status")),
        ("2025-06-01", BACK, Term(date(2025, 4, 1), 0, "status")),
    ],
)
def test_a_cloud_subscription_runs_six_months_and_goes_on_for_silver_and_gold(
    day: str, statuses: Path, expected: Term
) -> None:
    assert term(day, statuses) == expected


@pytest.mark.clause("T8.2")
@pytest.mark.parametrize(
    ("day", "statuses", "expected"),
    [
        ("2026-01-14", SILVER, Term(date(2026, 1, 15), will_be_extended=True)),
        ("2026-01-15", SILVER, Term(date(2027, 1, 15), 1, will_be_extended=True)),
        ("2026-01-15", LOST_GOLD, Term(date(2026, 1, 15), 0, "time")),
        ("2025-04-02", CANCELLED, Term(date(2025, 4, 1), 0, "status")),
    ],
)
def test_a_key_runs_a_year_and_another_for_silver_and_gold(day: str, statuses: Path, expected: Term) -> None:
    assert term(day, statuses, "on_premise") == expected


def test_one_that_was_given_back_is_over_from_that_day() -> None:
    given_back = Grant(START, closed_on=date(2025, 5, 2))
    assert term("2025-05-01", SILVER, grant=given_back).runs
    assert term("2025-05-02", SILVER, grant=given_back) == Term(date(2025, 5, 2), 0, "returned")
    assert term("2026-05-02", SILVER, grant=given_back) == Term(date(2025, 5, 2), 0, "returned")


def test_one_that_was_extended_ahead_keeps_it_after_the_status_is_lost() -> None:
    assert term("2025-08-01", BRONZE, grant=Grant(START, extensions=1)) == Term(date(2026, 1, 15), 1)


def test_a_months_end_does_not_wander() -> None:
    licence = rules.licence_of(RULEBOOK, "cloud")
    assert licence is not None
    ends = [rules.end_of(date(2024, 8, 31), licence, extensions) for extensions in range(3)]
    assert ends == [date(2025, 2, 28), date(2025, 8, 31), date(2026, 2, 28)]


@pytest.mark.clause("T3.1.3c")
def test_more_than_the_status_allows_are_not_extended_the_first_are_kept() -> None:
    lost = path(("2024-01-01", "gold"), ("2025-06-01", "silver"))
    first, second = rules.terms_on(
        [Grant(START), Grant(START + timedelta(days=3))],
        product="cloud", rulebook=RULEBOOK, path=lost, day=date(2025, 8, 1),
    )  # fmt: skip
    assert first == Term(date(2026, 1, 15), 1, will_be_extended=True)
    assert second == Term(date(2025, 7, 18), 0, "time")


def test_licences_allowed_are_the_numbers_of_the_entitlements() -> None:
    assert [rules.allowed(RULEBOOK, status, "cloud") for status in ("bronze", "silver", "gold", None)] == [1, 1, 2, 0]
    assert [rules.allowed(RULEBOOK, status, "on_premise") for status in ("bronze", "silver", "gold")] == [0, 1, 2]
    assert rules.count_in(["nfr_cloud:2", "nfr_cloudy:7", "dashboard"], "cloud") == 2


def test_a_path_is_read_as_a_standing_keeps_it() -> None:
    steps = [("2025-01-01", "silver"), ("2025-03-01", None)]
    assert rules.path_of(steps) == Path(((date(2025, 1, 1), "silver"), (date(2025, 3, 1), None)))


STATUSES = st.sampled_from(["bronze", "silver", "gold", None])
DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))
PATHS = st.lists(st.tuples(DAYS, STATUSES), max_size=6).map(
    lambda changes: Path(tuple(sorted(changes, key=lambda change: change[0])))
)
GRANTS = st.lists(st.builds(Grant, DAYS, st.integers(0, 2), st.none() | DAYS), min_size=1, max_size=4).map(
    lambda grants: sorted(grants, key=lambda grant: grant.granted_on)
)
PRODUCTS = st.sampled_from(["cloud", "on_premise"])


@given(GRANTS, PATHS, PRODUCTS, DAYS, st.integers(0, 800))
def test_what_is_over_stays_over_and_what_runs_has_an_end_ahead(
    grants: list[Grant], statuses: Path, product: str, day: date, later: int
) -> None:
    now = rules.terms_on(grants, product=product, rulebook=RULEBOOK, path=statuses, day=day)
    then = rules.terms_on(grants, product=product, rulebook=RULEBOOK, path=statuses, day=day + timedelta(days=later))
    for before, after in zip(now, then, strict=True):
        if before.runs:
            assert before.ends_on > day
            assert after.extensions >= before.extensions
        else:
            assert before.ends_on <= day
            assert not before.will_be_extended
            assert after == before


def test_one_that_was_settled_is_over_for_the_reason_that_was_written_down() -> None:
    ended = term("2025-08-01", BRONZE)
    assert ended.closed_because == "time"
    settled = Grant(START, closed_on=ended.ends_on, closed_because="time")
    assert term("2025-08-01", BRONZE, grant=settled) == ended
    assert term("2025-08-01", SILVER, grant=settled) == ended


@given(GRANTS, PATHS, PRODUCTS, DAYS)
def test_settling_what_has_happened_changes_nothing(
    grants: list[Grant], statuses: Path, product: str, day: date
) -> None:
    terms = rules.terms_on(grants, product=product, rulebook=RULEBOOK, path=statuses, day=day)
    settled = [
        replace(grant, extensions=found.extensions)
        if found.runs
        else Grant(grant.granted_on, found.extensions, found.ends_on, found.closed_because)
        for grant, found in zip(grants, terms, strict=True)
    ]
    again = rules.terms_on(settled, product=product, rulebook=RULEBOOK, path=statuses, day=day)
    assert again == terms


@given(PATHS, DAYS)
def test_only_statuses_with_extensions_lead_beyond_the_first_time(statuses: Path, day: date) -> None:
    poor = Path(tuple((on, "bronze" if status else None) for on, status in statuses.changes))
    (found,) = rules.terms_on([Grant(START)], product="cloud", rulebook=RULEBOOK, path=poor, day=day)
    assert found.extensions == 0
    assert found.ends_on <= date(2025, 7, 15)
