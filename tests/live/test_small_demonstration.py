"""The parts of the demonstration, and one of the smallest size."""

import pytest

from honeyguide.demo.load import load
from honeyguide.demo.papers import pdf, png
from honeyguide.files.checking import check_content
from honeyguide.requirements.queries import evidence_waiting
from tests.live.conftest import NOW


@pytest.mark.django_db
def test_a_handful_of_companies_is_enough() -> None:
    loaded = load(now=NOW, partners=1)
    assert 8 <= loaded.partners <= 13
    assert evidence_waiting(NOW).count >= 3


def test_papers_are_what_their_names_say() -> None:
    assert check_content("plan.pdf", pdf("Plan (two years)", ["One \\ two", "Zwei"])).content_type == "application/pdf"
    assert check_content("page.png", png()).content_type == "image/png"
