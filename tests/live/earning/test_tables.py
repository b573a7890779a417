"""Tables of deals and projects: mapping, row errors, dry run, all or nothing, and the undo of a whole import (G1.5)."""

import io
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import polars as pl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from honeyguide.common.errors import Forbidden, Invalid, Refusal, Stale
from honeyguide.earning.awards import held_of, points_by_award
from honeyguide.earning.models import TableImport, TableState
from honeyguide.earning.services import recording, tables, undoing, working
from honeyguide.earning.tables.mapping import Mapping, day_in, words_in
from honeyguide.earning.verifying import problems as earning_problems
from honeyguide.history.models import Event
from honeyguide.standing.models import Standing
from honeyguide.standing.verify import verify
from tests.live.conftest import NOW, TODAY, World, at
from tests.live.earning.conftest import as_partner, as_staff

ENGLISH = f"""Opportunity,Partner,Customer,Product,Close date,Value,Users,Stage
D-1,Nectar Ltd,Wax,Cloud subscription,{TODAY - timedelta(days=40)},1200.50,60,Won
D-2,nectar,Wax,Cloud subscription,{TODAY - timedelta(days=20)},900,10,Won
D-3,Comb GmbH,Pollen,On-premise licence,{TODAY - timedelta(days=3)},2000,25,Won
D-4,Comb GmbH,Pollen,On-premise licence,,,,Lost
"""


def table(text: str | bytes, name: str = "deals.csv") -> SimpleUploadedFile:
    """A table as a browser sends it."""
    return SimpleUploadedFile(name, text.encode() if isinstance(text, str) else text)


def receive(world: World, text: str | bytes, name: str = "deals.csv", kind: str = "deals") -> TableImport:
    """A table that was chosen."""
    return tables.receive(file=table(text, name), kind=kind, actor=as_staff(world), now=NOW)


def carried_out(upload: TableImport) -> TableImport:
    """What was asked for is done; raises AssertionError where it came to nothing."""
    working.carry_out(uid=upload.uid, read=lambda: NOW)
    upload.refresh_from_db()
    assert not upload.failure
    return upload


def choose(world: World, upload: TableImport, mapping: Mapping) -> TableImport:
    """A table that was looked at with a mapping."""
    return carried_out(recording.choose(uid=upload.uid, mapping=mapping, actor=as_staff(world), now=NOW))


def looked(world: World, text: str | bytes, name: str = "deals.csv", kind: str = "deals") -> TableImport:
    """A table that was looked at with the mapping that was guessed."""
    upload = receive(world, text, name, kind)
    return choose(world, upload, Mapping.of(upload.mapping))


def confirm(world: World, upload: TableImport, role: str = "manager") -> TableImport:
    """A table that was recorded."""
    return carried_out(recording.confirm(uid=upload.uid, actor=as_staff(world, role), now=NOW))


def undo(world: World, upload: TableImport, reason: str = "The wrong quarter") -> TableImport:
    """A table that was taken back."""
    return carried_out(undoing.undo(uid=upload.uid, reason=reason, actor=as_staff(world), now=NOW))


def points(world: World, key: str = "nectar") -> dict[str, int]:
    """A partner's points."""
    row = Standing.objects.get(partner__key=key)
    return {
        "active": row.points_active,
        "available": row.points_available,
        "held": row.points_held,
        "debt": row.points_debt,
    }


@pytest.mark.clause("G1.5")
def test_columns_are_guessed_from_english_headings(world: World) -> None:
    upload = receive(world, ENGLISH)
    columns = {name: upload.header[place] for name, place in upload.mapping["columns"].items()}
    assert columns == {
        "partner": "Partner", "client": "Customer", "day": "Close date", "amount": "Value", "ident": "Opportunity",
        "product": "Product", "users": "Users", "stage": "Stage",
    }  # fmt: skip
    assert upload.mapping["words"]["stage"] == {"Won": "take", "Lost": "skip"}
    assert upload.mapping["words"]["product"] == {"Cloud subscription": "cloud", "On-premise licence": "on_premise"}


