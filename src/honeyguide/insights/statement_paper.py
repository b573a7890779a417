"""The monthly statement as a file: PDF and CSV, in the reader's language (G4.4)."""

from datetime import datetime
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from honeyguide.common.local import country_text, day_text, language, moment_text, signed_text, whole_text
from honeyguide.common.papers import pdf
from honeyguide.insights.statements import GROUPS, Entry, Statement
from honeyguide.insights.wording import (
    SUMS,
    activity_words,
    ident_text,
    kind_words,
    note_words,
    what_words,
)
from honeyguide.partners.models import Partner

TEMPLATE = Path(__file__).parent / "typst/statement.typ"
SUMS_ALWAYS = ("accrued", "spent", "expired")
"""Shown even where nothing moved; the others only where something did."""


def shown_sums(statement: Statement) -> list[tuple[str, int]]:
    """The sums between opening and closing that are shown."""
    return [(group, statement.of(group)) for group in GROUPS if group in SUMS_ALWAYS or statement.of(group)]


def file_name(partner: Partner, statement: Statement, ending: str) -> str:
    """As it is saved: statement-nectar-2026-11.pdf."""
    return f"statement-{partner.key}-{statement.period.key}.{ending}"


def equation(statement: Statement) -> str:
    """The proof in figures: 1,200 + 300 − 200 = 1,300."""
    parts = [whole_text(statement.opening)]
    for _group, points in shown_sums(statement):
        if points:
            sign = signed_text(points)
            parts += [sign[0], sign[1:]]
    return f"{' '.join(parts)} = {whole_text(statement.closing)}"


def statement_pdf(partner: Partner, statement: Statement, *, made_at: datetime, rulebook: str) -> bytes:
    """The statement as PDF/A. The same statement at the same time gives the same bytes."""
    return pdf(TEMPLATE, _data(partner, statement, made_at, rulebook), made_at=made_at)


def _data(partner: Partner, statement: Statement, made_at: datetime, rulebook: str) -> dict[str, Any]:
    first, last = (day_text(day) for day in (statement.period.first, statement.period.last))
    sums = [(str(SUMS[group]), signed_text(points)) for group, points in shown_sums(statement)]
    return {
        "language": language(),
        "title": _("Statement of points"),
        "issuer": parseaddr(settings.DEFAULT_FROM_EMAIL)[0] or _("Partner program"),
        "facts": [
            (_("Partner"), f"{partner.name}, {country_text(str(partner.country))}"),
            (_("Period"), _("%(first)s to %(last)s") % {"first": first, "last": last}),
            (_("Partner id"), partner.key),
            (_("Rulebook"), rulebook),
        ],
        "sums": [
            (_("Opening balance"), whole_text(statement.opening)),
            *sums,
            (_("Closing balance"), whole_text(statement.closing)),
        ],
        "equation": equation(statement),
        "lines_title": _("Movements"),
        "nothing": _("Nothing moved in this period."),
        "heads": [_("Day"), _("What"), _("Client"), _("Contract"), _("Points"), _("Balance")],
        "opening": (_("Opening balance"), whole_text(statement.opening)),
        "lines": [_line(entry) for entry in statement.entries],
        "closing": (_("Closing balance"), whole_text(statement.closing)),
        "notes": [
            _("Spending takes the points that expire first; each line names the client and the contract that earned "
              "the points it moves."),
            _("Points are never paid out in money."),
        ],
        "footer": _("%(company)s, as known on %(moment)s") % {"company": partner.name, "moment": moment_text(made_at)},
        "page": _("Page {page} of {pages}"),
    }  # fmt: skip


def _line(entry: Entry) -> dict[str, str]:
    line = entry.line
    return {
        "day": day_text(line.day),
        "what": what_words(line),
        "note": note_words(line),
        "client": line.client,
        "contract": ident_text(line.contract),
        "points": signed_text(line.points),
        "balance": whole_text(entry.balance),
    }


def statement_rows(statement: Statement) -> list[tuple[Any, ...]]:
    """The rows of a CSV file: headings, opening, movements, closing; points as plain numbers."""
    rows: list[tuple[Any, ...]] = [
        (_("Day"), _("Kind of action"), _("Activity"), _("Client"), _("Contract"), _("Source"), _("Exchange"),
         _("Reward"), _("Points"), _("Balance")),
        (statement.period.first, _("Opening balance"), "", "", "", "", "", "", "", statement.opening),
    ]  # fmt: skip
    for entry in statement.entries:
        line = entry.line
        rows.append((
            line.day, kind_words(line.kind), activity_words(line.activity), line.client, line.contract,
            line.award, line.exchange, line.item, line.points, entry.balance,
        ))  # fmt: skip
    closing = (statement.period.last, _("Closing balance"), "", "", "", "", "", "", "", statement.closing)
    return [*rows, closing]
