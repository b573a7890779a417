"""Completed courses: one by hand, a table as a whole or not at all."""

import io
from datetime import date, timedelta

import openpyxl
import pytest

from honeyguide.common.errors import Forbidden, Invalid, NotFound
from honeyguide.history.models import Event
from honeyguide.requirements import limits
from honeyguide.requirements.course_table import Row, read_table
from honeyguide.requirements.services.courses import Completion, partner_named, record_course, record_courses
from honeyguide.standing.models import Standing
from tests.live.conftest import NOW, TODAY, World
from tests.live.requirements.conftest import as_partner, as_staff
from tests.live.requirements.samples import upload

DAY = date(2026, 11, 2)


def rows_of(text: str) -> list[Row]:
    """A CSV, read."""
    return read_table(upload("courses.csv", text.encode()), TODAY)


@pytest.mark.clause("T3.1.2a")
def test_a_recorded_course_counts_at_once_and_once(world: World) -> None:
    completion = Completion("comb", "sales", DAY, "Charlie")
    actor = as_staff(world)
    assert record_course(completion=completion, actor=actor, now=NOW)
    assert not record_course(completion=completion, actor=actor, now=NOW + timedelta(days=1))
    (event,) = Event.objects.filter(type="course.completed", partner="comb", data__course="sales")
    assert (event.at.date(), event.data["user"]) == (DAY, "Charlie")
    rows = Standing.objects.get(partner=world.comb).answer["requirements"]
    assert [row["met"] for row in rows if row["requirement"] == "sales_course"] == [True]


@pytest.mark.parametrize(
    ("completion", "field"),
    [
        (Completion("nobody", "sales", DAY), "partner"),
        (Completion("comb", "", DAY), "course"),
        (Completion("comb", "sales", TODAY + timedelta(days=1)), "day"),
        (Completion("comb", "sales", DAY, "x" * 201), "user"),
    ],
)
def test_what_cannot_be_is_told_at_its_field(world: World, completion: Completion, field: str) -> None:
    before = Event.objects.count()
    with pytest.raises(Invalid) as refused:
        record_course(completion=completion, actor=as_staff(world), now=NOW)
    assert set(refused.value.fields) == {field}
    assert Event.objects.count() == before


def test_partners_do_not_record_courses(world: World) -> None:
    with pytest.raises(Forbidden):
        record_course(completion=Completion("comb", "sales", DAY), actor=as_partner(world.charlie, "comb"), now=NOW)


def test_a_table_is_recorded_whole_or_not_at_all(world: World) -> None:
    good, bad = Completion("comb", "sales", DAY), Completion("nobody", "sales", DAY)
    before = Event.objects.count()
    with pytest.raises(Invalid):
        record_courses(completions=[good, bad], actor=as_staff(world), now=NOW)
    assert Event.objects.count() == before
    both = [good, Completion("nectar", "advanced", DAY, "Bob")]
    for new in (2, 0):
        assert record_courses(completions=both, actor=as_staff(world), now=NOW, imported_from="table.csv") == new
    assert Event.objects.filter(type="courses.imported").count() == 2


def test_a_table_names_partners_by_id_or_name_and_has_its_columns_in_any_order(world: World) -> None:
    rows = rows_of("\ufeffday;Course;partner;user\n2026-11-02;sales;Comb GmbH;Charlie\n\n2026-11-03;sales;nectar;\n")
    assert [(row.number, row.completion) for row in rows] == [
        (2, Completion("comb", "sales", DAY, "Charlie")),
        (4, Completion("nectar", "sales", date(2026, 11, 3))),
    ]


def test_a_spreadsheet_is_read_like_a_csv(world: World) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ("partner", "course", "user", "day"),
        ("comb", "sales", "Charlie", DAY),
        ("comb", "x", None, "2026-11-03"),
    ):
        sheet.append(row)
    packed = io.BytesIO()
    book.save(packed)
    rows = read_table(upload("courses.xlsx", packed.getvalue()), TODAY)
    assert [row.completion for row in rows] == [
        Completion("comb", "sales", DAY, "Charlie"),
        Completion("comb", "x", date(2026, 11, 3)),
    ]


def test_each_bad_row_is_named_with_what_is_wrong(world: World) -> None:
    rows = rows_of(
        "partner,course,day\nnobody,sales,2026-11-02\ncomb,,2026-11-02\ncomb,sales,2.11.2026\ncomb,sales,2027-01-01\n"
        "comb,sales,2026-11-02\ncomb,sales,2026-11-02\n"
    )
    assert [(row.number, row.completion is None) for row in rows] == [
        (2, True), (3, True), (4, True), (5, True), (6, False), (7, True),
    ]  # fmt: skip
    words = [" ".join(row.problems) for row in rows]
    for place, word in ((0, "partner"), (1, "course"), (2, "day"), (3, "day"), (5, "row above")):
        assert word in words[place]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"partner,course,day\n", "empty"),
        (b"partner,course\ncomb,sales\n", "not found: day"),
        (b"\xff\xfe\x00x", "neither XLSX nor CSV"),
        (b"partner,course,day\n\0\n", "neither XLSX nor CSV"),
        (b"PK\x03\x04 no archive", "cannot be read"),
        (b"partner,course,day\n" + b"comb,sales,2026-11-02\n" * (limits.COURSES_IMPORT_MAX_ROWS + 1), "too long"),
        (b"x" * (limits.COURSES_IMPORT_MAX_BYTES + 1), "too large"),
    ],
    ids=["nothing", "header", "columns", "bytes", "nul", "archive", "long", "large"],
)
def test_what_is_no_table_is_refused(world: World, content: bytes, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        read_table(upload("courses.csv", content), TODAY)


def test_a_partner_is_found_by_id_or_name(world: World) -> None:
    assert partner_named("comb") == partner_named("comb gmbh") == world.comb
    with pytest.raises(NotFound):
        partner_named("Nobody")
