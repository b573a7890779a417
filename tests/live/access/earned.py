"""What Nectar has handed in for points, for the walk through all addresses."""

from dataclasses import dataclass
from datetime import timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from honeyguide.earning.models import Claim, Project, TableImport
from tests.live.conftest import NOW, World


@dataclass
class Earned:
    """A claim that waits, a project that waits for its client, a table that was looked at."""

    claim: Claim
    project: Project
    table: TableImport


def make_earned(world: World) -> Earned:
    """All of them, of Nectar."""
    nectar = world.nectar
    claim = Claim.objects.create(
        uid="acl_nectar", partner=nectar, activity="case_study", kind="case_study", link="https://nectar.example/",
        text="A story.", form_token="form", submitted_by=world.bob, submitted_at=NOW,
    )  # fmt: skip
    project = Project.objects.create(
        uid="prj_nectar", partner=nectar, title="CRM for Hive", client="client-1", launched_on=NOW.date(),
        modules=["standard"], report="It works.", checklist=[{"name": "scope", "text": "All works", "text_ru": ""}],
        contact_name="Hanna", contact_email="hanna@hive.example", contact_language="en", form_token="form",
        state="accepted", submitted_by=world.bob, submitted_at=NOW, round=1, link_sent_at=NOW,
        link_expires_at=NOW + timedelta(days=30), mailed_at=NOW,
    )  # fmt: skip
    world.tell({
        "type": "project.delivered", "id": "prj_nectar", "partner": "nectar", "at": NOW, "project": "prj_nectar",
        "client": "client-1", "modules": ["standard"], "report": "r", "checklist": "c",
    })  # fmt: skip
    table = TableImport.objects.create(
        uid="tbl_nectar", name="deals.csv", kind="deals", size_bytes=60, sha256="0" * 64, kept_as="tables/tbl_nectar",
        header=["Partner", "Client", "Date", "Amount"], rows_count=1, state="checked",
        uploaded_by=world.staff["manager"], uploaded_at=NOW,
        preview={"new": 1, "known": 0, "skipped": 0, "wrong": 0, "events": 1, "effects": [], "effects_count": 0,
                 "changed": 0, "active": 5, "held": 0, "statuses": 0},
        mapping={"columns": {"partner": 0, "client": 1, "day": 2, "amount": 3}, "encoding": "utf-8",
                 "date_form": "%Y-%m-%d", "decimal": ".", "product": "cloud", "words": {}},
    )  # fmt: skip
    default_storage.save(
        table.kept_as, ContentFile(f"Partner,Client,Date,Amount\nnectar,Wax,{NOW.date()},100\n".encode())
    )
    return Earned(claim, project, table)
