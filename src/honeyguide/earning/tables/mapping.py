"""Which column of a table is what, how it writes days and amounts, and what its words mean; guessed, then chosen."""

import re
from collections.abc import Mapping as Table
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from honeyguide.common.words import PRODUCTS, Words
from honeyguide.earning import limits
from honeyguide.earning.models import TableKind
from honeyguide.earning.words import GRADES, MODULE_CLASSES, PLANS

SKIP, TAKE, DELIVERED, CONFIRMED, YES, NO = "skip", "take", "delivered", "confirmed", "yes", "no"
DATE_FORMS = ("%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%d-%m-%Y")
DATE_EXAMPLES = {
    "%Y-%m-%d": "2026-01-31",
    "%d.%m.%Y": "31.01.2026",
    "%m/%d/%Y": "1/31/2026",
    "%d/%m/%Y": "31/1/2026",
    "%d-%m-%Y": "31-01-2026",
}


@dataclass(frozen=True, slots=True)
class Field:
    """Something that a column can be. `meanings`: of its words; `signs`: how headers call it, `=` exactly so."""

    name: str
    title: Any
    needed: bool = False
    meanings: Words | None = None
    signs: tuple[str, ...] = ()


_STAGE_OF_DEALS: Words = {TAKE: _("paid: take it"), SKIP: _("leave it out")}
_STAGE_OF_PROJECTS: Words = {
    DELIVERED: _("delivered"),
    CONFIRMED: _("confirmed by the client"),
    SKIP: _("leave it out"),
}
_ANSWERS: Words = {YES: _("yes"), NO: _("no")}
_PRODUCTS: Words = {**PRODUCTS, SKIP: _("leave it out")}

_COMMON = (
    Field(
        "partner", _("Partner (id or name)"), True, None, ("partner", "agent", "dealer", "reseller", "партн", "дилер")
    ),
    Field(
        "client",
        _("Client"),
        True,
        None,
        ("client", "customer", "account", "company", "клиент", "заказчик", "покупател"),
    ),
)
FIELDS: Table[str, tuple[Field, ...]] = {
    TableKind.DEALS: (
        *_COMMON,
        Field("day", _("Day"), True, None, ("close_date", "paid", "date", "day", "дата", "оплачен")),
        Field("amount", _("Net amount"), True, None, ("amount", "value", "net", "sum", "price", "сумма", "стоимост")),
        Field(
            "ident",
            _("Number of the deal"),
            False,
            None,
            (
                "=deal",
                "opportunity",
                "deal_id",
                "deal_n",
                "order",
                "number",
                "invoice",
                "=id",
                "номер",
                "=сделка",
                "счет",
                "счёт",
            ),
        ),
        Field("product", _("Product"), False, _PRODUCTS, ("product", "продукт", "товар")),
        Field("plan", _("Plan"), False, PLANS, ("plan", "edition", "tariff", "тариф", "редакци")),
        Field("users", _("Users"), False, None, ("users", "seats", "пользовател", "мест")),
        Field("licences", _("Licences"), False, None, ("licence", "license", "quantity", "лиценз", "количеств")),
        Field("term_months", _("Months paid"), False, None, ("term", "months", "срок", "месяц")),
        Field("modules", _("Modules"), False, MODULE_CLASSES, ("module", "модул")),
        Field("currency", _("Currency"), False, None, ("currency", "валюта")),
        Field(
            "stage",
            _("Stage of the deal"),
            False,
            _STAGE_OF_DEALS,
            ("stage", "status", "state", "этап", "стади", "статус"),
        ),
    ),
    TableKind.PROJECTS: (
        *_COMMON,
        Field("day", _("Delivered on"), True, None, ("delivered", "launch", "date", "day", "дата", "сдан", "запуск")),
        Field("modules", _("Modules"), True, GRADES, ("module", "модул")),
        Field(
            "ident",
            _("Number of the project"),
            False,
            None,
            ("=project", "project_id", "project_n", "number", "=id", "номер", "=проект"),
        ),
        Field("integration", _("Integration"), False, _ANSWERS, ("integration", "api", "интеграц")),
        Field(
            "stage",
            _("Implementation status"),
            False,
            _STAGE_OF_PROJECTS,
            ("status", "stage", "state", "статус", "этап", "стади"),
        ),
        Field("confirmed_day", _("Confirmed on"), False, None, ("confirmed", "подтвержд")),
        Field("report", _("Report (reference)"), False, None, ("report", "отчет", "отчёт")),
        Field("checklist", _("Checklist (reference)"), False, None, ("checklist", "чек-лист", "чеклист")),
    ),
}
LISTS = ("modules",)
"""Fields whose cells hold several words."""

