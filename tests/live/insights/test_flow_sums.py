"""Figures are read from sums by day and month: they are always what the movements sum up to, whatever happened."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from honeyguide.accounts.actor import Actor
from honeyguide.cli.migrate import bring_up_to_date
from honeyguide.common.days import add_months
from honeyguide.common.rulebooks import first_rulebook
from honeyguide.insights.figures import Figures, Scope
from honeyguide.insights.models import FlowRow
from honeyguide.insights.periods import MONTHS, Period, in_months
from honeyguide.insights.verifying import problems
from honeyguide.ledger.models import Lot
from honeyguide.ledger.services import expire_due
from honeyguide.partners.models import Partner
from honeyguide.standing.flows import sum_up_all
from honeyguide.standing.models import FlowsRead, FlowSum
from honeyguide.standing.settling import settle
from honeyguide.standing.tasks import expire_today
from tests.live.conftest import NOW, TODAY, World, at

DAYS = st.dates(date(2019, 12, 1), date(2028, 3, 31))


def agree() -> None:
    assert list(problems()) == []


def granted(partner: str, award: str, points: int, days_ago: int, activity: str = "training") -> dict[str, object]:
    return {
        "type": "points.granted", "partner": partner, "award": award, "points": points, "activity": activity,
        "at": at(TODAY - timedelta(days=days_ago), 8),
    }  # fmt: skip


@pytest.fixture
def crowd(busy: World) -> World:
    """Nectar with everything, Comb with points of many days, on the edges of months too."""
    edges = [(TODAY - day).days for day in (date(2026, 8, 31), date(2026, 9, 1), date(2026, 10, 31), date(2026, 11, 1))]
    for place, days_ago in enumerate((60, 59, *edges, 20, 0)):
        busy.tell(granted("comb", f"t-{place}", 10 + place, days_ago, ("training", "marketing")[place % 2]))
    busy.tell({"type": "points.spent", "partner": "comb", "exchange": "x-c", "points": 25, "item": "course"})
    return busy


@given(DAYS, st.integers(0, 800))
def test_a_period_is_its_whole_months_and_the_days_around_them(first: date, days: int) -> None:
    period = Period(first, first + timedelta(days=days))
    parts = in_months(period)
    covered = [part.first + timedelta(days=n) for _, part in parts for n in range((part.last - part.first).days + 1)]
    assert covered == [first + timedelta(days=n) for n in range(days + 1)]
    for whole, part in parts:
        assert not whole or (part.first.day == 1 and part.is_whole)
        assert whole or (part.first.year, part.first.month) == (part.last.year, part.last.month)


def plain(scope: Scope, period: Period) -> Iterator[FlowRow]:
    rows = FlowRow.objects.filter(day__gte=period.first, day__lte=period.last)
    return rows.filter(partner__in=scope.partners().values("key")).iterator()


@pytest.mark.django_db
@pytest.mark.clause("G4.2", "G4.3")
def test_every_figure_of_every_period_is_the_sum_of_its_movements(crowd: World) -> None:
    for day in (TODAY, date(2026, 10, 31), date(2026, 11, 1), date(2026, 8, 30), date(2025, 9, 27)):
        for length in MONTHS:
            for scope in (Scope(), Scope(countries=("DE",)), Scope(status="gold")):
                found = Figures(scope, day, length, first_rulebook())
                for flow, period in ((found.now, found.period), (found.previously, found.period_before)):
                    kinds: Counter[str] = Counter()
                    for row in plain(scope, period):
                        kinds[row.kind] += row.points
                    assert (flow.accrued, flow.expired, flow.cancelled) == (
                        kinds["earned"], -kinds["expired"], -kinds["cancelled"],
                    )  # fmt: skip
                    assert flow.spent == -kinds["spent"] - kinds["restored"]
                active = set(Partner.objects.filter(standing__state="active").values_list("key", flat=True))
                own = [row for row in plain(scope, found.period) if row.kind == "earned" and row.partner in active]
                assert found.accrued_by_active == (sum(row.points for row in own), len({row.partner for row in own}))
                assert sum(part.accrued for part in found.parts) == found.now.accrued


@pytest.mark.django_db
def test_months_of_kinds_activities_and_earners_are_sums_of_movements(crowd: World) -> None:
    months = [add_months(date(2025, 9, 1), n) for n in range(15)]
    kinds: Counter[tuple[str, date]] = Counter()
    activities: Counter[tuple[str, date]] = Counter()
    earners: set[tuple[str, date]] = set()
    for row in plain(Scope(), Period(months[0], TODAY)):
        month = row.day.replace(day=1)
        kinds[row.kind, month] += row.points
        if row.kind == "earned":
            activities[row.activity, month] += row.points
            earners.add((row.partner, month))
    found = Figures(Scope(), TODAY, "year", first_rulebook())
    assert {name: sums for name, sums in found.by_month(months).items() if any(sums)} == {
        name: [kinds[name, month] for month in months] for name in {name for name, _ in kinds}
    }
    assert found.by_activity(months) == {
        name: [activities[name, month] for month in months] for name in {name for name, _ in activities}
    }
    assert found.earners_by_month(months) == [sum(month == of for _, of in earners) for month in months]


@pytest.mark.django_db
def test_a_past_that_is_told_anew_is_summed_anew(crowd: World) -> None:
    agree()
    crowd.tell({"type": "points.cancelled", "partner": "comb", "award": "t-3", "at": at(TODAY - timedelta(days=15))})
    agree()
    crowd.tell(granted("comb", "late", 70, 58))  # before what was spent since: all behind it is posted anew
    agree()
    assert FlowSum.objects.filter(partner__key="comb", day=TODAY - timedelta(days=58)).count() == 1


@pytest.mark.django_db
@pytest.mark.clause("T4.2")
def test_expiry_is_in_the_sums_when_it_is_posted_and_after_a_night_that_broke_off(crowd: World) -> None:
    expire_today(NOW)
    agree()
    later = NOW + timedelta(days=170)
    assert expire_due(unit="points", day=later.date(), now=later, actor=Actor.system("night"))  # and the process ended
    assert any("expired" in line and "summed up nothing" in line for line in problems())
    expire_today(later)
    agree()


@pytest.mark.django_db
def test_nothing_is_written_where_nothing_was_posted(crowd: World) -> None:
    before = list(FlowSum.objects.order_by("pk").values_list("pk", flat=True))
    sum_up_all()
    settle({}, now=NOW, actor=crowd.actor)
    assert list(FlowSum.objects.order_by("pk").values_list("pk", flat=True)) == before


@pytest.mark.django_db
def test_a_database_of_before_is_summed_up_when_it_is_brought_up_to_date(crowd: World) -> None:
    FlowSum.objects.all().delete()
    FlowsRead.objects.all().delete()
    assert next(problems()).startswith("partner comb: points earned")
    bring_up_to_date()
    agree()


@pytest.mark.django_db
def test_verify_names_a_sum_that_is_wrong_and_one_that_belongs_to_nothing(crowd: World) -> None:
    FlowSum.objects.filter(partner__key="comb", is_month=False, day=TODAY, kind="earned").update(points=1)
    FlowSum.objects.create(partner=crowd.comb, is_month=True, day=date(2020, 1, 1), kind="spent", points=-5)
    assert list(problems()) == [
        "partner comb: points spent of 2020-01: summed up -5, the movements say nothing",
        "partner comb: points earned marketing of 2026-11-20: summed up 1, the movements say 17",
    ]


@pytest.mark.django_db
def test_what_partners_have_is_what_their_valid_lots_have(crowd: World) -> None:
    for day in (TODAY, TODAY + timedelta(days=200), TODAY + timedelta(days=364)):  # with expiry that nobody has posted
        valid: Counter[str] = Counter()
        for lot in Lot.objects.filter(account__unit="points", expires_on__gt=day).select_related("account"):
            valid[lot.account.owner] += lot.remaining
        left = Figures(Scope(), day, "year", first_rulebook()).left_of_partners()
        assert {key: points for key, points in left.items() if points} == +valid
