"""Following the history misses nothing, also where numbers are given before commits."""

import threading
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection, connections, transaction

from honeyguide.history.models import Event
from honeyguide.history.services import note
from tests.live.api.conftest import Program, secret_for
from tests.live.conftest import NOW, World


@pytest.mark.django_db(transaction=True)
def test_an_event_that_is_committed_late_is_not_missed(world: World) -> None:
    """One writer has its number and waits; another one, later by number, is committed before it."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    cache.clear()
    program = Program(secret_for(world.staff["admin"], None))
    written, go_on = threading.Event(), threading.Event()
    later = NOW + timedelta(days=365)

    def slow() -> None:
        try:
            with transaction.atomic():
                note("history.exported", actor=world.actor, now=later, ident="slow")
                written.set()
                go_on.wait(30)
        finally:
            connections.close_all()

    writer = threading.Thread(target=slow)
    writer.start()
    assert written.wait(30)
    note("history.exported", actor=world.actor, now=later, ident="fast")
    first = program.get("/events", type="history.exported").json()
    go_on.set()
    writer.join()
    rest = program.get("/events", type="history.exported", cursor=first["next"] or "").json()
    seen = [row["id"] for row in [*first["data"], *rest["data"]]]
    assert seen == list(Event.objects.filter(type="history.exported").order_by("seq").values_list("uid", flat=True))
    assert len(seen) == 2
