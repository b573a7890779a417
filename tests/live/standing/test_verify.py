"""Tampering with what is stored, past the guards, is found and named."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from honeyguide.cli.verify import ROOM_CHECKS
from honeyguide.history import guards
from honeyguide.history.models import Event, Ident
from honeyguide.partners.models import Partner
from honeyguide.standing.models import Standing
from honeyguide.standing.services import reassess_all
from honeyguide.standing.verify import guards_of, verify
from tests.live.conftest import APPEND_ONLY_TABLES, NOW, TODAY, World, at

CLOUD = {"client": "client-1", "product": "cloud", "net": "100.00", "seats": 5, "term_months": 12}


def sql(statement: str, *values: Any) -> None:
    """A change that nobody may make."""
    guards.remove(connection, "history_event")
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))
    guards.install(connection, "history_event")


def found() -> list[str]:
    return list(verify(ROOM_CHECKS).differences)


def test_what_was_told_agrees_with_what_is_stored(world: World) -> None:
    world.tell({"type": "sale.paid", "partner": "comb", "sale": "c-1", **CLOUD, "at": at(TODAY - timedelta(days=1))})
    verified = verify(ROOM_CHECKS)
    assert verified.differences == ()
    assert (verified.events, verified.standings) == (Event.objects.filter(is_program=True).count(), 2)


def test_a_nightly_run_later_and_standings_of_different_days_agree(world: World) -> None:
    reassess_all(day=TODAY + timedelta(days=40), now=NOW + timedelta(days=40), actor=world.actor)
    assert found() == []
    world.tell({"type": "course.completed", "partner": "comb", "course": "sales"}, now=NOW + timedelta(days=50))
    assert len(set(Standing.objects.values_list("assessed_on", flat=True))) == 2
    assert found() == []


def test_a_changed_status_is_named_with_what_it_should_be(world: World) -> None:
    Standing.objects.filter(partner=world.nectar).update(status="silver")
    assert found() == ["partner nectar: status stored silver, replayed gold"]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("state", "suspended", "state stored suspended, replayed active"),
        ("discount_percent", 49, "discount_percent stored 49, replayed 50"),
        ("since", TODAY, f"since stored {TODAY}"),
        ("points_active", 12, "points_active stored 12"),
        ("points_debt", 3, "points_debt stored 3, replayed 0"),
        ("status_rank", 1, "status_rank stored 1, replayed 2"),
        ("restatements", 7, "restatements stored 7, replayed 0"),
        ("verdict", "met?", "verdict stored met?"),
        ("due_on", None, "due_on stored nothing"),
        ("entitlements", [], "entitlements stored [], replayed ["),
        ("outlook", {}, "outlook."),
    ],
)
def test_every_field_of_a_standing_is_compared(world: World, field: str, value: object, words: str) -> None:
    Standing.objects.filter(partner=world.nectar).update(**{field: value})
    assert any(line.startswith(f"partner nectar: {words}") for line in found())


def test_a_requirement_and_a_transition_changed_inside_the_answer_are_named(world: World) -> None:
    standing = Standing.objects.get(partner=world.nectar)
    row = standing.answer["requirements"][0]
    row["met"] = not row["met"]
    standing.answer["transitions"][1]["on"] = "2020-01-01"
    standing.save(update_fields=["answer"])
    lines = found()
    assert any("answer.requirements[0].met stored" in line for line in lines)
    assert any("answer.transitions[1].on stored 2020-01-01, replayed" in line for line in lines)


def test_the_rank_is_counted(world: World) -> None:
    Standing.objects.filter(partner=world.comb).update(points_active=10**9)
    assert "partner nectar: rank counted 2, replayed 1" in found()


def test_a_standing_that_is_missing_or_too_many_is_named(world: World) -> None:
    Standing.objects.filter(partner=world.comb).delete()
    assert found() == ["partner comb: no standing is stored, though the history has events of it"]
    stray = Partner.objects.create(key="stray", name="Stray", country="GB", added_at=NOW)
    copy = Standing.objects.get(partner=world.nectar)
    copy.pk, copy.partner = None, stray
    copy.save(force_insert=True)
    assert f"partner stray: a standing of {TODAY} is stored, the history has no event of it by then" in found()


@pytest.mark.parametrize(
    ("column", "value"), [("type", "sale.refunded"), ("partner", "comb"), ("client", "x"), ("ident", "y"), ("uid", "z")]
)
def test_a_column_that_is_not_what_the_event_says_is_named(world: World, column: str, value: str) -> None:
    event = Event.objects.filter(type="sale.paid").first()
    assert event is not None
    sql(f"UPDATE history_event SET {column} = %s WHERE seq = %s", value, event.seq)
    name = "id" if column == "uid" else column
    assert any(f"event {event.seq}" in line and f"{name} stored {value}, its data says" in line for line in found())


def test_a_changed_instant_a_changed_kind_and_a_changed_amount_are_named(world: World) -> None:
    event = Event.objects.filter(type="sale.paid").first()
    assert event is not None
    sql("UPDATE history_event SET at = %s WHERE seq = %s", NOW, event.seq)
    assert any("at stored 2026-11-20T12:00:00.123456+00:00, its data says" in line for line in found())
    sql("UPDATE history_event SET is_program = %s WHERE seq = %s", False, event.seq)
    assert any("type stored sale.paid, expected one of the audit's" in line for line in found())


def test_a_removed_event_shows_in_the_standing_and_in_the_ids(world: World) -> None:
    sql("DELETE FROM history_event WHERE ident = %s", "nectar-s3")
    lines = found()
    assert "id nectar-s3: the table of ids has it, no event does" in lines
    assert any(line.startswith("partner nectar: ") for line in lines)


def test_ids_that_are_missing_or_anothers_are_named(world: World) -> None:
    Ident.objects.filter(ident="nectar-s1").delete()
    Ident.objects.filter(ident="nectar-s2").update(partner="comb")
    assert found() == [
        "id nectar-s1: an event has it, the table of ids does not",
        "id nectar-s2: partner stored comb, its event says nectar",
    ]


def test_a_history_that_does_not_fit_is_named_by_its_event(world: World) -> None:
    sale = Event.objects.get(ident="nectar-s1")
    sql("UPDATE history_event SET data = %s WHERE seq = %s", '{"type": "nonsense"}', sale.seq)
    lines = found()
    assert any(line.startswith(f"event {sale.uid}: ") for line in lines)
    assert "history: it does not fit together, so standings could not be compared" in lines


def test_a_partner_that_is_not_there_is_named(world: World) -> None:
    Standing.objects.filter(partner=world.comb).delete()
    Partner.objects.filter(pk=world.comb.pk).delete()
    assert "partner comb: the history has events of it, the table of partners has not" in found()


@pytest.mark.parametrize("table", APPEND_ONLY_TABLES)
def test_a_guard_that_was_taken_off_is_named(world: World, table: str) -> None:
    guards.remove(connection, table)
    lines = found()
    assert lines
    assert all(line.startswith(f"table {table}: its guard") for line in lines)


def test_a_guard_that_was_hollowed_out_is_named(world: World) -> None:
    guards.remove(connection, "history_event")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            guards.install(connection, "history_event")
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE history_event DISABLE TRIGGER history_event_append_only")
        else:
            for name, word in (("no_update", "UPDATE"), ("no_delete", "DELETE")):
                cursor.execute(
                    f"CREATE TRIGGER history_event_event_{name} BEFORE {word} ON history_event BEGIN SELECT 1; END"
                )
    assert all("its guard" in line for line in guards_of("history_event")())
    assert list(guards_of("history_event")())


def test_checks_of_rooms_above_are_told_too(world: World) -> None:
    assert verify([lambda: ["evidence evd_1: no event approves it"]]).differences == (
        "evidence evd_1: no event approves it",
    )
