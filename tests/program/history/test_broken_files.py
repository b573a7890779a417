"""Files that break their form: JSON Lines, CSV and Parquet, each with the message that names what is wrong."""

import io
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.program.history.samples import AT, all_events, event, jsonl, problems_in

from honeyguide.program.history import FormError, UnknownFormError, read_history, read_raw
from honeyguide.program.phrases import plain

GOOD = jsonl([event("lead.won")])
TIME = "expected a time like 2026-03-01T09:30:00Z or 2026-03-01T09:30:00.25+02:00, 1900 to 9000"
PARTNER = "expected 1 to 64 of a-z 0-9 - _ ."
NET = "expected an amount like 1200 or 1200.50, up to 999999999999.99"
SEATS = "expected a whole number from 0 to 1000000000"
PRODUCTS = "expected one of cloud, on_premise, upgrade, maintenance, module or service"
NANOSECONDS, NANOSECOND = pa.timestamp("ns", "UTC"), 1_772_357_400_000_000_001
NO_ZONE = "column at holds times without a zone, expected times with one, such as UTC"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"{", "not JSON: Expecting property name enclosed in double quotes at character 2"),
        (b"nectar", "not JSON: Expecting value at character 1"),
        (b'{"a":1} {"a":2}', "not JSON: Extra data at character 8"),
        (b'{"a":"\t"}', "not JSON: Invalid control character at character 7"),
        (b'{"a":01}', "not JSON: Expecting ',' delimiter at character 7"),
        (b'{"a":NaN}', "NaN is no JSON number"),
        (b'{"a":-Infinity}', "-Infinity is no JSON number"),
        (b'{"a":1,"b":2,"a":1}', 'the name "a" is there twice, expected each name once'),
        (b'{"a":{"b":1,"b":1}}', 'the name "b" is there twice, expected each name once'),
        (b"[]", "holds [], expected a JSON object"),
        (b"7", "holds 7, expected a JSON object"),
        (b'"text"', 'holds "text", expected a JSON object'),
        (b"null", "holds null, expected a JSON object"),
        (b'{"a":"\xff"}', "byte 7 is 0xff, expected UTF-8"),
        (b'{"a":"\xed\xa0\x80"}', "byte 7 is 0xed, expected UTF-8"),
        (b'{"a":"\\ud800"}', "holds half of a surrogate pair, expected whole characters"),
        (b'{"\\udfff":1}', "holds half of a surrogate pair, expected whole characters"),
        (b'{"a":' + b"[" * 100 + b"]" * 100 + b"}", "nested too deep, expected at most 100 levels"),
        (b'{"a":' + b"[" * 100_000, "nested too deep, expected at most 100 levels"),
        (b'{"a":' * 500 + b"1" + b"}" * 500, "nested too deep, expected at most 100 levels"),
        (
            b'{"a":"' + b"x" * (1 << 20) + b'"}',
            "is longer than 1048576 bytes, expected one event a line; reading stopped here",
        ),
    ],
)
def test_it_names_lines_that_hold_no_event(line: bytes, problem: str) -> None:
    assert problems_in(GOOD + line + b"\n" + GOOD) == [f"2: {problem}"]
    assert problems_in(line) == [f"1: {problem}"]


def test_json_needs_at_type_and_partner() -> None:
    assert problems_in(b"{}") == [
        f"1: type is missing, expected one of the 26 event types; at is missing, {TIME}; partner is missing, {PARTNER}"
    ]


def test_blank_lines_are_passed_over_and_keep_their_numbers() -> None:
    assert len(read_history("-", stdin=io.BytesIO(b"\n \t\r\n" + GOOD + b"\r\n\n"))) == 1
    assert problems_in(b"\n\n" + GOOD + b"\r\n[]") == ["5: holds [], expected a JSON object"]


def test_a_byte_order_mark_is_passed_over_once() -> None:
    assert len(read_history("-", stdin=io.BytesIO(b"\xef\xbb\xbf" + GOOD))) == 1
    assert problems_in(GOOD + b"\xef\xbb\xbf" + GOOD)[0].startswith("2: not JSON: ")


