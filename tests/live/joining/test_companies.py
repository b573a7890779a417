"""Companies are added, accepted and cared for (T1.1, T1.3)."""

from datetime import timedelta

import pytest
from django.core import mail

from honeyguide.accounts.actor import Actor
from honeyguide.accounts.models import User
from honeyguide.common.errors import Invalid, Stale
from honeyguide.history.models import Event
from honeyguide.joining import services
from honeyguide.joining.keys import key_of
from honeyguide.notices.models import Notice
from honeyguide.partners.models import Partner
from honeyguide.standing.models import Standing
from tests.live.conftest import NOW, TODAY, World


def manager(world: World) -> Actor:
    return Actor(name="Manager Person", user=world.staff["manager"])


def add(world: World, name: str = "Pollen Inc", **more: str) -> Partner:
    given = {"country": "US", "kind": "integrator", **more}
    return services.add_partner(name=name, actor=manager(world), now=NOW, **given)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Pollen Inc", "pollen-inc"),
        ("Клевер", "klever"),
        ("Щёлково & Сыновья", "shchelkovo-synovya"),
        ("Straße Übermut GmbH", "strasse-ubermut-gmbh"),
        ("日本", "partner"),
        ("x" * 300, "x" * 48),
    ],
)
def test_a_key_is_made_of_the_name_in_any_script(name: str, key: str) -> None:
    assert key_of(name, lambda _key: False) == key


def test_a_taken_key_gets_a_number() -> None:
    assert key_of("Bee", {"bee", "bee-2"}.__contains__) == "bee-3"


@pytest.mark.clause("T1.1")
def test_a_company_that_is_added_is_an_applicant(world: World) -> None:
    partner = add(world, email="office@pollen.example", phone="(212) 555-0123", website="pollen.example")
    standing = Standing.objects.get(partner=partner)
    assert (partner.key, standing.state, standing.status) == ("pollen-inc", "applicant", "")
    assert (partner.phone, partner.website) == ("+1 212-555-0123", "https://pollen.example")
    kinds = list(Event.objects.filter(partner=partner.key).values_list("type", flat=True))
    assert kinds == ["partner.added", "partner.applied", "standing.changed"]


def test_a_company_of_the_same_name_gets_another_key(world: World) -> None:
    assert [add(world).key, add(world).key] == ["pollen-inc", "pollen-inc-2"]


def test_bad_data_is_refused_field_by_field_and_nothing_is_added(world: World) -> None:
    before = Event.objects.count()
    with pytest.raises(Invalid) as refusal:
        add(world, name=" ", country="XX", kind="baker")
    assert set(refusal.value.fields) == {"name", "country", "kind"}
    with pytest.raises(Invalid) as refusal:
        add(world, email="no", phone="12", website="ftp://x")
    assert set(refusal.value.fields) == {"email", "phone", "website"}
    assert (Partner.objects.count(), Event.objects.count()) == (2, before)


@pytest.mark.clause("T1.3")
def test_acceptance_gives_bronze_and_its_ninety_days_and_says_so_by_mail(
    world: World, django_capture_on_commit_callbacks: pytest.FixtureRequest
) -> None:
    partner = add(world, email="office@pollen.example")
    promised = services.acceptance_on(TODAY)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        services.accept_partner(key=partner.key, actor=manager(world), now=NOW)
    standing = Standing.objects.get(partner=partner)
    assert (standing.state, standing.status) == ("active", "bronze") == ("active", promised.status)
    assert standing.due_on == promised.deadline_on == TODAY + timedelta(days=90)
    assert standing.may("dashboard")
    first = Notice.objects.filter(partner=partner).order_by("pk").first()
    assert first is not None
    assert (first.kind, first.clause, first.deadline) == ("partner_accepted", "T1.3", promised.deadline_on)
    assert mail.outbox[0].to == ["office@pollen.example"]


def test_a_company_is_accepted_once_and_the_second_learns_who_did_it(world: World) -> None:
    partner = add(world)
    services.accept_partner(key=partner.key, actor=manager(world), now=NOW)
    before = Event.objects.count()
    with pytest.raises(Stale, match="Manager Person"):
        services.accept_partner(key=partner.key, actor=manager(world), now=NOW)
    assert Event.objects.count() == before


@pytest.mark.clause("T3.5")
def test_a_company_whose_participation_ended_can_be_accepted_anew(world: World) -> None:
    world.tell({"type": "partner.terminated", "partner": "comb"})
    services.accept_partner(key="comb", actor=manager(world), now=NOW + timedelta(minutes=1))
    assert Standing.objects.get(partner=world.comb).status == "bronze"


def test_a_partner_is_put_into_a_managers_care(world: World) -> None:
    chosen = world.staff["manager"]
    services.assign_manager(key="comb", manager=chosen, actor=manager(world), now=NOW)
    services.assign_manager(key="comb", manager=chosen, actor=manager(world), now=NOW)  # told twice, noted once
    world.comb.refresh_from_db()
    assert world.comb.manager == chosen
    assert Event.objects.filter(type="partner.manager_assigned").count() == 1
    with pytest.raises(Invalid):
        services.assign_manager(key="comb", manager=world.alice, actor=manager(world), now=NOW)


@pytest.mark.clause("T1.7.4")
def test_a_correction_keeps_what_was_there_before(world: World) -> None:
    values = {"name": "Comb AG", "phone": "030 901820", "services": "CRM, Support, crm"}
    services.change_company(key="comb", values=values, actor=manager(world), now=NOW)
    world.comb.refresh_from_db()
    assert (world.comb.name, world.comb.phone, world.comb.services) == ("Comb AG", "+49 30 901820", ["CRM", "Support"])
    event = Event.objects.filter(type="partner.changed").get()
    assert event.data["changes"]["name"] == ["Comb GmbH", "Comb AG"]
    services.change_company(key="comb", values=values, actor=manager(world), now=NOW)
    assert Event.objects.filter(type="partner.changed").count() == 1


def test_staff_are_needed_for_care(world: World) -> None:
    gone = User.objects.create_user("gone@vendor.example", name="Gone", role="manager", is_active=False)
    with pytest.raises(Invalid):
        services.assign_manager(key="comb", manager=gone, actor=manager(world), now=NOW)
