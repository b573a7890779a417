"""Large tables are left to the worker: the page says how far it is; whole or not at all, once, whatever breaks off."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from honeyguide.accounts.models import User
from honeyguide.common.errors import Stale
from honeyguide.earning import limits, tasks
from honeyguide.earning.models import TableImport, TableState
from honeyguide.earning.services import recording, undoing, working
from honeyguide.earning.tables import rows
from honeyguide.earning.tables.mapping import Mapping
from honeyguide.history.models import Event
from honeyguide.standing import foreseeing
from honeyguide.standing.verify import verify
from tests.live.conftest import NOW, World
from tests.live.earning.conftest import as_staff
from tests.live.earning.test_tables import ENGLISH, carried_out, confirm, looked, points, receive, table

SignIn = Callable[[User], Client]
LIST = "/console/points/tables/"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables of three rows are large."""
    monkeypatch.setattr(limits, "TABLE_AT_ONCE_ROWS", 2)


def one() -> TableImport:
    return TableImport.objects.get()


class Desk:
    """A manager at the pages, and a worker that does what waits when it is told to."""

    def __init__(self, client: Client, capture: Any) -> None:
        self.client, self.capture = client, capture
        self.waiting: list[Callable[[], Any]] = []

    def post(self, address: str, data: Any = None) -> str:
        with self.capture() as waiting:
            answer = self.client.post(address, data or {})
        self.waiting += waiting
        assert answer.status_code == 302, answer.content.decode()[-2000:]
        return str(answer["Location"])

    def page(self, address: str) -> str:
        return self.client.get(address).content.decode()

    def part(self, url: str) -> Any:
        return self.client.get(f"{url}progress/", headers={"HX-Request": "true"})

    def work(self) -> None:
        """All that waits, each thing twice."""
        for callback in (*self.waiting, *self.waiting):
            callback()
        self.waiting = []


@pytest.fixture
def desk(world: World, sign_in: SignIn, django_capture_on_commit_callbacks: Any, _small: None) -> Desk:
    return Desk(sign_in(world.staff["manager"]), django_capture_on_commit_callbacks)


def chosen(desk: Desk) -> str:
    """A table that was handed in with the mapping that was guessed; its page."""
    url = desk.post(LIST, {"kind": "deals", "file": table(ENGLISH)})
    form = {f"column_{name}": place for name, place in one().mapping["columns"].items()}
    desk.post(url, form | {"date_form": "%Y-%m-%d", "decimal": "."})
    return url


@pytest.mark.clause("G1.5")
def test_a_large_table_is_looked_at_recorded_and_taken_back_by_the_worker(world: World, desk: Desk) -> None:
    before = points(world)
    url = chosen(desk)
    assert "The table is being looked at" in desk.page(url)
    assert "Which column is what" not in desk.page(url)
    desk.work()
    assert "Record 3 rows" in desk.page(url)
    desk.post(f"{url}confirm/")
    page = desk.page(url)
    assert "The table is being recorded" in page
    assert f'hx-get="{url}progress/"' in page
    assert "Take it back" not in page
    assert not Event.objects.filter(type="sale.paid", ident__startswith="D-").exists()
    desk.post(f"{url}confirm/")  # the same form once more
    desk.work()
    assert Event.objects.filter(type="sale.paid", ident__startswith="D-").count() == 3
    assert "Recorded by Manager Person" in desk.page(url)
    undo = desk.post(f"{url}plan/")
    assert undo == f"{url}undo/"
    assert "is being worked out" in desk.page(undo)
    desk.work()
    assert "Events that follow" in desk.page(undo)
    assert desk.client.post(undo, {"reason": ""}).status_code == 422
    desk.post(undo, {"reason": "The wrong quarter"})
    assert "The table is being taken back" in desk.page(url)
    desk.work()
    assert "What taking it back has changed" in desk.page(url)
    assert points(world) == before
    assert Event.objects.filter(type="table.imported").count() == Event.objects.filter(type="table.undone").count() == 1
    assert Event.objects.filter(type="sale.refunded").count() == 3
    assert not verify().differences


def test_the_progress_is_a_part_that_asks_for_itself_and_ends_with_the_page_anew(world: World, desk: Desk) -> None:
    url = chosen(desk)
    part = desk.part(url)
    assert (part.status_code, "HX-Refresh" in part) == (200, False)
    words = part.content.decode()
    assert 'hx-trigger="every 2s"' in words
    assert "Asked for by Manager Person" in words
    assert "<html" not in words
    desk.work()
    assert desk.part(url)["HX-Refresh"] == "true"
    assert desk.client.get(f"{url}progress/")["Location"] == url


