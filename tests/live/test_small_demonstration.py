"""The parts of the demonstration, and one of the smallest size."""

from pathlib import Path

import pytest

from honeyguide.accounts.actor import Actor, Via
from honeyguide.cli.verify import ROOM_CHECKS
from honeyguide.demo.load import load
from honeyguide.demo.papers import pdf, png
from honeyguide.files.checking import check_content
from honeyguide.history.exporting import export
from honeyguide.history.models import Event
from honeyguide.history.queries import program_events
from honeyguide.requirements.queries import evidence_waiting
from honeyguide.standing.importing import Source, apply
from honeyguide.standing.verify import verify
from tests.live.conftest import NOW
from tests.live.kept import taken_back


@pytest.mark.django_db
def test_a_handful_of_companies_is_enough() -> None:
    loaded = load(now=NOW, partners=1)
    assert 8 <= loaded.partners <= 13
    assert evidence_waiting(NOW).count >= 3


@pytest.mark.django_db
def test_its_history_in_an_empty_installation_is_a_program_in_which_everything_agrees(tmp_path: Path) -> None:
    file = tmp_path / "h.jsonl"
    actor = Actor.system("backup", Via.COMMAND)
    with taken_back():
        load(now=NOW, partners=1)
        told = export(file, actor=actor, now=NOW)
    assert not Event.objects.exists()
    assert apply(Source(file, file.name), actor=actor, now=NOW).new == told
    assert {"evd", "nfr", "acl", "prj"} <= {uid[:3] for uid in program_events().values_list("uid", flat=True)}
    assert verify(ROOM_CHECKS).differences == ()


def test_papers_are_what_their_names_say() -> None:
    assert check_content("plan.pdf", pdf("Plan (two years)", ["One \\ two", "Zwei"])).content_type == "application/pdf"
    assert check_content("page.png", png()).content_type == "image/png"
