"""Tables of deals and projects, brought in by the team: read by a mapping, shown, recorded all or not at all (G1.5)."""

import hashlib
from collections import Counter
from collections.abc import Mapping as Table
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from honeyguide.accounts.actor import Actor
from honeyguide.accounts.models import Role
from honeyguide.common.errors import Forbidden, Invalid, NotFound, Refusal, Stale
from honeyguide.common.ids import new_id
from honeyguide.common.local import whole_text
from honeyguide.earning import limits
from honeyguide.earning.effects import Effect, effects_in, effects_of
from honeyguide.earning.models import TableImport, TableKind, TableState
from honeyguide.earning.tables.mapping import DATE_FORMS, Mapping, fields_of, guess, meanings
from honeyguide.earning.tables.rows import KNOWN, NEW, SKIPPED, WRONG, Row, read_rows
from honeyguide.files.checking import clean_name, refuse
from honeyguide.files.tables import ENCODINGS, cells_of, guessed_encoding, is_workbook
from honeyguide.history.services import DoesNotFit, note
from honeyguide.program.rulebook.kinds import PRODUCTS
from honeyguide.standing.foreseeing import foresee, tell_foreseen
from honeyguide.standing.services import concerned_by, lock

IMPORTING_ROLES = frozenset({Role.MANAGER, Role.ADMIN})
SUFFIXES = (".csv", ".xlsx")
SAMPLE_ROWS = 5
_FOLDER = "tables"


@dataclass(frozen=True, slots=True)
class Looked:
    """A table as its mapping reads it."""

    rows: list[Row]
    events: list[dict[str, Any]]

    @property
    def counts(self) -> dict[str, int]:
        """How many rows are new, known, skipped, wrong."""
        found = Counter(row.state for row in self.rows)
        return {state: found[state] for state in (NEW, KNOWN, SKIPPED, WRONG)}


def check_importer(actor: Actor) -> None:
    """Partner managers and administrators bring tables in. Raises Forbidden."""
    if actor.partner or (actor.user is not None and actor.role not in IMPORTING_ROLES):
        raise Forbidden(_("Partner managers and administrators bring tables in."))


def receive(*, file: "UploadedFile[bytes]", kind: str, actor: Actor, now: datetime) -> TableImport:
    """Keep a table and guess its mapping; nothing is recorded. A table that waits already is given as it is.

    Raises Forbidden, and Invalid for what is no table, empty or too large.
    """
    check_importer(actor)
    if kind not in TableKind.values:
        message = _("Say what the rows are.")
        raise Invalid(message, fields={"kind": message})
    content = file.read(limits.TABLE_MAX_BYTES + 1)
    name = clean_name(file.name or "")
    if Path(name).suffix not in SUFFIXES:
        raise refuse(_("Expected a table: CSV or XLSX."))
    if len(content) > limits.TABLE_MAX_BYTES:
        raise refuse(_("The table is too large: expected at most %(most)s MB.") % {
            "most": limits.TABLE_MAX_BYTES // 1_000_000
        })  # fmt: skip
    digest = hashlib.sha256(content).hexdigest()
    waiting = TableImport.objects.filter(sha256=digest, kind=kind, state__in=[TableState.MAPPING, TableState.CHECKED])
    if (before := waiting.first()) is not None:
        return before
    encoding = "utf-8" if is_workbook(content) else guessed_encoding(content)
    numbered = _cells(content, encoding)
    header = [cell.strip()[:120] for cell in numbered[0][1]]
    body = [row for _number, row in numbered[1:]]
    uid = new_id("tbl", now)
    return TableImport.objects.create(
        uid=uid,
        name=name,
        kind=kind,
        size_bytes=len(content),
        sha256=digest,
        kept_as=default_storage.save(f"{_FOLDER}/{uid}", ContentFile(content)),
        header=header,
        mapping=guess(kind, header, body, encoding).told(),
        rows_count=len(body),
        uploaded_by=actor.user,
        uploaded_at=now,
    )


def _cells(content: bytes, encoding: str) -> list[tuple[int, list[str]]]:
    """The rows, the header first. Raises Invalid at `file`."""
    numbered = cells_of(
        content,
        most_rows=limits.TABLE_MAX_ROWS,
        most_unpacked_bytes=limits.TABLE_MAX_UNPACKED_BYTES,
        encoding=encoding,
    )
    if len(numbered) < 2:
        raise refuse(_("The table is empty: expected a row of headings and at least one more."))
    if len(numbered) > limits.TABLE_MAX_ROWS + 1:
        raise refuse(
            _("The table is too long: expected at most %(high)s rows.") % {"high": whole_text(limits.TABLE_MAX_ROWS)}
        )
    if max(len(row) for _number, row in numbered) > limits.TABLE_MAX_COLUMNS:
        raise refuse(_("The table is too wide: expected at most %(most)s columns.") % {
            "most": limits.TABLE_MAX_COLUMNS
        })  # fmt: skip
    if any(len(cell) > limits.TABLE_CELL_MAX_CHARS for _number, row in numbered for cell in row):
        raise refuse(_("A cell is too long: expected at most %(most)s characters.") % {
            "most": limits.TABLE_CELL_MAX_CHARS
        })  # fmt: skip
    return numbered


def table_with(uid: str) -> TableImport:
    """A table by its public id. Raises NotFound."""
    found = TableImport.objects.select_related("uploaded_by", "done_by", "undone_by").filter(uid=uid).first()
    if found is None:
        raise NotFound(_("There is no such table."))
    return found


def sample_of(upload: TableImport) -> list[list[str]]:
    """The first rows under the header, each as long as it."""
    width = len(upload.header)
    body = _numbered(upload)[1 : SAMPLE_ROWS + 1]
    return [(row + [""] * width)[:width] for _number, row in body]


