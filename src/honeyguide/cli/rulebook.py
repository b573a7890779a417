"""`honeyguide rulebook`: show, check and compare rulebooks."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from honeyguide.cli.errors import Failed
from honeyguide.cli.terminal import stdout_console
from honeyguide.program.rulebook import Rulebook, RulebookError, diff, load_rulebook
from honeyguide.program.rulebook.figures import WORDINGS, Figure, figures, is_clause, title

app = typer.Typer(no_args_is_help=True)

RulebookFile = Annotated[
    Path | None, typer.Argument(metavar="[FILE]", help="A rulebook in TOML; without it the default.")
]


class ShowFormat(StrEnum):
    """Forms of `rulebook show`."""

    text = "text"
    json = "json"


def read_rulebook(path: Path | None) -> Rulebook:
    """A checked rulebook for a command, the default one without a path. Fails with a line for each problem."""
    try:
        return load_rulebook(path)
    except RulebookError as error:
        raise Failed(str(error).splitlines()) from error


@app.command()
def show(
    file: RulebookFile = None,
    form: Annotated[ShowFormat, typer.Option("--format", help="Text with a clause beside each figure, or JSON.")] = (
        ShowFormat.text
    ),
) -> None:
    """Print a rulebook's figures, the clause beside each."""
    rulebook = read_rulebook(file)
    if form is ShowFormat.json:
        typer.echo(rulebook.model_dump_json(indent=2))
    else:
        stdout_console().print(rendered(rulebook))


@app.command()
def check(file: RulebookFile = None) -> None:
    """Check a rulebook: a line for each problem, or one that says it is valid."""
    rulebook = read_rulebook(file)
    ladder = " < ".join(status.name for status in rulebook.statuses)
    typer.echo(f"{file or 'default'}: valid: {rulebook.name} {rulebook.version}, {ladder}")


@app.command("diff")
def compare(
    before: Annotated[Path, typer.Argument(metavar="BEFORE", help="A rulebook in TOML, or `default`.")],
    after: Annotated[Path, typer.Argument(metavar="AFTER", help="A rulebook in TOML, or `default`.")],
) -> None:
    """Print what differs between two rulebooks, one change a line."""
    old, new = (read_rulebook(None if str(path) == "default" else path) for path in (before, after))
    for change in diff(old, new):
        typer.echo(change.words)


def rendered(rulebook: Rulebook) -> RenderableType:
    """A rulebook as tables: the statuses side by side, what each requirement is, then the rest by subject."""
    taken_apart = [figure for figure in figures(rulebook) if not is_clause(figure.pattern)]
    about = [
        f"{figure.noun} {figure.text}"
        for figure in taken_apart
        if figure.subject == "Program" and figure.pattern not in {"name", "version", "statuses"}
    ]
    head = Text.assemble((f"{rulebook.name} {rulebook.version}", "bold"), (f"  {', '.join(about)}", "dim"))
    rest = [figure for figure in taken_apart if not figure.pattern.startswith(("statuses", "requirements"))]
    return Group(
        head,
        _statuses(rulebook, [figure for figure in taken_apart if figure.pattern.startswith("statuses.")]),
        _requirements(rulebook),
        _others([figure for figure in rest if figure.subject != "Program"]),
    )


def _table(heading: str) -> Table:
    return Table(title=f"\n{heading}", title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)


def _statuses(rulebook: Rulebook, of_statuses: list[Figure]) -> Table:
    """Rows of figures, a column for each status."""
    table = _table("Statuses")
    for heading in ("", *(title(status.name) for status in rulebook.statuses)):
        table.add_column(heading)
    cells: dict[str, dict[str, Figure]] = {}
    for figure in of_statuses:
        cells.setdefault(figure.pattern, {})[figure.key[1]] = figure
    part = ""
    for pattern in (pattern for pattern in WORDINGS if pattern in cells):
        row = cells[pattern]
        of_part = pattern.removeprefix("statuses.*.").rpartition(".")[0]
        if of_part != part:
            part = of_part
            table.add_section()
            table.add_row(f"[bold]{part}")
        noun = next(iter(row.values())).noun
        table.add_row(
            f"  {noun}" if part else noun,
            *(_with_clause(row[status.name]) if status.name in row else "" for status in rulebook.statuses),
        )
    return table


def _with_clause(figure: Figure) -> Text:
    """A value, names one a line, with its clause after the first line."""
    first, *more = figure.text.split(", ")
    text = Text(first)
    if figure.clause:
        text.append(f"  {figure.clause}", style="dim")
    for line in more:
        text.append(f"\n{line}")
    return text


def _requirements(rulebook: Rulebook) -> Table:
    table = _table("Requirements")
    table.add_column("Name")
    table.add_column("Shown by")
    for figure in figures(rulebook):
        if figure.pattern.startswith("requirements."):
            table.add_row(Text(figure.key[1]), Text(f"{figure.noun} {figure.text}"))
    return table


def _others(rest: list[Figure]) -> Table:
    table = _table("Everything else")
    for heading in ("Subject", "Figure", "Value"):
        table.add_column(heading)
    table.add_column("Clause", style="dim")
    subject = ""
    for figure in rest:
        if figure.subject != subject:
            table.add_section()
        named = "" if figure.subject == subject else figure.subject
        table.add_row(*map(Text, (named, figure.noun, figure.text, figure.clause or "")))
        subject = figure.subject
    return table
