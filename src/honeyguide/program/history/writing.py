"""Raw events to files: JSON Lines, CSV, Parquet. A file appears whole or not at all."""

import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from honeyguide.program.phrases import Phrase

from .fields import KINDS, Kind
from .jsontext import dump, json_of_cell
from .parquet import CODED
from .problems import FormError
from .raw import RAW_SCHEMA, field_of
from .reading import STDIN, form_of
from .values import SEPARATOR

ROW_GROUP_ROWS = 1 << 20
DICTIONARY_BYTES = 64 << 20
"""Room for the ids of all clients of a row group, so that they are written and read by codes."""
_ALWAYS = ("at", "type", "partner")


def write_history(frames: Iterable[pl.DataFrame], path: str | Path, *, stdout: BinaryIO | None = None) -> int:
    """Write raw events to a file by its suffix, or for `-` as JSON Lines to stdout, and count them.

    The file is replaced when all is written; until then, and if anything fails, there is nothing at its place, and
    nothing on stdout.
    """
    form = form_of(path)
    with tempfile.TemporaryDirectory(prefix="honeyguide-") as folder:
        if str(path) == STDIN:
            spool = _Spool(Path(folder), frames)
            _write_jsonl(spool, stdout or sys.stdout.buffer)
            return spool.rows
        with _whole_file(Path(path)) as stream:
            if form == ".jsonl":
                return _write_jsonl(frames, stream)
            spool = _Spool(Path(folder), frames)
            if form == ".csv":
                _write_csv(spool, stream)
            else:
                _write_parquet(spool, stream)
            return spool.rows


@contextmanager
def _whole_file(path: Path) -> Iterator[BinaryIO]:
    """A stream that becomes the file when all is written to it."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        error.filename = str(path.parent)  # not the file that nobody has asked for
        raise
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
        mask = os.umask(0)
        os.umask(mask)
        Path(name).chmod(0o666 & ~mask)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


class _Spool:
    """Frames put by until all of them are known, and with them the columns that they have among them."""

    def __init__(self, folder: Path, frames: Iterable[pl.DataFrame]) -> None:
        self.folder = folder
        self.rows = self.parts = 0
        self.used: set[str] = set(_ALWAYS)
        self.kept: list[pl.DataFrame] = []
        for frame in frames:
            self._put_by(frame)

    def _put_by(self, frame: pl.DataFrame) -> None:
        self.used |= {column.name for column in frame.get_columns() if column.null_count() < len(column)}
        self.kept.append(frame)
        self.rows += frame.height
        if sum(part.height for part in self.kept) >= ROW_GROUP_ROWS:
            pl.concat(self.kept, how="diagonal").write_ipc(self.folder / f"{self.parts}.arrow", compression="lz4")
            self.kept = []
            self.parts += 1

    def names(self) -> list[str]:
        """Columns that hold anything, in order."""
        return sorted(self.used, key=_place)

    def __iter__(self) -> Iterator[pl.DataFrame]:
        """The frames, all with the same columns."""
        for part in range(self.parts):
            yield self._whole(pl.read_ipc(self.folder / f"{part}.arrow"))
        if self.kept:
            yield self._whole(pl.concat(self.kept, how="diagonal"))

    def _whole(self, frame: pl.DataFrame) -> pl.DataFrame:
        # by name, never pl.col: a field may be called "*"
        there, nothing = set(frame.columns), pl.Series([None], dtype=pl.Null)
        return pl.DataFrame(
            {
                name: frame.get_column(name)
                if name in there
                else nothing.cast(RAW_SCHEMA.get(name, pl.String())).new_from_index(0, frame.height)
                for name in self.names()
            }
        )


def _write_jsonl(frames: Iterable[pl.DataFrame], stream: BinaryIO) -> int:
    rows = 0
    for frame in frames:
        for part in frame.iter_slices(1 << 16):
            if part.height:
                lines = json_lines(part)
                stream.write("\n".join(lines.to_list()).encode() + b"\n")
        rows += frame.height
    stream.flush()
    return rows


def json_lines(frame: pl.DataFrame) -> pl.Series:
    """Each event as a line of JSON."""
    members: dict[str, pl.Series] = {}
    for column in sorted(frame.get_columns(), key=lambda column: _place(column.name)):
        if column.null_count() == len(column):
            continue
        known = column.name in KINDS
        texts = _json_texts(column, KINDS[column.name]) if known else _mapped(column, json_of_cell)
        name = field_of(column.name)
        member = f",{dump(name)}:" + texts
        members[name] = members[name].fill_null(member) if name in members else member
    joined = pl.DataFrame([member.alias(str(place)) for place, member in enumerate(members.values())])
    lines = joined.select(pl.concat_str(pl.all().fill_null(""))).to_series()
    return "{" + lines.str.slice(1) + "}"


_PLACES = {name: place for place, name in enumerate(KINDS)}


def _place(name: str) -> tuple[int, str]:
    """Where a column stands: known fields in their order, the others after them by name."""
    return _PLACES.get(field_of(name), len(_PLACES)), name


def _mapped(column: pl.Series, text_of: object) -> pl.Series:
    """A text for each different value, nulls for nulls."""
    table = {value: text_of(value) for value in column.drop_nulls().unique().to_list()}  # type: ignore[operator]
    return column.replace_strict(table, default=None, return_dtype=pl.String)


def _quoted(texts: pl.Series) -> pl.Series:
    """Texts as JSON."""
    special = texts.str.contains(r'[\x00-\x1f"\\]')
    quoted = '"' + texts + '"'
    if not special.any():
        return quoted
    return quoted.zip_with(~special.fill_null(False), _mapped(texts.zip_with(special, _NULL_TEXT), dump))


_NULL_TEXT = pl.Series([None], dtype=pl.String)


def _json_texts(column: pl.Series, kind: Kind) -> pl.Series:
    """A field's values as JSON."""
    if kind in (Kind.WORDS, Kind.IDENTS):
        return _json_lists(column)
    texts = cell_texts(column, kind)
    return texts if kind in (Kind.WHOLE, Kind.BOOL) else _quoted(texts)


