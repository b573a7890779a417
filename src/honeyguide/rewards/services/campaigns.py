"""Campaigns: written down by the partner, with what came of them (G2.9, G4.6)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from honeyguide.accounts.actor import Actor
from honeyguide.common.errors import Invalid, Stale
from honeyguide.common.ids import new_id
from honeyguide.history.services import note
from honeyguide.partners.deciding import check_own, plain, token_in
from honeyguide.partners.models import Partner
from honeyguide.rewards import limits, queries
from honeyguide.rewards.models import Campaign, CampaignClient, Channel
from honeyguide.standing.services import lock

DAYS_MAX = 731


@dataclass(frozen=True, slots=True)
class CampaignForm:
    """What a campaign says. `revenue_amount` None: from the sales of `clients`."""

    name: str
    channel: str
    starts_on: date
    ends_on: date
    budget_amount: Decimal = Decimal(0)
    leads_count: int = 0
    won_count: int = 0
    revenue_amount: Decimal | None = None
    clients: Sequence[str] = field(default_factory=tuple)


_VALUES = (
    "name", "channel", "starts_on", "ends_on", "budget_amount", "leads_count", "won_count", "revenue_amount",
)  # fmt: skip


def add_campaign(*, partner: Partner, form: CampaignForm, form_token: str, actor: Actor, now: datetime) -> Campaign:
    """Write a campaign down. The same form again gives the same campaign. Raises Forbidden, Invalid with the fields."""
    check_own(actor, partner)
    form_token = token_in(form_token)
    with transaction.atomic():
        lock({partner.key})
        before = Campaign.objects.filter(partner=partner, form_token=form_token).first()
        if before is not None:
            return before
        values, clients = _checked(partner, form)
        if Campaign.objects.filter(partner=partner).count() >= limits.CAMPAIGNS_PER_PARTNER_COUNT:
            raise Invalid(_("There are too many campaigns."))
        made = Campaign.objects.create(
            uid=new_id("cmp", now), partner=partner, form_token=form_token, made_by=actor.user, made_at=now,
            changed_at=now, **values,
        )  # fmt: skip
        _link(made, clients)
        note("campaign.added", actor=actor, now=now, partner=partner.key, about=_about(made), ident=made.uid)
    return made


def change_campaign(
    *, uid: str, partner: Partner, form: CampaignForm, version: int, actor: Actor, now: datetime
) -> Campaign:
    """Change a campaign or report its results. `version`: as the form showed it.

    Raises Forbidden, NotFound, Invalid with the fields, Stale.
    """
    check_own(actor, partner)
    with transaction.atomic():
        lock({partner.key})
        found = queries.campaign_with(uid, partner)
        values, clients = _checked(partner, form, found)
        linked = [one.client for one in found.clients.all()]
        if all(getattr(found, name) == value for name, value in values.items()) and linked == clients:
            return found
        if found.version != version:
            raise Stale(_("Somebody else has changed it since. Look at it again."))
        for name, value in values.items():
            setattr(found, name, value)
        found.version, found.changed_at = version + 1, now
        found.save(update_fields=[*_VALUES, "version", "changed_at"])
        found.clients.all().delete()
        _link(found, clients)
        note("campaign.changed", actor=actor, now=now, partner=partner.key, about=_about(found), ident=uid)
    return found


def _checked(partner: Partner, form: CampaignForm, own: Campaign | None = None) -> tuple[dict[str, object], list[str]]:
    problems = {}
    name = plain(form.name)
    if not name or len(name) > limits.NAME_MAX_CHARS or not name.isprintable():
        problems["name"] = _("1 to %(most)s characters.") % {"most": limits.NAME_MAX_CHARS}
    elif Campaign.objects.filter(partner=partner, name=name).exclude(uid=own.uid if own else "").exists():
        problems["name"] = _("Another campaign has this name.")
    if form.channel not in Channel.values:
        problems["channel"] = _("Choose a channel.")
    if not 0 <= (form.ends_on - form.starts_on).days <= DAYS_MAX:
        problems["ends_on"] = _("The last day is on or after the first, within two years.")
    for field_name in ("leads_count", "won_count"):
        if not 0 <= getattr(form, field_name) <= limits.COUNT_MAX:
            problems[field_name] = _("0 to %(most)s.") % {"most": limits.COUNT_MAX}
    for field_name in ("budget_amount", "revenue_amount"):
        amount = getattr(form, field_name)
        if amount is not None and not 0 <= amount <= limits.BUDGET_MAX:
            problems[field_name] = _("0 to %(most)s.") % {"most": limits.BUDGET_MAX}
    clients = sorted({plain(client) for client in form.clients} - {""})
    if len(clients) > limits.CLIENTS_PER_CAMPAIGN_COUNT or any(
        len(client) > limits.CLIENT_MAX_CHARS or not client.isprintable() for client in clients
    ):
        problems["clients"] = _("At most %(most)s clients, one a line.") % {"most": limits.CLIENTS_PER_CAMPAIGN_COUNT}
    if problems:
        raise Invalid(" ".join(problems.values()), fields=problems)
    return {field_name: getattr(form, field_name) for field_name in _VALUES} | {"name": name}, clients


def _link(campaign: Campaign, clients: list[str]) -> None:
    CampaignClient.objects.bulk_create(CampaignClient(campaign=campaign, client=client) for client in clients)


def _about(campaign: Campaign) -> dict[str, object]:
    return {
        "campaign": campaign.uid, "name": campaign.name, "channel": campaign.channel,
        "from": campaign.starts_on.isoformat(), "through": campaign.ends_on.isoformat(),
        "leads": campaign.leads_count, "won": campaign.won_count,
    }  # fmt: skip
