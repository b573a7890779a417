"""A partner's whole file: what waits about it in any queue; its sections, each as of a day or saying that it is not."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from honeyguide.access.table import PAGES
from honeyguide.accounts.models import User
from honeyguide.conduct import restatements
from honeyguide.console.partner_tabs import PARTNER_TABS, Past, Tab
from honeyguide.console.queues import QUEUES
from honeyguide.earning.models import Project
from honeyguide.earning.services import held
from honeyguide.requirements.models import EvidenceCase
from tests.live.access.objects import make_objects
from tests.live.conftest import NOW, TODAY, World, at

SignIn = Callable[[User], Client]
FILE = "/console/partners/nectar/"


def text(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status
    return unescape(response.content.decode())


def test_the_file_lists_what_waits_about_the_partner_in_every_queue(world: World, sign_in: SignIn) -> None:
    make_objects(world)
    Project.objects.update(state="waiting")
    world.tell(
        {"type": "sale.refunded", "partner": "nectar", "sale": "nectar-s3"},
        *(
            {"at": at(TODAY - timedelta(days=days)), "type": "sale.paid", "partner": "nectar", "sale": f"hive-{days}",
             "client": "hive", "product": "cloud", "net": "1000.00"}
            for days in (31, 10)
        ),
    )  # fmt: skip
    held.bring_up(NOW)
    restatements.bring_up(NOW)
    page = text(sign_in(world.staff["manager"]), FILE)
    for queue in QUEUES:
        uids = list(queue.waiting().filter(partner=world.nectar).values_list("uid", flat=True))
        assert uids, f"nothing was made that waits in {queue.name}"
        assert [uid for uid in uids if f"{reverse(queue.url_name)}?item={uid}" not in page] == []
    assert "Nothing is open" not in page
    assert "Nothing is open" in text(sign_in(world.staff["manager"]), "/console/partners/comb/")


def test_a_queue_says_until_when_each_item_is_to_be_decided(world: World, sign_in: SignIn) -> None:
    make_objects(world)
    manager = sign_in(world.staff["manager"])
    for queue, due in ((queue, "in 3 days" if queue.name == "exchanges" else "in 7 days") for queue in QUEUES):
        if queue.waiting().exists():
            page = text(manager, reverse(queue.url_name))
            assert page.count(f"due {due}") == queue.waiting().count() + 1, queue.name  # of the one beside the list too
    home = text(manager, "/console/")
    assert "next due in 3 days" in home
    EvidenceCase.objects.update(submitted_at=NOW - timedelta(days=9))
    assert "Late: due 2 days ago" in text(manager, "/console/evidence/")


def pages_of_the_file() -> Iterator[tuple[str, str]]:
    """All addresses that take a partner's key alone, and can be looked at."""
    for name in (name for name, page in PAGES.items() if name.startswith("console:") and page.look):
        with suppress(NoReverseMatch):
            yield name, reverse(name, kwargs={"key": "nectar"})


def test_each_section_has_an_address_and_every_page_of_the_file_marks_one(world: World, sign_in: SignIn) -> None:
    admin, marked = sign_in(world.staff["admin"]), set()
    for name, path in pages_of_the_file():
        response = admin.get(path)
        if response.status_code == 200:
            page = response.content.decode()
            tabs = page[page.index('class="partner-tabs"') : page.index("</nav>", page.index('class="partner-tabs"'))]
            assert tabs.count('aria-current="page"') == 1, name
            assert tabs.count("nav-link") == len(PARTNER_TABS), name
            marked.add(next(tab.name for tab in PARTNER_TABS if tab.has(name)))
    assert marked == {tab.name for tab in PARTNER_TABS}


@pytest.mark.parametrize("tab", PARTNER_TABS, ids=lambda tab: tab.name)
def test_a_day_is_kept_from_section_to_section_and_never_shows_today(world: World, sign_in: SignIn, tab: Tab) -> None:
    day = TODAY - timedelta(days=650)
    page = text(sign_in(world.staff["manager"]), f"{reverse(tab.name, args=['nectar'])}?as_of={day}")
    for other in PARTNER_TABS:
        assert f'href="{reverse(other.name, args=["nectar"])}?as_of={day}"' in page
    told = {Past.NONE: "this section shows what is there today", Past.HELD: "What held at the end", Past.KNOWN: "known"}
    assert told[tab.past] in page
    if tab.past == Past.HELD:
        assert "Gold" not in page.split('class="partner-tabs"')[0]
        assert "client-4" not in page


def test_the_file_says_why_each_figure_is_what_it_is(world: World, sign_in: SignIn) -> None:
    world.tell({
        "type": "discount.adjusted", "partner": "nectar", "percent": "30", "reason": "120 seats of new clients missing",
    })  # fmt: skip
    page = text(sign_in(world.staff["manager"]), FILE)
    assert "Reduced from" in page
    assert "120 seats of new clients missing" in page
    for what in (
        "The place among all active partners",
        "The awards that are valid on this day",
        "Discount of the status",
    ):
        assert what in page
    assert "Everything as it stood on that day" in page


def test_the_file_has_evidence_courses_licences_and_sales(world: World, sign_in: SignIn) -> None:
    make_objects(world)
    manager = sign_in(world.staff["manager"])
    evidence = text(manager, f"{FILE}evidence/")
    assert "/console/evidence/?state=waiting&item=evd_nectar" in evidence
    assert "plan.pdf" in evidence
    assert "Sales course" in evidence
    licences = text(manager, f"{FILE}licences/")
    assert "nectar.cloud.example" in licences
    assert "/console/nfr/?item=nfr_nectar" in licences
    sales = text(manager, f"{FILE}sales/?q=client-4")
    assert "$9,000.00" in sales
    assert "client-3" not in sales
    assert "2026" in exported(manager, f"{FILE}sales/")
    assert "nothing-like-it" not in exported(manager, f"{FILE}history/?kind=sale.paid")
    assert exported(manager, f"{FILE}history/?q=client-4").count("client-4") == 1


def exported(client: Client, path: str) -> str:
    response = client.get(path, {"export": "csv"} | dict(parse_qsl(urlsplit(path).query)))
    return b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
