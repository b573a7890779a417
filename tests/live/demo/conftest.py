"""The demonstration, loaded once for all tests of this folder: they only look at it."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from honeyguide.common import clock
from honeyguide.demo.load import Loaded, load
from tests.live.conftest import NOW
from tests.live.kept import taken_back

CROWD = 40


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests say that they use the database: else none is made for them where they run by themselves."""
    for item in items:
        if "loaded" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.django_db)


@pytest.fixture(scope="package")
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Loaded]:
    """Loaded in a transaction that is taken back with the last test here: none of them can have an empty database."""
    with django_db_blocker.unblock(), taken_back(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "read", lambda: NOW)  # as for each test, but sooner
        yield load(now=NOW, partners=CROWD)
