"""Which tables the raw data pages show, what is searched there, and which columns stay out."""

from collections.abc import Sequence

from django.db.models import Model

from honeyguide.accounts.models import ApiKey, User
from honeyguide.bonuses.models import BonusGrant
from honeyguide.conduct.models import RestatementDecision
from honeyguide.console.raw_data import LookingAlone, raw_data
from honeyguide.earning.models import Attachment, Claim, HeldDeal, Project, TableImport
from honeyguide.files.models import StoredFile
from honeyguide.history.models import Event, Ident
from honeyguide.insights.models import ExpiryNotice
from honeyguide.joining.models import Invitation, ProfileChange
from honeyguide.notices.models import (
    Batch,
    Delivery,
    DigestSent,
    MailPreference,
    Notice,
    NoticeAttachment,
    NoticeRecipient,
    NoticeView,
)
from honeyguide.partners.models import Member, Partner
from honeyguide.requirements.models import EvidenceCase, NfrClaim
from honeyguide.reviews.models import Attendee, BusinessReview
from honeyguide.rewards.models import (
    Campaign,
    CampaignClient,
    Exchange,
    MatrixChange,
    MatrixRule,
    Plan,
    PlanStep,
    Price,
    PriceDraft,
    PriceList,
    Promotion,
    Quote,
    Stock,
)
from honeyguide.rulebooks.models import Revocation, RulebookVersion
from honeyguide.standing.models import HistoryUpload, Standing
from honeyguide.studio.models import Draft, NearMiss, RevocationRequest, SimulatedMove, SimulationRun


def show(
    model: type[Model],
    columns: Sequence[str],
    search: Sequence[str],
    *,
    filters: Sequence[str] = (),
    related: Sequence[str] = (),
    hidden: frozenset[str] = frozenset(),
) -> None:
    """Open a table. `related`: rows that the columns need; `hidden`: columns that nobody sees."""
    pages = type(
        f"{model.__name__}Pages",
        (LookingAlone,),
        {
            "list_display": columns,
            "search_fields": search,
            "list_filter": filters,
            "list_select_related": related,
            "hidden": hidden,
        },
    )
    raw_data.register(model, pages)


