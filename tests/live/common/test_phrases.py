"""What the core says of wrong input is said in the reader's language: each template of the sources has its Russian."""

import ast
import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from honeyguide.common.phrases import CONTEXT, kept, read_again, worded
from honeyguide.program import phrases
from honeyguide.program.phrases import Phrase, joined, plain
from tests.live.common.test_translations import messages, sources

PACKAGE = Path(settings.PACKAGE_DIR)
CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
MADE_OF_PARTS = {"{text}", "{before}; {after}", "{where}: {problem}", "{type}: {problem}", "{key} = {value}: {problem}"}
"""Templates without a word of their own."""


def calls(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Phrase":
            yield node


def templates() -> dict[str, str]:
    """Every template of the sources, with a file that has it."""
    own = Path(inspect.getfile(phrases))
    found: dict[str, str] = {}
    for path in PACKAGE.rglob("*.py"):
        for call in calls(path):
            first = call.args[0]
            where = f"{path.relative_to(PACKAGE)}:{call.lineno}"
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                found[first.value] = where
            else:
                assert path == own, f"{where}: a template is a literal, so that it can be found"
    return found


def test_every_template_is_translated_and_none_is_left_over() -> None:
    asked = templates()
    known = {sources(message)[0] for message in messages() if message.context == CONTEXT}
    assert sorted(f"{asked[one]}: {one}" for one in asked.keys() - known) == []
    assert sorted(known - asked.keys()) == []


def test_every_translation_is_russian() -> None:
    with translation.override("ru"):
        said = {one: translation.pgettext(CONTEXT, one) for one in templates().keys() - MADE_OF_PARTS}
    assert {one for one, russian in said.items() if not CYRILLIC.search(russian)} == set()


def test_phrases_within_phrases_are_translated_too() -> None:
    phrase = joined([
        Phrase("{field} is missing{origin}, expected {expected}", field="net", origin="",
               expected=Phrase("true or false")),
        plain("{as} it is"),
    ])  # fmt: skip
    with translation.override("ru"):
        assert worded(phrase) == "нет net, ожидается true или false; {as} it is"
        assert worded("text") == "text"
    assert worded(phrase) == phrase == "net is missing, expected true or false; {as} it is"


@pytest.mark.parametrize("language", ["en", "ru"])
def test_what_was_kept_is_read_in_the_language_of_then(language: str) -> None:
    phrase = Phrase(
        "{type}: {problem}",
        type="sale.paid",
        problem=Phrase("has {count} cells, expected {expected} as in the header", count=3, expected=4),
    )
    stored = json.loads(json.dumps([kept(phrase), kept("a text"), "kept before"]))
    with translation.override(language):
        assert [read_again(one) for one in stored] == [worded(phrase), "a text", "kept before"]
