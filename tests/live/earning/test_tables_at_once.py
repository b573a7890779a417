"""Several at once with tables, on real connections: one wins, the others get a clear answer, nothing is done twice."""

import multiprocessing
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from honeyguide.accounts.models import Role, User
from honeyguide.common.errors import Refusal
from honeyguide.earning import tasks
from honeyguide.earning.models import TableImport, TableState
from honeyguide.earning.services import recording, undoing, working
from honeyguide.earning.verifying import problems as earning_problems
from honeyguide.history.models import Event
from honeyguide.standing.verify import verify
from tests.live import racing
from tests.live.api.conftest import Program, secret_for
from tests.live.conftest import NOW, World
from tests.live.earning import killed
from tests.live.earning.conftest import as_staff
from tests.live.earning.test_tables import ENGLISH, confirm, looked, table

SignIn = Callable[[User], Client]
LIST = "/console/points/tables/"
WAIT_S = 120
UNDO = {"reason": "The wrong quarter"}

several_writers = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """What each gives, or the code of its refusal; all begun together, each on a connection of its own."""
    return [one.code if isinstance(one, Refusal) else one for one in racing.at_once(*deeds)]


@pytest.fixture
def both(world: World, sign_in: SignIn) -> list[Client]:
    """Two managers, each in a browser."""
    made = User.objects.create_user
    names = ("First", "Second")
    users = [made(f"{n}@vendor.example", "a long password", name=f"{n} Person", role=Role.MANAGER) for n in names]
    return [sign_in(user) for user in users]


def posted(client: Client, address: str, data: Any = None) -> tuple[int, str]:
    """The answer's status, and where it leads or what it says."""
    answer = client.post(address, data or {})
    return answer.status_code, answer.get("Location") or answer.content.decode()


def sold() -> int:
    return Event.objects.filter(type="sale.paid", ident__startswith="D-").count()


def agrees() -> bool:
    return not verify([earning_problems]).differences


@pytest.mark.parametrize("state", ["recording", "undoing"])
def test_a_worker_that_is_killed_in_the_middle_leaves_nothing_and_another_does_it(
    world: World, state: str, private_files: Path
) -> None:
    upload = looked(world, ENGLISH)
    if state == "recording":
        recording.confirm(uid=upload.uid, actor=as_staff(world), now=NOW)
    else:
        confirm(world, upload)
        undoing.undo(uid=upload.uid, reason="The wrong quarter", actor=as_staff(world), now=NOW)
    before = Event.objects.count()
    processes = multiprocessing.get_context("spawn")
    here, there = processes.Pipe(duplex=False)
    arguments = (str(connection.settings_dict["NAME"]), str(private_files), upload.uid, there)
    worker = processes.Process(target=killed.work, args=arguments)
    worker.start()
    there.close()
    assert here.poll(WAIT_S)
    assert here.recv() == "written"
    if connection.vendor == "postgresql":  # held by a worker that is alive: left to it
        assert tasks.take_up_tables(NOW + timedelta(hours=1)) == 0
    worker.kill()
    worker.join()
    upload.refresh_from_db()
    assert (upload.state, Event.objects.count()) == (state, before)
    assert tasks.take_up_tables(NOW + timedelta(hours=1)) == 1
    upload.refresh_from_db()
    assert (upload.state, upload.failure) == ("done" if state == "recording" else "undone", "")
    assert sold() == 3
    assert agrees()


@several_writers
def test_the_same_table_handed_in_twice_is_one(world: World, both: list[Client]) -> None:
    deeds = [lambda client=client: posted(client, LIST, {"kind": "deals", "file": table(ENGLISH)}) for client in both]
    first, second = at_once(*deeds)
    assert first == second
    assert first == (302, f"{LIST}{TableImport.objects.get().uid}/")
    pages = [client.get(first[1]).content.decode() for client in both]
    assert all("Which column is what" in page for page in pages)


@several_writers
def test_of_two_people_who_record_one_table_one_does_and_the_other_is_told(world: World, both: list[Client]) -> None:
    upload = looked(world, ENGLISH)
    answers = at_once(*(lambda client=client: posted(client, f"{LIST}{upload.uid}/confirm/") for client in both))
    assert Counter(status for status, _words in answers) == {302: 1, 409: 1}
    told = next(words for status, words in answers if status == 409)
    winner = ("First Person", "Second Person")[[status for status, _words in answers].index(302)]
    assert winner in told
    assert (sold(), Event.objects.filter(type="table.imported").count()) == (3, 1)
    assert agrees()


