"""Balances as of any day and as known at any instant, statements, rankings, and that expiry needs no job."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from honeyguide.common.days import add_months
from honeyguide.ledger import postgres, queries, ranking
from honeyguide.ledger.models import Lot, Transaction, Unit
from honeyguide.ledger.refusals import AwardTaken, KeyTaken, NotEnough
from honeyguide.ledger.services import Award, Moved, Movement, award_many, expire_due, expiring, post, unwind
from honeyguide.ledger.verify import problems
from tests.live.ledger.conftest import ACTOR, TODAY, UNIT, Book, noon

US = timedelta(microseconds=1)


def as_of(book: Book, day: date, known_at: datetime | None = None) -> tuple[int, int, int]:
    """Available, held, owed at the end of a day."""
    found = queries.as_of(book.unit, book.owner, day=day, known_at=known_at)
    return found.available, found.held, found.debt


def test_a_past_day_is_what_took_effect_by_then_whenever_it_was_told(book: Book) -> None:
    first = book.day
    book.award(100, "s1")
    book.later(10)
    book.spend(30)
    book.later(10)
    book.award(7, "late", day=first + timedelta(days=5), expires_on=first + timedelta(days=300))
    book.award(1, "s3")
    days = [first - timedelta(days=1), first, first + timedelta(days=5), first + timedelta(days=10), book.day]
    assert [as_of(book, day)[0] for day in days] == [0, 100, 107, 77, 78]


def test_what_was_known_at_an_instant_leaves_out_what_was_told_later(book: Book) -> None:
    first = book.day
    book.award(100, "s1")
    book.later(20)
    book.award(7, "late", day=first + timedelta(days=5), expires_on=first + timedelta(days=300))
    known = [as_of(book, book.day, known_at=noon(first + timedelta(days=n)))[0] for n in (-1, 0, 19, 20)]
    assert known == [0, 100, 100, 107]


def test_every_day_as_known_at_every_instant_is_the_sum_of_what_took_effect_and_was_told(book: Book) -> None:
    first, long = book.day, book.day + timedelta(days=300)
    book.award(100, "s1")
    book.later(3)
    book.spend(30)
    book.award(7, "late", day=first + timedelta(days=1), expires_on=long)
    book.later(3)
    book.cancel("s1", 90)
    book.later(1)
    book.award(50, "later", day=first + timedelta(days=2), expires_on=first + timedelta(days=10))
    book.later(4)
    book.expire()
    book.award(5, "last", day=first + timedelta(days=8), expires_on=long)
    told = list(Transaction.objects.values_list("day", "recorded_at", "change", "debt_change"))
    assert len(told) == 7
    for day in (first + timedelta(days=n) for n in range(-1, 13)):
        for at in (noon(first + timedelta(days=n)) for n in range(-1, 13)):
            counted = [(lots, debt) for on, when, lots, debt in told if on <= day and when <= at]
            found = queries.as_of(book.unit, book.owner, day=day, known_at=at)
            assert (found.in_lots + found.expired_unposted, found.debt) == (
                sum(lots for lots, _ in counted), sum(debt for _, debt in counted),
            ), (day, at)  # fmt: skip


def test_what_is_told_by_a_clock_that_is_behind_is_known_no_earlier_than_what_was_told_before(book: Book) -> None:
    made = book.award(1, "s1")
    after = book.award(1, "s2", now=noon(book.day) - timedelta(hours=1))
    assert after.recorded_at == made.recorded_at
    assert list(problems()) == []


def test_a_hold_and_an_expiry_count_on_the_days_on_which_they_were(book: Book) -> None:
    start = book.day
    book.award(100, "s1", expires_on=start + timedelta(days=10))
    held = book.hold(40)
    book.later(2)
    book.release(held)
    book.later(20)
    assert [as_of(book, start + timedelta(days=n)) for n in (0, 1, 2, 9, 10)] == [
        (60, 40, 0), (60, 40, 0), (100, 0, 0), (100, 0, 0), (0, 0, 0),
    ]  # fmt: skip
    book.expire()
    assert [as_of(book, start + timedelta(days=n))[0] for n in (9, 10)] == [100, 0]


def test_a_statement_goes_from_its_opening_to_its_closing_by_its_lines(book: Book) -> None:
    start = book.day
    book.award(100, "s1", expires_on=start + timedelta(days=40))
    book.later(5)
    book.spend(30, reference="x1")
    book.later(5)
    book.cancel("s1", 90)
    book.award(5, "s2")
    found = queries.statement(book.unit, book.owner, first=start + timedelta(days=1), last=book.day)
    assert (found.opening, found.opening_debt) == (100, 0)
    assert [(line.kind, line.change, line.debt_change, line.balance, line.debt) for line in found.lines] == [
        ("spend", -30, 0, 70, 0),
        ("cancel", -70, 20, 0, 20),
        ("award", 0, -5, 0, 15),
    ]
    assert (found.closing, found.closing_debt) == (0, 15)
    assert found.lines[0].reference == "x1"


def test_a_statement_by_what_was_known_leaves_out_what_was_told_later(book: Book) -> None:
    """By the day on which it takes effect, and by the instant at which it was recorded."""
    start, long = book.day, book.day + timedelta(days=300)
    book.award(100, "s1", expires_on=start + timedelta(days=10))
    book.later(20)  # its expiry is not posted yet
    then = noon(book.day)
    book.later(1)
    book.expire()
    book.award(7, "late", day=start + timedelta(days=5), expires_on=long)
    first, last = start + timedelta(days=1), start + timedelta(days=20)
    known = queries.statement(book.unit, book.owner, first=first, last=last, known_at=then)
    assert (known.opening, known.lines, known.closing, known.unposted) == (100, (), 100, 100)
    now = queries.statement(book.unit, book.owner, first=first, last=last)
    assert [(line.kind, line.change) for line in now.lines] == [("award", 7), ("expire", -100)]
    assert (now.opening, now.closing, now.unposted) == (100, 7, 0)
    assert queries.statement(book.unit, book.owner, first=first, last=last, known_at=noon(book.day)) == now
    as_then = queries.as_of(book.unit, book.owner, day=last, known_at=then)
    assert (as_then.available, as_then.expired_unposted) == (0, 100)


@pytest.mark.parametrize("name", ["UTC", "Asia/Almaty", "America/New_York", "Europe/Berlin", "Pacific/Auckland"])
@pytest.mark.parametrize("on", [date(2024, 2, 29), date(2025, 3, 9), date(2025, 3, 30), date(2025, 10, 31)])
def test_expired_is_not_spendable_from_the_first_microsecond_of_its_day_on_though_no_job_runs(
    open_book: type[Book], name: str, on: date
) -> None:
    """In any zone, on days when clocks change and months end: a microsecond before midnight is valid, midnight not."""
    zone = ZoneInfo(name)
    book = open_book(day=on)
    expires = add_months(on, 12)
    book.award(100, "s1", expires_on=expires)
    midnight = datetime(expires.year, expires.month, expires.day, tzinfo=zone)
    before, after = midnight - US, midnight
    book.spend(10, now=before.astimezone(UTC), day=before.date())
    for instant in (after, after + US):
        with pytest.raises(NotEnough):
            book.spend(1, now=instant.astimezone(UTC), day=instant.date())
        with pytest.raises(NotEnough):
            book.hold(1, now=instant.astimezone(UTC), day=instant.date())
    assert queries.balance(book.unit, book.owner, day=expires).available == 0


def test_earn_100_spend_80_earn_50_expire_leaves_50(book: Book) -> None:
    """Expired credits take no debits with them."""
    book.award(100, "s1", expires_on=TODAY + timedelta(days=10))
    book.spend(80)
    book.later(1)
    book.award(50, "s2")
    book.later(9)
    assert book.has() == (50, 0, 0)
    book.expire()
    assert book.has() == (50, 0, 0)
    assert book.lot("s1").expired == 20


def test_buying_and_refunding_in_a_loop_nets_to_zero_and_charges_what_was_spent_once(book: Book) -> None:
    for turn in range(3):
        book.award(100, f"unspent-{turn}")
        book.cancel(f"unspent-{turn}")
    assert book.has() == (0, 0, 0)
    book.award(100, "spent")
    book.spend(100)
    book.cancel("spent")
    for turn in range(3):
        book.award(100, f"more-{turn}")
        book.cancel(f"more-{turn}")
        assert book.has() == (0, 0, 100)
    book.award(100, "pays")
    assert book.has() == (0, 0, 0)


def test_partial_refunds_take_back_no_more_than_the_award(book: Book) -> None:
    book.award(100, "s1")
    for part in (33, 33, 34):
        book.cancel("s1", part)
    with pytest.raises(NotEnough):
        book.cancel("s1", 1)
    assert book.has() == (0, 0, 0)
    assert book.account().active == 0


def test_a_batch_goes_each_award_to_its_own_account_and_each_once(db: None) -> None:
    owners = [f"p{n}" for n in range(7)]
    awards = [
        Award(owner, n + 1, f"k{n}-{turn}", f"s{n}-{turn}", TODAY, TODAY + timedelta(days=30), "sale")
        for turn in range(3)
        for n, owner in enumerate(owners)
    ]
    first = award_many(unit="points", awards=awards, now=noon(TODAY), actor=ACTOR)
    again = award_many(unit="points", awards=[*awards, awards[0]], now=noon(TODAY), actor=ACTOR)
    assert again == [*first, first[0]]
    assert {owner: queries.balance("points", owner, day=TODAY).available for owner in owners} == {
        owner: 3 * (n + 1) for n, owner in enumerate(owners)
    }
    with pytest.raises(AwardTaken):
        award_many(
            unit="points",
            awards=[
                Award("p0", 5, "new", "new", TODAY, TODAY + timedelta(days=30)),
                Award("p1", 5, "other", "s1-0", TODAY, TODAY + timedelta(days=30)),
            ],
            now=noon(TODAY),
            actor=ACTOR,
        )
    assert queries.balance("points", "p0", day=TODAY).available == 3
    assert list(problems()) == []


def test_awards_in_many_statements_are_all_there_or_none(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where one is refused while the one before it is on its way: the connection can be used at once."""
    monkeypatch.setattr(postgres, "AWARDS_AT_ONCE", 3)
    until = TODAY + timedelta(days=30)
    awards = [Award(f"p{n % 4}", n + 1, f"k{n}", f'"s"\\{n},', TODAY, until, reason="für {alle}") for n in range(10)]
    awards.append(Award("p2", 11, "k10", '","', TODAY, until))
    given: dict[str, Any] = {"unit": UNIT, "now": noon(TODAY), "actor": ACTOR}
    taken = Award("p3", 99, "k0", "s0", TODAY, until)
    with pytest.raises(KeyTaken):
        award_many(awards=[*awards, taken, Award("p3", 98, "k0", "s1", TODAY, until)], **given)
    assert queries.balance(UNIT, "p0", day=TODAY) == queries.NOTHING
    made = award_many(awards=awards, **given)
    assert [answer.points for answer in made] == list(range(1, 12))
    assert [answer.balance for answer in made] == [1, 2, 3, 4, 6, 8, 10, 12, 15, 18, 21]
    assert {lot.ident for lot in Lot.objects.all()} == {award.ident for award in awards}
    assert award_many(awards=[], **given) == []
    assert list(problems()) == []


