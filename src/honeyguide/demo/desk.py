"""Doing things in the demonstration as people would have done them, some days ago."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import structlog
from django.db import transaction

from honeyguide.accounts.actor import NIGHTLY_RUN, Actor
from honeyguide.accounts.models import User
from honeyguide.common.clock import program_day
from honeyguide.common.errors import Refusal
from honeyguide.demo.draw import stream
from honeyguide.demo.people import TEAMS, VENDOR_DOMAIN
from honeyguide.partners.models import MemberRole, Partner
from honeyguide.standing.models import Standing, State
from honeyguide.standing.services import reassess

log = structlog.get_logger(__name__)

SETTLED_DAYS = 75
"""Companies whose status changed later than this are left alone, so that what is told of earlier days fits."""


@contextmanager
def if_it_fits() -> Iterator[None]:
    """Whatever is refused is left out: the crowd is another one each day, and not each deed fits each day."""
    try:
        with transaction.atomic():
            yield
    except Refusal as refusal:
        log.info("demo_left_out", because=refusal.message)


class Desk:
    """Finds people and companies, and goes back in time."""

    def __init__(self, now: datetime) -> None:
        """Begin with every company free."""
        self.now, self.today = now, program_day(now)
        self._used: set[int] = set()
        self._asked = 0

    def ago(self, days: int, hours: float = 0) -> datetime:
        """So many days ago in office hours, another minute each time; today: so many hours before now."""
        if days == 0:
            return self.now - timedelta(hours=hours)
        self._asked += 1
        day = self.today - timedelta(days=days)
        noon = datetime(day.year, day.month, day.day, 14, tzinfo=UTC)
        return noon - timedelta(hours=hours, minutes=self._asked * 37 % 240)

    def company(self, key: str) -> Partner:
        """A company by its key."""
        return Partner.objects.get(key=key)

    def staff(self, login: str) -> Actor:
        """One of the vendor's team."""
        user = User.objects.get(email=f"{login}@{VENDOR_DOMAIN}")
        return Actor(name=user.name, user=user)

    def main(self, partner: Partner) -> Actor:
        """The company's main user."""
        return self._member(partner, MemberRole.MAIN)

    def employee(self, partner: Partner) -> Actor:
        """One of the company's employees; the main user where there is none."""
        return self._member(partner, MemberRole.EMPLOYEE)

    def _member(self, partner: Partner, role: str) -> Actor:
        members = partner.members.select_related("user").order_by("pk")
        member = members.filter(role=role).first() or members.first()
        assert member is not None, partner.key
        return Actor(name=member.user.name, user=member.user, partner=partner.key)

    def go_back(self, partner: Partner, at: datetime) -> datetime:
        """Have the company's standing as it was, so that what follows from a deed then is seen; gives the instant."""
        actor = Actor.system(NIGHTLY_RUN)
        reassess([partner.key], day=program_day(at), now=at, actor=actor, announce=False, noted=False)
        return at

    def pick(
        self, count: int, *statuses: str, fits: Callable[[Standing], bool] = lambda _standing: True
    ) -> list[Partner]:
        """Companies of the crowd with one of these statuses for a while; each is picked once."""
        rows = Standing.objects.filter(
            state=State.ACTIVE,
            status__in=statuses,
            since__lte=self.today - timedelta(days=SETTLED_DAYS),
            restatements=0,
        )
        free = [
            row
            for row in rows.select_related("partner").exclude(partner__key__in=TEAMS)
            if row.partner_id not in self._used
        ]
        free.sort(key=lambda row: stream(f"pick {row.partner.key}").random())
        chosen = [row.partner for row in free if fits(row)][:count]
        self._used |= {partner.pk for partner in chosen}
        return chosen
