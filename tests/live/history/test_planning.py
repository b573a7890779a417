"""The database's ways through the events: by their indexes, once it has looked at its tables."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from honeyguide.common.planning import look_at_tables
from honeyguide.history import queries
from honeyguide.history.queries import events_around
from honeyguide.requirements.queries import purchase_of
from tests.live.conftest import World


def test_looking_at_the_tables_changes_nothing_that_is_found(world: World) -> None:
    before = list(events_around(["nectar"]).values_list("seq", flat=True))
    look_at_tables()
    assert list(events_around(["nectar"]).values_list("seq", flat=True)) == before


def test_around_partners_are_others_sales_to_their_clients_and_what_was_given_back_of_them(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sale = {"type": "sale.paid", "product": "cloud", "net": "10.00", "seats": 5, "term_months": 12}
    world.tell({**sale, "partner": "nectar", "sale": "n1", "client": "shared"})
    world.tell(*({**sale, "partner": "comb", "sale": name, "client": name} for name in ("shared", "alone")))
    world.tell(*({"type": "sale.refunded", "partner": "comb", "sale": name, "amount": "5.00"}
                 for name in ("shared", "alone")))  # fmt: skip

    def others() -> list[tuple[str, str]]:
        rows = events_around(["nectar"]).exclude(partner="nectar")
        return list(rows.values_list("type", "ident"))

    listed = others()
    assert listed == [("sale.paid", "shared"), ("sale.refunded", "shared")]
    monkeypatch.setattr(queries, "LISTED_MOST", 0)
    assert others() == listed, "as a query within the query, where there are too many to list"


def test_around_partners_are_few_steps_on_either_database(world: World) -> None:
    """PostgreSQL takes a LIMIT for a promise that one is found at once, and looks through all sales where none is."""
    with CaptureQueriesContext(connection) as captured:
        list(events_around(["nectar"]))
    assert len(captured) == 2
    assert not any("LIMIT" in query["sql"] for query in captured)


def test_an_account_that_bought_is_found_by_id_address_or_beside_it(world: World) -> None:
    sale = {"type": "sale.paid", "partner": "comb", "product": "cloud", "net": "10.00", "seats": 5, "term_months": 12}
    world.tell({**sale, "sale": "s1", "client": "https://Hive.example/"})
    world.tell({**sale, "sale": "s2", "client": "somebody", "account": "wax.example"})
    found = [purchase_of(account) for account in ("hive.example", "wax.example", "pollen.example")]
    assert [event.ident if event else None for event in found] == ["s1", "s2", None]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL reads a table of few rows whole")
def test_purchases_of_an_account_are_looked_up_and_not_searched(world: World) -> None:
    look_at_tables()
    with CaptureQueriesContext(connection) as captured:
        purchase_of("hive.example")
    for query, index in zip(captured, ("event_client_lower", "event_account"), strict=True):
        # SQLite refuses a query that cannot use the index which it is told to use
        assert index in plan_of(
            query["sql"].replace('FROM "history_event"', f'FROM "history_event" INDEXED BY {index}')
        )


def plan_of(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return str(cursor.fetchall())