def watched(deed: Callable[..., Any], seen: list[tuple[str, int]]) -> Callable[..., Any]:
    """The same, that notes how far the table is when it is called."""

    def call(*args: Any, **more: Any) -> Any:
        seen.append((one().state, one().step))
        return deed(*args, **more)

    return call


@pytest.mark.parametrize("state", ["recording", "undoing"])
def test_what_is_told_while_it_is_worked_out_counts(world: World, monkeypatch: pytest.MonkeyPatch, state: str) -> None:
    upload = looked(world, ENGLISH)
    if state == "undoing":
        upload = confirm(world, upload)
    seen: list[str] = []

    def told_meanwhile(*_args: object) -> None:
        seen.append(state)
        world.tell(
            {"type": "sale.paid", "partner": "comb", "sale": "D-2" if state == "recording" else "x", "client": "Wax",
             "product": "cloud", "net": "900.00", "at": NOW}
        )  # fmt: skip
        if state == "undoing":
            world.tell({"type": "sale.refunded", "partner": "nectar", "at": NOW, "sale": "D-1"})

    monkeypatch.setattr(recording if state == "recording" else undoing, "at_step", told_meanwhile)
    if state == "recording":
        recording.confirm(uid=upload.uid, actor=as_staff(world), now=NOW)
    else:
        undoing.undo(uid=upload.uid, reason="The wrong quarter", actor=as_staff(world), now=NOW)
    working.carry_out(uid=upload.uid, read=lambda: NOW)
    upload.refresh_from_db()
    assert seen == [state]
    if state == "recording":  # another's deal has the number by now
        assert (upload.state, upload.failure[:19]) == (TableState.CHECKED, "Some rows are wrong")
    else:
        assert (upload.state, upload.undo_preview["events"]) == (TableState.UNDONE, 5)
    assert not verify().differences


