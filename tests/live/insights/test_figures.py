"""The program's figures: each total is the ledger's, each rank the engine's (G4.2, G4.3)."""

import csv
import io
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import polars as pl
import pytest
from django.db import transaction
from django.db.models import Sum

from honeyguide.accounts.actor import Actor
from honeyguide.common.charts import drawing
from honeyguide.common.rulebooks import first_rulebook
from honeyguide.console.views.points.overview import charts
from honeyguide.history.models import Event
from honeyguide.insights.exports import export, frame_of
from honeyguide.insights.figures import Figures, Scope, figures_of, value_of
from honeyguide.insights.models import Movement, PartnerRow
from honeyguide.insights.periods import Period, before, trailing
from honeyguide.ledger import queries as ledger
from honeyguide.ledger.models import Account
from honeyguide.partners.models import Partner
from honeyguide.program.rulebook.sections import PointValue
from honeyguide.standing.engine import assess_history, whole_history
from honeyguide.standing.models import Standing
from tests.live.conftest import NOW, TODAY, World, at

pytestmark = pytest.mark.django_db
EVERYBODY = Scope()


def figures(scope: Scope = EVERYBODY, length: str = "quarter") -> Figures:
    return Figures(scope, TODAY, length, first_rulebook())


@pytest.fixture
def crowd(busy: World) -> World:
    """Nectar with everything, Comb with a sale, Wax of France with a grant, Hive with nothing."""
    for key, country in (("wax", "FR"), ("hive", "FR")):
        Partner.objects.create(key=key, name=key.title(), country=country, kind="consultant", added_at=NOW)
        busy.tell(
            {
                "type": "partner.applied",
                "partner": key,
                "name": key,
                "country": country,
                "at": at(TODAY - timedelta(days=31)),
            },
            {"type": "partner.accepted", "partner": key, "at": at(TODAY - timedelta(days=30))},
        )
    busy.tell(
        {"type": "sale.paid", "partner": "comb", "sale": "c-1", "client": "cl", "product": "cloud", "net": "700.00",
         "at": at(TODAY - timedelta(days=40))},
        {"type": "points.granted", "partner": "wax", "award": "w-1", "points": 120, "activity": "training",
         "at": at(TODAY - timedelta(days=5))},
    )  # fmt: skip
    return busy


@pytest.mark.clause("G4.2")
def test_every_total_is_the_ledgers(crowd: World) -> None:
    in_lots = sum(ledger.balance("points", key, day=TODAY).in_lots for key in ("nectar", "comb", "wax", "hive"))
    whole = figures()
    assert whole.outstanding == in_lots == sum(whole.by_age) == sum(whole.by_expiry.values())
    for field in ("country", "kind", "standing__status"):
        parts = replace(whole, by=field).parts
        assert sum(part.outstanding for part in parts) == in_lots
        assert sum(part.accrued for part in parts) == whole.now.accrued
        assert sum(part.spent for part in parts) == whole.now.spent
    months = [date(2026, month, 1) for month in range(1, 12)]
    accrued = Movement.objects.filter(kind="earned", day__gte=months[0]).aggregate(sum=Sum("points"))["sum"]
    assert sum(map(sum, whole.by_activity(months).values())) == sum(whole.by_month(months)["earned"]) == accrued


def test_movements_of_all_accounts_sum_to_what_the_accounts_have(crowd: World) -> None:
    for account in Account.objects.filter(unit="points"):
        moved = Movement.objects.filter(partner=account.owner).aggregate(sum=Sum("points"))["sum"] or 0
        assert moved == account.balance, account.owner


@pytest.mark.clause("G4.2")
def test_average_share_velocity_and_forecast_are_what_they_say(crowd: World) -> None:
    found = figures()
    assert (found.now.accrued, found.accrued_by_active) == (45 + 120, (45 + 120, 2))
    assert found.average == Decimal(165) / 4 / 3
    assert found.share == Decimal(2) / 4
    assert found.previously.accrued == 500, "the project and the case study of a hundred days ago"
    assert found.velocity == Decimal(165) / 500
    assert found.now.spent == 500
    assert found.velocity_spent is None, "nothing was spent in the three months before"
    assert found.forecast == 500


