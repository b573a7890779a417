"""Import and export: all of a file or nothing of it, and what comes out is what went in."""

import json
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from honeyguide.accounts.actor import Actor, Via
from honeyguide.common.errors import Refusal
from honeyguide.history.exporting import export
from honeyguide.history.models import Event, Ident
from honeyguide.history.services import DoesNotFit
from honeyguide.partners.models import Partner
from honeyguide.standing.importing import IMPORTED, BrokenFile, Source, apply, preview
from honeyguide.standing.models import Standing
from honeyguide.standing.verify import verify
from tests.live.conftest import NOW, TODAY, World, at, bronze_events, gold_events

ACTOR = Actor.system("importer", Via.COMMAND)
DAY = timedelta(days=1)
SALE = {"type": "sale.paid", "client": "c", "product": "cloud", "net": "10.00"}


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Source]:
    """Writes a file of events, or of text or bytes as they are."""

    def written(content: list[dict[str, Any]] | str | bytes, name: str = "h.jsonl") -> Source:
        path = tmp_path / name
        if isinstance(content, list):
            content = "".join(json.dumps(event) + "\n" for event in content)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return Source(path, name)

    return written


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Event, Ident, Partner, Standing))


def test_a_preview_tells_what_would_change_and_changes_nothing(world: World, write: Callable[..., Source]) -> None:
    before = counts()
    seen = preview(
        write([*bronze_events("hive", "Hive Ltd", "GB"), {**SALE, "partner": "comb", "sale": "x", "at": at(TODAY)}]),
        now=NOW,
    )
    assert (seen.events, seen.new, seen.known, seen.without_id) == (4, 4, 0, 4)
    assert [(company.key, company.name, company.country) for company in seen.companies] == [("hive", "Hive Ltd", "GB")]
    assert {effect.key: (effect.status_before, effect.status) for effect in seen.effects} == {
        "comb": ("bronze", "bronze"),
        "hive": ("", "bronze"),
    }
    assert counts() == before


@pytest.mark.parametrize("name", ["h.jsonl", "h.csv"])
def test_events_that_are_to_come_are_refused_by_their_lines(
    world: World, write: Callable[..., Source], name: str
) -> None:
    days = (TODAY - DAY, TODAY + 365 * DAY, TODAY, TODAY + DAY)
    rows = [{"at": at(day), "type": "course.completed", "partner": "comb", "course": "sales"} for day in days]
    content: Any = rows
    if name == "h.csv":
        content = "\n".join([",".join(rows[0]), *(",".join(row.values()) for row in rows)])
    first = 2 if name == "h.csv" else 1
    for do in (partial(preview, now=NOW), partial(apply, actor=ACTOR, now=NOW)):
        with pytest.raises(BrokenFile) as broken:
            do(write(content, name))
        assert broken.value.lines == [
            f"{name}:{first + 1}: at is 2027-11-20T12:00:00Z, expected a time that has come",
            f"{name}:{first + 3}: at is 2026-11-21T12:00:00Z, expected a time that has come",
        ]
    slightly = {**rows[0], "at": (NOW + timedelta(minutes=9)).isoformat()}
    assert preview(write([slightly]), now=NOW).new == 1


def test_an_import_does_what_its_preview_told_and_is_recorded(world: World, write: Callable[..., Source]) -> None:
    source = write(gold_events("hive", "Hive Ltd", "GB"))
    seen = preview(source, now=NOW)
    done = apply(source, actor=ACTOR, now=NOW)
    assert done == seen
    assert Standing.objects.get(partner__key="hive").status == "gold"
    recorded = Event.objects.get(type=IMPORTED)
    assert recorded.data == {
        "file": "h.jsonl", "sha256": seen.sha256, "events": seen.new, "known": 0, "partners": 1, "changed": 1,
        "types": seen.types,
    }  # fmt: skip
    assert verify().differences == ()


