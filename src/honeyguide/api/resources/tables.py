"""Tables of deals and projects: brought in, looked at, recorded, taken back; large ones by the worker meanwhile."""

from collections.abc import Callable
from typing import Any, Literal

from django.http import HttpRequest
from ninja import File, Form, Query, Router, Schema
from ninja.files import UploadedFile
from ninja.responses import Status
from pydantic import Field

from honeyguide.api.documenting import Closed, answers
from honeyguide.api.gate import Gate, actor_of, now_of
from honeyguide.api.once import once
from honeyguide.api.paging import PageOut, PageQuery, page
from honeyguide.api.resources.evidence import IdempotencyKey, digest
from honeyguide.api.values import Instant
from honeyguide.earning import limits
from honeyguide.earning.models import TableImport, TableKind, TableState
from honeyguide.earning.services import recording, undoing
from honeyguide.earning.services import tables as services
from honeyguide.earning.tables.mapping import DATE_FORMS, Mapping
from honeyguide.earning.tasks import go_on
from honeyguide.partners.deciding import REASON_MAX_CHARS
from honeyguide.program.rulebook.kinds import PRODUCTS

router = Router(tags=["Tables of deals and projects"])
STATES = (
    "mapping, checking, checked, recording, done, planning (its undo is worked out), undoing, undone or discarded. "
    "While it is checking, recording, planning or undoing it is under way: ask again."
)


class TableRowOut(Schema):
    """A row that is wrong."""

    row: int = Field(description="Its number in the table; 0 for the table as a whole.")
    problems: list[str]


class TableEffectOut(Schema):
    """What changes for a company."""

    partner: str
    status_before: str
    status: str
    active: int = Field(description="How many active points come, or go.")
    held: int
    debt: int


class TableChangeOut(Schema):
    """What changes, for all companies together and for each."""

    events: int = Field(description="How many events are told.")
    partners: int = Field(description="For how many companies something changes.")
    active: int
    held: int
    debt: int
    statuses: int = Field(description="How many statuses change.")
    notices: list[str] = Field(description="What is not wrong, and should be known before: a sentence each.")
    effects: list[TableEffectOut] = Field(
        description=f"Those that change most first, at most {limits.EFFECTS_SHOWN} of them."
    )


class TableMappingOut(Schema):
    """How the table is read."""

    columns: dict[str, int] = Field(description="Positions of columns, from 0, by field.")
    encoding: str
    date_form: str
    decimal: str
    product: str = Field(description="Of rows without a column for it.")
    words: dict[str, dict[str, str]] = Field(
        description="By field, what its words mean: a value of the field, skip to leave the row out, or nothing yet. "
        "Of `partner`, the names that are no company's: its id or name is to be said."
    )


class TableSummaryOut(Schema):
    """A table in a list."""

    id: str
    name: str
    kind: str = Field(description="deals or projects.")
    rows: int
    state: str = Field(description=STATES)
    under_way: bool
    failure: str = Field(description="Why what was asked for last came to nothing; empty without.")
    brought_in_at: Instant
    asked_at: Instant | None = Field(description="When something was last asked for.")
    recorded_at: Instant | None
    undone_at: Instant | None


class TableOut(TableSummaryOut):
    """A table of deals or projects, on its way into the history and perhaps out of it."""

    header: list[str]
    mapping: TableMappingOut
    new: int | None = Field(description="Rows that are new; null before the table was looked at.")
    known: int | None
    skipped: int | None
    wrong: int | None
    problems: list[TableRowOut] = Field(description=f"Wrong rows, at most {limits.PROBLEMS_SHOWN} of them.")
    change: TableChangeOut | None = Field(description="What recording it would change, or has changed.")
    undo_reason: str
    undo_change: TableChangeOut | None = Field(description="What taking it back would change, or has changed.")


class TablePage(PageOut):
    """A page of tables."""

    data: list[TableSummaryOut]


class TableQuery(PageQuery):
    """Which tables."""

    kind: TableKind | None = Field(None, description="Only of this kind.")
    state: TableState | None = Field(None, description="Only in this state.")


