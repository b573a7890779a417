"""What earns points: activities and claims, projects, held deals, and the calculator."""

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest
from ninja import File, Form, Query, Router, Schema
from ninja.files import UploadedFile
from ninja.responses import Status
from pydantic import Field

from honeyguide.api.documenting import Closed, answers
from honeyguide.api.gate import Gate, actor_of, now_of, own_partner
from honeyguide.api.once import handed_in, once
from honeyguide.api.paging import PageOut
from honeyguide.api.resources.evidence import IdempotencyKey, digest
from honeyguide.api.seen import PartnerQuery, company_of, listed
from honeyguide.api.values import Amount, Day, Instant
from honeyguide.common.clock import program_day
from honeyguide.earning import limits, queries
from honeyguide.earning.calculator import ProjectCase, SaleCase, Worth, held_warning, project_worth, sale_worth
from honeyguide.earning.models import Claim, ClaimState, DealState, HeldDeal, Project, ProjectState
from honeyguide.earning.services import claims, confirming, held, projects

router = Router(tags=["Earning points"])
MODULES_MOST = 50
COUNT_MOST = 1_000_000


class ActivityOut(Schema):
    """An activity of the rulebook."""

    activity: str = Field(description="Its name, as a claim gives it.")
    kind: str
    title: str
    rules: str
    least_points: int
    most_points: int
    proofs: list[str] = Field(description="What must be handed in: link, file, text; each of them.")
    most_awards: int | None = Field(description="In `months`; null without a limit.")
    months: int
    left: int | None = Field(
        description="How many more fit now for the key's company; null without a limit or company."
    )
    clause: str


class ActivitiesOut(Schema):
    """All activities."""

    data: list[ActivityOut]


class ActivityClaimOut(Schema):
    """A claim for an activity."""

    id: str
    partner: str
    activity: str
    kind: str
    link: str
    text: str
    files: list[str] = Field(description="Their names.")
    state: str = Field(description="waiting, approved, refused or withdrawn.")
    points: int | None
    reason: str
    submitted_at: Instant
    decided_at: Instant | None


class ClaimPage(PageOut):
    """A page of claims."""

    data: list[ActivityClaimOut]


class ClaimQuery(PartnerQuery):
    """Which claims."""

    state: ClaimState | None = Field(None, description="Only in this state.")


class ActivityClaimIn(Closed):
    """What is handed in for an activity without files."""

    activity: str = Field(max_length=64, description="As in the list of activities, for example `case_study`.")
    link: str = Field("", max_length=limits.LINK_MAX_CHARS, description="A whole address.")
    text: str = Field("", max_length=limits.TEXT_MAX_CHARS)


class ClaimForm(Schema):
    """Beside the files."""

    activity: str = Field(max_length=64)
    link: str = Field("", max_length=limits.LINK_MAX_CHARS)
    text: str = Field("", max_length=limits.TEXT_MAX_CHARS)


class ProjectOut(Schema):
    """A project, from its report to the client's word."""

    id: str
    partner: str
    title: str
    client: str
    launched_on: date
    modules: list[str]
    integration: bool
    report: str
    files: list[str] = Field(description="Their names.")
    state: str = Field(description="waiting, accepted, disputed, confirmed, refused or withdrawn.")
    reason: str
    submitted_at: Instant
    decided_at: Instant | None
    link_expires_at: Instant | None
    answered_at: Instant | None
    client_words: str = Field(description="Why the client does not confirm; empty without.")


class ProjectPage(PageOut):
    """A page of projects."""

    data: list[ProjectOut]


class ProjectQuery(PartnerQuery):
    """Which projects."""

    state: ProjectState | None = Field(None, description="Only in this state.")


class ProjectForm(Schema):
    """A project's report, beside its files."""

    title: str = Field(max_length=limits.TITLE_MAX_CHARS)
    client: str = Field(max_length=limits.CLIENT_MAX_CHARS)
    launched_on: Day
    modules: list[Literal["simple", "standard", "complex"]] = Field(description="A grade for each module.")
    integration: bool = False
    report: str = Field(max_length=limits.TEXT_MAX_CHARS)
    ticked: list[str] = Field(description="Names of the checklist's lines that are done: all of them.")
    contact_name: str = Field(max_length=limits.NAME_MAX_CHARS)
    contact_email: str = Field(max_length=confirming.EMAIL_MAX_CHARS)
    contact_language: Literal["en", "ru"] = "en"


class AskIn(Closed):
    """Whom to ask; empty: the person who was asked before."""

    contact_name: str = Field("", max_length=limits.NAME_MAX_CHARS)
    contact_email: str = Field("", max_length=confirming.EMAIL_MAX_CHARS)


class DealOut(Schema):
    """A repeat deal whose points wait for a decision, or waited."""

    id: str
    partner: str
    sale: str
    client: str
    state: str = Field(description="waiting, accepted, refused or gone (nothing is left to decide).")
    reason: str
    found_at: Instant
    decided_at: Instant | None


class DealPage(PageOut):
    """A page of held deals."""

    data: list[DealOut]


