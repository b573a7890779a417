"""What Meadow's partners exchange their points for: prices by quarter, promotions, campaigns, exchanges, a plan."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from honeyguide.accounts.actor import Actor
from honeyguide.common.days import add_months
from honeyguide.common.ids import new_id
from honeyguide.demo import stories
from honeyguide.demo.desk import Desk, if_it_fits
from honeyguide.history.queries import own_events
from honeyguide.partners.models import Partner
from honeyguide.rewards.catalogue import day_of
from honeyguide.rewards.models import Campaign, Exchange
from honeyguide.rewards.proposing import Wish
from honeyguide.rewards.services import deciding, matrix, plans, prices
from honeyguide.rewards.services.campaigns import CampaignForm, add_campaign
from honeyguide.rewards.services.exchanges import confirm
from honeyguide.rewards.services.quotes import Purpose, quote

POINTS_LEAST = 2_600
"""Companies of the crowd with fewer points do not appear here."""
TAKEN_UP_AFTER = timedelta(minutes=4)
_FIRST_LIST = {"consultation.technical": 650, "marketplace_module.medium": 1400, "promo_material.kit": 450}
_NEXT_LIST = {
    "course.course": 900, "renewal_discount.standard": 1000, "consultation.technical": 600,
    "promotion_package.start": 700, "crm_module.analytics": 5200, "webinar.joint": 1100,
}  # fmt: skip


def fill_rewards(desk: Desk) -> None:
    """Prices, promotions and a change of the matrix; exchanges in every state; campaigns with what they brought."""
    _prices(desk)
    _terms(desk)
    _nectar(desk)
    _klever(desk)
    _crowd(desk)


def _prices(desk: Desk) -> None:
    """One price list in force for some weeks, and the next one announced."""
    maya, told = desk.staff("manager"), desk.ago(103)
    first = desk.today - timedelta(days=85)
    table = dict(day_of(desk.today).table.prices)
    _publish(maya, told, first, "A quarter for learning: consultations are cheaper.", table | _FIRST_LIST)
    earliest = max(add_months(first, 3), desk.today + timedelta(days=12))
    note = "Analytics is cheaper, online courses cost what they cost us."
    _publish(maya, desk.ago(4), earliest, note, table | _FIRST_LIST | _NEXT_LIST)


def _publish(actor: Actor, at: datetime, effective: date, note: str, table: dict[str, int]) -> None:
    with if_it_fits():
        draft = prices.save_draft(effective_from=effective, note=note, prices=table, version=0, actor=actor, now=at)
        prices.publish(version=draft.version, actor=actor, now=at)


def _terms(desk: Desk) -> None:
    """Promotions that run and are to come; an exception of the matrix."""
    maya = desk.staff("manager")
    today, days = desk.today, timedelta(days=1)
    for form, told in (
        (matrix.PromotionForm("Weeks of learning", "Недели обучения", today - 5 * days, today + 20 * days,
                              points_percent=Decimal(20), rewards=["course"]), desk.ago(9)),
        (matrix.PromotionForm("Winter renewals", "Зимние продления", today + 10 * days, today + 45 * days,
                              sale_percent=Decimal(10), rewards=["renewal_discount"]), desk.ago(2)),
    ):  # fmt: skip
        matrix.add_promotion(uid=new_id("prm", told), form=form, actor=maya, now=told)
    matrix.set_cells(
        cells={("crm_module", "promotion"): True, ("licence_discount", "partner_discount"): False},
        starts_on=desk.today - timedelta(days=12), ends_on=desk.today + timedelta(days=80), seen=0, actor=maya,
        now=desk.ago(12),
    )  # fmt: skip


def _exchange(
    desk: Desk, partner: Partner, at: datetime, item: str, quantity: int = 1, purpose: Purpose | None = None
) -> Exchange:
    """An exchange as the main user makes it at a moment."""
    desk.go_back(partner, at)
    actor = desk.main(partner)
    offer = quote(partner=partner, item=item, quantity=quantity, purpose=purpose or Purpose(), actor=actor, now=at)
    return confirm(partner=partner, quote=offer.uid, form_token=new_id("frm", at), actor=actor, now=at + TAKEN_UP_AFTER)


def _campaign(
    desk: Desk, partner: Partner, at: datetime, name: str, channel: str, *, days: int = 40, leads: int = 0,
    won: int = 0, revenue: int | None = None, clients: Sequence[str] = (), budget: int = 0,
) -> Campaign:  # fmt: skip
    starts_on = at.date()
    return add_campaign(
        partner=partner,
        form=CampaignForm(
            name, channel, starts_on, starts_on + timedelta(days=days), Decimal(budget), leads, won,
            None if revenue is None else Decimal(revenue), tuple(clients),
        ),
        form_token=new_id("frm", at), actor=desk.employee(partner), now=at,
    )  # fmt: skip


def _clients(partner: Partner, since: date) -> list[str]:
    """Clients that the company has sold to since a day, the latest first."""
    sales = own_events([partner.key]).filter(type="sale.paid", at__date__gte=since).order_by("-at")
    return list(dict.fromkeys(sales.values_list("client", flat=True)))


def _nectar(desk: Desk) -> None:
    """A campaign that paid, a course, a renewal that waits, and a plan."""
    nectar, maya = desk.company(stories.NECTAR), desk.staff("manager")
    began = desk.ago(58)
    autumn = _campaign(
        desk, nectar, began, "Autumn visits", "event", days=90, leads=14, won=2, budget=600,
        clients=_clients(nectar, began.date())[:2],
    )  # fmt: skip
    with if_it_fits():
        kit = _exchange(desk, nectar, desk.ago(51), "promo_material.kit", 1, Purpose(campaign=autumn.uid))
        deciding.fulfil(uid=kit.uid, fulfilment="Parcel MD-4410-2281, two boxes", actor=maya, now=desk.ago(47))
    with if_it_fits():
        seat = _exchange(desk, nectar, desk.ago(16), "course.webinar")
        until = desk.today + timedelta(days=60)
        deciding.fulfil(uid=seat.uid, fulfilment="WEB-7KQ2-PLXA", until=until, actor=maya, now=desk.ago(15))
    _campaign(desk, nectar, desk.ago(6), "Winter newsletter", "email", days=60, leads=3)
    with if_it_fits():
        purpose = Purpose("harbour-freight.meadow.example", "NL-2207", sale_amount=Decimal(360))
        _exchange(desk, nectar, desk.ago(2, 3), "renewal_discount.basic", 1, purpose)
    with if_it_fits():
        wishes = [
            Wish("consultation.sales", 1, "first"),
            Wish("course.webinar", 2, "then"),
            Wish("course.course", 1, "last"),
        ]
        plans.keep(
            partner=nectar, name="Team and clients in winter", wishes=wishes, months=6,
            form_token=new_id("frm", desk.now), actor=desk.main(nectar), now=desk.go_back(nectar, desk.ago(1)),
        )  # fmt: skip


def _klever(desk: Desk) -> None:
    """An exchange that is approved and waits to be handed over."""
    klever = desk.company(stories.KLEVER)
    with if_it_fits():
        _exchange(desk, klever, desk.ago(3, 2), "course.webinar")


def _crowd(desk: Desk) -> None:
    """Others' exchanges in every state, most for a client or a campaign."""
    partners = desk.pick(14, "silver", "gold", fits=lambda standing: standing.points_available >= POINTS_LEAST)
    deeds: Sequence[Callable[[Desk, Partner], None]] = (
        _waits_for_approval, _loyalty, _handed_over, _search, _waits_for_approval, _refused, _social, _to_hand_over,
        _cancelled, _waits_for_approval, _search, _joint_webinar, _handed_over, _loyalty,
    )  # fmt: skip
    for deed, partner in zip(deeds, partners, strict=False):
        with if_it_fits():
            deed(desk, partner)


