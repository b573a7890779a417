"""The table of access, walked through: every address, every kind of visitor, looking and acting."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse

from honeyguide.access.addresses import Address, addresses
from honeyguide.access.table import ANYONE, KINDS, MEMBERS, PAGES, TEAM
from honeyguide.accounts.models import User
from honeyguide.history.models import Event
from honeyguide.partners.models import MemberRole, Partner
from honeyguide.partners.services import link_member
from tests.live.access.gate import HEADER
from tests.live.access.objects import ARGUMENTS, OWN_REFUSALS, Objects, make_objects
from tests.live.conftest import NOW, TODAY, World, at

SignIn = Callable[[User], Client]
GATED = [address for address in addresses() if address.name in PAGES]
OPENED = [address for address in GATED if not address.arguments or address.name in ARGUMENTS]
"""Those that can be opened here; which others there are, a test of their own says."""
SAME_FOR_ALL = {"portal:points_earn_apply", "portal:points_exchange_new", "portal:rules_version"}
"""Addresses with arguments that show nothing of one partner."""
OF_PARTNERS = [entry for entry in OPENED if PAGES[entry.name].look & MEMBERS and not PAGES[entry.name].look & TEAM]


@dataclass
class Answer:
    """What became of a request."""

    status: int
    through: bool
    location: str
    page: str = ""


@pytest.fixture(autouse=True)
def _gate(settings: LazySettings, private_files: Path) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.live.access.gate.GateMiddleware"]


@pytest.fixture
def objects(world: World) -> Objects:
    return make_objects(world)


@pytest.fixture
def visitors(world: World, sign_in: SignIn) -> dict[str, Client]:
    """A browser of each kind of visitor, and of an outsider's main user."""
    nobody = User.objects.create_user("nobody@example.com", "a long password", name="Nobody")
    users = {"unlinked": nobody, "main": world.alice, "employee": world.bob, "outsider": world.charlie, **world.staff}
    return {"anonymous": Client(), **{kind: sign_in(user) for kind, user in users.items()}}


def path_of(address: Address, objects: Objects) -> str:
    return reverse(address.name, kwargs=ARGUMENTS[address.name](objects) if address.arguments else None)


def ask(client: Client, method: str, path: str) -> Answer:
    """Send a request and undo whatever it did."""
    with transaction.atomic():
        response: HttpResponseBase = client.generic(method, path)
        page = b"".join(response) if getattr(response, "streaming", False) else response.content  # type: ignore[attr-defined]
        transaction.set_rollback(True)
    text = page.decode() if response.get("Content-Type", "").startswith("text/html") else ""
    return Answer(response.status_code, HEADER in response, response.get("Location", ""), text)


def problem_of(kind: str, method: str, address: Address, answer: Answer) -> str:
    """What differs from the table; "" where nothing does."""
    page = PAGES[address.name]
    allowed = page.look if method == "GET" else page.act
    if kind in allowed:
        if not answer.through:
            return f"closed ({answer.status})"
        own = method == "POST" and answer.status == OWN_REFUSALS.get(address.name)
        if answer.status >= 500 or (answer.status in {403, 404} and not own):
            return f"answers {answer.status}"
        return ""
    if answer.through:
        return f"open ({answer.status})"
    if kind == "anonymous":
        return "" if "/account/login/" in answer.location else f"answers {answer.status}, expected the login"
    own_side = TEAM if kind in TEAM else MEMBERS
    expected = 403 if page.look & own_side else 404
    return "" if answer.status == expected else f"answers {answer.status}, expected {expected}"


def test_every_address_is_in_the_table_and_every_entry_has_an_address() -> None:
    names = {address.name for address in addresses()}
    assert names - set(PAGES) == set(), "addresses that are closed to everybody: add them to access/table.py"
    assert set(PAGES) - names == set(), "entries of access/table.py without an address"


def test_every_address_with_arguments_has_an_object_to_open() -> None:
    names = {address.name for address in GATED if address.arguments}
    assert names - set(ARGUMENTS) == set(), "add them to ARGUMENTS in tests/live/access/objects.py"
    assert set(ARGUMENTS) - names == set(), "not needed in tests/live/access/objects.py"


