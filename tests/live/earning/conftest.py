"""Actors, claims and projects of this room's tests."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile

from honeyguide.accounts.actor import Actor
from honeyguide.accounts.models import User
from honeyguide.earning.links import token_of
from honeyguide.earning.models import Claim, Project
from honeyguide.earning.services import claims, projects
from tests.live.conftest import NOW, TODAY, World
from tests.live.requirements.samples import PDF, upload

CHECKED = ("scope", "data", "access", "training", "handover", "support")
LAUNCHED = TODAY - timedelta(days=5)


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
def claim(world: World) -> Callable[..., Claim]:
    """Nectar applies for the points of an activity."""

    def submit(activity: str = "case_study", token: str = "form", now: datetime = NOW, **more: object) -> Claim:
        given = {"link": "https://nectar.example/story", "text": "Orders in a day."} | more
        actor = as_partner(world.bob, "nectar")
        return claims.submit(
            partner=world.nectar, activity=activity, form_token=token, actor=actor, now=now, **given,  # type: ignore[arg-type]
        )  # fmt: skip

    return submit


def report(**more: object) -> projects.Report:
    """A project's report as a partner writes it."""
    given: dict[str, object] = {
        "title": "CRM for Hive",
        "client": "client-1",
        "launched_on": LAUNCHED,
        "modules": ["standard", "complex"],
        "integration": False,
        "report": "Two departments work with it.",
        "ticked": CHECKED,
        "contact_name": "Hanna Hive",
        "contact_email": "hanna@hive.example",
        "contact_language": "en",
    }
    return projects.Report(**{**given, **more})  # type: ignore[arg-type]


@pytest.fixture
def project(world: World) -> Callable[..., Project]:
    """Nectar reports a project."""

    def submit(
        token: str = "form", files: tuple[SimpleUploadedFile, ...] | None = None, now: datetime = NOW, **more: object
    ) -> Project:
        actor = as_partner(world.bob, "nectar")
        papers = (upload("report.pdf", PDF),) if files is None else files
        return projects.submit(
            partner=world.nectar, report=report(**more), files=papers, form_token=token, actor=actor, now=now
        )

    return submit


@pytest.fixture
def accepted(
    world: World, project: Callable[..., Project], django_capture_on_commit_callbacks: Callable[..., object]
) -> Project:
    """A project whose report was accepted and whose client was written to."""
    found = project()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        projects.accept(uid=found.uid, actor=as_staff(world), now=NOW)
    found.refresh_from_db()
    return found


def link_of(project: Project) -> str:
    """The token that the client has."""
    return token_of(Project.objects.get(pk=project.pk))


def letters_to(address: str) -> list[str]:
    """What was mailed to an address."""
    return [str(letter.body) for letter in mail.outbox if letter.to == [address]]