class TableForm(Schema):
    """Beside the file."""

    kind: Literal["deals", "projects"]


class TableMappingIn(Closed):
    """How the table is to be read; what is left out stays as it is, at first as it was guessed."""

    columns: dict[str, int] | None = Field(None, max_length=limits.TABLE_MAX_COLUMNS)
    encoding: str | None = Field(None, max_length=20)
    date_form: str | None = Field(None, max_length=20, description=f"One of {', '.join(DATE_FORMS)}.")
    decimal: Literal[".", ","] | None = None
    product: str | None = Field(None, max_length=40, description=f"One of {', '.join(PRODUCTS)}.")
    words: dict[str, dict[str, str]] | None = Field(None, max_length=limits.TABLE_MAX_COLUMNS)


class TableUndoIn(Closed):
    """Why it is taken back: the reason stands with each event."""

    reason: str = Field(max_length=REASON_MAX_CHARS)


class Nothing(Closed):
    """An empty object."""


def _change_out(told: dict[str, Any]) -> TableChangeOut:
    return TableChangeOut(
        events=told["events"],
        partners=told["changed"],
        active=told["active"],
        held=told["held"],
        debt=told.get("debt", 0),
        statuses=told["statuses"],
        notices=told.get("notices", []),
        effects=[
            TableEffectOut(
                partner=effect["key"],
                status_before=effect["before"]["status"],
                status=effect["after"]["status"],
                active=effect["active"],
                held=effect["held"],
                debt=effect["debt"],
            )
            for effect in told["effects"]
        ],
    )


def _summary(upload: TableImport) -> dict[str, Any]:
    return {
        "id": upload.uid,
        "name": upload.name,
        "kind": upload.kind,
        "rows": upload.rows_count,
        "state": upload.state,
        "under_way": upload.is_under_way,
        "failure": upload.failure,
        "brought_in_at": upload.uploaded_at,
        "asked_at": upload.asked_at,
        "recorded_at": upload.done_at,
        "undone_at": upload.undone_at,
    }


def table_row(upload: TableImport) -> TableSummaryOut:
    """A table as a list has it."""
    return TableSummaryOut(**_summary(upload))


def table_out(upload: TableImport) -> TableOut:
    """A table as the API shows it."""
    preview, undo = upload.preview, upload.undo_preview
    return TableOut(
        **_summary(upload),
        header=upload.header,
        mapping=TableMappingOut(**upload.mapping),
        **{name: preview.get(name) for name in ("new", "known", "skipped", "wrong")},
        problems=[TableRowOut(row=row["row"], problems=row["problems"]) for row in upload.problems],
        change=_change_out(preview) if preview and not upload.problems else None,
        undo_reason=upload.undo_reason,
        undo_change=_change_out(undo) if undo else None,
    )


@router.get(
    "/tables",
    auth=Gate("tables:read", TableQuery),
    response=answers(200, TablePage),
    operation_id="list_tables",
    summary="List tables",
)
def list_tables(request: HttpRequest, query: Query[TableQuery]) -> dict[str, Any]:  # noqa: ARG001 - the gate's
    """The newest first. Scope: `tables:read`."""
    given = {name: value for name in ("kind", "state") if (value := getattr(query, name)) is not None}
    return page(TableImport.objects.filter(**given), query, table_row)


@router.get(
    "/tables/{id}",
    auth=Gate("tables:read"),
    response=answers(200, TableOut),
    operation_id="get_table",
    summary="Get a table",
)
def get_table(request: HttpRequest, id: str) -> TableOut:  # noqa: A002, ARG001 - its name in the address; the gate's
    """One of them; while it is under way, ask every other second. Scope: `tables:read`."""
    return table_out(services.table_with(id))


