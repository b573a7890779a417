"""Tables of deals and projects, brought in by the team: received, kept, put away; who has asked for what (G1.5)."""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from honeyguide.accounts.actor import Actor
from honeyguide.accounts.models import Role, User
from honeyguide.common.errors import Forbidden, Invalid, NotFound, Refusal, Stale
from honeyguide.common.ids import new_id
from honeyguide.common.local import whole_text
from honeyguide.earning import limits
from honeyguide.earning.models import WAITING_TABLES, TableImport, TableKind, TableState
from honeyguide.earning.tables.companies import company_words
from honeyguide.earning.tables.mapping import guess
from honeyguide.files.checking import clean_name, refuse
from honeyguide.files.tables import cells_of, guessed_encoding, is_workbook
from honeyguide.partners.deciding import same_person

IMPORTING_ROLES = frozenset({Role.MANAGER, Role.ADMIN})
SUFFIXES = (".csv", ".xlsx")
SAMPLE_ROWS = 5
_FOLDER = "tables"


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
    waiting = TableImport.objects.filter(
        sha256=hashlib.sha256(content).hexdigest(), kind=kind, state__in=WAITING_TABLES
    )
    if (before := waiting.first()) is not None:
        return before
    encoding = "utf-8" if is_workbook(content) else guessed_encoding(content)
    try:
        with transaction.atomic():
            return _kept(content, encoding, name, kind, actor, now)
    except IntegrityError:  # the same table, handed in at the same moment
        before = waiting.first()
        if before is None:
            raise
        return before


def _kept(content: bytes, encoding: str, name: str, kind: str, actor: Actor, now: datetime) -> TableImport:
    numbered = _cells(content, encoding)
    header, body = header_of(numbered), [row for _number, row in numbered[1:]]
    mapping = guess(kind, header, body, encoding)
    mapping = replace(mapping, words=mapping.words | company_words(mapping, body))
    uid = new_id("tbl", now)
    upload = TableImport.objects.create(
        uid=uid,
        name=name,
        kind=kind,
        size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        kept_as=f"{_FOLDER}/{uid}",
        header=header,
        sample=sample_of(numbered),
        mapping=mapping.told(),
        rows_count=len(body),
        uploaded_by=actor.user,
        uploaded_at=now,
    )
    default_storage.save(upload.kept_as, ContentFile(content))
    return upload


def header_of(numbered: "Numbered") -> list[str]:
    """The headings."""
    return [cell.strip()[:120] for cell in numbered[0][1]]


def sample_of(numbered: "Numbered") -> list[list[str]]:
    """The first rows under the header, each as long as it."""
    width = len(numbered[0][1])
    return [(list(row) + [""] * width)[:width] for _number, row in numbered[1 : SAMPLE_ROWS + 1]]


type Numbered = Sequence[tuple[int, Sequence[str]]]
"""Rows with their numbers, the header first."""


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
    found = (
        TableImport.objects.select_related("uploaded_by", "done_by", "undone_by").filter(uid=uid).first()
        if uid.isprintable()
        else None
    )
    if found is None:
        raise NotFound(_("There is no such table."))
    return found


def numbered_rows(upload: TableImport) -> Numbered:
    """The rows of a kept table, as its mapping's encoding has them. Raises Refusal for a file that is lost."""
    try:
        with default_storage.open(upload.kept_as, "rb") as kept:
            content = kept.read()
    except OSError as lost:
        raise Refusal(_("The table cannot be read at present. Choose it again.")) from lost
    return _cells(content, upload.mapping["encoding"])


def discard(*, uid: str, actor: Actor) -> None:
    """Put a table away without recording it. Twice is once. Raises Forbidden, NotFound, Stale."""
    check_importer(actor)
    with transaction.atomic():
        upload = locked(uid)
        if upload.state == TableState.DISCARDED:
            return
        if upload.state not in {TableState.MAPPING, TableState.CHECKED}:
            raise stale(upload)
        upload.state = TableState.DISCARDED
        upload.save(update_fields=["state"])
        forget_after_commit(upload)


def locked(uid: str) -> TableImport:
    """A table, locked until the transaction ends. Raises NotFound."""
    upload = TableImport.objects.select_for_update().filter(uid=uid).first() if uid.isprintable() else None
    if upload is None:
        raise NotFound(_("There is no such table."))
    return upload


def ask(upload: TableImport, state: TableState, *, actor: Actor, now: datetime, reason: str = "") -> None:
    """Leave it to tasks.go_on to do something with a locked table, on behalf of who asks. `reason`: to be told."""
    upload.state, upload.asked_by, upload.asked_at = state, actor.user, now
    upload.asked = {
        "name": actor.name,
        "via": str(actor.via),
        "request_id": actor.request_id,
        "language": get_language() or settings.LANGUAGE_CODE,
        "reason": reason,
    }
    upload.step, upload.begun_at, upload.attempts, upload.failure = 0, None, 0, ""
    upload.save(
        update_fields=["state", "asked_by", "asked_at", "asked", "step", "begun_at", "attempts", "failure", "mapping"]
    )


def asked_before(upload: TableImport, state: TableState, actor: Actor) -> bool:
    """Whether the same person has asked for the same already: a form that was sent twice."""
    return upload.state == state and same_person(actor, upload.asked_by_id)


def at_step(upload: TableImport, step: int) -> None:
    """Say how far what was asked for is; for whoever looks at the page."""
    TableImport.objects.filter(pk=upload.pk, state=upload.state, asked_at=upload.asked_at).update(step=step)


def is_still_asked_for(upload: TableImport) -> bool:
    """Whether what was to be done is still to be done; the table is locked then until the transaction ends."""
    rows = TableImport.objects.select_for_update().filter(pk=upload.pk, state=upload.state, asked_at=upload.asked_at)
    return rows.first() is not None


def stale(upload: TableImport) -> Stale:
    """What somebody is told who comes too late, or too early: what the table is, and by whom."""
    given: dict[str, Any] = {"file": upload.name, "state": upload.get_state_display()}
    if upload.is_under_way:
        words = _("%(file)s: %(state)s. %(name)s has asked for that.")
        given["name"] = upload.asked["name"]
    elif upload.state == TableState.DONE:
        words, given["name"] = _("%(name)s has recorded this table already."), name_of(upload.done_by)
    elif upload.state == TableState.UNDONE:
        words, given["name"] = _("%(name)s has taken this table back already."), name_of(upload.undone_by)
    else:
        words = _("%(file)s: %(state)s.")
    return Stale(words % given, state=upload.state)


def name_of(user: User | None) -> str:
    """A person of the team; programs have none."""
    return _("A program (API)") if user is None else str(user)


def forget_after_commit(upload: TableImport) -> None:
    """Remove the file of a table that is not needed any more."""

    def forget() -> None:
        with suppress(OSError):
            default_storage.delete(upload.kept_as)

    transaction.on_commit(forget)