def test_the_table_names_known_kinds_of_visitors_alone() -> None:
    assert {kind for page in PAGES.values() for kind in page.look | page.act} <= KINDS


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_kind_of_visitor_gets_what_the_table_says(
    objects: Objects, visitors: dict[str, Client], kind: str, method: str
) -> None:
    problems = {}
    for address in OPENED:
        answer = ask(visitors[kind], method, path_of(address, objects))
        problem = problem_of(kind, method, address, answer)
        if problem:
            problems[address.name] = problem
    assert problems == {}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_outsider_finds_nothing_of_another_partner_and_changes_nothing(
    objects: Objects, visitors: dict[str, Client], method: str
) -> None:
    before = Event.objects.count()
    found = {}
    for address in OF_PARTNERS:
        page = PAGES[address.name]
        of_all = address.name in SAME_FOR_ALL
        if not address.arguments or of_all or "main" not in (page.look if method == "GET" else page.act):
            continue
        response = visitors["outsider"].generic(method, path_of(address, objects))
        if response.status_code not in {404, 405}:
            found[address.name] = response.status_code
    assert found == {}
    assert Event.objects.count() == before


def test_whoever_looks_as_a_partner_sees_its_pages_and_can_change_nothing(
    objects: Objects, visitors: dict[str, Client]
) -> None:
    client = visitors["support"]
    client.post("/console/view-as/", {"partner": "nectar"})
    problems: dict[str, object] = {}
    for address in OF_PARTNERS:
        path = path_of(address, objects)
        look, act = ask(client, "GET", path), ask(client, "POST", path)
        if not look.through or look.status >= 500 or look.status in {403, 404}:
            problems[f"GET {address.name}"] = look.status
        if act.through or act.status != 403:
            problems[f"POST {address.name}"] = act.status
        if dead := dead_forms(look.page):
            problems[f"form of {address.name}"] = dead
    assert problems == {}


def dead_forms(page: str) -> list[str]:
    """Forms of a page that would change something of the partner's."""
    own = {reverse(name) for name in ("console:view_as_stop", "set_language", "set_theme", "account_logout")}
    forms = re.findall(r'<form[^>]*method="post"[^>]*>', page)
    return [form for form in forms if not any(f'action="{path}"' in form for path in own)]


@pytest.mark.clause("T7.1", "T1.5")
@pytest.mark.parametrize("state", ["applicant", "suspended", "terminated", "cancelled", "blocked"])
def test_without_the_dashboard_only_limited_pages_are_open(world: World, sign_in: SignIn, state: str) -> None:
    start = TODAY - timedelta(days=120 if state == "cancelled" else 10)
    pollen = Partner.objects.create(key="pollen", name="Pollen Inc", country="US", added_at=NOW)
    user = User.objects.create_user("pollen@example.com", "a long password", name="Paul")
    link_member(partner=pollen, user=user, role=MemberRole.MAIN, actor=world.actor, now=NOW)
    support = sign_in(world.staff["support"])
    events = [{"type": "partner.applied", "name": "Pollen Inc", "country": "US", "at": at(start)}]
    if state != "applicant":
        events.append({"type": "partner.accepted", "at": at(start, 13)})
    if state in {"suspended", "terminated"}:
        events.append({"type": f"partner.{state}"})
    if state == "blocked":
        events.append({"type": "measure.applied", "measure": "block_access", "reason": "spam"})
    world.tell(*({"partner": "pollen", **event} for event in events))
    client, problems = sign_in(user), {}
    support.post("/console/view-as/", {"partner": "pollen"})
    assert ask(support, "GET", "/console/").status == 200
    for address in OPENED:
        page = PAGES[address.name]
        if address.arguments or not page.look & MEMBERS or page.look == ANYONE:
            continue
        for method, allowed in (("GET", page.look), ("POST", page.act)):
            if "main" not in allowed:
                continue
            answer = ask(client, method, reverse(address.name))
            if answer.through != page.limited or (not answer.through and answer.status != 403) or answer.status >= 500:
                problems[f"{method} {address.name}"] = (answer.status, answer.through)
        seen = ask(support, "GET", reverse(address.name)) if page.look and address in OF_PARTNERS else None
        if seen is not None and (seen.through != page.limited or (not seen.through and seen.status != 403)):
            problems[f"GET {address.name} as the partner sees it"] = (seen.status, seen.through)
    assert problems == {}
    assert reverse("portal:points") not in support.get(reverse("portal:home")).content.decode()
