"""Events that bring a partner into each state that pages show."""

from datetime import date, timedelta
from typing import Any

from honeyguide.accounts.models import User
from honeyguide.partners.models import MemberRole, Partner
from honeyguide.partners.services import link_member
from tests.live.conftest import NOW, TODAY, World, at

Json = dict[str, Any]
SILVER = ("website_endorsement", "social_endorsement", "phone_support", "email_support")
GOLD = ("webinar", "case_study", "marketing_plan")


def days_ago(count: int) -> date:
    """A day before today."""
    return TODAY - timedelta(days=count)


def accepted(key: str, ago: int) -> list[Json]:
    """Applied and accepted on one day."""
    return [
        {"at": at(days_ago(ago), 8), "type": "partner.applied", "partner": key, "name": key.title(), "country": "GB"},
        {"at": at(days_ago(ago), 9), "type": "partner.accepted", "partner": key},
    ]


def course(key: str, name: str, ago: int) -> Json:
    """A course completed."""
    return {"at": at(days_ago(ago)), "type": "course.completed", "partner": key, "course": name}


def nfr(key: str, ago: int) -> Json:
    """The own cloud account claimed."""
    return {"at": at(days_ago(ago)), "type": "nfr.claimed", "partner": key, "product": "cloud"}


def evidence(key: str, names: tuple[str, ...], ago: int) -> list[Json]:
    """Evidence approved."""
    return [
        {"at": at(days_ago(ago)), "type": "evidence.approved", "partner": key, "requirement": name} for name in names
    ]


def sale(key: str, number: int, client: str, net: str, ago: int, **more: Any) -> Json:
    """A cloud sale of a year."""
    head = {"at": at(days_ago(ago)), "type": "sale.paid", "partner": key, "sale": f"{key}-{number}", "client": client}
    return head | {"product": "cloud", "net": net, "term_months": 12} | more


def silver(key: str, ago: int) -> list[Json]:
    """Silver since so many days, with 3,000 sold to two clients on the days before."""
    return [
        *accepted(key, ago + 60),
        course(key, "tutorial", ago + 55),
        nfr(key, ago + 54),
        course(key, "sales", ago + 50),
        *evidence(key, SILVER, ago + 40),
        sale(key, 1, "First Client", "1500", ago + 1),
        sale(key, 2, "Second Client", "1500", ago, seats=80),
    ]


def gold(key: str, ago: int) -> list[Json]:
    """Gold since so many days, thirty days after Silver."""
    return [
        *silver(key, ago + 30),
        course(key, "marketing", ago + 10),
        *evidence(key, GOLD, ago + 9),
        sale(key, 3, "Third Client", "11000", ago, seats=300),
    ]


def added(world: World, key: str, events: list[Json]) -> tuple[Partner, User]:
    """A company of its own with these events, and its main user."""
    partner = Partner.objects.create(key=key, name=key.title(), country="GB", added_at=NOW)
    user = User.objects.create_user(f"{key}@example.com", "a long password", name=key.title())
    link_member(partner=partner, user=user, role=MemberRole.MAIN, actor=world.actor, now=NOW)
    world.tell(*events)
    return partner, user
