"""`honeyguide history validate` and `honeyguide history convert`."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from honeyguide.cli.errors import Failed
from honeyguide.cli.reading import file_failures, read_history_for_command
from honeyguide.program.history import read_raw, write_history
from honeyguide.program.history.convert import convert as convert_table
from honeyguide.program.history.maps import MapError, read_map

app = typer.Typer(add_completion=False, no_args_is_help=True)

STDIN = "-"


@app.command()
def validate(
    history: Annotated[
        str, typer.Argument(metavar="HISTORY", help="A .jsonl, .csv or .parquet file; `-` for JSON Lines on stdin.")
    ],
) -> None:
    """Check a history: form, ids, references. Every bad line is named."""
    found = read_history_for_command(history)
    typer.echo(f"{history}: valid, {len(found):,} events of {len(found.partners):,} partners")


@app.command()
def convert(
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="A history, or with --map a table: CSV, XLSX or Parquet.")
    ],
    *,
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="FILE", help="A .jsonl, .csv or .parquet file; `-` for stdout.")
    ],
    the_map: Annotated[
        Path | None, typer.Option("--map", metavar="MAP.toml", help="How the table's rows become events.")
    ] = None,
) -> None:
    """Write a history in another form, or make one of a table."""
    with file_failures(source):
        if the_map is None:
            frames = read_raw(source, stdin=sys.stdin.buffer)
        elif source == STDIN:
            raise Failed("--map needs a table in a file, expected its name in place of -")
        else:
            frames = iter([_converted(Path(source), the_map)])
        written = write_history(_counted(frames), output)
    typer.echo(f"{output}: {written:,} events", err=True)


def _converted(table: Path, the_map: Path) -> pl.DataFrame:
    """The raw events that the map makes of the table."""
    try:
        return convert_table(table, read_map(the_map))
    except MapError as error:
        raise Failed([f"{the_map}: {line}" for line in error.lines]) from error


def _counted(frames: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """The frames, with their progress on a terminal."""
    shown, rows = sys.stderr.isatty(), 0
    for frame in frames:
        rows += frame.height
        if shown:
            typer.echo(f"\r{rows:,} events", err=True, nl=False)
        yield frame
    if shown:
        typer.echo("\r", err=True, nl=False)
