"""What earns points, by the API: activities, claims, projects, held deals, the calculator."""

from datetime import timedelta
from pathlib import Path

import pytest

from honeyguide.earning.models import Claim, Project
from honeyguide.earning.services import claims, held, projects
from tests.live.api.conftest import Program, is_problem
from tests.live.conftest import NOW, TODAY, World, at
from tests.live.earning.conftest import CHECKED, as_staff
from tests.live.requirements.samples import PDF, upload

REPORT = {
    "title": "CRM for Hive", "client": "client-1", "launched_on": str(TODAY), "modules": ["standard", "complex"],
    "integration": "true", "report": "Two departments work with it.", "ticked": CHECKED, "contact_name": "Hanna Hive",
    "contact_email": "hanna@hive.example",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _own_files(private_files: Path) -> None:
    """Each test here has a storage of its own."""


@pytest.mark.clause("T4.1")
def test_activities_have_rules_values_and_what_is_left(nectar: Program, operator: Program) -> None:
    found = {row["activity"]: row for row in nectar.get("/earning/activities").json()["data"]}
    study = found["case_study"]
    assert (study["least_points"], study["most_points"], study["left"], study["clause"]) == (300, 600, 4, "T4.1")
    assert {row["left"] for row in operator.get("/earning/activities").json()["data"]} == {None}


def test_a_claim_goes_in_once_and_its_decision_comes_out(world: World, nectar: Program, comb: Program) -> None:
    body = {"activity": "case_study", "link": "https://nectar.example/story", "text": "Orders in a day."}
    first, again = nectar.post("/earning/claims", body), nectar.post("/earning/claims", body)
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    claim = Claim.objects.get()
    claims.approve(uid=claim.uid, points=400, actor=as_staff(world), now=NOW)
    found = nectar.get(f"/earning/claims/{claim.uid}").json()
    assert (found["state"], found["points"]) == ("approved", 400)
    assert nectar.get("/earning/claims", state="waiting").json()["data"] == []
    is_problem(comb.get(f"/earning/claims/{claim.uid}"), 404, "not_found")
    assert comb.get("/earning/claims").json()["data"] == []


def test_files_go_with_a_claim_and_what_is_missing_is_named(nectar: Program) -> None:
    missing = nectar.post("/earning/claims", {"activity": "training", "text": "Half a day"}, key="a")
    assert is_problem(missing, 422, "invalid")["errors"][0]["field"] == "file"
    fields = {"activity": "training", "text": "Half a day", "file": [upload("a.pdf", PDF), upload("b.pdf", PDF)]}
    sent = nectar.upload("/earning/claim-files", fields, key="b")
    assert sent.status_code == 201, sent.content
    assert sent.json()["files"] == ["a.pdf", "b.pdf"]


@pytest.mark.clause("G1.3")
def test_a_project_is_reported_and_its_client_asked_again(world: World, nectar: Program, comb: Program) -> None:
    sent = nectar.upload("/earning/projects", REPORT | {"file": [upload("r.pdf", PDF)]})
    assert sent.status_code == 201, sent.content
    project = Project.objects.get()
    assert (project.modules, project.integration) == (["standard", "complex"], True)
    is_problem(nectar.post(f"/earning/projects/{project.uid}/asks", {}, key="early"), 409, "stale")
    projects.accept(uid=project.uid, actor=as_staff(world), now=NOW)
    asked = nectar.post(f"/earning/projects/{project.uid}/asks", {"contact_email": "ines@hive.example"}, key="ask")
    assert asked.status_code == 201
    assert asked.json()["state"] == "accepted"
    project.refresh_from_db()
    assert (project.contact_email, project.round) == ("ines@hive.example", 2)
    assert "hanna" not in str(nectar.get(f"/earning/projects/{project.uid}").json()).replace("Hanna", "").lower()
    is_problem(comb.post(f"/earning/projects/{project.uid}/asks", {}, key="x"), 404, "not_found")


@pytest.mark.clause("G1.4")
def test_held_deals_are_listed_for_their_company_alone(world: World, nectar: Program, comb: Program) -> None:
    world.tell(*(
        {"at": at(TODAY - timedelta(days=days)), "type": "sale.paid", "partner": "nectar", "sale": f"s-{days}",
         "client": "hive", "product": "cloud", "net": "1000"}
        for days in (20, 6)
    ))  # fmt: skip
    held.bring_up(NOW)
    found = nectar.get("/earning/held-deals", state="waiting").json()["data"]
    assert [(row["sale"], row["client"]) for row in found] == [("s-6", "hive")]
    assert comb.get("/earning/held-deals").json()["data"] == []


@pytest.mark.clause("G1.6")
def test_the_calculator_answers_with_parts(world: World, nectar: Program, operator: Program) -> None:
    body = {"net": "1200.50", "plan": "extended", "licences": 2, "seats": 60, "modules": ["standard", "premium"]}
    found = nectar.post("/earning/worth-of-sale", body, key="").json()
    assert (found["points"], [part["points"] for part in found["parts"]], found["held"]) == (130, [60, 40, 30], False)
    project = operator.post("/earning/worth-of-project", {"modules": ["complex"] * 3, "integration": True}, key="")
    assert project.json()["points"] == 500
    for net in ("-1", "1e5", "1200.505", "1,5"):
        is_problem(nectar.post("/earning/worth-of-sale", body | {"net": net}, key=""), 422, "invalid")


def test_an_operators_key_cannot_claim(operator: Program) -> None:
    body = {"activity": "case_study", "link": "https://nectar.example/story", "text": "x"}
    is_problem(operator.post("/earning/claims", body), 403, "scope_missing")
