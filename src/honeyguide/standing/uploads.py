"""A history file handed in by an operator: kept, checked, shown, and imported when it is confirmed."""

from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from itertools import zip_longest
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from honeyguide.accounts.actor import Actor
from honeyguide.accounts.models import User
from honeyguide.common.errors import Invalid, NotFound, Refusal, Stale
from honeyguide.common.ids import new_id
from honeyguide.common.phrases import kept
from honeyguide.common.planning import look_at_tables
from honeyguide.standing.importing import BrokenFile, Preview, Source, apply, preview
from honeyguide.standing.models import HistoryUpload, UploadState

UPLOAD_MEGABYTES_MOST = 100
AT_ONCE_BYTES = 1_000_000
"""A larger file is checked and imported by the worker, while the page shows that it is under way."""
SUFFIXES = (".jsonl", ".csv", ".parquet")
EFFECTS_KEPT, COMPANIES_KEPT = 200, 200
GIVEN_UP_AFTER = timedelta(hours=1)
"""An import that has not ended by then has lost its worker, and can be begun again."""
_FOLDER = "imports"
WAITING = (UploadState.CHECKING, UploadState.CHECKED, UploadState.IMPORTING)


def receive(*, file: File[bytes], name: str, user: User, now: datetime) -> HistoryUpload:
    """Keep a file. Raises Invalid for a wrong ending, nothing in it, or too much.

    A file that waits already, sent again by the same person, is the one that waits.
    """
    suffix = Path(name).suffix.lower()
    size = file.size or 0
    problem = ""
    if suffix not in SUFFIXES:
        problem = _("%(file)s: expected a file whose name ends in .jsonl, .csv or .parquet") % {"file": name}
    elif size == 0:
        problem = _("%(file)s is empty: expected events") % {"file": name}
    elif size > UPLOAD_MEGABYTES_MOST * 1_000_000:
        problem = _(
            "%(file)s is larger than %(most)s MB: import it with the command honeyguide history import"
        ) % {"file": name, "most": UPLOAD_MEGABYTES_MOST}  # fmt: skip
    if problem:
        raise Invalid(problem, fields={"file": problem})
    waiting = HistoryUpload.objects.filter(uploaded_by=user, size_bytes=size, state__in=WAITING)
    for earlier in waiting:
        if _is_copy(file, earlier):
            return earlier
    uid = new_id("imp", now)
    kept_as = default_storage.save(f"{_FOLDER}/{uid}{suffix}", file)
    return HistoryUpload.objects.create(
        uid=uid,
        name=Path(name).name[:200],
        size_bytes=size,
        kept_as=kept_as,
        uploaded_by=user,
        uploaded_at=now,
        changed_at=now,
    )


def is_large(upload: HistoryUpload) -> bool:
    """Whether work on it is for the worker."""
    return upload.size_bytes > AT_ONCE_BYTES


def check(*, uid: str, now: datetime) -> None:
    """Look at a file: CHECKING becomes CHECKED with a preview, or REFUSED with what is wrong. Twice is once."""
    upload = _in_state(uid, UploadState.CHECKING)
    if upload is None:
        return
    try:
        found = preview(_source(upload), now=now)
    except Refusal as refusal:
        _refuse(upload, refusal, now)
        return
    if not found.new:
        _refuse(upload, Refusal(_("There is nothing new in %(file)s.") % {"file": upload.name}), now)
        return
    moved = HistoryUpload.objects.filter(pk=upload.pk, state=UploadState.CHECKING)
    moved.update(state=UploadState.CHECKED, preview=told(found), changed_at=now)


def confirm(*, uid: str, now: datetime) -> HistoryUpload:
    """Take a checked file for import, once. Raises NotFound, and Stale when it is not waiting for that."""
    with transaction.atomic():
        upload = HistoryUpload.objects.select_for_update().filter(uid=uid).first()
        if upload is None:
            raise NotFound(_("There is no such file."))
        lost = upload.state == UploadState.IMPORTING and now - upload.changed_at > GIVEN_UP_AFTER
        if upload.state != UploadState.CHECKED and not lost:
            raise Stale(_("%(file)s: %(state)s already.") % {"file": upload.name, "state": upload.get_state_display()})
        upload.state, upload.changed_at = UploadState.IMPORTING, now
        upload.save(update_fields=["state", "changed_at"])
    return upload


def carry_out(*, uid: str, actor: Actor, now: datetime) -> None:
    """Import a confirmed file: IMPORTING becomes DONE, or REFUSED with what is wrong. Twice is once."""
    upload = _in_state(uid, UploadState.IMPORTING)
    if upload is None:
        return
    try:
        with transaction.atomic():
            HistoryUpload.objects.select_for_update().get(pk=upload.pk, state=UploadState.IMPORTING)
            done = apply(_source(upload), actor=actor, now=now)
            HistoryUpload.objects.filter(pk=upload.pk).update(
                state=UploadState.DONE, preview=told(done), changed_at=now
            )
    except HistoryUpload.DoesNotExist:  # another worker has done it meanwhile
        return
    except Refusal as refusal:
        _refuse(upload, refusal, now)
        return
    _forget(upload)
    if is_large(upload):
        look_at_tables()


def discard(*, uid: str, now: datetime) -> None:
    """Put a checked file away without importing it. Twice is once."""
    upload = _in_state(uid, UploadState.CHECKED)
    if upload is None:
        return
    if HistoryUpload.objects.filter(pk=upload.pk, state=UploadState.CHECKED).update(
        state=UploadState.DISCARDED, changed_at=now
    ):
        _forget(upload)


def told(found: Preview) -> dict[str, Any]:
    """A preview as JSON: what differs first; long lists cut, with their counts beside them."""
    data = asdict(found)
    effects = sorted(found.effects, key=lambda effect: (not effect.differs, effect.key))
    data["effects"] = [asdict(effect) | {"differs": effect.differs} for effect in effects[:EFFECTS_KEPT]]
    data["effects_count"] = len(found.effects)
    data["changed_count"] = sum(effect.differs for effect in found.effects)
    data["companies"] = data["companies"][:COMPANIES_KEPT]
    data["companies_count"] = len(found.companies)
    data["known"] = found.known
    for name in ("first_at", "last_at"):
        data[name] = data[name].isoformat() if data[name] is not None else None
    return data


def _is_copy(file: File[bytes], upload: HistoryUpload) -> bool:
    """Whether a file holds what was handed in already; it is left at its beginning."""
    try:
        with default_storage.open(upload.kept_as) as kept:
            return all(one == other for one, other in zip_longest(file.chunks(), kept.chunks(), fillvalue=b""))
    except FileNotFoundError:  # done with meanwhile
        return False
    finally:
        file.seek(0)


def _in_state(uid: str, state: str) -> HistoryUpload | None:
    return HistoryUpload.objects.filter(uid=uid, state=state).first()


def _source(upload: HistoryUpload) -> Source:
    return Source(Path(default_storage.path(upload.kept_as)), upload.name)


def _refuse(upload: HistoryUpload, refusal: Refusal, now: datetime) -> None:
    lines = list(map(kept, refusal.lines)) if isinstance(refusal, BrokenFile) else [refusal.message]
    HistoryUpload.objects.filter(pk=upload.pk, state=upload.state).update(
        state=UploadState.REFUSED, problems=lines, changed_at=now
    )
    _forget(upload)


def _forget(upload: HistoryUpload) -> None:
    with suppress(OSError):
        default_storage.delete(upload.kept_as)
