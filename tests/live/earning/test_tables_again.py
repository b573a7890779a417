"""Tables that correct others: what differs, what a table that was taken back leaves behind, and what is told before."""

from datetime import timedelta

import pytest

from honeyguide.earning.awards import held_of, points_by_award
from honeyguide.earning.models import HeldDeal
from honeyguide.earning.services import held, undoing
from honeyguide.earning.tables.mapping import Mapping
from honeyguide.earning.verifying import problems as earning_problems
from honeyguide.history.models import Event
from honeyguide.standing.verify import verify
from tests.live.conftest import NOW, TODAY, World, at
from tests.live.earning.conftest import as_staff
from tests.live.earning.test_pages import SignIn
from tests.live.earning.test_tables import choose, confirm, looked, points, undo

DAY = TODAY - timedelta(days=20)
HEAD = "Deal,Partner,Client,Date,Amount,Users,Licences,Plan,Months paid,Modules\n"


def row(name: str = "D1", day: object = DAY, amount: str = "1000", more: str = "10,1,basic,12,standard") -> str:
    """A row of a table of deals."""
    return f"{name},nectar,NewCo,{day},{amount},{more}\n"


@pytest.mark.clause("G1.5")
def test_a_known_deal_that_differs_in_anything_is_a_wrong_row(world: World) -> None:
    confirm(world, looked(world, HEAD + row()))
    again = looked(world, HEAD + row() + row("D2", amount="5"))
    assert (again.preview["known"], again.preview["new"], again.problems) == (1, 1, [])
    other = looked(world, HEAD + row(day=DAY - timedelta(days=90), more="300,50,extended,,premium"))
    told = " ".join(other.problems[0]["problems"])
    assert other.preview["known"] == 0
    for words in (
        "Users: 300 here, recorded as 10", "Licences: 50 here, recorded as 1", "Plan: Extended here, recorded as Basic",
        "Months paid: without end here, recorded as 12", "Modules: Premium here, recorded as Standard", "Day: ",
    ):  # fmt: skip
        assert words in told
    assert looked(world, f"Deal,Partner,Client,Date,Amount\nD1,nectar,NewCo,{DAY},1000\n").preview["known"] == 1


@pytest.mark.clause("G1.5")
def test_a_known_project_that_differs_in_anything_is_a_wrong_row(world: World) -> None:
    head = "Project,Partner,Client,Delivered,Modules,Integration,Status,Report,Checklist\n"
    confirm(world, looked(world, f"{head}P1,nectar,Wax,{DAY},simple,no,Confirmed,R,C\n", kind="projects"))
    assert (
        looked(world, f"{head}P1,nectar,Wax,{DAY},simple,no,Confirmed,R,C\n\n", kind="projects").preview["known"] == 1
    )
    other = looked(
        world, f'{head}P1,nectar,Wax,{DAY + timedelta(days=1)},"simple, complex",yes,Delivered,R2,\n', kind="projects"
    )
    told = " ".join(other.problems[0]["problems"])
    for words in (
        "Modules: Complex, Simple here, recorded as Simple", "Integration: yes here, recorded as no", "Delivered on: ",
        "Implementation status: delivered here, recorded as confirmed by the client",
        "Report (reference): R2 here, recorded as R", "Checklist (reference): — here, recorded as C",
    ):  # fmt: skip
        assert words in told


def sale(name: str, days_ago: int) -> dict[str, object]:
    """A deal with the same client that came in another way."""
    return {
        "at": at(TODAY - timedelta(days=days_ago)), "type": "sale.paid", "partner": "nectar", "sale": name,
        "client": "NewCo", "product": "cloud", "net": "500.00",
    }  # fmt: skip


@pytest.mark.clause("G1.4", "G1.5")
def test_a_table_brought_in_corrected_earns_as_if_the_first_had_never_been(world: World) -> None:
    before = points(world)
    wrong = looked(world, HEAD + row(amount="10000") + row("D0", DAY - timedelta(days=200)))
    confirm(world, wrong)
    undo(world, wrong)
    assert points(world) == before
    right = looked(world, HEAD + row() + row("D2", DAY + timedelta(days=5)))
    assert right.preview["notices"] == [
        "1 deal would be held only because of a table that was taken back: it gets its points, as of its own day."
    ]
    confirm(world, right)
    assert points(world)["active"] == before["active"] + 66  # 50 of 1,000, 10 for the licence, 10 % for the module
    assert [each.sale for each in held_of({"nectar"})] == ["D2"]  # after D1, which counts
    assert points_by_award(world.nectar)["D1~2"] == 66
    decided = Event.objects.get(type="points.decided")
    assert (decided.ident, decided.at) == ("D1~2", Event.objects.get(ident="D1~2", type="sale.paid").at)
    assert not verify([earning_problems]).differences
    undo(world, right)
    assert points(world) == before
    assert not verify([earning_problems]).differences


