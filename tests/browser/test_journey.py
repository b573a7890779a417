"""From a history to Silver, in a real browser: passkey, evidence, decision, sales, explanation, replay."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from playwright.sync_api import Page, expect

from honeyguide.program.engine import replay
from honeyguide.program.history import read_history
from honeyguide.rulebooks.queries import all_versions
from honeyguide.standing.models import Standing
from tests.browser.conftest import Visitor
from tests.live.conftest import NOW, TODAY, World, at

KEY = "sting-works"


def story() -> list[dict[str, Any]]:
    """Sting Works: four months in, all of Silver but 600 of sales, a second client and the endorsement on its site."""
    start = TODAY - timedelta(days=120)
    done = [
        ("course.completed", {"course": "tutorial"}),
        ("nfr.claimed", {"product": "cloud"}),
        ("course.completed", {"course": "sales"}),
        *(
            ("evidence.approved", {"requirement": requirement})
            for requirement in ("social_endorsement", "phone_support", "email_support")
        ),
    ]
    events = [
        {"type": "partner.applied", "name": "Sting Works", "country": "GB", "at": at(start)},
        {"type": "partner.accepted", "at": at(start, 13)},
        *({"type": kind, **fields, "at": at(start + timedelta(days=9))} for kind, fields in done),
        {**sale("sw-1", "hive-one.example", "1900.00"), "at": at(start + timedelta(days=30))},
    ]
    return [{"id": f"sw-e{place}", "partner": KEY, **event} for place, event in enumerate(events)]


def sale(number: str, client: str, net: str) -> dict[str, Any]:
    return {"type": "sale.paid", "sale": number, "client": client, "product": "cloud", "net": net, "term_months": 12}


def write(path: Path, events: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")
    return path


def import_history(manager: Visitor, file: Path) -> None:
    """The operator's import: chosen, looked at, confirmed."""
    page = manager.go("/console/history/")
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Look at it first").click()
    page.get_by_role("button", name=re.compile(r"Import \d+ event")).click()
    expect(page.get_by_text("Imported. The standings")).to_be_visible()


def invite_main_user(manager: Visitor, email: str) -> str:
    """The operator invites the company's main user; the way in, from the mail."""
    page = manager.go(f"/console/partners/{KEY}/people/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_text(email).first).to_be_visible()
    letter = next(letter for letter in mail.outbox if letter.to == [email])
    found = re.search(r"/join/\S+", str(letter.body))
    assert found
    return found.group()


def join(partner: Visitor, way_in: str) -> None:
    """The invited person takes a name and a password."""
    page = partner.go(way_in)
    page.get_by_label("Your name").fill("Stella Sting")
    page.get_by_label("Password").fill("a long way to honey")
    page.get_by_role("button", name="Make my login").click()
    page.wait_for_url("**/partner/")


def give_passkeys(page: Page) -> None:
    """A device that makes and shows passkeys, without a person who must touch it."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def sign_in_by_passkey(partner: Visitor) -> None:
    """A passkey is made, the person signs out, and comes back with it alone."""
    page = partner.page
    give_passkeys(page)
    partner.go("/account/2fa/webauthn/add/")
    if "reauthenticate" in page.url:
        page.get_by_label("Password").fill("a long way to honey")
        page.locator("main form button[type=submit]").first.click()
    page.locator("[name=name]").fill("My laptop")
    page.locator("[name=passwordless]").check()
    page.get_by_role("button", name="Add", exact=True).click()
    page.wait_for_url(re.compile("2fa/(?!webauthn/add)"))
    partner.context.clear_cookies()
    partner.go("/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/partner/")


@pytest.mark.clause("T3.1.2a", "T1.3")
def test_from_a_history_to_silver(visit: Callable[..., Visitor], world: World, tmp_path: Path) -> None:
    manager = visit(world.staff["manager"])
    import_history(manager, write(tmp_path / "earlier.jsonl", story()))
    partner = visit()
    join(partner, invite_main_user(manager, "stella@sting.example"))
    sign_in_by_passkey(partner)

    page = partner.go("/partner/evidence/new/?requirement=website_endorsement")
    page.get_by_label("Address of a public page or video").fill("https://sting.example/partners")
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("Waiting").or_(page.get_by_text("waits")).filter(visible=True).first).to_be_visible()

    desk = manager.go("/console/evidence/")
    desk.wait_for_load_state("networkidle")
    desk.get_by_role("button", name="Approve").click()
    expect(desk.get_by_text(re.compile("approved", re.IGNORECASE)).first).to_be_visible()

    assert "Bronze" in partner.go("/partner/status/").locator("main").inner_text()
    sales = [
        {"id": f"sw-n{place}", "partner": KEY, "at": (NOW - timedelta(minutes=9 - place)).isoformat(), **event}
        for place, event in enumerate(
            [sale("sw-2", "hive-two.example", "400.00"), sale("sw-3", "hive-two.example", "500.00")]
        )
    ]
    import_history(manager, write(tmp_path / "sales.jsonl", sales))

    page = partner.go("/partner/status/")
    expect(page.get_by_text("Silver reached").first).to_be_visible()
    told = page.locator("main").inner_text()
    assert "$2,800 of $2,500" in told
    assert "T3.1.2a" in told
    before = partner.go(f"/partner/status/?as_of={TODAY - timedelta(days=1)}").locator("main").inner_text()
    assert "Silver reached" not in before

    exported = manager_export(manager, tmp_path)
    answer = replayed(exported)
    assert answer["status"] == "silver"
    assert answer | {"points": answer["points"] | {"rank": None}} == Standing.objects.get(partner__key=KEY).answer


def manager_export(manager: Visitor, folder: Path) -> Path:
    """The whole history, downloaded by the operator."""
    page = manager.go("/console/history/")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    path = folder / "export.jsonl"
    download.value.save_as(path)
    return path


def replayed(path: Path) -> dict[str, Any]:
    """What the command says of the company, from the exported history alone."""
    found = replay(read_history(path), all_versions(), as_of=TODAY, partners=[KEY]).to_dict()["partners"]
    answer: dict[str, Any] = found[0]
    return answer
