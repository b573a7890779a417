"""Somebody's table to a history: every feature of a map, and every way in which map and table can be wrong."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from tests.program.history.samples import same

from honeyguide.program.history import InvalidHistory, history_from_events, validate_raw, write_history
from honeyguide.program.history.convert import convert
from honeyguide.program.history.maps import MapError, parse_map, read_map
from honeyguide.program.history.slugs import slug

TABLE = """Deal No;Agent;Customer;Stage;Signed;Amount;Users;Modules;Renewal;Product
D-1; Moses Frase ;Acme & Söhne;won;31.01.2026 18:00;"€ 1.200,50";10;standard / premium;no;Basic
D-2;Ärzu Łęcka;Hive;won;01.02.2026;"2.000,00";;;yes;Pro

D-3;Moses Frase;Hive;lost;15.01.2026;-;;;;
D-4;Олег Попов;n/a;open;;;;;;
"""
REGIONS = "agent,country,office\nMoses Frase,GB,London\nÄrzu Łęcka,PL,\nОлег Попов,KZ,Almaty\n"
MAP = """
[source]
delimiter = ";"
empty = ["-", "n/a"]
decimal = ","
thousands = "."
signs = ["€"]
dates = ["%d.%m.%Y %H:%M", "%d.%m.%Y"]
time = 09:30:00
time_zone = "Europe/Berlin"

[joins.agents]
file = "regions.csv"
column = "Agent"
key = "agent"
required = true

[values.products]
Basic = "cloud"
Pro = "on_premise"

[[events]]
type = "partner.applied"
once_per = "Agent"
[events.fields]
at = { column = "Signed", shift_days = -30, default = 2026-01-01T00:00:00Z }
partner = { column = "Agent", slug = true }
name = { column = "Agent" }
country = { column = "agents.country" }
kind = { template = "{agents.office} office" }
[events.other]
source = "crm"
rank = 7

[[events]]
type = "sale.paid"
when = { Stage = "won", Amount = { above = 1000, at_most = 2000 } }
[events.fields]
id = { template = "deal {Deal No}" }
at = { column = "Signed" }
partner = { column = "Agent", slug = true }
sale = { column = "Deal No" }
client = { column = "Customer", slug = true }
product = { column = "Product", map = "products" }
net = { column = "Amount" }
seats = { column = "Users", default = 0 }
modules = { column = "Modules", split = "/", default = ["advanced"] }
new_client = { column = "Renewal", map = { yes = false, no = true } }
plan = "extended"
licences = 3

[[events]]
type = "lead.lost"
when = { Stage = ["lost", "dropped"], Customer = { is_not = "Acme" }, Signed = { filled = true } }
[events.fields]
at = { column = "Signed", time = 23:59:59, time_zone = "UTC" }
partner = { column = "Agent", slug = true }
lead = { column = "Deal No" }

