"""An answer for a person at a terminal: the program at a glance, or partners in full."""

from datetime import date
from typing import Any

import polars as pl
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from honeyguide.program.engine import Answer
from honeyguide.program.engine.benefits import percent_text
from honeyguide.program.engine.requirements import COUNT, MONEY

ROWS_SHOWN = 50
BAR_CELLS = 10

_WIDEST = {"Partner": 24, "Name": 18, "Missing": 26}

_STATUS_STYLES = ("yellow", "bright_white", "bright_yellow", "bright_cyan", "bright_magenta")
_STATES_APART = {"active": "", "suspended": "suspended", "applicant": "applicant"}
_CAUSES = {
    "accepted": "accepted",
    "upgraded": "reached",
    "confirmed": "confirmed",
    "downgraded": "lost in review",
    "cancelled": "cancelled",
    "suspended": "suspended",
    "reinstated": "reinstated",
    "terminated": "terminated",
    "measure": "by a measure",
}


def print_answer(console: Console, answer: Answer, *, in_full: bool) -> None:
    """The whole program as one table, or each partner in full when few are asked for."""
    console.print(_heading(answer))
    if answer.partners.is_empty():
        console.print("No partners.")
    elif in_full and answer.partners.height <= ROWS_SHOWN:
        for partner in answer.partners["partner"]:
            print_partner(console, answer.only([partner]))
    else:
        console.print(_overview(answer))
        console.print(partner_table(answer))
        hidden = answer.partners.height - ROWS_SHOWN
        if hidden > 0:
            console.print(
                f"… and {hidden:,} more: --partner ID for one in full, --format csv or json for all", style="dim"
            )


def _heading(answer: Answer) -> Text:
    day = "an empty history" if answer.as_of is None else f"as of {day_text(answer.as_of)}"
    return Text.assemble(
        (f"{answer.rulebook_name} {answer.rulebook_version}", "bold"),
        (f"  {day}, {answer.partners.height:,} partners", "dim"),
    )


def _overview(answer: Answer) -> Text:
    """How many partners are in which state or status, and the points of all."""
    table = answer.partners
    label = pl.when(pl.col("state") == "active").then(pl.col("status")).otherwise(pl.col("state"))
    counts = table.group_by(label.alias("label")).len().sort("len", "label", descending=[True, False])
    words = "   ".join(f"{name} {count:,}" for name, count in counts.iter_rows())
    points = table.select(pl.col("points_active", "points_available", "points_debt").sum()).row(0)
    return Text(f"{words}\npoints: active {points[0]:,}   available {points[1]:,}   debt {points[2]:,}\n")