def _numbered(upload: TableImport) -> list[tuple[int, list[str]]]:
    try:
        with default_storage.open(upload.kept_as, "rb") as kept:
            content = kept.read()
    except OSError as lost:
        raise Refusal(_("The table cannot be read at present. Choose it again.")) from lost
    return _cells(content, upload.mapping["encoding"])


def choose(*, uid: str, mapping: Mapping, actor: Actor, now: datetime) -> TableImport:
    """Take a mapping and look at what would be recorded; nothing is. Words that are new to it are guessed.

    Raises Forbidden, NotFound, Stale for a table that is recorded or put away, Invalid for a mapping that cannot be.
    """
    check_importer(actor)
    with transaction.atomic():
        upload = _locked(uid, TableState.MAPPING, TableState.CHECKED)
        _check_mapping(upload, mapping)
        upload.mapping = mapping.told()
        numbered = _numbered(upload)
        body = [row for _number, row in numbered[1:]]
        words = meanings(upload.kind, mapping.columns, body, mapping.words)
        mapping = replace(mapping, words=words)
        upload.mapping = mapping.told()
        looked = _look(upload, mapping, numbered, now)
        _keep_preview(upload, looked, now)
        upload.state = TableState.CHECKED
        upload.save(update_fields=["mapping", "preview", "problems", "state"])
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
    if mapping.decimal not in {".", ","}:
        problems["decimal"] = _("Choose one.")
    if mapping.encoding not in ENCODINGS:
        problems["encoding"] = _("Choose one.")
    if mapping.product not in PRODUCTS:
        problems["product"] = _("Choose one.")
    if problems:
        raise Invalid(_("Please look at the marked fields."), fields=problems)


def _look(
    upload: TableImport, mapping: Mapping, numbered: Sequence[tuple[int, Sequence[str]]], now: datetime
) -> Looked:
    rows = read_rows(upload, mapping, numbered[1:], now)
    return Looked(rows, [event for row in rows for event in row.events if row.state == NEW])


def _keep_preview(upload: TableImport, looked: Looked, now: datetime) -> None:
    """Keep counts, problems and effects; the latter only of a table without problems."""
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
    upload.preview = told(looked, effects)


def told(looked: Looked, effects: Sequence[Effect]) -> dict[str, Any]:
    """A preview as JSON: counts, sums, and what differs first; a long list is cut, with its count beside it."""
    shown = sorted(effects, key=lambda effect: (not effect.differs, -abs(effect.active), effect.key))
    return {
        **looked.counts,
        "events": len(looked.events),
        "effects": [effect.told() for effect in shown[: limits.EFFECTS_SHOWN]],
        "effects_count": len(effects),
        "changed": sum(effect.differs for effect in effects),
        "active": sum(effect.active for effect in effects),
        "held": sum(effect.held for effect in effects),
        "statuses": sum(effect.before.status != effect.after.status for effect in effects),
    }


def confirm(*, uid: str, actor: Actor, now: datetime) -> TableImport:
    """Record a looked-at table, all of it or nothing; partners get their usual notices of what follows.

    Read and compared anew: what was recorded meanwhile is known. Again by the same person: the same answer. Raises
    Forbidden, NotFound, Stale, and Refusal when there is nothing new or something is wrong.
    """
    check_importer(actor)
    with transaction.atomic():
        upload = _locked(uid, TableState.CHECKED, TableState.DONE)
        if upload.state == TableState.DONE:
            if actor.user is not None and upload.done_by_id == actor.user.pk:
                return upload
            raise Stale(_("%(name)s has recorded this table already.") % {"name": upload.done_by or ""})
        mapping = Mapping.of(upload.mapping)
        numbered = _numbered(upload)
        lock(concerned_by(_look(upload, mapping, numbered, now).events))
        looked = _look(upload, mapping, numbered, now)  # what was recorded until they were locked is known
        if looked.counts[WRONG]:
            raise Refusal(_("Some rows are wrong by now: look at the preview again."))
        if not looked.events:
            raise Refusal(_("There is nothing new in %(file)s.") % {"file": upload.name})
        foreseen = foresee(looked.events, now=now)
        effects = effects_in(foreseen)
        tell_foreseen(foreseen, actor=actor, now=now)
        upload.preview, upload.problems = told(looked, effects), []
        upload.state, upload.done_by, upload.done_at = TableState.DONE, actor.user, now
        upload.save(update_fields=["preview", "problems", "state", "done_by", "done_at"])
        note("table.imported", actor=actor, now=now, about=_about(upload), ident=uid)
        transaction.on_commit(lambda: _forget(upload))
    return upload


def discard(*, uid: str, actor: Actor) -> None:
    """Put a table away without recording it. Twice is once. Raises Forbidden, NotFound, Stale."""
    check_importer(actor)
    with transaction.atomic():
        upload = _locked(uid, TableState.MAPPING, TableState.CHECKED, TableState.DISCARDED)
        if upload.state == TableState.DISCARDED:
            return
        upload.state = TableState.DISCARDED
        upload.save(update_fields=["state"])
        transaction.on_commit(lambda: _forget(upload))


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


def _locked(uid: str, *states: str) -> TableImport:
    upload = TableImport.objects.select_for_update().filter(uid=uid).first()
    if upload is None:
        raise NotFound(_("There is no such table."))
    if upload.state not in states:
        raise Stale(_("%(file)s: %(state)s already.") % {"file": upload.name, "state": upload.get_state_display()})
    return upload


def _forget(upload: TableImport) -> None:
    with suppress(OSError):
        default_storage.delete(upload.kept_as)
