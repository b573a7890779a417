"""A project in a real browser: from the report through the client's mail to the points on the page (G1.3)."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core import mail
from playwright.sync_api import expect

from honeyguide.earning.awards import points_by_award
from honeyguide.earning.models import Project
from tests.browser.conftest import PHONE, Visitor
from tests.live.conftest import TODAY, World
from tests.live.requirements.samples import PDF


def report(partner: Visitor, paper: Path) -> None:
    """The partner's form, filled in as a person does."""
    page = partner.go("/partner/points/earn/")
    page.get_by_role("link", name="Report a project").click()
    page.get_by_label("Project", exact=True).fill("CRM for Hive")
    page.get_by_label("Client", exact=True).fill("Hive Hotels")
    page.get_by_label("In use since").fill(TODAY.isoformat())
    page.get_by_label("Standard modules").fill("2")
    page.get_by_label("With integration through the API").check()
    page.get_by_label("What was done").fill("Two departments work with it.")
    for box in page.get_by_role("group", name="Checklist").get_by_role("checkbox").all():
        box.check()
    page.get_by_label("Report and signed papers").set_input_files(paper)
    page.get_by_label("Who confirms for the client").fill("Hanna Hive")
    page.get_by_label("Their e-mail").fill("hanna@hive.example")
    page.get_by_label("Their language").select_option("ru")
    partner.check_accessibility()
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_text("Report is being checked")).to_be_visible()


def link_in_mail() -> str:
    """The way to the client's page, from the mail that it got."""
    letter = next(letter for letter in mail.outbox if letter.to == ["hanna@hive.example"])
    found = re.search(r"/confirm/\S+", str(letter.body))
    assert found
    return found.group()


@pytest.mark.clause("G1.3")
def test_a_project_from_the_report_to_the_clients_word_to_points(
    world: World, visit: Callable[..., Visitor], private_files: Path, tmp_path: Path
) -> None:
    paper = tmp_path / "report.pdf"
    paper.write_bytes(PDF)
    partner, manager = visit(world.bob), visit(world.staff["manager"])
    report(partner, paper)

    page = manager.go("/console/points/projects/")
    expect(page.get_by_role("heading", name="CRM for Hive")).to_be_visible()
    expect(page.get_by_text("400 when the client confirms")).to_be_visible()
    manager.check_accessibility()
    page.get_by_role("button", name="Accept the report").click()
    expect(page.get_by_text("Accepted: CRM for Hive, Nectar Ltd. The client is asked.")).to_be_visible()

    client = visit(viewport=PHONE, locale="ru-RU")  # no login, a telephone, in Russian
    page = client.go(link_in_mail())
    expect(page.get_by_role("heading", name="Проект «CRM for Hive» работает?")).to_be_visible()
    expect(page.get_by_text("Nectar Ltd").first).to_be_visible()
    client.check_fits()
    client.check_accessibility()
    page.get_by_role("button", name="Да, работает").click()
    expect(page.get_by_text("Ваше подтверждение записано")).to_be_visible()
    page = client.go(link_in_mail())
    expect(page.get_by_role("heading", name="Ответ уже дан")).to_be_visible()

    project = Project.objects.get()
    assert points_by_award(world.nectar)[project.uid] == 400
    page = partner.go("/partner/points/earn/projects/")
    expect(page.get_by_text("400 points")).to_be_visible()
    page.get_by_role("link", name="CRM for Hive").click()
    expect(page.get_by_text("Confirmed by the client").first).to_be_visible()
    partner.check_accessibility()
    page.get_by_role("link", name="How they are worked out").click()
    expect(page.get_by_text("× 2, at most 500 in all").last).to_be_visible()
    assert private_files.exists()
