"""Licences not for resale: the queue of claims (T8)."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import ChoiceFilter

from honeyguide.accounts.actor import Actor
from honeyguide.bonuses.tasks import look_at as look_at_bonuses
from honeyguide.common import local
from honeyguide.common.errors import NotFound
from honeyguide.console.queue_page import Column, QueueFilters, QueuePage
from honeyguide.requirements import limits, queries
from honeyguide.requirements.models import NfrClaim, NfrProduct, NfrState
from honeyguide.requirements.services import nfr as services
from honeyguide.standing.queries import standing_on


class ClaimFilters(QueueFilters):
    """Filters of the queue."""

    searched = ("partner__name", "partner__key", "account")
    state = ChoiceFilter(choices=NfrState.choices, label=gettext_lazy("State"), initial=NfrState.WAITING.value)
    product = ChoiceFilter(choices=NfrProduct.choices, label=gettext_lazy("Product"))

    class Meta:
        model = NfrClaim
        fields: ClassVar[list[str]] = []


class ClaimsPage(QueuePage):
    """The queue."""

    name = "nfr"
    row_template = "console/parts/nfr_row.html"
    item_template = "console/parts/nfr_item.html"
    filterset_class = ClaimFilters
    sorts: ClassVar = {
        "oldest": (gettext_lazy("Oldest first"), ("submitted_at", "pk")),
        "newest": (gettext_lazy("Newest first"), ("-submitted_at", "-pk")),
        "ends": (gettext_lazy("By their end"), ("ends_on", "pk")),
        "partner": (gettext_lazy("By company"), ("partner__name", "submitted_at", "pk")),
    }
    columns: ClassVar = (
        Column(gettext_lazy("Company"), lambda row: row.partner.name),
        Column(gettext_lazy("Product"), lambda row: row.get_product_display()),
        Column(gettext_lazy("Account"), lambda row: row.account),
        Column(gettext_lazy("Use"), lambda row: row.get_use_display()),
        Column(gettext_lazy("Claimed"), lambda row: local.moment_text(row.submitted_at)),
        Column(gettext_lazy("State"), lambda row: row.get_state_display()),
        Column(gettext_lazy("Since"), lambda row: row.granted_on or ""),
        Column(gettext_lazy("Until"), lambda row: row.ends_on or ""),
        Column(gettext_lazy("Decided by"), lambda row: row.decided_by or ""),
        Column(gettext_lazy("Reason"), lambda row: row.reason),
    )
    subheading = gettext_lazy("Claims of licences not for resale, for use by the partner itself.")
    more = ("console:nfr_licences", gettext_lazy("All licences"))
    empty_title = gettext_lazy("No claim waits")
    empty_text = gettext_lazy("Claims appear here when a partner makes them.")

    def rows(self) -> QuerySet[Any]:
        """All claims."""
        return queries.all_claims()

    def find(self, uid: str) -> NfrClaim:
        """One of them."""
        return queries.claim_with(uid)

    def waits(self, item: NfrClaim) -> bool:
        """Whether it is undecided."""
        return item.is_waiting

    def about(self, item: NfrClaim) -> dict[str, Any]:
        """What the status allows, what the partner has, whether the account has bought, and how the licence goes on."""
        day = self.request.today
        standing = standing_on(item.partner, day)
        licences = queries.licences_of(item.partner, standing, day)
        rooms = queries.rooms_of(item.partner, standing, day)
        mine = next((one for one in licences if one.claim is not None and one.claim.pk == item.pk), None)
        return {
            "standing": standing,
            "room": next((room for room in rooms if room.product == item.product), None),
            "licence": mine,
            "others": [one for one in licences if one is not mine and one.product == item.product],
            "purchase": queries.purchase_of(item.account) if item.product == NfrProduct.CLOUD else None,
            "may_extend": mine is not None and services.may_extend(mine.term, day),
            "late": item.is_waiting and queries.is_late(item, self.request.now),
            "answer_days": limits.ANSWER_WITHIN_DAYS,
        }

    def act(self, action: str, uid: str, given: QueryDict, actor: Actor) -> str:
        """Grant, decline, extend, end, take or release."""
        now, reason, note = self.request.now, given.get("reason", ""), given.get("note", "")
        match action:
            case "grant":
                claim = services.grant(uid=uid, actor=actor, now=now, key=given.get("key", ""), internal_note=note)
                look_at_bonuses([claim.partner.key], now)
                return _("Granted: %(what)s, %(company)s") % _named(claim)
            case "decline":
                claim = services.decline(uid=uid, reason=reason, actor=actor, now=now, internal_note=note)
                return _("Declined: %(what)s, %(company)s") % _named(claim)
            case "extend":
                claim = services.extend(uid=uid, actor=actor, now=now)
                return _("Extended: %(what)s, %(company)s") % _named(claim)
            case "give_back":
                claim = services.give_back(uid=uid, reason=reason, actor=actor, now=now)
                return _("Ended: %(what)s, %(company)s") % _named(claim)
            case "take" | "take_over":
                services.take_claim(uid=uid, actor=actor, now=now, over=action == "take_over")
                return _("You are on it.")
            case "release":
                services.release_claim(uid=uid, actor=actor)
                return _("Released.")
        raise NotFound(_("There is no such action."))


def _named(claim: NfrClaim) -> dict[str, str]:
    return {"what": claim.get_product_display(), "company": claim.partner.name}
