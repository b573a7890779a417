"""docs/access.md says what the table of access says."""

from pathlib import Path

from honeyguide.access.document import document
from honeyguide.access.table import PAGES

PAGE = Path(__file__).parents[3] / "docs/access.md"


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == document(), "run scripts/write_access_page.py"


def test_the_page_has_a_line_for_each_address() -> None:
    assert document().count("\n| `/") == len(PAGES)
