"""Files handed out: saved by the browser, never run. CSV: no spreadsheet takes a cell for a formula."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header

BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""Spreadsheets take a CSV for UTF-8 only with it."""
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


class _Echo:
    """A file that hands back what is written."""

    def write(self, value: str) -> str:
        """The line itself."""
        return value


def download(name: str, content: bytes | str, content_type: str = "application/octet-stream") -> HttpResponse:
    """A file to be saved under this name, whatever is in it."""
    return HttpResponse(content, content_type=content_type, headers=_kept_as(name))


def csv_file(name: str, rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """Rows as a CSV file for spreadsheets, headings first, a line at a time."""
    return StreamingHttpResponse(csv_lines(rows), content_type="text/csv; charset=utf-8", headers=_kept_as(name))


def csv_lines(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """The lines of the file: UTF-8 with a mark, cells harmless."""
    writer = csv.writer(_Echo())
    yield BYTE_ORDER_MARK
    for row in rows:
        yield writer.writerow([harmless(cell) for cell in row])


def harmless(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula: one that begins like it gets an apostrophe; numbers stay.

    Days and instants are as ISO 8601 writes them.
    """
    if isinstance(value, date):  # an instant is one, too
        return value.isoformat()
    text = "" if value is None else str(value).strip(" ")
    if not text.startswith(FORMULA_STARTS) or _is_number(text):
        return text
    return f"'{text}"


def _is_number(text: str) -> bool:
    digits = text.lstrip("+-").replace(",", "").replace(".", "").replace("\N{NO-BREAK SPACE}", "")
    return digits.isascii() and digits.isdigit()


def _kept_as(name: str) -> dict[str, str]:
    return {
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or "",
        "X-Content-Type-Options": "nosniff",
    }
