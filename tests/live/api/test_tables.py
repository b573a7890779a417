"""Tables by the API: brought in, looked at, recorded, taken back; 202 while they are under way."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from honeyguide.earning import limits
from honeyguide.earning.models import TableImport
from honeyguide.history.models import Event
from tests.live.api.conftest import Program, is_problem
from tests.live.conftest import TODAY, World

DEALS = f"""Opportunity,Partner,Customer,Product,Close date,Value
A-1,Nectar Ltd,Wax,Cloud subscription,{TODAY - timedelta(days=40)},1200.50
A-2,nectar,Pollen,Cloud subscription,{TODAY - timedelta(days=20)},900
"""
UNDO = {"reason": "The wrong quarter"}


@pytest.fixture(autouse=True)
def _own_files(private_files: Path) -> None:
    """Each test here has a storage of its own."""


def bring_in(program: Program, text: str = DEALS, key: str = "b-1", **more: Any) -> Any:
    file = SimpleUploadedFile("deals.csv", text.encode())
    return program.upload("/tables", {"kind": "deals", "file": file, **more}, key)


def looked_at(program: Program) -> str:
    """A table that was brought in and looked at; its address."""
    address = f"/tables/{bring_in(program).json()['id']}"
    assert program.post(f"{address}/look", {}, "l-1").json()["state"] == "checked"
    return address


@pytest.mark.clause("G1.5")
def test_a_table_goes_in_and_out_again(world: World, operator: Program) -> None:
    answer = bring_in(operator)
    made = answer.json()
    assert (answer.status_code, made["state"], made["rows"], made["new"]) == (201, "mapping", 2, None)
    assert made["mapping"]["columns"]["amount"] == made["header"].index("Value")
    address = f"/tables/{made['id']}"
    looked = operator.post(f"{address}/look", {"date_form": "%Y-%m-%d"}, "l-1")
    assert (looked.status_code, looked.json()["state"], looked.json()["new"]) == (202, "checked", 2)
    effect = looked.json()["change"]["effects"][0]
    assert (effect["partner"], effect["status"], effect["active"] > 0) == ("nectar", "gold", True)
    assert not Event.objects.filter(ident="A-1").exists()
    done = operator.post(f"{address}/record", {}, "r-1")
    assert (done.status_code, done.json()["state"], done.json()["under_way"]) == (202, "done", False)
    assert Event.objects.get(ident="A-1").actor_name == "API: CRM"
    plan = operator.post(f"{address}/look-undo", {}, "p-1").json()
    assert (plan["state"], plan["undo_change"]["events"]) == ("done", 4)
    undone = operator.post(f"{address}/undo", UNDO, "u-1")
    assert (undone.status_code, undone.json()["state"]) == (202, "undone")
    assert undone.json()["undo_change"]["active"] == -done.json()["change"]["active"]
    assert operator.get(address).json() == undone.json()
    listed = operator.get("/tables", state="undone").json()
    assert [row["id"] for row in listed["data"]] == [made["id"]]


def test_a_large_table_is_under_way_until_the_worker_has_done_it(
    world: World, operator: Program, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    address = looked_at(operator)
    monkeypatch.setattr(limits, "TABLE_AT_ONCE_ROWS", 1)
    with django_capture_on_commit_callbacks() as waiting:
        answer = operator.post(f"{address}/record", {}, "r-1")
    assert (answer.status_code, answer.json()["state"], answer.json()["under_way"]) == (202, "recording", True)
    with django_capture_on_commit_callbacks() as more:
        again = operator.post(f"{address}/record", {}, "r-1")
    assert (again.status_code, again.json(), more) == (202, answer.json(), [])
    found = is_problem(operator.post(f"{address}/undo", UNDO, "u-1"), 409, "stale")
    assert "Being recorded. API: CRM has asked for that." in found["detail"]
    is_problem(operator.post(f"{address}/record", {}, "r-2"), 409, "stale")
    for callback in waiting:
        callback()
    assert operator.get(address).json()["state"] == "done"
    assert Event.objects.filter(type="table.imported").count() == 1


def test_wrong_rows_and_columns_are_told(world: World, operator: Program) -> None:
    made = bring_in(operator, DEALS.replace("Nectar Ltd", "Nobody")).json()
    address = f"/tables/{made['id']}"
    found = operator.post(f"{address}/look", {}, "l-1").json()
    assert (found["state"], found["wrong"], found["change"]) == ("checked", 1, None)
    assert found["problems"][0]["row"] == 2
    assert "no partner “Nobody”" in found["problems"][0]["problems"][0]
    is_problem(operator.post(f"{address}/record", {}, "r-1"), 409, "refused")
    wrong = is_problem(operator.post(f"{address}/look", {"columns": {"partner": 99}}, "l-2"), 422, "invalid")
    assert "column_partner" in {error["field"] for error in wrong["errors"]}
    assert operator.post(f"{address}/look", {"mapping": {}}, "l-3").status_code == 422


def test_the_same_table_again_is_the_one_that_waits(world: World, operator: Program) -> None:
    first = bring_in(operator).json()
    assert bring_in(operator, key="b-2").json()["id"] == first["id"]
    assert TableImport.objects.count() == 1
    assert bring_in(operator, "Partner\n", key="b-3").status_code == 422


def test_tables_are_the_operators_alone(world: World, nectar: Program, operator: Program) -> None:
    address = looked_at(operator)
    is_problem(nectar.get("/tables"), 403, "scope_missing")
    is_problem(nectar.get(address), 403, "scope_missing")
    is_problem(bring_in(nectar), 403, "scope_missing")
    is_problem(nectar.post(f"{address}/record", {}), 403, "scope_missing")
    is_problem(operator.get("/tables/tbl_other"), 404, "not_found")
