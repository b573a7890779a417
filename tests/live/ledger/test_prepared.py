"""Statements of PostgreSQL that are kept planned: psycopg's own and the ledger's live beside each other."""

from collections.abc import Callable

import pytest
from django.db import connection, transaction

from honeyguide.common.pooled import PREPARED_AFTER
from honeyguide.ledger.models import Account
from tests.live.ledger.conftest import Book

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no prepared statements")


def prepared() -> set[str]:
    """Names of what the server keeps for this connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements")
        return {name for (name,) in cursor.fetchall()}


def ask_often() -> None:
    """So often that psycopg prepares it, each time for another account."""
    for number in range(PREPARED_AFTER + 2):
        assert not Account.objects.filter(owner=f"nobody-{number}").exists()


def test_a_query_that_comes_again_is_prepared(book: Book) -> None:
    ask_often()
    book.award(10)
    names = prepared()
    assert "ledger_award" in names
    assert [name for name in names if name.startswith("_pg3_")]


def roll_back_a_part() -> None:
    """To a savepoint: psycopg forgets what it prepared, and tells the server when it asks next."""
    with transaction.atomic():
        ask_often()
        transaction.set_rollback(True)


def change_a_table() -> None:
    """As a migration does."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE passing (number integer)")
        cursor.execute("DROP TABLE passing")


@pytest.mark.parametrize("forget", [roll_back_a_part, change_a_table])
@pytest.mark.parametrize("between", [lambda: None, ask_often], ids=["at once", "after other queries"])
def test_the_ledger_prepares_again_what_psycopg_had_forgotten(
    book: Book, forget: Callable[[], None], between: Callable[[], object]
) -> None:
    ask_often()
    book.award(10)
    assert "ledger_award" in prepared()
    forget()
    between()
    book.award(10)
    ask_often()  # only here is psycopg's word to the server sure to be out
    book.award(10)
    assert book.has() == (30, 0, 0)
    assert "ledger_award" in prepared()


@pytest.mark.django_db(transaction=True)
def test_the_same_where_each_call_is_a_transaction_of_its_own(book: Book) -> None:
    ask_often()
    book.award(10)
    roll_back_a_part()
    assert "ledger_award" not in prepared()
    book.award(10)
    book.spend(15)
    assert book.has() == (5, 0, 0)
