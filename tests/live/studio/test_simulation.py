"""A draft on the live history: who would stand elsewhere and why, to the cent; once, and only as it is."""

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from honeyguide.accounts.actor import Actor
from honeyguide.accounts.models import User
from honeyguide.common.errors import Stale
from honeyguide.insights.figures import Scope, figures_of
from honeyguide.program.engine.kernels.state import CAUSES
from honeyguide.program.simulation.reasons import NOT_REVIEWED
from honeyguide.program.simulation.words import decision_words
from honeyguide.rulebooks.services import NotPublishable
from honeyguide.studio import asking, deciding, drafts, simulating
from honeyguide.studio.models import Draft, SimulatedMove, SimulationRun, SimulationState
from honeyguide.studio.tasks import simulate_draft
from honeyguide.studio.wording import decision_text, reason_lines
from tests.live.conftest import NOW, TODAY, World, at
from tests.live.studio.conftest import Simulate

HARDER_GOLD = {"statuses.gold.reach.sales_amount": Decimal(13000), "statuses.gold.discount_percent": Decimal(45)}


@pytest.fixture
def harder(manager: Actor) -> Draft:
    """Gold is reached by 13,000: more than Nectar's 12,000 on the day on which it became Gold."""
    draft = drafts.begin(note="", form_token="harder", actor=manager, now=NOW)
    return drafts.turn(uid=draft.uid, revision=draft.revision, values=HARDER_GOLD, actor=manager, now=NOW)


def test_who_moves_and_why_is_found_on_the_history_as_it_is(harder: Draft, simulated: Simulate) -> None:
    run = simulated(harder)
    assert (run.state, run.step, run.against, run.problem) == (SimulationState.DONE, 5, "1.0", "")
    totals = run.result["totals"]
    assert (totals["partners"], totals["moved"], totals["up"], totals["down"]) == (2, 1, 0, 0)
    move = run.moves.get()
    assert (move.partner, move.direction) == ("nectar", "discount")
    assert (move.discount_before, move.discount_after) == (Decimal(50), Decimal(45))
    assert move.clause == "T3.1.3c"
    assert reason_lines(move) == ["Discount of Gold: 50% → 45%"]
    assert move.given_before > move.given_after > 0
    assert (
        Decimal(totals["discount_before"]) - Decimal(totals["discount_after"]) == move.given_before - move.given_after
    )
    assert "simulation" in run.report.lower()
    assert "<script" not in run.report


def test_a_partner_that_loses_its_status_is_told_with_the_figure(manager: Actor, simulated: Simulate) -> None:
    draft = drafts.begin(note="", form_token="low", actor=manager, now=NOW)
    values = {"statuses.gold.reach.sales_amount": Decimal(40000)}
    draft = drafts.turn(uid=draft.uid, revision=draft.revision, values=values, actor=manager, now=NOW)
    run = simulated(draft)
    move = run.moves.get()
    assert (move.direction, move.status_before, move.status_after) == ("down", "gold", "bronze")
    assert (decision_text(move.decided_before), decision_text(move.decided_after)) == ("Gold reached", "stays Silver")
    assert reason_lines(move) == ["Sales: $12,000, asked $10,000 → $40,000"]
    with translation.override("ru"):
        assert reason_lines(move)[0].startswith("Продажи: ")
    threshold = run.result["thresholds"][0]
    assert (threshold["purpose"], threshold["status"], threshold["after"]) == ("reach", "gold", "40000.00")
    assert sum(threshold["counts"]) == threshold["looked_at"]


@pytest.fixture
def richer(world: World, manager: Actor) -> Draft:
    """A sale brings 8 % of it in points; Nectar has spent 200 of its points, which lowers no rank."""
    world.tell({"type": "points.spent", "partner": "nectar", "exchange": "x-1", "points": 200, "item": "course",
                "at": at(TODAY - timedelta(days=1))})  # fmt: skip
    draft = drafts.begin(note="", form_token="richer", actor=manager, now=NOW)
    values = {"points.sale.net_percent": Decimal(8)}
    return drafts.turn(uid=draft.uid, revision=draft.revision, values=values, actor=manager, now=NOW)


