"""Points to spend: Nectar has lots that expire at different times; Comb has none."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from honeyguide.accounts.actor import Actor
from honeyguide.rewards.models import Campaign, Exchange, Quote
from honeyguide.rewards.services import deciding
from honeyguide.rewards.services.campaigns import CampaignForm, add_campaign
from honeyguide.rewards.services.exchanges import confirm
from honeyguide.rewards.services.quotes import Purpose, quote
from tests.live.conftest import NOW, TODAY, World, at
from tests.live.kept import MORE

GRANTED = (("nectar-g1", 3000, 330), ("nectar-g2", 3000, 100))
"""Award, points, days since: the first expires in 35 days, the second in 265. Sales bring 1,070 more."""
NONE = Purpose()
CLIENT = Purpose(client="client-3", contract="C-17")


@dataclass
class Shop:
    """The world with points, and short ways to do things."""

    world: World
    alice: Actor
    bob: Actor
    manager: Actor
    admin: Actor
    tokens: int = 0

    def token(self) -> str:
        self.tokens += 1
        return f"form-{self.tokens}"

    def quote(self, item: str = "course.course", quantity: int = 1, purpose: Purpose = NONE, **more: Any) -> Quote:
        given: dict[str, Any] = {"partner": self.world.nectar, "actor": self.alice, "now": NOW} | more
        return quote(item=item, quantity=quantity, purpose=purpose, **given)

    def confirm(self, offer: Quote, **more: Any) -> Exchange:
        given: dict[str, Any] = {
            "partner": self.world.nectar,
            "actor": self.alice,
            "now": NOW,
            "form_token": self.token(),
        } | more
        return confirm(quote=offer.uid, **given)

    def exchange(self, item: str = "course.course", quantity: int = 1, purpose: Purpose = NONE) -> Exchange:
        return self.confirm(self.quote(item, quantity, purpose))

    def waiting(self, quantity: int = 1) -> Exchange:
        """An exchange that needs approval."""
        return self.exchange("renewal_discount.basic", quantity, CLIENT)

    def approve(self, exchange: Exchange, **more: Any) -> Exchange:
        given: dict[str, Any] = {"actor": self.manager, "now": NOW} | more
        return deciding.approve(uid=exchange.uid, **given)

    def campaign(self, name: str = "Autumn", **more: Any) -> Campaign:
        days = timedelta(days=10)
        given: dict[str, Any] = {"channel": "search", "starts_on": TODAY - days, "ends_on": TODAY + 3 * days} | more
        form = CampaignForm(name=name, **given)
        return add_campaign(partner=self.world.nectar, form=form, form_token=self.token(), actor=self.alice, now=NOW)


def grant_points(world: World) -> None:
    """What Nectar has to spend."""
    world.tell(
        *(
            {"at": at(TODAY - timedelta(days=days)), "type": "points.granted", "partner": "nectar", "award": award,
             "points": points, "activity": "case_study"}
            for award, points, days in GRANTED
        )
    )  # fmt: skip


MORE["shop"] = grant_points


@pytest.fixture
def shop(world: World) -> Shop:
    actors = {
        name: Actor(name=user.name, user=user, partner="nectar" if name in {"alice", "bob"} else "")
        for name, user in (("alice", world.alice), ("bob", world.bob), ("manager", world.staff["manager"]),
                           ("admin", world.staff["admin"]))
    }  # fmt: skip
    return Shop(world, actors["alice"], actors["bob"], actors["manager"], actors["admin"])
