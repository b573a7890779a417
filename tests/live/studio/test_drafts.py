"""A draft from its first figure to a version in force: by two people, told to everybody, on record."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from honeyguide.accounts.actor import Actor
from honeyguide.common.errors import Forbidden, Invalid, Refusal, Stale
from honeyguide.common.rulebooks import current_rulebook, first_rulebook, within
from honeyguide.history.models import Event
from honeyguide.notices.models import Notice
from honeyguide.program.rulebook.editing import with_values
from honeyguide.rulebooks.models import RulebookVersion
from honeyguide.rulebooks.queries import all_versions, in_force, last_text
from honeyguide.rulebooks.services import NotPublishable, publish
from honeyguide.standing.verify import verify
from honeyguide.studio import deciding, drafts, tasks
from honeyguide.studio.models import Draft, DraftState, RequestState
from tests.live.conftest import NOW, TODAY, World
from tests.live.studio.conftest import IN_TIME, SILVER_SALES, Simulate, actor_of, propose


def test_a_draft_begins_from_the_last_version_under_the_next_name(manager: Actor) -> None:
    draft = drafts.begin(note="", form_token="one", actor=manager, now=NOW)
    assert (draft.version, draft.base, draft.problems) == ("1.1", "1.0", [])
    assert drafts.rulebook_of(draft).effective_from == IN_TIME  # type: ignore[union-attr]
    assert drafts.begin(note="", form_token="one", actor=manager, now=NOW) == draft
    assert drafts.begin(note="", form_token="two", actor=manager, now=NOW).version == "1.2"


def test_a_figure_is_turned_and_the_rest_of_the_file_stays(draft: Draft) -> None:
    assert drafts.rulebook_of(draft).statuses[1].keep.sales_amount == 6000  # type: ignore[union-attr]
    assert len(draft.text.splitlines()) == len(last_text().splitlines())
    assert "# T3.1.2b" in draft.text


def test_only_the_author_changes_a_draft_and_only_the_one_that_was_shown(
    draft: Draft, manager: Actor, admin: Actor, world: World
) -> None:
    with pytest.raises(Forbidden):
        drafts.turn(uid=draft.uid, revision=draft.revision, values={SILVER_SALES: Decimal(1)}, actor=admin, now=NOW)
    with pytest.raises(Forbidden):
        drafts.begin(note="", form_token="x", actor=actor_of(world.staff["support"]), now=NOW)
    with pytest.raises(Stale):
        drafts.turn(uid=draft.uid, revision=1, values={SILVER_SALES: Decimal(1)}, actor=manager, now=NOW)
    with pytest.raises(Invalid):
        drafts.turn(uid=draft.uid, revision=draft.revision, values={"no.such": 1}, actor=manager, now=NOW)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('"silver"', '"argent"', "statuses must stay"),
        ('currency = "USD" ', 'currency = "EUR" ', "currency = EUR"),
        ('time_zone = "UTC" ', 'time_zone = "Asia/Tokyo" ', "time_zone = Asia/Tokyo"),
        ('qbr = { evidence = "qbr" }', 'qbr_held = { evidence = "qbr" }', "qbr"),
        ('version = "1.1"', 'version = "1.0"', "was not used before"),
        ('version = "1.1"', 'version = "one/one"', "letters, digits"),
        (
            "validity_months = 12 ",
            "validity_months = 0 ",
            "points.validity_months = 0: expected a whole number of months",
        ),
        ("[points]", "[points", "not TOML"),
    ],
)
def test_a_file_with_problems_is_kept_and_each_problem_is_told(
    draft: Draft, manager: Actor, before: str, after: str, told: str
) -> None:
    assert before in draft.text
    changed = drafts.replace(
        uid=draft.uid, revision=draft.revision, text=draft.text.replace(before, after), actor=manager, now=NOW
    )
    assert any(told in problem for problem in changed.problems)
    with pytest.raises(NotPublishable):
        propose(changed, manager)


def test_what_was_not_simulated_as_it_is_cannot_be_proposed(draft: Draft, manager: Actor, simulated: Simulate) -> None:
    with pytest.raises(Refusal, match="Simulate"):
        propose(draft, manager)
    simulated(draft)
    changed = drafts.turn(
        uid=draft.uid, revision=draft.revision, values={SILVER_SALES: Decimal(7000)}, actor=manager, now=NOW
    )
    with pytest.raises(Refusal, match="Simulate"):
        propose(changed, manager)


def test_a_draft_that_changes_nothing_cannot_be_proposed(manager: Actor, simulated: Simulate) -> None:
    empty = drafts.begin(note="", form_token="one", actor=manager, now=NOW)
    simulated(empty)
    with pytest.raises(Refusal, match="Nothing is changed"):
        propose(empty, manager)


@pytest.mark.clause("T2.1.2")
def test_a_version_is_told_as_many_days_ahead_as_the_rulebook_says(
    draft: Draft, simulated: Simulate, manager: Actor
) -> None:
    simulated(draft)
    with pytest.raises(NotPublishable, match="30 Nov 2026 or later"):
        propose(draft, manager, IN_TIME - timedelta(days=1))
    assert propose(draft, manager).state == DraftState.PROPOSED


@pytest.mark.clause("T2.1.2")
def test_a_second_person_publishes_and_every_partner_is_told(proposed: Draft, manager: Actor, admin: Actor) -> None:
    with pytest.raises(Forbidden):
        deciding.publish(uid=proposed.uid, seal=proposed.seal, actor=manager, now=NOW)
    published = deciding.publish(uid=proposed.uid, seal=proposed.seal, actor=admin, now=NOW)
    assert published.state == DraftState.PUBLISHED
    assert (
        deciding.publish(uid=proposed.uid, seal=proposed.seal, actor=admin, now=NOW) == published
    )  # the form sent twice
    told = Notice.objects.filter(kind="rules_announced")
    assert sorted(told.values_list("partner__key", flat=True)) == ["comb", "nectar"]
    notice = told[0]
    assert "Silver, keep: sales: $5,000 → $6,000" in notice.body_en
    assert "30 November 2026" in notice.body_ru or "30 ноября 2026" in notice.body_ru
    assert notice.link.endswith("/1.1/")
    kinds = set(Event.objects.filter(type__startswith="rulebook.").values_list("type", flat=True))
    assert {"rulebook.drafted", "rulebook.proposed", "rulebook.published"} <= kinds


def test_a_published_version_decides_from_its_day_and_nothing_before(proposed: Draft, admin: Actor) -> None:
    deciding.publish(uid=proposed.uid, seal=proposed.seal, actor=admin, now=NOW)
    assert in_force(IN_TIME - timedelta(days=1)) == first_rulebook()
    assert in_force(IN_TIME).statuses[1].keep.sales_amount == 6000
    assert [book.version for book in all_versions()] == ["1.0", "1.1"]
    assert current_rulebook().version == "1.0"
    with within(IN_TIME):
        assert current_rulebook().version == "1.1"
    assert verify().differences == ()


def test_a_proposal_is_sent_back_with_a_reason_and_can_come_again(
    proposed: Draft, manager: Actor, admin: Actor, simulated: Simulate
) -> None:
    with pytest.raises(Invalid):
        deciding.send_back(uid=proposed.uid, reason=" ", actor=admin, now=NOW)
    back = deciding.send_back(uid=proposed.uid, reason="Too steep.", actor=admin, now=NOW)
    assert (back.state, back.reason) == (DraftState.DRAFT, "Too steep.")
    with pytest.raises(Stale):
        deciding.publish(uid=proposed.uid, seal=proposed.seal, actor=admin, now=NOW)
    again = propose(back, manager)
    assert (again.state, again.reason) == (DraftState.PROPOSED, "")


def test_a_proposal_whose_day_has_come_too_close_is_not_published(proposed: Draft, admin: Actor) -> None:
    with pytest.raises(NotPublishable):
        deciding.publish(uid=proposed.uid, seal=proposed.seal, actor=admin, now=NOW + timedelta(days=1))


def test_of_two_drafts_the_second_is_compared_with_the_first_before_it_follows(
    proposed: Draft, manager: Actor, admin: Actor, simulated: Simulate
) -> None:
    other = drafts.begin(note="", form_token="other", actor=manager, now=NOW)
    other = drafts.turn(
        uid=other.uid, revision=other.revision, values={"points.validity_months": 18}, actor=manager, now=NOW
    )
    simulated(other)
    deciding.publish(uid=proposed.uid, seal=proposed.seal, actor=admin, now=NOW)
    with pytest.raises(Stale, match="published since"):
        propose(other, manager, IN_TIME + timedelta(days=1))
    other = drafts.compare_with_last(uid=other.uid, revision=other.revision, actor=manager, now=NOW)
    simulated(other)
    with pytest.raises(NotPublishable, match="a day after"):
        propose(other, manager, IN_TIME)
    assert propose(other, manager, IN_TIME + timedelta(days=1)).state == DraftState.PROPOSED


def test_its_author_or_an_administrator_withdraws_a_draft(proposed: Draft, world: World, admin: Actor) -> None:
    other = world.staff["manager"].__class__.objects.create_user("m2@vendor.example", "a long password", role="manager")
    with pytest.raises(Forbidden):
        drafts.withdraw(uid=proposed.uid, reason="", actor=actor_of(other), now=NOW)
    assert drafts.withdraw(uid=proposed.uid, reason="No.", actor=admin, now=NOW).state == DraftState.WITHDRAWN
    with pytest.raises(Stale):
        deciding.publish(uid=proposed.uid, seal=proposed.seal, actor=admin, now=NOW)


def test_an_announced_version_is_revoked_by_two_people_and_everybody_is_told(
    proposed: Draft, manager: Actor, admin: Actor
) -> None:
    version = deciding.publish(uid=proposed.uid, seal=proposed.seal, actor=admin, now=NOW).published
    assert version is not None
    asked = deciding.ask_to_revoke(uid=version.uid, reason="A figure was wrong.", actor=admin, now=NOW)
    with pytest.raises(Forbidden):
        deciding.decide_on_revoking(uid=asked.uid, revoke=True, actor=admin, now=NOW)
    done = deciding.decide_on_revoking(uid=asked.uid, revoke=True, actor=manager, now=NOW)
    assert done.state == RequestState.DONE
    assert in_force(IN_TIME).version == "1.0"
    assert Notice.objects.filter(kind="rules_revoked").count() == 2
    assert RulebookVersion.objects.get(version="1.1").revocation.reason == "A figure was wrong."
    fresh = drafts.begin(note="", form_token="later", actor=manager, now=NOW)
    assert fresh.version == "1.2"  # the name of a revoked version is not given again


def test_a_version_in_force_is_not_revoked(proposed: Draft, manager: Actor, admin: Actor) -> None:
    version = deciding.publish(uid=proposed.uid, seal=proposed.seal, actor=admin, now=NOW).published
    assert version is not None
    with pytest.raises(Stale, match="in force since"):
        deciding.ask_to_revoke(uid=version.uid, reason="Too late.", actor=manager, now=NOW + timedelta(days=10))


def test_a_request_to_revoke_can_be_declined(proposed: Draft, manager: Actor, admin: Actor) -> None:
    version = deciding.publish(uid=proposed.uid, seal=proposed.seal, actor=admin, now=NOW).published
    assert version is not None
    asked = deciding.ask_to_revoke(uid=version.uid, reason="Perhaps.", actor=manager, now=NOW)
    left = deciding.decide_on_revoking(uid=asked.uid, revoke=False, actor=admin, now=NOW)
    assert left.state == RequestState.DECLINED
    assert in_force(IN_TIME).version == "1.1"


def test_the_database_itself_asks_for_two_people(world: World, manager: Actor) -> None:
    text = with_values(last_text(), {"version": "1.1", "effective_from": date(2027, 1, 1)})
    with pytest.raises(IntegrityError), transaction.atomic():
        RulebookVersion.objects.create(
            uid="rbv_x", name="default", version="1.1", effective_from=TODAY, text=text, checksum="",
            proposed_by=manager.user, published_by=manager.user, published_at=NOW,
        )  # fmt: skip


def test_what_a_task_that_broke_off_has_not_told_is_told_by_the_next_job(proposed: Draft, admin: Actor) -> None:
    publish(text=proposed.text, note="", proposer=proposed.author, actor=admin, now=NOW)  # without the task
    assert not Notice.objects.filter(kind="rules_announced").exists()
    assert tasks.tell_due(NOW) == {"sent": 2}
    assert tasks.tell_due(NOW) == {"sent": 0}
    assert Notice.objects.filter(kind="rules_announced").count() == 2
