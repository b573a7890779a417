"""A statement from the cabinet to the paper on the disk: what the PDF says is what the ledger has (G4.4)."""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from honeyguide.ledger import queries as ledger
from tests.browser.conftest import PHONE, Visitor
from tests.live.conftest import TODAY, World
from tests.live.insights.conftest import busy

__all__ = ["busy"]
MONTH = (TODAY.replace(day=1) - timedelta(days=1)).replace(day=1)
MOVED = re.compile(r"([+−])([\d,]+) ([\d,]+)$", re.MULTILINE)
"""At the end of a line of the paper: the movement with its sign, then the balance after it."""


@pytest.mark.clause("G4.4")
def test_the_paper_of_a_month_is_downloaded_and_its_lines_sum_to_the_ledgers_balance(
    busy: World, visit: Callable[..., Visitor]
) -> None:
    visitor = visit(busy.alice)
    page = visitor.go("/partner/points/")
    page.get_by_role("link", name="Statements").first.click()
    page.get_by_role("link", name=f"{MONTH:%b %Y}", exact=True).click()
    expect(page.get_by_text("as in the ledger")).to_be_visible()
    visitor.check_accessibility()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="PDF").click()
    assert waiting.value.suggested_filename == f"statement-nectar-{MONTH:%Y-%m}.pdf"
    reader = PdfReader(io.BytesIO(Path(waiting.value.path()).read_bytes()))
    text = "\n".join(sheet.extract_text() for sheet in reader.pages)

    before, after = (
        ledger.as_of("points", "nectar", day=day).in_lots
        for day in (MONTH - timedelta(days=1), TODAY.replace(day=1) - timedelta(days=1))
    )
    assert re.search(rf"Opening balance {before:,}$", text, re.MULTILINE)
    assert re.search(rf"Closing balance {after:,}$", text, re.MULTILINE)
    lines = [
        (number(sign, points), number("+", balance))
        for sign, points, balance in MOVED.findall(text.split("Movements", 1)[1])
    ]
    assert len(lines) >= 3
    balance = before
    for points, shown in lines:
        balance += points
        assert shown == balance
    assert balance == after


def number(sign: str, figure: str) -> int:
    return int(figure.replace(",", "")) * (1 if sign == "+" else -1)


@pytest.mark.parametrize("options", [{}, {"viewport": PHONE, "color_scheme": "dark"}], ids=["wide", "phone"])
def test_the_cabinet_fits_its_window_and_can_be_used_by_everybody(
    busy: World, visit: Callable[..., Visitor], options: dict[str, object]
) -> None:
    visitor = visit(busy.alice, **options)
    for path in ("", "history/", "calendar/", "statements/", f"statements/{MONTH:%Y-%m}/", "bonuses/"):
        visitor.go(f"/partner/points/{path}")
        visitor.check_fits()
        visitor.check_accessibility()
    team = visit(busy.staff["manager"], **options)
    for path in ("", "bonuses/", "bonuses/award/"):
        team.go(f"/console/points/{path}")
        team.check_fits()
        team.check_accessibility()
