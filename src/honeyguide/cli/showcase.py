"""`honeyguide showcase`: make up a program, replay it, and show what came out."""

import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, NamedTuple

import polars as pl
import typer
from rich import box
from rich._export_format import CONSOLE_SVG_FORMAT
from rich.columns import Columns
from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from honeyguide.cli.answer_view import day_text, print_partner, status_chip
from honeyguide.cli.errors import Failed
from honeyguide.cli.generate import years_later
from honeyguide.cli.rulebook import read_rulebook
from honeyguide.cli.terminal import PIPED_WIDTH, stdout_console
from honeyguide.program.engine import Answer, replay
from honeyguide.program.engine.benefits import percent_text
from honeyguide.program.engine.requirements import MONEY
from honeyguide.program.history import validate_raw
from honeyguide.program.history.generate import Plan, generate
from honeyguide.program.rulebook import Rulebook

app = typer.Typer(add_completion=False)

TOP = 10
AT_RISK = 8
AT_RISK_DAYS = 120
BAR_CELLS = 12
PICTURE_COLOURS = TerminalTheme(
    (24, 26, 31),
    (214, 216, 220),
    [(24, 26, 31), (224, 92, 92), (122, 184, 108), (190, 124, 66), (104, 150, 214), (180, 130, 200), (96, 180, 190),
     (200, 202, 206)],
    [(110, 114, 122), (240, 120, 120), (150, 210, 130), (240, 196, 80), (130, 180, 240), (206, 160, 226),
     (130, 210, 220), (240, 242, 245)],
)  # fmt: skip
"""Background, text, the eight colours and the eight bright ones: bronze is yellow, gold bright yellow."""


class Made(NamedTuple):
    """A made-up program, replayed: its answer, and what it took."""

    answer: Answer
    events: int
    plan: Plan
    replay_s: float


@app.command()
def showcase(
    *,
    partners: Annotated[int, typer.Option(min=1, max=1_000_000, help="How many companies apply.")] = 150,
    years: Annotated[int, typer.Option(min=1, max=30, help="How many years the program has run.")] = 3,
    seed: Annotated[int, typer.Option(min=0, help="The same seed and day make the same program.")] = 6,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The last day; else today.")] = None,
    rulebook: Annotated[Path | None, typer.Option(metavar="FILE", help="A rulebook; without it the default.")] = None,
    svg: Annotated[Path | None, typer.Option(metavar="FILE", help="Also draw what is shown as a picture.")] = None,
) -> None:
    """Make up a program, replay it and show what came out."""
    rules = read_rulebook(rulebook)
    end = (until or datetime.now(UTC)).date() + timedelta(days=1)
    made = make(Plan(partners, years_later(end, -years), end, seed), rules)
    console = stdout_console() if svg is None else Console(record=True, width=PIPED_WIDTH, highlight=False)
    show(console, made, rules)
    if svg is not None:
        save_picture(console, svg)


def save_picture(console: Console, path: Path) -> None:
    """Draw what a recording console has shown; the reader's own fonts are used, nothing is fetched."""
    form = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    try:
        console.save_svg(str(path), title="honeyguide showcase", theme=PICTURE_COLOURS, code_format=form)
    except OSError as error:
        raise Failed(f"{path}: cannot be written: {error.strerror}") from error


def make(plan: Plan, rules: Rulebook) -> Made:
    """Make the program up, check it like any history, and replay it."""
    history = validate_raw(pl.concat(generate(plan)))
    started = time.perf_counter()
    answer = replay(history, rules, as_of=plan.end - timedelta(days=1))
    return Made(answer, len(history), plan, time.perf_counter() - started)


def show(console: Console, made: Made, rules: Rulebook) -> None:
    """The program at a glance, its best partners, who is at risk, and one partner in full."""
    answer = made.answer
    console.print(_heading(made))
    console.print(Columns([_by_status(answer, rules), _points(answer), _changes(answer)], padding=(0, 1)))
    console.print(_top(answer))
    console.print(_at_risk(answer))
    chosen = _worth_explaining(answer)
    if chosen is not None:
        console.print("[bold]One partner in full: what holds, what is required, and why")
        print_partner(console, answer.only([chosen]))
    console.print(_next_steps(chosen))


def _heading(made: Made) -> Text:
    answer = made.answer
    countries = answer.partners["country"].n_unique()
    last = made.plan.end - timedelta(days=1)
    size = f"{answer.partners.height:,} companies from {countries} countries, {made.events:,} events"
    days = f"from {day_text(made.plan.start)} to {day_text(last)}"
    rulebook = f"{answer.rulebook_name} {answer.rulebook_version}"
    derived = (
        f"replayed by the rulebook {rulebook} in {made.replay_s:.2f} s: all below is derived from the events alone"
    )
    return Text.assemble(("A made-up partner program\n", "bold"), f"{size} {days}\n", (f"{derived}\n", "dim"))


def _grid() -> Table:
    return Table.grid(padding=(0, 2))


