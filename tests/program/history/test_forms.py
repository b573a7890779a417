"""JSON Lines, CSV and Parquet say the same: round trips, equal answers, what is written how."""

import io
import json
import string
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.program.history.samples import AT, Event, all_events, event, jsonl, same

from honeyguide.program.history import (
    RAW_SCHEMA,
    FormError,
    InvalidHistory,
    history_from_events,
    read_history,
    read_raw,
    validate_raw,
    write_history,
)
from honeyguide.program.history.events import EVENT_TYPES
from honeyguide.program.history.fields import FIELDS_BY_TYPE, KINDS, Field, Kind
from honeyguide.program.history.instants import parse_days, parse_instants
from honeyguide.program.history.jsontext import Number, cell_of, dump, json_of_cell, parse, value_of_cell

# values of fields, as JSON has them

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
CELLS = TEXTS.filter(lambda text: "|" not in text and bool(text))
NUMBERS = st.decimals(-(10**6), 10**6, places=3).map(lambda number: Number(f"{number:f}")) | st.integers().map(
    lambda number: Number(str(number))
)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS | st.sampled_from(["1", "true", "null", "{}", '"', '"a"', "[1", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
OFFSETS = st.timedeltas(timedelta(hours=-23), timedelta(hours=23)).map(
    lambda offset: timezone(timedelta(minutes=offset // timedelta(minutes=1)))
)
TIMES = st.datetimes(datetime(1901, 1, 1), datetime(8999, 1, 1), timezones=OFFSETS).map(  # noqa: DTZ001
    lambda time: time.isoformat()
)
MONEY = st.decimals(0, 10**12 - 1, places=2).map(lambda number: f"{number:f}")


def values(field: Field) -> st.SearchStrategy[Any]:
    if field.kind in (Kind.WORD, Kind.WORDS):
        word = st.sampled_from(field.choices)
        return word if field.kind is Kind.WORD else st.lists(word, min_size=1, max_size=4)
    if field.kind is Kind.WHOLE:
        return st.integers(field.least, field.most)
    if field.kind is Kind.MONEY:
        return MONEY.filter(lambda text: Decimal(text) >= field.least)
    return PLAIN.get(field.kind, TEXTS.filter(bool))


PLAIN: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.PERCENT: st.decimals(0, 100, places=2).map(lambda number: f"{number:f}"),
    Kind.BOOL: st.booleans(),
    Kind.DAY: st.dates(date(1900, 1, 1), date(9000, 12, 31)).map(str),
    Kind.IDENTS: st.lists(CELLS, min_size=1, max_size=3),
    Kind.REFERENCE: TEXTS,
}


@st.composite
def events(draw: st.DrawFn) -> list[Event]:
    """Events that are good each by itself, with unknown fields and fields of other types."""
    found = []
    for _ in range(draw(st.integers(1, 4))):
        event_type = draw(st.sampled_from(EVENT_TYPES))
        one: Event = {
            "at": draw(TIMES),
            "type": event_type,
            "partner": draw(st.text("abc-_.9", min_size=1, max_size=8)),
        }
        for field in FIELDS_BY_TYPE[event_type]:
            if field.required or draw(st.booleans()):
                one[field.name] = draw(values(field))
        if event_type == "points.cancelled":
            one.pop("points" if "award" in one and draw(st.booleans()) else "award", None)
            one.setdefault("points" if "award" not in one else "award", 7)
        names = st.sampled_from([*KINDS, "note", "x|y", "Größe"]) | st.text(string.printable, min_size=1, max_size=5)
        taken = {"at", "type", "partner", "id", *(field.name for field in FIELDS_BY_TYPE[event_type])}
        for name, value in draw(st.dictionaries(names, JSON, max_size=3)).items():
            if name not in taken and not (value is None and name in KINDS):
                one[name] = value
        found.append(one)
    return found


def written(frames: Any, path: Path) -> bytes:
    write_history(frames, path)
    return path.read_bytes()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(events())
def test_each_form_gives_back_what_the_others_had(tmp_path: Path, found: list[Event]) -> None:
    first, again, table, parquet = (tmp_path / name for name in ("1.jsonl", "2.jsonl", "3.csv", "4.parquet"))
    first.write_text("\n".join(map(dump, found)), encoding="utf-8")
    canonical = written(read_raw(first), again)
    cells = written(read_raw(again), table)
    write_history(read_raw(table), parquet)
    assert written(read_raw(parquet), again) == canonical
    assert written(read_raw(again), table) == cells
    told = list(map(parse, canonical.decode().removesuffix("\n").split("\n")))
    assert len(told) == len(found)
    for new, one in zip(told, found, strict=True):
        assert new.keys() == one.keys()
        assert datetime.fromisoformat(new["at"]) == datetime.fromisoformat(one["at"])
        for name in one.keys() - {field.name for field in FIELDS_BY_TYPE[one["type"]]} - {"at"}:
            assert dump(new[name]) == dump(one[name])
        for name in one.keys() & {"net", "amount", "percent"} & {f.name for f in FIELDS_BY_TYPE[one["type"]]}:
            assert Decimal(new[name]) == Decimal(one[name])


def test_the_canonical_form_is_as_documented(tmp_path: Path) -> None:
    path = tmp_path / "F.jsonl"
    sale = event("sale.paid", at="2026-03-01T10:30:00.250+01:00", net=7, note={"b": [1, None]}, id="e-1")
    assert sale["modules"]
    path.write_bytes(jsonl([sale]))
    write_history(read_raw(path), path)
    assert path.read_text() == (
        '{"at":"2026-03-01T09:30:00.25Z","type":"sale.paid","partner":"nectar","id":"e-1","sale":"S-1","client":"hive",'
        '"product":"cloud","net":"7.00","currency":"EUR","licences":2,"seats":50,"plan":"extended",'
        '"modules":["standard","premium","standard"],"term_months":12,"new_client":true,"note":{"b":[1,null]}}\n'
    )
    table = tmp_path / "F.csv"
    write_history(read_raw(path), table)
    assert table.read_text() == (
        "at,type,partner,id,sale,client,product,net,currency,licences,seats,plan,modules,term_months,new_client,note\n"
        "2026-03-01T09:30:00.25Z,sale.paid,nectar,e-1,S-1,hive,cloud,7.00,EUR,2,50,extended,standard|premium|standard,12,"
        'true,"{""b"":[1,null]}"\n'
    )


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".parquet"])
def test_every_form_gives_the_same_history(tmp_path: Path, suffix: str) -> None:
    expected = history_from_events(all_events())
    first, path = tmp_path / "first.jsonl", tmp_path / f"F{suffix}"
    first.write_bytes(jsonl(all_events()))
    assert write_history(read_raw(first), path) == 26
    assert same(read_history(path), expected)
    assert same(validate_raw(pl.concat(read_raw(path))), expected)


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".parquet"])
def test_many_batches_are_one_history(tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("honeyguide.program.history.jsonl.BATCH_LINES", 7)
    monkeypatch.setattr("honeyguide.program.history.csvform.BATCH_RECORDS", 7)
    monkeypatch.setattr("honeyguide.program.history.parquet.BATCH_ROWS", 7)
    monkeypatch.setattr("honeyguide.program.history.writing.ROW_GROUP_ROWS", 20)
    told = [
        made
        for place in range(40)
        for made in (
            event(
                "sale.paid", sale=f"S-{place}", client=f"c-{place % 7}", partner=f"p-{place % 3}", id=f"s-{place % 39}"
            ),
            event("lead.won", lead=f"L-{place}", note="late" if place > 30 else None, partner=f"p-{place % 5}"),
            event("sale.refunded", sale=f"S-{place}", partner=f"p-{place % 3}", amount=None),
        )
    ]
    told[-3] |= {"sale": "S-0", "client": "c-0", "partner": "p-0"}
    told[-1] |= {"sale": "S-0", "partner": "p-0"}
    first, path = tmp_path / "first.jsonl", tmp_path / f"F{suffix}"
    first.write_bytes(jsonl(told))
    write_history(read_raw(first), path)
    assert same(read_history(path), history_from_events(told))
    assert len(read_history(path)) == 119
    again = tmp_path / "again.jsonl"
    write_history(read_raw(path), again)
    assert [json.loads(line) for line in again.read_text().splitlines()] == [
        {name: f"{value}.50" if name == "net" and "." not in str(value) else value for name, value in one.items()}
        for one in told
    ]


def test_parquet_is_written_as_it_is_read_best(tmp_path: Path) -> None:
    path, first = tmp_path / "F.parquet", tmp_path / "F.jsonl"
    first.write_bytes(jsonl(all_events()))
    write_history(read_raw(first), path)
    schema = pq.read_schema(path)
    assert str(schema.field("at").type) == "timestamp[us, tz=UTC]"
    assert str(schema.field("net").type) == "decimal128(18, 2)"
    metadata = pq.read_metadata(path).row_group(0)
    columns = {metadata.column(place).path_in_schema: metadata.column(place) for place in range(metadata.num_columns)}
    assert columns["sale"].compression == "ZSTD"
    assert "RLE_DICTIONARY" in columns["client"].encodings
    assert "RLE_DICTIONARY" not in columns["sale"].encodings


def test_a_list_with_the_separator_in_it_has_no_place_in_csv(tmp_path: Path) -> None:
    first, path = tmp_path / "F.jsonl", tmp_path / "F.csv"
    first.write_bytes(jsonl([event("measure.applied", users=["a", "b|c"])]))
    with pytest.raises(FormError) as caught:
        write_history(read_raw(first), path)
    assert caught.value.lines("F") == ['F: users holds "b|c", expected items without |, which joins them in CSV']
    assert list(tmp_path.iterdir()) == [first]


def test_an_empty_list_that_must_be_there_has_no_place_in_csv(tmp_path: Path) -> None:
    first, path = tmp_path / "F.jsonl", tmp_path / "F.csv"
    first.write_bytes(jsonl([event("project.delivered", modules=[])]))
    with pytest.raises(FormError) as caught:
        write_history(read_raw(first), path)
    assert caught.value.lines("F") == [
        "F: modules holds [], expected an item or more, for an empty cell in CSV is an absent field"
    ]


def test_what_is_empty_and_need_not_be_there_is_left_out(tmp_path: Path) -> None:
    first, path = tmp_path / "F.jsonl", tmp_path / "G.jsonl"
    first.write_bytes(jsonl([event("sale.paid", modules=[], currency=""), event("project.delivered", checklist="")]))
    write_history(read_raw(first), path)
    sale, project = map(json.loads, path.read_text().splitlines())
    assert not {"modules", "currency"} & sale.keys()
    assert project["checklist"] == ""


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".parquet"])
def test_what_is_there_stays_when_writing_fails(tmp_path: Path, suffix: str) -> None:
    first, path = tmp_path / "first.jsonl", tmp_path / f"F{suffix}"
    first.write_bytes(jsonl(all_events()) + b"[]\n")
    path.write_text("before")
    with pytest.raises(InvalidHistory) as caught:
        write_history(read_raw(first), path)
    assert caught.value.lines("F") == ["F:27: holds [], expected a JSON object"]
    assert path.read_text() == "before"
    assert sorted(tmp_path.iterdir()) == sorted([first, path])
    out = io.BytesIO()
    with pytest.raises(InvalidHistory):
        write_history(read_raw(first), "-", stdout=out)
    assert out.getvalue() == b""


