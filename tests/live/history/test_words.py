"""Every event is one sentence that a person understands: no field names, no words of a program, no empty sentences."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from honeyguide.accounts.actor import NIGHTLY_RUN, PROGRAM_RULES
from honeyguide.common.words import ACTORS, actor_words
from honeyguide.demo.load import IMPORTER
from honeyguide.history import words
from honeyguide.history.kinds import AUDIT_TYPES
from honeyguide.history.models import Event
from honeyguide.program.history.events import EVENT_TYPES
from tests.live.conftest import NOW, TODAY, World, at

PROGRAM: dict[str, dict[str, Any]] = {
    "partner.applied": {"name": "Nectar Ltd", "country": "GB"},
    "partner.suspended": {"reason": "no activity"},
    "course.completed": {"course": "tutorial", "user": "Bob"},
    "nfr.claimed": {"product": "on_premise"},
    "evidence.approved": {"requirement": "case_study"},
    "evidence.withdrawn": {"requirement": "phone_support"},
    "sale.paid": {
        "sale": "S-1", "client": "hive", "product": "on_premise", "net": "1200.50", "seats": 50, "term_months": 12,
    },
    "sale.refunded": {"sale": "S-1", "amount": "10.00"},
    "sale.excluded": {"sale": "S-1", "reason": "own use"},
    "project.delivered": {"project": "P-1", "client": "hive", "modules": ["simple"], "report": "r", "checklist": ""},
    "project.confirmed": {"project": "P-1"},
    "points.granted": {"award": "A-1", "points": 1200, "activity": "case_study"},
    "points.decided": {"sale": "S-1", "decision": "refuse"},
    "points.cancelled": {"points": 1},
    "points.spent": {"exchange": "X-1", "points": 600, "item": "Course seat"},
    "lead.reserved": {"lead": "L-1"},
    "lead.won": {"lead": "L-1"},
    "lead.lost": {"lead": "L-1"},
    "discount.adjusted": {"percent": "12.5", "reason": "late answers"},
    "measure.applied": {"measure": "block_access", "until": "2026-12-31"},
    "measure.lifted": {"measure": "bar_leads"},
}  # fmt: skip
AUDIT: dict[str, dict[str, Any]] = {
    "partner.added": {"name": "Nectar Ltd"},
    "partner.changed": {"changes": {"postal_address": ["", "x"], "phone": ["", "y"]}},
    "standing.changed": {"status": "gold", "status_before": "silver", "discount_percent": "50.00"},
    "person.invited": {"email": "zoe@example.com", "role": "main"},
    "person.linked": {"email": "zoe@example.com", "role": "employee"},
    "person.unlinked": {"email": "zoe@example.com", "name": "Zoe"},
    "person.made_main": {"email": "zoe@example.com", "before": "bob@example.com"},
    "partner.manager_assigned": {"manager": "Maya", "before": ""},
    "invitation.sent_again": {"email": "zoe@example.com"},
    "invitation.revoked": {"email": "zoe@example.com"},
    **{
        f"change.{step}": {"kind": "profile", "before": {"website": ""}, "after": {"website": "x"}}
        for step in ("requested", "approved", "declined", "withdrawn")
    },
    "notice.sent": {"subject": "Welcome"},
    "support.viewed_as": {"ended": True},
}


def event(kind: str, data: dict[str, Any], *, is_program: bool) -> Event:
    return Event(type=kind, data=data, at=NOW, is_program=is_program, partner="nectar", actor_name="Maya")


def test_what_an_event_is_about_is_named_by_client_and_day_in_one_query(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    day = TODAY - timedelta(days=5)
    sale: dict[str, Any] = {
        "type": "sale.paid",
        "sale": "S-1",
        "client": "Eastfield",
        "product": "cloud",
        "net": "500",
        "at": at(day),
    }
    project: dict[str, Any] = {
        "type": "project.delivered", "project": "prj_1m7wce660q74mb5vcw", "client": "Westfield", "modules": ["simple"],
        "report": "r", "checklist": "c", "at": at(day),
    }  # fmt: skip
    award = {"type": "points.granted", "award": "awd_1", "points": 10, "activity": "other", "reason": "Talk"}
    told: list[dict[str, Any]] = [
        sale, project, {**award, "at": at(day)}, {"type": "sale.refunded", "sale": "S-1", "amount": "10"},
        {"type": "project.confirmed", "project": "prj_1m7wce660q74mb5vcw"},
        {"type": "points.cancelled", "award": "awd_1", "reason": "Twice"},
    ]  # fmt: skip
    events = world.tell(*({**one, "partner": "nectar"} for one in told))
    with django_assert_num_queries(1):
        said = [text for _event, text in words.sentences(events)]
    assert said == [
        "Sale to Eastfield for $500.00: Cloud subscription",
        "Project for Westfield delivered",
        "10 points granted: other work. Reason: Talk",
        "$10.00 of a sale refunded: Eastfield, 15 Nov 2026",
        "The client confirmed a project: Westfield, 15 Nov 2026",
        "Points cancelled: other work, 15 Nov 2026. Reason: Twice",
    ]


def test_a_notices_title_is_told_in_the_readers_language() -> None:
    sent = event("notice.sent", {"subject": "Welcome", "subject_ru": "Добро пожаловать"}, is_program=False)
    assert words.sentence(sent) == "Notice sent: Welcome"
    with translation.override("ru"):
        assert words.sentence(sent).endswith(": Добро пожаловать")


def test_who_acts_without_being_a_person_is_told_in_the_readers_language() -> None:
    names = {NIGHTLY_RUN, PROGRAM_RULES, IMPORTER}
    assert names <= set(ACTORS)
    with translation.override("ru"):
        assert [name for name in sorted(ACTORS) if actor_words(name) == name] == []
    assert actor_words("Maya") == "Maya"


@pytest.mark.parametrize("kind", EVENT_TYPES)
def test_each_event_of_the_program_has_a_title_and_a_sentence(kind: str) -> None:
    said = words.sentence(event(kind, PROGRAM.get(kind, {}), is_program=True))
    assert said
    assert not re.search(r"_|%|None|\{", said.replace("12.5%", "")), said
    assert kind not in said
    assert kind in words.PROGRAM_TITLES


@pytest.mark.parametrize("kind", sorted(AUDIT_TYPES))
def test_each_kind_of_audit_has_a_sentence_with_or_without_its_details(kind: str) -> None:
    said = words.sentence(event(kind, AUDIT.get(kind, {}), is_program=False))
    assert said
    assert not re.search(r"_|%\(|None|\{", said), said


def test_a_sale_says_what_for_how_many_for_how_long_and_for_how_much() -> None:
    said = words.sentence(event("sale.paid", PROGRAM["sale.paid"], is_program=True))
    assert said == "Sale to hive for $1,200.50: On-premise licence, 50 seats, 12 months"


def test_a_reason_stands_behind_the_sentence() -> None:
    said = words.sentence(event("sale.excluded", PROGRAM["sale.excluded"], is_program=True))
    assert said == "A sale does not count for the targets. Reason: own use"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"status": "bronze", "status_before": "", "discount_percent": "0.00"}, "Status Bronze, discount 0%"),
        (
            {"status": "gold", "status_before": "silver", "discount_percent": "50.00"},
            "Status Gold instead of Silver, discount 50%",
        ),
        ({"status": "", "state": "cancelled", "state_before": "active"}, "State: Cancelled"),
        (
            {
                "status": "gold",
                "status_before": "gold",
                "discount_percent": "30.00",
                "discount_percent_before": "50.00",
            },
            "Discount 30% instead of 50%",
        ),
        ({"status": "gold", "status_before": "gold"}, "Dates or benefits of the status changed"),
    ],
)
def test_a_change_of_standing_says_what_is_new(data: dict[str, Any], said: str) -> None:
    assert words.sentence(event("standing.changed", data, is_program=False)) == said


def test_an_unknown_type_reads_as_a_phrase() -> None:
    assert words.sentence(event("hive.opened_again", {}, is_program=False)) == "Hive opened again"


def test_figures_are_written_as_the_reader_writes_them() -> None:
    with translation.override("ru"):
        said = words.sentence(event("points.granted", PROGRAM["points.granted"], is_program=True))
    assert "1\N{NO-BREAK SPACE}200" in said


@pytest.mark.parametrize(
    ("kind", "data", "said"),
    [
        ("evidence.declined", {"requirement": "webinar", "reason": "too short"},
         "Evidence declined: Public webinar or video. Reason: too short"),
        ("nfr.granted", {"product": "cloud", "account": "n.example"},
         "Licence not for resale granted: Cloud subscription, n.example"),
        ("review.scheduled", {"starts_at": "2026-11-27T12:00:00+00:00"},
         "Business review scheduled: 27 Nov 2026, 12:00 UTC"),
        ("file.viewed", {"name": "plan.pdf"}, "File viewed: plan.pdf"),
        ("history.exported", {"events": 3}, "History exported"),
    ],
)  # fmt: skip
def test_what_an_audit_event_is_about_stands_behind_its_title(kind: str, data: dict[str, Any], said: str) -> None:
    assert words.sentence(event(kind, data, is_program=False)) == said