def test_a_file_may_go_on_with_what_is_recorded_and_changes_everyone_concerned(
    world: World, write: Callable[..., Source]
) -> None:
    events = [
        {"at": at(TODAY), "type": "sale.refunded", "partner": "nectar", "sale": "nectar-s3"},
        {**SALE, "at": at(TODAY - 20 * DAY), "partner": "comb", "sale": "c-1", "client": "client-1", "seats": 5},
    ]
    done = apply(write(events), actor=ACTOR, now=NOW)
    assert [effect.key for effect in done.effects] == ["comb", "nectar"]
    assert verify().differences == ()


def test_a_partner_without_an_application_gets_its_id_as_name(world: World, write: Callable[..., Source]) -> None:
    apply(write([{"at": at(TODAY), "type": "partner.accepted", "partner": "hive"}]), actor=ACTOR, now=NOW)
    assert Partner.objects.get(key="hive").name == "hive"


def test_names_longer_than_a_company_can_have_are_cut_and_kept_in_the_event(
    world: World, write: Callable[..., Source]
) -> None:
    name = "n" * 3_000
    events = [
        {"at": at(TODAY), "type": "partner.applied", "partner": "hive", "name": name, "country": "GB", "kind": name},
        {"at": at(TODAY), "type": "course.completed", "partner": "hive", "course": "sales", "id": "e" * 200},
    ]
    apply(write(events), actor=ACTOR, now=NOW)
    partner = Partner.objects.get(key="hive")
    assert (len(partner.name), len(partner.kind)) == (200, 40)
    assert Event.objects.get(partner="hive", type="partner.applied").data["name"] == name


def test_the_same_file_again_is_refused_where_its_events_have_no_ids(
    world: World, write: Callable[..., Source]
) -> None:
    source = write([{**SALE, "partner": "comb", "sale": "x", "at": at(TODAY)}])
    apply(source, actor=ACTOR, now=NOW)
    before = counts()
    again: Callable[[], Any]
    for again in (lambda: preview(source, now=NOW), lambda: apply(source, actor=ACTOR, now=NOW)):
        with pytest.raises(Refusal, match="was imported already, on 2026-11-20 by importer"):
            again()
    with pytest.raises(BrokenFile, match=r'h\.jsonl:2: .*sale is "x", already used by sale\.paid in the history'):
        apply(write([{"at": at(TODAY), "type": "partner.accepted", "partner": "hive"},
                     {**SALE, "partner": "comb", "sale": "x", "at": at(TODAY)}]), actor=ACTOR, now=NOW)  # fmt: skip
    assert counts() == before


def test_events_with_ids_are_passed_over_the_second_time(world: World, write: Callable[..., Source]) -> None:
    first = {**SALE, "id": "e-1", "partner": "comb", "sale": "x", "at": at(TODAY)}
    second = {**SALE, "id": "e-2", "partner": "comb", "sale": "y", "at": at(TODAY)}
    apply(write([first, first]), actor=ACTOR, now=NOW)
    with pytest.raises(Refusal, match=r"nothing new in h\.jsonl"):
        apply(write([first]), actor=ACTOR, now=NOW)
    done = apply(write([second, first]), actor=ACTOR, now=NOW)
    assert (done.events, done.new, done.known) == (2, 1, 1)
    assert verify().differences == ()


def test_other_content_under_a_known_id_is_refused(world: World, write: Callable[..., Source]) -> None:
    event = {"id": "e-1", "type": "course.completed", "partner": "comb", "course": "sales", "at": at(TODAY)}
    apply(write([event]), actor=ACTOR, now=NOW)
    with pytest.raises(BrokenFile, match="has other content in the history"):
        apply(write([event | {"course": "marketing"}]), actor=ACTOR, now=NOW)


