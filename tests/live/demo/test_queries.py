"""No page asks the database more often the more there is: each is opened on the demonstration, and counted."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from honeyguide.demo.load import Loaded
from tests.live.demo.visits import visits

pytestmark = pytest.mark.django_db
QUERIES_MOST = 25


def test_every_page_of_the_demonstration_opens_with_few_queries(loaded: Loaded) -> None:
    over, wrong, opened = {}, {}, 0
    for name, path, browser in visits():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            answer = browser.get(path)
        opened += answer.status_code == 200
        if answer.status_code >= 400 and answer.status_code not in (405, 422):
            wrong[name] = answer.status_code
        if len(asked) > QUERIES_MOST:
            over[name] = len(asked)
    assert opened > 35
    assert wrong == {}
    assert over == {}
