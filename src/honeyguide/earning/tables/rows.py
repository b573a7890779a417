"""What each row of a table says, by its mapping: events of the program, or what is wrong with it."""

import hashlib
from collections.abc import Collection, Sequence
from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from honeyguide.common.clock import program_day, start_of_day
from honeyguide.common.local import day_text
from honeyguide.common.rulebooks import current_rulebook
from honeyguide.earning import limits
from honeyguide.earning.models import TableImport, TableKind
from honeyguide.earning.tables.mapping import CONFIRMED, SKIP, YES, Mapping, day_in, one_line, words_in
from honeyguide.earning.tables.numbers import MARKS, Unreadable, number_in, signs_of
from honeyguide.earning.tables.settling import SKIPPED, WRONG, Row, settle, told_of
from honeyguide.history.queries import program_events
from honeyguide.partners.finding import keys_by_name

AMOUNT_MOST = Decimal("999999999999.99")
WHOLE_MOST = 1_000_000_000
TERM_MOST_MONTHS = 1_200
NOON = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Around:
    """What the rows are read against."""

    kind: str
    uid: str
    mapping: Mapping
    now: datetime
    today: date
    currency: str
    partners: Table[str, str]
    clients: Table[tuple[str, str], str]


@dataclass(slots=True)
class Cells:
    """The cells of one row by field, and the problems found while reading them."""

    given: Table[str, str]
    around: Around
    problems: list[str] = field(default_factory=list)
    skipped: bool = False

    def is_left_out(self) -> bool:
        """Whether a word of the row, as read so far, says that it is to be left out."""
        return self.skipped

    def text(self, name: str, most: int = limits.CLIENT_MAX_CHARS) -> str:
        """A text without control characters."""
        found = one_line(self.given.get(name, ""))
        if len(found) > most or not found.isprintable():
            self.wrong(name, _("expected a text of at most %(most)s characters") % {"most": most})
            return ""
        return found

    def wrong(self, name: str, expected: str) -> None:
        """Note a problem with a field."""
        self.problems.append(told_of(self.around.kind, name, expected))

    def day(self, name: str) -> date | None:
        """A day that has been."""
        cell = self.given.get(name, "")
        found = day_in(cell, self.around.mapping.date_form)
        if found is None:
            self.wrong(name, _("“%(cell)s” is no day of the chosen form") % {"cell": cell[:40]})
        elif found > self.around.today or found.year < 1990:
            self.wrong(name, _("%(day)s: expected a day that has been") % {"day": day_text(found)})
        else:
            return found
        return None

    def number(self, name: str, signs: Collection[str] = ()) -> Decimal | None:
        """A number of zero or more; None for what is none, which is noted, and for an empty cell."""
        cell = self.given.get(name, "")
        if not cell:
            return None
        try:
            return number_in(cell, self.around.mapping.decimal, signs)
        except Unreadable as unreadable:
            self.wrong(name, str(unreadable))
        return None

    def amount(self) -> Decimal | None:
        """The net amount."""
        cell = self.given.get("amount", "")
        if not cell:
            self.wrong("amount", _("is missing"))
        found = self.number("amount", signs_of(self.around.currency))
        if found is not None and (found > AMOUNT_MOST or found != round(found, 2)):
            example = MARKS[self.around.mapping.decimal]
            self.wrong("amount", _("“%(cell)s” is no amount such as %(example)s") % {
                "cell": cell[:40], "example": example
            })  # fmt: skip
            return None
        return found

    def whole(self, name: str, least: int, most: int) -> int | None:
        """A whole number; None for an empty cell."""
        found = self.number(name)
        if found is not None and (found != int(found) or not least <= found <= most):
            cell = self.given[name][:40]
            self.wrong(name, _("“%(cell)s” is no whole number from %(least)s") % {"cell": cell, "least": least})
            return None
        return None if found is None else int(found)

    def company(self) -> str:
        """What the partner is called, or is said to be; a row whose company is to be left out is skipped."""
        named = self.text("partner")
        meaning = self.around.mapping.words.get("partner", {}).get(named, "")
        self.skipped |= meaning == SKIP
        return meaning or named

    def meanings(self, name: str) -> list[str]:
        """What the words of a field mean; a row with a word that is to be left out is skipped."""
        found: list[str] = []
        table = self.around.mapping.words.get(name)
        for word in words_in(name, self.given.get(name, "")):
            meaning = (table or {}).get(word, "")
            if meaning == SKIP:
                self.skipped = True
            elif meaning:
                found.append(meaning)
            else:
                self.wrong(name, _("choose what “%(word)s” means") % {"word": word[:60]})
        return found


def read_rows(
    upload: TableImport, mapping: Mapping, numbered: Sequence[tuple[int, Sequence[str]]], now: datetime
) -> list[Row]:
    """All rows (without the header), each new, known, skipped or wrong."""
    cells = [(number, _by_field(row, mapping)) for number, row in numbered]
    names = {one_line(given["partner"]) for _number, given in cells if given.get("partner")}
    partners = keys_by_name(names | set(mapping.words.get("partner", {}).values()))
    around = Around(
        upload.kind, upload.uid, mapping, now, program_day(now), current_rulebook().currency, partners,
        _clients(partners.values()),
    )  # fmt: skip
    reader = _deal if upload.kind == TableKind.DEALS else _project
    rows = [reader(number, Cells(given, around)) for number, given in cells]
    settle(rows, upload.kind, mapping)
    return rows


