"""What is open without the dashboard: the application, a suspension, a block, the end (T7.1, T1.5)."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client

from honeyguide.accounts.models import User
from honeyguide.joining.services import accept_partner
from honeyguide.partners.models import MemberRole, Partner
from honeyguide.partners.services import link_member
from honeyguide.portal.views.application import business_days_after
from tests.live.conftest import NOW, TODAY, World, at

SignIn = Callable[[User], Client]
CLOSED = ("/partner/company/", "/partner/company/edit/", "/partner/company/history/", "/partner/team/")


@pytest.fixture
def dora(world: World) -> User:
    """The main user of an applicant."""
    user = User.objects.create_user("dora@pollen.example", "a long password", name="Dora")
    pollen = Partner.objects.create(key="pollen", name="Pollen Inc", country="US", kind="sales", added_at=NOW)
    link_member(partner=pollen, user=user, role=MemberRole.MAIN, actor=world.actor, now=NOW)
    world.tell({"type": "partner.applied", "partner": "pollen", "name": "Pollen Inc", "country": "US", "at": at(TODAY)})
    return user


@pytest.mark.clause("T7.1")
def test_an_applicant_sees_its_application_and_nothing_else(world: World, dora: User, sign_in: SignIn) -> None:
    client = sign_in(dora)
    page = client.get("/partner/").content.decode()
    assert "Your application" in page
    assert "1 Dec 2026" in page  # seven business days after 20 November
    assert "90 days" in page
    assert [client.get(path).status_code for path in CLOSED] == [403] * len(CLOSED)
    assert client.get("/partner/notices/").status_code == 200


@pytest.mark.clause("T7.1", "T1.3")
def test_acceptance_opens_the_whole_dashboard(world: World, dora: User, sign_in: SignIn) -> None:
    accept_partner(key="pollen", actor=world.actor, now=NOW)
    client = sign_in(dora)
    assert [client.get(path).status_code for path in CLOSED] == [200] * len(CLOSED)


@pytest.mark.clause("T1.5")
def test_the_end_closes_the_dashboard_at_once_and_says_when_why_and_by_which_clause(
    world: World, sign_in: SignIn
) -> None:
    client = sign_in(world.charlie)
    assert client.get("/partner/company/").status_code == 200
    world.tell({"type": "partner.terminated", "partner": "comb", "reason": "sold under the price"})
    assert [client.get(path).status_code for path in CLOSED] == [403] * len(CLOSED)
    assert client.post("/partner/company/edit/", {}).status_code == 403
    page = client.get("/partner/").content.decode()
    assert "Your participation has ended" in page
    assert "20 Nov 2026" in page
    assert "sold under the price" in page
    assert "T1.5" in page
    assert client.get("/partner/notices/").status_code == 200


def test_a_suspension_says_why(world: World, sign_in: SignIn) -> None:
    world.tell({"type": "partner.suspended", "partner": "comb", "reason": "no activity"})
    page = sign_in(world.charlie).get("/partner/").content.decode()
    assert "Your account is suspended" in page
    assert "no activity" in page


@pytest.mark.clause("T14")
def test_a_block_says_until_when(world: World, sign_in: SignIn) -> None:
    until = (TODAY + timedelta(days=30)).isoformat()
    world.tell(
        {"type": "measure.applied", "partner": "comb", "measure": "block_access", "until": until, "reason": "spam"}
    )
    client = sign_in(world.charlie)
    page = client.get("/partner/").content.decode()
    assert "Your access is blocked" in page
    assert "20 Dec 2026" in page
    assert "spam" in page
    assert client.get("/partner/company/").status_code == 403


def test_a_cancelled_company_sees_what_was_missing(world: World, sign_in: SignIn) -> None:
    partner = Partner.objects.create(key="late", name="Late Ltd", country="GB", added_at=NOW)
    user = User.objects.create_user("late@example.com", "a long password", name="Late")
    link_member(partner=partner, user=user, role=MemberRole.MAIN, actor=world.actor, now=NOW)
    start = TODAY - timedelta(days=120)
    world.tell(
        {"type": "partner.applied", "partner": "late", "name": "Late Ltd", "country": "GB", "at": at(start)},
        {"type": "partner.accepted", "partner": "late", "at": at(start, 13)},
    )
    page = sign_in(user).get("/partner/").content.decode()
    assert "Your participation has ended" in page
    assert "Product tutorial" in page
    assert "T3.1.1a" in page


@pytest.mark.parametrize(
    ("day", "count", "after"),
    [
        (date(2026, 11, 20), 7, date(2026, 12, 1)),  # a Friday
        (date(2026, 11, 21), 1, date(2026, 11, 23)),  # a Saturday
        (date(2026, 11, 23), 5, date(2026, 11, 30)),
    ],
)
def test_business_days_leave_out_the_weekends(day: date, count: int, after: date) -> None:
    assert business_days_after(day, count) == after