[[events]]
type = "measure.applied"
when = { "Deal No" = { in = ["D-1"] }, Stage = { not_in = ["lost"] } }
[events.fields]
at = 2026-03-01T00:00:00+01:00
partner = { column = "Agent", slug = true }
measure = "bar_leads"
until = { column = "Signed", shift_days = 365 }
users = ["ann", "bob"]
"""

SLASHED = "standard/premium"
EXPECTED: list[dict[str, Any]] = [
    {
        "at": "2025-12-16T08:30:00Z", "type": "partner.applied", "partner": "moses-frase", "name": "Moses Frase",
        "country": "GB", "kind": "London office", "rank": "7", "source": "crm",
    },
    {
        "at": "2026-01-01T00:00:00Z", "type": "partner.applied", "partner": "oleg-popov", "name": "Олег Попов",
        "country": "KZ", "kind": "Almaty office", "rank": "7", "source": "crm",
    },
    {
        "at": "2026-01-02T08:30:00Z", "type": "partner.applied", "partner": "arzu-lecka", "name": "Ärzu Łęcka",
        "country": "PL", "rank": "7", "source": "crm",
    },
    {"at": "2026-01-15T23:59:59Z", "type": "lead.lost", "partner": "moses-frase", "lead": "D-3"},
    {
        "at": "2026-01-31T17:00:00Z", "type": "sale.paid", "partner": "moses-frase", "id": "deal D-1", "sale": "D-1",
        "client": "acme-sohne", "product": "cloud", "net": "1200.50", "licences": 3, "seats": 10, "plan": "extended",
        "modules": ["standard", "premium"], "new_client": True,
    },
    {
        "at": "2026-02-01T08:30:00Z", "type": "sale.paid", "partner": "arzu-lecka", "id": "deal D-2", "sale": "D-2",
        "client": "hive", "product": "on_premise", "net": "2000.00", "licences": 3, "seats": 0, "plan": "extended",
        "modules": ["advanced"], "new_client": False,
    },
    {
        "at": "2026-02-28T23:00:00Z", "type": "measure.applied", "partner": "moses-frase", "measure": "bar_leads",
        "until": "2027-01-31", "users": ["ann", "bob"],
    },
]  # fmt: skip


@pytest.fixture
def table(tmp_path: Path) -> Path:
    (tmp_path / "regions.csv").write_text(REGIONS, encoding="utf-8")
    path = tmp_path / "deals.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def events_of(frame: pl.DataFrame, folder: Path) -> list[dict[str, Any]]:
    path = folder / "out.jsonl"
    write_history([frame], path)
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_map_makes_events_of_rows(table: Path, tmp_path: Path) -> None:
    frame = convert(table, parse_map(MAP))
    assert events_of(frame, tmp_path) == EXPECTED
    assert same(validate_raw(frame), history_from_events(EXPECTED))


def test_workbooks_and_parquet_are_tables_too(table: Path, tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["Deal No", "Agent", "Customer", "Stage", "Signed", "Amount", "Users", "Modules", "Renewal", "Product"],
        ["D-1", " Moses Frase ", "Acme & Söhne", "won", "31.01.2026 18:00", "€ 1.200,50", 10, SLASHED, "no", "Basic"],
        ["D-2", "Ärzu Łęcka", "Hive", "won", "2026-02-01", "2.000,00", None, None, "yes", "Pro"],
        [None] * 10,
        ["D-3", "Moses Frase", "Hive", "lost", "15.01.2026", "-", None, None, None, None],
        ["D-4", "Олег Попов", "n/a", "open", None, None, None, None, None, None],
    ]  # fmt: skip
    book = openpyxl.Workbook()
    book.create_sheet("Deals")
    for row in rows:
        book["Deals"].append(row)
    book.save(tmp_path / "deals.xlsx")
    for sheet in ('"Deals"', "2"):
        the_map = parse_map(MAP.replace("[source]", f"[source]\nsheet = {sheet}"))
        assert events_of(convert(tmp_path / "deals.xlsx", the_map), tmp_path) == EXPECTED
    columns = {
        name: [None if row[place] is None else str(row[place]) for row in rows[1:]]
        for place, name in enumerate(rows[0])
    }
    pl.DataFrame(columns, strict=False).write_parquet(tmp_path / "deals.parquet")
    assert events_of(convert(tmp_path / "deals.parquet", parse_map(MAP)), tmp_path) == EXPECTED


def test_days_of_a_workbook_have_the_time_of_the_map(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["who", "on", "net"], ["ann", date(2026, 3, 1), 1054.5], ["bob", datetime(2026, 3, 1, 17, 30), 7]):  # noqa: DTZ001
        sheet.append(row)
    book.save(tmp_path / "T.xlsx")
    text = """
    [source]
    time = 12:00:00
    [[events]]
    type = "sale.paid"
    [events.fields]
    at = { column = "on" }
    partner = { column = "who" }
    sale = { template = "s-{who}" }
    client = "hive"
    product = "cloud"
    net = { column = "net" }
    """
    frame = convert(tmp_path / "T.xlsx", parse_map(text))
    assert [(one["at"], one["net"]) for one in events_of(frame, tmp_path)] == [
        ("2026-03-01T12:00:00Z", "1054.50"),
        ("2026-03-01T17:30:00Z", "7.00"),
    ]


def test_an_old_encoding_is_read(tmp_path: Path) -> None:
    path = tmp_path / "T.csv"
    path.write_text("Wer,Wann\nMüller,2026-03-01\n", encoding="cp1252")
    text = """
    [source]
    encoding = "cp1252"
    [[events]]
    type = "partner.accepted"
    fields = { at = { column = "Wann" }, partner = { column = "Wer", slug = true } }
    """
    (event,) = events_of(convert(path, parse_map(text)), tmp_path)
    assert event == {"at": "2026-03-01T00:00:00Z", "type": "partner.accepted", "partner": "muller"}
    with pytest.raises(InvalidHistory) as caught:
        convert(path, parse_map(text.replace("cp1252", "utf-8")))
    assert caught.value.lines("T.csv") == ["T.csv:1: not utf-8, expected the encoding that the map names"]


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("Moses Frase", "moses-frase"),
        ("  O'Neill & Sons, Inc. ", "o-neill-sons-inc."),
        ("Ångström", "angstrom"),
        ("Straße", "strasse"),
        ("Щукин", "shchukin"),
        ("a_b.c-d", "a_b.c-d"),
        ("x" * 100, "x" * 64),
        ("株式会社", None),
        ("&&", None),
    ],
)
def test_names_become_ids(name: str, made: str | None) -> None:
    assert slug(name) == made


# what can be wrong with a table

SALE = """
[[events]]
type = "sale.paid"
fields.at = { column = "on", dates = ["%d.%m.%Y"] }
fields.partner = { column = "who", slug = true }
fields.sale = { column = "no" }
fields.client = { column = "to" }
fields.product = { column = "what", map = { A = "cloud", B = "service" } }
fields.net = { column = "net" }
fields.new_client = { column = "new" }
"""
HEAD = "on,who,no,to,what,net,new\n"
GOOD = "01.03.2026,ann,1,hive,A,5,\n"
ONE = "events[1].fields"
LETTERS = "expected a name of Latin or Cyrillic letters and digits, or a map from it to an id"
OTHER_ID = 'expected another id than "ann", which "ann" in line 2 has; give one of them by a map'
IN_MAP = 'expected one of "A", "B", which the map has'
NET = "expected an amount like 1200 or 1200.50, up to 999999999999.99"
DATE = f'{ONE}.at: column on is "31.02.2026", expected a date like %d.%m.%Y'


@pytest.mark.parametrize(
    ("rows", "problems"),
    [
        ("31.02.2026,ann,2,hive,A,5,\n", [f"3: {DATE}"]),
        ("2026-3-1,ann,2,hive,A,5,\n", []),
        ("01.03.2026,株式会社,2,hive,A,5,\n", [f'3: {ONE}.partner: column who is "株式会社", {LETTERS}']),
        ("01.03.2026,Ann,2,hive,A,5,\n", [f'3: {ONE}.partner: column who is "Ann", {OTHER_ID}']),
        ("01.03.2026,ann,2,hive,C,5,\n", [f'3: {ONE}.product: column what is "C", {IN_MAP}']),
        ("01.03.2026,ann,2,hive,A,5.001,\n", [f'3: sale.paid: net is "5.001" ({ONE}.net, column net), {NET}']),
        ("01.03.2026,ann,2,hive,A,,\n", [f"3: sale.paid: net is missing ({ONE}.net, column net), {NET}"]),
        (
            "01.03.2026,ann,2,hive,A,5,maybe\n",
            [f'3: sale.paid: new_client is "maybe" ({ONE}.new_client, column new), expected true or false'],
        ),
        (
            "01.03.2026,ann,1,hive,A,5,\n",
            ['3: sale.paid: sale is "1", already used by sale.paid at line 2, expected an id of its own'],
        ),
        (
            "01.03.2026,ann\n\n1,2,3\n",
            ["3: has 2 cells, expected 7 as in the header", "5: has 3 cells, expected 7 as in the header"],
        ),
        ('01.03.2026,"ann"x\n', ["3: not CSV: ',' expected after '\"'"]),
        ('"\n\n",,,,,,\n31.02.2026,ann,2,株,C,5,\n', [f'6: {DATE}; {ONE}.product: column what is "C", {IN_MAP}']),
    ],
)
def test_it_names_the_line_the_column_the_value_and_the_place_in_the_map(
    tmp_path: Path, rows: str, problems: list[str]
) -> None:
    path = tmp_path / "T.csv"
    path.write_text(HEAD + GOOD + rows, encoding="utf-8")
    the_map = parse_map(SALE)
    if not problems:
        assert convert(path, the_map).height == 2
        return
    with pytest.raises(InvalidHistory) as caught:
        convert(path, the_map)
    assert caught.value.lines("T") == [f"T:{problem}" for problem in problems]


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("T.csv", b"", "T:1: is empty, expected a header with the names of columns"),
        ("T.csv", b"a,a\n", "T:1: column a is there twice, expected each column once"),
        ("T.csv", b"a, \n", "T:1: column 2 has no name"),
        ("T.parquet", b"PAR1", "T: cannot be read as Parquet: "),
        ("T.xlsx", b"PK", "T: cannot be read as a workbook: "),
    ],
)
def test_it_names_tables_that_it_cannot_read(tmp_path: Path, name: str, content: bytes, problem: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InvalidHistory) as caught:
        convert(tmp_path / name, parse_map(SALE))
    (line,) = caught.value.lines("T")
    assert line.startswith(problem)


def test_a_key_that_a_joined_table_lacks_is_named_if_it_must_be_there(table: Path) -> None:
    (table.parent / "regions.csv").write_text(
        "agent,country,office\nMoses Frase,GB,\nОлег Попов,KZ,\n", encoding="utf-8"
    )
    with pytest.raises(InvalidHistory) as caught:
        convert(table, parse_map(MAP))
    assert caught.value.lines("T") == ['T:3: joins.agents: column Agent is "Ärzu Łęcka", expected a key of regions.csv']


def test_a_condition_needs_a_number_to_compare(table: Path) -> None:
    with pytest.raises(InvalidHistory) as caught:
        convert(table, parse_map(MAP.replace("Amount = { above", "Product = { above")))
    assert caught.value.lines("T") == [
        'T:2: events[2].when.Product: column Product is "Basic", expected a number',
        'T:3: events[2].when.Product: column Product is "Pro", expected a number',
    ]


# what can be wrong with a map

COLUMNS = "expected one of on, who, no"
JOIN = '[joins.a]\nfile = "T.csv"\ncolumn = "no"\nkey = "who"\n[[events]]'
ONE_SOURCE = "expected one of column, value and template"
EXTRA = "Extra inputs are not permitted"
RULE = """
[[events]]
type = "lead.won"
[events.fields]
at = { column = "on" }
partner = { column = "who" }
lead = { column = "no" }
"""


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[source", "not TOML: Expected ']' at the end of a table declaration (at end of document)"),
        ("", "events: Field required"),
        ("events = []", "events: List should have at least 1 item after validation, not 0"),
        (
            RULE.replace("lead.won", "lead.one"),
            'events[1]: type is "lead.one", expected an event type like sale.paid',
        ),
        (
            RULE.replace("lead =", "led ="),
            "events[1]: fields.led: lead.won does not take it, expected at, partner, id, lead; or put it in other",
        ),
        (
            RULE.replace('lead = { column = "no" }', ""),
            "events[1]: fields.lead is missing, which lead.won requires",
        ),
        (RULE + '[events.other]\nnet = "1"', "events[1]: other.net: is a known field, expected it in fields"),
        (RULE.replace('column = "no"', 'colum = "no"'), f"events[1].fields.lead.colum: {EXTRA}"),
        (RULE.replace('column = "no"', 'column = "no", value = "1"'), f"events[1].fields.lead: {ONE_SOURCE}"),
        (RULE.replace('column = "no"', 'map = "x"'), f"events[1].fields.lead: {ONE_SOURCE}"),
        (
            RULE.replace('column = "no"', 'column = "no", map = "x"'),
            'events[1].lead: map is "x", expected a table of [values]',
        ),
        (
            '[source]\ntime_zone = "Mars"\n' + RULE,
            'source.time_zone: "Mars" is no time zone, expected a name like Europe/Berlin',
        ),
        (
            '[source]\nencoding = "rot-8"\n' + RULE,
            'source: encoding is "rot-8", expected one like utf-8 or cp1252',
        ),
        ('[source]\ndelimiter = ";;"\n' + RULE, "source.delimiter: String should have at most 1 character"),
        ('[source]\ndecimal = "x"\n' + RULE, "source.decimal: Input should be '.' or ','"),
        ('[joins.a]\nfile = "x.csv"\n' + RULE, "joins.a.column: Field required"),
        (
            RULE.replace("[events.fields]", "when = { a = { like = 1 } }\n[events.fields]"),
            f"events[1].when.a.like: {EXTRA}",
        ),
    ],
)
def test_it_names_what_is_wrong_in_a_map(text: str, problem: str) -> None:
    with pytest.raises(MapError) as caught:
        parse_map(text)
    assert (
        caught.value.lines[0].replace(
            "table declaration (at line 1, column 8)", "table declaration (at end of document)"
        )
        == problem
    )


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            'column = "no"',
            'column = "number"',
            f'events[1].fields.lead.column: the table has no column "number", {COLUMNS}',
        ),
        (
            'column = "no"',
            'template = "a{b}"',
            f'events[1].fields.lead.template: the table has no column "b", {COLUMNS}',
        ),
        ('column = "no"', 'template = "a{b"', "events[1].fields.lead.template: expected '}' before end of string"),
        (
            "[events.fields]",
            'when = { stage = "x" }\n[events.fields]',
            f'events[1].when: the table has no column "stage", {COLUMNS}',
        ),
        (
            "[events.fields]",
            'once_per = "agent"\n[events.fields]',
            f'events[1].once_per: the table has no column "agent", {COLUMNS}',
        ),
        ("[[events]]", JOIN.replace('"no"', '"x"'), f'joins.a.column: the table has no column "x", {COLUMNS}'),
        ("[[events]]", JOIN.replace('"who"', '"x"'), f'joins.a.key: the table has no column "x", {COLUMNS}'),
        ("[[events]]", JOIN, 'joins.a: T.csv has "ann" in lines 2 and 3, expected once'),
        (
            "[[events]]",
            JOIN.replace("T.csv", "E.csv"),
            "joins.a: E.csv:1: is empty, expected a header with the names of columns",
        ),
    ],
)
def test_it_names_what_a_map_wants_and_the_table_lacks(tmp_path: Path, old: str, new: str, problem: str) -> None:
    path = tmp_path / "T.csv"
    path.write_text("on,who,no\n2026-03-01,ann,1\n2026-03-02,ann,2\n")
    (tmp_path / "E.csv").touch()
    with pytest.raises(MapError) as caught:
        convert(path, parse_map(RULE.replace(old, new)))
    assert caught.value.lines == [problem]


def test_a_map_is_a_file_of_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "M.toml"
    path.write_bytes(b"\xff")
    with pytest.raises(MapError) as caught:
        read_map(path)
    assert caught.value.lines == ["not UTF-8"]


def test_the_example_in_the_docs_is_a_map() -> None:
    the_map = read_map(Path(__file__).parents[3] / "docs" / "examples" / "crm-opportunities.toml")
    assert [rule.type for rule in the_map.events][:2] == ["partner.applied", "partner.accepted"]