def test_an_empty_file_is_an_empty_history_in_json_lines(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    path.touch()
    assert len(read_history(path)) == 0


def test_too_many_bad_lines_end_the_reading() -> None:
    found = problems_in(b"x\n" * 50_000)
    assert len(found) == 21
    assert found[-1] == "… and 9980 more, where reading stopped"


def test_too_many_unknown_fields_end_the_reading() -> None:
    lines = b"".join(b'{"f%d":1}\n' % place for place in range(600))
    found = problems_in(lines)
    assert found[-1].startswith("… and ")


@pytest.mark.parametrize("name", ["history.json", "history", "history.csv.gz"])
def test_a_name_must_tell_the_form(name: str) -> None:
    with pytest.raises(UnknownFormError, match=r"expected a name that ends in .jsonl, .csv or .parquet"):
        read_history(name)


# CSV

HEADER = b"at,type,partner,lead,name\n"
ROW = f"{AT},lead.won,nectar,L-1,\n".encode()


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (b"", ["1: is empty, expected a header with the names of fields"]),
        (b"at;type;partner\n", ["1: column at is missing, expected at least at, type and partner"]),
        (b"at,type\n", ["1: column partner is missing, expected at least at, type and partner"]),
        (b"At,type,partner\n", ["1: column at is missing, expected at least at, type and partner"]),
        (b"at,type,partner,net,net\n", ["1: column net is there twice, expected each column once"]),
        (b"at,type,partner,,net\n", ["1: column 4 has no name, expected the name of a field"]),
        (b'at,"type\n', ["1: not CSV: unexpected end of data"]),
        (b"at,type,partner,\xff\n", ["1: byte 17 is 0xff, expected UTF-8"]),
        (HEADER + b"a,b\n" + ROW, ["2: has 2 cells, expected 5 as in the header"]),
        (HEADER + ROW + ROW[:-1] + b",,\n", ["3: has 7 cells, expected 5 as in the header"]),
        (HEADER + b'"a"b,c\n' + ROW, ["2: not CSV: ',' expected after '\"'"]),
        (HEADER + ROW + b'"a\n' + ROW, ["3: not CSV: unexpected end of data"]),
        (HEADER + ROW + b"\xe4" + ROW, ["3: byte 1 is 0xe4, expected UTF-8"]),
        (HEADER + ROW.replace(b"L-1", b"a\rb"), None),
        (
            HEADER + ROW + b'"' + b"x" * (1 << 20) + b"\n" + ROW,
            [
                "3: is longer than 1048576 bytes, expected a quote that is closed and one event a record; "
                "reading stopped here"
            ],
        ),
        (HEADER + ROW.replace(b"L-1", b""), ["2: lead.won: lead is missing, expected 1 to 200 characters"]),
        (HEADER + ROW.replace(b"nectar", b" nectar"), [f'2: lead.won: partner is " nectar", {PARTNER}']),
        (HEADER + ROW.replace(b"lead.won", b""), ["2: type is missing, expected one of the 26 event types"]),
    ],
)
def test_it_names_records_that_hold_no_event(tmp_path: Path, text: bytes, problems: list[str] | None) -> None:
    path = tmp_path / "F.csv"
    path.write_bytes(text)
    found = problems_in(path)
    if problems is None:
        assert found[0].startswith("2: not CSV: new-line character seen in unquoted field")
    else:
        assert found == problems


def test_lines_of_csv_are_lines_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "F.csv"
    quoted = f'{AT},partner.applied,nectar,,"Nectar\nLtd,\n""N"""\n'.encode()
    path.write_bytes(HEADER.replace(b"\n", b"\r\n") + b"\n" + quoted + ROW.replace(b"nectar", b"?") + quoted + b"x,y\n")
    assert [line.split(":")[0] for line in problems_in(path)] == ["3", "6", "7", "10"]


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("TRUE", 'new_client is "TRUE", expected true or false'),
        ("1", 'new_client is "1", expected true or false'),
    ],
)
def test_csv_has_two_booleans(tmp_path: Path, cell: str, problem: str) -> None:
    path = tmp_path / "F.csv"
    row = f"{AT},sale.paid,nectar,S-1,hive,cloud,1,{cell}"
    path.write_text(f"at,type,partner,sale,client,product,net,new_client\n{row}\n")
    assert problems_in(path) == [f"2: sale.paid: {problem}"]


