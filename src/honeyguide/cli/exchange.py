"""`honeyguide history export` and `honeyguide history import`: the history of the live system.

The other commands of the group need no system; what these two do is loaded when they run (exchange_live).
"""

from importlib import import_module
from typing import Annotated

import typer

from honeyguide.cli.django import set_up

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.command("export")
def export_command(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A .jsonl, .csv or .parquet file; `-` for JSON Lines on stdout.")
    ],
    *,
    partner: Annotated[list[str] | None, typer.Option(metavar="ID", help="This partner alone; repeatable.")] = None,
) -> None:
    """Write the history of the live system to a file. It can be imported again."""
    set_up("history")
    import_module("honeyguide.cli.exchange_live").export_history(file, partner)


@app.command("import")
def import_command(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A .jsonl, .csv or .parquet file; `-` for JSON Lines on stdin.")
    ],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")] = False,
) -> None:
    """Record the events of a file in the live system: all of them, or none. Events that it has are passed over."""
    set_up("history")
    import_module("honeyguide.cli.exchange_live").import_history(file, dry_run=dry_run)