def test_the_id_of_a_note_is_no_id_for_an_event(world: World, write: Callable[..., Source]) -> None:
    taken = Event.objects.filter(is_program=False).values_list("uid", flat=True)[0]
    event = {"id": taken, "type": "course.completed", "partner": "comb", "course": "sales", "at": at(TODAY)}
    with pytest.raises(BrokenFile, match="is not an event's of the program"):
        apply(write([event]), actor=ACTOR, now=NOW)
    with pytest.raises(DoesNotFit):
        world.tell(event)


def row(**fields: Any) -> str:
    return json.dumps({"at": at(TODAY), "partner": "comb", **fields}) + "\n"


BROKEN: dict[str, tuple[str, str | bytes, str]] = {
    "bad JSON": ("h.jsonl", row(type="partner.accepted") + '{"at": \n', r"h\.jsonl:2: not JSON: "),
    "a bad row": ("h.jsonl", row(**SALE | {"net": "1,5"}, sale="x"), r"h\.jsonl:1: sale\.paid: net is \"1,5\", exp"),
    "an unknown type": ("h.jsonl", row(type="sale.lost"), r"h\.jsonl:1: type is \"sale\.lost\", expected one of"),
    "an unknown sale": (
        "h.jsonl", "\n" + row(type="sale.refunded", sale="nope"),
        r"h\.jsonl:2: sale\.refunded: sale is \"nope\", expected the id of a sale of the file or the history",
    ),
    "an id twice": (
        "h.jsonl", row(**SALE, sale="x") + row(**SALE, sale="x"),
        r"h\.jsonl:2: sale\.paid: sale is \"x\", already used by sale\.paid at line 1",
    ),
    "a refund of another partner's sale": (
        "h.jsonl", row(type="sale.refunded", sale="nectar-s1"),
        r"h\.jsonl:1: sale\.refunded: sale \"nectar-s1\" is of partner \"nectar\" in the history",
    ),
    "a refund of more than is left": (
        "h.jsonl", row(type="sale.refunded", partner="nectar", sale="nectar-s1", amount="2000.01"),
        r"h\.jsonl:1: sale\.refunded: amount is 2000\.01, expected at most 2000\.00",
    ),
    "a wrong suffix": ("h.xlsx", row(type="partner.accepted"), r"h\.xlsx: expected a file whose name ends in"),
    "an empty file": ("h.jsonl", "", r"h\.jsonl: holds no events, expected one or more"),
    "an empty table": ("h.csv", "", r"h\.csv:1: is empty, expected a header"),
    "a header alone": ("h.csv", "at,type,partner\n", r"h\.csv: holds no events"),
    "binary garbage": ("h.jsonl", bytes(range(128, 256)) * 40, r"h\.jsonl:1: byte 1 is 0x80, expected UTF-8"),
    "binary garbage as CSV": ("h.csv", bytes(range(128, 256)) * 40, r"h\.csv:1: byte 1 is 0x80, expected UTF-8"),
    "a table without columns that must be there": (
        "h.csv", "at,partner\n2026-01-01T00:00:00Z,comb\n", r"h\.csv:1: column type is missing"
    ),
    "a record with too few cells": (
        "h.csv", "at,type,partner\n2026-01-01T00:00:00Z,comb\n", r"h\.csv:2: has 2 cells, expected 3"
    ),
    "a truncated Parquet file": ("h.parquet", b"PAR1" + b"\0" * 40, r"h\.parquet: cannot be read as Parquet"),
    "an empty Parquet file": ("h.parquet", b"", r"h\.parquet: cannot be read as Parquet"),
    "a character that PostgreSQL cannot keep": (
        "h.jsonl",
        row(type="course.completed", course="a\0b"),
        r"h\.jsonl:1: course\.completed: course has the character U\+0000",
    ),
    "a number without bound": (
        "h.jsonl", row(type="partner.accepted", mine=1).replace(": 1}", ": 1e99999}"), "too much of a number"
    ),
    "a country that is none": (
        "h.jsonl", row(type="partner.applied", partner="hive", name="Hive", country="Narnia"), "country is"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_answered_by_line_and_changes_nothing(
    world: World, write: Callable[..., Source], name: str
) -> None:
    file, content, words = BROKEN[name]
    source = write(content, file)
    before = counts()
    attempt: Callable[[], Any]
    for attempt in (lambda: preview(source, now=NOW), lambda: apply(source, actor=ACTOR, now=NOW)):
        with pytest.raises(BrokenFile, match=words):
            attempt()
    assert counts() == before


def test_an_earlier_refund_that_leaves_too_little_for_a_recorded_one_is_told(
    world: World, write: Callable[..., Source]
) -> None:
    world.tell({"type": "sale.refunded", "partner": "nectar", "sale": "nectar-s1", "amount": "1500.00"})
    event = {
        "at": at(TODAY - DAY), "type": "sale.refunded", "partner": "nectar", "sale": "nectar-s1", "amount": "900.00"
    }  # fmt: skip
    with pytest.raises(BrokenFile, match="an event of the history would not fit any more: "):
        apply(write([event]), actor=ACTOR, now=NOW)


STRANGE = [
    {"at": at(TODAY), "type": "partner.accepted", "partner": "hive", "id": "s-1", "mine": {"b": [1.10, 2], "a": "x|y"}},
    {"at": at(TODAY), "type": "course.completed", "partner": "hive", "id": "s-2", "course": "=1+1", "net": "5"},
    {**SALE, "at": at(TODAY), "partner": "hive", "sale": 'quo"te', "id": "s-3", "modules": ["standard"], "tag": "10"},
    {
        "at": at(TODAY - DAY),
        "type": "partner.applied",
        "partner": "hive",
        "id": "s-4",
        "name": "Улей\n№ 1",
        "country": "KZ",
    },
]


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
def test_export_into_an_empty_database_and_export_again_is_the_identity(
    world: World, write: Callable[..., Source], tmp_path: Path, form: str
) -> None:
    apply(write(STRANGE), actor=ACTOR, now=NOW)
    first, second = tmp_path / f"first.{form}", tmp_path / f"second.{form}"
    exported = export(first, actor=ACTOR, now=NOW)
    assert exported == Event.objects.filter(is_program=True).count()
    stored = {standing.partner.key: standing.answer for standing in Standing.objects.select_related("partner")}
    empty()
    apply(Source(first, first.name), actor=ACTOR, now=NOW)
    export(second, actor=ACTOR, now=NOW)
    assert first.read_bytes() == second.read_bytes()
    assert {one.partner.key: one.answer for one in Standing.objects.select_related("partner")} == stored
    assert verify().differences == ()


def empty() -> None:
    """An empty program in the same database."""
    from django.db import connection  # noqa: PLC0415

    from honeyguide.history import guards  # noqa: PLC0415

    connection.check_constraints()
    guards.remove(connection, "history_event")
    with connection.cursor() as cursor:
        for table in ("history_event", "history_ident", "standing_standing"):
            cursor.execute(f"DELETE FROM {table}")
    guards.install(connection, "history_event")
    Standing.objects.all().delete()
    Partner.objects.all().delete()


def test_an_export_of_some_partners_has_their_events_in_order_of_time(world: World, tmp_path: Path) -> None:
    path = tmp_path / "comb.jsonl"
    assert export(path, actor=ACTOR, now=NOW, partners=["comb"]) == 3
    events = [json.loads(line) for line in path.read_text().splitlines()]
    assert {event["partner"] for event in events} == {"comb"}
    assert [event["at"] for event in events] == sorted(event["at"] for event in events)
    recorded = Event.objects.get(type="history.exported")
    assert recorded.data == {"events": 3, "form": "jsonl", "partners": ["comb"]}


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
def test_an_export_of_nothing_is_a_file_without_events(world: World, tmp_path: Path, form: str) -> None:
    path = tmp_path / f"none.{form}"
    assert export(path, actor=ACTOR, now=NOW, partners=["nobody"]) == 0
    assert path.exists()