def test_the_steps_are_told_as_they_are(world: World, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    url = chosen(desk)
    desk.work()
    desk.post(f"{url}confirm/")
    seen: list[tuple[str, int]] = []
    for module, name in ((rows, "read_rows"), (foreseeing, "tell_foreseen")):
        monkeypatch.setattr(recording, name, watched(getattr(module, name), seen))
    assert 'value="0"' in desk.part(url).content.decode()
    desk.work()
    assert seen == [("recording", 1), ("recording", 2)]


@pytest.mark.parametrize(
    ("step", "asked", "begun", "words"),
    [
        (0, 20 * MINUTE / 60, None, ""),
        (0, MINUTE, None, "Nobody has begun yet"),
        (1, 5 * MINUTE, MINUTE, ""),
        (1, 5 * MINUTE, 3 * MINUTE, "longer than usual"),
    ],
)
def test_what_is_amiss_is_said(
    world: World, desk: Desk, step: int, asked: timedelta, begun: timedelta | None, words: str
) -> None:
    url = chosen(desk)
    TableImport.objects.update(step=step, asked_at=NOW - asked, begun_at=NOW - begun if begun else None)
    page = desk.part(url).content.decode()
    assert ("notice-warning" in page) == bool(words)
    assert words in page


def test_what_breaks_off_leaves_nothing_and_can_be_tried_again(
    world: World, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = chosen(desk)
    desk.work()

    def broken(*_args: object, **_kwargs: object) -> None:
        raise OSError("the power is gone")

    with monkeypatch.context() as patch:
        patch.setattr(recording, "note", broken)  # the last step of the transaction
        desk.post(f"{url}confirm/")
        desk.work()
    assert (one().state, Event.objects.filter(uid__startswith=one().uid).exists()) == (TableState.CHECKED, False)
    page = desk.page(url)
    assert "Something went wrong" in page
    assert "Nothing was recorded; you can try it again." in page
    desk.post(f"{url}confirm/")
    desk.work()
    assert (one().state, one().failure) == (TableState.DONE, "")
    with monkeypatch.context() as patch:
        patch.setattr(foreseeing, "announce", broken)
        desk.post(f"{url}undo/", {"reason": "The wrong quarter"})
        desk.work()
    assert (one().state, Event.objects.filter(uid__endswith=".undone").exists()) == (TableState.DONE, False)
    assert "It was not taken back" in desk.page(url)
    assert not verify().differences


def test_a_file_that_is_lost_is_told(world: World, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    url = chosen(desk)
    desk.work()
    default_storage.delete(one().kept_as)
    desk.post(f"{url}confirm/")
    desk.work()
    assert "The table cannot be read at present. Choose it again." in desk.page(url)


def test_problems_are_told_in_the_language_of_who_asked(world: World, desk: Desk) -> None:
    User.objects.filter(pk=world.staff["manager"].pk).update(language="ru")
    text = ENGLISH.replace("Nectar Ltd", "Nobody")
    url = desk.post(LIST, {"kind": "deals", "file": table(text)})
    form = {f"column_{name}": place for name, place in one().mapping["columns"].items()}
    desk.post(url, form | {"date_form": "%Y-%m-%d", "decimal": "."})
    desk.work()
    assert "Партнёр" in one().problems[0]["problems"][0]


def test_what_a_lost_worker_has_left_is_taken_up_by_another(world: World, desk: Desk) -> None:
    url = chosen(desk)
    desk.work()
    desk.post(f"{url}confirm/")
    desk.waiting = []  # the task was lost
    assert tasks.take_up_tables(NOW) == 0
    TableImport.objects.update(asked_at=NOW - 5 * MINUTE)
    assert tasks.take_up_tables(NOW) == 1
    assert one().state == TableState.DONE
    TableImport.objects.update(state=TableState.UNDOING, begun_at=NOW - 5 * MINUTE, step=2)  # killed in the middle
    TableImport.objects.update(asked=one().asked | {"reason": "The wrong quarter"})
    assert tasks.take_up_tables(NOW) == 1
    assert one().state == TableState.UNDONE
    assert tasks.take_up_tables(NOW) == 0
    assert Event.objects.filter(type="table.imported").count() == Event.objects.filter(type="table.undone").count() == 1


def test_what_breaks_off_again_and_again_is_given_back(world: World, desk: Desk) -> None:
    url = chosen(desk)
    TableImport.objects.update(attempts=limits.TABLE_ATTEMPTS, begun_at=NOW - 5 * MINUTE)
    tasks.take_up_tables(NOW)
    assert one().state == TableState.MAPPING
    assert "has broken off, several times" in desk.page(url)


def test_while_a_table_is_under_way_others_are_told_by_whom(world: World, desk: Desk, sign_in: SignIn) -> None:
    admin = sign_in(world.staff["admin"])
    url = chosen(desk)
    for address in (url, f"{url}confirm/", f"{url}discard/", f"{url}undo/"):
        answer = admin.post(address, {"reason": "The wrong quarter", "column_partner": "1"})
        assert answer.status_code == 409, address
        assert "Being looked at. Manager Person has asked for that." in answer.content.decode()
    assert admin.get(url).status_code == 200
    desk.work()
    desk.post(f"{url}confirm/")
    assert "Being recorded. Manager Person" in admin.post(f"{url}confirm/").content.decode()


def test_the_same_table_handed_in_again_is_the_one_that_waits(world: World, desk: Desk) -> None:
    first = desk.post(LIST, {"kind": "deals", "file": table(ENGLISH)})
    TableImport.objects.update(uploaded_at=NOW - MINUTE)
    again = desk.post(LIST, {"kind": "deals", "file": table(ENGLISH)})
    assert again == first
    assert "This table waits here already" in desk.page(again)
    other = desk.post(LIST, {"kind": "projects", "file": table(ENGLISH)})
    assert other != first


def test_a_small_table_is_done_at_once(world: World, sign_in: SignIn) -> None:
    upload = looked(world, ENGLISH)
    client = sign_in(world.staff["manager"])
    client.post(f"{LIST}{upload.uid}/confirm/")
    upload.refresh_from_db()
    assert upload.state == TableState.DONE
    client.post(f"{LIST}{upload.uid}/undo/", {"reason": "The wrong quarter"})
    upload.refresh_from_db()
    assert upload.state == TableState.UNDONE


def test_a_plan_of_a_table_that_another_has_built_on_is_refused(world: World) -> None:
    upload = confirm(world, looked(world, ENGLISH))
    planned = carried_out(undoing.ask_for_plan(uid=upload.uid, actor=as_staff(world), now=NOW))
    assert (planned.state, planned.undo_preview["sales"], planned.undo_preview["events"]) == (TableState.DONE, 3, 6)
    assert planned.undo_preview["active"] < 0
    again = receive(world, ENGLISH)
    with pytest.raises(Stale, match="Columns to be named"):
        undoing.ask_for_plan(uid=again.uid, actor=as_staff(world), now=NOW)
    with pytest.raises(Stale):
        recording.choose(uid=upload.uid, mapping=Mapping.of(upload.mapping), actor=as_staff(world), now=NOW)
    working.carry_out(uid=upload.uid, read=lambda: NOW)  # nothing waits
    upload.refresh_from_db()
    assert upload.state == TableState.DONE