def test_an_empty_history_can_be_written_in_every_form(tmp_path: Path) -> None:
    for suffix in (".jsonl", ".csv", ".parquet"):
        path = tmp_path / f"F{suffix}"
        assert write_history([], path) == 0
        assert len(read_history(path)) == 0


@pytest.mark.parametrize("name", ["*", "^.*$", "at ", "%"])
def test_a_field_may_have_any_name(tmp_path: Path, name: str) -> None:
    first, table, again = (tmp_path / file for file in ("1.jsonl", "2.csv", "3.jsonl"))
    first.write_bytes(jsonl([event("lead.won", **{name: "kept"})]))
    write_history(read_raw(first), table)
    write_history(read_raw(table), again)
    assert json.loads(again.read_text())[name] == "kept"


def test_raw_events_have_one_typed_column_a_field() -> None:
    (frame,) = read_raw(
        "-", stdin=io.BytesIO(jsonl([event("sale.paid", note=5), event("lead.won", net="x", points=[1])]))
    )
    assert frame.select(*RAW_SCHEMA).schema == RAW_SCHEMA
    assert frame["net"].to_list() == [Decimal("1200.50"), None]
    assert frame.select("note", "other:net", "other:points").rows() == [("5", None, None), (None, "x", "[1]")]


@given(JSON)
def test_a_cell_gives_back_any_json_value(value: Any) -> None:
    cell = cell_of(value)
    assert cell
    assert dump(value_of_cell(cell)) == dump(value)
    assert json_of_cell(cell) == dump(value)
    assert cell_of(value_of_cell(cell)) == cell


