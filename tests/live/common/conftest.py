"""Pages that only these tests have, open to everybody who is signed in."""

from collections.abc import Iterator

import pytest
from django.test import override_settings

from honeyguide.access.table import PAGES, SIGNED_IN, Page
from tests.live.common.urls import TEST_PAGES


@pytest.fixture
def test_pages(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in TEST_PAGES:
        monkeypatch.setitem(PAGES, name, Page(SIGNED_IN, act=SIGNED_IN, limited=True))
    with override_settings(ROOT_URLCONF="tests.live.common.urls"):
        yield
