"""Monthly statements: the list, one of them as a page, a PDF and a table (G4.4)."""

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render

from honeyguide.access.person import PersonRequest
from honeyguide.common.downloads import csv_file, download
from honeyguide.common.rulebooks import current_rulebook
from honeyguide.insights import queries
from honeyguide.insights.periods import month_asked, months_between
from honeyguide.insights.statement_paper import equation, file_name, shown_sums, statement_pdf, statement_rows
from honeyguide.insights.statements import GROUPS, Statement
from honeyguide.partners.models import Partner
from honeyguide.portal.views.points.cabinet import months_up_to
from honeyguide.portal.views.status import company_of

MONTHS_MOST = 36


def statements(request: PersonRequest) -> HttpResponse:
    """All months in which there were points, the latest first, with opening, sums and closing."""
    partner, _standing = company_of(request)
    first = queries.first_movement(partner)
    rows = []
    if first is not None:
        months = months_between(max(first, months_up_to(request.today, MONTHS_MOST)[0]), request.today)
        rows = queries.summaries(partner, months)
    used = [group for group in GROUPS if any(row.sums[group] for row in rows)]
    context = {
        "rows": [(row, [(group, row.sums[group]) for group in used]) for row in rows],
        "groups": used,
        "current": request.today.replace(day=1),
    }
    return render(request, "portal/points/statements.html", context)


def statement(request: PersonRequest, month: str) -> HttpResponse:
    """A month's statement. Raises NotFound for what is no month of the partner's."""
    partner, found = statement_asked(request, month)
    context = {
        "statement": found,
        "sums": shown_sums(found),
        "equation": equation(found),
        "debt": queries.debt_on(partner, found.period.last),
    }
    return render(request, "portal/points/statement.html", context)


def statement_file(request: PersonRequest, month: str) -> HttpResponse:
    """The same as a PDF, in the reader's language."""
    partner, found = statement_asked(request, month)
    rulebook = current_rulebook()
    content = statement_pdf(partner, found, made_at=request.now, rulebook=f"{rulebook.name} {rulebook.version}")
    return download(file_name(partner, found, "pdf"), content, "application/pdf")


def statement_table(request: PersonRequest, month: str) -> StreamingHttpResponse:
    """The same as a CSV file."""
    partner, found = statement_asked(request, month)
    return csv_file(file_name(partner, found, "csv"), statement_rows(found))


def statement_asked(request: PersonRequest, month: str) -> tuple[Partner, Statement]:
    """The statement of a month of the address. Raises NotFound."""
    partner, _standing = company_of(request)
    first = queries.first_movement(partner) or request.today
    return partner, queries.statement_of(partner, month_asked(month, first=first, today=request.today))