@pytest.mark.clause("G4.2")
def test_the_average_and_the_share_are_of_active_partners_alone(crowd: World) -> None:
    crowd.tell({"type": "partner.terminated", "partner": "comb"})
    found = figures()
    assert found.now.accrued == 45 + 120, "what left partners accrued was accrued all the same"
    assert (found.active_partners, found.accrued_by_active) == (3, (120, 1))
    assert found.average == Decimal(120) / 3 / 3
    assert found.share == Decimal(1) / 3


@pytest.mark.clause("G4.2")
def test_the_forecast_never_says_more_than_there_is(crowd: World) -> None:
    scope = Scope(countries=("DE",))
    crowd.tell({"type": "points.spent", "partner": "comb", "exchange": "all", "points": 40, "item": "x"})
    found = figures(scope, "month")
    assert found.now.spent == 40
    assert found.forecast == found.outstanding == 5


@pytest.mark.clause("G4.2")
def test_ages_are_ranges_and_every_one_has_its_words(crowd: World) -> None:
    found = charts(figures())
    assert found["age"].x == ["0–3 months", "3–6 months", "6–9 months", "9–12 months", "older than 12"]
    assert drawing(found["age"])["few"]
    assert not drawing(found["moved"])["few"], "of many months some stand for the others"


@pytest.mark.clause("G4.3")
def test_filters_by_country_business_and_status_narrow_everything(crowd: World) -> None:
    assert figures(Scope(countries=("FR",))).outstanding == 120
    assert figures(Scope(countries=("FR", "DE"))).outstanding == 165
    assert figures(Scope(kind="consultant")).active_partners == 2
    gold = figures(Scope(status="gold"))
    assert gold.active_partners == 1
    assert gold.outstanding == ledger.balance("points", "nectar", day=TODAY).in_lots


def test_in_a_program_without_anything_there_is_nothing_to_divide_by() -> None:
    empty = figures(Scope(countries=("AQ",)))
    assert (empty.outstanding, empty.forecast, empty.average, empty.share, empty.velocity) == (0, 0, None, None, None)
    assert empty.by_expiry == {}


@pytest.mark.clause("G2.6")
def test_points_are_valued_only_by_a_figure_of_the_rulebook() -> None:
    assert value_of(1500, first_rulebook()) is None
    worth = first_rulebook().points.model_copy(
        update={"value": PointValue(clause="G2.2", thousand_points_amount=Decimal("12.50"))}
    )
    assert value_of(1500, first_rulebook().model_copy(update={"points": worth})) == Decimal("18.75")


def test_trailing_periods_follow_each_other_without_a_gap() -> None:
    quarter = trailing(date(2026, 11, 20), "quarter")
    assert quarter == Period(date(2026, 8, 21), date(2026, 11, 20))
    assert before(quarter, "quarter") == Period(date(2026, 5, 21), date(2026, 8, 20))


@pytest.mark.clause("T4.2")
def test_the_rank_of_the_view_is_the_engines(crowd: World) -> None:
    engine = {key: found.answer["points"]["rank"] for key, found in assess_history(whole_history(), TODAY).items()}
    assert dict(PartnerRow.objects.values_list("partner", "rank")) == engine
    assert PartnerRow.objects.get(partner="nectar").points_active == Standing.objects.get(
        partner__key="nectar"
    ).points_active  # fmt: skip


@pytest.mark.clause("G4.3")
def test_each_table_can_be_taken_out_in_three_forms_with_the_same_rows(crowd: World) -> None:
    actor = Actor(name="Finance Person", user=crowd.staff["finance"])
    for table in ("movements", "lots", "exchanges", "bonuses", "partners"):
        frame = frame_of(table, EVERYBODY)
        files = {
            form: export(table=table, form=form, scope=EVERYBODY, actor=actor, now=NOW).content
            for form in ("csv", "xlsx", "parquet")
        }
        assert pl.read_parquet(io.BytesIO(files["parquet"])).equals(frame)
        rows = list(csv.reader(io.StringIO(files["csv"].decode("utf-8-sig"))))
        assert (rows[0], len(rows) - 1) == (frame.columns, len(frame))
        sheet = openpyxl.load_workbook(io.BytesIO(files["xlsx"])).active
        assert [cell.value for cell in sheet[1]] == frame.columns
        assert sheet.max_row - 1 == len(frame) or not len(frame)
    assert Event.objects.filter(type="points.exported").count() == 15


