"""A table read by its mapping, looked at, and recorded: all of it or nothing (G1.5)."""

from collections import Counter
from collections.abc import Mapping as Table
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from honeyguide.accounts.actor import Actor
from honeyguide.common.errors import Invalid, Refusal
from honeyguide.common.local import whole_text
from honeyguide.earning import limits
from honeyguide.earning.effects import Effect, effects_in, effects_of
from honeyguide.earning.models import TableImport, TableState
from honeyguide.earning.services.tables import (
    Numbered,
    ask,
    asked_before,
    at_step,
    check_importer,
    forget_after_commit,
    header_of,
    is_still_asked_for,
    locked,
    numbered_rows,
    sample_of,
    stale,
)
from honeyguide.earning.tables.companies import company_words
from honeyguide.earning.tables.mapping import DATE_FORMS, Mapping, fields_of, meanings
from honeyguide.earning.tables.numbers import MARKS
from honeyguide.earning.tables.rows import read_rows
from honeyguide.earning.tables.settling import KNOWN, NEW, SKIPPED, WRONG, Row
from honeyguide.earning.undone import Paid, acceptance, freed, recorded_sales, undone_tables
from honeyguide.files.tables import ENCODINGS
from honeyguide.history.queries import events_count
from honeyguide.history.services import DoesNotFit, note
from honeyguide.partners.deciding import same_person
from honeyguide.program.rulebook.kinds import PRODUCTS
from honeyguide.standing.foreseeing import Foreseen, foresee, tell_foreseen
from honeyguide.standing.services import lock


@dataclass(frozen=True, slots=True)
class Looked:
    """A table as its mapping reads it."""

    rows: list[Row]
    events: list[dict[str, Any]]
    freed: int
    """How many deals would be held after sales of tables that were taken back alone, and are not."""

    @property
    def counts(self) -> dict[str, int]:
        """How many rows are new, known, skipped, wrong."""
        found = Counter(row.state for row in self.rows)
        return {state: found[state] for state in (NEW, KNOWN, SKIPPED, WRONG)}

    @property
    def notices(self) -> list[str]:
        """What is not wrong, and should be known before it is recorded."""
        projects = [row for row in self.rows if row.state == NEW and row.events[0]["type"] == "project.delivered"]
        lacking = [row.number for row in projects if row.lacks]
        unconfirmed = sum(len(row.events) == 1 for row in projects)
        found = []
        if lacking:
            found.append(
                ngettext(
                    "%(number)s project has no report or no checklist (row %(rows)s): it will earn nothing, confirmed "
                    "or not. Choose or add the columns “Report” and “Checklist”, which say where both are kept.",
                    "%(number)s projects have no report or no checklist (rows %(rows)s): they will earn nothing, "
                    "confirmed or not. Choose or add the columns “Report” and “Checklist”, which say where both are "
                    "kept.",
                    len(lacking),
                )
                % {"number": whole_text(len(lacking)), "rows": _listed(lacking)}
            )
        if unconfirmed:
            found.append(
                ngettext(
                    "%(number)s project is not confirmed by its client: it earns points when a later table says so.",
                    "%(number)s projects are not confirmed by their clients: they earn points when a later table "
                    "says so.",
                    unconfirmed,
                )
                % {"number": whole_text(unconfirmed)}
            )
        if self.freed:
            found.append(
                ngettext(
                    "%(number)s deal would be held only because of a table that was taken back: it gets its points, "
                    "as of its own day.",
                    "%(number)s deals would be held only because of a table that was taken back: they get their "
                    "points, as of their own days.",
                    self.freed,
                )
                % {"number": whole_text(self.freed)}
            )
        return found


def _listed(numbers: Sequence[int]) -> str:
    """The first of some rows, as spreadsheets count them."""
    shown = ", ".join(map(str, numbers[: limits.ROWS_NAMED]))
    return shown if len(numbers) <= limits.ROWS_NAMED else f"{shown} …"