def _for_a_client(partner: Partner, desk: Desk) -> Purpose:
    client = next(iter(_clients(partner, desk.today - timedelta(days=400))), "")
    return Purpose(client, f"{partner.key[:3].upper()}-{1000 + partner.pk * 7}")


def _waits_for_approval(desk: Desk, partner: Partner) -> None:
    at = desk.ago(1 + partner.pk % 5, 2)
    item = ("renewal_discount.basic", "renewal_discount.standard", "marketplace_module.small")[partner.pk % 3]
    _exchange(desk, partner, at, item, 1, _for_a_client(partner, desk))


def _handed_over(desk: Desk, partner: Partner) -> None:
    made = _exchange(desk, partner, desk.ago(26), "marketplace_module.small", 1, _for_a_client(partner, desk))
    maya = desk.staff("manager")
    deciding.approve(uid=made.uid, actor=maya, now=desk.ago(25))
    until = desk.today + timedelta(days=340)
    key = f"MK-{partner.pk:04}-F3QX"
    deciding.fulfil(uid=made.uid, fulfilment=f"Activation {key}", until=until, actor=maya, now=desk.ago(24))


def _to_hand_over(desk: Desk, partner: Partner) -> None:
    made = _exchange(desk, partner, desk.ago(6), "renewal_discount.basic", 1, _for_a_client(partner, desk))
    deciding.approve(uid=made.uid, actor=desk.staff("manager"), now=desk.ago(5))


def _refused(desk: Desk, partner: Partner) -> None:
    made = _exchange(desk, partner, desk.ago(14), "marketplace_module.medium", 1, _for_a_client(partner, desk))
    reason = "This client is on the free plan, where modules cannot be switched on. Renew the client first."
    deciding.refuse(uid=made.uid, reason=reason, actor=desk.staff("manager"), now=desk.ago(13))


def _cancelled(desk: Desk, partner: Partner) -> None:
    made = _exchange(desk, partner, desk.ago(31), "consultation.technical")
    reason = "The expert is ill until the end of the month; you wanted the session before."
    deciding.cancel(uid=made.uid, reason=reason, actor=desk.staff("manager"), now=desk.ago(28))


def _marketing(
    desk: Desk, partner: Partner, name: str, channel: str, item: str, *, leads: int, won: int, revenue: int
) -> None:
    began = desk.ago(64)
    campaign = _campaign(
        desk, partner, began, name, channel, days=75, leads=leads, won=won, revenue=revenue, budget=300
    )
    made = _exchange(desk, partner, desk.ago(60), item, 1, Purpose(campaign=campaign.uid))
    maya = desk.staff("manager")
    if made.needed_approval:
        deciding.approve(uid=made.uid, actor=maya, now=desk.ago(59))
    deciding.fulfil(uid=made.uid, fulfilment=f"Order {made.pk + 5100}", actor=maya, now=desk.ago(57))


def _search(desk: Desk, partner: Partner) -> None:
    _marketing(desk, partner, "Found in search", "search", "promotion_package.start", leads=22, won=3, revenue=4100)


def _social(desk: Desk, partner: Partner) -> None:
    _marketing(desk, partner, "Short films", "social", "promotion_package.growth", leads=31, won=2, revenue=2600)


def _joint_webinar(desk: Desk, partner: Partner) -> None:
    _marketing(desk, partner, "Forecasts in an hour", "webinar", "webinar.joint", leads=40, won=5, revenue=7900)


def _loyalty(desk: Desk, partner: Partner) -> None:
    _marketing(desk, partner, "Thanks to those who stay", "clients", "client_loyalty.fifty", leads=6, won=2,
               revenue=3300)  # fmt: skip
