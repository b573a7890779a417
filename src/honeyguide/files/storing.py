"""Files that were let in: kept in private storage, found, read again; each time one is opened is on record."""

import hashlib
from datetime import datetime

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from honeyguide.accounts.actor import Actor
from honeyguide.accounts.models import User
from honeyguide.common.errors import NotFound, Refusal
from honeyguide.common.ids import new_id
from honeyguide.files import limits
from honeyguide.files.checking import MEGABYTE, Upload
from honeyguide.files.models import StoredFile
from honeyguide.history.services import note
from honeyguide.partners.models import Partner


def store(upload: Upload, *, partner: Partner, user: User | None, now: datetime) -> StoredFile:
    """Keep a file that was let in. Call inside the transaction of the change, with the partner locked."""
    if StoredFile.objects.filter(partner=partner).count() >= limits.FILES_PER_PARTNER_COUNT:
        raise Refusal(_("Your company has handed in very many files. Ask your partner manager before you send more."))
    file = StoredFile.objects.create(
        uid=new_id("fil", now),
        partner=partner,
        name=upload.name,
        content_type=upload.content_type,
        size_bytes=len(upload.content),
        sha256=hashlib.sha256(upload.content).hexdigest(),
        uploaded_by=user,
        uploaded_at=now,
    )
    default_storage.save(file.path, ContentFile(upload.content))
    return file


def open_stored(file: StoredFile) -> "File[bytes]":
    """The content of a stored file, to be read. Raises Refusal when the storage has lost it."""
    try:
        return default_storage.open(file.path, "rb")
    except OSError as lost:
        raise Refusal(_("The file cannot be read at present. Tell the program team.")) from lost


def is_whole(file: StoredFile) -> bool:
    """Whether the storage has the file as it was handed in."""
    try:
        with default_storage.open(file.path, "rb") as content:
            digest = hashlib.sha256()
            for chunk in iter(lambda: content.read(MEGABYTE), b""):
                digest.update(chunk)
    except OSError:
        return False
    return digest.hexdigest() == file.sha256


def file_with(uid: str, partner: Partner | None = None) -> StoredFile:
    """A file by its public id, for its partner or (None) the team. Raises NotFound."""
    files = StoredFile.objects.select_related("partner")
    file = (files if partner is None else files.filter(partner=partner)).filter(uid=uid).first()
    if file is None:
        raise NotFound("There is no such file.")
    return file


def viewed(*, file: StoredFile, actor: Actor, now: datetime) -> None:
    """Record that somebody has opened a file."""
    about = {"file": file.uid, "name": file.name, "sha256": file.sha256}
    note("file.viewed", actor=actor, now=now, partner=file.partner.key, about=about, ident=file.uid)