@pytest.mark.clause("G1.5")
def test_russian_headings_dates_commas_and_encoding_are_read(world: World) -> None:
    day = (TODAY - timedelta(days=9)).strftime("%d.%m.%Y")
    text = (
        "Номер сделки;Партнёр;Клиент;Дата оплаты;Сумма;Пользователей;Этап\n"
        f"7;Nectar Ltd;ООО «Воск»;{day};1 234,50;12;Оплачено\n"
    )
    upload = looked(world, text.encode("windows-1251"))
    assert (upload.mapping["encoding"], upload.mapping["date_form"], upload.mapping["decimal"]) == (
        "windows-1251", "%d.%m.%Y", ",",
    )  # fmt: skip
    confirm(world, upload)
    event = Event.objects.get(type="sale.paid", ident="7")
    assert (event.client, Decimal(event.data["net"]), event.data["seats"]) == ("ООО «Воск»", Decimal("1234.50"), 12)
    assert event.at.date() == TODAY - timedelta(days=9)


@pytest.mark.clause("G1.5")
def test_a_workbook_is_a_table_too(world: World) -> None:
    frame = pl.DataFrame(
        {
            "Partner": ["nectar"], "Client": ["Wax"], "Date": [TODAY - timedelta(days=2)], "Amount": [500.25],
            "Users": [5],
        }
    )  # fmt: skip
    content = io.BytesIO()
    frame.write_excel(content)
    upload = looked(world, content.getvalue(), "deals.xlsx")
    assert (upload.preview["new"], upload.problems) == (1, [])
    confirm(world, upload)
    assert Decimal(Event.objects.get(client="Wax").data["net"]) == Decimal("500.25")


@pytest.mark.clause("G1.5")
def test_the_dry_run_says_what_the_import_then_does(world: World) -> None:
    before = points(world)
    upload = looked(world, ENGLISH)
    assert {state: upload.preview[state] for state in ("new", "known", "skipped", "wrong")} == {
        "new": 3, "known": 0, "skipped": 1, "wrong": 0,
    }  # fmt: skip
    effect = next(each for each in upload.preview["effects"] if each["key"] == "nectar")
    assert points(world) == before
    assert not Event.objects.filter(ident__startswith="D-").exists()
    confirm(world, upload)
    after = points(world)
    assert (after["active"], after["held"]) == (effect["after"]["active"], effect["after"]["held"])
    assert after["active"] - before["active"] == effect["active"] == 70  # 60 of 1,200.50 and 10 for the licence
    assert [each.sale for each in held_of({"nectar"})] == ["D-2"]  # 20 days after D-1: it waits (G1.4)
    assert not verify([earning_problems]).differences


def test_everything_wrong_is_told_by_row_and_nothing_is_recorded(world: World) -> None:
    text = (
        "Partner,Client,Date,Amount,Users,Currency\n"
        f"nobody,Wax,{TODAY},10,1,USD\n"
        f"nectar,,{TODAY},10,1,USD\n"
        f"nectar,Wax,{TODAY + timedelta(days=1)},10,1,USD\n"
        f"nectar,Wax,31.31.2026,10,1,USD\n"
        f"nectar,Wax,{TODAY},ten,1,USD\n"
        f"nectar,Wax,{TODAY},-10,1,USD\n"
        f"nectar,Wax,{TODAY},10,many,USD\n"
        f"nectar,Wax,{TODAY},10,1,EUR\n"
        f"nectar,Wax,{TODAY},10,1,USD\n"
        f"nectar,Wax,{TODAY},10,1,USD\n"
    )
    upload = looked(world, text)
    told = {row["row"]: " ".join(row["problems"]) for row in upload.problems}
    assert set(told) == {2, 3, 4, 5, 6, 7, 8, 9, 11}
    assert "no partner “nobody”" in told[2]
    assert "Client: is missing" in told[3]
    assert "a day that has been" in told[4]
    assert "no day of the chosen form" in told[5]
    assert "no number" in told[6]
    assert "no number" in told[8]
    assert "expected USD" in told[9]
    assert "the same as row 10" in told[11]
    with pytest.raises(Refusal, match="wrong"):
        confirm(world, upload)
    assert not Event.objects.filter(uid__startswith=upload.uid).exists()


