"""Anything in any order against a plain model of the rules: after each step, balances, lots, statements, ranks agree.

The model is dicts and loops, written from the readings (15, 16), and knows nothing of tables. `make test` takes a few
dozen steps on the database at hand, `make test-all` many more.
"""

import os
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from honeyguide.ledger import queries, ranking
from honeyguide.ledger.answers import Held, Posted
from honeyguide.ledger.models import Account, Hold, Transaction
from honeyguide.ledger.refusals import AwardTaken, CannotReverse, Decided, HoldShort, KeyTaken, NotEnough, NothingSuch
from honeyguide.ledger.services import Award, Moved, Movement, Posting, Rewriting, award_many, rewrite_many
from honeyguide.ledger.verify import problems
from tests.live.ledger.conftest import ACTOR, TODAY, UNIT, Book, noon

OWNERS = ("nectar", "comb")
EXAMPLES, STEPS = (60, 60) if int(os.environ.get("HONEYGUIDE_CASES", "0")) > 100 else (8, 30)


@dataclass
class PlainLot:
    """A lot as anybody would note it."""

    ident: str
    on: date
    expires: date
    amount: int
    number: int
    left: int = 0
    expired: int = 0
    cancelled: int = 0
    cut_at_once: int = 0
    """What its own transaction took back from it."""
    held: dict[int, int] = field(default_factory=dict)

    @property
    def free(self) -> int:
        return self.left - sum(self.held.values())


@dataclass
class PlainHold:
    """What is reserved for whom."""

    number: int
    points: int
    short: int = 0


class Plain:
    """One account by the rules, in plain steps."""

    def __init__(self) -> None:
        self.lots: list[PlainLot] = []
        self.debt = 0
        self.holds: list[PlainHold] = []
        self.lines: list[tuple[date, int, int]] = []
        self.spent: dict[int, list[tuple[PlainLot, int]]] = {}

    def valid(self, day: date) -> list[PlainLot]:
        """In the order in which they are spent."""
        open_lots = [lot for lot in self.lots if lot.expires > day and lot.left]
        return sorted(open_lots, key=lambda lot: (lot.expires, lot.number))

    def available(self, day: date) -> int:
        return sum(lot.free for lot in self.lots if lot.expires > day)

    def award(self, lot: PlainLot) -> None:
        paid = min(self.debt, lot.amount)
        lot.left, self.debt = lot.amount - paid, self.debt - paid
        self.lots.append(lot)
        self.line(lot.on, lot.left, -paid)

    def take(self, day: date, points: int) -> list[tuple[PlainLot, int]]:
        parts = []
        for lot in self.valid(day):
            part = min(points, lot.free)
            if part:
                parts.append((lot, part))
                points -= part
        assert points == 0
        return parts

    def line(self, day: date, change: int, debt: int) -> None:
        self.lines.append((day, change, debt))

    def cancel(self, lot: PlainLot, points: int, day: date) -> None:
        lot.cancelled += points
        own = min(points, lot.left)
        lot.left -= own
        expired = min(points - own, lot.expired)
        lot.expired -= expired
        rest, taken = points - own - expired, own
        for other in self.valid(day):
            part = min(rest, other.left)
            other.left -= part
            rest -= part
            taken += part
        self.debt += rest
        self.line(day, -taken, rest)
        self.give_way(day)

    def give_way(self, day: date) -> None:
        cut = set()
        for lot in self.lots:
            for hold in sorted(self.holds, key=lambda hold: -hold.number):
                over = sum(lot.held.values()) - lot.left
                less = min(over, lot.held.get(hold.number, 0))
                if less > 0:
                    lot.held[hold.number] -= less
                    hold.short += less
                    cut.add(hold.number)
        for hold in self.holds:
            if hold.number in cut:
                self.refill(hold, day)

    def refill(self, hold: PlainHold, day: date) -> None:
        for lot in self.valid(day):
            part = min(hold.short, lot.free)
            if part:
                lot.held[hold.number] = lot.held.get(hold.number, 0) + part
                hold.short -= part

    def expire(self, day: date) -> int:
        count = 0
        days: dict[date, int] = {}
        for lot in self.lots:
            if lot.expires <= day and lot.free:
                days[lot.expires] = days.get(lot.expires, 0) + lot.free
                lot.expired, lot.left = lot.expired + lot.free, lot.left - lot.free
                count += 1
        for on, points in days.items():
            self.line(on, -points, 0)
        return count