_HINTS: Table[str, tuple[tuple[str, str], ...]] = {
    "product": (
        ("cloud", "cloud"), ("облак", "cloud"), ("saas", "cloud"), ("on-prem", "on_premise"), ("on prem", "on_premise"),
        ("короб", "on_premise"), ("upgrade", "upgrade"), ("обновл", "upgrade"), ("maint", "maintenance"),
        ("поддерж", "maintenance"), ("module", "module"), ("модул", "module"), ("serv", "service"),
        ("услуг", "service"),
    ),
    "plan": (("basic", "basic"), ("базов", "basic"), ("ext", "extended"), ("расш", "extended"), ("pro", "extended")),
    "stage": (
        ("won", TAKE), ("paid", TAKE), ("оплач", TAKE), ("выигр", TAKE), ("успеш", TAKE), ("confirm", CONFIRMED),
        ("подтв", CONFIRMED), ("live", CONFIRMED), ("deliver", DELIVERED), ("done", DELIVERED), ("сдан", DELIVERED),
        ("заверш", DELIVERED),
    ),
    "integration": (("yes", YES), ("true", YES), ("1", YES), ("да", YES)),
    "modules": (
        ("simple", "simple"), ("прост", "simple"), ("standard", "standard"), ("станд", "standard"),
        ("complex", "complex"), ("слож", "complex"), ("adv", "advanced"), ("расш", "advanced"), ("prem", "premium"),
        ("прем", "premium"),
    ),
}  # fmt: skip
_ELSE = {"stage": SKIP, "integration": NO}
"""What words that nobody knows mean, where there is a safe meaning."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """How a table is read. `columns`: position by field; `words`: by field, the meaning of each of its words.

    Of `partner`, what the words that are no company's id or name stand for: an id or name, skip, or nothing yet.
    """

    columns: dict[str, int] = field(default_factory=dict)
    encoding: str = "utf-8"
    date_form: str = DATE_FORMS[0]
    decimal: str = "."
    product: str = "cloud"
    """Of rows without a column for it."""
    words: dict[str, dict[str, str]] = field(default_factory=dict)

    def told(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)

    @classmethod
    def of(cls, data: Table[str, Any]) -> "Mapping":
        """Of JSON."""
        return cls(**data)


def fields_of(kind: str) -> tuple[Field, ...]:
    """What columns of a kind of table can be."""
    return FIELDS[kind]


def one_line(cell: str) -> str:
    """A cell's text with single spaces."""
    return " ".join(cell.split())


def words_in(field_name: str, cell: str) -> list[str]:
    """The words of a cell: several in fields that hold lists, `2 standard` being one word twice."""
    if field_name not in LISTS:
        return [cell] if cell else []
    found: list[str] = []
    for part in re.split(r"[,;|/+]", cell):
        counted = re.fullmatch(r"\s*(\d{1,2})\s*[x×х*]?\s*(\D.*)", part)
        word = counted.group(2) if counted else part
        found += [word.strip()] * (int(counted.group(1)) if counted else 1)
    return [word for word in found if word]


def guess(kind: str, header: Sequence[str], rows: Sequence[Sequence[str]], encoding: str) -> Mapping:
    """The mapping that fits best: columns by their headers in English or Russian, forms by what the cells hold."""
    columns = _columns(kind, header)
    by_field = {name: [row[place].strip() for row in rows if place < len(row)] for name, place in columns.items()}
    return Mapping(
        columns=columns,
        encoding=encoding,
        date_form=_date_form(by_field.get("day", [])),
        decimal=_decimal(by_field.get("amount", [])),
        words=meanings(kind, columns, rows, {}),
    )


def _columns(kind: str, header: Sequence[str]) -> dict[str, int]:
    """Each field's column: a header that is its sign first, then one that begins with it, then one that holds it."""
    titles = [title.strip().casefold().replace(" ", "_") for title in header]
    found: dict[str, int] = {}
    for fits in (str.__eq__, str.startswith, str.__contains__):
        for each in fields_of(kind):
            if each.name in found:
                continue
            places = (
                place
                for sign in each.signs
                for place, title in enumerate(titles)
                if place not in found.values() and (title == sign[1:] if sign[0] == "=" else fits(title, sign))
            )
            place = next(places, None)
            if place is not None:
                found[each.name] = place
    return found


def _date_form(cells: Sequence[str]) -> str:
    filled = [cell for cell in cells if cell]
    if not filled:
        return DATE_FORMS[0]
    return max(DATE_FORMS, key=lambda form: sum(day_in(cell, form) is not None for cell in filled))


def day_in(cell: str, form: str) -> date | None:
    """A day as a cell writes it; a time of day behind it, as workbooks have one, is left out."""
    text = re.split(r"[ T]", cell.strip(), maxsplit=1)[0]
    for each in (form, "%Y-%m-%d"):
        try:
            return datetime.strptime(text, each).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None


def _decimal(cells: Sequence[str]) -> str:
    """The mark that is written before one or two last digits, or that is not written between thousands."""
    commas = sum(bool(re.search(r",\d{1,2}\D*$|\.\d{3}\.\d{3}", cell)) for cell in cells)
    points = sum(bool(re.search(r"\.\d{1,2}\D*$|,\d{3},\d{3}", cell)) for cell in cells)
    return "," if commas > points else "."


def meanings(
    kind: str, columns: Table[str, int], rows: Sequence[Sequence[str]], chosen: Table[str, Table[str, str]]
) -> dict[str, dict[str, str]]:
    """By field that has meanings, those of all its words: as chosen, else guessed, "" where nobody knows.

    A column with more than limits.WORDS_OF_A_COLUMN words holds no words: it is left out.
    """
    found: dict[str, dict[str, str]] = {}
    for each in fields_of(kind):
        place = columns.get(each.name)
        if each.meanings is None or place is None:
            continue
        words = dict.fromkeys(
            word for row in rows if place < len(row) for word in words_in(each.name, row[place].strip())
        )
        if len(words) > limits.WORDS_OF_A_COLUMN:
            continue
        before = chosen.get(each.name, {})
        found[each.name] = {word: before.get(word, _meaning(each, word)) for word in words}
    return found


def _meaning(each: Field, word: str) -> str:
    """What a word most likely means."""
    assert each.meanings is not None
    plain = word.casefold()
    for name, words in each.meanings.items():
        if plain in {name, str(words).casefold()}:
            return name
    for sign, name in _HINTS.get(each.name, ()):
        if sign in plain and name in each.meanings:
            return name
    return _ELSE.get(each.name, "")
