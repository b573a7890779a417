"""Actors and cases of this room's tests."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from honeyguide.accounts.actor import Actor
from honeyguide.accounts.models import User
from honeyguide.requirements.models import EvidenceCase
from honeyguide.requirements.services import evidence
from tests.live.conftest import NOW, World


def as_partner(user: User, partner: str) -> Actor:
    """A partner's user at work."""
    return Actor(name=user.name, user=user, partner=partner)


def as_staff(world: World, role: str = "manager") -> Actor:
    """One of the team at work."""
    return Actor(name=world.staff[role].name, user=world.staff[role])


@pytest.fixture(autouse=True)
def _own_files(private_files: Path) -> None:
    """Each test here has a storage of its own."""


@pytest.fixture
def hand_in(world: World) -> Callable[..., EvidenceCase]:
    """Comb hands in a link."""

    def submit(requirement: str = "website_endorsement", now: datetime = NOW, **more: object) -> EvidenceCase:
        given = {"kind": "link", "link": "https://comb.example/partners", "form_token": f"{requirement}-{now}"} | more
        actor = as_partner(world.charlie, "comb")
        return evidence.submit(partner=world.comb, requirement=requirement, actor=actor, now=now, **given)  # type: ignore[arg-type]

    return submit