def partner_table(answer: Answer) -> Table:
    """The first partners by rank, then the others: status, next review, discount, active points, what is missing."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("Rank", "Partner", "Name", "Status", "Review", "Discount", "Points", "Missing"):
        table.add_column(
            heading,
            justify="right" if heading in {"Rank", "Discount", "Points"} else "left",
            no_wrap=True,
            overflow="ellipsis",
            max_width=_WIDEST.get(heading),
        )
    missing = _missing(answer)
    rows = answer.partners.sort("points_rank", "partner", nulls_last=True).head(ROWS_SHOWN)
    for row in rows.iter_rows(named=True):
        table.add_row(
            "" if row["points_rank"] is None else f"{row['points_rank']:,}",
            row["partner"],
            row["name"] or "",
            status_chip(answer, row["state"], row["status"]),
            _short(row["review_on"]),
            f"{percent_text(row['discount_hundredths'])} %",
            f"{row['points_active']:,}",
            Text(missing.get(row["partner"], ""), style="dim"),
        )
    return table


def _missing(answer: Answer) -> dict[str, str]:
    """By partner what is missing for the next status: the first requirement by name, and how many more."""
    unmet = answer.requirements.filter((pl.col("purpose") == "reach") & ~pl.col("met") & pl.col("decides"))
    names = unmet.group_by("partner", maintain_order=True).agg(pl.col("requirement").first(), pl.len())
    return {
        partner: requirement.replace("_", " ") + (f" + {count - 1}" if count > 1 else "")
        for partner, requirement, count in names.iter_rows()
    }


def status_chip(answer: Answer, state: str, status: str | None) -> Text:
    """A status or state as a coloured word."""
    if status is None:
        return Text(state, style="red" if state in {"cancelled", "terminated"} else "dim")
    style = _STATUS_STYLES[answer.statuses.index(status) % len(_STATUS_STYLES)]
    apart = _STATES_APART.get(state, state)
    return Text.assemble((f"● {status.capitalize()}", style), (f" {apart}" if apart else "", "red"))


def print_partner(console: Console, answer: Answer) -> None:
    """One partner: what holds, what is required, how it came about."""
    row = answer.partners.row(0, named=True)
    name = f"{row['name']}  " if row["name"] else ""
    console.print()
    console.rule(Text.assemble((name, "bold"), (row["partner"], "dim")), align="left", style="dim")
    console.print(_facts(answer, row))
    if not answer.requirements.is_empty():
        console.print(_requirements(answer.requirements))
    if not answer.transitions.is_empty():
        console.print(_time_line(answer))
    for restatement in answer.restatements.iter_rows(named=True):
        console.print(
            f"[yellow]By what is known today[/] {day_text(restatement['on'])} would have been "
            f"{restatement['would_be']} instead of {restatement['decided']}: {restatement['because']}"
        )
    for text in answer.warnings["text"]:
        console.print(Text.assemble(("Warning ", "yellow"), text))


def _facts(answer: Answer, row: dict[str, Any]) -> Table:
    table = Table.grid(padding=(0, 2))
    dates = [("since", row["since"]), ("confirmed", row["confirmed_on"]), ("review", row["review_on"])]
    told = "   ".join(f"{label} {day_text(day)}" for label, day in dates if day is not None)
    table.add_row("Status", Text.assemble(status_chip(answer, row["state"], row["status"]), ("   " + told, "dim")))
    table.add_row("Discount", f"{percent_text(row['discount_hundredths'])} %")
    points = [("active", "active"), ("available", "available"), ("held", "held"), ("debt", "debt")]
    points += [("expired", "expired"), ("spent", "spent")]
    amounts = "   ".join(f"{label} {row[f'points_{key}']:,}" for key, label in points)
    rank = "" if row["points_rank"] is None else f"   rank {row['points_rank']:,}"
    table.add_row("Points", amounts + rank)
    if row["entitlements"]:
        table.add_row("Entitled to", ", ".join(row["entitlements"]))
    return table


def _requirements(rows: pl.DataFrame) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("", "Requirement", "", "So far", "Required", "Window", "Clause"):
        table.add_column(heading, justify="right" if heading in {"So far", "Required"} else "left")
    purpose = ""
    for row in rows.iter_rows(named=True):
        test = f"{row['purpose'].capitalize()} {row['status'].capitalize()}"
        mark = ("✓", "green") if row["met"] else ("✗", "red") if row["decides"] else ("–", "dim")
        name = row["requirement"].replace("_", " ") + ("" if row["decides"] else " (shown only)")
        window = "" if row["first"] is None else f"{day_text(row['first'])} – {day_text(row['last'])}"
        table.add_row(
            "" if test == purpose else test,
            Text.assemble(mark, f" {name}"),
            _bar(row),
            _value(row["kind"], row["actual"]),
            _value(row["kind"], row["required"]) if row["kind"] in {MONEY, COUNT} else "",
            Text(window, style="dim"),
            Text(row["clause"], style="dim"),
        )
        purpose = test
    return table


def _bar(row: dict[str, Any]) -> Text:
    if row["kind"] not in {MONEY, COUNT} or row["required"] <= 0:
        return Text("")
    full = min(BAR_CELLS, row["actual"] * BAR_CELLS // row["required"])
    style = "green" if row["met"] else "yellow"
    return Text.assemble(("█" * full, style), ("░" * (BAR_CELLS - full), "dim"))


def _value(kind: int, value: int) -> str:
    if kind == MONEY:
        return f"{value // 100:,}.{value % 100:02}"
    if kind == COUNT:
        return f"{value:,}"
    return "yes" if value else "no"


def _time_line(answer: Answer) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("Day", "From", "To", "", "Clause", "Because"):
        table.add_column(heading)
    for row in answer.transitions.iter_rows(named=True):
        decided_by = answer.decided_by.filter((pl.col("transition") == row["transition"]) & pl.col("decides"))
        table.add_row(
            day_text(row["on"]),
            (row["from"] or "").capitalize(),
            (row["to"] or "").capitalize(),
            _CAUSES[row["cause"]],
            Text(row["clause"], style="dim"),
            _because(decided_by, row["cause"]),
        )
    return table


def _because(rows: pl.DataFrame, cause: str) -> str:
    """The figures behind a decision: those not met where something was lost, else the amounts and counts."""
    lost = cause in {"downgraded", "cancelled"}
    told = []
    for row in rows.iter_rows(named=True):
        if lost and row["met"]:
            continue
        name = row["requirement"].replace("_", " ")
        if row["kind"] in {MONEY, COUNT}:
            told.append(f"{name} {_value(row['kind'], row['actual'])} of {_value(row['kind'], row['required'])}")
        elif lost:
            told.append(f"no {name}")
    return ", ".join(told)


def day_text(day: date) -> str:
    """A day in words: 3 Mar 2026."""
    return f"{day.day} {day:%b} {day.year}"


def _short(day: date | None) -> str:
    return "" if day is None else day_text(day)
