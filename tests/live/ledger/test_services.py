"""What goes in and out of an account: awards, spends, holds, undoing, taking back, expiry."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from honeyguide.ledger import queries
from honeyguide.ledger.models import Hold, Kind
from honeyguide.ledger.refusals import AwardTaken, CannotReverse, Decided, HoldShort, KeyTaken, NotEnough, NothingSuch
from honeyguide.ledger.services import Moved, Movement, Posting, Rewriting, post, rewrite_many
from honeyguide.ledger.verify import problems
from tests.live.ledger.conftest import TODAY, Book, noon


def test_an_award_makes_a_lot_and_the_same_key_gives_the_same_answer(book: Book) -> None:
    made = book.award(100, "s1", key="k")
    again = book.award(100, "s1", key="k")
    assert again == made
    assert (made.is_repeated, again.is_repeated) == (False, True)
    assert book.has() == (100, 0, 0)
    assert book.moves(made) == [("s1", "issued", "lots", 100)]


def test_a_key_with_another_body_is_refused_and_names_the_first(book: Book) -> None:
    made = book.award(100, "s1", key="k")
    others: tuple[Callable[[], object], ...] = (
        lambda: book.award(101, "s2", key="k"),
        lambda: book.spend(5, key="k"),
        lambda: book.cancel("s1", key="k"),
    )
    for other in others:
        with pytest.raises(KeyTaken) as refused:
            other()
        assert refused.value.status == 409
        assert refused.value.data["first"] == made.uid
    assert book.has() == (100, 0, 0)


def test_one_thing_is_credited_once_whatever_the_key(book: Book) -> None:
    book.award(100, "s1")
    with pytest.raises(AwardTaken):
        book.award(100, "s1")
    assert book.has() == (100, 0, 0)
    assert book.account().transactions.count() == 1


@pytest.mark.clause("G2.1")
def test_spending_takes_the_lots_that_expire_first_then_those_allocated_first(book: Book) -> None:
    book.award(30, "late", expires_on=TODAY + timedelta(days=90))
    book.award(30, "first", expires_on=TODAY + timedelta(days=10))
    book.award(30, "second", expires_on=TODAY + timedelta(days=10))
    made = book.spend(70)
    assert book.moves(made) == [
        ("first", "lots", "spent", 30),
        ("second", "lots", "spent", 30),
        ("late", "lots", "spent", 10),
    ]
    assert book.left() == {"first": 0, "second": 0, "late": 20}


def test_a_spend_makes_no_debt(book: Book) -> None:
    with pytest.raises(NotEnough):
        book.spend(1)
    book.award(50)
    with pytest.raises(NotEnough) as refused:
        book.spend(51)
    assert refused.value.data == {"asked": 51, "available": 50}
    assert book.has() == (50, 0, 0)


def test_a_hold_reserves_and_a_capture_spends_just_that_once(book: Book) -> None:
    book.award(100, "s1")
    held = book.hold(60, reference="x1")
    assert book.has() == (40, 60, 0)
    with pytest.raises(NotEnough):
        book.spend(41)
    made = book.capture(held, key="k")
    assert book.capture(held, key="k") == made
    assert book.has() == (40, 0, 0)
    assert book.moves(made) == [("s1", "lots", "spent", 60)]
    with pytest.raises(Decided):
        book.release(held)
    with pytest.raises(Decided):
        book.capture(held)


def test_a_released_hold_can_be_spent_again_and_not_captured(book: Book) -> None:
    book.award(100, "s1")
    held = book.hold(60)
    assert book.release(held, key="k").status == "released"
    assert book.release(held, key="k").is_repeated
    with pytest.raises(Decided):
        book.capture(held)
    assert book.has() == (100, 0, 0)


def test_a_hold_is_captured_though_its_lot_has_expired_meanwhile(book: Book) -> None:
    book.award(100, "s1", expires_on=TODAY + timedelta(days=1))
    held = book.hold(60)
    book.later(1)
    assert book.has() == (0, 60, 0)
    assert book.expire() == 1
    assert book.left() == {"s1": 60}
    book.capture(held)
    assert book.has() == (0, 0, 0)
    assert book.expire() == 0
    assert book.lot("s1").expired == 40


def test_a_hold_released_after_its_lot_expired_brings_nothing_back(book: Book) -> None:
    book.award(100, "s1", expires_on=TODAY + timedelta(days=1))
    held = book.hold(60)
    book.later(1)
    book.release(held)
    assert book.has() == (0, 0, 0)
    assert book.expire() == 1
    assert book.lot("s1").expired == 100


def test_an_undone_spend_returns_to_the_same_lots_with_their_own_expiry(book: Book) -> None:
    book.award(30, "soon", expires_on=TODAY + timedelta(days=5))
    book.award(50, "later")
    spent = book.spend(60)
    part = book.restore(spent, 40)
    assert book.left() == {"soon": 10, "later": 50}
    assert book.moves(part) == [("later", "spent", "lots", 30), ("soon", "spent", "lots", 10)]
    book.later(5)
    book.restore(spent)
    assert book.left() == {"soon": 30, "later": 50}
    assert book.has() == (50, 0, 0)  # the other 30 have expired
    with pytest.raises(Decided):
        book.restore(spent)


def test_a_reversed_restore_can_be_given_back_again(book: Book) -> None:
    book.award(50, "s1")
    spent = book.spend(20)
    book.reverse(book.restore(spent))
    assert book.has() == (30, 0, 0)
    book.restore(spent)
    assert book.has() == (50, 0, 0)


@pytest.mark.clause("T4.2")
def test_taking_back_starts_with_the_lot_then_the_others_by_expiry_then_debt(book: Book) -> None:
    book.award(100, "s1", expires_on=TODAY + timedelta(days=10))
    book.spend(80)
    book.award(30, "third", expires_on=TODAY + timedelta(days=30))
    book.award(30, "second", expires_on=TODAY + timedelta(days=20))
    made = book.cancel("s1")
    assert book.moves(made) == [
        ("s1", "lots", "cancelled", 20),
        ("second", "lots", "cancelled", 30),
        ("third", "lots", "cancelled", 30),
        ("", "debt", "cancelled", 20),
    ]
    assert book.has() == (0, 0, 20)
    paid = book.award(50, "next")
    assert book.has() == (30, 0, 0)
    assert book.moves(paid) == [("next", "issued", "lots", 50), ("next", "lots", "debt", 20)]


def test_what_expired_of_the_lot_gives_before_the_others(book: Book) -> None:
    book.award(100, "old", expires_on=TODAY + timedelta(days=1))
    book.spend(30)
    book.later(1)
    book.award(50, "new")
    book.expire()
    made = book.cancel("old")
    assert book.moves(made) == [("old", "expired", "cancelled", 70), ("new", "lots", "cancelled", 30)]


def test_points_cancelled_without_an_award_come_from_the_oldest_active_ones(book: Book) -> None:
    book.award(40, "s1")
    book.later(1)
    book.award(40, "s2")
    book.spend(40)
    made = book.cancel(points=50)
    assert book.moves(made) == [("s2", "lots", "cancelled", 40), ("", "debt", "cancelled", 10)]
    assert (book.lot("s1").cancelled, book.lot("s2").cancelled) == (40, 10)
    with pytest.raises(NotEnough):
        book.cancel(points=31)
    with pytest.raises(NothingSuch):
        book.cancel("unknown")


def test_a_hold_gives_way_to_what_is_taken_back_and_moves_to_other_lots_first(book: Book) -> None:
    book.award(60, "s1")
    held = book.hold(50)
    book.award(30, "s2")
    book.cancel("s1", 40)
    assert book.has() == (0, 50, 0)  # 20 of s1, 30 of s2
    book.cancel("s2", 10)
    hold = Hold.objects.get(uid=held.uid)
    assert hold.short == 10
    with pytest.raises(HoldShort) as refused:
        book.capture(held)
    assert refused.value.data == {"asked": 50, "available": 40}
    book.award(15, "s3")
    book.capture(held)  # what came since fills it
    assert book.has() == (5, 0, 0)


def test_the_latest_hold_gives_way_first(book: Book) -> None:
    book.award(100, "s1")
    first, second = book.hold(50), book.hold(50)
    book.cancel("s1", 30)
    assert {hold.uid: hold.short for hold in queries.open_holds("points", "nectar")} == {first.uid: 0, second.uid: 30}


def test_what_the_history_brings_fills_holds_that_were_cut_even_to_nothing(book: Book) -> None:
    book.award(10, "s1")
    first, second = book.hold(4), book.hold(6)
    book.cancel("s1", 10)
    assert (book.has(), sum(hold.short for hold in queries.open_holds("points", "nectar"))) == ((0, 0, 0), 10)
    earned = Movement(Moved.EARNED, 7, "s2", TODAY, TODAY + timedelta(days=30), "sale", noon(TODAY))
    when = {name: book.when[name] for name in ("unit", "now", "actor")}
    assert rewrite_many(owners={book.owner: Rewriting([Posting("s2", TODAY, (earned,), 7)])}, **when) == []
    assert {hold.uid: hold.short for hold in queries.open_holds("points", "nectar")} == {first.uid: 0, second.uid: 3}
    assert book.has() == (0, 7, 0)
    assert list(problems()) == []


def test_a_reversal_mirrors_and_happens_once(book: Book) -> None:
    book.award(100, "s1")
    cancelled = book.cancel("s1", 30)
    book.reverse(cancelled)
    assert book.has() == (100, 0, 0)
    assert book.lot("s1").cancelled == 0
    with pytest.raises(Decided):
        book.reverse(cancelled)


def test_a_reversed_award_is_void_and_can_be_given_anew(book: Book) -> None:
    first = book.award(100, "s1")
    back = book.reverse(first)
    assert book.moves(back) == [("s1", "lots", "issued", 100)]
    assert book.account().active == 0
    book.award(70, "s1")
    assert book.has() == (70, 0, 0)
    assert book.account().active == 70


@pytest.mark.parametrize("by_rewriting", [False, True])
def test_a_lot_that_was_cut_as_it_was_made_counts_no_more_when_undone(book: Book, by_rewriting: bool) -> None:
    """A deal that was refunded in part before it was accepted: one transaction makes its lot and takes from it."""
    deal = (
        Movement(Moved.EARNED, 21, "s1", expires_on=TODAY + timedelta(days=300), source="sale"),
        Movement(Moved.CANCELLED, 10, "s1"),
        Movement(Moved.CUT, 10, "s1"),
    )
    made = post(movements=deal, key="deal", **book.when)
    assert (book.has(), book.account().active) == ((11, 0, 0), 11)
    if by_rewriting:
        when = {name: book.when[name] for name in ("unit", "now", "actor")}
        assert rewrite_many(owners={book.owner: Rewriting((), (made.transaction,))}, **when) == []
    else:
        book.reverse(made)
    assert (book.has(), book.account().active) == ((0, 0, 0), 0)
    assert list(problems()) == []
    post(movements=deal, key="deal", **book.when)
    assert (book.has(), book.account().active) == ((11, 0, 0), 11)


def test_what_has_moved_on_is_not_reversed(book: Book) -> None:
    first = book.award(100, "s1")
    book.spend(1)
    with pytest.raises(CannotReverse):
        book.reverse(first)
    assert book.has() == (99, 0, 0)


def test_nothing_is_posted_for_what_has_not_expired(book: Book) -> None:
    book.award(10, "s1", expires_on=TODAY + timedelta(days=2))
    book.later(1)
    assert book.expire() == 0
    book.later(1)
    assert book.expire() == 1
    assert book.expire() == 0
    kinds = list(book.account().transactions.values_list("kind", "day", "points"))
    assert kinds == [(Kind.AWARD, TODAY, 10), (Kind.EXPIRE, TODAY + timedelta(days=2), 10)]


def test_units_do_not_mix(open_book: type[Book]) -> None:
    points, money = open_book(), open_book(unit="kickstart")
    points.award(10, "s1", key="k")
    money.award(99, "s1", key="k")
    assert (points.has(), money.has()) == ((10, 0, 0), (99, 0, 0))
    assert date.max > TODAY
