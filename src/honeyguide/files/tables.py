"""The cells of a table that somebody has sent: CSV in the usual encodings, or XLSX."""

import csv
import io
import zipfile
from collections.abc import Sequence

import fastexcel
from django.utils.translation import gettext as _

from honeyguide.files.checking import refuse

ENCODINGS = ("utf-8", "windows-1251", "windows-1252")
_XLSX = b"PK\x03\x04"


def is_workbook(content: bytes) -> bool:
    """Whether it is XLSX."""
    return content.startswith(_XLSX)


def guessed_encoding(content: bytes) -> str:
    """The first of ENCODINGS in which a CSV can be read; Cyrillic before Western."""
    for encoding in ENCODINGS:
        try:
            content.decode("utf-8-sig" if encoding == "utf-8" else encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return ENCODINGS[0]


def cells_of(
    content: bytes, *, most_rows: int, most_unpacked_bytes: int, encoding: str = "utf-8"
) -> list[tuple[int, list[str]]]:
    """Rows that hold anything, each with its number as spreadsheets count; the first is the header.

    One row more than `most_rows` (without the header) is read, so that too many can be told. Raises Invalid at `file`.
    """
    rows = (
        _xlsx(content, most_rows, most_unpacked_bytes) if is_workbook(content) else _csv(content, encoding, most_rows)
    )
    return [(number, row) for number, row in enumerate(rows, 1) if any(cell.strip() for cell in row)]


def _csv(content: bytes, encoding: str, most_rows: int) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except (UnicodeDecodeError, LookupError) as wrong:
        raise refuse(_("The table is neither XLSX nor CSV in UTF-8. Save it as one of them.")) from wrong
    if "\0" in text:
        raise refuse(_("The table is neither XLSX nor CSV in UTF-8. Save it as one of them."))
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            rows.append(row)
            if len(rows) > 2 * most_rows + 2:  # blank lines are no rows, but not without end
                break
    except csv.Error as wrong:
        raise refuse(_("The table cannot be read. Save it again and send that.")) from wrong
    return rows


def _xlsx(content: bytes, most_rows: int, most_unpacked_bytes: int) -> list[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > most_unpacked_bytes:
                raise refuse(_("The table is too large when it is opened. Send it in parts."))
        book = fastexcel.read_excel(content)
        sheet = book.load_sheet(0, header_row=None, n_rows=most_rows + 2, dtypes="string", dtype_coercion="coerce")
        return [_texts(row) for row in sheet.to_polars().rows()]
    except (zipfile.BadZipFile, fastexcel.FastExcelError, OSError) as wrong:
        raise refuse(_("The table cannot be read. Save it again and send that.")) from wrong


def _texts(row: Sequence[object]) -> list[str]:
    return ["" if cell is None else str(cell) for cell in row]
