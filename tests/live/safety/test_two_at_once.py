"""Two operators with the same case before them: the first decides; the second is told who did, and nothing happens."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from honeyguide.accounts.models import Role, User
from tests.live.access.objects import Objects, make_objects
from tests.live.conftest import World
from tests.live.safety.sending import form_to, forms_in, send
from tests.live.safety.test_sent_twice import address, counted

SignIn = Callable[[User], Client]
REASON = "As we agreed by telephone."


@dataclass
class Case:
    """A decision: its address, what the first and the second send, and the page if that is another."""

    name: str
    first: dict[str, Any]
    second: dict[str, Any]
    page: str = ""
    told: str = "First Person"
    answer: int = 409
    having: dict[str, str] = field(default_factory=dict)


QUEUES = [
    Case("console:evidence", {"action": "approve"}, {"action": "decline", "reason": REASON}),
    Case("console:evidence", {"action": "decline", "reason": REASON}, {"action": "approve"}),
    Case("console:nfr", {"action": "grant"}, {"action": "decline", "reason": REASON}),
    Case("console:nfr", {"action": "decline", "reason": REASON}, {"action": "grant"}),
    Case("console:points_exchanges", {"action": "approve"}, {"action": "refuse", "reason": REASON}),
    Case("console:points_exchanges", {"action": "refuse", "reason": REASON}, {"action": "approve"}),
    Case("console:changes", {"action": "approve"}, {"action": "decline", "reason": REASON}),
    Case("console:changes", {"action": "decline", "reason": REASON}, {"action": "approve"}),
]
PAGES_OF_ONE = [
    Case("console:partner_edit", {"name": "Nectar One"}, {"name": "Nectar Two"}),
    Case("console:business_review_change", {"time": "15:00"}, {"time": "17:00"}, told="It was changed on"),
    Case("console:business_review_cancel", {"reason": REASON}, {"reason": "Another reason."}, told="cancelled"),
    Case("console:history_discard", {}, {}, page="console:history_import", told="", answer=302),
    Case("console:api_key_revoke", {}, {}, page="console:api_keys", told="", answer=302),
    Case("console:invitation_revoke", {}, {}, page="console:partner_people", told="", answer=302),
]


@pytest.fixture
def both(world: World, sign_in: SignIn) -> tuple[Client, Client]:
    """Two administrators, each in a browser."""
    return tuple(  # type: ignore[return-value]
        sign_in(
            User.objects.create_user(
                f"{name}@vendor.example", "a long password", name=f"{name} Person", role=Role.ADMIN
            )
        )
        for name in ("First", "Second")
    )


def id_of(case: Case) -> str:
    return f"{case.name}-{case.first.get('action', 'sent')}"


@pytest.mark.parametrize("case", [*QUEUES, *PAGES_OF_ONE], ids=id_of)
def test_the_second_is_told_and_nothing_happens_twice(world: World, both: tuple[Client, Client], case: Case) -> None:
    objects = make_objects(world)
    page, target = address(case.page or case.name, objects), address(case.name, objects)
    mine, theirs = (form_to(client, page, target, **case.having) for client in both)
    assert send(both[0], mine, **case.first).status_code in {200, 302}
    after = counted()
    answer = send(both[1], theirs, **case.second)
    assert counted() == after
    assert answer.status_code == case.answer
    assert case.told in answer.content.decode()


@pytest.mark.parametrize(
    ("action", "given"),
    [
        ("conduct_measure", {"measure": "block_access", "reason": REASON}),
        ("conduct_points", {"points": "5", "reason": REASON}),
        ("conduct_suspend", {"clause": "T13", "reason": REASON}),
        ("conduct_terminate", {"confirmed_name": "Nectar Ltd", "reason": REASON}),
        ("conduct_adjust", {"percent": "30", "restores": "A plan.", "reason": REASON}),
    ],
)
def test_a_measure_that_both_have_looked_at_is_taken_once(
    world: World, both: tuple[Client, Client], action: str, given: dict[str, str]
) -> None:
    page = reverse(f"console:{action}", args=["nectar"])
    looked_at = []
    for client in both:
        shown = send(client, form_to(client, page, page), **given, step="preview")
        looked_at.append(next(form for form in forms_in(shown, page) if "previewed" in form.values))
    assert send(both[0], looked_at[0], step="confirm").status_code == 302
    after = counted()
    answer = send(both[1], looked_at[1], step="confirm")
    assert counted() == after
    assert answer.status_code == 409
    assert "First Person" in answer.content.decode()


def test_whoever_is_on_a_case_keeps_it_until_another_takes_it_over(world: World, both: tuple[Client, Client]) -> None:
    objects: Objects = make_objects(world)
    page = reverse("console:evidence")
    mine, theirs = (form_to(client, page, page) for client in both)
    assert objects.evidence.uid == mine.values["item"]
    assert send(both[0], mine, action="take").status_code in {200, 302}
    answer = send(both[1], theirs, action="approve")
    assert (answer.status_code, "First Person is on it." in answer.content.decode()) == (409, True)
    assert send(both[1], theirs, action="take_over").status_code in {200, 302}
    answer = send(both[0], mine, action="approve")
    assert (answer.status_code, "Second Person is on it." in answer.content.decode()) == (409, True)
    assert send(both[1], theirs, action="approve").status_code in {200, 302}
