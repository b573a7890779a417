"""`honeyguide simulate`: a history under another rulebook, compared with the current one."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from honeyguide.cli.errors import Failed
from honeyguide.cli.options import AsOf, Form, FormOption, HistoryFile
from honeyguide.cli.reading import parse_day, read_history_for_command
from honeyguide.cli.rulebook import read_rulebook
from honeyguide.cli.simulation_view import print_simulation
from honeyguide.cli.terminal import stderr_console, stdout_console
from honeyguide.program.report import simulation_page
from honeyguide.program.simulation import NEAR_PERCENT, simulate

app = typer.Typer(no_args_is_help=True)


@app.command()
def compare(
    history: HistoryFile,
    rulebook: Annotated[Path, typer.Option(metavar="DRAFT", help="The changed rulebook.")],
    against: Annotated[
        Path | None, typer.Option(metavar="CURRENT", help="The rulebook to compare with; without it the default.")
    ] = None,
    as_of: AsOf = None,
    near: Annotated[
        int, typer.Option(metavar="PERCENT", min=1, max=99, help="So much of a figure makes it a near miss.")
    ] = NEAR_PERCENT,
    form: FormOption = Form.table,
    report: Annotated[
        Path | None, typer.Option(metavar="FILE.html", help="Also write a one-page report to read and print.")
    ] = None,
) -> None:
    """Replay a history under a changed rulebook: who moves and why, what it costs, who just misses."""
    draft, current = read_rulebook(rulebook), read_rulebook(against)
    day = parse_day(as_of, "--as-of")
    found = simulate(read_history_for_command(history), current, draft, as_of=day, near_percent=near)
    if report is not None:
        _write(report, simulation_page(found))
    if form is Form.json:
        sys.stdout.write(found.to_json())
    elif form is Form.csv:
        sys.stdout.write(found.to_csv())
    else:
        print_simulation(stdout_console(), found)


def _write(path: Path, page: str) -> None:
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise Failed(f"--report {path}: {error.strerror}") from error
    stderr_console().print(f"Report written to {path}", soft_wrap=True, markup=False)
