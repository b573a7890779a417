"""A partner on its way to the kickstart bonus."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from honeyguide.partners.models import Partner
from tests.live.conftest import NOW, TODAY, World, at

ACCEPTED = TODAY - timedelta(days=30)


@pytest.fixture
def wax(world: World) -> Partner:
    """Wax SA: accepted 30 days ago, the tutorial done, a cloud account claimed, no endorsement yet."""
    partner = Partner.objects.create(key="wax", name="Wax SA", country="FR", email="info@wax.example", added_at=NOW)
    world.tell(
        {"type": "partner.applied", "partner": "wax", "at": at(ACCEPTED), "name": "Wax SA", "country": "FR"},
        {"type": "partner.accepted", "partner": "wax", "at": at(ACCEPTED, 13)},
        {"type": "nfr.claimed", "partner": "wax", "at": at(ACCEPTED, 14), "product": "cloud"},
        {"type": "course.completed", "partner": "wax", "at": at(ACCEPTED, 15), "course": "tutorial"},
    )
    return partner


@pytest.fixture
def endorse(world: World) -> Callable[..., None]:
    """Wax puts the vendor on its website."""

    def approved(partner: str = "wax") -> None:
        world.tell({"type": "evidence.approved", "partner": partner, "requirement": "website_endorsement"})

    return approved