def _by_field(row: Sequence[str], mapping: Mapping) -> dict[str, str]:
    return {name: row[place].strip() if place < len(row) else "" for name, place in mapping.columns.items()}


def _clients(partners: Any) -> dict[tuple[str, str], str]:
    """Clients that the history knows, by partner and their id casefolded: a table may write them another way."""
    rows = program_events().filter(partner__in=set(partners)).exclude(client="").order_by()
    return {(key, client.casefold()): client for key, client in rows.values_list("partner", "client").distinct()}


def _start(number: int, cells: Cells) -> tuple[Row, str, str, date | None]:
    """What deals and projects have in common: partner, client, day."""
    row = Row(number, shown={name: cells.given.get(name, "")[:80] for name in cells.given})
    named = cells.company()
    key = cells.around.partners.get(named.casefold(), "")
    if not key:
        cells.wrong("partner", _("there is no partner “%(name)s”, or several") % {"name": named[:60]})
    client = cells.text("client")
    if not client:
        cells.wrong("client", _("is missing"))
    client = cells.around.clients.get((key, client.casefold()), client)
    return row, key, client, cells.day("day")


def _deal(number: int, cells: Cells) -> Row:
    mapping = cells.around.mapping
    stage = cells.meanings("stage")
    if cells.is_left_out() or ("stage" in mapping.columns and not stage and not cells.problems):
        return Row(number, SKIPPED)
    row, key, client, day = _start(number, cells)
    net = cells.amount()
    products = cells.meanings("product") if "product" in mapping.columns else [mapping.product]
    if cells.is_left_out():
        return Row(number, SKIPPED)
    if not products and not cells.problems:
        cells.wrong("product", _("is missing"))
    optional: dict[str, Any] = {
        "seats": cells.whole("users", 0, WHOLE_MOST),
        "licences": cells.whole("licences", 1, WHOLE_MOST),
        "term_months": cells.whole("term_months", 1, TERM_MOST_MONTHS),
        "plan": next(iter(cells.meanings("plan")), None),
        "modules": cells.meanings("modules") or None,
    }
    currency = cells.text("currency").upper()
    if currency and currency != cells.around.currency:
        cells.wrong("currency", _("expected %(currency)s: amounts are not converted") % {
            "currency": cells.around.currency
        })  # fmt: skip
    ident = cells.text("ident")
    if cells.problems or day is None or net is None:
        row.state, row.problems = WRONG, cells.problems
        return row
    sale = ident or _made_ident("deal", key, client, day.isoformat(), f"{net:.2f}", products[0])
    row.events = [
        {
            "id": f"{cells.around.uid}.{number}",
            "type": "sale.paid",
            "at": _at(day, cells.around.now),
            "partner": key,
            "sale": sale,
            "client": client,
            "product": products[0],
            "net": f"{net:.2f}",
            "currency": cells.around.currency,
            **{name: value for name, value in optional.items() if value is not None},
        }
    ]
    return row


def _project(number: int, cells: Cells) -> Row:
    mapping = cells.around.mapping
    stage = cells.meanings("stage")
    if cells.is_left_out() or ("stage" in mapping.columns and not stage and not cells.problems):
        return Row(number, SKIPPED)
    row, key, client, day = _start(number, cells)
    modules = cells.meanings("modules")
    if cells.is_left_out():
        return Row(number, SKIPPED)
    if not modules and not cells.problems:
        cells.wrong("modules", _("is missing"))
    integration = cells.meanings("integration") == [YES]
    report, checklist = cells.text("report", 500), cells.text("checklist", 500)
    confirmed = CONFIRMED in stage or bool(cells.given.get("confirmed_day"))
    on = cells.day("confirmed_day") if cells.given.get("confirmed_day") else day
    ident = cells.text("ident")
    if day is not None and on is not None and on < day:
        cells.wrong("confirmed_day", _("is before the delivery"))
    if cells.problems or day is None or on is None:
        row.state, row.problems = WRONG, cells.problems
        return row
    project = ident or _made_ident("project", key, client, day.isoformat(), *modules)
    common = {"partner": key, "project": project}
    uid, now = cells.around.uid, cells.around.now
    row.lacks = [name for name, paper in (("report", report), ("checklist", checklist)) if not paper]
    row.events = [
        {
            **common, "id": f"{uid}.{number}", "type": "project.delivered", "at": _at(day, now), "client": client,
            "modules": modules, "integration": integration, "report": report, "checklist": checklist,
        }
    ]  # fmt: skip
    if confirmed:
        row.events.append(
            {**common, "id": f"{uid}.{number}.confirmed", "type": "project.confirmed", "at": _at(on, now)}
        )
    return row


def _at(day: date, now: datetime) -> datetime:
    return min(start_of_day(day) + NOON, now)


def _made_ident(prefix: str, *parts: str) -> str:
    """An id for what the table gives no number: the same row has the same one in whatever table it stands."""
    return f"{prefix}-{hashlib.sha256(chr(10).join(parts).encode()).hexdigest()[:24]}"
