"""`honeyguide history generate`: make up a program and write its history."""

from calendar import isleap
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from honeyguide.cli.errors import Failed
from honeyguide.program.history import UnknownFormError, write_history
from honeyguide.program.history.generate import Plan
from honeyguide.program.history.generate import generate as frames_of

app = typer.Typer(add_completion=False)


@app.command()
def generate(
    *,
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="FILE", help="A .jsonl, .csv or .parquet file; `-` for JSON Lines on stdout."
        ),
    ],
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
    plan = Plan(partners, first, end, seed, events_per_partner)
    try:
        written = write_history(frames_of(plan), output)
    except UnknownFormError as error:
        raise Failed(str(error)) from error
    except OSError as error:
        raise Failed(f"{output}: cannot be written: {error.strerror or error}") from error
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