def choose(*, uid: str, mapping: Mapping, actor: Actor, now: datetime) -> TableImport:
    """Take a mapping, and ask to look at what would be recorded (check).

    Raises Forbidden, NotFound, Stale for a table that is recorded or put away, Invalid for a mapping that cannot be.
    """
    check_importer(actor)
    with transaction.atomic():
        upload = locked(uid)
        if upload.state not in {TableState.MAPPING, TableState.CHECKED}:
            raise stale(upload)
        _check_mapping(upload, mapping)
        upload.mapping = mapping.told()
        ask(upload, TableState.CHECKING, actor=actor, now=now)
    return upload


def _check_mapping(upload: TableImport, mapping: Mapping) -> None:
    problems: dict[str, str] = {}
    known = {each.name: each for each in fields_of(upload.kind)}
    for each in known.values():
        if each.needed and each.name not in mapping.columns:
            problems[f"column_{each.name}"] = _("Choose the column.")
    places = list(mapping.columns.values())
    for name, place in mapping.columns.items():
        if name not in known or not 0 <= place < len(upload.header):
            problems[f"column_{name}"] = _("Choose the column.")
        elif places.count(place) > 1:
            problems[f"column_{name}"] = _("This column is chosen twice.")
    if mapping.date_form not in DATE_FORMS:
        problems["date_form"] = _("Choose one.")
    if mapping.decimal not in MARKS:
        problems["decimal"] = _("Choose one.")
    if mapping.encoding not in ENCODINGS:
        problems["encoding"] = _("Choose one.")
    if mapping.product not in PRODUCTS:
        problems["product"] = _("Choose one.")
    if problems:
        raise Invalid(_("Please look at the marked fields."), fields=problems)


def check(upload: TableImport, *, actor: Actor, now: datetime) -> None:  # noqa: ARG001 - nobody is told of it
    """Look at a table; nothing is recorded. Words that are new to it are guessed. CHECKING becomes CHECKED."""
    numbered = numbered_rows(upload)
    mapping = Mapping.of(upload.mapping)
    body = [row for _number, row in numbered[1:]]
    words = meanings(upload.kind, mapping.columns, body, mapping.words)
    mapping = replace(mapping, words=words | company_words(mapping, body))
    upload.header, upload.sample, upload.mapping = header_of(numbered), sample_of(numbered), mapping.told()
    looked = _look(upload, numbered, now)
    at_step(upload, 2)
    _preview(upload, looked, now)
    with transaction.atomic():
        if is_still_asked_for(upload):
            upload.state = TableState.CHECKED
            upload.save(update_fields=["header", "sample", "mapping", "preview", "problems", "state"])


def _look(upload: TableImport, numbered: Numbered, now: datetime) -> Looked:
    rows = read_rows(upload, Mapping.of(upload.mapping), numbered[1:], now)
    events = [event for row in rows for event in row.events if row.state == NEW]
    accepted = _accepted(events)
    return Looked(rows, events + accepted, len(accepted))


def _accepted(events: Sequence[Table[str, Any]]) -> list[dict[str, Any]]:
    """Decisions on the new deals that only a table that was taken back would hold."""
    fresh = [
        Paid(event["id"], event["partner"], event["client"], event["at"], event["sale"])
        for event in events
        if event["type"] == "sale.paid"
    ]
    undone = undone_tables() if fresh else set()
    if not undone:
        return []
    sales = sorted([*recorded_sales({each.partner for each in fresh}), *fresh], key=lambda each: each.at)
    new = {each.uid for each in fresh}
    return [acceptance(each, f"{each.uid}.decided") for each in freed(sales, undone) if each.uid in new]


def _preview(upload: TableImport, looked: Looked, now: datetime) -> None:
    """Note counts, problems and effects; the latter only of a table without problems."""
    wrong = [row for row in looked.rows if row.state == WRONG]
    upload.problems = [
        {"row": row.number, "problems": row.problems, "cells": row.shown} for row in wrong[: limits.PROBLEMS_SHOWN]
    ]
    effects: list[Effect] = []
    if not wrong and looked.events:
        try:
            effects = effects_of(looked.events, now=now)
        except DoesNotFit as unfit:
            upload.problems = [{"row": 0, "problems": unfit.problems[: limits.PROBLEMS_SHOWN], "cells": {}}]
    upload.preview = _told(looked, effects)


