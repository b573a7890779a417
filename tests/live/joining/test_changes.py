"""Profile and team change when the operator approves; an access ends at once (T1.4, T1.7.4, T7.2)."""

from typing import Any

import pytest

from honeyguide.accounts.actor import Actor
from honeyguide.accounts.models import User
from honeyguide.common.errors import Forbidden, Invalid, NotFound, Stale
from honeyguide.common.queues import take
from honeyguide.history.models import Event
from honeyguide.joining import changes
from honeyguide.joining.models import Invitation, ProfileChange
from honeyguide.joining.profile import version_of
from honeyguide.notices.models import Notice
from honeyguide.partners.models import Member
from tests.live.conftest import NOW, World


class People:
    """Actors of the world."""

    def __init__(self, world: World) -> None:
        self.alice = Actor(name="Alice", user=world.alice, partner="nectar")
        self.bob = Actor(name="Bob", user=world.bob, partner="nectar")
        self.charlie = Actor(name="Charlie", user=world.charlie, partner="comb")
        self.manager = Actor(name="Manager Person", user=world.staff["manager"])


@pytest.fixture
def people(world: World) -> People:
    return People(world)


def ask(world: World, actor: Actor, seen: str = "", **values: Any) -> ProfileChange | None:
    world.nectar.refresh_from_db()
    waiting = world.nectar.changes.filter(kind="profile", state="waiting").first()
    seen = seen or version_of(world.nectar, waiting.uid if waiting else "")
    return changes.request_profile(partner=world.nectar, values=values, seen=seen, actor=actor, now=NOW)


@pytest.mark.clause("T1.4")
def test_a_profile_waits_until_it_is_approved(world: World, people: People) -> None:
    change = ask(world, people.bob, website="nectar.example", services="CRM, Audit")
    world.nectar.refresh_from_db()
    assert change is not None
    assert (world.nectar.website, change.state) == ("", "waiting")
    changes.approve(uid=change.uid, actor=people.manager, now=NOW)
    world.nectar.refresh_from_db()
    assert (world.nectar.website, world.nectar.services) == ("https://nectar.example", ["CRM", "Audit"])
    assert Notice.objects.filter(partner=world.nectar, kind="profile_change_approved").count() == 1


@pytest.mark.clause("T1.7.4")
def test_each_change_of_contact_data_is_kept_with_who_asked_and_who_approved(world: World, people: People) -> None:
    change = ask(world, people.bob, phone="020 7946 0018")
    assert change is not None
    changes.approve(uid=change.uid, actor=people.manager, now=NOW)
    told = list(Event.objects.filter(type__in=["change.requested", "partner.changed", "change.approved"]))
    assert [(event.type, event.actor_name) for event in told] == [
        ("change.requested", "Bob"),
        ("partner.changed", "Manager Person"),
        ("change.approved", "Manager Person"),
    ]
    assert told[1].data["changes"] == {"phone": ["", "+44 20 7946 0018"]}


def test_a_newer_profile_takes_the_place_of_the_waiting_one(world: World, people: People) -> None:
    first = ask(world, people.bob, website="one.example")
    second = ask(world, people.alice, website="two.example")
    assert first is not None
    assert second is not None
    first.refresh_from_db()
    assert (first.state, second.state) == ("withdrawn", "waiting")
    with pytest.raises(Stale, match="Alice took this back"):
        changes.approve(uid=first.uid, actor=people.manager, now=NOW)


def test_the_same_form_twice_asks_once(world: World, people: People) -> None:
    seen = version_of(world.nectar)
    first = ask(world, people.bob, seen=seen, website="one.example")
    assert ask(world, people.bob, seen=seen, website="one.example") == first
    assert ProfileChange.objects.count() == 1


def test_a_form_that_shows_an_older_profile_is_refused(world: World, people: People) -> None:
    seen = version_of(world.nectar)
    ask(world, people.alice, website="one.example")
    with pytest.raises(Stale, match="meanwhile"):
        ask(world, people.bob, seen=seen, website="two.example")
    assert ProfileChange.objects.count() == 1


def test_going_back_to_what_is_published_leaves_nothing_waiting(world: World, people: People) -> None:
    ask(world, people.bob, website="one.example")
    assert ask(world, people.bob, website="") is None
    assert ProfileChange.objects.get().state == "withdrawn"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "office"), ("phone", "abc"), ("phone", "+44"), ("website", "javascript:alert(1)"),
        ("description", "x" * 1001), ("services", ",".join(map(str, range(21)))), ("services", "x" * 61),
        ("postal_address", "x" * 501),
    ],
)  # fmt: skip
def test_a_bad_value_is_refused_at_its_field(world: World, people: People, field: str, value: str) -> None:
    with pytest.raises(Invalid) as refusal:
        ask(world, people.bob, **{field: value})
    assert set(refusal.value.fields) == {field}
    assert not ProfileChange.objects.exists()


def test_a_declined_change_says_why_and_changes_nothing(world: World, people: People) -> None:
    change = ask(world, people.bob, website="one.example")
    assert change is not None
    with pytest.raises(Invalid):
        changes.decline(uid=change.uid, reason=" ", actor=people.manager, now=NOW)
    changes.decline(uid=change.uid, reason="Not your site", actor=people.manager, now=NOW)
    world.nectar.refresh_from_db()
    assert world.nectar.website == ""
    assert "Not your site" in Notice.objects.get(kind="profile_change_declined").body_en
    for decide in (changes.approve, lambda **more: changes.decline(reason="x", **more)):
        with pytest.raises(Stale, match="Manager Person declined"):
            decide(uid=change.uid, actor=people.manager, now=NOW)


