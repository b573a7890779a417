"""Exchanges from the partner's side: confirmed against a quote, taken back while they wait (G2.3, G2.4)."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from honeyguide.accounts.actor import Actor
from honeyguide.common.clock import program_day
from honeyguide.common.errors import Refusal, Stale
from honeyguide.common.ids import new_id
from honeyguide.history.services import note
from honeyguide.ledger import services as ledger
from honeyguide.partners.deciding import check_own, take_back, token_in
from honeyguide.partners.models import Partner
from honeyguide.rewards import queries
from honeyguide.rewards.catalogue import Item, day_of
from honeyguide.rewards.models import Exchange, ExchangeState, PlanStep, Quote, Stock
from honeyguide.rewards.points import UNIT
from honeyguide.rewards.quoting import Facts, changes_since, facts_of, proposals_for
from honeyguide.rewards.refusals import LimitReached, StaleQuote
from honeyguide.standing.models import State
from honeyguide.standing.queries import standing_on
from honeyguide.standing.services import lock, locked, tell


def confirm(*, partner: Partner, quote: str, form_token: str, step: str = "", actor: Actor, now: datetime) -> Exchange:
    """Take up a quote: the points are held where the reward needs approval, else spent at once (G2.3, G2.4).

    The same form again gives the same exchange. `step`: the id of a plan's step that this carries out. Raises
    Forbidden, NotFound, StaleQuote with what has changed, LimitReached, Refusal.
    """
    check_own(actor, partner)
    form_token = token_in(form_token)
    with transaction.atomic():
        lock({partner.key})
        before = Exchange.objects.filter(partner=partner, form_token=form_token).first()
        if before is not None:
            return before
        offer = queries.quote_with(quote, partner)
        if Exchange.objects.filter(quote_uid=offer.uid).exists():
            raise Stale(_("This quote was taken up already."))
        facts = _checked(offer, partner, now)
        _take_stock(facts.item, offer.quantity, actor, now)
        made = _made(offer, facts, form_token, actor, now)
        note("exchange.confirmed", actor=actor, now=now, partner=partner.key, about=about(made), ident=made.uid)
        if made.needed_approval:
            held = ledger.hold(
                unit=UNIT, owner=partner.key, points=made.points, key=hold_key(made), day=made.confirmed_on, now=now,
                actor=actor, reference=made.uid,
            )  # fmt: skip
            made.hold_uid = held.uid
            made.save(update_fields=["hold_uid"])
        else:
            spend(made, actor, now)
        if step:
            PlanStep.objects.filter(pk=_step_pk(step), plan__partner=partner, exchange=None).update(exchange=made)
    return made


def _step_pk(step: str) -> int:
    return int(step) if step.isascii() and step.isdigit() and len(step) < 18 else 0


def _checked(offer: Quote, partner: Partner, now: datetime) -> Facts:
    """The facts of now, which are those of the quote. Raises StaleQuote, LimitReached, Refusal."""
    day = program_day(now)
    standing = standing_on(partner, day)
    if standing is None or standing.state != State.ACTIVE:
        raise Refusal(_("Points are spent by active partners."))
    found = day_of(day)
    item = found.item(offer.item)
    if item is None:
        raise StaleQuote([_("This is no longer in the catalogue.")])
    facts = facts_of(partner, standing, found, item, offer.quantity, offer.sale_amount)
    changes = list(
        changes_since(
            facts=facts, price=offer.price, points=offer.points, price_version=offer.price_version,
            lots_mark=offer.lots_mark, terms=offer.terms_mark,
        )
    )  # fmt: skip
    if now >= offer.valid_until:
        changes.insert(0, _("The time of the quote is over."))
    if offer.campaign is not None and offer.campaign.ends_on < day:
        changes.append(_("The campaign is over."))
    if changes:
        raise StaleQuote(changes)
    if facts.exceeded:
        raise LimitReached(facts.exceeded, proposals_for(facts, partner))
    return facts


def _made(offer: Quote, facts: Facts, form_token: str, actor: Actor, now: datetime) -> Exchange:
    needs_approval = facts.item.reward.needs_approval
    return Exchange.objects.create(
        uid=new_id("exc", now),
        partner=offer.partner,
        quote_uid=offer.uid,
        campaign=offer.campaign,
        **{
            name: getattr(offer, name)
            for name in (
                "reward", "variant", "title", "title_ru", "quantity", "price", "points", "price_version", "client",
                "contract", "sale_amount", "combination",
            )
        },
        worth_amount=facts.worth,
        needed_approval=needs_approval,
        state=ExchangeState.WAITING if needs_approval else ExchangeState.APPROVED,
        form_token=form_token,
        confirmed_at=now,
        confirmed_on=facts.found.day,
        confirmed_by=actor.user,
    )  # fmt: skip


def spend(made: Exchange, actor: Actor, now: datetime) -> None:
    """Tell that the points are spent: as of the confirmation, whenever it was approved."""
    event = {
        "type": "points.spent", "id": made.uid, "partner": made.partner.key, "at": made.confirmed_at,
        "exchange": made.uid, "points": made.points, "item": made.title, "reward": made.item,
        "quantity": made.quantity,
    }  # fmt: skip
    if made.campaign is not None:
        event |= {"campaign": made.campaign.name, "campaign_id": made.campaign.uid}
    event |= {name: getattr(made, name) for name in ("client", "contract") if getattr(made, name)}
    tell([event], actor=actor, now=now)


def withdraw(*, uid: str, partner: Partner, actor: Actor, now: datetime) -> Exchange:
    """The partner takes back what waits; the points are free again. Again: the same answer.

    Raises NotFound, Forbidden, Stale.
    """
    check_own(actor, partner)
    with transaction.atomic():
        found = locked(queries.exchange_with(uid, partner))
        if not take_back(found):
            return found
        let_go(found, actor, now)
        put_back_stock(found.item, found.quantity, now)
        note("exchange.withdrawn", actor=actor, now=now, partner=partner.key, about=about(found), ident=uid)
    return found


def hold_key(made: Exchange) -> str:
    """The key of an exchange's hold in the ledger."""
    return f"hold:{made.uid}"


def let_go(found: Exchange, actor: Actor, now: datetime) -> None:
    """Free what is held for an exchange."""
    if found.hold_uid:
        ledger.release(
            unit=UNIT, owner=found.partner.key, hold=found.hold_uid, key=f"release:{found.uid}",
            day=program_day(now), now=now, actor=actor,
        )  # fmt: skip


def _take_stock(item: Item, quantity: int, actor: Actor, now: datetime) -> None:
    """Take pieces of something scarce, whoever else takes some at the same time. Raises StaleQuote."""
    if item.variant.stock_count is not None:
        Stock.objects.get_or_create(
            item=item.key, defaults={"left": item.variant.stock_count, "changed_at": now, "changed_by": actor.user}
        )
    row = Stock.objects.select_for_update().filter(item=item.key).first()
    if row is None or row.left is None:
        return
    if row.left < quantity:
        raise StaleQuote([_("Somebody else was faster: it is out of stock, or too few are left.")])
    row.left = F("left") - quantity
    row.save(update_fields=["left"])


def put_back_stock(item: str, quantity: int, now: datetime) -> None:
    """Pieces that nobody got are there again."""
    Stock.objects.filter(item=item, left__isnull=False).update(left=F("left") + quantity, changed_at=now)


def about(made: Exchange) -> dict[str, Any]:
    """What the audit keeps of an exchange."""
    told_of = {"exchange": made.uid, "item": made.title, "points": made.points, "quantity": made.quantity}
    return {**told_of, "reason": made.reason} if made.reason else told_of
