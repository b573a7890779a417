"""The pages: how points are earned, forms, the client's page, queues and tables."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from honeyguide.accounts.models import User
from honeyguide.common import clock
from honeyguide.earning.models import Claim, Project, ProjectState, TableImport, TableState
from honeyguide.earning.services import held, projects
from honeyguide.history.models import Event
from tests.live.conftest import NOW, TODAY, World, at
from tests.live.earning.conftest import CHECKED, LAUNCHED, as_staff, link_of
from tests.live.earning.test_tables import ENGLISH, table
from tests.live.requirements.samples import PDF, upload

SignIn = Callable[[User], Client]
REPORT = {
    "title": "CRM for Hive", "client": "client-1", "launched_on": str(LAUNCHED), "standard": "1", "complex": "1",
    "report": "Two departments work with it.", "ticked": CHECKED, "contact_name": "Hanna Hive",
    "contact_email": "hanna@hive.example", "contact_language": "ru", "form_token": "form",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    cache.clear()


@pytest.mark.clause("T4.1")
def test_partners_see_how_points_are_earned(world: World, sign_in: SignIn) -> None:
    page = sign_in(world.bob).get("/partner/points/earn/").content.decode()
    for words in ("5%", "up to 250 users", "+20%", "Case study", "300 to 600 points", "4 in 12 months",
                  "less than 30 days", "at most 500 points in all", "Report a project"):  # fmt: skip
        assert words in page, words
    russian = sign_in(world.bob).get("/partner/points/earn/", headers={"Accept-Language": "ru"})
    assert russian.status_code == 200


@pytest.mark.clause("T4.1")
def test_an_application_goes_to_the_queue_and_its_decision_back(world: World, sign_in: SignIn) -> None:
    bob, manager = sign_in(world.bob), sign_in(world.staff["manager"])
    url = "/partner/points/earn/activities/training/"
    assert b"In words" in bob.get(url).content
    empty = bob.post(url, {"form_token": "form"})
    assert empty.status_code == 422
    assert b"Choose a file" in empty.content
    sent = bob.post(
        url, {"form_token": "form", "text": "Half a day", "file": [upload("a.pdf", PDF), upload("b.pdf", PDF)]}
    )
    assert sent.status_code == 302
    claim = Claim.objects.get()
    assert [attached.file.name for attached in claim.attachments.all()] == ["a.pdf", "b.pdf"]
    queue = manager.get("/console/points/claims/").content.decode()
    assert "Half a day" in queue
    file = claim.attachments.first()
    assert file is not None
    shown = manager.get(f"/console/points/files/{file.file.uid}/")
    assert shown["Content-Disposition"] == 'attachment; filename="a.pdf"'
    assert b"".join(shown.streaming_content) == PDF  # type: ignore[attr-defined]
    assert Event.objects.filter(type="file.viewed", ident=file.file.uid).count() == 1
    assert sign_in(world.charlie).get(f"/partner/points/earn/files/{file.file.uid}/").status_code == 404
    wrong = manager.post("/console/points/claims/", {"item": claim.uid, "action": "approve", "points": "9000"})
    assert wrong.status_code == 422
    assert b"Expected 100 to 300 points" in wrong.content
    done = manager.post(
        "/console/points/claims/", {"item": claim.uid, "action": "approve", "points": "250"}, follow=True
    )
    assert b"Approved: Training of clients, Nectar Ltd, 250 points" in done.content
    assert b"250 points" in bob.get("/partner/points/earn/claims/").content


@pytest.mark.clause("G1.3")
def test_a_project_goes_from_the_form_to_the_clients_page_and_back(world: World, sign_in: SignIn) -> None:
    bob, manager = sign_in(world.bob), sign_in(world.staff["manager"])
    url = "/partner/points/earn/projects/new/"
    thin = bob.post(url, REPORT | {"ticked": CHECKED[:2], "file": upload("r.pdf", PDF)})
    assert thin.status_code == 422
    assert b"The checklist must be complete" in thin.content
    for _time in range(2):
        assert bob.post(url, REPORT | {"file": upload("r.pdf", PDF)}).status_code == 302
    project = Project.objects.get()
    manager.post("/console/points/projects/", {"item": project.uid, "action": "accept"})
    client = Client()
    page = client.get(f"/confirm/{link_of(project)}")
    text = page.content.decode()
    assert page.status_code == 200
    assert "Проект «CRM for Hive» работает?" in text  # in the client's language
    assert "Nectar Ltd" in text
    assert "Данные клиента перенесены и сверены" in text
    assert Project.objects.get().state == ProjectState.ACCEPTED  # looking is no answer
    nameless = client.post(f"/confirm/{link_of(project)}", {"answer": "confirm", "name": " "})
    assert nameless.status_code == 422
    done = client.post(f"/confirm/{link_of(project)}", {"answer": "confirm", "name": "Hanna Hive"})
    assert "Ваше подтверждение записано" in done.content.decode()
    again = client.get(f"/confirm/{link_of(project)}")
    assert again.status_code == 410
    assert "Ответ уже дан" in again.content.decode()
    assert b"250" in bob.get(f"/partner/points/earn/projects/{project.uid}/").content


def test_the_clients_no_needs_words_and_reaches_both_sides(world: World, sign_in: SignIn, accepted: Project) -> None:
    url = f"/confirm/{link_of(accepted)}"
    assert Client().post(url, {"answer": "decline", "name": "Hanna"}).status_code == 422
    done = Client().post(url, {"answer": "decline", "name": "Hanna", "words": "Half is missing."})
    assert b"Your answer is recorded" in done.content
    assert b"Half is missing." in sign_in(world.bob).get(f"/partner/points/earn/projects/{accepted.uid}/").content
    assert b"Half is missing." in sign_in(world.staff["manager"]).get("/console/points/projects/").content


def test_an_expired_link_says_whom_to_ask(world: World, accepted: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "read", lambda: NOW + timedelta(days=31))
    page = Client().get(f"/confirm/{link_of(accepted)}")
    assert page.status_code == 410
    assert b"Ask Nectar Ltd to send you a new link" in page.content
    assert Client().post(f"/confirm/{link_of(accepted)}", {"answer": "confirm", "name": "H"}).status_code == 410
    assert Client().get("/confirm/nonsense").status_code == 404


def test_the_clients_page_is_not_opened_without_end(world: World, accepted: Project) -> None:
    client, url = Client(), f"/confirm/{link_of(accepted)}"
    answers = [client.get(url).status_code for _time in range(31)]
    assert answers[:30] == [200] * 30
    assert answers[30] == 429


def test_the_partner_changes_the_clients_address(world: World, sign_in: SignIn, accepted: Project) -> None:
    bob, url = sign_in(world.bob), f"/partner/points/earn/projects/{accepted.uid}/ask/"
    wrong = bob.post(url, {"contact_name": "Ines", "contact_email": "ines"})
    assert wrong.status_code == 422
    assert b"office@company.example" in wrong.content
    assert bob.post(url, {"contact_name": "Ines", "contact_email": "ines@hive.example"}).status_code == 302
    assert Project.objects.get().contact_email == "ines@hive.example"
    assert sign_in(world.charlie).post(url, {"contact_email": "x@x.example"}).status_code == 404


@pytest.mark.clause("G1.4")
def test_a_held_deal_stands_beside_the_one_before_it(world: World, sign_in: SignIn) -> None:
    world.tell(*(
        {"at": at(TODAY - timedelta(days=days)), "type": "sale.paid", "partner": "nectar", "sale": f"s-{days}",
         "client": "hive", "product": "cloud", "net": net}
        for days, net in ((20, "300.00"), (6, "1000.00"))
    ))  # fmt: skip
    manager = sign_in(world.staff["manager"])
    assert "1 item waits" in manager.get("/console/").content.decode()
    page = manager.get("/console/points/held/").content.decode()
    for words in ("14 days after the deal before it", "s-20", "$300.00", "$1,000.00", "5% of $1,000.00"):
        assert words in page, words
    deal = held.all_deals().get()
    for _time in range(2):
        done = manager.post("/console/points/held/", {"item": deal.uid, "action": "accept"}, follow=True)
    assert b"Given: 60 points to Nectar Ltd" in done.content
    assert Event.objects.filter(type="points.decided").count() == 1


@pytest.mark.clause("G1.5")
def test_a_table_goes_from_the_file_to_the_points_and_back(world: World, sign_in: SignIn) -> None:
    manager = sign_in(world.staff["manager"])
    text = ENGLISH.replace("Cloud subscription", "GTX Basic")
    sent = manager.post("/console/points/tables/", {"kind": "deals", "file": table(text)})
    url = sent["Location"]
    page = manager.get(url).content.decode()
    assert "Which column is what" in page
    form = {f"column_{name}": place for name, place in TableImport.objects.get().mapping["columns"].items()}
    form |= {
        "date_form": "%Y-%m-%d",
        "decimal": ".",
        "encoding": "utf-8",
        "word_stage_0": "take",
        "word_stage_1": "skip",
    }
    manager.post(url, form)
    wrong = manager.get(url).content.decode()
    assert "choose what “GTX Basic” means" in wrong
    manager.post(url, form | {"word_product_0": "cloud", "word_product_1": "on_premise"})
    looked = manager.get(url).content.decode()
    assert "Record 3 rows" in looked
    assert "Nectar Ltd" in looked
    for _time in range(2):
        assert manager.post(f"{url}confirm/").status_code == 302
    assert Event.objects.filter(type="sale.paid", ident__startswith="D-").count() == 3
    undo = manager.get(f"{url}undo/").content.decode()
    assert "Events that follow" in undo
    assert manager.post(f"{url}undo/", {"reason": ""}).status_code == 422
    assert manager.post(f"{url}undo/", {"reason": "The wrong quarter"}).status_code == 302
    assert TableImport.objects.get().state == TableState.UNDONE
    assert b"The wrong quarter" in manager.get(url).content


def test_a_mapping_without_a_needed_column_is_told_at_the_field(world: World, sign_in: SignIn) -> None:
    manager = sign_in(world.staff["manager"])
    url = manager.post("/console/points/tables/", {"kind": "deals", "file": table(ENGLISH)})["Location"]
    page = manager.post(url, {"column_partner": "1", "column_client": "1", "date_form": "%Y-%m-%d", "decimal": "."})
    assert page.status_code == 422
    assert page.content.decode().count("field-error") == 4


def test_a_partners_file_has_its_points(world: World, sign_in: SignIn, accepted: Project) -> None:
    page = sign_in(world.staff["support"]).get("/console/partners/nectar/points/").content.decode()
    assert "CRM for Hive" in page
    assert "Issue points" not in page
    assert "Issue points" in sign_in(world.staff["manager"]).get("/console/partners/nectar/points/").content.decode()


def test_a_colleagues_decision_is_told_in_the_queue(
    world: World, sign_in: SignIn, project: Callable[..., Project]
) -> None:
    found = project()
    projects.DESK.take(uid=found.uid, actor=as_staff(world, "compliance"), now=NOW)
    page = sign_in(world.staff["manager"]).post("/console/points/projects/", {"item": found.uid, "action": "accept"})
    assert page.status_code == 409
    assert b"Compliance Person is on it" in page.content
