"""Whatever a history brings: every figure has its reason, and no sentence shows a raw word, in both languages."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from honeyguide.common.explanation import Explanation
from honeyguide.standing import explain, wording
from honeyguide.standing.happenings import Happening
from honeyguide.standing.steps_ahead import ahead_of
from honeyguide.standing.story import Story
from tests.live.portal.pages import raw_words
from tests.live.standing.test_explained_by_events import stories

pytestmark = pytest.mark.django_db  # the versions of the rulebook are there
SEEDS = range(25)


def sentences(story: Story, own: list[Happening]) -> Iterator[str]:
    """All that is said of a standing."""
    decision = explain.discount_decision(story.standing, own, story.rulebook)
    if not decision.reduction or not decision.reduction.reason:
        yield explain.discount_sentence(decision, story.standing)
    yield from wording.keeping(story)
    yield from wording.reaching(story)
    yield from wording.decision_day(story)
    for step in story.steps:
        yield wording.step_title(step)
        yield wording.step_reason(step, story)
    for goal in (story.keep, story.reach):
        if goal is not None:
            yield wording.regaining(goal)
            yield from (wording.missing_text(row) for row in goal.missing)
            for action in goal.actions:
                if action.kind != "renew":  # names a client, as the history does
                    yield wording.action_words(action, dated=goal.purpose == "keep")


def explanations(story: Story, own: list[Happening]) -> Iterator[Explanation]:
    """The reasons of all figures."""
    yield explain.explain_status(story)
    yield explain.explain_discount(story, explain.discount_decision(story.standing, own, story.rulebook))
    yield explain.explain_rank(story.standing, 3)
    review = explain.explain_review(story)
    if review is not None:
        yield review
    for goal in (story.keep, story.reach):
        yield from (explain.explain_row(story, row) for row in (goal.rows if goal else ()))


@pytest.mark.clause("T3.1.1a", "T3.1.2b", "T3.1.3b", "T3.3", "T3.4a", "T3.5")
@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("seed", SEEDS)
def test_no_sentence_shows_a_raw_word(seed: int, language: str) -> None:
    with translation.override(language):
        for story, own, _found in stories(seed):
            for said in sentences(story, own):
                assert said
                assert raw_words(said) == []
                assert "%(" not in said


@pytest.mark.clause("T3.1.1b", "T3.2", "T3.4a", "T3.5", "T3.6", "T14")
@pytest.mark.parametrize("seed", SEEDS)
def test_every_figure_names_its_rule_clause_version_and_day(seed: int) -> None:
    for story, own, _found in stories(seed):
        for reason in explanations(story, own):
            assert reason.title
            assert reason.rule
            assert reason.result
            assert reason.clause or not story.steps
            assert reason.rulebook == "default 1.0"
            assert reason.day is not None


@pytest.mark.parametrize("seed", SEEDS)
def test_what_keeps_a_status_comes_before_what_reaches_the_next_and_by_deadline(seed: int) -> None:
    for story, _own, _found in stories(seed):
        ahead = ahead_of(story)
        assert [one.keeps for one in ahead] == sorted((one.keeps for one in ahead), reverse=True)
        deadlines = [one.by for one in ahead if one.by is not None]
        assert deadlines == sorted(deadlines)
        assert all(one.days_left is not None and one.days_left >= 0 for one in ahead if one.keeps)