@pytest.mark.clause("G4.3")
def test_the_sum_of_an_export_is_the_ledgers(crowd: World) -> None:
    lots = frame_of("lots", Scope(countries=("GB",)))
    assert set(lots["partner"]) == {"nectar"}
    valid = lots.filter(pl.col("expires_on") > TODAY)
    assert valid["remaining"].sum() == ledger.balance("points", "nectar", day=TODAY).in_lots


def test_no_cell_of_an_export_is_a_formula(crowd: World) -> None:
    Partner.objects.filter(key="wax").update(name="=HYPERLINK(1)")
    actor = Actor(name="Finance Person", user=crowd.staff["finance"])
    files = {
        form: export(table="partners", form=form, scope=EVERYBODY, actor=actor, now=NOW) for form in ("csv", "xlsx")
    }
    assert "'=HYPERLINK(1)" in files["csv"].content.decode("utf-8-sig")
    sheet = openpyxl.load_workbook(io.BytesIO(files["xlsx"].content)).active
    cells = {cell.value: cell.data_type for row in sheet.iter_rows() for cell in row}
    assert cells["=HYPERLINK(1)"] == "s"


@pytest.mark.clause("T5.3")
def test_no_contacts_are_in_any_export(crowd: World) -> None:
    for table in ("movements", "lots", "exchanges", "bonuses", "partners"):
        assert not {"email", "phone", "postal_address", "website"} & set(frame_of(table, EVERYBODY).columns)


@pytest.mark.clause("G4.2", "G4.3")
def test_the_team_sees_the_figures_and_finance_takes_them_out(crowd: World, sign_in: Any) -> None:
    client = sign_in(crowd.staff["finance"])
    page = client.get("/console/points/?country=FR&by=kind&length=year").content.decode()
    assert "CRM or software integrator" in page
    assert ">120<" in page
    file = client.get("/console/points/export/lots.csv?country=FR")
    assert "w-1" in file.content.decode()
    assert "b-1" not in file.content.decode()
    assert client.get("/console/points/export/lots.exe").status_code == 404
    assert sign_in(crowd.staff["support"]).get("/console/points/export/lots.csv").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_figures_are_kept_until_anything_that_they_follow_from_changes(world: World) -> None:
    def look() -> Figures:
        found = figures_of(EVERYBODY, TODAY, "quarter")
        fresh = Figures(EVERYBODY, TODAY, "quarter", found.rulebook)
        assert (found.outstanding, found.now, found.previously) == (fresh.outstanding, fresh.now, fresh.previously)
        assert (found.by_age, found.by_expiry, found.parts) == (fresh.by_age, fresh.by_expiry, fresh.parts)
        assert found.active_partners == fresh.active_partners
        return found

    before = look()
    assert look() is before
    with transaction.atomic():
        assert figures_of(EVERYBODY, TODAY, "quarter") is not before
    grant = {"type": "points.granted", "activity": "training", "at": at(TODAY - timedelta(days=5))}
    for award, partner in (("k-1", "nectar"), ("k-2", "comb")):
        world.tell({**grant, "partner": partner, "award": award, "points": 100})
        assert look() is not before
        before = look()
    assert before.outstanding == sum(lot.remaining for lot in before.lots())
    world.tell({"type": "points.spent", "partner": "nectar", "exchange": "x", "points": 60, "item": "course"})
    assert look().outstanding == before.outstanding - 60
    for changed in ({"country": "FR"}, {"kind": "consultant"}):
        before = look()
        Partner.objects.filter(key="comb").update(**changed)
        assert look() is not before
    assert {part.name for part in look().parts} == {"GB", "FR"}
    Standing.objects.filter(partner__key="comb").update(state="suspended")
    assert look().active_partners == 1