@pytest.mark.clause("G1.4", "G1.5")
def test_a_deal_that_was_held_after_a_table_gets_its_points_when_that_is_taken_back(world: World) -> None:
    upload = looked(world, HEAD + row())
    confirm(world, upload)
    world.tell(sale("A1", 5), sale("A2", 1))
    assert {each.sale for each in held_of({"nectar"})} == {"A1", "A2"}
    held.look(NOW)
    plan = undoing.look(uid=upload.uid, actor=as_staff(world), now=NOW)
    assert plan["notices"] == ["1 other deal was held only because of these: it gets its points, as of its own day."]
    undo(world, upload)
    assert [each.sale for each in held_of({"nectar"})] == ["A2"]  # after A1, which counts
    assert points_by_award(world.nectar)["A1"] == 35
    held.look(NOW)
    assert list(HeldDeal.objects.filter(state="waiting").values_list("sale", flat=True)) == ["A2"]
    assert not verify([earning_problems]).differences


@pytest.mark.clause("G1.4")
def test_the_queue_says_that_the_deal_before_was_taken_back(world: World, sign_in: SignIn) -> None:
    upload = looked(world, HEAD + row(), "january.csv")
    confirm(world, upload)
    undo(world, upload)
    world.tell(sale("A1", 5))
    page = sign_in(world.staff["manager"]).get("/console/points/held/")
    assert "was taken back with the table january.csv" in page.content.decode()


@pytest.mark.clause("G1.3", "G1.5")
def test_projects_that_will_earn_nothing_are_told_before(world: World, sign_in: SignIn) -> None:
    head = "Partner,Client,Delivered,Modules,Status\n"
    upload = looked(
        world, f"{head}nectar,C1,{DAY},complex,Confirmed\nnectar,C2,{DAY},simple,Delivered\n", kind="projects"
    )
    assert upload.problems == []
    assert [text[:79] for text in upload.preview["notices"]] == [
        "2 projects have no report or no checklist (rows 2, 3): they will earn nothing, ",
        "1 project is not confirmed by its client: it earns points when a later table sa",
    ]
    page = sign_in(world.staff["manager"]).get(f"/console/points/tables/{upload.uid}/")
    assert "they will earn nothing" in page.content.decode()
    whole = "Partner,Client,Delivered,Modules,Status,Report,Checklist\n"
    upload = looked(world, f"{whole}nectar,C1,{DAY},complex,Confirmed,R,C\n", kind="projects")
    assert upload.preview["notices"] == []


@pytest.mark.clause("G1.5")
def test_names_that_are_no_company_are_said_to_be_one_or_left_out(world: World, sign_in: SignIn) -> None:
    head = "Deal,Sales agent,Client,Date,Amount\n"
    text = head + "".join(
        f"{place},{name},Wax {place},{DAY},100\n"
        for place, name in enumerate(["Moses  Frase", "Nectar Ltd", "Darcel Schlecht", "Moses Frase"])
    )
    upload = looked(world, text)
    assert upload.mapping["words"]["partner"] == {"Moses Frase": "", "Darcel Schlecht": ""}
    assert upload.preview["wrong"] == 3
    client = sign_in(world.staff["manager"])
    page = f"/console/points/tables/{upload.uid}/"
    assert "Darcel Schlecht" in client.get(page).content.decode()
    given = {f"column_{name}": place for name, place in upload.mapping["columns"].items()}
    client.post(page, {
        **given, "date_form": "%Y-%m-%d", "decimal": ".", "product": "cloud", "encoding": "utf-8",
        "word_partner_0": " Comb GmbH", "word_partner_1": "", "skip_partner_1": "on",
    })  # fmt: skip
    upload.refresh_from_db()
    assert (upload.problems, upload.preview["new"], upload.preview["skipped"]) == ([], 3, 1)
    assert upload.mapping["words"]["partner"] == {"Moses Frase": "Comb GmbH", "Darcel Schlecht": "skip"}
    confirm(world, upload)
    assert Event.objects.filter(type="sale.paid", partner="comb", client__startswith="Wax").count() == 2
    mapping = Mapping.of(upload.mapping)
    mapping.words["partner"]["Moses Frase"] = "nobody"
    other = choose(world, looked(world, text + f"9,Moses Frase,Wax 9,{DAY},100\n"), mapping)
    assert "there is no partner “nobody”" in other.problems[0]["problems"][0]