def test_awards_of_a_batch_pay_what_is_owed_in_their_order_and_say_which_of_them_are_late(book: Book) -> None:
    book.award(50, "s1")
    book.spend(50)
    book.cancel("s1")
    days = [0, 2, 1, 2]
    book.later(3)
    awards = [
        Award(book.owner, 20, f"k{n}", f"b{n}", book.day - timedelta(days=days), book.day + timedelta(days=9))
        for n, days in enumerate(days)
    ]
    made = award_many(unit=book.unit, awards=awards[1:2], now=noon(book.day), actor=ACTOR)
    made += award_many(
        unit=book.unit,
        awards=[awards[0], *awards[2:], Award("other", 5, "k", "b", book.day)],
        now=noon(book.day),
        actor=ACTOR,
    )
    assert [(answer.balance, answer.debt) for answer in made] == [(0, 30), (0, 10), (10, 0), (30, 0), (5, 0)]
    told = [Transaction.objects.get(pk=answer.transaction) for answer in made]
    assert [one.is_late for one in told] == [False, False, True, True, False]
    assert list(problems()) == []


def test_expiry_is_posted_in_parts_for_every_account_and_once(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expiring, "ACCOUNTS_AT_ONCE", 2)
    over, later = TODAY + timedelta(days=30), TODAY + timedelta(days=60)
    awards = [
        Award(f"p{n}", n + 1, f"k{n}-{until}", f"s{until}", TODAY, until) for n in range(5) for until in (over, later)
    ]
    award_many(unit=UNIT, awards=awards, now=noon(TODAY), actor=ACTOR)
    ask: dict[str, Any] = {"unit": UNIT, "day": over, "now": noon(over), "actor": ACTOR}
    assert [expire_due(**ask), expire_due(**ask)] == [5, 0]
    told = Transaction.objects.filter(kind="expire").values_list("account__owner", "points", "balance_after")
    assert sorted(told) == [(f"p{n}", n + 1, n + 1) for n in range(5)]
    assert set(Lot.objects.filter(remaining=0).values_list("expires_on", "expired")) == {
        (over, n + 1) for n in range(5)
    }
    assert list(problems()) == []


