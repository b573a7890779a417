"""Reading a table of completed courses (CSV or XLSX) with an error for each bad cell."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import fastexcel
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from honeyguide.files.checking import refuse
from honeyguide.partners.models import Partner
from honeyguide.requirements import limits
from honeyguide.requirements.services.courses import Completion, problems_of

COLUMNS = ("partner", "course", "user", "day")
REQUIRED = ("partner", "course", "day")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table. `number`: as spreadsheets count; `completion` is None where there are `problems`."""

    number: int
    cells: Mapping[str, str]
    completion: Completion | None
    problems: tuple[str, ...]


def read_table(given: "UploadedFile[bytes]", today: date) -> list[Row]:
    """The rows of a table, each checked. Raises Invalid for what is no table, too large, or without the columns."""
    content = given.read(limits.COURSES_IMPORT_MAX_BYTES + 1)
    if len(content) > limits.COURSES_IMPORT_MAX_BYTES:
        raise refuse(_("The table is too large: expected at most 2 MB."))
    cells = _xlsx(content) if content.startswith(b"PK\x03\x04") else _csv(content)
    numbered = [(number, row) for number, row in enumerate(cells, 1) if any(cell.strip() for cell in row)]
    if len(numbered) < 2:
        raise refuse(_("The table is empty: expected a row of headings and at least one more."))
    if len(numbered) > limits.COURSES_IMPORT_MAX_ROWS + 1:
        raise refuse(
            _("The table is too long: expected at most %(high)s rows.") % {"high": limits.COURSES_IMPORT_MAX_ROWS}
        )
    places = _places(numbered[0][1])
    named = [(number, {name: _cell(row, place) for name, place in places.items()}) for number, row in numbered[1:]]
    return list(_check(named, today))


def completion_of(kept: Sequence[str]) -> Completion:
    """A completion as a preview keeps it: partner, course, day, user."""
    partner, course, day, user = kept
    return Completion(partner, course, date.fromisoformat(day), user)


def _cell(row: Sequence[str], place: int) -> str:
    return row[place].strip() if place < len(row) else ""


def _places(header: Sequence[str]) -> dict[str, int]:
    titles = [title.strip().lower() for title in header]
    missing = [name for name in REQUIRED if titles.count(name) != 1]
    if missing:
        raise refuse(
            _("Expected the columns partner, course, user and day, each once; not found: %(missing)s.")
            % {"missing": ", ".join(missing)}
        )
    return {name: titles.index(name) for name in COLUMNS if name in titles}


def _csv(content: bytes) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise refuse(_("The table is neither XLSX nor CSV in UTF-8. Save it as one of them.")) from wrong
    if "\0" in text:
        raise refuse(_("The table is neither XLSX nor CSV in UTF-8. Save it as one of them."))
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as wrong:
        raise refuse(_("The table cannot be read. Save it again and send that.")) from wrong


def _xlsx(content: bytes) -> list[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > limits.COURSES_IMPORT_MAX_UNPACKED_BYTES:
                raise refuse(_("The table is too large: expected at most 2 MB."))
        book = fastexcel.read_excel(content)
        sheet = book.load_sheet(
            0, header_row=None, n_rows=limits.COURSES_IMPORT_MAX_ROWS + 2, dtypes="string", dtype_coercion="coerce"
        )
        return [["" if cell is None else str(cell) for cell in row] for row in sheet.to_polars().rows()]
    except (zipfile.BadZipFile, fastexcel.FastExcelError, OSError) as wrong:
        raise refuse(_("The table cannot be read. Save it again and send that.")) from wrong


def _check(rows: Sequence[tuple[int, dict[str, str]]], today: date) -> Iterator[Row]:
    named = {cells["partner"] for _number, cells in rows}
    keys = _keys(named)
    seen: set[str] = set()
    for number, cells in rows:
        day = _day(cells["day"])
        problems = [] if day is not None else [_("day: expected a date such as 2026-01-31")]
        completion = Completion(
            keys.get(cells["partner"].casefold(), ""), cells["course"], day or today, cells.get("user", "")
        )
        problems += [
            f"{field}: {problem}" for field, problem in problems_of(completion, today, set(keys.values())).items()
        ]
        if not problems and completion.event_id in seen:
            problems = [_("the same as a row above")]
        seen.add(completion.event_id)
        yield Row(number, cells, None if problems else completion, tuple(problems))


def _keys(named: Iterable[str]) -> dict[str, str]:
    """Partners by what a table may call them: their key, or their name where only one has it."""
    wanted = {name.casefold() for name in named}
    found: dict[str, str] = {}
    taken: set[str] = set()
    for key, name in Partner.objects.values_list("key", "name"):
        if name.casefold() in wanted:
            if name.casefold() in found:
                taken.add(name.casefold())
            found[name.casefold()] = key
    for name in taken:
        del found[name]
    by_key = Partner.objects.filter(key__in=list(named)).values_list("key", flat=True)
    return {**found, **{key.casefold(): key for key in by_key}}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if len(text) in {10, 19} else None
    except ValueError:
        return None