show(
    Event,
    ("seq", "type", "partner", "at", "recorded_at", "actor_name", "via"),
    ("=uid", "=type", "=partner", "=client", "=ident", "=request_id"),
    filters=("is_program", "via"),
)
show(Ident, ("namespace", "ident", "partner"), ("=ident", "=partner"), filters=("namespace",))
show(Partner, ("key", "name", "country", "manager"), ("key", "name", "email"), related=("manager",))
show(Member, ("user", "partner", "role", "linked_at"), ("user__email", "partner__name"), related=("user", "partner"))
show(
    Standing,
    ("partner", "state", "status", "assessed_on", "review_on", "points_active"),
    ("partner__key", "partner__name"),
    filters=("state", "status"),
    related=("partner",),
)
show(HistoryUpload, ("name", "state", "uploaded_by", "uploaded_at"), ("name", "=uid"), related=("uploaded_by",))
show(
    User,
    ("email", "name", "role", "is_active", "is_staff", "last_login"),
    ("email", "name"),
    filters=("role", "is_active", "is_staff"),
    hidden=frozenset({"password"}),
)
show(
    ApiKey,
    ("name", "prefix", "partner", "created_by", "last_used_at", "revoked_at"),
    ("name", "=prefix", "=partner"),
    related=("created_by",),
    hidden=frozenset({"secret_hash"}),
)
show(Invitation, ("email", "partner", "role", "state", "sent_at"), ("email", "partner__name"), related=("partner",))
show(
    ProfileChange,
    ("partner", "kind", "state", "requested_by_name", "requested_at", "decided_by_name"),
    ("=uid", "partner__name"),
    filters=("kind", "state"),
    related=("partner",),
)
show(
    EvidenceCase,
    ("partner", "requirement", "state", "submitted_at", "decided_by"),
    ("=uid", "partner__name", "requirement"),
    filters=("state", "requirement"),
    related=("partner", "decided_by"),
)
show(
    Claim,
    ("partner", "activity", "state", "points", "submitted_at", "decided_by"),
    ("=uid", "partner__name", "activity"),
    filters=("state", "kind"),
    related=("partner", "decided_by"),
)
show(
    Project,
    ("partner", "title", "client", "state", "submitted_at", "answered_at"),
    ("=uid", "partner__name", "title", "client"),
    filters=("state",),
    related=("partner",),
)
show(Attachment, ("file", "claim", "project"), ("=file__uid", "file__name"), related=("file", "claim", "project"))
show(
    HeldDeal,
    ("partner", "client", "sale", "state", "found_at", "decided_by"),
    ("=uid", "=sale", "partner__name", "client"),
    filters=("state",),
    related=("partner", "decided_by"),
)
show(
    TableImport,
    ("name", "kind", "state", "rows_count", "uploaded_at", "uploaded_by"),
    ("=uid", "name"),
    filters=("state", "kind"),
    related=("uploaded_by",),
)
show(
    NfrClaim,
    ("partner", "product", "state", "submitted_at", "ends_on"),
    ("=uid", "partner__name", "account"),
    filters=("state", "product"),
    related=("partner",),
    hidden=frozenset({"key"}),
)
show(StoredFile, ("name", "partner", "content_type", "size_bytes"), ("=uid", "name"), related=("partner",))
show(
    RestatementDecision,
    ("partner", "on", "decided", "would_be", "choice", "settled_at"),
    ("=uid", "partner__name"),
    filters=("choice",),
    related=("partner",),
)
show(BusinessReview, ("partner", "starts_at", "state"), ("=uid", "partner__name"), related=("partner",))
show(Attendee, ("user", "review", "side", "answer", "was_there"), ("user__email",), related=("user", "review__partner"))
show(
    Notice,
    ("partner", "kind", "subject_en", "deadline", "sent_at", "sender_name"),
    ("=uid", "partner__name", "subject_en"),
    filters=("category",),
    related=("partner",),
)
show(NoticeRecipient, ("address", "notice", "by_mail"), ("address",), related=("notice__partner",))
show(NoticeAttachment, ("name", "notice", "size_bytes"), ("name",), related=("notice__partner",))
show(NoticeView, ("user", "notice", "seen_at"), ("user__email",), related=("user", "notice__partner"))
show(
    Delivery,
    ("recipient", "state", "attempts", "sent_at", "error"),
    ("recipient__address",),
    filters=("state",),
    related=("recipient__notice__partner",),
)
show(
    RulebookVersion,
    ("version", "effective_from", "proposed_by_name", "published_by_name", "published_at"),
    ("=uid", "version"),
)
show(Revocation, ("version", "revoked_by_name", "revoked_at"), ("version__version",), related=("version",))
show(Draft, ("version", "state", "author", "changed_at"), ("=uid", "version"), filters=("state",), related=("author",))
show(SimulationRun, ("draft", "state", "asked_by", "asked_at"), ("=uid",), related=("draft", "asked_by"))
show(SimulatedMove, ("name", "direction", "run"), ("name", "=partner"), related=("run__draft",))
show(NearMiss, ("name", "miss", "status", "run"), ("name", "=partner"), related=("run__draft",))
show(RevocationRequest, ("version", "state", "asked_by"), ("=uid",), related=("version", "asked_by"))
show(Batch, ("uid", "partners_count", "sent_at", "sender"), ("=uid",), related=("sender",))
show(MailPreference, ("user", "digest", "optional_mail"), ("user__email",), related=("user",))
show(DigestSent, ("user", "day", "sent_at"), ("user__email",), related=("user",))
show(
    BonusGrant,
    ("uid", "partner", "kind", "amount_minor", "currency", "granted_on", "valid_to", "cancelled_at"),
    ("=uid", "=partner__key", "reason"),
    filters=("kind",),
    related=("partner",),
)
show(
    ExpiryNotice,
    ("partner", "expires_on", "before_days", "points", "sent_at"),
    ("=partner__key",),
    related=("partner",),
)
show(
    Exchange,
    ("uid", "partner", "title", "quantity", "points", "state", "confirmed_at"),
    ("uid", "partner__name", "title", "client", "contract"),
    filters=("state", "reward"),
    related=("partner",),
)
show(
    Quote,
    ("uid", "partner", "title", "points", "made_at", "valid_until"),
    ("uid", "partner__name", "title"),
    related=("partner",),
)
show(PriceList, ("uid", "effective_from", "published_at", "told_count"), ("uid", "note"))
show(Price, ("price_list", "item", "points"), ("item",), related=("price_list",))
show(PriceDraft, ("effective_from", "version", "changed_at"), ("note",))
show(Stock, ("item", "left", "changed_at"), ("item",))
show(MatrixChange, ("number", "starts_on", "ends_on", "set_at", "set_by_name"), ("set_by_name",))
show(MatrixRule, ("change", "row", "column", "is_allowed"), ("row", "column"), related=("change",))
show(Promotion, ("uid", "name", "starts_on", "ends_on", "points_percent", "sale_percent"), ("uid", "name"))
show(
    Campaign,
    ("uid", "partner", "name", "channel", "starts_on", "ends_on"),
    ("uid", "name", "partner__name"),
    filters=("channel",),
    related=("partner",),
)
show(CampaignClient, ("campaign", "client"), ("client", "campaign__name"), related=("campaign",))
show(Plan, ("uid", "partner", "name", "made_at", "dropped_at"), ("uid", "name", "partner__name"), related=("partner",))
show(
    PlanStep,
    ("plan", "place", "day", "title", "points", "exchange"),
    ("title", "plan__name"),
    related=("plan", "exchange"),
)
