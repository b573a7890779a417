"""What the rooms of points do at random: tables and their undo, held deals, claims, exchanges, by their services."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from honeyguide.accounts.actor import Actor
from honeyguide.accounts.models import Role, User
from honeyguide.common.clock import program_day
from honeyguide.common.ids import new_id
from honeyguide.earning.models import DealState, HeldDeal, TableImport, TableState
from honeyguide.earning.services import claims, held, recording, tables, undoing, working
from honeyguide.earning.tables.mapping import Mapping
from honeyguide.ledger.verify import problems
from honeyguide.partners.models import Partner
from honeyguide.rewards.models import Exchange, ExchangeState
from honeyguide.rewards.services import deciding
from honeyguide.rewards.services.exchanges import confirm, withdraw
from honeyguide.rewards.services.quotes import Purpose, quote
from honeyguide.standing.verify import standings_agree

REASON = "A reason that is long enough for everybody"
ITEMS = ("course.course", "course.webinar", "renewal_discount.basic", "promotion_package.start")


class PointsMachine(RuleBasedStateMachine):
    """Rules for a program of which `now`, `staff` and Nectar's `member` are known; `attempt` does one thing."""

    now: datetime
    staff: dict[str, User]
    member: User

    def attempt(self, action: Callable[[], Any]) -> Any:
        """Do it. If it is refused, nothing has changed."""
        raise NotImplementedError

    def by(self, role: str) -> Actor:
        """Somebody of the program's team."""
        return Actor(name=role, user=self.staff[role])

    def own(self) -> tuple[Partner, Actor]:
        """Nectar, and its main user."""
        return Partner.objects.get(key="nectar"), Actor(name="Main", user=self.member, partner="nectar")

    @rule(
        deals=st.lists(
            st.tuples(
                st.sampled_from(["D-1", "D-2", "D-3"]),
                st.sampled_from(["nectar", "comb"]),
                st.sampled_from(["c1", "Wax"]),
                st.integers(0, 45),
                st.sampled_from(["99.90", "1200", "14000.50"]),
            ),
            min_size=1,
            max_size=3,
            unique_by=lambda deal: deal[0],
        ),
        undone=st.booleans(),
    )
    def a_table_is_recorded_and_perhaps_taken_back(self, deals: list[tuple[Any, ...]], undone: bool) -> None:
        today, actor = program_day(self.now), self.by(Role.MANAGER)
        lines = ["Opportunity,Partner,Customer,Product,Close date,Value,Users"]
        for ident, partner, client, ago, amount in deals:
            lines.append(f"{ident},{partner},{client},Cloud subscription,{today - timedelta(days=ago)},{amount},20")
        file = SimpleUploadedFile("deals.csv", "\n".join(lines).encode())
        upload = self.attempt(lambda: tables.receive(file=file, kind="deals", actor=actor, now=self.now))
        if upload is None:
            return
        guessed, uid = Mapping.of(upload.mapping), upload.uid
        self.carry_out(uid, lambda: recording.choose(uid=uid, mapping=guessed, actor=actor, now=self.now))
        self.carry_out(uid, lambda: recording.confirm(uid=uid, actor=actor, now=self.now))
        if undone:
            self.take_a_table_back(uid)

    def carry_out(self, uid: str, ask: Callable[[], object]) -> None:
        """Ask for something to be done with a table; the worker does it."""
        if self.attempt(ask) is not None:
            self.attempt(lambda: working.carry_out(uid=uid, read=lambda: self.now))

    @rule(latest=st.booleans())
    def an_earlier_table_is_taken_back(self, latest: bool) -> None:
        recorded = TableImport.objects.filter(state=TableState.DONE).order_by("-pk" if latest else "pk").first()
        if recorded is not None:
            self.take_a_table_back(recorded.uid)

    def take_a_table_back(self, uid: str) -> None:
        self.carry_out(uid, lambda: undoing.undo(uid=uid, reason=REASON, actor=self.by(Role.MANAGER), now=self.now))

    @rule(accepted=st.booleans())
    def a_held_deal_is_decided(self, accepted: bool) -> None:
        held.bring_up(self.now)
        deal = HeldDeal.objects.filter(state=DealState.WAITING).order_by("pk").first()
        if deal is None:
            return
        uid, actor = deal.uid, self.by(Role.MANAGER)
        if accepted:
            self.attempt(lambda: held.accept(uid=uid, actor=actor, now=self.now))
        else:
            self.attempt(lambda: held.refuse(uid=uid, reason=REASON, actor=actor, now=self.now))

    @rule(activity=st.sampled_from(["case_study", "webinar", "article"]), points=st.sampled_from([None, 150, 300]))
    def points_are_claimed_and_decided(self, activity: str, points: int | None) -> None:
        partner, actor = self.own()
        claim = self.attempt(
            lambda: claims.submit(
                partner=partner, activity=activity, link="https://nectar.example/story", text="Orders in a day.",
                form_token=new_id("frm", self.now), actor=actor, now=self.now,
            )
        )  # fmt: skip
        if claim is not None:
            decider = self.by(Role.MANAGER)
            self.attempt(lambda: claims.approve(uid=claim.uid, points=points, actor=decider, now=self.now))

    @rule(item=st.sampled_from(ITEMS), quantity=st.integers(1, 4))
    def points_are_exchanged(self, item: str, quantity: int) -> None:
        partner, actor = self.own()
        purpose = Purpose(client="c1", contract="C-1")
        offer = self.attempt(
            lambda: quote(partner=partner, item=item, quantity=quantity, purpose=purpose, actor=actor, now=self.now)
        )
        if offer is not None:
            token = new_id("frm", self.now)
            self.attempt(lambda: confirm(partner=partner, quote=offer.uid, form_token=token, actor=actor, now=self.now))

    @rule(what=st.sampled_from(["approve", "refuse", "withdraw", "fulfil", "cancel"]), latest=st.booleans())
    def an_exchange_goes_on(self, what: str, latest: bool) -> None:
        open_ones = Exchange.objects.filter(state__in=[ExchangeState.WAITING, ExchangeState.APPROVED])
        found = open_ones.order_by("-pk" if latest else "pk").first()
        if found is None:
            return
        partner, own = self.own()
        common: dict[str, Any] = {"uid": found.uid, "actor": self.by(Role.MANAGER)}
        steps: dict[str, Callable[[], object]] = {
            "approve": lambda: deciding.approve(now=self.now, **common),
            "refuse": lambda: deciding.refuse(reason=REASON, now=self.now, **common),
            "withdraw": lambda: withdraw(uid=found.uid, partner=partner, actor=own, now=self.now),
            "fulfil": lambda: deciding.fulfil(fulfilment="CODE-1", now=self.now, **common),
            "cancel": lambda: deciding.cancel(reason=REASON, now=self.now, **common),
        }
        self.attempt(steps[what])

    @invariant()
    def ledger_and_standings_are_what_the_history_says(self) -> None:
        assert [*problems(), *standings_agree()] == []
