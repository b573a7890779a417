"""Files handed out: saved by the browser, never run."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from honeyguide.common.lists import BYTE_ORDER_MARK, harmless


def download(name: str, content: bytes | str, content_type: str = "application/octet-stream") -> HttpResponse:
    """A file to be saved under this name, whatever is in it."""
    response = HttpResponse(content, content_type=content_type)
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def csv_file(name: str, rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """Rows as a CSV file for spreadsheets, headings first."""
    made = io.StringIO(newline="")
    made.write(BYTE_ORDER_MARK)
    writer = csv.writer(made)
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
    return download(name, made.getvalue(), "text/csv; charset=utf-8")
