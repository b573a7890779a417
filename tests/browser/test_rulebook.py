"""The next version of the rules, in a browser: drafted by form, simulated, proposed, published, read by a partner."""

import re
from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import expect

from honeyguide.rulebooks.queries import in_force
from tests.browser.conftest import Visitor
from tests.live.conftest import TODAY, World

IN_FORCE_FROM = TODAY + timedelta(days=15)


def draft(manager: Visitor) -> str:
    """A draft is begun and one figure turned on its form; gives the address of its page."""
    page = manager.go("/console/rulebook/drafts/")
    page.get_by_label("What it is for").fill("Gold keeps what it promises.")
    page.get_by_role("button", name="Begin", exact=True).click()
    page.wait_for_url("**/drafts/drf_*/")
    address = page.url
    page.get_by_role("link", name="Change figures").click()
    page.get_by_role("link", name="Gold", exact=True).click()
    field = page.get_by_role("spinbutton", name=re.compile("^Discount"))
    expect(field).to_have_value("50")
    manager.check_accessibility()
    field.fill("45")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.get_by_role("link", name="To the draft").click()
    expect(page.get_by_role("row", name=re.compile("Gold.*50%.*45%"))).to_be_visible()
    return address


def simulate(manager: Visitor) -> None:
    """The history under the draft: Nectar would get less."""
    page = manager.page
    page.get_by_role("button", name="Simulate").click()
    expect(page.get_by_text("1 would keep the status with another discount.")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("Nectar Ltd.*50% → 45%"))).to_be_visible()
    manager.check_accessibility()
    page.get_by_role("link", name="1 partner").click()
    expect(page.get_by_role("row", name=re.compile("Nectar Ltd.*Discount of Gold: 50% → 45%"))).to_be_visible()


def propose(manager: Visitor, address: str) -> None:
    """It is put before a second person, with a day."""
    page = manager.page
    page.goto(address)
    page.get_by_role("link", name="Propose").click()
    page.get_by_label("In force from").fill(IN_FORCE_FROM.isoformat())
    page.get_by_role("button", name="Propose").click()
    expect(page.get_by_text("A second person publishes it or sends it back.")).to_be_visible()
    expect(page.get_by_role("link", name="Publish or send back")).to_have_count(0)


def publish(admin: Visitor, address: str) -> None:
    """The second person sees what follows, and publishes."""
    page = admin.page
    page.goto(address)
    page.get_by_role("link", name="Publish or send back").click()
    expect(page.get_by_text("2 partners get a notice with the changes")).to_be_visible()
    page.get_by_role("button", name="Publish version 1.1").click()
    expect(page.get_by_text("Version 1.1 is published.")).to_be_visible()


def test_a_version_goes_from_a_form_to_a_partner_s_notice(visit: Callable[..., Visitor], world: World) -> None:
    manager, admin = visit(world.staff["manager"]), visit(world.staff["admin"])
    address = draft(manager)
    simulate(manager)
    propose(manager, address)
    publish(admin, address)
    partner = visit(world.alice)
    page = partner.go("/partner/notices/")
    page.get_by_role("link", name=re.compile("The rules of the program change")).click()
    expect(page.get_by_text("Gold: discount: 50% → 45%")).to_be_visible()
    page = partner.go("/partner/rules/")
    expect(page.get_by_role("heading", name=re.compile("What changes from 5 Dec 2026"))).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("Gold.*50%.*45%"))).to_be_visible()
    assert in_force(IN_FORCE_FROM).statuses[2].discount_percent == 45
    for visitor, path in (
        (manager, address),
        (manager, "/console/rulebook/versions/1.1/"),
        (partner, "/partner/rules/"),
    ):
        visitor.go(path)
        visitor.check_accessibility()
