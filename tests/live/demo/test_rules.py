"""The demonstration's rules: one version announced, the next one waiting with a finished simulation."""

from honeyguide.demo.load import Loaded
from honeyguide.notices.models import Notice
from honeyguide.rulebooks.queries import VersionState, listed
from honeyguide.studio.models import Draft, DraftState, SimulationState
from honeyguide.studio.telling import told_partners
from tests.live.conftest import TODAY


def test_a_version_is_announced_and_every_partner_was_told(loaded: Loaded) -> None:
    first, second = listed(TODAY)
    assert (first.state, second.state) == (VersionState.IN_FORCE, VersionState.ANNOUNCED)
    assert second.row is not None
    assert second.row.proposed_by != second.row.published_by
    assert Notice.objects.filter(kind="rules_announced").count() == told_partners().count()


def test_a_draft_waits_for_a_second_person_with_its_simulation(loaded: Loaded) -> None:
    draft = Draft.objects.get(state=DraftState.PROPOSED)
    run = draft.simulations.get()
    assert (run.state, run.revision, draft.problems) == (SimulationState.DONE, draft.revision, [])
    assert run.result["totals"]["moved"] > 0
    assert run.moves.count() == run.result["totals"]["moved"]
