"""One object for every address that takes arguments: all of Nectar, so that Comb's people are outsiders to each.

To add an address with arguments: one line in ARGUMENTS; what it needs is made once in `Objects`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from honeyguide.accounts.actor import Actor
from honeyguide.accounts.models import ApiKey
from honeyguide.bonuses.models import BonusGrant
from honeyguide.bonuses.services import award
from honeyguide.common.ids import new_id
from honeyguide.earning.links import token_of as project_token
from honeyguide.files.models import StoredFile
from honeyguide.joining import changes, invitations
from honeyguide.joining.links import token_of
from honeyguide.joining.models import Invitation, ProfileChange
from honeyguide.joining.profile import version_of
from honeyguide.notices.models import Delivery, Notice
from honeyguide.notices.services import Attachment, send
from honeyguide.notices.unsubscribing import Stop, stop_url
from honeyguide.requirements.models import EvidenceCase, NfrClaim
from honeyguide.reviews import services as reviews
from honeyguide.reviews.models import BusinessReview
from honeyguide.standing.models import HistoryUpload, UploadState
from tests.live.access.earned import Earned, make_earned
from tests.live.access.rewards import Spending, make_spending
from tests.live.access.rules import Rules, make_rules
from tests.live.conftest import NOW, TODAY, World


@dataclass
class Objects:
    """What is opened."""

    world: World
    change: ProfileChange
    invitation: Invitation
    notice: Notice
    delivery: Delivery
    file: StoredFile
    evidence: EvidenceCase
    claim: NfrClaim
    review: BusinessReview
    key: ApiKey
    operator_key: ApiKey
    upload: HistoryUpload
    earned: Earned
    spending: Spending
    rules: Rules
    bonus: BonusGrant


def make_objects(world: World) -> Objects:
    """All of them, of Nectar."""
    nectar = world.nectar
    bob = Actor(name="Bob", user=world.bob, partner="nectar")
    manager = Actor(name="Manager Person", user=world.staff["manager"])
    change = changes.request_profile(
        partner=nectar, values={"website": "nectar.example"}, seen=version_of(nectar), actor=bob, now=NOW
    )
    assert change is not None
    invitation = invitations.invite_member(
        partner=nectar, email="dora@example.com", role="employee", name="Dora", actor=manager, now=NOW
    )
    notice = send(
        partner=nectar, kind="letter", context={"subject": "Prices", "text": "From **January** on."}, actor=manager,
        now=NOW, attachments=[Attachment("prices.pdf", b"%PDF-1.7")],
    )  # fmt: skip
    file = StoredFile.objects.create(
        uid="fil_nectar", partner=nectar, name="plan.pdf", content_type="application/pdf", size_bytes=8,
        sha256="0" * 64, uploaded_by=world.bob, uploaded_at=NOW,
    )  # fmt: skip
    default_storage.save(file.path, ContentFile(b"%PDF-1.7"))
    evidence = EvidenceCase.objects.create(
        uid="evd_nectar", partner=nectar, requirement="qbr", kind="file", file=file, form_token="form",
        submitted_by=world.bob, submitted_at=NOW,
    )  # fmt: skip
    claim = NfrClaim.objects.create(
        uid="nfr_nectar", partner=nectar, product="cloud", account="nectar.cloud.example", use="internal",
        agreed_at=NOW, form_token="form", submitted_by=world.alice, submitted_at=NOW,
    )  # fmt: skip
    review = reviews.schedule(
        partner=nectar, appointment=reviews.Appointment(NOW + timedelta(days=7), 60, "Hall", "Figures"),
        actor=manager, now=NOW,
    )  # fmt: skip
    delivery = Delivery.objects.filter(recipient__notice=notice).first()
    assert delivery is not None
    keys = [
        ApiKey.objects.create(
            uid=f"key_{name}", name=name, prefix=name[:4], secret_hash=name, partner=partner, created_at=NOW,
            created_by=user,
        )
        for name, partner, user in (("nectar", "nectar", world.alice), ("operator", "", world.staff["admin"]))
    ]  # fmt: skip
    upload = HistoryUpload.objects.create(
        uid="imp_nectar", name="nectar.jsonl", size_bytes=8, kept_as="imports/imp_nectar.jsonl",
        state=UploadState.CHECKED, uploaded_by=world.staff["manager"], uploaded_at=NOW, changed_at=NOW,
        preview={"new": 3, "known": 0, "companies_count": 0, "changed_count": 0},
    )  # fmt: skip
    return Objects(
        world,
        change,
        invitation,
        notice,
        delivery,
        file,
        evidence,
        claim,
        review,
        keys[0],
        keys[1],
        upload,
        make_earned(world),
        make_spending(world),
        make_rules(world),
        make_bonus(manager),
    )


def make_bonus(manager: Actor) -> BonusGrant:
    """An award bonus of Nectar."""
    token = new_id("frm", NOW)
    return award(partners=["nectar"], amount=Decimal(1000), reason="Best", token=token, actor=manager, now=NOW)[0]


def _bonus(objects: Objects) -> dict[str, Any]:
    return {"uid": objects.bonus.uid}


def _key(_objects: Objects) -> dict[str, Any]:
    return {"key": "nectar"}


def _bob(objects: Objects) -> dict[str, Any]:
    return {"user_id": objects.world.bob.pk}


def _exchange(objects: Objects) -> dict[str, Any]:
    return {"uid": objects.spending.exchange.uid}


def _plan(objects: Objects) -> dict[str, Any]:
    return {"uid": objects.spending.plan.uid}


def _upload(objects: Objects) -> dict[str, Any]:
    return {"uid": objects.upload.uid}


def _draft(objects: Objects) -> dict[str, Any]:
    return {"uid": objects.rules.draft.uid}


def _simulation(objects: Objects) -> dict[str, Any]:
    return {"uid": objects.rules.run.uid}


def _announced(objects: Objects) -> dict[str, Any]:
    return {"version": objects.rules.version.version}


def _review(objects: Objects) -> dict[str, Any]:
    return {"uid": objects.review.uid}


RULEBOOK_DRAFT = (
    "draft", "draft_edit", "draft_file", "draft_download", "draft_compare", "draft_withdraw", "simulate",
    "draft_propose", "draft_publish", "draft_send_back",
)  # fmt: skip


def _project(objects: Objects) -> dict[str, Any]:
    return {"uid": objects.earned.project.uid}


def _table(objects: Objects) -> dict[str, Any]:
    return {"uid": objects.earned.table.uid}


ARGUMENTS: dict[str, Callable[[Objects], dict[str, Any]]] = {
    "confirm_project": lambda objects: {"token": project_token(objects.earned.project)},
    "portal:points_earn_apply": lambda _objects: {"activity": "case_study"},
    "portal:points_earn_claim_withdraw": lambda objects: {"uid": objects.earned.claim.uid},
    "portal:points_earn_file": lambda objects: {"uid": objects.file.uid},
    "portal:points_earn_project": _project,
    "portal:points_earn_project_ask": _project,
    "portal:points_earn_project_withdraw": _project,
    "portal:points_exchange_new": lambda _objects: {"item": "course.webinar"},
    "portal:points_quote": lambda objects: {"uid": objects.spending.quote.uid},
    "portal:points_exchange": _exchange,
    "portal:points_exchange_withdraw": _exchange,
    "portal:points_plan_kept": _plan,
    "portal:points_plan_drop": _plan,
    "portal:points_campaign": lambda objects: {"uid": objects.spending.campaign.uid},
    "console:points_prices_csv": lambda _objects: {"version": "now"},
    "console:points_promotion_end": lambda objects: {"uid": objects.spending.promotion.uid},
    "console:points_file": lambda objects: {"uid": objects.file.uid},
    "console:points_table": _table,
    "console:points_table_progress": _table,
    "console:points_table_plan": _table,
    "console:points_table_confirm": _table,
    "console:points_table_discard": _table,
    "console:points_table_undo": _table,
    "join": lambda objects: {"token": token_of(objects.invitation)},
    "portal:change_withdraw": lambda objects: {"uid": objects.change.uid},
    "portal:team_remove": _bob,
    "portal:team_main": _bob,
    "portal:evidence_withdraw": lambda objects: {"uid": objects.evidence.uid},
    "portal:evidence_file": lambda objects: {"uid": objects.file.uid},
    "portal:nfr_withdraw": lambda objects: {"uid": objects.claim.uid},
    "portal:business_review_answer": _review,
    "portal:business_review_file": _review,
    "portal:notice": lambda objects: {"uid": objects.notice.uid},
    "portal:notice_file": lambda objects: {"uid": objects.notice.uid, "name": "prices.pdf"},
    **dict.fromkeys(
        ("portal:points_statement", "portal:points_statement_pdf", "portal:points_statement_csv"),
        lambda _objects: {"month": f"{TODAY - timedelta(days=300):%Y-%m}"},  # Nectar's sales, before Comb's first
    ),
    "portal:stop_mail": lambda objects: {"token": stop_url(Stop(objects.world.bob.pk, "news")).split("/")[-2]},
    "portal:api_key_revoke": lambda objects: {"uid": objects.key.uid},
    "console:api_key_revoke": lambda objects: {"uid": objects.operator_key.uid},
    "console:notice": lambda objects: {"uid": objects.notice.uid},
    "console:notice_mail_again": lambda objects: {"uid": objects.notice.uid, "delivery": objects.delivery.pk},
    "console:notice_file": lambda objects: {"uid": objects.notice.uid, "name": "prices.pdf"},
    "console:evidence_file": lambda objects: {"uid": objects.file.uid},
    "console:invitation_resend": lambda objects: {"key": "nectar", "uid": objects.invitation.uid},
    "console:invitation_revoke": lambda objects: {"key": "nectar", "uid": objects.invitation.uid},
    "console:partner_unlink": lambda objects: {"key": "nectar", "user_id": objects.world.bob.pk},
    "console:partner_main_user": lambda objects: {"key": "nectar", "user_id": objects.world.bob.pk},
    "console:points_bonus": _bonus,
    "console:points_bonus_cancel": _bonus,
    "console:points_export": lambda _objects: {"table": "lots", "form": "csv"},
    **dict.fromkeys(("rules_of", "portal:rules_version", "console:rulebook_version"), _announced),
    **dict.fromkeys(("console:rulebook_file", "console:rulebook_revoke"), _announced),
    "console:rulebook_revocation": lambda objects: {"uid": objects.rules.asked.uid},
    **dict.fromkeys((f"console:rulebook_{name}" for name in RULEBOOK_DRAFT), _draft),
    **dict.fromkeys(
        (f"console:rulebook_simulation{name}" for name in ("", "_moves", "_near", "_points", "_report")), _simulation
    ),
    "console:history_import": _upload,
    "console:history_confirm": _upload,
    "console:history_discard": _upload,
    "console:business_review": _review,
    "console:business_review_file": _review,
    "console:business_review_change": _review,
    "console:business_review_cancel": _review,
    "console:business_review_record": _review,
    **dict.fromkeys(
        (
            "console:partner",
            "console:partner_evidence",
            "console:partner_licences",
            "console:partner_sales",
            "console:partner_history",
            "console:partner_company",
            "console:partner_edit",
            "console:partner_accept",
            "console:partner_manager",
            "console:partner_people",
            "console:partner_invite",
            "console:partner_notices",
            "console:partner_earned",
            "console:partner_movements",
            "console:partner_issue",
            "console:partner_conduct",
            "console:conduct_measure",
            "console:conduct_lift",
            "console:conduct_points",
            "console:conduct_suspend",
            "console:conduct_reinstate",
            "console:conduct_terminate",
            "console:conduct_adjust",
            "console:conduct_restore",
            "console:conduct_exclude",
            "console:partner_reviews",
            "console:business_review_plan",
        ),
        _key,
    ),
}
"""By the name of the address: its arguments."""

OWN_REFUSALS: dict[str, int] = {
    "join": 403,  # an invitation for somebody else
    "console:changes": 404,
    "console:evidence": 404,
    "console:nfr": 404,
    "console:restatements": 404,
    **dict.fromkeys(  # of two people one is the author, the other not
        (f"console:rulebook_draft_{name}" for name in ("edit", "file", "compare", "propose", "publish")), 403
    ),
    "console:points_claims": 404,
    "console:points_exchanges": 404,
    "console:points_projects": 404,
    "console:points_held": 404,
    "console:view_as": 404,
}
"""What an address answers to those who may act there when they send nothing that it could act on."""
