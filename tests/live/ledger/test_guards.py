"""What the database itself refuses, whoever writes; and what verify finds where somebody went past it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from honeyguide.history import guards
from honeyguide.ledger.models import Account, Entry, Lot, Transaction
from honeyguide.ledger.refusals import Decided
from honeyguide.ledger.verify import CHECKS, problems
from tests.live.conftest import APPEND_ONLY_TABLES
from tests.live.ledger.conftest import Book

TABLES = ["ledger_transaction", "ledger_cancellation", *(["ledger_entry"] if connection.vendor == "sqlite" else [])]


def refused(statement: str) -> None:
    """A statement that the database does not take."""
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("table", TABLES)
def test_what_was_written_is_never_changed_or_removed(book: Book, table: str) -> None:
    book.award(100, "s1")
    book.cancel("s1", 10)
    assert table in {*APPEND_ONLY_TABLES, "ledger_entry"}
    assert guards.missing(connection, table) == []
    refused(f"DELETE FROM {table}")
    refused(f"UPDATE {table} SET points = points + 1")


def test_an_entry_takes_from_one_place_what_it_gives_to_another(book: Book) -> None:
    """Both legs are one move, so a transaction that does not add up cannot be written down."""
    row = Transaction.objects.get(pk=book.award(100, "s1").transaction)
    row.pk, row.key, good = None, "another", row.moves
    for move in ([1, "lots", "lots", 5], [1, "lots", "spent", 0], [1, "lots", "spent", -5], [1, "lots", "spent", None],
                 [1, "lots", "spent"]):  # fmt: skip
        for moves in ([move], [*good, move], []):
            with pytest.raises(IntegrityError), transaction.atomic():
                Transaction.objects.bulk_create([copied(row, moves)])
    Transaction.objects.bulk_create([copied(row, good)])
    assert Entry.objects.count() == 2


def copied(row: Transaction, moves: list[Any]) -> Transaction:
    """Another transaction like it."""
    row.moves = moves
    return row


def test_what_was_written_adds_up(book: Book) -> None:
    book.award(100, "s1")
    book.spend(30)
    book.cancel("s1")
    with connection.cursor() as cursor:
        cursor.execute("SELECT transaction_id, SUM(change) FROM ledger_leg GROUP BY transaction_id, unit")
        assert [total for _transaction, total in cursor.fetchall()] == [0, 0, 0]


@pytest.mark.parametrize(
    "change",
    [
        "remaining = -1", "remaining = amount + 1", "held = remaining + 1", "held = -1", "expired = 1",
        "cancelled = amount + 1", "cancelled = -1",
    ],
)  # fmt: skip
def test_a_lot_has_between_nothing_and_all_of_its_amount(book: Book, change: str) -> None:
    book.award(100, "s1")
    refused(f"UPDATE ledger_lot SET {change}")


def test_an_account_owes_nothing_negative_and_holds_no_more_than_it_has(book: Book) -> None:
    book.award(100, "s1")
    for change in ("debt = -1", "held = 101", "held = -1", "balance = -1"):
        refused(f"UPDATE ledger_account SET {change}")


def test_a_key_an_award_and_a_reversal_are_there_once(book: Book) -> None:
    made = book.award(100, "s1")
    row = Transaction.objects.get(pk=made.transaction)
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
    lot = Lot.objects.get()
    lot.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        lot.save(force_insert=True)
    book.reverse(made)
    with pytest.raises(Decided):
        book.reverse(made)


@pytest.fixture
def unguarded(book: Book) -> Iterator[Book]:
    """Somebody with the database's own tools, past the guards; the tables are whole again afterwards."""
    book.award(100, "s1")
    spent = book.spend(30)
    book.restore(spent, 10)
    book.cancel("s1", 5)
    book.hold(20)
    assert list(problems()) == []
    for table in TABLES:
        guards.remove(connection, table)
    yield book
    for table in TABLES:
        guards.install(connection, table)


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE ledger_transaction SET account_id = 999 WHERE kind = 'spend'", "there is no account 999"),
        ("UPDATE ledger_transaction SET undoes_id = 999 WHERE kind = 'restore'", "it undoes 999"),
        ("UPDATE ledger_lot SET account_id = 999", "there is no account 999"),
        ("UPDATE ledger_cancellation SET lot_id = 999", "are not of one account"),
        ("UPDATE ledger_transaction SET balance_after = 71 WHERE kind = 'spend'", "balance after stored 71"),
        ("UPDATE ledger_transaction SET recorded_at = '2020-01-01 00:00:00' WHERE kind = 'spend'", "known since"),
        ("UPDATE ledger_transaction SET is_late = TRUE WHERE kind = 'spend'", "it is marked as"),
        ("UPDATE ledger_lot SET amount = 101", "the entries issued 100"),
        ("UPDATE ledger_lot SET remaining = remaining + 1", "remaining stored"),
        ("UPDATE ledger_lot SET cancelled = 6", "cancelled stored 6"),
        ("UPDATE ledger_lot SET held = 19", "held stored 19"),
        ("UPDATE ledger_hold SET short = 1", "1 of them short"),
        ("UPDATE ledger_account SET balance = balance + 1", "in lots and"),
        ("UPDATE ledger_account SET debt = 1", "owed, the transactions say"),
        ("UPDATE ledger_account SET active = 7", "active stored 7"),
        ("UPDATE ledger_account SET open_from = NULL", "before the search begins"),
        ("UPDATE ledger_account SET latest_day = '2020-01-01'", "latest stored"),
    ],
)
def test_verify_names_what_was_changed_past_the_guards(unguarded: Book, statement: str, found: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
    lines = list(problems())
    assert any(found in line for line in lines), lines


@pytest.mark.parametrize(
    ("part", "value", "found"),
    [
        (0, 999, "lot 999 is not one"),
        (0, None, "without saying which lot"),
        (2, "nowhere", "which are no places"),
        (3, 31, "its entries say"),
    ],
)
def test_verify_names_an_entry_that_was_changed(unguarded: Book, part: int, value: object, found: str) -> None:
    row = Transaction.objects.get(kind="spend")
    row.moves[0][part] = value
    row.save(update_fields=["moves"])
    if connection.vendor == "sqlite":
        found = "its entries are not its moves"
    lines = list(problems())
    assert any(found in line for line in lines), lines


def test_verify_names_a_second_reversal(unguarded: Book) -> None:
    made = Transaction.objects.get(kind="spend")
    Transaction.objects.filter(kind__in=["restore", "cancel"]).update(kind="reverse", undoes=made)
    assert any("has reversed it already" in line for line in problems())


def test_every_check_is_a_query_that_both_databases_know(book: Book) -> None:
    assert len({check.words for check in CHECKS}) == len(CHECKS)
    assert Account.objects.count() == 0
    assert list(problems()) == []
