"""Points by the team's own hand: issued, cancelled, corrected; the effect is seen before (T4.1, T4.2)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from honeyguide.accounts.models import User
from honeyguide.common.days import add_months
from honeyguide.common.errors import Forbidden, Invalid
from honeyguide.earning.services import issuing
from honeyguide.earning.services.issuing import CANCEL, CORRECT, ISSUE, Wanted
from honeyguide.history.models import Event
from honeyguide.ledger.models import Lot
from honeyguide.notices.models import Notice
from honeyguide.standing.models import Standing
from honeyguide.standing.verify import verify
from tests.live.conftest import NOW, TODAY, World, at
from tests.live.earning.conftest import as_partner, as_staff


def active(world: World) -> int:
    """Comb's active points."""
    return Standing.objects.get(partner=world.comb).points_active


def do(world: World, wanted: Wanted, token: str = "t1") -> Event:
    """As the manager does it."""
    return issuing.carry_out(partner=world.comb, wanted=wanted, form_token=token, actor=as_staff(world), now=NOW)


def test_what_is_issued_is_there_at_once_and_told(world: World) -> None:
    wanted = Wanted(ISSUE, "For the talk in May", 150)
    foreseen = issuing.preview(partner=world.comb, wanted=wanted, actor=as_staff(world), now=NOW)
    assert (foreseen[0].before.active, foreseen[0].after.active) == (0, 150)
    assert active(world) == 0
    first, again = do(world, wanted), do(world, wanted)
    assert first == again
    assert active(world) == 150
    assert Event.objects.get(type="points.granted").data["activity"] == "other"
    assert "For the talk in May" in Notice.objects.get(kind="points_issue").body_en


def test_a_cancelled_award_is_gone_and_what_was_spent_of_it_becomes_debt(world: World) -> None:
    award = do(world, Wanted(ISSUE, "For the talk in May", 150)).ident
    world.tell({"type": "points.spent", "partner": "comb", "at": NOW, "exchange": "e", "points": 100, "item": "course"})
    wanted = Wanted(CANCEL, "It was another company", award=award)
    foreseen = issuing.preview(partner=world.comb, wanted=wanted, actor=as_staff(world), now=NOW)[0]
    assert (foreseen.after.active, foreseen.debt) == (0, 100)
    do(world, wanted, "t2")
    row = Standing.objects.get(partner=world.comb)
    assert (row.points_active, row.points_debt) == (0, 100)


@pytest.mark.parametrize(("points", "events"), [(200, 1), (90, 2)])
def test_a_corrected_award_is_worth_what_it_should_have_been(world: World, points: int, events: int) -> None:
    award = do(world, Wanted(ISSUE, "For the talk in May", 150)).ident
    before = Event.objects.filter(is_program=True).count()
    do(world, Wanted(CORRECT, "It was another number", points, award), "t2")
    assert active(world) == points
    assert Event.objects.filter(is_program=True).count() == before + events
    notice = Notice.objects.get(kind="points_correct")
    assert f"it was 150 points, it is {points} points now" in notice.body_en


@pytest.mark.clause("T4.2")
@pytest.mark.parametrize("days", [300, 400])
def test_an_award_that_is_lessened_is_valid_as_long_as_before(world: World, days: int) -> None:
    day = TODAY - timedelta(days=days)
    for name, points, since in (("early", 170, day), ("late", 50, TODAY - timedelta(days=10))):
        world.tell({
            "at": at(since), "type": "points.granted", "partner": "comb", "award": name, "points": points,
            "activity": "support",
        })  # fmt: skip
    world.tell({
        "at": at(day + timedelta(days=30)), "type": "points.spent", "partner": "comb", "exchange": "e", "points": 100,
        "item": "course",
    })  # fmt: skip
    do(world, Wanted(CORRECT, "It was another number", 169, "early"), "t2")
    lots = {row.ident: row for row in Lot.objects.filter(account__owner="comb", account__unit="points", is_void=False)}
    new = next(row for name, row in lots.items() if name.endswith(".new"))
    assert (new.allocated_on, new.expires_on) == (day, add_months(day, 12))
    row = Standing.objects.get(partner=world.comb)
    assert (row.points_active, row.points_available, row.points_debt) == (
        (219, 119, 0) if days == 300 else (50, 50, 0)
    )  # fmt: skip
    assert lots["late"].remaining == 50  # what was spent stays with the award of which it was spent
    assert not verify([]).differences


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (Wanted(ISSUE, "For the talk", 0), "points"),
        (Wanted(ISSUE, "For the talk", None), "points"),
        (Wanted(ISSUE, "For the talk", 1_000_001), "points"),
        (Wanted(ISSUE, " ", 10), "reason"),
        (Wanted(CANCEL, "It was wrong", award="nobody's"), "award"),
        (Wanted(CORRECT, "It was wrong", 150, "own"), "points"),
    ],
)
def test_what_cannot_be_is_told_at_its_field(world: World, wanted: Wanted, field: str) -> None:
    own = do(world, Wanted(ISSUE, "For the talk in May", 150)).ident
    if wanted.award == "own":
        wanted = Wanted(wanted.action, wanted.reason, wanted.points, own)
    with pytest.raises(Invalid) as refused:
        do(world, wanted, "t2")
    assert set(refused.value.fields) == {field}
    assert active(world) == 150


def test_managers_and_administrators_alone_issue(world: World) -> None:
    for actor in (as_partner(world.charlie, "comb"), as_staff(world, "compliance"), as_staff(world, "finance")):
        with pytest.raises(Forbidden):
            issuing.carry_out(
                partner=world.comb, wanted=Wanted(ISSUE, "For me alone", 5), form_token="t", actor=actor, now=NOW
            )


def test_the_page_shows_the_effect_and_then_does_it_once(world: World, sign_in: Callable[[User], Client]) -> None:
    manager = sign_in(world.staff["manager"])
    url = "/console/partners/comb/points/issue/"
    page = manager.get(url)
    given = {**page.context["form"].initial, "points": "150", "reason": "For the talk in May", "step": "preview"}
    shown = manager.post(url, given)
    assert shown.status_code == 200
    assert b"What will follow" in shown.content
    assert active(world) == 0
    given |= {"step": "confirm", "previewed": shown.context["digest"]}
    changed = manager.post(url, given | {"points": "151"})  # not what was previewed
    assert b"Something was changed since the preview" in changed.content
    assert active(world) == 0
    for _time in range(2):
        assert manager.post(url, given).status_code == 302
    assert active(world) == 150
    assert b"For the talk in May" in manager.get("/console/partners/comb/points/").content