@router.post(
    "/tables",
    auth=Gate("tables:write"),
    response=answers(201, TableOut, writes=True),
    operation_id="bring_in_table",
    summary="Bring in a table",
)
def bring_in_table(
    request: HttpRequest, form: Form[TableForm], file: File[UploadedFile], idempotency_key: IdempotencyKey
) -> Status[Any]:
    """CSV or XLSX, as multipart/form-data; nothing is recorded. One that waits already is given as it is.

    Scope: `tables:write`.
    """
    return once(
        request,
        idempotency_key,
        {"kind": form.kind, "file": [file.name, digest(file)]},
        lambda: table_out(
            services.receive(file=file, kind=form.kind, actor=actor_of(request), now=now_of(request))
        ),
    )  # fmt: skip


@router.post(
    "/tables/{id}/look",
    auth=Gate("tables:write"),
    response=answers(202, TableOut, writes=True),
    operation_id="look_at_table",
    summary="Look what a table would change",
)
def look_at_table(
    request: HttpRequest,
    id: str,  # noqa: A002 - its name in the address
    body: TableMappingIn,
    idempotency_key: IdempotencyKey,
) -> Status[Any]:
    """Reads it by the mapping; nothing is recorded. Then it is `checked`. Scope: `tables:write`."""
    given = body.model_dump(exclude_none=True)

    def ask() -> TableImport:
        mapping = Mapping.of(services.table_with(id).mapping | given)
        return recording.choose(uid=id, mapping=mapping, actor=actor_of(request), now=now_of(request))

    return _asked(request, idempotency_key, [id, "look", given], ask)


@router.post(
    "/tables/{id}/record",
    auth=Gate("tables:write"),
    response=answers(202, TableOut, writes=True),
    operation_id="record_table",
    summary="Record a table",
)
def record_table(
    request: HttpRequest,
    id: str,  # noqa: A002 - its name in the address
    body: Nothing,  # noqa: ARG001 - so that a program that sends something learns that it is not read
    idempotency_key: IdempotencyKey,
) -> Status[Any]:
    """All of one that is `checked`, or nothing. Then it is `done`. Scope: `tables:write`."""
    return _asked(
        request,
        idempotency_key,
        [id, "record"],
        lambda: recording.confirm(uid=id, actor=actor_of(request), now=now_of(request)),
    )


@router.post(
    "/tables/{id}/look-undo",
    auth=Gate("tables:write"),
    response=answers(202, TableOut, writes=True),
    operation_id="look_at_undo_of_table",
    summary="Look what taking a table back would change",
)
def look_at_undo_of_table(
    request: HttpRequest,
    id: str,  # noqa: A002 - its name in the address
    body: Nothing,  # noqa: ARG001
    idempotency_key: IdempotencyKey,
) -> Status[Any]:
    """Nothing is recorded; the answer is in `undo_change` once it is `done` again. Scope: `tables:write`."""
    return _asked(
        request,
        idempotency_key,
        [id, "look-undo"],
        lambda: undoing.ask_for_plan(uid=id, actor=actor_of(request), now=now_of(request)),
    )


@router.post(
    "/tables/{id}/undo",
    auth=Gate("tables:write"),
    response=answers(202, TableOut, writes=True),
    operation_id="undo_table",
    summary="Take a table back",
)
def undo_table(
    request: HttpRequest,
    id: str,  # noqa: A002 - its name in the address
    body: TableUndoIn,
    idempotency_key: IdempotencyKey,
) -> Status[Any]:
    """All of one that is `done`: deals are refunded and excluded, points cancelled. Then it is `undone`.

    Scope: `tables:write`.
    """
    return _asked(
        request,
        idempotency_key,
        [id, "undo", body.model_dump()],
        lambda: undoing.undo(uid=id, reason=body.reason, actor=actor_of(request), now=now_of(request)),
    )


def _asked(request: HttpRequest, key: str, content: object, ask: Callable[[], TableImport]) -> Status[Any]:
    """Leave something to be done, at once or by the worker; 202, with the table as it is then."""

    def do() -> TableOut:
        upload = ask()
        go_on(upload, now=now_of(request))
        upload.refresh_from_db()
        return table_out(upload)

    return once(request, key, content, do, status=202)
