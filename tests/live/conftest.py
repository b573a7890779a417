"""The small world of the live tests: two companies, an outsider, and an operator of each role.

Nectar Ltd (GB) is Gold, Comb GmbH (DE) Bronze. alice is Nectar's main user and bob her colleague, charlie is Comb's
main user: an outsider to Nectar.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from pytest_django.plugin import blocking_manager_key

from honeyguide.accounts.actor import Actor
from honeyguide.accounts.models import Role, User
from honeyguide.common import clock
from honeyguide.history import guards
from honeyguide.history.models import Event
from honeyguide.ledger.postgres import TOGETHER
from honeyguide.partners.models import MemberRole, Partner
from honeyguide.partners.services import link_member
from honeyguide.standing.services import tell
from tests.live.kept import MORE, put

NOW = datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=UTC)
TODAY = NOW.date()
APPEND_ONLY_TABLES = [
    "history_event",
    "notices_notice",
    "notices_noticerecipient",
    "notices_noticeattachment",
    "notices_noticeview",
    "ledger_transaction",
    "ledger_cancellation",
    "rulebooks_rulebookversion",
    "rulebooks_revocation",
    "rewards_pricelist",
    "rewards_price",
    "rewards_matrixchange",
    "rewards_matrixrule",
]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """The ledger's own connection is closed before the database is taken away."""
    yield
    TOGETHER.close()


@pytest.fixture(autouse=True)
def frozen_clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Time stands still at NOW, where it is read at all."""
    monkeypatch.setattr(clock, "read", lambda: NOW)
    return iter(())


@pytest.fixture
def private_files(settings: LazySettings, tmp_path: Path) -> Path:
    """The storage of files handed in is this folder, for one test."""
    place: dict[str, Any] = settings.STORAGES["default"]  # type: ignore[assignment]
    options = {**place["OPTIONS"], "location": tmp_path}
    settings.STORAGES = {**settings.STORAGES, "default": {**place, "OPTIONS": options}}
    return tmp_path


def is_transactional(item: pytest.Item) -> bool:
    """Whether a test commits what it writes."""
    marker = item.get_closest_marker("django_db")
    names = set(getattr(item, "fixturenames", ()))
    return bool(marker and marker.kwargs.get("transaction")) or bool({"transactional_db", "live_server"} & names)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Tests on real transactions empty the database afterwards: the triggers that forbid it stand aside for that."""
    if not is_transactional(item):
        return (yield)
    unblocked = item.config.stash[blocking_manager_key].unblock
    with unblocked():
        for table in APPEND_ONLY_TABLES:
            guards.remove(connection, table)
        if connection.vendor == "sqlite":
            empty_entries()
    try:
        return (yield)
    finally:
        if nextitem is not None:  # after the last test the database is gone
            with unblocked():
                for table in APPEND_ONLY_TABLES:
                    guards.install(connection, table)
                connection.close()


def empty_entries() -> None:
    """Django empties the tables of its models alone, and the ledger's entries are none of those."""
    guards.remove(connection, "ledger_entry")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_entry")
    guards.install(connection, "ledger_entry")


@dataclass
class World:
    """Who is there."""

    nectar: Partner
    comb: Partner
    alice: User
    bob: User
    charlie: User
    staff: dict[str, User]
    actor: Actor

    def tell(self, *events: dict[str, Any], now: datetime = NOW) -> list[Event]:
        """Something happens, as if an import told it."""
        return tell(events, actor=self.actor, now=now)


def at(day: date | str, hour: int = 12) -> str:
    """An instant on a day, as an event gives it."""
    return f"{day}T{hour:02}:00:00Z"


