"""Reading a table of completed courses (CSV or XLSX) with an error for each bad cell."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from honeyguide.files.checking import refuse
from honeyguide.files.tables import cells_of, is_workbook
from honeyguide.partners.finding import keys_by_name
from honeyguide.partners.models import Partner
from honeyguide.requirements import limits
from honeyguide.requirements.services.courses import Completion, problems_of, remark_on

COLUMNS = ("partner", "course", "user", "day")
REQUIRED = ("partner", "course", "day")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table. `number`: as spreadsheets count; `completion` is None where there are `problems`.

    `company`: the partner's name; "" where there is none. `remark`: what to look at, though it can be recorded.
    """

    number: int
    cells: Mapping[str, str]
    completion: Completion | None
    problems: tuple[str, ...]
    company: str = ""
    remark: str = ""


def read_table(given: "UploadedFile[bytes]", today: date) -> list[Row]:
    """The rows of a table, each checked. Raises Invalid for what is no table, too large, or without the columns."""
    content = given.read(limits.COURSES_IMPORT_MAX_BYTES + 1)
    if len(content) > limits.COURSES_IMPORT_MAX_BYTES:
        raise refuse(_("The table is too large: expected at most 2 MB."))
    if (given.name or "").lower().endswith(".xlsx") and not is_workbook(content):
        raise refuse(_("The file is called XLSX, but it is none. Save it again as XLSX, or send CSV in UTF-8."))
    numbered = cells_of(
        content,
        most_rows=limits.COURSES_IMPORT_MAX_ROWS,
        most_unpacked_bytes=limits.COURSES_IMPORT_MAX_UNPACKED_BYTES,
    )
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


def _check(rows: Sequence[tuple[int, dict[str, str]]], today: date) -> Iterator[Row]:
    named = {cells["partner"] for _number, cells in rows}
    keys = keys_by_name(named)
    names = dict(Partner.objects.filter(key__in=keys.values()).values_list("key", "name"))
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
        company, remark = names.get(completion.partner, ""), remark_on(completion.course)
        yield Row(number, cells, None if problems else completion, tuple(problems), company, remark)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if len(text) in {10, 19} else None
    except ValueError:
        return None
