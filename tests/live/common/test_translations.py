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
CATALOGUE = PACKAGE / "locale" / "ru" / "LC_MESSAGES" / "django.po"
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


def test_every_message_is_translated_in_all_its_forms() -> None:
    missing = [
        message.id
        for message in read(CATALOGUE)
        if message.id and (message.fuzzy or len(texts(message)) < len(sources(message)) or not all(texts(message)))
    ]
    assert missing == []
    plurals = [message for message in read(CATALOGUE) if not isinstance(message.id, str)]
    assert {len(texts(message)) for message in plurals} == {FORMS}


def test_a_translation_names_the_same_figures() -> None:
    wrong = [
        message.id
        for message in read(CATALOGUE)
        if message.id
        for text in texts(message)
        if not names(text) <= set().union(*map(names, sources(message)))
        or (isinstance(message.id, str) and names(text) != names(message.id))
    ]
    assert wrong == []


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="GNU gettext finds the texts of the sources")
def test_no_text_of_the_sources_is_missing_in_the_catalogue(tmp_path: Path) -> None:
    copy = shutil.copytree(PACKAGE, tmp_path / "package", ignore=shutil.ignore_patterns("program", "*.mo", "vendor"))
    command = [sys.executable, "-m", "django", "makemessages", "--locale=ru", "--no-obsolete", "--no-wrap"]
    subprocess.run(command, cwd=copy, check=True, capture_output=True, env={"PATH": "/usr/bin:/bin"})
    found = read(copy / "locale" / "ru" / "LC_MESSAGES" / "django.po")
    assert [message.id for message in found if message.id and (message.fuzzy or not all(texts(message)))] == []