class LedgerMachine(RuleBasedStateMachine):
    """Two accounts through the services, and the same in plain."""

    def __init__(self) -> None:
        super().__init__()
        self.day = TODAY
        self.books = {owner: Book(owner=owner) for owner in OWNERS}
        self.plain = {owner: Plain() for owner in OWNERS}
        self.number = 0
        self.holds: dict[int, tuple[str, Held]] = {}
        self.spends: list[tuple[str, Posted, list[list[Any]]]] = []
        self.sent: list[tuple[Any, Any]] = []
        self.outer = transaction.atomic()
        self.outer.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)

    def next(self) -> int:
        self.number += 1
        return self.number

    @rule(owner=st.sampled_from(OWNERS), points=st.integers(1, 300), days=st.sampled_from([1, 2, 3, 5, 30, 365]))
    def award(self, owner: str, points: int, days: int) -> None:
        self.put(owner, points, self.day, self.day + timedelta(days=days))

    @rule(owner=st.sampled_from(OWNERS), points=st.integers(1, 300), ago=st.integers(1, 4))
    def award_told_late(self, owner: str, points: int, ago: int) -> None:
        self.put(owner, points, self.day - timedelta(days=ago), self.day - timedelta(days=ago) + timedelta(days=3))

    def put(self, owner: str, points: int, on: date, expires: date) -> None:
        number = self.next()
        call = {"ident": f"a{number}", "key": f"k{number}", "day": on, "expires_on": expires, "at": at(number)}
        answer = self.books[owner].award(points, now=noon(self.day), **call)
        self.sent.append((lambda: self.books[owner].award(points, now=noon(self.day), **call), answer))
        self.plain[owner].award(PlainLot(f"a{number}", on, expires, points, number))

    @rule(points=st.lists(st.tuples(st.sampled_from(OWNERS), st.integers(1, 200)), min_size=1, max_size=6))
    def award_many(self, points: list[tuple[str, int]]) -> None:
        awards = []
        expires = self.day + timedelta(days=4)
        for owner, amount in points:
            number = self.next()
            awards.append(Award(owner, amount, f"k{number}", f"a{number}", self.day, expires, "sale", at(number)))
            self.plain[owner].award(PlainLot(f"a{number}", self.day, expires, amount, number))
        answers = award_many(unit=UNIT, awards=awards, now=noon(self.day), actor=ACTOR)
        assert [answer.points for answer in answers] == [given.points for given in awards]
        assert award_many(unit=UNIT, awards=awards, now=noon(self.day), actor=ACTOR) == answers

    @rule(owner=st.sampled_from(OWNERS), points=st.integers(1, 300), taken=st.integers(0, 300))
    def post_a_deal(self, owner: str, points: int, taken: int) -> None:
        """As the history tells of a deal that was refunded in part before it was accepted: one transaction."""
        plain, number = self.plain[owner], self.next()
        paid = min(plain.debt, points)
        taken = min(taken, points - paid)
        lot = PlainLot(f"a{number}", self.day, self.day + timedelta(days=3), points, number)
        lot.left, lot.cancelled, lot.cut_at_once = points - paid - taken, taken, taken
        plain.debt -= paid
        plain.lots.append(lot)
        plain.line(self.day, lot.left, -paid)
        movements = [Movement(Moved.EARNED, points, lot.ident, lot.on, lot.expires, "sale", at(number))]
        if paid:
            movements.append(Movement(Moved.DEBT_PAID, paid, lot.ident))
        if taken:
            movements += [Movement(Moved.CANCELLED, taken, lot.ident), Movement(Moved.CUT, taken, lot.ident)]
        assert self.rewrite(owner, Rewriting([Posting(f"k{number}", self.day, tuple(movements), points)])) == []
        for hold in plain.holds:
            plain.refill(hold, self.day)

    def rewrite(self, owner: str, wanted: Rewriting) -> list[str]:
        return rewrite_many(unit=UNIT, owners={owner: wanted}, now=noon(self.day), actor=ACTOR)

    @rule(owner=st.sampled_from(OWNERS), share=st.integers(1, 130))
    def spend(self, owner: str, share: int) -> None:
        plain, book = self.plain[owner], self.books[owner]
        available = plain.available(self.day)
        points = max(1, available * share // 100)
        if points > available:
            with pytest.raises(NotEnough) as refused:
                book.spend(points)
            assert refused.value.data == {"asked": points, "available": available}
            return
        parts = plain.take(self.day, points)
        for lot, part in parts:
            lot.left -= part
        plain.line(self.day, -points, 0)
        key = f"k{self.next()}"
        made = book.spend(points, key=key)
        assert book.moves(made) == [(lot.ident, "lots", "spent", part) for lot, part in parts]
        self.spends.append((owner, made, [[lot, part] for lot, part in parts]))
        self.sent.append((lambda: book.spend(points, key=key), made))

    @precondition(lambda self: self.spends)
    @rule(data=st.data(), whole=st.booleans())
    def restore(self, data: st.DataObject, whole: bool) -> None:
        owner, made, parts = data.draw(st.sampled_from(self.spends))
        left = sum(part for _lot, part in parts)
        if left == 0:
            with pytest.raises(Decided):
                self.books[owner].restore(made)
            return
        points = left if whole else data.draw(st.integers(1, left))
        rest = points
        for each in reversed(parts):
            back = min(rest, each[1])
            each[0].left += back
            each[1] -= back
            rest -= back
        self.plain[owner].line(self.day, points, 0)
        self.books[owner].restore(made, None if whole else points)

    @rule(owner=st.sampled_from(OWNERS), share=st.integers(1, 110))
    def hold(self, owner: str, share: int) -> None:
        plain, book = self.plain[owner], self.books[owner]
        available = plain.available(self.day)
        points = max(1, available * share // 100)
        if points > available:
            with pytest.raises(NotEnough):
                book.hold(points)
            return
        number = self.next()
        for lot, part in plain.take(self.day, points):
            lot.held[number] = part
        plain.holds.append(PlainHold(number, points))
        self.holds[number] = (owner, book.hold(points, key=f"k{number}"))

    @precondition(lambda self: self.holds)
    @rule(data=st.data())
    def capture(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.holds)))
        owner, held = self.holds[number]
        plain = self.plain[owner]
        hold = next(hold for hold in plain.holds if hold.number == number)
        if hold.short:
            plain.refill(hold, self.day)
        if hold.short:
            # refused: nothing is changed, the reservations that it could have filled neither
            plain_before = self.undo_refill(plain, hold, held)
            with pytest.raises(HoldShort):
                self.books[owner].capture(held)
            assert plain_before
            return
        del self.holds[number]
        plain.holds.remove(hold)
        for lot in plain.lots:
            lot.left -= lot.held.pop(number, 0)
        plain.line(self.day, -hold.points, 0)
        self.books[owner].capture(held)

    def undo_refill(self, plain: Plain, hold: PlainHold, held: Held) -> bool:
        """The plain hold as the database has it, where a refused capture leaves everything as it was."""
        stored = Hold.objects.get(uid=held.uid)
        parts = {part.lot.ident: part.points for part in stored.parts.select_related("lot")}
        for lot in plain.lots:
            lot.held.pop(hold.number, None)
            if parts.get(lot.ident):
                lot.held[hold.number] = parts[lot.ident]
        hold.short = hold.points - sum(parts.values())
        return True

    @precondition(lambda self: self.holds)
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.holds)))
        owner, held = self.holds.pop(number)
        plain = self.plain[owner]
        plain.holds = [hold for hold in plain.holds if hold.number != number]
        for lot in plain.lots:
            lot.held.pop(number, None)
        self.books[owner].release(held)

    @rule(owner=st.sampled_from(OWNERS), data=st.data())
    def cancel(self, owner: str, data: st.DataObject) -> None:
        plain, book = self.plain[owner], self.books[owner]
        lots = [lot for lot in plain.lots if lot.cancelled < lot.amount]
        if not lots:
            with pytest.raises(NothingSuch):
                book.cancel("nothing")
            return
        lot = data.draw(st.sampled_from(lots))
        points = data.draw(st.integers(1, lot.amount - lot.cancelled))
        plain.cancel(lot, points, self.day)
        book.cancel(lot.ident, points)

    @rule(data=st.data())
    def do_again(self, data: st.DataObject) -> None:
        if self.sent:
            again, answer = data.draw(st.sampled_from(self.sent))
            assert again() == answer

    @rule(data=st.data(), owner=st.sampled_from(OWNERS))
    def another_body_or_award(self, data: st.DataObject, owner: str) -> None:
        plain, book = self.plain[owner], self.books[owner]
        if plain.lots:
            lot = data.draw(st.sampled_from(plain.lots))
            with pytest.raises(KeyTaken):
                book.spend(1, key=f"k{lot.number}")
            with pytest.raises(AwardTaken):
                book.award(1, lot.ident)

    @rule(owner=st.sampled_from(OWNERS), by_rewriting=st.booleans())
    def reverse_the_last(self, owner: str, by_rewriting: bool) -> None:
        """What was just done can be undone, and then it is as before; else it is refused."""
        account = Account.objects.filter(unit=UNIT, owner=owner).first()
        last = Transaction.objects.filter(account=account).order_by("-pk").first() if account else None
        given = last is not None and last.kind in {"award", "post"}
        if last is None or not given or self.plain[owner].lots[-1].number != int(last.key[1:]):
            return
        plain, undo = self.plain[owner], Rewriting((), (last.pk,))
        lot = plain.lots[-1]
        if any(lot.held.values()):
            return
        paid = -last.debt_change
        if lot.left != lot.amount - paid - lot.cut_at_once or lot.cancelled != lot.cut_at_once:
            if by_rewriting:
                assert self.rewrite(owner, undo) == [owner]
            else:
                with pytest.raises(CannotReverse):
                    self.books[owner].reverse(posted_of(last))
            return
        if any(hold.short for hold in plain.holds):
            return
        plain.lots.pop()
        plain.debt += paid
        plain.line(last.day if by_rewriting else self.day, -lot.left, paid)
        if by_rewriting:
            assert self.rewrite(owner, undo) == []
        else:
            self.books[owner].reverse(posted_of(last))
        self.sent = [(call, answer) for call, answer in self.sent if answer.transaction != last.pk]

    @rule(days=st.integers(1, 3))
    def days_pass(self, days: int) -> None:
        self.day += timedelta(days=days)
        for book in self.books.values():
            book.day = self.day

    @rule()
    def post_expiry(self) -> None:
        expected = sum(plain.expire(self.day) for plain in self.plain.values())
        assert self.books["nectar"].expire() == expected

    @rule()
    def carry(self) -> None:
        ranking.carry(unit=UNIT, day=self.day)

    @invariant()
    def they_agree(self) -> None:
        for owner, plain in self.plain.items():
            held = sum(sum(lot.held.values()) for lot in plain.lots)
            assert self.books[owner].has() == (plain.available(self.day), held, plain.debt)
            assert self.books[owner].left() == {lot.ident: lot.left for lot in plain.lots}
            self.statement_agrees(owner, plain)
        active = {
            owner: sum(lot.amount - lot.cancelled for lot in plain.lots if lot.on <= self.day < lot.expires)
            for owner, plain in self.plain.items()
        }
        assert {owner: points for owner, points in ranking.active_on(UNIT, day=self.day).items() if points} == {
            owner: points for owner, points in active.items() if points
        }
        for ranked in ranking.ranking(UNIT, day=self.day):
            assert ranked.active == active[ranked.owner]
            assert ranked.rank == 1 + len([other for other in active.values() if other > ranked.active])
        assert list(problems()) == []

    def statement_agrees(self, owner: str, plain: Plain) -> None:
        first, last = self.day - timedelta(days=3), self.day
        found = queries.statement(UNIT, owner, first=first, last=last)
        lines = [line for line in plain.lines if first <= line[0] <= last]
        assert sorted((line.day, line.change, line.debt_change) for line in found.lines) == sorted(lines)
        before = [line for line in plain.lines if line[0] < first]
        assert (found.opening, found.opening_debt) == (sum(x[1] for x in before), sum(x[2] for x in before))
        assert found.closing == sum(lot.left for lot in plain.lots)
        assert found.closing_debt == plain.debt


def at(number: int) -> Any:
    """Instants in the order of numbers."""
    return noon(TODAY) + timedelta(seconds=number)


def posted_of(row: Transaction) -> Posted:
    """A row as the answer that it was."""
    return Posted(row.pk, row.kind, row.points, row.day, row.recorded_at, row.balance_after, row.debt_after)


@pytest.mark.clause("T4.2", "G2.1")
def test_anything_in_any_order_is_as_in_the_plain_model(db: None) -> None:
    run_state_machine_as_test(
        LedgerMachine,
        settings=settings(
            max_examples=EXAMPLES,
            derandomize=bool(os.environ.get("CI")),
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
