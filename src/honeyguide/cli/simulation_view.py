"""A simulation for a person at a terminal: what changes, who moves, what it costs, who just misses."""

from typing import Any

import polars as pl
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from honeyguide.program.report import words
from honeyguide.program.report.summary import change_lines, headline, since_then, subline
from honeyguide.program.rulebook.figures import title
from honeyguide.program.simulation import Simulation
from honeyguide.program.simulation.words import figure_text, requirement_noun

ROWS_SHOWN = 30
_STATUS_STYLES = ("yellow", "bright_white", "bright_yellow", "bright_cyan", "bright_magenta")
_ARROWS = {"up": ("▲", "blue"), "down": ("▼", "red"), "same": ("→", "dim")}


def print_simulation(console: Console, simulation: Simulation) -> None:
    """The differences of the rulebooks in words, then what they lead to."""
    console.print(Text(subline(simulation), style="dim"))
    console.print()
    lines = change_lines(simulation)
    for line in lines or ["Both rulebooks have the same figures."]:
        console.print(Text(f"  {line}"))
    console.print()
    console.print(Text(headline(simulation), style="bold"))
    console.print(_figures(simulation))
    if simulation.totals.sales_without_list:
        sold = words.plural(simulation.totals.sales_without_list, "sale")
        console.print(Text(f"{sold} at a discount of 100 % left out of the sums: no list value is known.", style="dim"))
    if simulation.totals.moved:
        console.print(_matrix(simulation))
        _print_moves(console, simulation)
    _print_near(console, simulation)


def _table(heading: str) -> Table:
    return Table(title=f"\n{heading}", title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)


def _figures(simulation: Simulation) -> Table:
    """The program as a whole, before and after."""
    t = simulation.totals
    table = _table("In figures")
    for heading in ("", "Now", "Draft", "Difference"):
        table.add_column(heading, justify="right" if heading else "left")
    money = t.discount_minor_before, t.discount_minor_after
    table.add_row(
        f"Discount on the same sales, {simulation.currency}",
        *map(words.money, money),
        _difference(words.signed_money(money[1] - money[0]), *money),
    )
    for name, before, after in (
        ("Statuses reached", t.upgraded_before, t.upgraded_after),
        ("Reviews kept", t.confirmed_before, t.confirmed_after),
        ("Reviews lost", t.downgraded_before, t.downgraded_after),
        ("Cancelled at the deadline", t.cancelled_before, t.cancelled_after),
        ("Points issued", t.points_issued_before, t.points_issued_after),
        ("Points active", t.points_active_before, t.points_active_after),
        ("Points available", t.points_available_before, t.points_available_after),
        ("Decisions that refunds would have turned", t.restatements_before, t.restatements_after),
    ):
        told = _difference(words.signed(after - before), before, after)
        table.add_row(name, words.number(before), words.number(after), told)
    table.add_row("Partners with another rank", "", "", words.number(t.ranks_changed))
    return table


def _difference(told: str, before: int, after: int) -> Text:
    if before == after:
        return Text("–", style="dim")
    share = words.share_change(before, after)
    return Text.assemble(told, (f"  {share}", "dim"))


def _matrix(simulation: Simulation) -> Table:
    """Partners by where they stand now (rows) and under the draft (columns)."""
    cells = {(row["before"], row["after"]): row["partners"] for row in simulation.matrix.rows(named=True)}
    order = [*reversed(simulation.ladder), "applicant", "active", "suspended", "cancelled", "terminated"]
    there = [name for name in order if any(name in pair for pair in cells)]
    table = _table("Partners: now down, draft across")
    table.add_column("")
    for name in there:
        table.add_column(title(name), justify="right")
    for before in there:
        counts = [(cells.get((before, after), 0), before == after) for after in there]
        table.add_row(
            title(before),
            *(
                Text(words.number(count) if count else "·", style="dim" if same or not count else "bold")
                for count, same in counts
            ),
        )
    return table


def _chip(simulation: Simulation, row: dict[str, Any], end: str) -> Text:
    status, state = row[f"status_{end}"], row[f"state_{end}"]
    if status is None:
        return Text(title(state), style="red" if state in {"cancelled", "terminated"} else "dim")
    style = _STATUS_STYLES[simulation.ladder.index(status) % len(_STATUS_STYLES)]
    return Text.assemble((title(status), style), (" suspended" if state == "suspended" else "", "red"))


def _print_moves(console: Console, simulation: Simulation) -> None:
    moved = simulation.moves.filter(pl.col("on").is_not_null())
    table = _table("Who moves, and the first decision that made the difference")
    for heading in ("Partner", "Name", "Now", "", "Draft", "Discount", "On", "Why"):
        table.add_column(heading, no_wrap=heading not in {"Name", "Why"}, overflow="fold")
    for row in moved.head(ROWS_SHOWN).rows(named=True):
        arrow, style = _ARROWS[row["direction"]]
        table.add_row(
            row["partner"],
            row["name"] or "",
            _chip(simulation, row, "before"),
            Text(arrow, style=style),
            _chip(simulation, row, "after"),
            _percents(row["discount_before"], row["discount_after"]),
            words.short_day(row["on"]),
            Text.assemble(row["why"] or "", (f"  {row['clause']}", "dim"), (f"\n{since_then(row)}".rstrip(), "dim")),
        )
    if moved.height:
        console.print(table)
    _print_more(console, moved.height)
    stayed = simulation.moves.filter(pl.col("on").is_null())
    keys = ("status_after", "discount_before", "discount_after")
    counts = stayed.group_by(keys, maintain_order=True).agg(pl.len())
    for status, before, after, count in counts.sort("len", descending=True).iter_rows():
        kept = "keeps" if count == 1 else "keep"
        console.print(f"{words.plural(count, 'partner')} {kept} {title(status)}: discount {_percents(before, after)}")


def _percents(before: int, after: int) -> str:
    if before == after:
        return words.percent(before)
    return f"{words.percent(before)} → {words.percent(after)}"


def _print_near(console: Console, simulation: Simulation) -> None:
    shown = simulation.near.head(ROWS_SHOWN).with_columns(
        noun=requirement_noun(), **{f"{name}_text": figure_text(name) for name in ("actual", "required", "missing")}
    )
    if shown.is_empty():
        console.print(Text(f"\nNobody just misses a figure ({simulation.near_percent} % of it there).", style="dim"))
        return
    table = _table(f"Who just misses, with {simulation.near_percent} % or more of one figure")
    for heading in ("Partner", "Name", "Misses", "Has", "Asked", "Missing"):
        table.add_column(heading, justify="right" if heading in {"Has", "Asked", "Missing"} else "left")
    for row in shown.rows(named=True):
        table.add_row(
            row["partner"],
            row["name"] or "",
            _miss(row),
            row["actual_text"],
            row["required_text"],
            f"{row['missing_text']} {row['noun']}",
        )
    console.print(table)
    _print_more(console, simulation.near.height)


def _miss(row: dict[str, Any]) -> Text:
    status, on = title(row["status"]), words.short_day(row["on"])
    words_of = {"review": f"keeping {status} on {on}", "lost": f"lost {status} on {on}", "reach": f"reaching {status}"}
    kept = " (kept now)" if row["kept_before"] else ""
    return Text.assemble(words_of[row["miss"]], kept, (f"  {row['clause']}", "dim"))


def _print_more(console: Console, height: int) -> None:
    if height > ROWS_SHOWN:
        console.print(
            Text(f"… and {height - ROWS_SHOWN:,} more: --format json or csv for all, --report FILE.html", style="dim")
        )
