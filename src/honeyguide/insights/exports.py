"""Tables handed out as CSV, XLSX or Parquet: the rows of the views, of the partners asked for (G4.3).

No client contacts are in them (T5.3): a client is its key in the history.
"""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import polars as pl
from django.db import models
from django.utils.translation import gettext as _

from honeyguide.accounts.actor import Actor
from honeyguide.common.downloads import BYTE_ORDER_MARK, harmless
from honeyguide.common.errors import NotFound, Refusal
from honeyguide.history.services import note
from honeyguide.insights.figures import Scope
from honeyguide.insights.models import BonusRow, ExchangeRow, LotRow, Movement, PartnerRow

ROWS_MOST = 1_000_000
"""A sheet holds no more."""
ROWS_AT_ONCE = 5_000
_KINDS: Final[Mapping[type[models.Field[Any, Any]], pl.DataType]] = {
    models.BigIntegerField: pl.Int64(),
    models.DateField: pl.Date(),
    models.DateTimeField: pl.Datetime("us", "UTC"),
    models.DecimalField: pl.Decimal(5, 2),
    models.ForeignKey: pl.Int64(),
    models.OneToOneField: pl.Int64(),
}
"""Types of columns; all others are text."""
TABLES: Mapping[str, "models.Manager[Any]"] = {
    "movements": Movement.objects,
    "lots": LotRow.objects,
    "exchanges": ExchangeRow.objects,
    "bonuses": BonusRow.objects,
    "partners": PartnerRow.objects,
}
"""By the word in the address."""


@dataclass(frozen=True, slots=True)
class Export:
    """A file to be saved. `rows`: how many lines of figures it has."""

    name: str
    content: bytes
    rows: int


def export(*, table: str, form: str, scope: Scope, actor: Actor, now: datetime) -> Export:
    """A table of some partners in one of FORMS; that it was taken out is recorded.

    Raises NotFound for a table or form that is not there, Refusal for more than ROWS_MOST rows.
    """
    if table not in TABLES or form not in FORMS:
        raise NotFound(_("There is no such table."))
    frame = frame_of(table, scope)
    content = FORMS[form](frame)
    about = {"table": table, "form": form, "rows": len(frame), "scope": _told(scope)}
    note("points.exported", actor=actor, now=now, about=about)
    return Export(f"{table}-{now:%Y-%m-%d}.{form}", content, len(frame))


def frame_of(table: str, scope: Scope) -> pl.DataFrame:
    """The rows as a frame: columns as in the view. Raises Refusal for too many."""
    rows = TABLES[table].all()
    if not scope.is_whole:
        rows = rows.filter(partner__in=scope.partners().values("key"))
    count = rows.count()
    if count > ROWS_MOST:
        said = _("More than %(most)s rows: narrow it by country, business or status, or read the views.")
        raise Refusal(said % {"most": ROWS_MOST})
    fields = rows.model._meta.concrete_fields
    schema = {field.attname: _KINDS.get(type(field), pl.String()) for field in fields}
    found = rows.values_list(*schema).iterator(ROWS_AT_ONCE)
    return pl.DataFrame(list(found), schema=schema, orient="row")


def as_csv(frame: pl.DataFrame) -> bytes:
    """UTF-8 with a mark; no cell is taken for a formula."""
    return (BYTE_ORDER_MARK + _guarded(frame).write_csv()).encode()


def as_xlsx(frame: pl.DataFrame) -> bytes:
    """One sheet; instants without a zone (they are UTC), text as text."""
    file = io.BytesIO()
    instants = [name for name, kind in frame.schema.items() if isinstance(kind, pl.Datetime)]
    plain = frame.with_columns(pl.col(name).dt.replace_time_zone(None) for name in instants)
    plain.write_excel(file, worksheet="data", autofit=True, freeze_panes=(1, 0))
    return file.getvalue()


def as_parquet(frame: pl.DataFrame) -> bytes:
    """With its types."""
    file = io.BytesIO()
    frame.write_parquet(file)
    return file.getvalue()


FORMS: Mapping[str, Callable[[pl.DataFrame], bytes]] = {"csv": as_csv, "xlsx": as_xlsx, "parquet": as_parquet}
"""By the ending of the file."""


def _guarded(frame: pl.DataFrame) -> pl.DataFrame:
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    return frame.with_columns(
        pl.Series(name, [None if text is None else harmless(text) for text in frame[name]], dtype=pl.String)
        for name in texts
    )


def _told(scope: Scope) -> dict[str, Any]:
    return {"countries": list(scope.countries), "kind": scope.kind, "status": scope.status}