def test_empty_cells_are_absent_and_for_documents_missing_ones(tmp_path: Path) -> None:
    path = tmp_path / "F.csv"
    header = "at,type,partner,project,client,modules,report,checklist\n"
    path.write_text(header + f"{AT},project.delivered,nectar,P-1,hive,simple|complex,,c\n")
    history = read_history(path)
    assert history.events["documented"].to_list() == [0]
    assert history.events.select("modules_1", "modules_2", "modules_3").row(0) == (1, 0, 1)
    path.write_text(header + f"{AT},project.delivered,nectar,P-1,hive,,r,c\n")
    assert problems_in(path) == [
        "2: project.delivered: modules is missing, expected a list of simple, standard or complex, at most 1000"
    ]


# Parquet


def table(**columns: pa.Array) -> pa.Table:
    """A sale; the columns given replace those that it has."""
    plain = {
        "at": pa.array([1_772_357_400_000_000], pa.timestamp("us", "UTC")),
        "type": pa.array(["sale.paid"]),
        "partner": pa.array(["nectar"]),
        "sale": pa.array(["S-1"]),
        "client": pa.array(["hive"]),
        "product": pa.array(["cloud"]),
        "net": pa.array(["12.50"]).cast(pa.decimal128(10, 2)),
    }
    return pa.table({name: column for name, column in (plain | columns).items() if column is not None})


@pytest.mark.parametrize(
    ("columns", "problem"),
    [
        ({"net": pa.array([12.5])}, "column net holds double, expected decimals, whole numbers or text"),
        ({"at": pa.array([1], pa.timestamp("us"))}, NO_ZONE),
        ({"at": pa.array([1])}, "column at holds int64, expected times with a zone or text"),
        ({"partner": pa.array([7])}, "column partner holds int64, expected text"),
        ({"type": pa.array([7])}, "column type holds int64, expected text"),
        ({"licences": pa.array([1.0])}, "column licences holds double, expected whole numbers or text"),
        ({"new_client": pa.array([1])}, "column new_client holds int64, expected booleans or text"),
        ({"modules": pa.array([[1]])}, "column modules holds list<element: int64>, expected lists of text or text"),
        ({"seats": pa.array([-3])}, f"1: sale.paid: seats is -3, {SEATS}"),
        ({"seats": pa.array([2**64 - 1], pa.uint64())}, f"1: sale.paid: seats is {2**64 - 1}, {SEATS}"),
        ({"net": pa.array(["0.125"]).cast(pa.decimal128(10, 3))}, f"1: sale.paid: net is 0.125, {NET}"),
        ({"net": pa.array(["-0.50"]).cast(pa.decimal128(10, 2))}, f"1: sale.paid: net is -0.50, {NET}"),
        ({"net": pa.array(["9" * 30]).cast(pa.decimal256(40, 0))}, f"1: sale.paid: net is {'9' * 30}, {NET}"),
        ({"net": pa.array([None], pa.decimal128(10, 2))}, f"1: sale.paid: net is missing, {NET}"),
        ({"net": None}, f"1: sale.paid: net is missing, {NET}"),
        ({"at": pa.array([NANOSECOND], NANOSECONDS)}, f'1: sale.paid: at is "2026-03-01T09:30:00.000000001Z", {TIME}'),
        ({"at": pa.array([-(10**10)], pa.timestamp("s", "UTC"))}, f'1: sale.paid: at is "1653-02-10T06:13:20.000Z", {TIME}'),  # noqa: E501
        ({"at": pa.array([9 * 10**15], pa.timestamp("ms", "UTC"))}, None),
        ({"type": pa.array([None], pa.string())}, "1: type is missing, expected one of the 26 event types"),
        ({"product": pa.array(["x"]).dictionary_encode()}, f'1: sale.paid: product is "x", {PRODUCTS}'),
        ({"at": None}, "column at is missing, expected at least at, type and partner"),
        ({"sale": pa.array([b"\xff\xfe"], pa.binary())}, "column sale is broken: Invalid UTF8 payload"),
    ],
)  # fmt: skip
def test_it_names_columns_and_rows_that_hold_no_event(
    tmp_path: Path, columns: dict[str, pa.Array], problem: str | None
) -> None:
    path = tmp_path / "F.parquet"
    pq.write_table(table(**columns), path)
    (found,) = problems_in(path)
    if problem is None:
        assert found.startswith("1: sale.paid: at is ")
    else:
        assert found == problem


