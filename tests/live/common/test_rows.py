"""Many rows inserted at once are what one by one would have made."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from honeyguide.common.rows import FEW, insert_rows
from honeyguide.history.models import Event, Ident
from honeyguide.ledger.models import Account, Cancellation, Kind, Lot, Transaction

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 4, 5, 6, 7, 89, tzinfo=UTC)


def event(number: int) -> Event:
    return Event(
        uid=f"evt_{number}", at=NOW, recorded_at=NOW, type="sale.paid", is_program=True, partner="nectar",
        client='a "b" ё \\ %s', ident=f"s{number}", data={"net": "1.00", "more": [None, True, "ё"]}, actor_name="x",
        via="import",
    )  # fmt: skip


@pytest.mark.parametrize("count", [0, 1, FEW - 1, FEW, FEW + 7])
def test_rows_come_back_as_they_went_in_with_ascending_ids(count: int) -> None:
    before = Event.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
    rows = insert_rows(event(number) for number in range(count))
    assert [row.seq for row in rows] == sorted(row.seq for row in rows)
    assert all(row.seq > before and not row._state.adding for row in rows)
    kept = Event.objects.filter(pk__in=[row.pk for row in rows]).order_by("seq")
    fields = [field.attname for field in Event._meta.concrete_fields]
    assert [[getattr(row, name) for name in fields] for row in kept] == [
        [getattr(row, name) for name in fields] for row in rows
    ]


def test_ids_go_on_after_them() -> None:
    last = insert_rows(event(number) for number in range(FEW))[-1]
    one = event(FEW)
    one.save(force_insert=True)
    assert one.seq > last.seq
    assert insert_rows(event(FEW + number) for number in range(1, FEW + 1))[0].seq > one.seq


def test_a_row_refers_to_one_that_was_new_itself() -> None:
    account = Account.objects.create(unit="points", owner="nectar")
    lots = [
        Lot(account=account, ident=f"a{number}", source="sale", allocated_on=date(2026, 1, 2),
            expires_on=date.max, sequence=number, amount=5, remaining=5)
        for number in range(FEW)
    ]  # fmt: skip
    made = [
        Transaction(account=account, kind=Kind.POST, key=f"k{number}", body="", day=date(2026, 1, 2), recorded_at=NOW,
                    points=5, change=5, debt_change=0, balance_after=5, debt_after=0, is_late=False, actor_name="x")
        for number in range(FEW)
    ]  # fmt: skip
    cuts = [Cancellation(transaction=one, lot=lot, points=1) for one, lot in zip(made, lots, strict=True)]
    insert_rows(lots)
    for one, lot in zip(made, lots, strict=True):
        one.moves = [[lot.pk, "issued", "lots", 5]]
    insert_rows(made)
    insert_rows(cuts)
    assert [
        (cut.transaction.key, cut.lot.ident) for cut in Cancellation.objects.select_related("transaction", "lot")
    ] == [(f"k{number}", f"a{number}") for number in range(FEW)]
    assert Transaction.objects.get(key="k7").moves == [[lots[7].pk, "issued", "lots", 5]]
    assert Lot.objects.get(ident="a7").expires_on == date.max


def test_what_a_constraint_refuses_leaves_nothing() -> None:
    twice = [Ident(namespace="earned", ident=f"s{number % FEW}", partner="nectar") for number in range(FEW + 1)]
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows(twice)
    assert not Ident.objects.exists()