def test_totals_of_a_statement_are_those_of_the_entries_however_many_lots_a_movement_touches(book: Book) -> None:
    """A join with the lots would count a transaction once for each of them."""
    for n in range(5):
        book.award(20, f"s{n}")
    book.restore(book.spend(90), 35)
    book.cancel(points=60)
    found = queries.statement(book.unit, book.owner, first=TODAY, last=TODAY)
    flows = queries.flows(book.unit, book.owner)
    assert sum(line.change for line in found.lines) == found.closing == flows["lots"] == sum(book.left().values())
    assert sum(line.debt_change for line in found.lines) == found.closing_debt == -flows["debt"]
    assert (flows["issued"], flows["spent"], flows["cancelled"]) == (-100, 55, 60)
    assert sum(flows.values()) == 0
    assert len(found.lines) == 8


def test_a_retry_with_a_changed_price_is_refused_and_nothing_more_is_taken(book: Book) -> None:
    book.award(100, "s1")
    made = book.spend(40, key="exchange-7")
    with pytest.raises(KeyTaken) as refused:
        book.spend(45, key="exchange-7")
    assert refused.value.data["first"] == made.uid
    assert book.spend(40, key="exchange-7") == made
    assert book.has() == (60, 0, 0)


@pytest.mark.parametrize(
    ("day", "last"),
    [
        (date(2024, 2, 29), date(2025, 2, 27)),
        (date(2025, 1, 31), date(2026, 1, 30)),
        (date(2023, 2, 28), date(2024, 2, 27)),
    ],
)
def test_months_end_and_29_february(open_book: type[Book], day: date, last: date) -> None:
    book = open_book(day=day)
    book.award(10, "s1", expires_on=add_months(day, 12))
    assert queries.balance(book.unit, book.owner, day=last).available == 10
    assert queries.balance(book.unit, book.owner, day=last + timedelta(days=1)).available == 0