@pytest.mark.parametrize(
    "columns",
    [
        {"at": pa.array(["2026-03-01T10:30:00+01:00"])},
        {"at": pa.array([1_772_357_400], pa.timestamp("s", "Europe/Berlin"))},
        {"at": pa.array([1_772_357_400_000_000_000], pa.timestamp("ns", "UTC"))},
        {"net": pa.array(["12.5"])},
        {"net": pa.array(["12.50"], pa.large_string())},
        {"net": pa.array(["12.500"]).cast(pa.decimal128(20, 3))},
        {"net": pa.array(["12.5"]).cast(pa.decimal256(40, 1))},
        {"sale": pa.array([b"S-1"], pa.binary())},
        {"partner": pa.array(["nectar"]).dictionary_encode(), "type": pa.array(["sale.paid"]).dictionary_encode()},
        {"client": pa.array(["hive"]).dictionary_encode(), "sale": pa.array(["S-1"]).dictionary_encode()},
        {"licences": pa.array(["1"]), "seats": pa.array([0], pa.uint8()), "plan": pa.array(["basic"])},
        {"modules": pa.array([[]], pa.list_(pa.string())), "term_months": pa.array([None], pa.int8())},
        {"points": pa.array([0.5]), "name": pa.array([7])},
        {"lead": pa.nulls(1), "new_client": pa.nulls(1)},
    ],
)
def test_columns_of_parquet_may_be_of_many_kinds(tmp_path: Path, columns: dict[str, pa.Array]) -> None:
    path = tmp_path / "F.parquet"
    pq.write_table(table(**columns), path)
    history = read_history(path)
    assert history.events.select("at_us", "amount_minor", "licences", "seats").row(0) == (
        1_772_357_400_000_000,
        1250,
        1,
        0,
    )
    assert next(iter(read_raw(path))).height == 1


@pytest.mark.parametrize(
    "spoil",
    [
        lambda whole: b"",
        lambda whole: b"PAR1",
        lambda whole: b"at,type,partner\n",
        lambda whole: whole[: len(whole) // 2],
        lambda whole: whole[:100] + bytes(50) + whole[150:],
        lambda whole: whole[:-200] + bytes(100) + whole[-100:],
    ],
)
def test_a_broken_parquet_file_is_named(tmp_path: Path, spoil: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "F.parquet"
    pq.write_table(table(), path, compression="none")
    path.write_bytes(spoil(path.read_bytes()))
    (found,) = problems_in(path)
    assert found.startswith(("cannot be read as Parquet: ", "column ", "1: "))


def test_rows_are_lines_in_parquet_whatever_the_row_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("honeyguide.program.history.parquet.BATCH_ROWS", 10)
    sizes = {7: "many row groups", 3: "several a batch", 1000: "one row group for many batches"}
    events = [event("lead.won", lead=f"L-{place}", id=f"e-{place % 90}") for place in range(100)]
    for size in sizes:
        path = tmp_path / f"{size}.parquet"
        frame = pl.DataFrame(events)
        frame.write_parquet(path, row_group_size=size)
        found = problems_in(path)
        assert found[0] == (
            '91: lead.won: id is "e-0", which has other content at line 1, expected an id of its own or equal content'
        )
        assert found[-1].startswith("100: ")
        frame.with_columns(lead=pl.lit("L")).write_parquet(path, row_group_size=size)
        assert len(read_history(path)) == 90


def test_an_empty_parquet_file_is_an_empty_history(tmp_path: Path) -> None:
    path = tmp_path / "F.parquet"
    pq.write_table(table().slice(0, 0), path)
    assert len(read_history(path)) == 0


def test_a_form_error_is_of_the_file_as_a_whole() -> None:
    assert FormError(plain("is broken")).lines("F") == ["F: is broken"]
    assert FormError(plain("is broken"), 3).lines("F") == ["F:3: is broken"]
    assert len(all_events()) == 26
