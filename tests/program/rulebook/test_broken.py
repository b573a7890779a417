"""A rulebook that cannot be used: each problem is told in one line with its key, its value and what is allowed."""

import ast
import inspect
import tomllib
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from honeyguide.program.phrases import Phrase, recognized
from honeyguide.program.rulebook import Rulebook, RulebookError, check_rulebook, load_rulebook, parse_rulebook
from honeyguide.program.rulebook.load import DEFAULT
from honeyguide.program.rulebook.toml import FAULTS

Data = dict[str, Any]

NAMES = "a name of a-z, 0-9 and _ that starts with a letter"
KNOWN = (
    "expected a requirement of this rulebook: tutorial, sales_course, marketing_course, nfr_cloud, "
    "website_endorsement, social_endorsement, phone_support, email_support, webinar, case_study, marketing_plan, qbr"
)


def default_data() -> Data:
    return tomllib.loads(DEFAULT.read_text(encoding="utf-8"), parse_float=Decimal)


def problems(data: Data) -> list[str]:
    with pytest.raises(RulebookError) as caught:
        check_rulebook(data, "book.toml")
    return list(caught.value.problems)


def put(path: str, value: Any) -> Callable[[Data], None]:
    """A change that sets one key; digits are positions in lists."""

    def change(data: Data) -> None:
        *parents, last = path.split("/")
        place: Any = data
        for part in parents:
            place = place[int(part)] if part.isdigit() else place[part]
        place[int(last) if last.isdigit() else last] = value

    return change


def drop(path: str) -> Callable[[Data], None]:
    """A change that takes one key away."""

    def change(data: Data) -> None:
        *parents, last = path.split("/")
        place: Any = data
        for part in parents:
            place = place[int(part)] if part.isdigit() else place[part]
        del place[last]

    return change


VALUES = [
    (
        put("statuses/1/reach/sales_amount", -5),
        "statuses[1].reach.sales_amount (silver) = -5: "
        "expected an amount from 0 to 1000000000000 with at most two decimals",
    ),
    (
        put("statuses/1/reach/sales_amount", Decimal("2500.005")),
        "statuses[1].reach.sales_amount (silver) = 2500.005: "
        "expected an amount from 0 to 1000000000000 with at most two decimals",
    ),
    (
        put("statuses/1/reach/sales_amount", 2500.5),
        "statuses[1].reach.sales_amount (silver) = 2500.5: "
        "expected a Decimal, never a binary float: read TOML with parse_float=Decimal",
    ),
    (
        put("statuses/1/reach/sales_amount", Decimal("NaN")),
        "statuses[1].reach.sales_amount (silver) = NaN: "
        "expected an amount from 0 to 1000000000000 with at most two decimals",
    ),
    (
        put("statuses/2/discount_percent", Decimal("100.01")),
        "statuses[2].discount_percent (gold) = 100.01: expected a percentage from 0 to 100 with at most two decimals",
    ),
    (
        put("statuses/0/keep/deadline_days", 0),
        "statuses[0].keep.deadline_days (bronze) = 0: expected a whole number of days from 1 to 3650",
    ),
    (
        put("statuses/0/keep/deadline_days", True),
        "statuses[0].keep.deadline_days (bronze) = true: expected a whole number of days from 1 to 3650",
    ),
    (
        put("statuses/1/keep/review_months", Decimal("12.0")),
        "statuses[1].keep.review_months (silver) = 12.0: expected a whole number of months from 1 to 120",
    ),
    (
        put("points/repeat_deal/held_under_days", "30"),
        'points.repeat_deal.held_under_days = "30": expected a whole number of days from 0 to 3650',
    ),
    (put("effective_from", "soon"), 'effective_from = "soon": expected a date such as 2026-01-31'),
    (put("effective_from", "2026-02-30"), 'effective_from = "2026-02-30": expected a date such as 2026-01-31'),
    (put("currency", "Euro"), 'currency = "Euro": expected a currency code of three capital letters such as EUR'),
    *(
        (
            put("time_zone", zone),
            f'time_zone = "{zone}": expected a time zone of the IANA data such as UTC or Europe/Berlin',
        )
        for zone in ("Mars/Olympus", "Europe", "../etc/passwd", "")
    ),
    (
        put("version", Decimal("1.0")),
        "version = 1.0: expected text of 1 to 64 characters on one line",
    ),
    (
        put("statuses/1/reach/clause", " "),
        'statuses[1].reach.clause (silver) = " ": expected text of 1 to 40 characters on one line',
    ),
    (
        put("statuses/2/reach/sales_since_previous_status", 1),
        "statuses[2].reach.sales_since_previous_status (gold) = 1: expected true or false",
    ),
    (
        put("statuses/2/name", "Gold!"),
        'statuses[2].name = "Gold!": expected a name of up to 32 of a-z, 0-9, - and _ that starts with a letter',
    ),
    (
        put("sales/counting_products/0", "clod"),
        'sales.counting_products[0] = "clod": expected one of cloud, on_premise, upgrade, maintenance, module, service',
    ),
    (
        put("requirements/webinar", {"evidence": "seminar"}),
        'requirements.webinar.evidence = "seminar": expected one of website_endorsement, social_endorsement, '
        "phone_support, email_support, webinar, case_study, marketing_plan, qbr",
    ),
    (
        put("requirements/nfr_cloud", {"nfr": "phone"}),
        'requirements.nfr_cloud.nfr = "phone": expected one of cloud, on_premise',
    ),
    (
        put("requirements/Öl", {"course": "oil"}),
        f'requirements."Öl" = a table: no such name; expected {NAMES}',
    ),
    (
        put("measures/takes/fine", ["listing"]),
        'measures.takes.fine = ["listing"]: no such name; expected one of delist, blacklist, bar_leads, revoke',
    ),
    (
        put("points/sale/module_percent/gold", 30),
        "points.sale.module_percent.gold = 30: no such name; expected one of standard, advanced, premium",
    ),
    (put("statuses/1/entitlements", "listing"), 'statuses[1].entitlements (silver) = "listing": expected a list'),
    (put("statuses/1/keep", 5000), "statuses[1].keep (silver) = 5000: expected a table"),
    (put("statuses", "gold"), 'statuses = "gold": expected a list'),
    (put("points", []), "points = []: expected a table"),
    (
        put("statuses/1/reach/sale_amount", 1),
        "statuses[1].reach.sale_amount (silver) = 1: no such key; did you mean sales_amount?",
    ),
    (
        put("seats/quota", 1),
        "seats.quota = 1: no such key; expected one of clause, in_force_from, paid_months, purchase_products",
    ),
    (
        drop("statuses/1/reach/clause"),
        "statuses[1].reach.clause (silver) is missing: expected text of 1 to 40 characters on one line",
    ),
    (drop("seats"), "seats is missing: expected a table"),
    (drop("sales/counting_products"), "sales.counting_products is missing: expected a list"),
    (
        drop("points/validity_months"),
        "points.validity_months is missing: expected a whole number of months from 1 to 120",
    ),
]

