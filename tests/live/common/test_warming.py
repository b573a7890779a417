"""What a serving process loads before anybody asks for it."""

import gc
from collections.abc import Iterator

import pytest
from django.template.loader import get_template

from honeyguide.config import warming


@pytest.fixture(autouse=True)
def _thaw() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


@pytest.mark.django_db
def test_what_is_loaded_once_is_left_out_of_the_search_for_garbage() -> None:
    before = gc.get_freeze_count()
    warming.warm()
    assert gc.get_freeze_count() > before


def test_all_templates_are_found_by_their_names() -> None:
    names = warming._templates()
    assert {"layouts/console.html", "portal/points/history.html", "django/forms/widgets/select.html"} <= set(names)
    for name in names:
        get_template(name)