def _json_lists(column: pl.Series) -> pl.Series:
    """Lists of texts as JSON."""
    here = column.is_not_null()
    items = pl.DataFrame({"row": here.arg_true(), "item": column.filter(here)}).explode("item")
    joined = (
        items.with_columns(_quoted(items["item"]).alias("item"))
        .group_by("row", maintain_order=True)
        .agg(pl.col("item").str.join(","))
    )
    rows = pl.DataFrame({"row": pl.arange(len(column), eager=True).cast(joined["row"].dtype)})
    return "[" + rows.join(joined, on="row", how="left", maintain_order="left")["item"] + "]"


def cell_texts(column: pl.Series, kind: Kind) -> pl.Series:
    """A field's values, other than lists, as text."""
    if kind is Kind.AT:
        texts = column.dt.strftime("%Y-%m-%dT%H:%M:%S%.6f")
        return texts.str.strip_chars_end("0").str.strip_chars_end(".") + "Z"
    if kind is Kind.DAY:
        return column.dt.strftime("%Y-%m-%d")
    if kind in (Kind.WORDS, Kind.IDENTS):
        return column.list.join(SEPARATOR)
    return column.cast(pl.String)


def _write_csv(spool: _Spool, stream: BinaryIO) -> None:
    header = True
    names = spool.names()
    for frame in spool:
        cells_of(frame, names).write_csv(stream, include_header=header)
        header = False
    if header:
        stream.write(",".join(_ALWAYS).encode() + b"\n")


def cells_of(frame: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """The events as cells of text, a column a field."""
    columns: dict[str, pl.Series] = {}
    for name in names:
        column = frame[name]
        kind = KINDS.get(name)
        if kind in (Kind.WORDS, Kind.IDENTS):
            _refuse_lists(column)
        texts = column if kind is None else cell_texts(column, kind)
        target = field_of(name)
        columns[target] = columns[target].fill_null(texts) if target in columns else texts.alias(target)
    return pl.DataFrame(list(columns.values()))


def _refuse_lists(column: pl.Series) -> None:
    """Refuse lists that a cell cannot hold."""
    lists = column.drop_nulls()
    if (lists.list.len() == 0).any():
        raise FormError(
            Phrase(
                "{field} holds [], expected an item or more, for an empty cell in CSV is an absent field",
                field=column.name,
            )
        )
    items = lists.explode()
    separated = items.filter(items.str.contains(SEPARATOR, literal=True))
    if len(separated):
        raise FormError(
            Phrase(
                "{field} holds {item}, expected items without {separator}, which joins them in CSV",
                field=column.name,
                item=dump(separated[0]),
                separator=SEPARATOR,
            )
        )


def _write_parquet(spool: _Spool, stream: BinaryIO) -> None:
    names = spool.names()
    schema = pa.schema([(name, _arrow_type(name)) for name in names])
    coded = [name for name in names if name in (*CODED, "client") and name != "modules"]
    if "modules" in names:
        coded.append("modules.list.element")
    with pq.ParquetWriter(
        stream,
        schema,
        compression="zstd",
        use_dictionary=coded,
        dictionary_pagesize_limit=DICTIONARY_BYTES,
        store_schema=False,
    ) as writer:
        for frame in spool:
            writer.write_table(frame.to_arrow().cast(schema), row_group_size=ROW_GROUP_ROWS)


_ARROW = {
    Kind.AT: pa.timestamp("us", "UTC"),
    Kind.MONEY: pa.decimal128(18, 2),
    Kind.PERCENT: pa.decimal128(5, 2),
    Kind.WHOLE: pa.int64(),
    Kind.BOOL: pa.bool_(),
    Kind.DAY: pa.date32(),
    Kind.WORDS: pa.list_(pa.string()),
    Kind.IDENTS: pa.list_(pa.string()),
}


def _arrow_type(name: str) -> pa.DataType:
    return _ARROW.get(KINDS[name], pa.string()) if name in KINDS else pa.string()