@several_writers
def test_the_same_form_of_one_person_twice_records_once(world: World, both: list[Client]) -> None:
    upload = looked(world, ENGLISH)
    answers = at_once(*(lambda: posted(both[0], f"{LIST}{upload.uid}/confirm/") for _time in range(2)))
    assert [status for status, _words in answers] == [302, 302]
    assert (sold(), Event.objects.filter(type="table.imported").count()) == (3, 1)
    assert agrees()


@several_writers
def test_of_two_programs_that_record_one_table_one_does_and_the_other_is_told(world: World) -> None:
    upload = looked(world, ENGLISH)
    programs = [Program(secret_for(world.staff["admin"], None)) for _program in range(2)]
    answers = at_once(*(lambda each=each: each.post(f"/tables/{upload.uid}/record", {}) for each in programs))
    assert Counter(answer.status_code for answer in answers) == {202: 1, 409: 1}
    assert next(answer.json()["code"] for answer in answers if answer.status_code == 409) == "stale"
    assert (sold(), Event.objects.filter(type="table.imported").count()) == (3, 1)
    assert agrees()


@several_writers
def test_of_two_people_who_take_one_back_one_does_and_the_other_is_told(world: World, both: list[Client]) -> None:
    upload = confirm(world, looked(world, ENGLISH))
    answers = at_once(*(lambda client=client: posted(client, f"{LIST}{upload.uid}/undo/", UNDO) for client in both))
    assert Counter(status for status, _words in answers) == {302: 1, 409: 1}
    winner = ("First Person", "Second Person")[[status for status, _words in answers].index(302)]
    assert winner in next(words for status, words in answers if status == 409)
    assert Event.objects.filter(type="sale.refunded").count() == 3
    assert agrees()


@several_writers
def test_taking_back_while_it_is_recorded_waits_for_its_turn_or_is_told(world: World, both: list[Client]) -> None:
    upload = looked(world, ENGLISH)
    url = f"{LIST}{upload.uid}/"
    recorded, undone = at_once(lambda: posted(both[0], f"{url}confirm/"), lambda: posted(both[1], f"{url}undo/", UNDO))
    assert recorded[0] == 302
    assert undone[0] in {302, 409}
    upload.refresh_from_db()
    assert upload.state == (TableState.UNDONE if undone[0] == 302 else TableState.DONE)
    assert sold() == 3
    assert agrees()


@several_writers
@pytest.mark.parametrize("state", ["recording", "undoing"])
def test_two_workers_at_one_table_do_it_once(world: World, state: str) -> None:
    upload = looked(world, ENGLISH)
    if state == "recording":
        recording.confirm(uid=upload.uid, actor=as_staff(world), now=NOW)
    else:
        confirm(world, upload)
        undoing.undo(uid=upload.uid, reason="The wrong quarter", actor=as_staff(world), now=NOW)
    at_once(*(lambda: working.carry_out(uid=upload.uid, read=lambda: NOW) for _worker in range(3)))
    upload.refresh_from_db()
    assert (upload.state, upload.failure) == ("done" if state == "recording" else "undone", "")
    assert sold() == 3
    assert Event.objects.filter(type="sale.refunded").count() == (0 if state == "recording" else 3)
    assert Event.objects.filter(type__in=["table.imported", "table.undone"]).count() == (
        1 if state == "recording" else 2
    )
    assert agrees()


@several_writers
def test_two_tables_with_the_same_deals_record_them_once(world: World) -> None:
    uploads = [looked(world, ENGLISH), looked(world, ENGLISH.replace("Stage", "State"))]
    for upload in uploads:
        recording.confirm(uid=upload.uid, actor=as_staff(world), now=NOW)
    at_once(*(lambda uid=upload.uid: working.carry_out(uid=uid, read=lambda: NOW) for upload in uploads))
    found = {row.state: row.failure for row in TableImport.objects.all()}
    assert found == {TableState.DONE: "", TableState.CHECKED: "There is nothing new in deals.csv."}
    assert sold() == 3
    assert agrees()


@several_writers
def test_what_is_told_meanwhile_and_a_table_do_not_wait_for_each_other(world: World) -> None:
    upload = looked(world, ENGLISH)
    recording.confirm(uid=upload.uid, actor=as_staff(world), now=NOW)

    def tell() -> None:
        for number in range(4):
            for partner in ("nectar", "comb"):
                world.tell({
                    "type": "sale.paid", "partner": partner, "sale": f"x-{partner}-{number}", "net": "10.00",
                    "client": ("Wax", "Pollen")[number % 2], "product": "cloud",
                })  # fmt: skip

    at_once(tell, lambda: working.carry_out(uid=upload.uid, read=lambda: NOW))
    upload.refresh_from_db()
    assert (upload.state, upload.failure, sold()) == (TableState.DONE, "", 3)
    assert Event.objects.filter(ident__startswith="x-").count() == 8
    assert agrees()
