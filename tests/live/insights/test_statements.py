"""The monthly statement: every line tied to client and contract, opening + movements = closing = the ledger (G4.4)."""

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import translation
from pypdf import PdfReader

from honeyguide.accounts.actor import Actor
from honeyguide.common.downloads import BYTE_ORDER_MARK, csv_lines
from honeyguide.common.errors import NotFound
from honeyguide.insights import queries
from honeyguide.insights.periods import Period, month_asked, month_of, months_between
from honeyguide.insights.statement_paper import statement_pdf, statement_rows
from honeyguide.insights.statements import DoesNotAddUp, Line, statement
from honeyguide.ledger import queries as ledger
from honeyguide.ledger.services import expire_due
from honeyguide.partners.models import Partner
from honeyguide.standing.models import Standing
from tests.live.conftest import NOW, TODAY, World

pytestmark = pytest.mark.django_db
FIRST = date(2025, 1, 1)


def post_expiry() -> None:
    expire_due(unit="points", day=TODAY, now=NOW, actor=Actor.system("Night"))


@pytest.fixture(params=["before the night", "after it"])
def posted(request: pytest.FixtureRequest, busy: World) -> World:
    """The same, with the expiry posted by the nightly run and not yet."""
    if request.param == "after it":
        post_expiry()
    return busy


@pytest.mark.clause("G4.4")
def test_opening_and_movements_give_closing_in_every_month_as_in_the_ledger(posted: World) -> None:
    closing = 0
    for month in reversed(months_between(FIRST, TODAY)):
        found = queries.statement_of(posted.nectar, month)
        assert found.opening == closing
        assert found.opening + sum(found.sums.values()) == found.closing
        assert found.closing == ledger.as_of("points", "nectar", day=month.last).in_lots
        closing = found.closing
    assert closing == Standing.objects.get(partner=posted.nectar).points_available


@pytest.mark.clause("G4.4")
def test_the_list_of_months_has_the_figures_of_the_statements(posted: World) -> None:
    months = months_between(FIRST, TODAY)
    for row in queries.summaries(posted.nectar, months):
        whole = queries.statement_of(posted.nectar, row.period)
        assert (row.opening, row.closing, dict(row.sums)) == (whole.opening, whole.closing, whole.sums)


@pytest.mark.clause("G4.4")
def test_all_kinds_of_lines_are_there_each_tied_to_client_and_contract(posted: World) -> None:
    lines = queries.lines_of(posted.nectar, Period(FIRST, TODAY))
    assert {line.kind for line in lines} == {"earned", "spent", "restored", "cancelled", "expired"}
    awards = {line.award: (line.activity, line.client, line.contract) for line in lines}
    assert awards["b-1"] == ("sale", "c-1", "b-1")
    assert awards["p-1"] == ("project", "c-2", "p-1")
    assert awards["a-1"] == ("case_study", "", "")
    items = {line.exchange: line.item for line in lines if line.exchange}
    assert items == {"x-1": "course", "x-2": "consultation", "x-3": "webinar"}
    expired = [line for line in lines if line.kind == "expired" and line.award == "b-old"]
    assert [(line.client, line.day) for line in expired] == [("c-old", TODAY - timedelta(days=425 - 365))]


@pytest.mark.clause("G4.4")
def test_a_contract_that_the_history_names_is_the_one_that_is_shown(world: World) -> None:
    world.tell(
        {"type": "sale.paid", "partner": "comb", "sale": "s-77", "client": "c-9", "product": "cloud", "net": "100.00",
         "contract": "MC-2026-14"},
    )  # fmt: skip
    line = queries.lines_of(world.comb, month_of(TODAY))[0]
    assert (line.award, line.contract, line.client) == ("s-77", "MC-2026-14", "c-9")


def test_a_statement_that_does_not_agree_with_the_ledger_is_never_shown() -> None:
    line = Line(TODAY, "earned", 10, "a", "sale", "c", "a", "", "", "", 1)
    with pytest.raises(DoesNotAddUp):
        statement(month_of(TODAY), 5, [line], 16)


@pytest.mark.clause("G4.4")
def test_a_correction_of_the_past_shows_as_it_is_now_known(busy: World) -> None:
    """A sale told late changes which lots an earlier exchange took: nothing is counted twice, all still agrees."""
    late = {"type": "sale.paid", "partner": "nectar", "product": "cloud", "sale": "late", "client": "c-3"}
    busy.tell({**late, "net": "900.00", "at": f"{TODAY - timedelta(days=430)}T10:00:00Z"})
    for month in months_between(FIRST, TODAY):
        found = queries.statement_of(busy.nectar, month)
        assert {line.line.kind for line in found.entries} <= {"earned", "spent", "restored", "cancelled", "expired"}
    spent = [line.points for line in queries.lines_of(busy.nectar, Period(FIRST, TODAY)) if line.kind == "spent"]
    assert sum(spent) == -(150 + 500 + 80)


