"""The kickstart bonus: given by itself, once, with its notice; it expires (T9a)."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from honeyguide.accounts.actor import Actor
from honeyguide.bonuses import queries, services
from honeyguide.bonuses.models import BonusGrant, BonusKind
from honeyguide.bonuses.tasks import lately_accepted, settle_bonuses
from honeyguide.history.models import Event
from honeyguide.ledger import queries as ledger
from honeyguide.notices.models import Notice
from honeyguide.partners.models import Partner
from tests.live.bonuses.conftest import ACCEPTED
from tests.live.conftest import NOW, TODAY, World

pytestmark = pytest.mark.django_db
Endorse = Callable[..., None]
NIGHT = Actor.system("Nightly run")
LAST = ACCEPTED + timedelta(days=90)


def settle(after: timedelta = timedelta(0)) -> dict[str, int]:
    return settle_bonuses(NOW + after)


@pytest.mark.clause("T9a")
def test_it_is_given_as_soon_as_all_three_are_shown(wax: Partner, endorse: Endorse) -> None:
    assert settle()["granted"] == 0
    endorse()
    assert settle()["granted"] == 1
    grant = BonusGrant.objects.get()
    assert (grant.partner, grant.kind, grant.amount_minor, grant.currency) == (wax, "kickstart", 100_000, "USD")
    assert (grant.granted_on, grant.valid_to, grant.clause) == (TODAY, LAST, "T9a")
    assert ledger.balance("kickstart", "wax", day=LAST).available == 100_000
    assert ledger.balance("kickstart", "wax", day=LAST + timedelta(days=1)).available == 0


@pytest.mark.clause("T9a")
def test_it_is_never_given_twice(wax: Partner, endorse: Endorse) -> None:
    endorse()
    for _ in range(3):
        settle()
    services.grant_kickstarts(partners=["wax"], actor=NIGHT, now=NOW)
    assert BonusGrant.objects.count() == 1
    assert Notice.objects.filter(partner=wax, kind="bonus_kickstart").count() == 1


@pytest.mark.clause("T9a")
def test_a_second_acceptance_brings_no_second_bonus(world: World, wax: Partner, endorse: Endorse) -> None:
    endorse()
    settle()
    world.tell({"type": "partner.terminated", "partner": "wax"})
    world.tell({"type": "partner.accepted", "partner": "wax"}, now=NOW + timedelta(minutes=1))
    settle()
    assert BonusGrant.objects.filter(partner=wax).count() == 1


@pytest.mark.clause("T9a")
def test_whoever_shows_it_after_the_time_is_over_gets_none(wax: Partner, endorse: Endorse) -> None:
    endorse()
    late = LAST - TODAY + timedelta(days=1)
    assert lately_accepted(NOW + late) == set()
    assert services.grant_kickstarts(partners=["wax"], actor=NIGHT, now=NOW + late) == []


@pytest.mark.clause("T9a")
def test_the_notice_says_what_was_shown_and_up_to_when_it_is_valid(wax: Partner, endorse: Endorse) -> None:
    endorse()
    settle()
    notice = Notice.objects.get(partner=wax, kind="bonus_kickstart")
    assert "$1,000.00" in notice.subject_en
    assert "Endorsement on your website" in notice.body_en
    assert "19 Jan 2027" in notice.body_en
    assert "19 января 2027" in notice.body_ru


@pytest.mark.clause("T9a")
def test_the_decision_is_kept_with_what_it_was_made_from(wax: Partner, endorse: Endorse) -> None:
    endorse()
    settle()
    grant = BonusGrant.objects.get(partner=wax)
    reason = queries.explain_grant(grant)
    assert reason.clause == "T9a"
    assert ("Product tutorial", "21 Oct 2026") in reason.inputs
    event = Event.objects.get(type="bonus.granted")
    assert (event.partner, event.data["amount"], event.data["valid_to"]) == ("wax", "1000", "2027-01-19")


@pytest.mark.clause("T9a")
def test_what_is_left_expires(wax: Partner, endorse: Endorse) -> None:
    endorse()
    settle()
    on_last_day, day_after = (queries.account_of(wax, day) for day in (LAST, LAST + timedelta(days=1)))
    assert on_last_day.left == Decimal(1000)
    assert (day_after.left, day_after.bonuses[0].state) == (Decimal(0), "expired")
    assert day_after.bonuses[0].lapsed == Decimal(1000)


@pytest.mark.clause("G4.5", "T9a")
def test_reminders_come_60_30_and_7_days_before_once_each(wax: Partner, endorse: Endorse) -> None:
    endorse()
    settle()
    for days in range((LAST - TODAY).days + 3):
        settle(timedelta(days=days))
        settle(timedelta(days=days))
    sent = Notice.objects.filter(partner=wax, kind="bonus_expiring").order_by("sent_at")
    assert [(LAST - notice.sent_at.date()).days + 1 for notice in sent] == [60, 30, 7]


@pytest.mark.clause("T9b")
def test_it_can_be_taken_back_and_the_partner_is_told(wax: Partner, endorse: Endorse, world: World) -> None:
    endorse()
    settle()
    manager = Actor(name="Manager Person", user=world.staff["manager"])
    uid = BonusGrant.objects.get().uid
    grant = services.cancel(uid=uid, reason="Used for its own account", actor=manager, now=NOW)
    assert (grant.cancelled_minor, grant.cancel_reason) == (100_000, "Used for its own account")
    account = queries.account_of(wax, TODAY)
    assert (account.left, account.bonuses[0].state) == (Decimal(0), "cancelled")
    assert ledger.balance(BonusKind.KICKSTART, "wax", day=TODAY).in_lots == 0
    assert "Used for its own account" in Notice.objects.get(kind="bonus_cancelled").body_en
    settle()
    assert BonusGrant.objects.count() == 1, "what was taken back is not given again"
