"""The views for reading exist and are sums of the ledger."""

import pytest
from django.db import connection

from honeyguide.insights import views_sql


@pytest.mark.django_db
def test_each_view_can_be_read() -> None:
    for name in views_sql.VIEWS:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {name}")
            assert cursor.fetchall() == []