def test_what_another_one_is_on_is_theirs_to_decide(world: World, people: People) -> None:
    change = ask(world, people.bob, website="one.example")
    assert change is not None
    take(ProfileChange.objects.filter(pk=change.pk), user=world.staff["compliance"], now=NOW)
    with pytest.raises(Stale, match="Compliance Person is on it"):
        changes.approve(uid=change.uid, actor=people.manager, now=NOW)


def ask_member(world: World, actor: Actor, email: str = "dora@example.com") -> ProfileChange:
    return changes.request_member(partner=world.nectar, email=email, name="Dora", actor=actor, now=NOW)


@pytest.mark.clause("T7.2")
def test_a_new_employee_with_a_login_is_linked_when_approved(world: World, people: People) -> None:
    dora = User.objects.create_user("dora@example.com", "a long password", name="Dora")
    change = ask_member(world, people.alice)
    assert not Member.objects.filter(user=dora).exists()
    changes.approve(uid=change.uid, actor=people.manager, now=NOW)
    member = Member.objects.get(user=dora)
    assert (member.partner, member.role) == (world.nectar, "employee")
    assert Notice.objects.filter(kind="member_linked").exists()


@pytest.mark.clause("T7.2")
def test_a_new_employee_without_a_login_is_invited_when_approved(world: World, people: People) -> None:
    changes.approve(uid=ask_member(world, people.alice).uid, actor=people.manager, now=NOW)
    assert Invitation.objects.get().email == "dora@example.com"
    assert not Member.objects.filter(user__email="dora@example.com").exists()


@pytest.mark.clause("T7.2")
def test_a_login_of_another_company_is_told_to_the_operator_alone(world: World, people: People) -> None:
    change = ask_member(world, people.alice, "charlie@example.com")
    assert "another company" in changes.obstacle_to(change)
    with pytest.raises(Invalid, match="another company"):
        changes.approve(uid=change.uid, actor=people.manager, now=NOW)
    change.refresh_from_db()
    assert change.state == "waiting"
    assert Member.objects.get(user=world.charlie).partner == world.comb


@pytest.mark.clause("T7.2")
def test_only_the_main_user_manages_the_team(world: World, people: People) -> None:
    before = Event.objects.count()
    for actor in (people.bob, people.charlie, people.manager):
        with pytest.raises(Forbidden, match="main user"):
            ask_member(world, actor)
        with pytest.raises(Forbidden, match="main user"):
            changes.remove_employee(partner=world.nectar, user_id=world.bob.pk, actor=actor, now=NOW)
        with pytest.raises(Forbidden, match="main user"):
            changes.request_main_user(partner=world.nectar, email="bob@example.com", actor=actor, now=NOW)
    assert Event.objects.count() == before


def test_a_person_is_asked_for_once(world: World, people: People) -> None:
    ask_member(world, people.alice)
    with pytest.raises(Invalid, match="asked for already"):
        ask_member(world, people.alice)
    with pytest.raises(Invalid, match="linked to the company already"):
        ask_member(world, people.alice, "bob@example.com")


@pytest.mark.clause("T7.2")
def test_an_employees_access_ends_at_once(world: World, people: People) -> None:
    for _time in range(2):
        changes.remove_employee(partner=world.nectar, user_id=world.bob.pk, actor=people.alice, now=NOW)
    assert not Member.objects.filter(user=world.bob).exists()
    assert Event.objects.filter(type="person.unlinked").count() == 1
    with pytest.raises(Invalid, match="main user"):
        changes.remove_employee(partner=world.nectar, user_id=world.alice.pk, actor=people.alice, now=NOW)


@pytest.mark.clause("T7.2")
def test_another_main_user_comes_by_approval_and_the_one_before_stays_an_employee(world: World, people: People) -> None:
    change = changes.request_main_user(partner=world.nectar, email="bob@example.com", actor=people.alice, now=NOW)
    with pytest.raises(Stale):
        changes.request_main_user(partner=world.nectar, email="bob@example.com", actor=people.alice, now=NOW)
    assert Member.objects.get(user=world.alice).role == "main"
    changes.approve(uid=change.uid, actor=people.manager, now=NOW)
    roles = dict(Member.objects.filter(partner=world.nectar).values_list("user__email", "role"))
    assert roles == {"alice@example.com": "employee", "bob@example.com": "main"}


def test_a_main_user_to_be_who_left_cannot_be_approved(world: World, people: People) -> None:
    change = changes.request_main_user(partner=world.nectar, email="bob@example.com", actor=people.alice, now=NOW)
    changes.remove_employee(partner=world.nectar, user_id=world.bob.pk, actor=people.alice, now=NOW)
    assert changes.obstacle_to(change)
    with pytest.raises(Invalid, match="not linked"):
        changes.approve(uid=change.uid, actor=people.manager, now=NOW)


def test_what_was_asked_for_can_be_taken_back_until_it_is_decided(world: World, people: People) -> None:
    change = ask_member(world, people.alice)
    with pytest.raises(NotFound):
        changes.withdraw(partner=world.comb, uid=change.uid, actor=people.charlie, now=NOW)
    with pytest.raises(Forbidden):
        changes.withdraw(partner=world.nectar, uid=change.uid, actor=people.bob, now=NOW)
    for _time in range(2):
        assert changes.withdraw(partner=world.nectar, uid=change.uid, actor=people.alice, now=NOW).state == "withdrawn"
    decided = ask_member(world, people.alice)
    changes.approve(uid=decided.uid, actor=people.manager, now=NOW)
    with pytest.raises(Stale, match="approved"):
        changes.withdraw(partner=world.nectar, uid=decided.uid, actor=people.alice, now=NOW)