@pytest.mark.clause("G4.4")
def test_a_statement_as_it_was_known_has_nothing_that_was_told_later(world: World, sign_in: Any) -> None:
    sale = {"type": "sale.paid", "partner": "comb", "product": "cloud", "client": "c-3"}
    early, late = NOW, NOW + timedelta(days=1)
    world.tell({**sale, "sale": "first", "net": "900.00", "at": f"{TODAY - timedelta(days=45)}T10:00:00Z"}, now=early)
    world.tell({**sale, "client": "c-4", "sale": "told-late", "net": "600.00",
                "at": f"{TODAY - timedelta(days=44)}T10:00:00Z"}, now=late)  # fmt: skip
    month = month_of(TODAY - timedelta(days=45))

    def found(known_at: Any = None) -> tuple[list[str], int]:
        made = queries.statement_of(world.comb, month, known_at)
        assert made.opening + sum(made.sums.values()) == made.closing
        return [entry.line.award for entry in made.entries], made.closing

    assert found() == (["first", "told-late"], 55 + 40)
    assert found(early) == (["first"], 55)
    assert found(late) == found()
    assert queries.statement_of(world.comb, month, early - timedelta(days=1)).entries == ()
    client, address = sign_in(world.staff["manager"]), "/console/partners/comb/points/movements/"
    assert "told-late" in client.get(address).text
    known = client.get(address, {"known": str(early.date())})
    assert "told-late" not in known.text
    assert known.context["books"].in_lots == 55
    assert "what was recorded later is left out" in known.text


@pytest.mark.clause("G4.4")
@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_pdf_says_what_the_statement_says_and_is_the_same_each_time(busy: World, language: str) -> None:
    month = month_of(TODAY - timedelta(days=30))
    found = queries.statement_of(busy.nectar, Period(month.first, month.last))
    with translation.override(language):
        first = statement_pdf(busy.nectar, found, made_at=NOW, rulebook="default 1.0")
        assert first == statement_pdf(busy.nectar, found, made_at=NOW, rulebook="default 1.0")
    reader = PdfReader(io.BytesIO(first))
    text = "\n".join(page.extract_text() for page in reader.pages)
    assert "Nectar Ltd" in text
    assert "x-3" in text
    closing = f"{found.closing:,}" if language == "en" else f"{found.closing:,}".replace(",", "\N{NO-BREAK SPACE}")
    assert closing.replace("\N{NO-BREAK SPACE}", " ") in text.replace("\N{NO-BREAK SPACE}", " ")
    assert ("Closing balance" if language == "en" else "Остаток на конец") in text
    fonts = {font["/BaseFont"] for page in reader.pages for font in _fonts(page)}
    assert all("+Libertinus" in font for font in fonts), "every font is embedded, as a subset"


def _fonts(page: Any) -> list[Any]:
    return [font.get_object() for font in page["/Resources"]["/Font"].values()]


@pytest.mark.clause("G4.3", "G4.4")
def test_the_csv_adds_up_too(busy: World) -> None:
    month = months_between(FIRST, TODAY)[1]
    found = queries.statement_of(busy.nectar, month)
    rows = list(csv.reader(io.StringIO("".join(csv_lines(statement_rows(found))).lstrip(BYTE_ORDER_MARK))))
    balances = [int(row[-1]) for row in rows[1:]]
    assert balances[0] + sum(int(row[-2]) for row in rows[2:-1]) == balances[-1] == found.closing
    assert len(rows) == len(found.entries) + 3


def test_months_without_figures_are_not_found(busy: World) -> None:
    for text in ("2026-13", "26-1", "2026-12", "2020-01", "0000-01", "٢٠٢٦-٠١"):
        with pytest.raises(NotFound):
            month_asked(text, first=FIRST, today=TODAY)
    assert month_asked("2026-11", first=FIRST, today=TODAY) == Period(date(2026, 11, 1), TODAY)


@pytest.mark.clause("G4.4")
def test_the_pages_show_the_same_figures_and_files_are_handed_out(busy: World, sign_in: Any) -> None:
    client = sign_in(busy.alice)
    month = f"{TODAY - timedelta(days=30):%Y-%m}"
    found = queries.statement_of(busy.nectar, month_asked(month, first=FIRST, today=TODAY))
    page = client.get(f"/partner/points/statements/{month}/").content.decode()
    assert f"{found.closing:,}" in page
    assert "Exchange x-3, back to the points of" in page
    assert f"{found.closing:,}" in client.get("/partner/points/statements/").content.decode()
    paper = client.get(f"/partner/points/statements/{month}/statement.pdf")
    assert paper["Content-Type"] == "application/pdf"
    assert paper["Content-Disposition"] == f'attachment; filename="statement-nectar-{month}.pdf"'
    assert paper.content.startswith(b"%PDF-")
    table = b"".join(client.get(f"/partner/points/statements/{month}/statement.csv")).decode()
    assert str(found.closing) in table
    assert client.get("/partner/points/statements/2019-01/").status_code == 404


def test_a_partner_without_points_has_an_empty_page(world: World, sign_in: Any) -> None:
    Partner.objects.filter(key="comb").update(name="Comb GmbH")
    page = sign_in(world.charlie).get("/partner/points/statements/").content.decode()
    assert "No statements yet" in page


@pytest.mark.clause("G4.1")
def test_the_team_finds_a_partners_movements_in_its_file(busy: World, sign_in: Any) -> None:
    client = sign_in(busy.staff["support"])
    page = client.get("/console/partners/nectar/points/movements/?kind=spent").content.decode()
    assert "consultation" in page
    assert f"{ledger.balance('points', 'nectar', day=TODAY).in_lots:,}" in page
    assert client.get("/console/partners/nobody/points/movements/").status_code == 404
