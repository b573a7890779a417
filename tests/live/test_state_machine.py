"""Anything in any order, through the services: what is stored stays what the history says.

Random operations on a small program: events of all types that fit or do not, imports, days that pass, and what the
rooms do. After each of them the ledger holds together, and it and the standings are what the engine finds in the whole
history; at the end `verify` finds nothing, and the exported history, replayed from its file, gives the standings that
are stored. `make test` runs a few dozen operations, `make test-all` a thousand.
"""

import json
import os
import random
import tempfile
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from honeyguide.accounts.actor import Actor
from honeyguide.accounts.models import Role, User
from honeyguide.cli.verify import ROOM_CHECKS
from honeyguide.common.clock import program_day
from honeyguide.common.errors import Refusal
from honeyguide.common.ids import new_id
from honeyguide.conduct import restatements
from honeyguide.conduct import services as conduct
from honeyguide.conduct.rules import CLAUSE_WORDS, GROUND_WORDS, MEASURE_WORDS
from honeyguide.history.exporting import export
from honeyguide.history.models import Event, Ident
from honeyguide.joining import services as joining
from honeyguide.ledger import services as ledger
from honeyguide.partners.models import MemberRole, Partner
from honeyguide.partners.services import link_member
from honeyguide.program.engine import replay
from honeyguide.program.history import read_history
from honeyguide.program.history.events import EVENT_TYPES
from honeyguide.requirements.models import EvidenceCase
from honeyguide.requirements.services import evidence, nfr
from honeyguide.requirements.services.courses import Completion, record_course
from honeyguide.reviews import services as reviews
from honeyguide.rulebooks.queries import all_versions
from honeyguide.standing.importing import Source, apply, preview
from honeyguide.standing.models import Standing
from honeyguide.standing.services import reassess_all, tell
from honeyguide.standing.tasks import expire_today
from honeyguide.standing.verify import verify
from tests.live.conftest import NOW, bronze_events, gold_events
from tests.live.points_machine import REASON, PointsMachine
from tests.reference.histories import random_history

KEYS = ("nectar", "comb", "hive")
OF_POINTS = ("points.granted", "points.decided", "points.cancelled", "points.spent", "points.restored", "sale.refunded")
SALES, CLIENTS = [f"s{n}" for n in range(8)], ["c1", "c2", "c3"]
REQUIREMENTS = ("website_endorsement", "phone_support", "webinar", "case_study", "marketing_plan", "qbr")

partners = st.sampled_from(KEYS)
sales = st.sampled_from(SALES)
seeds = st.integers(0, 10**6)


def some_event(kind: str, partner: str, seed: int) -> dict[str, Any]:
    """An event of a type, with fields that may fit or not."""
    rng = random.Random(f"{kind} {seed}")
    pick = rng.choice
    fields: dict[str, dict[str, Any]] = {
        "partner.applied": {"name": pick(["Hive", "Улей"]), "country": pick(["GB", "KZ"])},
        "course.completed": {"course": pick(["tutorial", "sales", "marketing", "another"])},
        "nfr.claimed": {"product": pick(["cloud", "on_premise"])},
        "evidence.approved": {"requirement": pick(REQUIREMENTS)},
        "evidence.withdrawn": {"requirement": pick(REQUIREMENTS)},
        "sale.paid": {
            "sale": pick(SALES), "client": pick(CLIENTS), "product": pick(["cloud", "on_premise", "maintenance"]),
            "net": pick(["0", "99.90", "2500", "14000.50"]), "seats": pick([0, 5, 120]), "term_months": pick([1, 12]),
        },
        "sale.refunded": {"sale": pick(SALES)} | pick([{}, {"amount": "50.00"}]),
        "sale.excluded": {"sale": pick(SALES), "reason": "resold"},
        "project.delivered": {
            "project": pick(["p1", "p2"]), "client": pick(CLIENTS), "modules": ["simple"], "report": pick(["r", ""]),
            "checklist": "c",
        },
        "project.confirmed": {"project": pick(["p1", "p2"])},
        "points.granted": {"award": pick(["a1", "a2"]), "points": pick([1, 900]), "activity": "training"},
        "points.decided": {"sale": pick(SALES), "decision": pick(["refuse", "accept"])},
        "points.cancelled": pick([{"award": "a1"}, {"points": 40}, {"award": pick(SALES)}]),
        "points.spent": {"exchange": pick(["x1", "x2"]), "points": pick([1, 500]), "item": "honey"},
        "points.restored": {"exchange": pick(["x1", "x2"])},
        "lead.reserved": {"lead": "l1"}, "lead.won": {"lead": "l1"}, "lead.lost": {"lead": "l1"},
        "discount.adjusted": {"percent": pick(["5", "12.5"]), "reason": "late"},
        "measure.applied": {"measure": pick(["downgrade", "block_access", "bar_leads", "terminate"])}
        | pick([{}, {"until": "2027-03-01"}]),
        "measure.lifted": {"measure": pick(["downgrade", "block_access", "bar_leads"])},
    }  # fmt: skip
    return {"type": kind, "partner": partner, **fields.get(kind, {})}


