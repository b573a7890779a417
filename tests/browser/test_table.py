"""A large table in a browser: the page shows how far the worker is, and the result by itself."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from honeyguide.earning import limits, tasks
from honeyguide.earning.models import TableImport
from honeyguide.earning.services import working
from tests.browser.conftest import PHONE, Visitor
from tests.live.conftest import NOW, TODAY, World

DEALS = f"Deal,Partner,Client,Date,Amount\nD-1,nectar,Wax,{TODAY},1200.50\nD-2,Comb GmbH,Pollen,{TODAY},900\n"


class Queue:
    """What the worker is asked for waits here until it is told to do it."""

    def enqueue(self, uid: str) -> None:
        """Nothing yet."""


def work() -> None:
    working.carry_out(uid=TableImport.objects.get().uid, read=lambda: NOW)


@pytest.mark.usefixtures("private_files")
def test_the_page_of_a_large_table_follows_the_worker(
    visit: Callable[..., Visitor], world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(limits, "TABLE_AT_ONCE_ROWS", 1)
    monkeypatch.setattr(tasks, "work_on_table", Queue())
    file = tmp_path / "deals-of-the-quarter.csv"
    file.write_text(DEALS)
    manager = visit(world.staff["manager"], viewport=PHONE)
    page = manager.go("/console/points/tables/")
    page.get_by_label("Table", exact=True).set_input_files(file)
    page.get_by_role("button", name="Look at it").click()
    page.get_by_role("button", name="Look what would change").click()
    expect(page.get_by_role("heading", name="The table is being looked at")).to_be_visible()
    expect(page.get_by_text("Asked for by Manager Person")).to_be_visible()
    manager.check_accessibility()
    manager.check_fits()
    page.reload()
    TableImport.objects.update(step=2)
    expect(page.get_by_role("progressbar")).to_have_js_property("value", 2)
    work()
    page.get_by_role("button", name="Record 2 rows").click()
    expect(page.get_by_role("heading", name="The table is being recorded")).to_be_visible()
    work()
    expect(page.get_by_text(re.compile("Recorded by Manager Person"))).to_be_visible()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("heading", name="What taking it back would do is being worked out")).to_be_visible()
    work()
    page.get_by_label("Reason").fill("The wrong quarter")
    manager.check_accessibility()
    manager.check_fits()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("heading", name="The table is being taken back")).to_be_visible()
    work()
    expect(page.get_by_role("heading", name="What taking it back has changed")).to_be_visible()
    manager.check_accessibility()
    assert manager.errors == []
