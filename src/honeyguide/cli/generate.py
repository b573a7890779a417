"""`honeyguide history generate`: make up a program and write its history."""

from calendar import isleap
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import polars as pl
import pyarrow.parquet as pq
import typer

from honeyguide.cli.errors import Failed
from honeyguide.program.history.generate import Plan
from honeyguide.program.history.generate import generate as frames_of

app = typer.Typer(add_completion=False)


@app.command()
def generate(
    *,
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write: .parquet.")],
    partners: Annotated[int, typer.Option(min=1, max=2_000_000, help="How many companies apply.")] = 150,
    years: Annotated[int, typer.Option(min=1, max=30, help="How many years the program runs.")] = 3,
    seed: Annotated[int, typer.Option(min=0, help="The same seed makes the same program.")] = 1,
    events_per_partner: Annotated[
        float | None, typer.Option(min=1, max=100_000, help="Events a partner on average; without it some 34 a year.")
    ] = None,
    start: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The first day.")] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The last day; today without it and --start.")
    ] = None,
) -> None:
    """Make up a program: partners of all sizes that join, learn, sell, renew, are reviewed, and spend points."""
    if start is not None and until is not None:
        raise Failed("--start and --until: expected one of them; --years gives the other")
    if start is not None:
        first = start.date()
        end = years_later(first, years)
    else:
        end = (until or datetime.now(UTC)).date() + timedelta(days=1)
        first = years_later(end, -years)
    written = _write(frames_of(Plan(partners, first, end, seed, events_per_partner)), output)
    last = end - timedelta(days=1)
    typer.echo(f"{output}: {written:,} events of {partners:,} partners from {first} to {last}", err=True)


def years_later(day: date, years: int) -> date:
    """The same day so many years later (earlier, if negative); 28 February for 29."""
    year = day.year + years
    return (
        day.replace(year=year, day=28)
        if (day.month, day.day) == (2, 29) and not isleap(year)
        else day.replace(year=year)
    )


def _write(frames: Iterator[pl.DataFrame], output: Path) -> int:
    """Write the frames; how many events there were."""
    if output.suffix != ".parquet":
        raise Failed(f"{output}: expected a name that ends in .parquet")
    written = 0
    first = next(frames)
    try:
        with pq.ParquetWriter(output, first.to_arrow().schema, compression="zstd") as writer:
            writer.write_table(first.to_arrow())
            written += first.height
            for frame in frames:
                writer.write_table(frame.to_arrow())
                written += frame.height
    except OSError as error:
        raise Failed(f"{output}: cannot be written: {error.strerror or error}") from error
    return written
