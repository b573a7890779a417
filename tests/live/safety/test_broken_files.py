"""A broken file of every kind, handed in at every place that takes files: words about it, and nothing recorded."""

import gzip
import io
import json
import re
import zipfile
from collections.abc import Callable
from html import unescape
from typing import Any

import openpyxl
import polars as pl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from honeyguide.accounts.models import User
from honeyguide.history.models import Event
from honeyguide.partners.models import Partner
from honeyguide.requirements.models import EvidenceCase
from honeyguide.standing.models import HistoryUpload, UploadState
from tests.live.conftest import World
from tests.live.safety.sending import form_to

SignIn = Callable[[User], Client]
COURSE = {"id": "x1", "at": "2026-11-19T08:00:00Z", "type": "course.completed", "partner": "nectar", "course": "sales"}
LINE = json.dumps(COURSE).encode() + b"\n"
HEADER = b"id,at,type,partner,course\n"


def line(**changes: Any) -> bytes:
    return json.dumps({name: value for name, value in {**COURSE, **changes}.items() if value is not None}).encode()


def parquet(rows: dict[str, list[Any]]) -> bytes:
    out = io.BytesIO()
    pl.DataFrame(rows).write_parquet(out)
    return out.getvalue()


def workbook(*rows: tuple[object, ...]) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


WHOLE = parquet({name: [value] for name, value in COURSE.items()})
GOOD_BOOK = workbook(("partner", "course", "day"), ("comb", "sales", "2026-11-02"))