@pytest.mark.clause("G4.5")
def test_spending_lowers_neither_what_is_active_nor_the_rank(open_book: type[Book]) -> None:
    nectar, comb = open_book(), open_book(owner="comb")
    nectar.award(100, "s1")
    comb.award(90, "s2")
    nectar.spend(100)
    assert [(one.owner, one.active, one.rank) for one in ranking.ranking("points", day=TODAY)] == [
        ("nectar", 100, 1),
        ("comb", 90, 2),
    ]


def test_the_ranking_is_the_full_count_on_every_day_carried_or_not(open_book: type[Book]) -> None:
    books = [open_book(owner=f"p{n}") for n in range(5)]
    for n, book in enumerate(books):
        for turn in range(4):
            book.award(10 * n + turn + 1, f"s{n}-{turn}", expires_on=TODAY + timedelta(days=1 + (n + turn) % 4))
        book.cancel(f"s{n}-0", 1)
    for days in range(6):
        day = TODAY + timedelta(days=days)
        if days % 2:
            ranking.carry(unit="points", day=day)
        if days == 3:
            for book in books:
                book.day = day
            books[0].award(5, "told-late", day=day - timedelta(days=3), expires_on=day + timedelta(days=1))
            books[1].cancel("s1-1", 1)
        full = ranking.active_on("points", day=day)
        found = ranking.ranking("points", day=day)
        assert {one.owner: one.active for one in found} == {f"p{n}": full.get(f"p{n}", 0) for n in range(5)}
        assert all(one.rank == 1 + sum(other.active > one.active for other in found) for one in found)
        whole = list(found)
        assert ([found[n] for n in range(5)], found[-1], found[1:4]) == (whole, whole[-1], whole[1:4])
    assert Unit.objects.get(name="points").carried_to == TODAY + timedelta(days=5)
    assert [one.owner for one in ranking.ranking("points", day=day, among=["p3"])] == ["p3"]
    assert list(problems()) == []