def _told(looked: Looked, effects: Sequence[Effect]) -> dict[str, Any]:
    """A preview as JSON."""
    return {**looked.counts, "events": len(looked.events), "notices": looked.notices, **effects_told(effects)}


def effects_told(effects: Sequence[Effect]) -> dict[str, Any]:
    """Effects as JSON: sums, and what differs first; a long list is cut, with its count beside it."""
    shown = sorted(effects, key=lambda effect: (not effect.differs, -abs(effect.active), effect.key))
    return {
        "effects": [effect.told() for effect in shown[: limits.EFFECTS_SHOWN]],
        "effects_count": len(effects),
        "changed": sum(effect.differs for effect in effects),
        "active": sum(effect.active for effect in effects),
        "held": sum(effect.held for effect in effects),
        "debt": sum(effect.debt for effect in effects),
        "statuses": sum(effect.before.status != effect.after.status for effect in effects),
    }


def confirm(*, uid: str, actor: Actor, now: datetime) -> TableImport:
    """Ask to record a looked-at table (record). Again by the same person: the same answer.

    Raises Forbidden, NotFound, Stale, and Refusal when there is nothing new or something is wrong.
    """
    check_importer(actor)
    with transaction.atomic():
        upload = locked(uid)
        done = upload.state == TableState.DONE and same_person(actor, upload.done_by_id)
        if done or asked_before(upload, TableState.RECORDING, actor):
            return upload
        if upload.state != TableState.CHECKED:
            raise stale(upload)
        if upload.problems:
            raise Refusal(_("Some rows are wrong: nothing can be recorded yet."))
        if not upload.preview["events"]:
            raise _nothing_new(upload)
        ask(upload, TableState.RECORDING, actor=actor, now=now)
    return upload


def _nothing_new(upload: TableImport) -> Refusal:
    return Refusal(_("There is nothing new in %(file)s.") % {"file": upload.name})


def record(upload: TableImport, *, actor: Actor, now: datetime) -> None:
    """Record a table, all of it or nothing; partners get their usual notices. RECORDING becomes DONE.

    Worked out while nobody has to wait, and once more if something was recorded until everyone concerned was locked:
    that is known then. Raises Refusal when there is nothing new any more, or something is wrong.
    """
    numbered = numbered_rows(upload)
    known = events_count()
    looked, foreseen = _work_out(upload, numbered, now)
    at_step(upload, 2)
    with transaction.atomic():
        if not is_still_asked_for(upload):
            return
        lock(foreseen.after)
        if events_count() != known:
            looked, foreseen = _work_out(upload, numbered, now, locked=True)
        upload.preview, upload.problems = _told(looked, effects_in(foreseen)), []
        tell_foreseen(foreseen, actor=actor, now=now)
        upload.state, upload.done_by, upload.done_at = TableState.DONE, actor.user, now
        upload.save(update_fields=["preview", "problems", "state", "done_by", "done_at"])
        note("table.imported", actor=actor, now=now, about=_about(upload), ident=upload.uid)
        forget_after_commit(upload)


def _work_out(
    upload: TableImport, numbered: Numbered, now: datetime, *, locked: bool = False
) -> tuple[Looked, Foreseen]:
    looked = _look(upload, numbered, now)
    if looked.counts[WRONG]:
        raise Refusal(_("Some rows are wrong by now: look at the preview again."))
    if not looked.events:
        raise _nothing_new(upload)
    return looked, foresee(looked.events, now=now, locked=locked)


def _about(upload: TableImport) -> dict[str, Any]:
    counts: Table[str, Any] = upload.preview
    return {
        "table": upload.name,
        "kind": upload.kind,
        "sha256": upload.sha256,
        "rows": upload.rows_count,
        "new": counts["new"],
        "events": counts["events"],
    }
