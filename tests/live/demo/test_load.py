"""The demonstration fills an empty database, once, the same way for the same day."""

from datetime import date, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from honeyguide.accounts.models import Role, User
from honeyguide.common.errors import Refusal
from honeyguide.demo.crowd import account, crowd
from honeyguide.demo.load import IMPORTER, SEED, Loaded, load
from honeyguide.demo.logins import PASSWORD
from honeyguide.demo.stories import stories
from honeyguide.history.models import Event
from honeyguide.history.queries import program_events
from honeyguide.partners.models import Partner
from honeyguide.standing.models import Standing
from tests.live.conftest import NOW, TODAY
from tests.live.demo.conftest import CROWD


def test_every_company_has_a_standing_of_today_and_a_profile(loaded: Loaded) -> None:
    assert Standing.objects.filter(assessed_on=TODAY).count() == Partner.objects.count() == loaded.partners
    for partner in Partner.objects.filter(added_at__lt=NOW - timedelta(days=60)):
        assert all((partner.email, partner.phone, partner.website, partner.postal_address, partner.description)), (
            partner.key
        )
        assert partner.services
    assert set(Standing.objects.values_list("status", flat=True)) >= {"bronze", "silver", "gold"}
    assert Partner.objects.values("country").distinct().count() >= 15


def test_every_role_can_sign_in_with_the_one_password(loaded: Loaded) -> None:
    assert set(User.objects.exclude(role="").values_list("role", flat=True)) == set(Role.values)
    for email in ("manager@meadow.example", "anna@nectar.example", "dina@klever.example"):
        assert User.objects.get(email=email).check_password(PASSWORD)
        assert EmailAddress.objects.get(email=email).verified
        assert Client().login(username=email, email=email, password=PASSWORD)


def test_a_second_load_is_refused_and_changes_nothing(loaded: Loaded) -> None:
    before = Event.objects.count()
    with pytest.raises(Refusal, match="has data already"):
        load(now=NOW, partners=CROWD)
    assert Event.objects.count() == before


def test_a_change_of_discount_stands_in_the_history_on_its_day_and_once(loaded: Loaded) -> None:
    told = Event.objects.filter(type="standing.changed", partner__in=["comb", "apiario"]).order_by("at")
    found = [
        (event.partner, (TODAY - event.at.date()).days, event.data["discount_percent"])
        for event in told
        if event.data["discount_percent"] != event.data["discount_percent_before"]
    ]
    tutorial = Event.objects.get(type="course.completed", partner="comb", data__course="tutorial")
    assert ("comb", (TODAY - tutorial.at.date()).days, "20") in found
    assert [row for row in found if row[0] == "apiario"][-1] == ("apiario", 21, "30")
    assert len(found) == len(set(found))
    assert not Event.objects.filter(type="standing.changed", at__date=TODAY, actor_name=IMPORTER).exists()


def test_nothing_lies_in_the_future(loaded: Loaded) -> None:
    assert not program_events().filter(at__gt=NOW).exists()


def test_the_same_day_makes_the_same_events(loaded: Loaded) -> None:
    kept = list(program_events().filter(uid__startswith="meadow-").values_list("uid", "at", "type", "partner"))
    assert [uid for uid, *_ in kept] == [f"meadow-{place:06}" for place in range(1, len(kept) + 1)]
    again = crowd(TODAY, CROWD, SEED) + [event for story in stories(TODAY) for event in story.events]
    again.sort(key=lambda event: event["at"])
    assert [(at, kind, partner) for _, at, kind, partner in kept] == [
        (event["at"], event["type"], event["partner"]) for event in again
    ]


def test_old_repeat_deals_were_decided_and_young_ones_wait() -> None:
    events = crowd(TODAY, CROWD, SEED)
    decided = {event["sale"] for event in events if event["type"] == "points.decided"}
    last: dict[tuple[str, str], date] = {}
    waiting = []
    for event in events:
        if event["type"] == "sale.paid":
            pair, day = (event["partner"], event["client"]), event["at"].date()
            if pair in last and (day - last[pair]).days < 30 and event["sale"] not in decided:
                waiting.append(day)
            last[pair] = day
    assert all((TODAY - day).days <= 45 for day in waiting)


def test_clients_have_accounts_of_their_own() -> None:
    assert len({account(number) for number in range(20_000)}) == 20_000
