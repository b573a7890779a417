"""Two people publish two drafts at the same moment, on real connections: one wins, the other is told."""

from datetime import timedelta

import pytest

from honeyguide.accounts.actor import Actor
from honeyguide.common.errors import Stale
from honeyguide.rulebooks.models import RulebookVersion
from honeyguide.studio import deciding, drafts
from honeyguide.studio.models import Draft, DraftState
from tests.live.conftest import NOW, World
from tests.live.racing import at_once
from tests.live.studio.conftest import IN_TIME, Simulate, actor_of, propose

pytestmark = pytest.mark.django_db(transaction=True)


def two_proposals(manager: Actor, simulated: Simulate) -> list[Draft]:
    found = []
    for place, months in enumerate((18, 24)):
        draft = drafts.begin(note="", form_token=f"race-{place}", actor=manager, now=NOW)
        values = {"points.validity_months": months}
        draft = drafts.turn(uid=draft.uid, revision=draft.revision, values=values, actor=manager, now=NOW)
        simulated(draft)
        found.append(propose(draft, manager, IN_TIME + timedelta(days=place)))
    return found


def test_of_two_drafts_that_are_published_at_once_one_is(
    world: World, manager: Actor, admin: Actor, simulated: Simulate
) -> None:
    proposals = two_proposals(manager, simulated)
    answers = at_once(
        *(
            lambda draft=draft: deciding.publish(uid=draft.uid, seal=draft.seal, actor=admin, now=NOW)
            for draft in proposals
        )
    )
    assert sum(isinstance(answer, Draft) for answer in answers) == 1
    assert sum(isinstance(answer, Stale) for answer in answers) == 1
    assert RulebookVersion.objects.count() == 1
    assert Draft.objects.filter(state=DraftState.PUBLISHED).count() == 1


def test_of_two_who_decide_on_one_draft_the_second_is_told_who_was_first(
    world: World, manager: Actor, admin: Actor, simulated: Simulate
) -> None:
    draft = two_proposals(manager, simulated)[0]
    other = actor_of(
        world.staff["admin"].__class__.objects.create_user("ed@vendor.example", "a long one", role="manager")
    )
    answers = at_once(
        lambda: deciding.publish(uid=draft.uid, seal=draft.seal, actor=admin, now=NOW),
        lambda: deciding.send_back(uid=draft.uid, reason="Too soon.", actor=other, now=NOW),
    )
    assert sum(isinstance(answer, Stale) for answer in answers) == 1
    draft.refresh_from_db()
    assert (draft.state == DraftState.PUBLISHED) == RulebookVersion.objects.exists()
