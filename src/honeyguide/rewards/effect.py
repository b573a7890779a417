"""What campaigns brought for the points that went into them: by campaign and by channel (G2.9, G4.6)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Sum
from django.utils.translation import gettext as _

from honeyguide.common.charts import Chart, Series
from honeyguide.common.clock import program_day
from honeyguide.common.days import add_months
from honeyguide.history.queries import own_events
from honeyguide.rewards.catalogue import rewards_on
from honeyguide.rewards.models import Campaign, Channel, Exchange
from honeyguide.rewards.models.exchanges import SPENT_STATES
from honeyguide.rewards.sales import left_of, refunded_of


@dataclass(frozen=True, slots=True)
class Effect:
    """Sums of one campaign, or of all of a channel. Amounts in the program's currency."""

    points: int = 0
    leads: int = 0
    won: int = 0
    budget: Decimal = Decimal(0)
    revenue: Decimal = Decimal(0)
    campaigns: int = 0

    @property
    def return_per_point(self) -> Decimal | None:
        """Revenue for each point, in cents, half up; None where no points were spent."""
        if not self.points:
            return None
        return (self.revenue / self.points).quantize(Decimal("0.01"), ROUND_HALF_UP)

    @property
    def points_per_lead(self) -> Decimal | None:
        """Points for each lead; None without leads."""
        return (Decimal(self.points) / self.leads).quantize(Decimal("0.1"), ROUND_HALF_UP) if self.leads else None

    def plus(self, other: "Effect") -> "Effect":
        """Both together."""
        return Effect(
            self.points + other.points,
            self.leads + other.leads,
            self.won + other.won,
            self.budget + other.budget,
            self.revenue + other.revenue,
            self.campaigns + other.campaigns,
        )


@dataclass(frozen=True, slots=True)
class CampaignEffect:
    """A campaign with what came of it. `is_counted`: its revenue comes from the sales of its clients."""

    campaign: Campaign
    effect: Effect
    is_counted: bool


def effects(campaigns: Sequence[Campaign], day: date) -> list[CampaignEffect]:
    """What came of some campaigns, in their order. A sale counts once: for the campaign that began last before it.

    Points are those of exchanges that are not undone, and those that an imported history spent under a campaign's name.
    """
    spent = dict(
        Exchange.objects.filter(campaign__in=campaigns, state__in=SPENT_STATES)
        .order_by()
        .values_list("campaign")
        .annotate(Sum("points"))
    )
    imported = _imported(campaigns)
    sold = _sold(campaigns, day)
    found = []
    for campaign in campaigns:
        is_counted = campaign.revenue_amount is None
        revenue = sold.get(campaign.pk, Decimal(0)) if campaign.revenue_amount is None else campaign.revenue_amount
        effect = Effect(
            points=spent.get(campaign.pk, 0) + imported.get((campaign.partner_id, campaign.name), 0),
            leads=campaign.leads_count,
            won=campaign.won_count,
            budget=campaign.budget_amount,
            revenue=revenue,
            campaigns=1,
        )
        found.append(CampaignEffect(campaign, effect, is_counted))
    return found


def by_channel(found: Iterable[CampaignEffect]) -> list[tuple[str, Effect]]:
    """Sums by channel, the one with the most points first."""
    sums: dict[str, Effect] = {}
    for one in found:
        sums[one.campaign.channel] = sums.get(one.campaign.channel, Effect()).plus(one.effect)
    return sorted(sums.items(), key=lambda pair: (-pair[1].points, Channel.values.index(pair[0])))


def total(found: Iterable[CampaignEffect]) -> Effect:
    """The sum of all."""
    result = Effect()
    for one in found:
        result = result.plus(one.effect)
    return result


def _imported(campaigns: Sequence[Campaign]) -> dict[tuple[int, str], int]:
    """Points that an imported history spent for a campaign of that name, by partner and name."""
    partners = {campaign.partner.key: campaign.partner_id for campaign in campaigns}
    names = {campaign.name for campaign in campaigns}
    rows = own_events(partners).filter(type="points.spent", data__campaign__in=names)
    known = set(Exchange.objects.filter(partner__in=partners.values()).values_list("uid", flat=True))
    undone = set(own_events(partners).filter(type="points.restored").values_list("ident", flat=True))
    found: dict[tuple[int, str], int] = {}
    for row in rows:
        if row.ident not in known and row.ident not in undone:
            place = (partners[row.partner], row.data["campaign"])
            found[place] = found.get(place, 0) + int(row.data["points"])
    return found


def _sold(campaigns: Sequence[Campaign], day: date) -> dict[int, Decimal]:
    """Net sales, less refunds, to the clients of campaigns whose revenue is counted; by campaign."""
    months = rewards_on(day).campaign_sales_months
    linked: dict[tuple[str, str], list[Campaign]] = {}
    for campaign in campaigns:
        if campaign.revenue_amount is None:
            for client in campaign.clients.all():
                linked.setdefault((campaign.partner.key, client.client), []).append(campaign)
    if not linked:
        return {}
    partners, clients = {partner for partner, _client in linked}, {client for _partner, client in linked}
    sales = list(own_events(partners).filter(type="sale.paid", client__in=clients))
    refunded = refunded_of(partners)
    found: dict[int, Decimal] = {}
    for sale in sales:
        on = program_day(sale.at)
        running = [
            campaign
            for campaign in linked.get((sale.partner, sale.client), ())
            if campaign.starts_on <= on < add_months(campaign.starts_on, months)
        ]
        if running:
            last = max(running, key=lambda campaign: (campaign.starts_on, campaign.pk))
            found[last.pk] = found.get(last.pk, Decimal(0)) + left_of(sale, refunded)
    return found


def points_chart(channels: Sequence[tuple[str, Effect]]) -> Chart:
    """Points by channel."""
    return Chart(
        label=_("Points spent by channel"),
        x=[str(Channel(name).label) for name, _sums in channels],
        series=[Series(_("Points"), [sums.points for _name, sums in channels])],
        kind="bar",
        horizontal=True,
    )


def return_chart(channels: Sequence[tuple[str, Effect]]) -> Chart:
    """Revenue for each point by channel."""
    return Chart(
        label=_("Return of a point by channel"),
        x=[str(Channel(name).label) for name, _sums in channels],
        series=[Series(_("Revenue for each point"), [sums.return_per_point for _name, sums in channels])],
        kind="bar",
        horizontal=True,
        unit="money",
    )


def table_of(found: Iterable[CampaignEffect], *, with_partner: bool = False) -> Iterator[list[str]]:
    """The campaigns as rows of a table, headings first; amounts and days as programs read them."""
    titles = [
        _("Campaign"), _("Channel"), _("From"), _("Through"), _("Budget"), _("Points"), _("Leads"), _("Clients won"),
        _("Revenue"), _("Revenue for each point"), _("Points for each lead"),
    ]  # fmt: skip
    yield [*([_("Company")] if with_partner else []), *titles]
    for one in found:
        campaign, sums = one.campaign, one.effect
        figures = (
            sums.budget, sums.points, sums.leads, sums.won, sums.revenue, sums.return_per_point, sums.points_per_lead,
        )  # fmt: skip
        row = [
            campaign.name, str(campaign.get_channel_display()), campaign.starts_on.isoformat(),
            campaign.ends_on.isoformat(), *("" if figure is None else str(figure) for figure in figures),
        ]  # fmt: skip
        yield [*([campaign.partner.name] if with_partner else []), *row]
