"""What the database itself refuses, whoever writes; and what verify finds where somebody went past it."""

from collections.abc import Iterator

import pytest
from django.db import IntegrityError, connection, transaction

from honeyguide.history import guards
from honeyguide.ledger.models import Account, Entry, Lot, Transaction
from honeyguide.ledger.verify import CHECKS, problems
from tests.live.conftest import APPEND_ONLY_TABLES
from tests.live.ledger.conftest import Book

TABLES = ("ledger_transaction", "ledger_entry", "ledger_cancellation")


def refused(statement: str) -> None:
    """A statement that the database does not take."""
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("table", TABLES)
def test_what_was_written_is_never_changed_or_removed(book: Book, table: str) -> None:
    book.award(100, "s1")
    book.cancel("s1", 10)
    assert table in APPEND_ONLY_TABLES
    assert guards.missing(connection, table) == []
    refused(f"DELETE FROM {table}")
    refused(f"UPDATE {table} SET {'points = points + 1' if table != 'ledger_entry' else 'place = place + 1'}")


def test_an_entry_takes_from_one_place_what_it_gives_to_another(book: Book) -> None:
    """Both legs are one row, so a transaction that does not add up cannot be written down."""
    made = book.award(100, "s1")
    for source, target, points in (("lots", "lots", 5), ("lots", "spent", 0), ("lots", "spent", -5)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Entry.objects.create(transaction_id=made.transaction, place=9, source=source, target=target, points=points)
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
    back = Transaction.objects.get(pk=book.reverse(made).transaction)
    back.pk, back.key = None, "another"
    with pytest.raises(IntegrityError), transaction.atomic():
        back.save(force_insert=True)


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
        ("UPDATE ledger_lot SET transaction_id = 999", "its transaction 999"),
        ("UPDATE ledger_entry SET transaction_id = 999 WHERE target = 'cancelled'", "there is no such transaction"),
        ("UPDATE ledger_entry SET lot_id = 999 WHERE target = 'spent'", "lot 999 is not one"),
        ("UPDATE ledger_entry SET lot_id = NULL WHERE target = 'spent'", "without saying which lot"),
        ("UPDATE ledger_entry SET target = 'nowhere' WHERE target = 'spent'", "which are no places"),
        ("UPDATE ledger_cancellation SET lot_id = 999", "are not of one account"),
        ("UPDATE ledger_entry SET points = 31 WHERE target = 'spent'", "its entries say"),
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


def test_every_check_is_a_query_that_both_databases_know(book: Book) -> None:
    assert len({check.words for check in CHECKS}) == len(CHECKS)
    assert Account.objects.count() == 0
    assert list(problems()) == []