def test_explicit_movements_are_posted_once_and_anew_after_they_were_undone(book: Book) -> None:
    earned = [Movement(Moved.EARNED, 50, "s1", expires_on=TODAY + timedelta(days=300), source="sale")]
    first = post(movements=earned, key="evt_1", **book.when)
    assert post(movements=earned, key="evt_1", **book.when) == first
    post(movements=[Movement(Moved.SPENT, 50, "s1"), Movement(Moved.OWED, 5)], key="evt_2", **book.when)
    assert book.has() == (0, 0, 5)
    undone = unwind(unit="points", owner="nectar", since=first.transaction, now=noon(book.day), actor=ACTOR)
    assert len(undone) == 2
    assert book.has() == (0, 0, 0)
    more = [Movement(Moved.EARNED, 60, "s1", expires_on=TODAY + timedelta(days=300), source="sale")]
    again = post(movements=more, key="evt_1", **book.when)
    assert again.transaction > first.transaction
    assert book.has() == (60, 0, 0)
    assert list(problems()) == []


def test_a_posted_spend_captures_the_hold_that_was_placed_for_it(book: Book) -> None:
    book.award(50, "s1")
    held = book.hold(20, reference="x1")
    found = queries.hold_for("points", "nectar", "x1")
    assert found is not None
    made = post(movements=[Movement(Moved.SPENT, 20, "s1")], key="evt_9", hold=held.uid, **book.when)
    found.refresh_from_db()
    assert (found.status, found.transaction_id) == ("captured", made.transaction)
    assert book.has() == (30, 0, 0)


def test_reading_an_account_that_nobody_wrote_to(db: None) -> None:
    assert queries.balance("points", "nobody", day=TODAY) == queries.NOTHING
    assert queries.as_of("points", "nobody", day=TODAY) == queries.NOTHING
    assert queries.statement("points", "nobody", first=TODAY, last=TODAY).lines == ()
    assert list(ranking.ranking("points", day=TODAY)) == []
