"""`honeyguide demo-data`: fill an empty database with the demonstration."""

from typing import Annotated

import typer

from honeyguide.cli.errors import Failed
from honeyguide.cli.migrate import bring_up_to_date
from honeyguide.common import clock
from honeyguide.common.errors import Refusal
from honeyguide.common.planning import look_at_tables
from honeyguide.demo.load import PARTNERS, SEED, is_empty, load

app = typer.Typer(add_completion=False)


@app.command()
def demo_data(
    *,
    partners: Annotated[
        int, typer.Option(min=1, max=20_000, help="How many companies besides those of the story.")
    ] = PARTNERS,
    seed: Annotated[int, typer.Option(min=0, help="The same seed and day make the same program.")] = SEED,
    if_empty: Annotated[bool, typer.Option("--if-empty", help="Leave a database that has data as it is.")] = False,
) -> None:
    """Bring the tables to this version and fill an empty database with a made-up program, up to today."""
    bring_up_to_date()
    if if_empty and not is_empty():
        return
    try:
        loaded = load(now=clock.read(), partners=partners, seed=seed)
    except Refusal as refusal:
        raise Failed(refusal.message, status=1) from refusal
    look_at_tables()
    typer.echo(f"Filled with {loaded.partners} companies and {loaded.events:,} events.", err=True)
