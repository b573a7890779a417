"""Quotes: an exchange is quoted, and confirmed against that quote (G2.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from honeyguide.accounts.actor import Actor
from honeyguide.common.clock import program_day
from honeyguide.common.errors import Invalid, Refusal
from honeyguide.common.ids import new_id
from honeyguide.partners.deciding import check_own, plain
from honeyguide.partners.models import Partner
from honeyguide.rewards import limits
from honeyguide.rewards.catalogue import Day, Item, day_of
from honeyguide.rewards.models import Campaign, Quote
from honeyguide.rewards.quoting import facts_of, item_with, lots_told, proposals_for, running_campaigns, told
from honeyguide.rewards.refusals import LimitReached
from honeyguide.standing.models import State
from honeyguide.standing.queries import standing_on

KEPT_DAYS = 30


@dataclass(frozen=True, slots=True)
class Purpose:
    """What an exchange is for: a client and a contract (G2.4), a campaign (G2.9), the purchase that it goes with."""

    client: str = ""
    contract: str = ""
    campaign: str = ""
    """The campaign's public id."""
    sale_amount: Decimal | None = None


def quote(*, partner: Partner, item: str, quantity: int, purpose: Purpose, actor: Actor, now: datetime) -> Quote:
    """Offer an exchange: price, lots, what goes together; it holds for the rulebook's minutes (G2.3, G2.8).

    `item`: `<reward>.<variant>`. Raises Forbidden, Invalid with the bad fields, LimitReached with what fits instead
    (G2.5, G2.7), Refusal for a company that is no active partner, NoRewards.
    """
    check_own(actor, partner)
    day = program_day(now)
    standing = standing_on(partner, day)
    if standing is None or standing.state != State.ACTIVE:
        raise Refusal(_("Points are spent by active partners."))
    found = day_of(day)
    chosen = item_with(found, item)
    campaign, purpose = _checked(partner, found, chosen, quantity, purpose)
    facts = facts_of(partner, standing, found, chosen, quantity, purpose.sale_amount)
    if facts.exceeded:
        raise LimitReached(facts.exceeded, proposals_for(facts, partner))
    with transaction.atomic():
        Quote.objects.filter(partner=partner, made_at__lt=now - timedelta(days=KEPT_DAYS)).delete()
        return Quote.objects.create(
            uid=new_id("quo", now),
            partner=partner,
            campaign=campaign,
            reward=chosen.reward_name,
            variant=chosen.variant_name,
            title=chosen.title_in("en"),
            title_ru=chosen.title_in("ru"),
            quantity=quantity,
            price=facts.price,
            points=facts.points,
            price_version=found.table.version,
            client=purpose.client,
            contract=purpose.contract,
            sale_amount=purpose.sale_amount,
            combination=told(facts),
            available=facts.available,
            lots=lots_told(facts),
            lots_mark=facts.lots_mark,
            terms_mark=facts.terms_mark,
            made_at=now,
            made_by=actor.user,
            valid_until=now + timedelta(minutes=found.rewards.quote_minutes),
        )


def _checked(
    partner: Partner, found: Day, item: Item, quantity: int, purpose: Purpose
) -> tuple[Campaign | None, Purpose]:
    """The campaign and the purpose as they are kept: only what the reward asks for. Raises Invalid."""
    reward, problems = item.reward, dict[str, str]()
    if not 1 <= quantity <= limits.QUANTITY_MAX:
        problems["quantity"] = _("From 1 to %(most)s pieces.") % {"most": limits.QUANTITY_MAX}
    client, contract = plain(purpose.client), plain(purpose.contract)
    _check_words(problems, {"client": (client, limits.CLIENT_MAX_CHARS, reward.for_client),
                            "contract": (contract, limits.CONTRACT_MAX_CHARS, reward.for_client)})  # fmt: skip
    amount = purpose.sale_amount if reward.for_client else None
    if amount is not None and not 0 < amount <= limits.AMOUNT_MAX:
        problems["sale_amount"] = _("Give the amount of the purchase, or leave it out.")
    campaign = None
    if reward.for_campaign:
        running = {one.uid: one for one in running_campaigns(partner, found.day)}
        campaign = running.get(purpose.campaign)
        if campaign is None:
            problems["campaign"] = _("Choose the campaign that it is for.")
    if problems:
        raise Invalid(" ".join(problems.values()), fields=problems)
    if not reward.for_client:
        client = contract = ""
    return campaign, Purpose(client, contract, purpose.campaign, amount)


def _check_words(problems: dict[str, str], given: Mapping[str, tuple[str, int, bool]]) -> None:
    needed = {
        "client": _("Name the client that it is for."),
        "contract": _("Name the contract that it is for."),
    }
    for name, (text, most, is_needed) in given.items():
        if is_needed and not text:
            problems[name] = needed[name]
        elif len(text) > most or not text.isprintable():
            problems[name] = _("At most %(most)s characters.") % {"most": most}
