"""The list of partners, adding one, accepting it, and its whole file as of any day (T1.1, T1.3)."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from django.core import mail
from django.test import Client

from honeyguide.accounts.models import User
from honeyguide.history.models import Event
from honeyguide.joining.models import Invitation
from honeyguide.partners.models import Member, Partner
from honeyguide.standing.models import Standing
from tests.live.conftest import NOW, TODAY, World
from tests.live.safety.sending import form_to, send

SignIn = Callable[[User], Client]
SECTIONS = ("", "evidence/", "licences/", "sales/", "points/", "history/", "people/", "company/")


@pytest.fixture
def manager(world: World, sign_in: SignIn) -> Client:
    return sign_in(world.staff["manager"])


def text(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status
    return unescape(response.content.decode())


def names(client: Client, query: str) -> list[str]:
    response = client.get(f"/console/partners/?export=csv&{query}")
    body = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return [row[0] for row in list(csv.reader(io.StringIO(body)))[1:]]


def test_partners_are_searched_filtered_and_sorted(world: World, manager: Client) -> None:
    world.comb.manager = world.staff["manager"]
    world.comb.kind = "sales"
    world.comb.save(update_fields=["manager", "kind"])
    assert names(manager, "") == ["Comb GmbH", "Nectar Ltd"]
    assert names(manager, "q=nect") == ["Nectar Ltd"]
    assert names(manager, "q=charlie@example.com") == ["Comb GmbH"]
    assert names(manager, "q=nothing") == []
    assert names(manager, "status=gold") == ["Nectar Ltd"]
    assert names(manager, "state=applicant") == []
    assert names(manager, "country=DE") == ["Comb GmbH"]
    assert names(manager, "kind=sales") == ["Comb GmbH"]
    assert names(manager, "manager=none") == ["Nectar Ltd"]
    assert names(manager, f"manager={world.staff['manager'].pk}") == ["Comb GmbH"]
    for order in ("-status", "-points", "-name"):
        assert names(manager, f"sort={order}") == ["Nectar Ltd", "Comb GmbH"]
    assert names(manager, "sort=due")[0] == "Comb GmbH"


def test_the_list_takes_as_many_queries_for_many_partners_as_for_few(
    world: World, manager: Client, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    Partner.objects.bulk_create(
        Partner(key=f"p-{number}", name=f"P {number}", country="GB", added_at=NOW) for number in range(30)
    )
    with django_assert_max_num_queries(14):  # type: ignore[attr-defined]
        page = text(manager, "/console/partners/")
    assert "Applicant" in page  # a company of which nothing is known yet


@pytest.mark.clause("T1.1")
def test_a_company_is_added_and_its_main_user_invited_in_one_go(
    world: World, manager: Client, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    given = {
        "name": "Клевер", "country": "KZ", "kind": "integrator", "email": "dana@klever.example", "contact": "Dana",
        "invite": "on", "language": "ru",
    }  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        response = manager.post("/console/partners/add/", given)
    assert response["Location"] == "/console/partners/klever/"
    assert Standing.objects.get(partner__key="klever").state == "applicant"
    assert Invitation.objects.get().role == "main"
    assert mail.outbox[0].to == ["dana@klever.example"]


def test_a_form_that_cannot_be_taken_adds_nothing_and_keeps_what_was_typed(world: World, manager: Client) -> None:
    given = {"name": "Pollen Inc", "country": "US", "kind": "sales", "email": "alice@example.com", "invite": "on"}
    response = manager.post("/console/partners/add/", given)
    assert response.status_code == 422
    assert "another company" in unescape(response.content.decode())
    assert 'value="Pollen Inc"' in response.content.decode()
    assert not Partner.objects.filter(name="Pollen Inc").exists()


@pytest.mark.clause("T1.3")
def test_accepting_says_first_what_will_follow(world: World, manager: Client) -> None:
    manager.post("/console/partners/add/", {"name": "Pollen Inc", "country": "US", "kind": "sales"})
    page = text(manager, "/console/partners/pollen-inc/")
    deadline = TODAY + timedelta(days=90)
    assert "Accept Pollen Inc into the program?" in page
    assert f"{deadline.day} {deadline:%b} {deadline.year}" in page
    assert manager.post("/console/partners/pollen-inc/accept/").status_code == 302
    assert Standing.objects.get(partner__key="pollen-inc").status == "bronze"
    assert manager.post("/console/partners/pollen-inc/accept/").status_code == 409
    assert "into the program?" not in text(manager, "/console/partners/pollen-inc/")


def test_the_file_shows_what_held_on_any_day(world: World, manager: Client) -> None:
    today = text(manager, "/console/partners/nectar/")
    assert "To keep Gold" in today
    past = text(manager, f"/console/partners/nectar/?as_of={TODAY - timedelta(days=650)}")
    assert "To keep Bronze" in past
    assert "What held at the end of" in past
    assert "Nothing was known" in text(manager, "/console/partners/nectar/?as_of=2001-01-01")


@pytest.mark.parametrize("asked", ["tomorrow", "2026-13-01", "2999-01-01", "1066-10-14", "2026-11-20T00:00"])
@pytest.mark.parametrize("section", ["", "points/", "sales/", "history/"])
def test_a_day_that_is_none_is_told_and_today_is_shown(world: World, manager: Client, asked: str, section: str) -> None:
    page = text(manager, f"/console/partners/nectar/{section}?as_of={asked}", 422)
    assert "Expected a day" in page


def test_the_history_tells_everything_in_words_by_kind_and_as_known_on_a_day(world: World, manager: Client) -> None:
    page = text(manager, "/console/partners/nectar/history/")
    assert "Sale to client-4 for $9,000.00" in page
    assert "evt_" not in page
    sales = text(manager, "/console/partners/nectar/history/?kind=sale.paid")
    assert sales.count('class="moment-said"') == 4
    assert "Sale to" not in text(manager, "/console/partners/nectar/history/?kind=nfr.claimed")
    assert "Nothing has happened yet" in text(manager, "/console/partners/nectar/history/?as_of=2026-11-19")
    assert "Sale to client-4" not in text(manager, "/console/partners/nectar/history/?kind=audit")


@pytest.mark.parametrize("section", SECTIONS)
def test_each_section_stays_within_few_queries(
    world: World, manager: Client, section: str, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    with django_assert_max_num_queries(24):  # type: ignore[attr-defined]
        text(manager, f"/console/partners/nectar/{section}")


@pytest.mark.parametrize("section", SECTIONS)
def test_a_partner_that_is_not_there_is_not_found(world: World, manager: Client, section: str) -> None:
    assert manager.get(f"/console/partners/nobody/{section}").status_code == 404


def test_who_may_not_manage_sees_the_file_without_its_actions(world: World, sign_in: SignIn) -> None:
    finance = sign_in(world.staff["finance"])
    assert "Invite a person" not in text(finance, "/console/partners/nectar/people/")
    assert "Correct the data" not in text(finance, "/console/partners/nectar/company/")
    for path in ("people/invite/", "manager/", "accept/", f"people/{world.bob.pk}/end/", "company/edit/"):
        assert finance.post(f"/console/partners/nectar/{path}").status_code == 403
    assert Member.objects.count() == 3


def test_people_are_invited_reminded_taken_back_and_unlinked(world: World, manager: Client) -> None:
    people = "/console/partners/comb/people/"
    given = {"email": "dora@example.com", "name": "Dora", "role": "employee", "language": "en"}
    assert manager.post(f"{people}invite/", given).status_code == 302
    uid = Invitation.objects.get().uid
    assert "Dora" in text(manager, people)
    assert manager.post(f"{people}{uid}/resend/").status_code == 302
    assert manager.post(f"/console/partners/nectar/people/{uid}/resend/").status_code == 404
    assert [manager.post(f"{people}{uid}/revoke/").status_code for _time in range(2)] == [302, 302]
    assert [manager.post(f"{people}{world.charlie.pk}/end/").status_code for _time in range(2)] == [302, 302]
    assert manager.post(f"{people}{world.bob.pk}/end/").status_code == 404
    assert not Member.objects.filter(partner=world.comb).exists()
    assert manager.post(f"{people}invite/", given | {"email": "bob@example.com"}).status_code == 422


def test_another_main_user_is_set_by_the_operator(world: World, manager: Client) -> None:
    assert manager.post(f"/console/partners/nectar/people/{world.bob.pk}/main/").status_code == 302
    assert Member.objects.get(user=world.bob).role == "main"
    assert manager.post(f"/console/partners/nectar/people/{world.charlie.pk}/main/").status_code == 404


def test_a_manager_is_assigned_and_a_stranger_is_not(world: World, manager: Client) -> None:
    path = "/console/partners/comb/manager/"
    manager.post(path, {"manager": "manager@vendor.example"})
    manager.post(path, {"manager": "alice@example.com"})
    world.comb.refresh_from_db()
    assert world.comb.manager == world.staff["manager"]
    manager.post(path, {"manager": ""})
    world.comb.refresh_from_db()
    assert world.comb.manager is None


@pytest.mark.clause("T1.7.4")
def test_data_are_corrected_with_the_old_value_kept(world: World, manager: Client) -> None:
    path = "/console/partners/comb/company/edit/"
    form = form_to(manager, path, path)
    given = {"name": "Comb AG", "phone": "030 901820"}
    assert send(manager, form, **given, country="XX").status_code == 422
    assert send(manager, form, **given).status_code == 302
    assert Event.objects.get(type="partner.changed").data["changes"]["name"] == ["Comb GmbH", "Comb AG"]
    assert "Comb AG" in text(manager, "/console/partners/comb/company/")


@pytest.mark.clause("T1.7.4")
def test_data_that_another_has_changed_meanwhile_are_shown_and_not_overwritten(
    world: World, manager: Client, sign_in: SignIn
) -> None:
    path = "/console/partners/comb/company/edit/"
    mine, theirs = form_to(manager, path, path), form_to(sign_in(world.staff["admin"]), path, path)
    assert send(sign_in(world.staff["admin"]), theirs, name="Comb SE").status_code == 302
    refused = send(manager, mine, phone="030 901820")
    said = unescape(refused.content.decode())
    assert refused.status_code == 409
    assert "It reads now: Comb SE" in said
    assert 'value="030 901820"' in said
    world.comb.refresh_from_db()
    assert (world.comb.name, world.comb.phone) == ("Comb SE", "")
