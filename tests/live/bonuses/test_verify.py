"""Verify holds bonuses and ledger together; decisions in the console give the kickstart bonus at once."""

from collections.abc import Callable
from typing import Any

import pytest

from honeyguide.accounts.actor import Actor
from honeyguide.bonuses import services
from honeyguide.bonuses.models import BonusGrant
from honeyguide.bonuses.verifying import problems
from honeyguide.common.ids import new_id
from honeyguide.ledger import services as ledger
from honeyguide.ledger.models import Lot
from honeyguide.partners.models import Partner
from honeyguide.requirements.models import EvidenceCase
from tests.live.conftest import NOW, TODAY, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def given(wax: Partner, endorse: Callable[..., None]) -> BonusGrant:
    endorse()
    (grant,) = services.grant_kickstarts(partners=[wax.key], actor=Actor.system("Night"), now=NOW)
    return grant


def test_what_was_given_and_taken_back_agrees_with_the_ledger(given: BonusGrant, world: World) -> None:
    assert list(problems()) == []
    services.cancel(
        uid=given.uid, reason="Abuse", actor=Actor(name="M", user=world.staff["manager"]), now=NOW
    )  # fmt: skip
    assert list(problems()) == []


def test_each_difference_is_named(given: BonusGrant) -> None:
    Lot.objects.filter(ident=given.uid).update(amount=100_001)
    assert [given.uid in line for line in problems()] == [True]
    Lot.objects.filter(ident=given.uid).update(amount=100_000)
    ledger.award(
        unit="award", owner="wax", points=5, key="stray", ident="stray", day=TODAY, now=NOW, actor=Actor.system("X")
    )  # fmt: skip
    assert list(problems()) == ["award of wax: the lot stray belongs to no bonus"]
    BonusGrant.objects.create(
        **{
            field.attname: getattr(given, field.attname)
            for field in BonusGrant._meta.concrete_fields
            if field.attname not in {"id", "uid", "natural_key"}
        },
        uid=new_id("bon", NOW),
        natural_key="other",
    )
    assert len(list(problems())) == 3


@pytest.mark.clause("T9a")
def test_the_decision_that_completes_it_gives_the_bonus_at_once(world: World, wax: Partner, sign_in: Any) -> None:
    case = EvidenceCase.objects.create(
        uid=new_id("evd", NOW), partner=wax, requirement="website_endorsement", kind="link",
        link="https://wax.example/partners", form_token="form", submitted_by=world.charlie, submitted_at=NOW,
    )  # fmt: skip
    done = sign_in(world.staff["manager"]).post("/console/evidence/", {"item": case.uid, "action": "approve"})
    assert done.status_code == 302
    assert BonusGrant.objects.get(partner=wax).kind == "kickstart"