@pytest.mark.clause("T4.2", "G1.1")
def test_the_liability_is_what_partners_have_to_spend(
    richer: Draft, simulated: Simulate, manager: Actor, world: World, sign_in: Callable[[User], Client]
) -> None:
    run = simulated(richer)
    totals = run.result["totals"]
    outstanding = figures_of(Scope(), TODAY, "quarter").outstanding
    assert totals["points_available_before"] == outstanding == totals["points_active_before"] - 200
    assert totals["points_available_after"] - outstanding == 9000 * 3 // 100 + 12000 * 3 // 100
    assert run.result["points_months"][-1]["available_before"] == outstanding
    assert (run.result["liability_before"], run.result["liability_after"]) == (None, None)
    shown = page(sign_in(world.staff["manager"]), "", run)
    assert f"{outstanding:,}" in shown.text
    assert "Liability: points to spend at the end of each month" in [str(one.label) for one in shown.context["months"]]
    worth = f"{richer.text}\n[points.value]\nclause = 'G2.6'\nthousand_points_amount = 20\n"
    valued = drafts.replace(uid=richer.uid, revision=richer.revision, text=worth, actor=manager, now=NOW)
    result = simulated(valued).result
    assert result["liability_after"] == f"{result['totals']['points_available_after'] * 20 / 1000:.2f}"


@pytest.mark.clause("T4.2")
def test_all_whose_points_differ_are_listed_and_exported(
    richer: Draft, simulated: Simulate, world: World, sign_in: Callable[[User], Client]
) -> None:
    run = simulated(richer)
    support = sign_in(world.staff["support"])
    assert reverse("console:rulebook_simulation_points", args=[run.uid]) in page(support, "", run).text
    row = run.points.get()
    rows = list(csv.DictReader(io.StringIO(page(support, "_points", run, export="csv").getvalue().decode("utf-8-sig"))))
    assert [each["Company"] for each in rows] == ["Nectar Ltd"]
    assert int(rows[0]["To spend, draft"]) == row.available_after == row.active_after - 200
    assert int(rows[0]["Active, before"]) == row.active_before
    assert int(rows[0]["Difference"]) == row.active_after - row.active_before
    assert (rows[0]["Place, before"], rows[0]["Place, draft"]) == ("1", "1")
    assert "Nectar Ltd" in page(support, "_points", run, sort="-available_after").text
    assert "Nectar Ltd" not in page(support, "_points", run, q="comb").text


def test_what_a_draft_is_compared_with_is_named_and_not_called_now(
    proposed: Draft, simulated: Simulate, manager: Actor, admin: Actor, world: World, sign_in: Callable[[User], Client]
) -> None:
    """Version 1.1 is announced and 1.0 in force: a further draft is laid beside 1.1."""
    deciding.publish(uid=proposed.uid, seal=proposed.seal, actor=admin, now=NOW)
    draft = drafts.begin(note="", form_token="further", actor=manager, now=NOW)
    draft = drafts.turn(uid=draft.uid, revision=draft.revision, values=HARDER_GOLD, actor=manager, now=NOW)
    client, run = sign_in(world.staff["manager"]), simulated(draft)
    shown = page(client, "", run).text
    assert "Version 1.1: " in shown
    assert "Version 1.1 ↓" in shown
    assert not re.search(
        r"\b[Nn]ow\b", re.sub(r"<(head|nav|footer|script).*?</\1>|<[^>]*>", " ", shown, flags=re.DOTALL)
    )
    assert "Version 1.1" in page(client, "_moves", run).text
    edit = client.get(reverse("console:rulebook_draft_edit", args=[draft.uid]), {"part": "statuses.silver"}).text
    assert "version 1.1: $6,000" in edit


