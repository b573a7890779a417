"""Two people who write rules: a manager who drafts, an administrator who publishes; and how a draft comes so far."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from honeyguide.accounts.actor import Actor
from honeyguide.accounts.models import User
from honeyguide.studio import asking, deciding, drafts
from honeyguide.studio.models import Draft, SimulationRun
from honeyguide.studio.tasks import simulate_draft
from tests.live.conftest import NOW, TODAY, World

IN_TIME = TODAY + timedelta(days=10)
SILVER_SALES = "statuses.silver.keep.sales_amount"


def actor_of(user: User) -> Actor:
    return Actor(name=user.name, user=user)


@pytest.fixture
def manager(world: World) -> Actor:
    return actor_of(world.staff["manager"])


@pytest.fixture
def admin(world: World) -> Actor:
    return actor_of(world.staff["admin"])


@pytest.fixture
def draft(manager: Actor) -> Draft:
    """The next version, in which keeping Silver asks for more."""
    begun = drafts.begin(note="Silver grows with the market.", form_token="one", actor=manager, now=NOW)
    return drafts.turn(
        uid=begun.uid, revision=begun.revision, values={SILVER_SALES: Decimal(6000)}, actor=manager, now=NOW
    )


Simulate = Callable[[Draft], SimulationRun]


@pytest.fixture
def simulated() -> Simulate:
    """Has a draft simulated: what the worker does after the commit."""

    def simulate(draft: Draft) -> SimulationRun:
        run = asking.ask(uid=draft.uid, revision=draft.revision, actor=actor_of(draft.author), now=NOW)
        simulate_draft.func(run.uid)
        run.refresh_from_db()
        return run

    return simulate


@pytest.fixture
def proposed(draft: Draft, simulated: Simulate, manager: Actor) -> Draft:
    simulated(draft)
    return propose(draft, manager)


def propose(draft: Draft, actor: Actor, day: date = IN_TIME, **more: Any) -> Draft:
    return deciding.propose(
        uid=draft.uid, revision=draft.revision, effective_from=day, note="", actor=actor, now=more.get("now", NOW)
    )
