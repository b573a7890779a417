"""Several at once on real connections: one decides, one gets the last piece, one balance is spent once."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from honeyguide.common.errors import Refusal
from honeyguide.history.models import Event
from honeyguide.ledger.queries import balance
from honeyguide.rewards.models import Exchange, ExchangeState, Stock
from honeyguide.rewards.services import deciding
from honeyguide.rewards.services.exchanges import confirm, withdraw
from honeyguide.rewards.verifying import problems
from honeyguide.standing.verify import verify
from tests.live import racing
from tests.live.conftest import NOW, TODAY
from tests.live.rewards.conftest import CLIENT, Shop

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


def at_once(*deeds: Callable[[], Any]) -> list[str]:
    """What became of each, all begun together: "done", or the code of its refusal."""
    return [one.code if isinstance(one, Refusal) else "done" for one in racing.at_once(*deeds)]


def agrees() -> bool:
    return not verify().differences and not list(problems())


@pytest.mark.clause("G2.4")
@pytest.mark.parametrize("other", ["refuse", "withdraw", "approve"])
def test_approving_against_another_decision_one_wins(shop: Shop, other: str) -> None:
    made, nectar = shop.waiting(), shop.world.nectar
    against: dict[str, Callable[[], Any]] = {
        "refuse": lambda: deciding.refuse(uid=made.uid, reason="Not this time.", actor=shop.admin, now=NOW),
        "withdraw": lambda: withdraw(uid=made.uid, partner=nectar, actor=shop.alice, now=NOW),
        "approve": lambda: shop.approve(made, actor=shop.admin),
    }
    assert sorted(at_once(lambda: shop.approve(made), against[other])) == ["done", "stale"]
    made.refresh_from_db()
    spent = Event.objects.filter(type="points.spent").count()
    assert spent == (made.state == ExchangeState.APPROVED)
    there = balance("points", "nectar", day=TODAY)
    assert (there.available, there.held) == (7070 - 500 * spent, 0)
    assert agrees()


def test_handing_over_against_cancelling_ends_cancelled_or_handed_over(shop: Shop) -> None:
    made = shop.exchange()
    outcome = at_once(
        lambda: deciding.fulfil(uid=made.uid, fulfilment="CODE", actor=shop.manager, now=NOW),
        lambda: deciding.cancel(uid=made.uid, reason="It is not there.", actor=shop.admin, now=NOW),
    )
    made.refresh_from_db()
    assert outcome[1] == "done", "what was handed over can still be cancelled"
    assert made.state == ExchangeState.CANCELLED
    assert (made.fulfilled_at is not None) == (outcome[0] == "done")
    assert balance("points", "nectar", day=TODAY).available == 7070
    assert agrees()


def test_the_last_piece_goes_to_one(shop: Shop) -> None:
    comb = shop.world.comb
    shop.world.tell({"type": "points.granted", "partner": "comb", "award": "c", "points": 9000, "activity": "other"})
    charlie = type(shop.alice)(name="Charlie", user=shop.world.charlie, partner="comb")
    mine = shop.quote("partner_service.team_day")
    theirs = shop.quote("partner_service.team_day", partner=comb, actor=charlie)
    Stock.objects.update_or_create(item="partner_service.team_day", defaults={"left": 1, "changed_at": NOW})
    outcome = at_once(
        lambda: shop.confirm(mine),
        lambda: confirm(partner=comb, quote=theirs.uid, form_token="f", actor=charlie, now=NOW),
    )
    assert Counter(outcome)["done"] == 1
    assert set(outcome) <= {"done", "stale_quote", "limit_reached"}
    assert Stock.objects.get(item="partner_service.team_day").left == 0
    assert agrees()


@pytest.mark.clause("G2.3")
def test_of_many_quotes_of_one_balance_one_is_taken_up(shop: Shop) -> None:
    offers = [shop.quote("crm_module.telephony", 1, CLIENT) for _place in range(8)]
    outcome = at_once(*(lambda offer=offer: shop.confirm(offer) for offer in offers))
    assert Counter(outcome) == {"done": 1, "stale_quote": 7}
    assert (Exchange.objects.count(), balance("points", "nectar", day=TODAY).held) == (1, 3500)


def test_the_same_form_many_times_at_once_is_one_exchange(shop: Shop) -> None:
    offer = shop.quote()
    outcome = at_once(*(lambda: shop.confirm(offer, form_token="same") for _place in range(12)))
    assert outcome == ["done"] * 12
    assert (Exchange.objects.count(), Event.objects.filter(type="points.spent").count()) == (1, 1)
    assert agrees()
