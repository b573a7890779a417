"""Whether the process lives, and whether it can serve."""

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client


@pytest.mark.django_db
def test_a_process_that_answers_is_alive_and_one_with_this_versions_tables_is_ready() -> None:
    client = Client()
    assert client.get("/health/live").json() == {"status": "ok"}
    ready = client.get("/health/ready")
    assert (ready.status_code, ready.json()) == (200, {"status": "ok", "database": connection.vendor})
    assert "no-store" in ready["Cache-Control"]


@pytest.mark.django_db
def test_with_migrations_waiting_it_is_not_ready_and_says_so() -> None:
    MigrationRecorder.Migration.objects.filter(app="history").order_by("-id").first().delete()  # type: ignore[union-attr]
    ready = Client().get("/health/ready")
    assert (ready.status_code, ready.json()["database"]) == (503, "migrations are waiting")
    assert Client().get("/health/live").status_code == 200


def test_health_tells_nothing_of_a_visitor_and_asks_for_no_login(db: None) -> None:
    for name in ("live", "ready"):
        response = Client().get(f"/health/{name}")
        assert not response.cookies
        assert response["Content-Type"] == "application/json"


@pytest.mark.skipif(connection.vendor != "postgresql", reason="settings of PostgreSQL's connections")
@pytest.mark.django_db
def test_short_queries_are_neither_compiled_nor_shared_out() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('jit'), current_setting('max_parallel_workers_per_gather')")
        assert cursor.fetchone() == ("off", "0")
