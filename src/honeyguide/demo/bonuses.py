"""Bonuses that Meadow has given, and what its partners were told of points that are about to expire."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from honeyguide.accounts.actor import NIGHTLY_RUN, Actor
from honeyguide.bonuses import queries, services
from honeyguide.bonuses.models import BonusGrant
from honeyguide.bonuses.rules import KickstartState
from honeyguide.bonuses.tasks import settle_bonuses
from honeyguide.common.clock import day_over
from honeyguide.common.ids import new_id
from honeyguide.demo import stories
from honeyguide.demo.desk import Desk, if_it_fits
from honeyguide.demo.people import TEAMS
from honeyguide.insights.expiring import tell_of_expiry
from honeyguide.partners.models import Partner
from honeyguide.standing.models import Standing, State
from honeyguide.standing.services import tell
from honeyguide.standing.tasks import expire_today

SINCE_DAYS = 420
"""Kickstart bonuses are given to those accepted since then; to earlier ones they were before this system."""
RUN_AFTER = timedelta(minutes=25)
AWARDED_DAYS_AGO = 120
ENDORSED = 3


def fill_bonuses(desk: Desk) -> None:
    """Kickstart bonuses as the nights gave them, award bonuses of the yearly winners, one taken back."""
    _endorsements(desk)
    _kickstarts(desk)
    _awards(desk)


def tell_of_points(now: datetime) -> None:
    """What the last night posted and told: expiry, bonuses that are due, points and bonuses that expire soon."""
    expire_today(now)
    settle_bonuses(now)
    tell_of_expiry(now)


def _endorsements(desk: Desk) -> None:
    """Some who came lately and lack the endorsement alone have put Meadow on their website."""
    shown = 0
    for standing in Standing.objects.filter(state=State.ACTIVE).select_related("partner").order_by("partner__key"):
        state = queries.kickstart_of(standing, desk.today)
        if state is None or state.barred or standing.partner.key in TEAMS:
            continue
        missing = [name for name, since in state.requirements if since is None]
        days = [since for _name, since in state.requirements if since is not None]
        if missing != ["website_endorsement"] or not days or shown == ENDORSED:
            continue
        shown += 1
        at = desk.ago(min(3 + 4 * shown, (desk.today - max(days)).days))
        event = {"type": "evidence.approved", "partner": standing.partner.key, "requirement": missing[0]}
        with if_it_fits():
            tell([event], actor=desk.staff("manager"), now=at)


def _kickstarts(desk: Desk) -> None:
    for standing in Standing.objects.exclude(state=State.APPLICANT).select_related("partner").order_by("partner__key"):
        state = queries.kickstart_of(standing, desk.today)
        met_on = _met(state)
        if state is not None and met_on is not None and met_on >= desk.today - timedelta(days=SINCE_DAYS):
            _grant(standing.partner, met_on)


def _met(state: KickstartState | None) -> date | None:
    """When all was shown, whatever came afterwards."""
    if state is None or state.met_on is None or state.valid_to is None or state.barred == "early":
        return None
    return state.met_on if state.met_on <= state.valid_to else None


def _grant(partner: Partner, met_on: date) -> None:
    night = day_over(met_on) + RUN_AFTER
    with if_it_fits():
        services.grant_kickstarts(partners=[partner.key], actor=Actor.system(NIGHTLY_RUN), now=night)


def _awards(desk: Desk) -> None:
    """The year's winners: of the stories Nectar, of the crowd those with the most active points."""
    best = Standing.objects.filter(state=State.ACTIVE).exclude(partner__key=stories.NECTAR)
    keys = list(best.order_by("-points_active", "partner__key").values_list("partner__key", flat=True)[:3])
    boss = desk.staff("admin")
    for winners, amount, reason in (
        ([stories.NECTAR], Decimal(5000), "Partner of the year"),
        (keys[:2], Decimal(2500), "Most new clients in a country"),
        (keys[2:], Decimal(1000), "Newcomer of the year"),
    ):
        with if_it_fits():
            at = desk.ago(AWARDED_DAYS_AGO)
            services.award(
                partners=winners, amount=amount, reason=reason, token=new_id("frm", at), actor=boss, now=at
            )  # fmt: skip
    last = BonusGrant.objects.filter(reason="Newcomer of the year").first()
    if last is not None:
        at = desk.ago(AWARDED_DAYS_AGO - 6)
        with if_it_fits():
            services.cancel(
                uid=last.uid, reason="The company had been in the program before", actor=boss, now=at
            )  # fmt: skip