@pytest.mark.clause("G1.5")
@pytest.mark.parametrize(
    ("cell", "mark", "net"),
    [
        ("1200", ".", "1200"), ("1,200.50", ".", "1200.50"), ("1 200,5", ",", "1200.5"), ("1.200", ",", "1200"),
        ("1.200.000,00", ",", "1200000"), ("$1,200", ".", "1200"), ("1 200,50 usd", ",", "1200.50"),
        ("1\u00a0200,50", ",", "1200.50"), ("0.500", ".", "0.50"), ("1200.500", ".", "1200.50"),
    ],
)  # fmt: skip
def test_an_amount_is_read_by_the_chosen_decimal_mark(world: World, cell: str, mark: str, net: str) -> None:
    upload = receive(world, f"Partner;Client;Date;Amount\nnectar;Wax;{TODAY};{cell}\n")
    upload = choose(world, upload, replace(Mapping.of(upload.mapping), decimal=mark))
    assert upload.problems == []
    confirm(world, upload)
    assert Decimal(Event.objects.get(type="sale.paid", client="Wax").data["net"]) == Decimal(net)


@pytest.mark.clause("G1.5")
@pytest.mark.parametrize(
    ("cell", "mark", "told"),
    [
        ("1.200", ".", "“1.200” could be 1200 or 1.2: write it so, or choose how amounts are written"),
        ("1,200", ",", "“1,200” could be 1200 or 1,2"),
        ("1200.50", ",", "“1200.50” is no number such as 1.200,50"), ("1.20.000", ",", "no number"),
        ("2 x 600", ".", "no number"), ("1200 or 1300", ".", "no number"), ("(500)", ".", "no number"),
        ("-500", ".", "no number"), ("12 00", ".", "no number"), ("1,200 300", ".", "no number"),
        ("€1200", ".", "no number"), ("$1200 USD", ".", "no number"), ("١٢٠٠", ".", "no number"),
        ("12.345678", ".", "no amount"), ("", ".", "is missing"),
    ],
)  # fmt: skip
def test_what_is_not_one_amount_is_a_wrong_row(world: World, cell: str, mark: str, told: str) -> None:
    upload = receive(world, f"Partner;Client;Date;Amount\nnectar;Wax;{TODAY};{cell}\n")
    upload = choose(world, upload, replace(Mapping.of(upload.mapping), decimal=mark))
    assert [told in problem for problem in upload.problems[0]["problems"]] == [True]


@pytest.mark.clause("G1.5")
def test_users_and_licences_are_read_by_the_decimal_mark_too(world: World) -> None:
    head = "Partner;Client;Date;Amount;Users;Licences\n"
    good = looked(world, f"{head}nectar;Wax;{TODAY};10,00;1.200,0;2,0\n")
    assert (good.mapping["decimal"], good.problems) == (",", [])
    confirm(world, good)
    data = Event.objects.get(type="sale.paid", client="Wax").data
    assert (data["seats"], data["licences"]) == (1200, 2)
    wrong = looked(world, f"{head}nectar;Wax;{TODAY};12,00;10,5;1,5\nnectar;Hive;{TODAY};13,00;10.5;0\n")
    assert [row["problems"] for row in wrong.problems] == [
        ["Users: “10,5” is no whole number from 0", "Licences: “1,5” is no whole number from 1"],
        ["Users: “10.5” is no number such as 1.200,50", "Licences: “0” is no whole number from 1"],
    ]


def test_thousands_in_threes_say_which_mark_is_decimal(world: World) -> None:
    upload = receive(world, f"Partner;Client;Date;Amount\nnectar;Wax;{TODAY};1.200.000\nnectar;Wax;{TODAY};1.200\n")
    assert upload.mapping["decimal"] == ","


def test_words_that_nobody_knows_are_asked_for(world: World) -> None:
    text = f"Partner,Client,Date,Amount,Product\nnectar,Wax,{TODAY},100,GTX Basic\nnectar,Wax,{TODAY},100,Cap\n"
    upload = looked(world, text)
    assert "choose what “GTX Basic” means" in upload.problems[0]["problems"][0]
    mapping = Mapping.of(upload.mapping)
    mapping.words["product"].update({"GTX Basic": "cloud", "Cap": "skip"})
    upload = choose(world, upload, mapping)
    assert (upload.problems, upload.preview["new"], upload.preview["skipped"]) == ([], 1, 1)


def test_a_table_brought_in_twice_counts_once(world: World) -> None:
    first = looked(world, ENGLISH)
    confirm(world, first)
    confirm(world, first)  # the same form once more
    with pytest.raises(Stale, match="Manager Person has recorded"):
        confirm(world, first, "admin")
    again = looked(world, ENGLISH + f"D-5,nectar,Wax,Cloud subscription,{TODAY},10,1,Won\n")
    assert (again.preview["known"], again.preview["new"]) == (3, 1)
    other = looked(world, ENGLISH.replace("1200.50", "1200.60"))
    assert other.problems[0]["problems"] == ["Net amount: 1200.60 here, recorded as 1200.50"]