class Program(PointsMachine):
    """A program with a Gold, a Bronze and a new partner."""

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.now = NOW
        self.staff = {
            role: User.objects.create_user(f"{role}@machine.example", "a long password", name=role, role=role)
            for role in Role.values
        }
        for key in KEYS:
            Partner.objects.create(key=key, name=key.title(), country="GB", added_at=NOW)
        self.member = User.objects.create_user("main@machine.example", "a long password", name="Main")
        self.by_program = Actor.system("machine")
        link_member(
            partner=Partner.objects.get(key="nectar"), user=self.member, role=MemberRole.MAIN, actor=self.by_program,
            now=NOW,
        )  # fmt: skip
        tell(gold_events("nectar", "Nectar", "GB"), actor=self.by_program, now=NOW)
        tell(bronze_events("comb", "Comb", "GB"), actor=self.by_program, now=NOW)
        given = {"type": "points.granted", "partner": "nectar", "award": "a0", "points": 4000, "activity": "training"}
        tell([given | {"at": NOW - timedelta(days=300)}], actor=self.by_program, now=NOW)

    def teardown(self) -> None:
        """All that was done agrees; then it is undone."""
        try:
            self.stored_is_replayed()
        finally:
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    def stored_is_replayed(self) -> None:
        assert verify(ROOM_CHECKS).differences == ()
        reassess_all(day=program_day(self.now), now=self.now, actor=self.by_program)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "history.jsonl"
            export(path, actor=self.by_program, now=self.now)
            history = read_history(path)
        answers = replay(history, all_versions(), as_of=program_day(self.now)).to_dict(explain=True)["partners"]
        for answer in answers:
            answer["points"]["rank"] = None
        stored = Standing.objects.order_by("partner__key").values_list("answer", flat=True)
        assert list(stored) == json.loads(json.dumps(answers))

    def attempt(self, action: Callable[[], Any]) -> Any:
        """Do it. If it is refused, nothing has changed."""
        before = (Event.objects.count(), Ident.objects.count(), Partner.objects.count())
        self.now += timedelta(minutes=7)
        try:
            return action()
        except Refusal:
            assert (Event.objects.count(), Ident.objects.count(), Partner.objects.count()) == before
            return None

    def partner(self, key: str) -> Partner:
        return Partner.objects.get(key=key)

    @rule(kind=st.sampled_from(EVENT_TYPES), key=partners, seed=seeds, days_ago=st.sampled_from([0, 0, 1, 40, 400]))
    def something_happens(self, kind: str, key: str, seed: int, days_ago: int) -> None:
        at = self.now - timedelta(days=days_ago, minutes=seed % 1000)
        self.attempt(lambda: tell([some_event(kind, key, seed) | {"at": at}], actor=self.by_program, now=self.now))

    @rule(key=partners, seeds=st.lists(seeds, min_size=2, max_size=5))
    def several_sales_at_once(self, key: str, seeds: list[int]) -> None:
        events = [some_event("sale.paid", key, seed) for seed in seeds]
        self.attempt(lambda: tell(events, actor=self.by_program, now=self.now))

    @rule(kind=st.sampled_from(OF_POINTS), key=partners, seed=seeds, days_ago=st.sampled_from([0, 0, 0, 40, 380]))
    def points_move(self, kind: str, key: str, seed: int, days_ago: int) -> None:
        at = self.now - timedelta(days=days_ago, minutes=seed % 1000)
        self.attempt(lambda: tell([some_event(kind, key, seed) | {"at": at}], actor=self.by_program, now=self.now))

    @rule(key=partners, points=st.sampled_from([5, 300]), exchange=st.sampled_from(["x1", "x2"]), lets_go=st.booleans())
    def points_are_reserved(self, key: str, points: int, exchange: str, lets_go: bool) -> None:
        of: dict[str, Any] = {
            "unit": "points", "owner": key, "day": program_day(self.now), "now": self.now, "actor": self.by_program,
        }  # fmt: skip
        held = self.attempt(lambda: ledger.hold(points=points, key=new_id("key", self.now), reference=exchange, **of))
        if held is not None and lets_go:
            self.attempt(lambda: ledger.release(hold=held.uid, key=new_id("key", self.now), **of))

    @rule(days=st.sampled_from([1, 30, 89, 200, 366]), expires=st.booleans())
    def days_pass(self, days: int, expires: bool = False) -> None:
        self.now += timedelta(days=days)
        reassess_all(day=program_day(self.now), now=self.now, actor=self.by_program)
        if expires:
            expire_today(self.now)

    @rule(seed=st.integers(0, 40), with_ids=st.booleans(), looked_at=st.booleans())
    def a_file_is_imported(self, seed: int, with_ids: bool, looked_at: bool) -> None:
        events = random_history(seed)
        for place, event in enumerate(events):
            if with_ids:
                event["id"] = f"file-{seed}-{place}"
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "file.jsonl"
            path.write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")
            source = Source(path, path.name)
            if looked_at:
                self.attempt(lambda: preview(source, now=self.now))
            self.attempt(lambda: apply(source, actor=self.by_program, now=self.now))

    @rule(name=st.sampled_from(["Apiario", "Pollen", "Мёд"]))
    def a_company_is_added_and_accepted(self, name: str) -> None:
        actor = self.by(Role.MANAGER)
        added = self.attempt(
            lambda: joining.add_partner(name=name, country="ES", kind="sales", actor=actor, now=self.now)
        )
        if added is not None:
            self.attempt(lambda: joining.accept_partner(key=added.key, actor=actor, now=self.now))

    @rule(key=partners, course=st.sampled_from(["tutorial", "sales", "marketing"]))
    def a_course_is_completed(self, key: str, course: str) -> None:
        completion = Completion(key, course, program_day(self.now), "")
        self.attempt(lambda: record_course(completion=completion, actor=self.by(Role.MANAGER), now=self.now))

    @rule(requirement=st.sampled_from(REQUIREMENTS), accepted=st.booleans(), revoked=st.booleans())
    def evidence_is_handed_in_and_decided(self, requirement: str, accepted: bool, revoked: bool) -> None:
        nectar = self.partner("nectar")
        actor = Actor(name="Main", user=self.member, partner="nectar")
        decider = self.by(Role.MANAGER)
        case: EvidenceCase | None = self.attempt(
            lambda: evidence.submit(
                partner=nectar, requirement=requirement, kind="text", text="We answer the telephone all day",
                form_token=new_id("frm", self.now), actor=actor, now=self.now,
            )
        )  # fmt: skip
        if case is None:
            return
        if not accepted:
            self.attempt(lambda: evidence.decline(uid=case.uid, reason=REASON, actor=decider, now=self.now))
            return
        self.attempt(lambda: evidence.approve(uid=case.uid, actor=decider, now=self.now))
        if revoked:
            self.attempt(lambda: evidence.revoke(uid=case.uid, reason=REASON, actor=decider, now=self.now))

    @rule(
        key=partners,
        measure=st.sampled_from(sorted(MEASURE_WORDS)),
        clause=st.sampled_from(sorted(CLAUSE_WORDS)),
        days=st.sampled_from([None, 10]),
    )
    def a_measure_is_taken(self, key: str, measure: str, clause: str, days: int | None) -> None:
        partner = self.partner(key)
        until = None if days is None else program_day(self.now) + timedelta(days=days)
        self.attempt(
            lambda: conduct.apply_measure(
                partner=partner, measure=measure, clause=clause, reason=REASON, until=until,
                confirmed_name=partner.name, actor=self.by(Role.COMPLIANCE), now=self.now,
            )
        )  # fmt: skip

    @rule(key=partners, measure=st.sampled_from(sorted(MEASURE_WORDS)))
    def a_measure_is_lifted(self, key: str, measure: str) -> None:
        self.attempt(
            lambda: conduct.lift_measure(
                partner=self.partner(key), measure=measure, reason=REASON, actor=self.by(Role.COMPLIANCE), now=self.now
            )
        )

    @rule(key=partners, clause=st.sampled_from(sorted(CLAUSE_WORDS)), ends=st.booleans())
    def a_partner_is_suspended_and_perhaps_reinstated(self, key: str, clause: str, ends: bool) -> None:
        actor = self.by(Role.COMPLIANCE)
        self.attempt(
            lambda: conduct.suspend(partner=self.partner(key), clause=clause, reason=REASON, actor=actor, now=self.now)
        )
        if ends:
            self.attempt(lambda: conduct.reinstate(partner=self.partner(key), reason=REASON, actor=actor, now=self.now))

    @rule(key=partners, percent=st.sampled_from(["0", "7.5", "60"]), restored=st.booleans())
    def a_discount_is_reduced_and_perhaps_restored(self, key: str, percent: str, restored: bool) -> None:
        actor = self.by(Role.MANAGER)
        self.attempt(
            lambda: conduct.adjust_discount(
                partner=self.partner(key), percent=Decimal(percent), reason=REASON, restores=REASON, actor=actor,
                now=self.now,
            )
        )  # fmt: skip
        if restored:
            self.attempt(
                lambda: conduct.restore_discount(partner=self.partner(key), reason=REASON, actor=actor, now=self.now)
            )

    @rule(key=partners, sale=sales, ground=st.sampled_from(sorted(GROUND_WORDS)))
    def a_sale_is_excluded(self, key: str, sale: str, ground: str) -> None:
        self.attempt(
            lambda: conduct.exclude_sale(
                partner=self.partner(key), sale=sale, ground=ground, reason=REASON, actor=self.by(Role.MANAGER),
                now=self.now,
            )
        )  # fmt: skip

    @rule(key=partners, points=st.sampled_from([1, 10**6]), clause=st.sampled_from(sorted(CLAUSE_WORDS)))
    def points_are_cancelled(self, key: str, points: int, clause: str) -> None:
        self.attempt(
            lambda: conduct.cancel_points(
                partner=self.partner(key), points=points, clause=clause, reason=REASON,
                actor=self.by(Role.COMPLIANCE), now=self.now,
            )
        )  # fmt: skip

    @rule(product=st.sampled_from(["cloud", "on_premise"]), granted=st.booleans(), ends=st.booleans())
    def a_licence_is_claimed_and_decided(self, product: str, granted: bool, ends: bool) -> None:
        account = f"{new_id('acc', self.now)}.cloud.example" if product == "cloud" else "it@nectar.example"
        claimed = self.attempt(
            lambda: nfr.claim(
                partner=self.partner("nectar"), product=product, account=account, use="internal", agreed=True,
                form_token=new_id("frm", self.now), actor=Actor(name="Main", user=self.member, partner="nectar"),
                now=self.now,
            )
        )  # fmt: skip
        if claimed is None:
            return
        decider = self.by(Role.MANAGER)
        if not granted:
            self.attempt(lambda: nfr.decline(uid=claimed.uid, reason=REASON, actor=decider, now=self.now))
            return
        self.attempt(lambda: nfr.grant(uid=claimed.uid, actor=decider, now=self.now))
        if ends:
            self.attempt(lambda: nfr.give_back(uid=claimed.uid, reason=REASON, actor=decider, now=self.now))

    @rule(choice=st.sampled_from(["apply", "leave"]))
    def a_restatement_is_settled(self, choice: str) -> None:
        restatements.bring_up(self.now)
        case = restatements.waiting().order_by("pk").first()
        if case is None:
            return
        actor = self.by(Role.COMPLIANCE)
        self.attempt(lambda: restatements.settle(uid=case.uid, choice=choice, reason=REASON, actor=actor, now=self.now))

    @rule(key=partners, in_days=st.integers(1, 60), came=st.booleans())
    def a_business_review_is_planned_and_held(self, key: str, in_days: int, came: bool) -> None:
        manager = self.by(Role.MANAGER)
        appointment = reviews.Appointment(self.now + timedelta(days=in_days), 60, "Hall", "Figures")
        planned = self.attempt(
            lambda: reviews.schedule(partner=self.partner(key), appointment=appointment, actor=manager, now=self.now)
        )
        if planned is None:
            return
        self.days_pass(days=in_days + 1, expires=True)
        there = [self.member, self.staff[Role.MANAGER]] if came else []
        self.attempt(
            lambda: reviews.record_attendance(uid=planned.uid, there=there, summary="", actor=manager, now=self.now)
        )

    @invariant()
    def everybody_with_events_has_a_standing(self) -> None:
        by_now = Event.objects.filter(is_program=True, at__lte=self.now)
        with_events = by_now.order_by().values_list("partner", flat=True).distinct()
        assert set(with_events) <= set(Standing.objects.values_list("partner__key", flat=True))


def run(examples: int, steps: int) -> None:
    run_state_machine_as_test(
        Program,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=bool(os.environ.get("CI")),
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.django_db
def test_what_is_stored_is_what_the_history_says_after_a_few_operations() -> None:
    run(examples=4, steps=12)


@pytest.mark.slow
@pytest.mark.django_db
def test_what_is_stored_is_what_the_history_says_after_a_thousand_operations() -> None:
    run(examples=40, steps=25)
