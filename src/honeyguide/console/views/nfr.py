"""Licences not for resale: the queue of claims (T8)."""

from typing import Any, ClassVar

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import ChoiceFilter

from honeyguide.accounts.actor import Actor
from honeyguide.bonuses.tasks import look_at as look_at_bonuses
from honeyguide.console.queue_page import COMPANY, DECIDED_BY, REASON, STATE, Column, QueueFilters, QueuePage, by_age
from honeyguide.requirements import queries
from honeyguide.requirements.models import NfrClaim, NfrProduct, NfrState
from honeyguide.requirements.services import nfr as services


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
    desk = services.DESK
    rows = staticmethod(queries.all_claims)
    row_template = "console/parts/nfr_row.html"
    item_template = "console/parts/nfr_item.html"
    filterset_class = ClaimFilters
    sorts: ClassVar = by_age("submitted_at", ends=(gettext_lazy("By their end"), ("ends_on", "pk")))
    columns: ClassVar = (
        COMPANY,
        Column(gettext_lazy("Product"), lambda row: row.get_product_display()),
        Column(gettext_lazy("Account"), lambda row: row.account),
        Column(gettext_lazy("Use"), lambda row: row.get_use_display()),
        Column(gettext_lazy("Claimed"), lambda row: row.submitted_at),
        STATE,
        Column(gettext_lazy("Since"), lambda row: row.granted_on or ""),
        Column(gettext_lazy("Until"), lambda row: row.ends_on or ""),
        DECIDED_BY,
        REASON,
    )
    subheading = gettext_lazy("Claims of licences not for resale, for use by the partner itself.")
    more = ("console:nfr_licences", gettext_lazy("All licences"))
    empty_title = gettext_lazy("No claim waits")
    empty_text = gettext_lazy("Claims appear here when a partner makes them.")

    def about(self, item: NfrClaim) -> dict[str, Any]:
        """What the status allows, what the partner has, whether the account has bought, and how the licence goes on."""
        day, about = self.request.today, super().about(item)
        standing = about["standing"]
        licences = queries.licences_of(item.partner, standing, day)
        rooms = queries.rooms_of(item.partner, standing, day)
        mine = next((one for one in licences if one.claim is not None and one.claim.pk == item.pk), None)
        return {
            **about,
            "room": next((room for room in rooms if room.product == item.product), None),
            "licence": mine,
            "others": [one for one in licences if one is not mine and one.product == item.product],
            "purchase": queries.purchase_of(item.account) if item.product == NfrProduct.CLOUD else None,
            "may_extend": mine is not None and services.may_extend(mine.term, day),
        }

    def act(self, action: str, uid: str, given: QueryDict, actor: Actor) -> str:
        """Grant, decline, extend, end, or what every queue has."""
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
        return super().act(action, uid, given, actor)


def _named(claim: NfrClaim) -> dict[str, str]:
    return {"what": claim.get_product_display(), "company": claim.partner.name}
