"""One partner's whole file: what waits about it in any queue, its sections, each as of a day or saying that it is not."""

from collections.abc import Callable
from datetime import timedelta
from html import unescape

from django.test import Client
from django.urls import reverse

from honeyguide.accounts.models import User
from honeyguide.conduct import restatements
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
