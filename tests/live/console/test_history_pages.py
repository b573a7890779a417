"""The operator's page of the history: out as a file, in from one, with a look at it before."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from honeyguide.history.models import Event
from honeyguide.partners.models import Partner
from honeyguide.standing import uploads
from honeyguide.standing.models import HistoryUpload, UploadState
from honeyguide.standing.verify import verify
from tests.live.conftest import NOW, World, bronze_events

SignIn = Callable[..., Client]
PAGE, IMPORT, EXPORT = "/console/history/", "/console/history/import/", "/console/history/export/"
GOOD = "".join(json.dumps(event) + "\n" for event in bronze_events("hive", "Hive Ltd", "GB")).encode()


def hand_in(client: Client, content: bytes = GOOD, name: str = "h.jsonl") -> Any:
    return client.post(IMPORT, {"file": SimpleUploadedFile(name, content)})


def one() -> HistoryUpload:
    return HistoryUpload.objects.latest("pk")


def test_a_file_is_shown_before_it_is_imported_and_imported_once(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.staff["manager"])
    answer = hand_in(client)
    upload = one()
    address = f"/console/history/imports/{upload.uid}/"
    assert answer["Location"] == address
    page = client.get(address).content.decode()
    assert "Hive Ltd" in page
    assert "Import 3 events" in page
    assert not Partner.objects.filter(key="hive").exists()
    assert upload.name in client.get(PAGE).content.decode()

    for _ in range(2):
        assert client.post(f"{address}confirm/")["Location"] == address
    upload.refresh_from_db()
    assert upload.state == UploadState.DONE
    recorded = Event.objects.get(type="history.imported")
    assert (recorded.actor, recorded.data["events"], recorded.via) == (world.staff["manager"], 3, "web")
    assert not default_storage.exists(upload.kept_as)
    assert "Imported." in client.get(address).content.decode()
    assert "h.jsonl" in client.get(PAGE).content.decode()
    assert verify().differences == ()
    today, next_day = NOW.date().isoformat(), (NOW + timedelta(days=1)).date().isoformat()
    found = {"?q=h.json": 1, "?q=other": 0, f"?first={today}&last={today}": 1, f"?first={next_day}": 0}
    for query, rows in found.items():
        assert ("1 row" in client.get(PAGE + query).content.decode()) == bool(rows), query
    head, line = client.get(f"{PAGE}?sort=-events&export=csv").getvalue().decode("utf-8-sig").splitlines()
    assert head == "File,When,Who,New events,New companies,Standings changed"
    assert line.startswith("h.jsonl,")
    assert line.endswith(",3,1,1")


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b'{"at": 1}\n', "h.jsonl", "h.jsonl:1: type is missing, expected"),
        (bytes(range(128, 256)), "h.jsonl", "h.jsonl:1: byte 1 is 0x80"),
        (b"at,type\n1,2\n", "h.csv", "h.csv:1: column partner is missing"),
        (b"PAR1", "h.parquet", "h.parquet: cannot be read as Parquet"),
    ],
)
def test_a_broken_file_is_told_line_by_line_and_changes_nothing(
    world: World, sign_in: SignIn, content: bytes, name: str, words: str
) -> None:
    client = sign_in(world.staff["admin"])
    before = Event.objects.count()
    page = client.get(hand_in(client, content, name)["Location"]).content.decode()
    assert words in page
    assert "Nothing was recorded" in page
    assert Event.objects.count() == before
    assert not default_storage.exists(one().kept_as)


@translation.override("en")  # what the pages activate ends with the test
def test_each_reader_is_told_of_a_broken_file_in_the_own_language(world: World, sign_in: SignIn) -> None:
    content = json.dumps({**bronze_events("hive", "Hive Ltd", "GB")[0], "country": "Narnia"}).encode()
    page = sign_in(world.staff["admin"]).get(hand_in(sign_in(world.staff["admin"]), content)["Location"])
    assert "h.jsonl:1: partner.applied: country is" in page.content.decode()
    reader = world.staff["manager"]
    reader.language = "ru"
    reader.save(update_fields=["language"])
    page = sign_in(reader).get(f"/console/history/imports/{one().uid}/")
    assert "ожидается код страны ISO 3166 из двух букв, например DE" in page.content.decode()
    assert "expected" not in page.content.decode()


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [(GOOD, "h.xlsx", "expected a file whose name ends in"), (b"", "h.jsonl", "h.jsonl is empty: expected events")],
)
def test_what_is_no_history_at_all_is_told_at_the_field(
    world: World, sign_in: SignIn, content: bytes, name: str, words: str
) -> None:
    answer = hand_in(sign_in(world.staff["manager"]), content, name)
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert not HistoryUpload.objects.exists()


def test_a_file_that_is_too_large_is_refused_with_the_limit(
    world: World, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "UPLOAD_MEGABYTES_MOST", 0)
    assert "larger than 0 MB" in hand_in(sign_in(world.staff["manager"])).content.decode()


def test_a_large_file_is_left_to_the_worker(
    world: World, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    monkeypatch.setattr(uploads, "AT_ONCE_BYTES", 10)
    client = sign_in(world.staff["manager"])
    with django_capture_on_commit_callbacks() as waiting:
        address = hand_in(client)["Location"]
    assert "is being checked" in client.get(address).content.decode()
    for callback in waiting:
        callback()
    assert one().state == UploadState.CHECKED
    with django_capture_on_commit_callbacks() as waiting:
        client.post(f"{address}confirm/")
    page = client.get(address).content.decode()
    assert "is being imported" in page
    assert 'hx-trigger="every 2s"' in page
    for callback in (*waiting, *waiting):
        callback()
    assert one().state == UploadState.DONE
    assert Event.objects.filter(type="history.imported").count() == 1


def test_an_import_that_has_lost_its_worker_can_be_begun_again(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.staff["manager"])
    address = hand_in(client)["Location"]
    upload = one()
    uploads.confirm(uid=upload.uid, now=NOW - timedelta(hours=2))
    assert "has not come to an end" in client.get(address).content.decode()
    client.post(f"{address}confirm/")
    assert one().state == UploadState.DONE


def test_a_file_can_be_put_away(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.staff["manager"])
    address = hand_in(client)["Location"]
    for _ in range(2):
        assert client.post(f"{address}discard/")["Location"] == PAGE
    assert one().state == UploadState.DISCARDED
    assert client.post(f"{address}confirm/").status_code == 409
    assert not Partner.objects.filter(key="hive").exists()


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
def test_the_history_is_downloaded_and_that_is_recorded(world: World, sign_in: SignIn, form: str) -> None:
    answer = sign_in(world.staff["finance"]).post(EXPORT, {"form": form, "partner": "Comb GmbH"})
    assert answer["Content-Disposition"] == f'attachment; filename="history-comb-2026-11-20.{form}"'
    assert b"".join(answer)
    recorded = Event.objects.get(type="history.exported")
    assert (recorded.actor, recorded.data) == (
        world.staff["finance"], {"events": 3, "form": form, "partners": ["comb"]},
    )  # fmt: skip


def test_a_company_that_is_not_there_is_told_at_the_field(world: World, sign_in: SignIn) -> None:
    answer = sign_in(world.staff["finance"]).post(EXPORT, {"form": "csv", "partner": "Nobody"})
    assert (answer.status_code, "There is no such company" in answer.content.decode()) == (422, True)
    assert not Event.objects.filter(type="history.exported").exists()


@pytest.mark.parametrize(
    ("who", "page", "imports", "exports"),
    [
        ("manager", 200, 422, 200),
        ("admin", 200, 422, 200),
        ("finance", 200, 403, 200),
        ("compliance", 403, 403, 403),
        ("support", 403, 403, 403),
    ],
)
def test_managers_import_and_finance_exports(
    world: World, sign_in: SignIn, who: str, page: int, imports: int, exports: int
) -> None:
    client = sign_in(world.staff[who])
    export = client.post(EXPORT, {"form": "csv"})
    b"".join(export)  # to its end, where the file is closed
    found = (client.get(PAGE).status_code, client.post(IMPORT).status_code, export.status_code)
    assert found == (page, imports, exports)
    assert sign_in(world.alice).get(PAGE).status_code in {403, 404}