BETWEEN_PARTS = [
    (
        put("requirements/webinar", {"evidence": "webinar", "course": "webinar"}),
        "requirements.webinar = a table: expected exactly one of course, nfr, evidence",
    ),
    (
        put("requirements/webinar", {}),
        "requirements.webinar = a table: expected exactly one of course, nfr, evidence",
    ),
    (
        put("requirements/seats", {"evidence": "webinar"}),
        "requirements.seats = a table: expected another name: seats is a figure that the program works out",
    ),
    (
        put("statuses/1/reach/requirements", ["tutorial", "dancing"]),
        f'statuses[1].reach.requirements[1] (silver) = "dancing": {KNOWN}',
    ),
    (
        put("statuses/2/keep/shown_requirements", ["qbr", "qbr"]),
        'statuses[2].keep.shown_requirements[1] (gold) = "qbr": expected each name once',
    ),
    (put("entitlements/after/dancing", []), f"entitlements.after.dancing = []: {KNOWN}"),
    (
        put("entitlements/every_partner", ["helpdesk", "cake"]),
        'entitlements.every_partner[1] = "cake": expected an entitlement with a text in entitlements.texts',
    ),
    (
        put("measures/takes/revoke", ["medal"]),
        'measures.takes.revoke[0] = "medal": expected an entitlement with a text in entitlements.texts',
    ),
    (
        put("statuses/1/nfr_extended", ["cloud", "cloud"]),
        'statuses[1].nfr_extended[1] (silver) = "cloud": expected each name once',
    ),
    (
        put("nfr/cloud/first_months", 0),
        "nfr.cloud.first_months = 0: expected a whole number of months from 1 to 120",
    ),
    (
        put("statuses/2/name", "silver"),
        'statuses[2].name = "silver": expected a name that no other status has',
    ),
    (
        put("statuses/0/reach", {"clause": "x", "sales_months": 12, "sales_amount": 1}),
        "statuses[0].reach (bronze) = a table: expected no such table: acceptance gives the lowest status",
    ),
    (
        put("statuses/0/keep/review_months", 12),
        "statuses[0].keep.review_months (bronze) = 12: "
        "expected no such key: the lowest status has a deadline, not a review",
    ),
    (
        drop("statuses/0/keep/deadline_days"),
        "statuses[0].keep.deadline_days (bronze) is missing: expected the days to the deadline of the lowest status",
    ),
    (
        put("statuses/1/keep/deadline_days", 90),
        "statuses[1].keep.deadline_days (silver) = 90: expected no such key: only the lowest status has a deadline",
    ),
    (
        drop("statuses/1/keep/review_months"),
        "statuses[1].keep.review_months (silver) is missing: "
        "expected the months from one confirmation to the next review",
    ),
    (
        drop("statuses/2/reach"),
        "statuses[2].reach (gold) is missing: expected a table: what it takes to reach the status",
    ),
    (
        put("statuses/2/reach", {"clause": "x", "sales_months": 12}),
        "statuses[2].reach (gold) = a table: expected at least one of sales_amount, clients_count, requirements",
    ),
    (
        drop("statuses/2/reach/sales_amount"),
        "statuses[2].reach.sales_since_previous_status (gold) = true: expected a sales_amount that it belongs to",
    ),
    (
        drop("points/sale/module_percent/premium"),
        "points.sale.module_percent.premium is missing: expected a figure for each of standard, advanced, premium",
    ),
    (
        drop("points/project/module_points/simple"),
        "points.project.module_points.simple is missing: expected a figure for each of simple, standard, complex",
    ),
    (
        put("points/sale/extended_licence_points/1/up_to_seats_count", 50),
        "points.sale.extended_licence_points[1].up_to_seats_count = 50: expected more than 50: bands ascend",
    ),
    (
        put("points/sale/extended_licence_points/0", {"points": 15}),
        "points.sale.extended_licence_points[0] = a table: expected an up_to_seats_count: only the last band is open",
    ),
    (
        put("points/sale/extended_licence_points", []),
        "points.sale.extended_licence_points = []: expected a last band without up_to_seats_count, for all seats above",
    ),
    (
        put("sales/counting_products", ["cloud", "module", "cloud"]),
        'sales.counting_products[2] = "cloud": expected each name once',
    ),
]


