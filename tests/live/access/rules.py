"""What is opened of the rulebook studio: a draft of the manager, its simulation, a version, a request to revoke it.

The draft is the manager's and the request the administrator's: each can do with one of them what is for its author, and
with the other what is for the second person.
"""

from dataclasses import dataclass
from datetime import timedelta

from honeyguide.accounts.actor import Actor
from honeyguide.program.rulebook.editing import with_values
from honeyguide.rulebooks.models import RulebookVersion
from honeyguide.rulebooks.queries import last_text
from honeyguide.rulebooks.services import publish
from honeyguide.studio import drafts
from honeyguide.studio.models import Draft, RevocationRequest, SimulationRun
from tests.live.conftest import NOW, TODAY, World


@dataclass
class Rules:
    """What is opened."""

    draft: Draft
    run: SimulationRun
    version: RulebookVersion
    asked: RevocationRequest


def make_rules(world: World) -> Rules:
    """All of them."""
    manager = Actor(name="Manager Person", user=world.staff["manager"])
    admin = Actor(name="Admin Person", user=world.staff["admin"])
    text = with_values(
        last_text(), {"version": "1.1", "effective_from": TODAY + timedelta(days=30), "nfr.cloud.storage_gb": 32}
    )
    version = publish(text=text, note="More room.", proposer=world.staff["manager"], actor=admin, now=NOW)
    asked = RevocationRequest.objects.create(
        uid="rvk_more", version=version, reason="A figure is wrong.", asked_by=world.staff["admin"], asked_at=NOW
    )
    draft = drafts.begin(note="Silver grows.", form_token="rules", actor=manager, now=NOW)
    run = SimulationRun.objects.create(
        uid="sim_rules", draft=draft, revision=draft.revision, text=draft.text, asked_by=world.staff["manager"],
        asked_at=NOW, changed_at=NOW,
    )  # fmt: skip
    return Rules(draft, run, version, asked)
