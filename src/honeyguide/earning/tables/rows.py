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
from honeyguide.earning.models import TableImport, TableKind, TableState
from honeyguide.earning.tables.mapping import (
    CONFIRMED,
    SKIP,
    YES,
    Mapping,
    day_in,
    fields_of,
    words_in,
)
from honeyguide.earning.tables.numbers import MARKS, Unreadable, number_in, signs_of
from honeyguide.history.models import Event
from honeyguide.history.queries import program_events
from honeyguide.partners.finding import keys_by_name

NEW, KNOWN, SKIPPED, WRONG = "new", "known", "skipped", "wrong"
AMOUNT_MOST = Decimal("999999999999.99")
WHOLE_MOST = 1_000_000_000
TERM_MOST_MONTHS = 1_200
NOON = timedelta(hours=12)


@dataclass(slots=True)
class Row:
    """One row. `events`: what it would tell, where it is new; `shown`: its main cells in words."""

    number: int
    state: str = NEW
    problems: list[str] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    shown: dict[str, str] = field(default_factory=dict)


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
        found = " ".join(self.given.get(name, "").split())
        if len(found) > most or not found.isprintable():
            self.wrong(name, _("expected a text of at most %(most)s characters") % {"most": most})
            return ""
        return found

    def wrong(self, name: str, expected: str) -> None:
        """Note a problem with a field."""
        self.problems.append(f"{title_of(self.around.kind, name)}: {expected}")

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


def title_of(kind: str, name: str) -> str:
    """What a field is called."""
    return next(str(each.title) for each in fields_of(kind) if each.name == name)


def read_rows(
    upload: TableImport, mapping: Mapping, numbered: Sequence[tuple[int, Sequence[str]]], now: datetime
) -> list[Row]:
    """All rows (without the header), each new, known, skipped or wrong."""
    cells = [(number, _by_field(row, mapping)) for number, row in numbered]
    partners = keys_by_name({given["partner"] for _number, given in cells if given.get("partner")})
    around = Around(
        upload.kind, upload.uid, mapping, now, program_day(now), current_rulebook().currency, partners,
        _clients(partners.values()),
    )  # fmt: skip
    reader = _deal if upload.kind == TableKind.DEALS else _project
    rows = [reader(number, Cells(given, around)) for number, given in cells]
    _settle(rows)
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
    named = cells.text("partner")
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


def _ident(event: Table[str, Any]) -> str:
    return str(event.get("sale") or event["project"])


def _settle(rows: Sequence[Row]) -> None:
    """Compare the rows with each other and with the history: twice in the table is wrong, in the history is known."""
    fresh = [row for row in rows if row.state == NEW]
    known = _known({_ident(row.events[0]) for row in fresh})
    undone = set(TableImport.objects.filter(state=TableState.UNDONE).values_list("uid", flat=True))
    seen: dict[str, int] = {}
    for row in fresh:
        ident = _ident(row.events[0])
        before = seen.setdefault(ident, row.number)
        if before != row.number:
            row.state = WRONG
            row.problems = [
                _("the same as row %(number)s; give each a number of its own if they are two") % {"number": before}
            ]
            continue
        ident = _free(ident, known, undone)
        for event in row.events:
            event["sale" if "sale" in event else "project"] = ident
        _compare(row, known.get(ident, []))


def _compare(row: Row, before: Sequence[Event]) -> None:
    """Whether the history has a row's events, some of them, or others under its id."""
    if not before:
        return
    told = {event.type: event for event in before}
    first = row.events[0]
    same = told.get(first["type"])
    if same is None or any(_plain(same.data.get(name)) != _plain(first.get(name)) for name in _SAME[first["type"]]):
        row.state = WRONG
        row.problems = [_("is recorded already with other figures, partner or client")]
        return
    row.events = [event for event in row.events if event["type"] not in told]
    row.state = NEW if row.events else KNOWN
    if row.events and same.uid.startswith("prj_"):
        row.state, row.events = WRONG, []
        row.problems = [_("was reported in the portal: its client confirms it by the link")]


_SAME = {"sale.paid": ("partner", "client", "product", "net"), "project.delivered": ("partner", "client")}


def _plain(value: Any) -> Any:
    return str(value)


def _known(idents: set[str]) -> dict[str, list[Event]]:
    """Events under some ids and under those that follow them (`id~2`), by id."""
    found: dict[str, list[Event]] = {}
    wanted = set(idents)
    for _round in range(1, limits.ROUNDS_OF_AN_IDENT):
        events = program_events().filter(
            ident__in=wanted, type__in=["sale.paid", "project.delivered", "project.confirmed", "points.granted"]
        )
        more = list(events)
        if not more:
            break
        for event in more:
            found.setdefault(event.ident, []).append(event)
        wanted = {_next(event.ident) for event in more}
    return found


def _next(ident: str) -> str:
    stem, mark, number = ident.rpartition("~")
    return f"{stem}~{int(number) + 1}" if mark and number.isdigit() else f"{ident}~2"


def _free(ident: str, known: Table[str, Sequence[Event]], undone: Collection[str]) -> str:
    """The id under which a row stands: a next one where the one before it belongs to an import that was taken back."""
    while any(event.uid.partition(".")[0] in undone for event in known.get(ident, ())):
        ident = _next(ident)
    return ident
