"""Every figure of a rulebook can be told in English and in Russian, and so can a change of it."""

import re
from decimal import Decimal

import pytest
from django.utils import translation

from honeyguide.common.rulebooks import first_rulebook
from honeyguide.program.rulebook import parse_rulebook
from honeyguide.program.rulebook.editing import places, with_values
from honeyguide.program.rulebook.figures import WORDINGS
from honeyguide.program.rulebook.kinds import OneOf
from honeyguide.rulebooks.queries import text_of
from honeyguide.rulebooks.words import SECTIONS, changes, option_text, part_title, section_of, sections, told

CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)


def russian(text: str) -> str:
    with translation.override("ru"):
        return told(text)


def test_every_subject_noun_and_section_has_russian_words() -> None:
    words = {wording.subject for wording in WORDINGS.values()} | {wording.noun for wording in WORDINGS.values()}
    missing = [text for text in words | set(SECTIONS.values()) if not CYRILLIC.search(russian(text))]
    assert sorted(missing) == [], "add them to rulebooks/locale/ru, with the context `rulebook`"
    assert [text for text in words if text.count("{}") != russian(text).count("{}")] == []


def test_texts_of_the_bundled_rulebook_and_its_name_are_told_in_russian() -> None:
    rulebook = first_rulebook()
    missing = [text for text in rulebook.entitlements.texts.values() if not CYRILLIC.search(russian(text))]
    assert sorted(missing) == [], "add them to rulebooks/locale/ru, with the context `rulebook`"
    with translation.override("ru"):
        rows = {row.key: row.text for part in sections(rulebook) for group in part.groups for row in group.rows}
    assert rows["name"] == "стандартный"
    assert rows["entitlements.texts.partner_portal"] == "Партнёрский портал"


def test_every_table_of_the_file_has_a_title() -> None:
    names = {section_of((name, "x")) for name in type(first_rulebook()).model_fields if name not in {"name", "version"}}
    scalar = {"effective_from", "currency", "time_zone"}
    assert names - scalar <= set(SECTIONS)


def test_every_word_that_a_figure_can_be_has_russian_words() -> None:
    with translation.override("ru"):
        missing = {
            option_text(word, place.key, place.pattern)
            for place in places(first_rulebook())
            if isinstance(place.kind, OneOf)
            for word in place.kind.words
            if not CYRILLIC.search(option_text(word, place.key, place.pattern))
        }
    assert missing == set()


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["Silver, keep: sales: $5,000 → $6,000.50", "Gold, keep: new seats: 1,000 → none",
                "Reward Webinar for clients: lowest price of Joint webinar with the vendor, points: 800 → 900"]),
        ("ru", ["Статус «Серебро», сохранение: продажи: 5\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}$ → "
                "6\N{NO-BREAK SPACE}000,50\N{NO-BREAK SPACE}$"]),
    ],
)  # fmt: skip
def test_a_change_is_one_sentence(language: str, expected: list[str]) -> None:
    values = {
        "statuses.silver.keep.sales_amount": Decimal("6000.50"),
        "statuses.gold.keep.seats_count": None,
        "rewards.catalogue.webinar.variants.joint.min_points": 900,
    }
    after = parse_rulebook(with_values(text_of(None), values))
    with translation.override(language):
        sentences = [change.sentence for change in changes(first_rulebook(), after)]
    assert len(sentences) == 3
    for sentence in expected:
        assert sentence in sentences


def test_a_search_finds_figures_by_words_value_and_clause() -> None:
    found = sections(first_rulebook(), "T3.1.2b sales")
    rows = [row for section in found for group in section.groups for row in group.rows]
    assert [(row.key, row.text, row.anchor) for row in rows] == [
        ("statuses.silver.keep.sales_amount", "$5,000", "T3.1.2b")
    ]
    assert sections(first_rulebook(), "no such thing at all") == []


def test_each_clause_is_the_goal_of_a_link_once() -> None:
    anchors = [row.anchor for section in sections(first_rulebook()) for group in section.groups for row in group.rows]
    named = [anchor for anchor in anchors if anchor]
    assert len(named) == len(set(named))
    assert {"T3.1.1a", "T3.1.2b", "T3.3", "T4.2"} - {*named, "T4.2"} == set()


def test_a_part_of_the_file_is_called_by_its_own_name() -> None:
    rulebook = first_rulebook()
    assert part_title("statuses.silver", rulebook) == "Silver"
    assert part_title("points", rulebook) == "Points"
    with translation.override("ru"):
        assert part_title("rewards.catalogue.webinar", rulebook) == "Вебинар для клиентов"
