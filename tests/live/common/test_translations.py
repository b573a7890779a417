"""Russian is whole: every text of the pages, mails and messages has its translation, with the same figures in it."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from django.conf import settings

PACKAGE = Path(settings.PACKAGE_DIR)
CATALOGUES = sorted(PACKAGE.glob("**/locale/ru/LC_MESSAGES/django.po"))
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")
FORMS = 3


def read(path: Path) -> Catalog:
    with path.open("rb") as stream:
        return read_po(stream, locale="ru", abort_invalid=True)


def texts(message: Message) -> list[str]:
    return list(message.string) if isinstance(message.string, list | tuple) else [str(message.string)]


def sources(message: Message) -> list[str]:
    return [message.id] if isinstance(message.id, str) else list(message.id)


def names(text: str) -> set[tuple[str, ...]]:
    return set(PLACEHOLDER.findall(text))


def messages() -> list[Message]:
    return [message for path in CATALOGUES for message in read(path) if message.id]


def is_whole(message: Message) -> bool:
    return not message.fuzzy and len(texts(message)) >= len(sources(message)) and all(texts(message))


def test_every_message_is_translated_in_all_its_forms() -> None:
    assert [message.id for message in messages() if not is_whole(message)] == []
    plurals = [message for message in messages() if not isinstance(message.id, str)]
    assert {len(texts(message)) for message in plurals} == {FORMS}


def test_a_translation_names_the_same_figures() -> None:
    wrong = [
        message.id
        for message in messages()
        for text in texts(message)
        if not names(text) <= set().union(*map(names, sources(message)))
        or (isinstance(message.id, str) and names(text) != names(message.id))
    ]
    assert wrong == []


def test_a_text_is_translated_in_one_way() -> None:
    found: dict[tuple[str | None, str], set[tuple[str, ...]]] = {}
    for message in messages():
        found.setdefault((message.context, sources(message)[0]), set()).add(tuple(texts(message)))
    assert [source for source, ways in found.items() if len(ways) > 1] == []


def test_texts_are_marked_by_names_that_gettext_finds() -> None:
    renamed = re.compile(r"\b(?:[np]*gettext\w*) as (\w+)")
    found = {
        path.name: set(renamed.findall(path.read_text(encoding="utf-8"))) - {"_"} for path in PACKAGE.rglob("*.py")
    }
    assert {name: names for name, names in found.items() if names} == {}


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="GNU gettext finds the texts of the sources")
def test_no_text_of_the_sources_is_missing_in_the_catalogues(tmp_path: Path) -> None:
    ignored = shutil.ignore_patterns("program", "locale", "vendor")
    copy = shutil.copytree(PACKAGE, tmp_path / "package", ignore=ignored)
    (copy / "locale").mkdir()
    command = [sys.executable, "-m", "django", "makemessages", "--locale=ru", "--no-wrap"]
    subprocess.run(command, cwd=copy, check=True, capture_output=True, env={"PATH": "/usr/bin:/bin"})
    asked = {(one.context, sources(one)[0]) for one in read(copy / "locale/ru/LC_MESSAGES/django.po") if one.id}
    known = {(one.context, sources(one)[0]) for one in messages()}
    assert sorted(source for _context, source in asked - known) == []
