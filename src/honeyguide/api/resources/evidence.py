"""Evidence that companies hand in."""

import hashlib
from typing import Annotated, Any

from django.core.files.uploadedfile import UploadedFile as DjangoFile
from django.http import HttpRequest
from ninja import File, Form, Header, Query, Router, Schema
from ninja.files import UploadedFile
from ninja.responses import Status
from pydantic import Field

from honeyguide.api.documenting import Closed, answers
from honeyguide.api.gate import Gate
from honeyguide.api.once import handed_in, once
from honeyguide.api.paging import PageOut
from honeyguide.api.seen import PartnerQuery, company_of, listed
from honeyguide.api.values import Instant
from honeyguide.requirements.limits import LINK_MAX_CHARS, TEXT_MAX_CHARS
from honeyguide.requirements.models import EvidenceCase, EvidenceKind, EvidenceState
from honeyguide.requirements.queries import all_cases, case_with
from honeyguide.requirements.services.evidence import submit

router = Router(tags=["Evidence"])
IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=100,
        pattern=r"^[\x21-\x7e]+$",
        description="Yours, new for each thing to do: sent again with the same body, nothing is done twice.",
    ),
]


class EvidenceOut(Schema):
    """A piece of evidence, from handing in to its decision."""

    id: str
    partner: str
    requirement: str
    kind: str = Field(description="link, text or file.")
    link: str
    text: str
    file_name: str | None
    state: str = Field(description="waiting, approved, declined, withdrawn or revoked.")
    reason: str = Field(description="Of whoever decided; empty without one.")
    submitted_at: Instant
    decided_at: Instant | None


class EvidencePage(PageOut):
    """A page of evidence."""

    data: list[EvidenceOut]


class EvidenceQuery(PartnerQuery):
    """Which evidence."""

    state: EvidenceState | None = Field(None, description="Only in this state.")


class EvidenceIn(Closed):
    """A link to a public page, or a text."""

    requirement: str = Field(max_length=64, description="As in the list of requirements, for example `webinar`.")
    link: str = Field("", max_length=LINK_MAX_CHARS, description="A whole address; empty for a text.")
    text: str = Field("", max_length=TEXT_MAX_CHARS)


class EvidenceForm(Schema):
    """Beside the file."""

    requirement: str = Field(max_length=64)
    text: str = Field("", max_length=TEXT_MAX_CHARS)


def evidence_out(case: EvidenceCase) -> EvidenceOut:
    """A case as the API shows it; the team's own notes are not in it."""
    return EvidenceOut(
        id=case.uid,
        partner=case.partner.key,
        file_name=case.file.name if case.file is not None else None,
        **{
            name: getattr(case, name)
            for name in ("requirement", "kind", "link", "text", "state", "reason", "submitted_at", "decided_at")
        },
    )


@router.get(
    "/evidence",
    auth=Gate("evidence:read", EvidenceQuery),
    response=answers(200, EvidencePage),
    operation_id="list_evidence",
    summary="List evidence",
)
def list_evidence(request: HttpRequest, query: Query[EvidenceQuery]) -> dict[str, Any]:
    """The newest first. Scope: `evidence:read`."""
    return listed(request, query, all_cases(), evidence_out)


@router.get(
    "/evidence/{id}",
    auth=Gate("evidence:read"),
    response=answers(200, EvidenceOut),
    operation_id="get_evidence",
    summary="Get a piece of evidence",
)
def get_evidence(request: HttpRequest, id: str) -> EvidenceOut:  # noqa: A002 - its name in the address
    """One of them. Scope: `evidence:read`."""
    return evidence_out(case_with(id, company_of(request)))


@router.post(
    "/evidence",
    auth=Gate("evidence:write"),
    response=answers(201, EvidenceOut, writes=True),
    operation_id="submit_evidence",
    summary="Hand in a link or a text",
)
def submit_evidence(request: HttpRequest, body: EvidenceIn, idempotency_key: IdempotencyKey) -> Status[Any]:
    """For a requirement that is asked and not met; the program team decides. Scope: `evidence:write`."""
    kind = EvidenceKind.LINK if body.link.strip() else EvidenceKind.TEXT
    return once(
        request,
        idempotency_key,
        body.model_dump(),
        lambda: evidence_out(submit(kind=kind, **handed_in(request, idempotency_key), **body.model_dump())),
    )


@router.post(
    "/evidence-files",
    auth=Gate("evidence:write"),
    response=answers(201, EvidenceOut, writes=True),
    operation_id="submit_evidence_file",
    summary="Hand in a file",
)
def submit_evidence_file(
    request: HttpRequest,
    form: Form[EvidenceForm],
    file: File[UploadedFile],
    idempotency_key: IdempotencyKey,
) -> Status[Any]:
    """PDF, PNG, JPEG, DOCX, XLSX or PPTX, up to 20 MB, as multipart/form-data. Scope: `evidence:write`."""
    content = {**form.model_dump(), "file": [file.name, digest(file)]}
    return once(
        request,
        idempotency_key,
        content,
        lambda: evidence_out(
            submit(kind=EvidenceKind.FILE, file=file, **handed_in(request, idempotency_key), **form.model_dump())
        ),
    )


def digest(file: "DjangoFile[bytes]") -> str:
    """What tells one file's content from another's."""
    found = hashlib.sha256()
    for part in file.chunks():
        found.update(part)
    file.seek(0)
    return found.hexdigest()
