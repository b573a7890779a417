"""Which version holds on a day; looked up once a request; what was published cannot be changed unseen."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from honeyguide.accounts.actor import Actor
from honeyguide.accounts.models import User
from honeyguide.cli.check import check_rulebook
from honeyguide.common.rulebooks import current_rulebook, first_rulebook, within
from honeyguide.history import guards
from honeyguide.program.rulebook import RulebookError
from honeyguide.program.rulebook.editing import with_values
from honeyguide.rulebooks.models import RulebookVersion
from honeyguide.rulebooks.queries import VersionState, all_versions, forget, in_force, last_text, listed
from honeyguide.rulebooks.services import earliest_day, publish
from honeyguide.rulebooks.verifying import problems
from honeyguide.standing.engine import assess
from tests.live.conftest import NOW, TODAY, World

SOON, LATER = TODAY + timedelta(days=20), TODAY + timedelta(days=60)


def announce(world: World, version: str, day: date, **values: int) -> RulebookVersion:
    named = {name.replace("__", "."): value for name, value in values.items()}
    text = with_values(last_text(), {"version": version, "effective_from": day, **named})
    admin = Actor(name="Admin Person", user=world.staff["admin"])
    return publish(text=text, note="", proposer=world.staff["manager"], actor=admin, now=NOW)


def test_the_file_is_the_first_version_and_each_follows_on_its_day(world: World) -> None:
    announce(world, "1.1", SOON, statuses__silver__keep__seats_count=500)
    announce(world, "2.0", LATER, statuses__silver__keep__seats_count=600)
    days = [TODAY, SOON - timedelta(days=1), SOON, LATER - timedelta(days=1), LATER]
    assert [in_force(day).version for day in days] == ["1.0", "1.0", "1.1", "1.1", "2.0"]
    assert in_force(date(2020, 1, 1)) == first_rulebook()
    states = [(each.version, each.state, each.until) for each in listed(SOON)]
    assert states == [
        ("1.0", VersionState.PAST, SOON - timedelta(days=1)),
        ("1.1", VersionState.IN_FORCE, LATER - timedelta(days=1)),
        ("2.0", VersionState.ANNOUNCED, None),
    ]


def test_a_standing_is_assessed_by_the_version_of_its_day(world: World) -> None:
    announce(world, "1.1", SOON, statuses__gold__discount_percent=45)
    before, after = (assess(["nectar"], day)["nectar"].answer for day in (SOON - timedelta(days=1), SOON))
    assert (before["discount_percent"], after["discount_percent"]) == (50, 45)


def test_versions_are_looked_up_once_in_a_request_or_task(world: World) -> None:
    with within(TODAY), CaptureQueriesContext(connection) as asked:
        assert {current_rulebook().version for _time in range(5)} == {"1.0"}
        assert len(all_versions()) == 1
    assert len(asked) == 1
    with within(TODAY):
        current_rulebook()
        announce(world, "1.1", SOON)
        assert len(all_versions()) == 2  # what this moment itself has published is seen in it
        forget()
        assert len(all_versions()) == 2


def test_a_page_asks_for_versions_at_most_once(world: World, sign_in: Callable[[User], Client]) -> None:
    announce(world, "1.1", SOON)
    for user, path in (
        (world.alice, "/partner/"),
        (world.alice, "/partner/status/"),
        (world.staff["admin"], "/console/"),
    ):
        client = sign_in(user)
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            client.get(path)
        assert sum("rulebooks_rulebookversion" in query["sql"] for query in asked) <= 1, path


@pytest.mark.clause("T2.1.2")
def test_the_earliest_day_follows_the_figure_of_the_rulebook_in_force(world: World) -> None:
    assert earliest_day(TODAY) == TODAY + timedelta(days=10)
    announce(world, "1.1", SOON, publishing__notice_days=30)
    assert earliest_day(SOON) == SOON + timedelta(days=30)


def test_a_text_that_was_changed_past_the_guards_is_named(world: World) -> None:
    row = announce(world, "1.1", SOON)
    assert list(problems()) == []
    guards.remove(connection, "rulebooks_rulebookversion")
    RulebookVersion.objects.filter(pk=row.pk).update(text=row.text.replace("seats_count = 400", "seats_count = 1"))
    assert list(problems()) == ["rulebook default 1.1: its text is not what was published: its checksum differs"]
    RulebookVersion.objects.filter(pk=row.pk).update(effective_from=LATER)
    assert any("stored as in force from" in line for line in problems())
    guards.install(connection, "rulebooks_rulebookversion")


def test_a_file_that_no_longer_fits_what_was_published_is_told_by_the_check(
    world: World, settings: Any, tmp_path: Path
) -> None:
    announce(world, "1.1", SOON)
    assert [finding.verdict for finding in check_rulebook()] == ["ok"]
    other = tmp_path / "other.toml"
    other.write_text(
        last_text().replace('version = "1.1"', 'version = "0.9"').replace('currency = "USD"', 'currency = "EUR"')
    )
    settings.RULEBOOK_PATH = str(other)
    with pytest.raises(RulebookError, match="expected the same in all versions"):
        all_versions()
    assert {finding.verdict for finding in check_rulebook()} == {"bad"}