@pytest.mark.parametrize(("change", "line"), [*VALUES, *BETWEEN_PARTS])
def test_it_says_what_is_wrong_and_what_was_expected(change: Callable[[Data], None], line: str) -> None:
    data = default_data()
    change(data)
    assert problems(data) == [line]


def test_it_tells_all_problems_at_once() -> None:
    data = default_data()
    put("currency", "x")(data)
    put("seats/paid_months", 0)(data)
    drop("clauses/measure")(data)
    assert len(problems(data)) == 3


@pytest.mark.parametrize("count", [0, 1, 9])
def test_it_takes_two_to_eight_statuses(count: int) -> None:
    data = default_data()
    lowest, second, _ = data["statuses"]
    data["statuses"] = [lowest, *({**second, "name": f"level-{place}"} for place in range(8))][:count]
    assert [line.rpartition(": ")[2] for line in problems(data)] == ["expected 2 to 8 statuses, lowest first"]


def test_a_plain_validation_error_also_says_where() -> None:
    data = default_data()
    drop("statuses/0/keep/deadline_days")(data)
    with pytest.raises(ValidationError, match=r"statuses.0.keep.deadline_days: expected the days to the deadline"):
        Rulebook.model_validate(data)


def test_it_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "book.toml"
    path.write_text("name = 5\n", encoding="utf-8")
    with pytest.raises(RulebookError) as caught:
        load_rulebook(path)
    first = str(caught.value).splitlines()[0]
    assert first == f"{path}: name = 5: expected text of 1 to 64 characters on one line"


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"name = \n", "not TOML: Invalid value (at line 1, column 8)"),
        (b"\xff\xfe", "not UTF-8: expected a rulebook in TOML"),
        (b"#" * 1_000_001, "larger than 1000000 bytes: expected a rulebook in TOML"),
        (None, "cannot be read: No such file or directory"),
    ],
)
def test_a_file_that_is_no_rulebook(tmp_path: Path, content: bytes | None, line: str) -> None:
    path = tmp_path / "book.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(RulebookError) as caught:
        load_rulebook(path)
    assert str(caught.value) == f"{path}: {line}"


def test_a_directory_is_no_rulebook(tmp_path: Path) -> None:
    with pytest.raises(RulebookError, match="cannot be read: Is a directory"):
        load_rulebook(tmp_path)


def test_text_in_memory_is_checked_the_same_way() -> None:
    assert parse_rulebook(DEFAULT.read_text(encoding="utf-8")) == load_rulebook()
    with pytest.raises(RulebookError, match=r"^rulebook: not TOML"):
        parse_rulebook("[")


def test_all_that_the_reader_of_toml_finds_wrong_is_known() -> None:
    calls = [
        node.args[2]
        for node in ast.walk(ast.parse(Path(inspect.getsourcefile(tomllib.loads) or "").read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "suffixed_err"
    ]
    messages = [
        "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in call.values)
        if isinstance(call, ast.JoinedStr)
        else ast.literal_eval(call)
        for call in calls
    ]
    assert messages
    assert [message for message in messages if not isinstance(recognized(message, FAULTS), Phrase)] == []


@pytest.mark.parametrize(
    ("text", "template"),
    [
        ("a = \nb = 1", "not TOML: {fault} (at line {line}, column {column})"),
        ("a = [1,", "not TOML: {fault} (at end of document)"),
    ],
)
def test_where_a_text_is_no_toml_is_part_of_the_phrase(text: str, template: str) -> None:
    with pytest.raises(RulebookError) as caught:
        parse_rulebook(text)
    (problem,) = caught.value.problems
    assert isinstance(problem, Phrase)
    assert problem.template == template
    assert isinstance(problem.params["fault"], Phrase)