def test_what_was_recorded_meanwhile_is_known_at_the_confirmation(world: World) -> None:
    upload = looked(world, ENGLISH)
    other = looked(world, ENGLISH.replace("Stage", "State"))
    confirm(world, other)
    recording.confirm(uid=upload.uid, actor=as_staff(world), now=NOW)
    working.carry_out(uid=upload.uid, read=lambda: NOW)
    upload.refresh_from_db()
    assert (upload.state, "nothing new" in upload.failure) == (TableState.CHECKED, True)
    again = choose(world, upload, Mapping.of(upload.mapping))
    assert (again.preview["known"], again.preview["new"], again.failure) == (3, 0, "")
    with pytest.raises(Refusal, match="nothing new"):
        confirm(world, upload)


@pytest.mark.clause("G1.3", "G1.5")
def test_projects_come_with_their_status(world: World) -> None:
    day = TODAY - timedelta(days=10)
    text = (
        "Project,Partner,Client,Delivered,Modules,API integration,Implementation status,Report,Checklist\n"
        f'P-1,nectar,Wax,{day},"2 standard, complex",no,Confirmed,R-1,C-1\n'
        f"P-2,nectar,Wax,{day},simple,yes,Delivered,R-2,C-2\n"
        f"P-3,nectar,Wax,{day},simple,no,In progress,,\n"
        f"P-4,nectar,Wax,{day},simple,no,Confirmed,,\n"
    )
    upload = looked(world, text, kind="projects")
    assert (upload.problems, upload.preview["new"], upload.preview["skipped"]) == ([], 3, 1)
    confirm(world, upload)
    earned = points_by_award(world.nectar)
    assert earned["P-1"] == 350
    assert "P-2" not in earned  # the client has not confirmed it
    assert "P-4" not in earned  # without report and checklist
    later = looked(world, text.replace("Delivered,R-2", "Confirmed,R-2"), kind="projects")
    assert (later.preview["new"], later.preview["known"]) == (1, 2)
    confirm(world, later)
    assert points_by_award(world.nectar)["P-2"] == 100
    with pytest.raises(Refusal, match="take that one back first"):
        undo(world, upload, "Wrong table")


@pytest.mark.clause("G1.5")
def test_an_import_taken_back_leaves_points_and_targets_as_they_were(world: World) -> None:
    before, comb = points(world), points(world, "comb")
    upload = looked(world, ENGLISH)
    confirm(world, upload)
    assert points(world) != before
    plan = undoing.look(uid=upload.uid, actor=as_staff(world), now=NOW)
    assert (plan["sales"], plan["projects"], plan["events"]) == (3, 0, 6)
    foreseen = {effect["key"]: effect["after"] for effect in plan["effects"]}
    undo(world, upload)
    undo(world, upload)  # the same form once more
    assert points(world) == before
    assert points(world, "comb") == comb
    assert foreseen["nectar"]["active"] == before["active"]
    assert Event.objects.filter(type="sale.refunded").count() == Event.objects.filter(type="sale.excluded").count() == 3
    assert TableImport.objects.get().state == TableState.UNDONE
    assert not verify([earning_problems]).differences
    assert not held_of({"nectar", "comb"})


def test_points_that_were_spent_meanwhile_become_debt_and_that_is_shown_before(world: World) -> None:
    upload = looked(world, ENGLISH)
    confirm(world, upload)
    spent = points(world)["available"]
    world.tell(
        {"type": "points.spent", "partner": "nectar", "at": NOW, "exchange": "e1", "points": spent, "item": "webinar"}
    )
    plan = undoing.look(uid=upload.uid, actor=as_staff(world), now=NOW)
    effect = next(each for each in plan["effects"] if each["key"] == "nectar")
    assert effect["debt"] == 70
    undo(world, upload)
    assert points(world)["debt"] == 70


def test_a_part_refunded_by_hand_is_not_refunded_twice(world: World) -> None:
    upload = looked(world, ENGLISH)
    confirm(world, upload)
    world.tell(
        {"type": "sale.refunded", "partner": "nectar", "at": NOW, "sale": "D-1", "amount": "200.50"},
        {"type": "sale.refunded", "partner": "comb", "at": NOW, "sale": "D-3"},
        {"type": "sale.excluded", "partner": "comb", "at": NOW, "sale": "D-3", "reason": "affiliated"},
    )
    undo(world, upload)
    assert Event.objects.filter(type="sale.refunded", ident="D-1").count() == 2
    assert Event.objects.filter(type="sale.refunded", ident="D-3").count() == 1
    assert "D-1" in points_by_award(world.nectar)
    assert not verify([earning_problems]).differences