HISTORIES = {
    "nothing": ("h.jsonl", b"", "is empty"),
    "blank lines": ("h.jsonl", b"\n\n", "h.jsonl"),
    "another ending": ("h.txt", LINE, "ends in"),
    "a byte order of two bytes": ("h.jsonl", LINE.decode().encode("utf-16"), "byte 1"),
    "compressed": ("h.jsonl", gzip.compress(LINE), "byte 2"),
    "a zero byte": ("h.jsonl", line(course="sa\0les"), "U+0000"),
    "cut off": ("h.jsonl", LINE + LINE[:40], "h.jsonl:2"),
    "a list": ("h.jsonl", b"[" + LINE.strip() + b"]", "expected a JSON object"),
    "text": ("h.jsonl", b"Dear colleagues,\n", "h.jsonl:1"),
    "the same key twice": ("h.jsonl", b'{"id":"a","id":"b"}\n', "h.jsonl:1"),
    "infinity": ("h.jsonl", b'{"at":Infinity}\n', "h.jsonl:1"),
    "deep": ("h.jsonl", b'{"at":' + b"[" * 5000 + b"]" * 5000 + b"}\n", "h.jsonl:1"),
    "an unknown type": ("h.jsonl", line(type="course.eaten"), "course.eaten"),
    "no type": ("h.jsonl", line(type=None), "type is missing"),
    "no day": ("h.jsonl", line(at="2026-02-30T08:00:00Z"), "2026-02-30"),
    "no zone": ("h.jsonl", line(at="2026-11-19T08:00:00"), "h.jsonl:1"),
    "no partner": ("h.jsonl", line(partner=" "), "h.jsonl:1"),
    "one id for two": ("h.jsonl", LINE + line(course="marketing"), "x1"),
    "another refund": ("h.jsonl", line(type="sale.refunded", sale="nobody's"), "nobody's"),
    "no header": ("h.csv", LINE, "h.csv:1"),
    "a header alone": ("h.csv", HEADER, "h.csv"),
    "a column twice": ("h.csv", HEADER.replace(b"id,at", b"at,at"), "h.csv:1"),
    "a cell too many": ("h.csv", HEADER + b"x1,2026-11-19T08:00:00Z,course.completed,nectar,sales,1,2\n", "h.csv:2"),
    "an open quote": ("h.csv", HEADER + b'x1,2026-11-19T08:00:00Z,course.completed,nectar,"sales\n', "h.csv:2"),
    "semicolons": ("h.csv", HEADER.replace(b",", b";"), "h.csv:1"),
    "a workbook": ("h.csv", GOOD_BOOK, "h.csv:1"),
    "no parquet": ("h.parquet", LINE, "cannot be read as Parquet"),
    "half a parquet": ("h.parquet", WHOLE[: len(WHOLE) // 2], "cannot be read as Parquet"),
    "a parquet with damage": ("h.parquet", WHOLE[:20] + b"\xff" * 40 + WHOLE[60:], "h.parquet"),
    "a parquet of something else": ("h.parquet", parquet({"a": [1, 2]}), "h.parquet"),
}


REFUSED_AT_ONCE = ("nothing", "another ending")
"""By the form, so that no file is kept."""
OF_A_LIBRARY = "ZSTD decompression failed"
"""Details of damage that only the library of the form knows, in its words."""
CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
ENGLISH = re.compile(r"\b(is|are|has|holds|expected|cannot|missing|line|not|of|at line)\b")


@pytest.mark.parametrize("kind", HISTORIES)
def test_a_broken_history_is_answered_in_words_and_changes_nothing(world: World, sign_in: SignIn, kind: str) -> None:
    name, content, words = HISTORIES[kind]
    client = sign_in(world.staff["manager"])
    before = (Event.objects.count(), Partner.objects.count())
    answer = client.post("/console/history/import/", {"file": SimpleUploadedFile(name, content)}, follow=True)
    assert answer.status_code in {200, 422}
    assert words in unescape(answer.content.decode()), answer.content.decode().split("<main")[1][:3000]
    assert not HistoryUpload.objects.exclude(state=UploadState.REFUSED).exists()
    assert (Event.objects.count(), Partner.objects.count()) == before


def test_a_broken_history_is_told_in_the_language_of_whoever_reads_it(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.staff["manager"])
    for name, content, _words in HISTORIES.values():
        client.post("/console/history/import/", {"file": SimpleUploadedFile(name, content)})
    refused = list(HistoryUpload.objects.filter(state=UploadState.REFUSED))
    assert len(refused) == len(HISTORIES) - len(REFUSED_AT_ONCE)
    assert [line for upload in refused for line in upload.problem_lines if CYRILLIC.search(line)] == []
    with translation.override("ru"):
        told = [line.partition(OF_A_LIBRARY)[0] for upload in refused for line in upload.problem_lines]
    assert [line for line in told if ENGLISH.search(line) or not CYRILLIC.search(line)] == []


def test_a_zero_byte_is_told_with_its_line_and_its_field(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.staff["manager"])
    content = b"\n" + LINE + b"\n" + line(id="x2", course="sa\0les")
    answer = client.post("/console/history/import/", {"file": SimpleUploadedFile("nul.jsonl", content)}, follow=True)
    assert "nul.jsonl:4: course.completed: course has the character U+0000 in it, expected" in answer.content.decode()


def bomb() -> bytes:
    """A workbook of a few kilobytes whose sheet unpacks to a gigabyte of blanks."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD_BOOK)) as book, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in book.namelist():
            if not name.endswith("sheet1.xml"):
                made.writestr(name, book.read(name))
                continue
            with made.open(name, "w", force_zip64=True) as sheet:
                for _ in range(1 << 10):
                    sheet.write(b" " * (1 << 20))
    return out.getvalue()


COURSES = {
    "nothing": ("c.csv", b"", "empty"),
    "a header alone": ("c.csv", b"partner,course,day\n", "empty"),
    "without a column": ("c.csv", b"partner,course\ncomb,sales\n", "day"),
    "bytes": ("c.csv", bytes(range(128, 256)), "neither XLSX nor CSV"),
    "a zero byte": ("c.csv", b"partner,course,day\n\0,\0,\0\n", "neither XLSX nor CSV"),
    "another day": ("c.csv", b"partner,course,day\ncomb,sales,2026-02-30\n", "day"),
    "tomorrow": ("c.csv", b"partner,course,day\ncomb,sales,2026-11-21\n", "day"),
    "a company that is not there": ("c.csv", b"partner,course,day\nnobody,sales,2026-11-02\n", "nobody"),
    "no course": ("c.csv", b"partner,course,day\ncomb,,2026-11-02\n", "course"),
    "an open quote": ("c.csv", b'partner,course,day\ncomb,"sales,2026-11-02\n', "day"),
    "half a workbook": ("c.xlsx", GOOD_BOOK[: len(GOOD_BOOK) // 2], "cannot be read"),
    "a workbook of something else": ("c.xlsx", workbook(("name", "sum"), ("a", 1)), "partner"),
    "an empty workbook": ("c.xlsx", workbook(), "empty"),
    "a picture": ("c.xlsx", b"\x89PNG\r\n\x1a\n" + bytes(100), "called XLSX, but it is none"),
}


@pytest.mark.parametrize("kind", [*COURSES, "a bomb"])
def test_a_broken_table_of_courses_is_answered_in_words_and_changes_nothing(
    world: World, sign_in: SignIn, kind: str
) -> None:
    name, content, words = COURSES.get(kind) or ("c.xlsx", bomb(), "")
    client = sign_in(world.staff["manager"])
    before = Event.objects.count()
    answer = client.post("/console/courses/preview/", {"file": SimpleUploadedFile(name, content)})
    said = unescape(answer.content.decode())
    assert answer.status_code in {200, 422}
    assert words in said
    assert 'action="/console/courses/import/"' not in said
    assert Event.objects.count() == before


EVIDENCE = {
    "nothing": ("plan.pdf", b""),
    "a page in disguise": ("plan.pdf", b"<!doctype html><script>alert(1)</script>"),
    "a program": ("plan.pdf", b"MZ" + bytes(200)),
    "another ending": ("plan.exe", b"%PDF-1.7\n%%EOF"),
    "a picture that is none": ("plan.png", b"\x89PNG\r\n\x1a\n"),
    "half a document": ("plan.docx", GOOD_BOOK[: len(GOOD_BOOK) // 2]),
    "a script in a picture": ("plan.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
}


@pytest.mark.parametrize("kind", EVIDENCE)
def test_a_file_that_is_not_what_it_says_is_no_evidence(world: World, sign_in: SignIn, kind: str) -> None:
    client = sign_in(world.charlie)
    page = "/partner/evidence/new/?requirement=website_endorsement"
    form = form_to(client, page, "/partner/evidence/new/")
    given = {**form.values, "requirement": "website_endorsement", "kind": "file"}
    answer = client.post(form.action, {**given, "file": SimpleUploadedFile(*EVIDENCE[kind])})
    assert answer.status_code == 422
    assert "field-error" in answer.content.decode()
    assert not EvidenceCase.objects.exists()