class DealQuery(PartnerQuery):
    """Which held deals."""

    state: DealState | None = Field(None, description="Only in this state.")


class SaleIn(Closed):
    """A deal as it might be."""

    net: Amount = Field(description="Paid after discount and bonuses, before tax, as 1200.50.")
    product: Literal["cloud", "on_premise", "upgrade", "maintenance", "module", "service"] = "cloud"
    plan: Literal["basic", "extended"] = "basic"
    licences: int = Field(1, ge=1, le=COUNT_MOST)
    seats: int = Field(0, ge=0, le=COUNT_MOST)
    modules: list[Literal["standard", "advanced", "premium"]] = Field(default=[], max_length=MODULES_MOST)
    client: str = Field("", max_length=limits.CLIENT_MAX_CHARS, description="To learn whether it would be held.")


class ProjectIn(Closed):
    """A project as it might be."""

    modules: list[Literal["simple", "standard", "complex"]] = Field(min_length=1, max_length=MODULES_MOST)
    integration: bool = False


class PartOut(Schema):
    """A part of an award."""

    title: str
    how: str
    points: int
    clause: str


class WorthOut(Schema):
    """What it would earn by today's rulebook."""

    points: int
    parts: list[PartOut]
    clause: str
    rulebook: str
    held: bool = Field(description="Whether its points would wait for a decision (G1.4).")


def activity_out(offer: queries.Offer) -> ActivityOut:
    """An activity as the API shows it."""
    return ActivityOut(
        activity=offer.name,
        kind=offer.rule.kind,
        title=offer.title,
        rules=offer.text,
        least_points=offer.least,
        most_points=offer.most,
        proofs=list(offer.rule.proofs),
        most_awards=offer.rule.most_count,
        months=offer.rule.most_months,
        left=offer.room.left if offer.room is not None else None,
        clause=offer.rule.clause,
    )


def claim_out(claim: Claim) -> ActivityClaimOut:
    """A claim as the API shows it; the team's own notes are not in it."""
    names = ("activity", "kind", "link", "text", "state", "points", "reason", "submitted_at", "decided_at")
    files = [attached.file.name for attached in claim.attachments.all()]
    return ActivityClaimOut(
        id=claim.uid, partner=claim.partner.key, files=files, **{name: getattr(claim, name) for name in names}
    )


def project_out(project: Project) -> ProjectOut:
    """A project as the API shows it: neither the team's notes nor the client's contact."""
    names = (
        "title", "client", "launched_on", "modules", "integration", "report", "state", "reason", "submitted_at",
        "decided_at", "link_expires_at", "answered_at", "client_words",
    )  # fmt: skip
    files = [attached.file.name for attached in project.attachments.all()]
    return ProjectOut(
        id=project.uid, partner=project.partner.key, files=files, **{name: getattr(project, name) for name in names}
    )


def deal_out(deal: HeldDeal) -> DealOut:
    """A held deal as the API shows it."""
    names = ("sale", "client", "state", "reason", "found_at", "decided_at")
    return DealOut(id=deal.uid, partner=deal.partner.key, **{name: getattr(deal, name) for name in names})


def worth_out(worth: Worth, *, is_held: bool = False) -> WorthOut:
    """A worth as the API shows it."""
    parts = [PartOut(title=part.title, how=part.how, points=part.points, clause=part.clause) for part in worth.parts]
    return WorthOut(points=worth.points, parts=parts, clause=worth.clause, rulebook=worth.rulebook, held=is_held)


@router.get(
    "/earning/activities",
    auth=Gate("earning:read"),
    response=answers(200, ActivitiesOut),
    operation_id="list_activities",
    summary="List activities",
)
def list_activities(request: HttpRequest) -> ActivitiesOut:
    """What earns points beside sales and projects, with rules and values. Scope: `earning:read`."""
    offers = queries.offers(company_of(request), program_day(now_of(request)))
    return ActivitiesOut(data=[activity_out(offer) for offer in offers])


@router.get(
    "/earning/claims",
    auth=Gate("earning:read", ClaimQuery),
    response=answers(200, ClaimPage),
    operation_id="list_claims",
    summary="List claims",
)
def list_claims(request: HttpRequest, query: Query[ClaimQuery]) -> dict[str, Any]:
    """The newest first. Scope: `earning:read`."""
    return listed(request, query, queries.all_claims(), claim_out)


@router.get(
    "/earning/claims/{id}",
    auth=Gate("earning:read"),
    response=answers(200, ActivityClaimOut),
    operation_id="get_claim",
    summary="Get a claim",
)
def get_claim(request: HttpRequest, id: str) -> ActivityClaimOut:  # noqa: A002 - its name in the address
    """One of them. Scope: `earning:read`."""
    return claim_out(queries.claim_with(id, company_of(request)))