def gold_events(partner: str, name: str, country: str) -> list[dict[str, Any]]:
    """How a company became Gold: accepted two years ago, Silver, then Gold ten months ago with sales to spare."""
    start = TODAY - timedelta(days=700)
    silver = TODAY - timedelta(days=400)
    gold = TODAY - timedelta(days=300)
    facts = [
        ("course.completed", {"course": "tutorial"}, start + timedelta(days=10)),
        ("nfr.claimed", {"product": "cloud"}, start + timedelta(days=12)),
        ("course.completed", {"course": "sales"}, start + timedelta(days=20)),
        *(
            ("evidence.approved", {"requirement": requirement}, start + timedelta(days=30))
            for requirement in ("website_endorsement", "social_endorsement", "phone_support", "email_support")
        ),
        *(
            ("evidence.approved", {"requirement": requirement}, silver + timedelta(days=20))
            for requirement in ("webinar", "case_study", "marketing_plan")
        ),
        ("course.completed", {"course": "marketing"}, silver + timedelta(days=21)),
    ]
    sales = [
        (f"{partner}-s1", "client-1", "2000.00", silver - timedelta(days=30)),
        (f"{partner}-s2", "client-2", "1500.00", silver),
        (f"{partner}-s3", "client-3", "12000.00", gold),
        (f"{partner}-s4", "client-4", "9000.00", gold + timedelta(days=40)),
    ]
    return [
        {"at": at(start), "type": "partner.applied", "partner": partner, "name": name, "country": country},
        {"at": at(start, 13), "type": "partner.accepted", "partner": partner},
        *({"at": at(day), "type": kind, "partner": partner, **fields} for kind, fields, day in facts),
        *(
            {
                "at": at(day), "type": "sale.paid", "partner": partner, "sale": sale, "client": client,
                "product": "cloud", "net": net, "seats": 50, "term_months": 12,
            }
            for sale, client, net, day in sales
        ),
    ]  # fmt: skip


def bronze_events(partner: str, name: str, country: str) -> list[dict[str, Any]]:
    """A company accepted 61 days ago: the tutorial done, no NFR account claimed."""
    start = TODAY - timedelta(days=61)
    return [
        {"at": at(start), "type": "partner.applied", "partner": partner, "name": name, "country": country},
        {"at": at(start, 13), "type": "partner.accepted", "partner": partner},
        {"at": at(start + timedelta(days=5)), "type": "course.completed", "partner": partner, "course": "tutorial"},
    ]


@pytest.fixture
def world(request: pytest.FixtureRequest, db: None) -> World:
    """The two companies with their people, the operator's team, and what else MORE has for the test."""
    names = tuple(name for name in MORE if name in request.fixturenames)

    def make() -> None:
        make_world()
        for name in names:
            MORE[name](found_world())

    if is_transactional(request.node):
        make()
    else:
        put(names, make)
    return found_world()


def make_world() -> None:
    """Make the world in an empty database."""
    actor = Actor.system("test")
    nectar = Partner.objects.create(key="nectar", name="Nectar Ltd", country="GB", added_at=NOW)
    comb = Partner.objects.create(key="comb", name="Comb GmbH", country="DE", added_at=NOW)
    for name, partner, role in (
        ("alice", nectar, MemberRole.MAIN),
        ("bob", nectar, MemberRole.EMPLOYEE),
        ("charlie", comb, MemberRole.MAIN),
    ):
        person = User.objects.create_user(f"{name}@example.com", "a long password", name=name.title())
        link_member(partner=partner, user=person, role=role, actor=actor, now=NOW)
    for word in Role.values:
        User.objects.create_user(
            f"{word}@vendor.example",
            "a long password",
            name=f"{word.title()} Person",
            role=word,
            is_staff=word == "admin",
        )
    tell(gold_events("nectar", nectar.name, "GB"), actor=actor, now=NOW)
    tell(bronze_events("comb", comb.name, "DE"), actor=actor, now=NOW)


def found_world() -> World:
    """The world as it is in the database."""
    partners = {partner.key: partner for partner in Partner.objects.filter(key__in=("nectar", "comb"))}
    people = {user.email.partition("@")[0]: user for user in User.objects.all()}
    return World(
        nectar=partners["nectar"],
        comb=partners["comb"],
        alice=people["alice"],
        bob=people["bob"],
        charlie=people["charlie"],
        staff={role: people[role] for role in Role.values},
        actor=Actor.system("test"),
    )


@pytest.fixture
def sign_in() -> Callable[[User], Client]:
    """A browser without pages (Django's client) in which a user is signed in."""

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return signed_in