@given(TEXTS)
def test_any_cell_is_some_json_value(cell: str) -> None:
    assert dump(parse(json_of_cell(cell))) == dump(value_of_cell(cell))


# times

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@given(st.lists(st.datetimes(datetime(1901, 1, 1), datetime(8999, 1, 1), timezones=OFFSETS), max_size=5), st.data())  # noqa: DTZ001
def test_times_are_read_as_python_reads_them(times: list[datetime], data: st.DataObject) -> None:
    texts = []
    for time in times:
        text = time.isoformat()
        head, _, fraction = text[:-6].partition(".")
        fraction = fraction.rstrip("0") if data.draw(st.booleans()) else fraction
        text = f"{head}{'.' if fraction else ''}{fraction}{text[-6:]}"
        texts.append(text.replace("+00:00", data.draw(st.sampled_from(["Z", "z", "+00:00", "-00:00"]))))
    found, good = parse_instants(pa.array(texts, pa.string()))
    assert good.all()
    assert found.tolist() == [(time - EPOCH) // timedelta(microseconds=1) for time in times]


LETTERS = st.sampled_from("0123456789-:.TZtz+ x")


@given(st.lists(st.text(LETTERS, max_size=33) | st.just(AT), max_size=6), st.integers(0, 3))
def test_what_python_does_not_take_for_a_time_is_none(texts: list[str], skipped: int) -> None:
    _, good = parse_instants(pa.array(["2026-03-01T00:00:00Z"] * skipped + texts, pa.string()).slice(skipped))
    for text, passed in zip(texts, good.tolist(), strict=True):
        if passed:
            assert datetime.fromisoformat(text.upper()).tzinfo is not None


@given(st.lists(st.dates(date(1900, 1, 1), date(9000, 12, 31)) | st.none(), max_size=6))
def test_days_are_read_as_python_reads_them(days: list[Any]) -> None:
    found, good = parse_days(pa.array([None if day is None else str(day) for day in days], pa.string()))
    assert good.tolist() == [day is not None for day in days]
    assert found.tolist() == [0 if day is None else (day - EPOCH.date()).days for day in days]
