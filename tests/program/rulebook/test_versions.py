"""The versions of a rulebook: which is in force on a day, and which belong together."""

from datetime import date

import pytest

from honeyguide.program.rulebook import Rulebook, RulebookError, load_rulebook
from honeyguide.program.rulebook.versions import Versions, versions_of

DEFAULT = load_rulebook()


def _version(version: str, effective_from: date, **changes: object) -> Rulebook:
    return DEFAULT.model_copy(update={"version": version, "effective_from": effective_from, **changes})


def test_each_version_holds_from_its_day_until_the_next_ones() -> None:
    versions = Versions(
        [_version("2", date(2027, 1, 1)), _version("1", date(2026, 1, 1)), _version("3", date(2028, 3, 1))]
    )
    days = [date(2026, 12, 31), date(2027, 1, 1), date(2028, 2, 29), date(2028, 3, 1), date(2090, 1, 1)]
    assert [versions.on(day).version for day in days] == ["1", "2", "2", "3", "3"]
    assert [versions.place(day) for day in days] == [0, 1, 1, 2, 2]
    assert [book.version for book in versions] == ["1", "2", "3"]


def test_the_first_version_also_holds_on_all_days_before_its_own() -> None:
    versions = Versions([_version("1", date(2026, 1, 1)), _version("2", date(2027, 1, 1))])
    assert versions.on(date(2019, 5, 5)).version == "1"


def test_a_rulebook_alone_is_in_force_on_all_days() -> None:
    assert versions_of(DEFAULT).on(date(1990, 1, 1)) is DEFAULT
    versions = Versions([DEFAULT])
    assert versions_of(versions) is versions


def test_versions_of_different_programs_are_refused() -> None:
    fewer = _version("2", date(2027, 1, 1), statuses=DEFAULT.statuses[:2], currency="EUR")
    with pytest.raises(RulebookError) as refused:
        Versions([DEFAULT, fewer])
    assert refused.value.problems == (
        "version 2: statuses = bronze, silver, in version 1.0 bronze, silver, gold: expected the same in all versions",
        "version 2: currency = EUR, in version 1.0 USD: expected the same in all versions",
    )


def test_two_versions_cannot_take_effect_on_one_day() -> None:
    with pytest.raises(RulebookError, match=r"versions 1\.0 and 2 both take effect on 2026-01-01"):
        Versions([DEFAULT, _version("2", DEFAULT.effective_from)])


def test_no_version_at_all_is_refused() -> None:
    with pytest.raises(RulebookError, match="expected at least one rulebook"):
        Versions([])
