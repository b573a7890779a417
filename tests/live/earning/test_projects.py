"""Projects: reported, checked, confirmed by the client through a link (G1.3)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.core import mail
from django.test import Client

from honeyguide.accounts.models import User
from honeyguide.common.errors import Forbidden, Invalid, NotFound, Refusal, Stale
from honeyguide.earning.awards import points_by_award
from honeyguide.earning.models import Project, ProjectState
from honeyguide.earning.services import confirming, projects
from honeyguide.earning.services.confirming import LinkOver
from honeyguide.earning.tasks import mail_due
from honeyguide.history.models import Event
from honeyguide.notices.models import Notice
from honeyguide.standing.models import Standing
from tests.live.conftest import NOW, TODAY, World
from tests.live.earning.conftest import as_partner, as_staff, letters_to, link_of

Report = Callable[..., Project]


@pytest.mark.clause("G1.3")
def test_points_come_with_the_clients_word_and_not_before(world: World, accepted: Project) -> None:
    before = Standing.objects.get(partner=world.nectar).points_available
    delivered = Event.objects.get(type="project.delivered")
    assert (delivered.ident, delivered.data["modules"]) == (accepted.uid, ["standard", "complex"])
    assert accepted.uid not in points_by_award(world.nectar)
    confirming.confirm(token=link_of(accepted), name="Hanna Hive", now=NOW)
    assert points_by_award(world.nectar)[accepted.uid] == 250
    assert Standing.objects.get(partner=world.nectar).points_available == before + 250
    notice = Notice.objects.get(kind="project_confirmed")
    assert "Hanna Hive has confirmed" in notice.body_en
    assert "250 points" in notice.body_en


@pytest.mark.clause("G1.3")
def test_integration_doubles_up_to_the_limit(world: World, project: Report) -> None:
    found = project(modules=["complex"] * 3, integration=True)
    projects.accept(uid=found.uid, actor=as_staff(world), now=NOW)
    confirming.confirm(token=link_of(found), name="Hanna", now=NOW)
    assert points_by_award(world.nectar)[found.uid] == 500


@pytest.mark.clause("G1.3")
@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"ticked": ("scope", "data")}, "ticked"),
        ({"files": ()}, "file"),
        ({"modules": []}, "modules"),
        ({"modules": ["huge"]}, "modules"),
        ({"launched_on": TODAY + timedelta(days=1)}, "launched_on"),
        ({"contact_email": "hanna"}, "contact_email"),
        ({"contact_language": "xx"}, "contact_language"),
        ({"report": " "}, "report"),
        ({"client": ""}, "client"),
    ],
)
def test_a_report_is_whole_or_not_taken(world: World, project: Report, given: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        project(**given)
    assert set(refused.value.fields) == {field}
    assert not Project.objects.exists()


@pytest.mark.clause("G1.3", "T2.3.2")
@pytest.mark.parametrize(
    ("email", "own"),
    [
        ("alice@example.com", True), ("Alice+hive@Example.com", True), ("hanna@example.com", True),
        ("hanna@mail.nectar.example", True), ("office@gmail.com", True), ("someone@gmail.com", False),
        ("hanna@notnectar.example", False), ("hanna@hive.example", False),
    ],
)  # fmt: skip
def test_a_partner_does_not_confirm_its_own_work(
    world: World, project: Report, accepted: Project, email: str, own: bool
) -> None:
    world.nectar.website, world.nectar.email = "https://www.nectar.example/en", "office@gmail.com"
    world.nectar.save(update_fields=["website", "email"])
    ask: dict[str, Any] = {"contact_email": email, "actor": as_partner(world.alice, "nectar"), "now": NOW}
    if not own:
        assert project(token="other", contact_email=email).contact_email == email
        confirming.ask_again(uid=accepted.uid, partner=world.nectar, **ask)
        return
    acts: tuple[Callable[[], object], ...] = (
        lambda: project(token="other", contact_email=email),
        lambda: confirming.ask_again(uid=accepted.uid, partner=world.nectar, **ask),
    )
    for act in acts:
        with pytest.raises(Invalid, match="an address of Nectar Ltd itself") as refused:
            act()
        assert set(refused.value.fields) == {"contact_email"}


@pytest.mark.clause("G1.3", "T2.3.2")
def test_a_contact_who_has_become_a_colleague_is_asked_no_more(
    world: World, project: Report, sign_in: Callable[[User], Client]
) -> None:
    found = project()
    world.nectar.website = "https://hive.example"
    world.nectar.save(update_fields=["website"])
    with pytest.raises(Refusal, match="an address of Nectar Ltd itself"):
        projects.accept(uid=found.uid, actor=as_staff(world), now=NOW)
    page = sign_in(world.staff["manager"]).get("/console/points/projects/").content.decode()
    assert "hanna@hive.example is an address of Nectar Ltd itself" in page


@pytest.mark.clause("G1.3")
def test_the_operator_sees_who_has_turned_the_link_elsewhere(
    world: World, accepted: Project, sign_in: Callable[[User], Client]
) -> None:
    manager, url = sign_in(world.staff["manager"]), f"/console/points/projects/?state=accepted&item={accepted.uid}"
    actor = as_partner(world.alice, "nectar")
    confirming.ask_again(uid=accepted.uid, partner=world.nectar, actor=actor, now=NOW)
    assert "instead of" not in manager.get(url).content.decode()
    confirming.ask_again(
        uid=accepted.uid, partner=world.nectar, contact_email="ines@other.example", actor=actor, now=NOW
    )
    page = manager.get(url).content.decode()
    assert "Alice has the client asked at ines@other.example instead of hanna@hive.example" in page


@pytest.mark.clause("G1.3")
def test_the_same_project_reported_twice_is_seen_beside(
    world: World, project: Report, sign_in: Callable[[User], Client]
) -> None:
    first = project()
    manager, url = sign_in(world.staff["manager"]), "/console/points/projects/"
    assert "Other projects" not in manager.get(url).content.decode()
    project(token="b", title="Another name", client="CLIENT-1")
    project(token="c", client="another client")
    project(token="d", title="Nothing alike", client="a third client")
    world.tell({
        "at": NOW, "type": "project.delivered", "partner": "comb", "project": "P-7", "client": "client-1",
        "modules": ["simple"], "report": "R", "checklist": "C",
    })  # fmt: skip
    page = manager.get(url, {"item": first.uid}).content.decode().partition("Other projects for the same client")[2]
    assert [words in page for words in ("Another name", "another client", "P-7", "Nothing alike")] == [
        True, True, True, False,
    ]  # fmt: skip


@pytest.mark.clause("T1.5", "G1.3")
def test_a_report_of_a_terminated_partner_can_only_be_refused(world: World, project: Report) -> None:
    found = project()
    world.tell({"at": NOW, "type": "partner.terminated", "partner": "nectar"})
    with pytest.raises(Refusal, match="not an active partner"):
        projects.accept(uid=found.uid, actor=as_staff(world), now=NOW)
    projects.refuse(uid=found.uid, reason="The agreement has ended.", actor=as_staff(world), now=NOW)


def test_the_mail_names_company_and_project_in_the_clients_language(
    world: World, project: Report, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    found = project(contact_language="ru")
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        projects.accept(uid=found.uid, actor=as_staff(world), now=NOW)
    letter = next(letter for letter in mail.outbox if letter.to == ["hanna@hive.example"])
    assert "Nectar Ltd" in letter.subject
    assert "CRM for Hive" in letter.subject
    assert "просит" in letter.subject
    assert f"/confirm/{link_of(found)}" in str(letter.body)


def test_a_link_is_good_once(world: World, accepted: Project) -> None:
    token = link_of(accepted)
    confirming.confirm(token=token, name="Hanna", now=NOW)
    for again in (confirming.confirm, confirming.decline):
        more = {"words": "No"} if again is confirming.decline else {}
        with pytest.raises(LinkOver) as over:
            again(token=token, name="Hanna", now=NOW, **more)
        assert over.value.why == "answered"
    assert Event.objects.filter(type="project.confirmed").count() == 1


def test_a_link_is_over_after_its_days(world: World, accepted: Project) -> None:
    token = link_of(accepted)
    assert accepted.link_expires_at == NOW + timedelta(days=30)
    confirming.read_link(token, NOW + timedelta(days=30, microseconds=-1))
    with pytest.raises(LinkOver) as over:
        confirming.confirm(token=token, name="Hanna", now=NOW + timedelta(days=30))
    assert over.value.why == "expired"


def test_a_link_of_another_server_or_project_is_none(world: World, accepted: Project) -> None:
    token = link_of(accepted)
    for wrong in ("", "x", token[:-1], token + "x", token.replace(accepted.uid, "prj_other")):
        with pytest.raises(NotFound):
            confirming.read_link(wrong, NOW)


def test_a_new_link_goes_to_the_new_person_and_ends_the_old_one(
    world: World, accepted: Project, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    old = link_of(accepted)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        confirming.ask_again(
            uid=accepted.uid, partner=world.nectar, contact_name="Ines", contact_email="INES@hive.example",
            actor=as_partner(world.alice, "nectar"), now=NOW,
        )  # fmt: skip
    assert len(letters_to("ines@hive.example")) == 1
    with pytest.raises(LinkOver) as over:
        confirming.read_link(old, NOW)
    assert over.value.why == "replaced"
    confirming.confirm(token=link_of(accepted), name="Ines", now=NOW)


def test_nobody_is_written_to_without_end(world: World, accepted: Project) -> None:
    actor = as_partner(world.alice, "nectar")
    for _time in range(4):
        confirming.ask_again(uid=accepted.uid, partner=world.nectar, actor=actor, now=NOW)
    with pytest.raises(Refusal, match="5 times"):
        confirming.ask_again(uid=accepted.uid, partner=world.nectar, actor=actor, now=NOW)


def test_a_client_that_says_no_is_heard_by_both_sides_and_can_be_asked_anew(world: World, accepted: Project) -> None:
    with pytest.raises(Invalid):
        confirming.decline(token=link_of(accepted), name="Hanna", words=" ", now=NOW)
    confirming.decline(token=link_of(accepted), name="Hanna", words="Half of it is missing.", now=NOW)
    accepted.refresh_from_db()
    assert accepted.state == ProjectState.DISPUTED
    assert "Half of it is missing." in Notice.objects.get(kind="project_disputed").body_en
    assert accepted.uid not in points_by_award(world.nectar)
    confirming.ask_again(uid=accepted.uid, partner=None, actor=as_staff(world), now=NOW)
    confirming.confirm(token=link_of(accepted), name="Hanna", now=NOW)
    assert points_by_award(world.nectar)[accepted.uid] == 250


def test_a_disputed_project_can_be_closed_without_points(world: World, accepted: Project) -> None:
    confirming.decline(token=link_of(accepted), name="Hanna", words="It was never done.", now=NOW)
    projects.refuse(uid=accepted.uid, reason="The client denies it.", actor=as_staff(world, "compliance"), now=NOW)
    accepted.refresh_from_db()
    assert accepted.state == ProjectState.REFUSED
    with pytest.raises(Stale):
        confirming.ask_again(uid=accepted.uid, partner=None, actor=as_staff(world), now=NOW)


def test_two_operators_one_decision(world: World, project: Report) -> None:
    found = project()
    projects.accept(uid=found.uid, actor=as_staff(world), now=NOW)
    projects.accept(uid=found.uid, actor=as_staff(world), now=NOW)  # the same form once more
    assert Event.objects.filter(type="project.delivered").count() == 1
    with pytest.raises(Stale, match="Manager Person"):
        projects.refuse(uid=found.uid, reason="Too thin", actor=as_staff(world, "compliance"), now=NOW)
    with pytest.raises(Stale):
        projects.withdraw(uid=found.uid, partner=world.nectar, actor=as_partner(world.bob, "nectar"), now=NOW)


def test_the_partner_takes_back_what_waits(world: World, project: Report) -> None:
    found = project()
    for _time in range(2):
        projects.withdraw(uid=found.uid, partner=world.nectar, actor=as_partner(world.bob, "nectar"), now=NOW)
    with pytest.raises(Stale):
        projects.accept(uid=found.uid, actor=as_staff(world), now=NOW)


def test_only_the_company_and_deciders_act(world: World, project: Report) -> None:
    found = project()
    with pytest.raises(Forbidden):
        projects.accept(uid=found.uid, actor=as_staff(world, "support"), now=NOW)
    with pytest.raises(Forbidden):
        projects.accept(uid=found.uid, actor=as_partner(world.alice, "nectar"), now=NOW)
    with pytest.raises(NotFound):
        confirming.ask_again(uid=found.uid, partner=world.comb, actor=as_partner(world.charlie, "comb"), now=NOW)


def test_a_mail_that_failed_is_tried_again_by_the_job(world: World, project: Report, settings: LazySettings) -> None:
    found = project()
    projects.accept(uid=found.uid, actor=as_staff(world), now=NOW)  # the task is lost: nothing is committed here
    refusing = {"default": {"BACKEND": "tests.live.joining.refusing_mail.EmailBackend"}}
    working, settings.MAILERS = settings.MAILERS, refusing
    assert mail_due(NOW) == 0
    settings.MAILERS = working
    assert mail_due(NOW) == 0  # a pause
    assert mail_due(NOW + timedelta(minutes=5)) == 1
    assert mail_due(NOW + timedelta(minutes=6)) == 0
    assert len(letters_to("hanna@hive.example")) == 1
    found.refresh_from_db()
    assert found.mailed_at is not None