def test_deals_of_no_price_and_projects_lose_their_points(world: World) -> None:
    before = points(world)
    deals = looked(world, f"Partner,Client,Date,Amount,Licences\nnectar,Wax,{TODAY},0,7\n")
    confirm(world, deals)
    text = "Partner,Client,Delivered,Modules,Status,Report,Checklist\n" + f"nectar,Wax,{TODAY},complex,Confirmed,R,C\n"
    projects = looked(world, text, kind="projects")
    confirm(world, projects)
    assert points(world)["active"] == before["active"] + 70 + 150
    for upload in (deals, projects):
        undo(world, upload, "Not ours")
    assert points(world) == before


def test_a_table_that_was_taken_back_can_be_brought_in_corrected(world: World) -> None:
    for number in range(3):
        upload = looked(world, ENGLISH.replace("1200.50", f"130{number}.00"))
        assert upload.problems == []
        confirm(world, upload)
        if number < 2:
            undo(world, upload, "Other figures")
    assert set(Event.objects.filter(type="sale.paid", ident__startswith="D-1").values_list("ident", flat=True)) == {
        "D-1", "D-1~2", "D-1~3",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("", "deals.csv"),
        ("Partner,Client\n", "deals.csv"),
        (b"PK\x03\x04 no workbook", "deals.xlsx"),
        ("Partner\nnectar\n", "deals.pdf"),
        ("Partner\n" + "x" * 1001 + "\n", "deals.csv"),
        (",".join(["a"] * 61) + "\n" + ",".join(["b"] * 61) + "\n", "deals.csv"),
        ("a\n" + "b\n" * 10_001, "deals.csv"),
    ],
)
def test_what_is_no_table_is_refused_in_words(world: World, content: str | bytes, name: str) -> None:
    with pytest.raises(Invalid) as refused:
        receive(world, content, name)
    assert set(refused.value.fields) == {"file"}
    assert not TableImport.objects.exists()


def test_a_mapping_that_cannot_be_is_told_at_its_fields(world: World) -> None:
    upload = receive(world, ENGLISH)
    mapping = Mapping(columns={"partner": 1, "client": 1, "day": 99}, date_form="%x", decimal=";")
    with pytest.raises(Invalid) as refused:
        choose(world, upload, mapping)
    assert set(refused.value.fields) == {
        "column_partner", "column_client", "column_day", "column_amount", "date_form", "decimal",
    }  # fmt: skip


def test_managers_and_administrators_alone_bring_tables_in(world: World) -> None:
    upload = looked(world, ENGLISH)
    for actor in (as_partner(world.alice, "nectar"), as_staff(world, "finance"), as_staff(world, "compliance")):
        with pytest.raises(Forbidden):
            tables.receive(file=table(ENGLISH), kind="deals", actor=actor, now=NOW)
        with pytest.raises(Forbidden):
            recording.confirm(uid=upload.uid, actor=actor, now=NOW)
        with pytest.raises(Forbidden):
            undoing.undo(uid=upload.uid, reason="No reason", actor=actor, now=NOW)


def test_a_client_is_the_one_that_the_history_knows(world: World) -> None:
    world.tell({
        "at": at(TODAY - timedelta(days=5)), "type": "sale.paid", "partner": "nectar", "sale": "x", "client": "Wax",
        "product": "cloud", "net": "10.00",
    })  # fmt: skip
    upload = looked(world, f"Partner,Client,Date,Amount\nNECTAR LTD, WAX ,{TODAY},100\n")
    confirm(world, upload)
    assert Event.objects.filter(type="sale.paid", client="Wax").count() == 2


def test_cells_are_read_as_people_write_them() -> None:
    assert words_in("modules", "2 standard, complex; premium") == ["standard", "standard", "complex", "premium"]
    assert words_in("product", "Cloud, big") == ["Cloud, big"]
    assert str(day_in("3/1/2017", "%m/%d/%Y")) == "2017-03-01"
    assert str(day_in("2026-01-31 00:00:00", "%d.%m.%Y")) == "2026-01-31"
    assert day_in("31.02.2026", "%d.%m.%Y") is None
