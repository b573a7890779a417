"""The databases of the tests behave as those in use: guards stand, several connections meet in one database."""

import threading

import pytest
from django.db import IntegrityError, connection, connections, transaction

from honeyguide.history.models import Event
from honeyguide.partners.models import Partner
from tests.live.conftest import World


@pytest.mark.django_db(transaction=True)
def test_another_connection_sees_what_was_committed_and_waits_for_a_lock(world: World) -> None:
    seen: list[str] = []

    def rename() -> None:
        try:
            with transaction.atomic():
                partner = Partner.objects.select_for_update().get(key="nectar")
                seen.append(partner.name)
        finally:
            connections.close_all()

    with transaction.atomic():
        Partner.objects.select_for_update().get(key="nectar")
        other = threading.Thread(target=rename)
        other.start()
        other.join(0.3)
        assert other.is_alive()
        Partner.objects.filter(key="nectar").update(name="Nectar & Sons")
    other.join(20)
    assert seen == ["Nectar & Sons"]


@pytest.mark.django_db(transaction=True)
def test_the_database_is_empty_and_guarded_again_after_a_test_on_real_transactions(world: World) -> None:
    assert Partner.objects.count() == 2
    with pytest.raises(IntegrityError, match="append-only"):
        Event.objects.update(via="x")


def test_the_guards_stand_where_a_test_is_rolled_back(world: World) -> None:
    for statement in ("DELETE FROM history_event", "UPDATE history_event SET via = 'x'"):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no TRUNCATE")
def test_the_guards_refuse_to_empty_the_table(world: World) -> None:
    connection.check_constraints()  # nothing waits for the end of the transaction
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE history_event CASCADE")