def _by_status(answer: Answer, rules: Rulebook) -> Panel:
    """Active partners by status, highest first, with the discount; then the others by state."""
    counts = answer.partners.group_by("state", "status").len()
    active = counts.filter(pl.col("state") == "active")
    held = dict(active.select("status", "len").iter_rows())
    others = counts.filter(pl.col("state") != "active").group_by("state").agg(pl.col("len").sum()).sort("state")
    most = max([*held.values(), 1])
    table = _grid()
    for status in reversed(rules.statuses):
        count = held.get(status.name, 0)
        bar = "█" * (-(-count * BAR_CELLS // most) if count else 0)
        chip = status_chip(answer, "active", status.name)
        table.add_row(chip, f"{count:,}", Text(bar, style=chip.spans[0].style if chip.spans else ""),
                      Text(f"{status.discount_percent:f} % off", style="dim"))  # fmt: skip
    for state, count in others.iter_rows():
        table.add_row(Text(state, style="dim"), f"{count:,}")
    return Panel(table, title="Partners by status", title_align="left", box=box.ROUNDED)


def _points(answer: Answer) -> Panel:
    names = {"active": "for the rank", "available": "to spend", "held": "waiting for a decision", "spent": "asked for",
             "expired": "unspent", "debt": "owed"}  # fmt: skip
    sums = answer.partners.select(pl.col(f"points_{name}").sum() for name in names).row(0)
    table = _grid()
    table.add_column()
    table.add_column(justify="right")
    for (name, words), total in zip(names.items(), sums, strict=True):
        table.add_row(name, f"{total:,}", Text(words, style="dim"))
    return Panel(table, title="Points", title_align="left", box=box.ROUNDED)


def _changes(answer: Answer) -> Panel:
    """Decisions of the last year by kind."""
    day = answer.as_of
    recent = answer.transitions.filter(pl.col("on") > years_later(day, -1)) if day else answer.transitions
    counts = dict(recent.group_by("cause").len().iter_rows())
    words = {"accepted": "accepted", "upgraded": "upgraded", "confirmed": "confirmed in review",
             "downgraded": "lost in review", "cancelled": "cancelled", "measure": "by a measure"}  # fmt: skip
    table = _grid()
    table.add_column(justify="right")
    for cause, told in words.items():
        table.add_row(f"{counts.get(cause, 0):,}", told)
    return Panel(table, title="Decided in a year", title_align="left", box=box.ROUNDED)


def _headed(title: str, *columns: str, right: tuple[str, ...] = ()) -> Table:
    table = Table(title=f"\n{title}", title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left")
    return table


def _top(answer: Answer) -> Table:
    table = _headed(
        f"The first {TOP} by active points",
        *("Rank", "Partner", "", "Status", "Since", "Discount", "Active", "Available"),
        right=("Rank", "Discount", "Active", "Available"),
    )
    ranked = answer.partners.filter(pl.col("points_rank").is_not_null()).sort("points_rank", "partner").head(TOP)
    for row in ranked.iter_rows(named=True):
        table.add_row(
            str(row["points_rank"]),
            Text(row["name"] or row["partner"]),
            Text(row["country"] or "", style="dim"),
            status_chip(answer, row["state"], row["status"]),
            day_text(row["since"]),
            f"{percent_text(row['discount_hundredths'])} %",
            f"{row['points_active']:,}",
            f"{row['points_available']:,}",
        )
    return table


def _at_risk(answer: Answer) -> Table:
    """Whose review is near while something that decides is missing: soonest first."""
    table = _headed("At risk in the reviews ahead", "Review", "Partner", "Status", "Missing so far", "Clause")
    soon = _reviews_until(answer)
    unmet = answer.requirements.filter((pl.col("purpose") == "keep") & ~pl.col("met") & pl.col("decides"))
    found = (
        soon.join(unmet, on="partner", suffix="_asked", maintain_order="left_right")
        .group_by("partner", maintain_order=True)
        .agg(pl.all())
    )
    for row in found.head(AT_RISK).iter_rows(named=True):
        missing = ", ".join(
            f"{name} {_figure(kind, actual)} of {_figure(kind, required)}"
            for name, kind, actual, required in zip(
                row["requirement"], row["kind"], row["actual"], row["required"], strict=True
            )
        )
        table.add_row(
            day_text(row["review_on"][0]),
            Text(row["name"][0] or row["partner"]),
            status_chip(answer, "active", row["status"][0]),
            Text(missing),
            Text(row["clause"][0], style="dim"),
        )
    if found.is_empty():
        table.add_row("none")
    elif found.height > AT_RISK:
        table.caption = f"and {found.height - AT_RISK} more within {AT_RISK_DAYS} days"
        table.caption_justify = "left"
    return table


def _reviews_until(answer: Answer) -> pl.DataFrame:
    if answer.as_of is None:
        return answer.partners.clear()
    near = answer.as_of + timedelta(days=AT_RISK_DAYS)
    chosen = (pl.col("state") == "active") & (pl.col("review_on") <= near)
    return answer.partners.filter(chosen).sort("review_on", "partner")


def _figure(kind: int, value: int) -> str:
    return f"{value // 100:,}" if kind == MONEY else f"{value:,}"


def _worth_explaining(answer: Answer) -> str | None:
    """An active partner with a story: one that lost a status and regained it, if there is one."""
    active = answer.partners.filter(pl.col("state") == "active").select("partner")
    told = answer.transitions.join(active, on="partner", how="semi")
    stories = told.group_by("partner").agg(
        (pl.col("cause") == "downgraded").any().alias("lost"),
        ((pl.col("cause") == "upgraded").sum() > 1).alias("again"),
        pl.len().alias("steps"),
    )
    best = stories.sort("lost", "again", "steps", "partner", descending=[True, True, True, False]).head(1)
    return None if best.is_empty() else str(best["partner"][0])


def _next_steps(partner: str | None) -> Text:
    lines = [
        "honeyguide history generate --output program.parquet",
        f"honeyguide replay program.parquet --partner {partner or 'ID'} --explain",
        "honeyguide outlook program.parquet",
        "honeyguide rulebook show",
    ]
    return Text.assemble(("\nGo on\n", "bold"), *(f"  {line}\n" for line in lines))
