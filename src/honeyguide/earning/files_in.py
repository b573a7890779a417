"""Files that go with a claim or a report: several, each looked into."""

from collections.abc import Sequence
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from honeyguide.accounts.models import User
from honeyguide.earning import limits
from honeyguide.earning.models import Attachment, Claim, Project
from honeyguide.files import checking, storing
from honeyguide.partners.models import Partner

type Files = Sequence["UploadedFile[bytes]"]


def check_files(given: Files) -> list[checking.Upload]:
    """The files that were let in. Raises Invalid at `file` for the first that is not, or for too many."""
    if len(given) > limits.FILES_COUNT:
        raise checking.refuse(_("Expected at most %(most)s files.") % {"most": limits.FILES_COUNT})
    return [checking.check(file) for file in given]


def attach(
    uploads: Sequence[checking.Upload],
    *,
    partner: Partner,
    user: User | None,
    now: datetime,
    claim: Claim | None = None,
    project: Project | None = None,
) -> None:
    """Keep files with what they belong to. Call inside the transaction of the change, with the partner locked."""
    for upload in uploads:
        file = storing.store(upload, partner=partner, user=user, now=now)
        Attachment.objects.create(file=file, claim=claim, project=project)