def test_the_same_draft_is_simulated_once_a_day_and_one_at_a_time(harder: Draft, manager: Actor) -> None:
    first = asking.ask(uid=harder.uid, revision=harder.revision, actor=manager, now=NOW)
    assert asking.ask(uid=harder.uid, revision=harder.revision, actor=manager, now=NOW) == first
    other = drafts.turn(
        uid=harder.uid, revision=harder.revision, values={"points.validity_months": 6}, actor=manager, now=NOW
    )
    with pytest.raises(Stale, match="still under way"):
        asking.ask(uid=other.uid, revision=other.revision, actor=manager, now=NOW)
    later = NOW + asking.GIVEN_UP_AFTER * 2
    again = asking.ask(uid=other.uid, revision=other.revision, actor=manager, now=later)
    first.refresh_from_db()
    assert (first.state, again.state) == (SimulationState.FAILED, SimulationState.WAITING)


def test_what_has_problems_or_was_changed_is_not_simulated(harder: Draft, manager: Actor) -> None:
    with pytest.raises(Stale):
        asking.ask(uid=harder.uid, revision=1, actor=manager, now=NOW)
    broken = drafts.replace(uid=harder.uid, revision=harder.revision, text="[points", actor=manager, now=NOW)
    with pytest.raises(NotPublishable):
        asking.ask(uid=broken.uid, revision=broken.revision, actor=manager, now=NOW)


def test_a_task_that_runs_twice_does_its_work_once(harder: Draft, simulated: Simulate) -> None:
    run = simulated(harder)
    simulate_draft.func(run.uid)
    assert run.moves.count() == SimulatedMove.objects.count() == 1


def test_a_simulation_that_fails_says_so_and_can_be_begun_again(
    harder: Draft, manager: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise MemoryError("too large")

    with monkeypatch.context() as patched:
        patched.setattr(simulating, "simulate", broken)
        run = asking.ask(uid=harder.uid, revision=harder.revision, actor=manager, now=NOW)
        simulate_draft.func(run.uid)
    run.refresh_from_db()
    assert (run.state, run.problem) == (SimulationState.FAILED, "MemoryError: too large")
    again = asking.ask(uid=harder.uid, revision=harder.revision, actor=manager, now=NOW)
    assert again != run


def test_every_decision_of_the_core_has_words_in_both_languages() -> None:
    table = pl.DataFrame({"cause": list(CAUSES), "from": "Gold", "to": "Silver"})
    told = {*table.select(decision_words()).to_series().drop_nulls(), "stays Bronze", "no status", NOT_REVIEWED}
    told.add("terminated by a measure")
    with translation.override("ru"):
        untold = [words for words in told if decision_text(words) == words]
    assert untold == []


def page(client: Client, name: str, run: SimulationRun, **query: str) -> Any:
    return client.get(reverse(f"console:rulebook_simulation{name}", args=[run.uid]), query)


def test_the_pages_show_and_export_what_was_found(
    harder: Draft, simulated: Simulate, world: World, sign_in: Callable[[User], Client]
) -> None:
    run = simulated(harder)
    support = sign_in(world.staff["support"])
    shown = page(support, "", run).content.decode()
    assert "Nectar Ltd" in shown
    assert "Discount of Gold: 50% → 45%" in shown
    rows = list(csv.reader(io.StringIO(b"".join(page(support, "_moves", run, export="csv")).decode("utf-8-sig"))))
    assert rows[1][0] == "Nectar Ltd"
    assert "Discount of Gold: 50% → 45% (T3.1.3c)" in rows[1]
    assert "Nectar" not in page(support, "_moves", run, direction="up").content.decode()
    assert page(support, "_near", run).status_code == 200
    report = page(support, "_report", run)
    assert report["Content-Disposition"].startswith("attachment")
    assert report.content.decode().startswith("<!doctype html>")


def test_the_page_says_how_far_it_is_while_it_is_under_way(
    harder: Draft, manager: Actor, world: World, sign_in: Callable[[User], Client]
) -> None:
    run = asking.ask(uid=harder.uid, revision=harder.revision, actor=manager, now=NOW)
    SimulationRun.objects.filter(pk=run.pk).update(state=SimulationState.RUNNING, step=2)
    shown = page(sign_in(world.staff["manager"]), "", run).content.decode()
    assert 'max="5" value="2"' in shown
    assert 'hx-trigger="every 1s"' in shown