@router.post(
    "/earning/claims",
    auth=Gate("earning:write"),
    response=answers(201, ActivityClaimOut, writes=True),
    operation_id="submit_claim",
    summary="Claim the points of an activity",
)
def submit_claim(request: HttpRequest, body: ActivityClaimIn, idempotency_key: IdempotencyKey) -> Status[Any]:
    """For an activity that asks for no files; the program team decides. Scope: `earning:write`."""
    return once(
        request,
        idempotency_key,
        body.model_dump(),
        lambda: claim_out(claims.submit(**handed_in(request, idempotency_key), **body.model_dump())),
    )


@router.post(
    "/earning/claim-files",
    auth=Gate("earning:write"),
    response=answers(201, ActivityClaimOut, writes=True),
    operation_id="submit_claim_files",
    summary="Claim with files",
)
def submit_claim_files(
    request: HttpRequest, form: Form[ClaimForm], file: File[list[UploadedFile]], idempotency_key: IdempotencyKey
) -> Status[Any]:
    """One to six files, as multipart/form-data. Scope: `earning:write`."""
    content = {**form.model_dump(), "files": [[each.name, digest(each)] for each in file]}
    return once(
        request,
        idempotency_key,
        content,
        lambda: claim_out(claims.submit(files=file, **handed_in(request, idempotency_key), **form.model_dump())),
    )


@router.get(
    "/earning/projects",
    auth=Gate("earning:read", ProjectQuery),
    response=answers(200, ProjectPage),
    operation_id="list_projects",
    summary="List projects",
)
def list_projects(request: HttpRequest, query: Query[ProjectQuery]) -> dict[str, Any]:
    """The newest first. Scope: `earning:read`."""
    return listed(request, query, queries.all_projects(), project_out)


@router.get(
    "/earning/projects/{id}",
    auth=Gate("earning:read"),
    response=answers(200, ProjectOut),
    operation_id="get_project",
    summary="Get a project",
)
def get_project(request: HttpRequest, id: str) -> ProjectOut:  # noqa: A002 - its name in the address
    """One of them. Scope: `earning:read`."""
    return project_out(queries.project_with(id, company_of(request)))


@router.post(
    "/earning/projects",
    auth=Gate("earning:write"),
    response=answers(201, ProjectOut, writes=True),
    operation_id="report_project",
    summary="Report a project",
)
def report_project(
    request: HttpRequest, form: Form[ProjectForm], file: File[list[UploadedFile]], idempotency_key: IdempotencyKey
) -> Status[Any]:
    """With its papers, as multipart/form-data; the team checks it, the client confirms it. Scope: `earning:write`."""
    content = {**form.model_dump(mode="json"), "files": [[each.name, digest(each)] for each in file]}
    return once(
        request,
        idempotency_key,
        content,
        lambda: project_out(
            projects.submit(
                report=projects.Report(**form.model_dump()), files=file, **handed_in(request, idempotency_key)
            )
        ),
    )


@router.post(
    "/earning/projects/{id}/asks",
    auth=Gate("earning:write"),
    response=answers(201, ProjectOut, writes=True),
    operation_id="ask_client_again",
    summary="Ask the client again",
)
def ask_client_again(
    request: HttpRequest,
    id: str,  # noqa: A002 - its name in the address
    body: AskIn,
    idempotency_key: IdempotencyKey,
) -> Status[Any]:
    """Sends a new link, perhaps to another person; earlier links end. Scope: `earning:write`."""
    return once(
        request,
        idempotency_key,
        [id, body.model_dump()],
        lambda: project_out(
            confirming.ask_again(
                uid=id, partner=own_partner(request), actor=actor_of(request), now=now_of(request), **body.model_dump()
            )
        ),
    )  # fmt: skip


@router.get(
    "/earning/held-deals",
    auth=Gate("earning:read", DealQuery),
    response=answers(200, DealPage),
    operation_id="list_held_deals",
    summary="List held repeat deals",
)
def list_held_deals(request: HttpRequest, query: Query[DealQuery]) -> dict[str, Any]:
    """The newest first. Scope: `earning:read`."""
    return listed(request, query, held.all_deals(), deal_out)


@router.post(
    "/earning/worth-of-sale",
    auth=Gate("earning:read"),
    response=answers(200, WorthOut),
    operation_id="worth_of_sale",
    summary="What a deal would earn",
)
def worth_of_sale(request: HttpRequest, body: SaleIn) -> WorthOut:
    """By today's rulebook, part by part; nothing is stored. Scope: `earning:read`."""
    case = SaleCase(body.net, body.product, body.plan, body.licences, body.seats, tuple(body.modules))
    partner = company_of(request)
    warning = held_warning(partner, body.client, program_day(now_of(request))) if partner is not None else None
    return worth_out(sale_worth(case), is_held=warning is not None)


@router.post(
    "/earning/worth-of-project",
    auth=Gate("earning:read"),
    response=answers(200, WorthOut),
    operation_id="worth_of_project",
    summary="What a project would earn",
)
def worth_of_project(request: HttpRequest, body: ProjectIn) -> WorthOut:  # noqa: ARG001 - the gate's
    """By today's rulebook, when its client has confirmed it; nothing is stored. Scope: `earning:read`."""
    return worth_out(project_worth(ProjectCase(tuple(body.modules), body.integration)))
