"""An outlook for a person at a terminal: a block for each partner, the most urgent first."""

from datetime import date
from typing import Any

import polars as pl
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from honeyguide.program.engine.requirements import COUNT, MONEY
from honeyguide.program.outlook import Outlook

PARTNERS_SHOWN = 50
BAR_CELLS = 12

_URGENCY = {"lost": 0, "at_risk": 1, "on_pace": 2, "met": 3}
_VERDICTS = {
    "lost": ("lost: cannot be kept", "bold red"),
    "at_risk": ("at risk", "bold yellow"),
    "on_pace": ("on pace", "green"),
    "met": ("met", "green"),
    "open": ("open", "cyan"),
    "barred": ("barred", "magenta"),
    "out_of_reach": ("out of reach", "red"),
}


def print_outlook(console: Console, outlook: Outlook) -> None:
    """Counts by verdict, then partners by urgency: at risk by day, then what is lost, then the rest."""
    keep = outlook.goals.filter(pl.col("purpose") == "keep")
    counts = [f"{keep.filter(pl.col('verdict') == name).height:,} {name.replace('_', ' ')}" for name in _URGENCY]
    day = "an empty history" if outlook.as_of is None else f"as of {_day(outlook.as_of)}"
    console.print(
        Text.assemble((f"{outlook.rulebook_name} {outlook.rulebook_version}", "bold"), (f"  outlook {day}", "dim"))
    )
    if keep.is_empty():
        console.print("No partners.")
        return
    pace = "since the window began" if outlook.pace_days is None else f"as in the last {outlook.pace_days} days"
    console.print(Text(f"Keeping the status: {', '.join(counts)}. Sales expected {pace}.", style="dim"))
    order = {"at_risk": 0, "lost": 1, "on_pace": 2, "met": 3}
    urgent = keep.sort(pl.col("verdict").replace_strict(order), pl.col("days_left"), "partner", nulls_last=True)
    shown = urgent["partner"].head(PARTNERS_SHOWN).to_list()
    part = outlook.only(shown)
    rows = {name: frame.partition_by("partner", as_dict=True) for name, frame in _frames(part).items()}
    for partner in shown:
        _print_partner(console, {name: frames.get((partner,)) for name, frames in rows.items()})
    hidden = urgent.height - len(shown)
    if hidden > 0:
        console.print(f"\n… and {hidden:,} more: --partner, --at-risk, --within, or --format csv or json", style="dim")


def _frames(outlook: Outlook) -> dict[str, pl.DataFrame]:
    return {
        "partner": outlook.partners,
        "goals": outlook.goals,
        "requirements": outlook.requirements,
        "lapsing": outlook.lapsing,
        "actions": outlook.actions,
    }


def _print_partner(console: Console, own: dict[str, pl.DataFrame | None]) -> None:
    partner = _dicts(own["partner"])[0]
    name = f"{partner['name']} ({partner['partner']})" if partner["name"] else partner["partner"]
    state = "" if partner["state"] == "active" else f", {partner['state']}"
    console.print(Text.assemble("\n", (name, "bold"), f"  {partner['status'].capitalize()}{state}"))
    if partner["note"]:
        console.print(Padding(Text(partner["note"], style="magenta"), (0, 0, 0, 2), expand=False))
    for goal in _dicts(own["goals"]):
        _print_goal(console, goal, own)


def _print_goal(console: Console, goal: dict[str, Any], own: dict[str, pl.DataFrame | None]) -> None:
    words, style = _VERDICTS[goal["verdict"]]
    again = "regain" if goal["regaining"] else goal["purpose"]
    head = Text.assemble((f"  {again} {goal['status'].capitalize()}", "bold"), "  ", (words, style), f"  {_when(goal)}")
    console.print(head)
    if goal["verdict"] not in {"met", "open"}:
        console.print(Padding(Text(goal["reason"]), (0, 0, 0, 4), expand=False))
    rows = [row for row in _dicts(own["requirements"]) if row["purpose"] == goal["purpose"]]
    if goal["verdict"] != "met" or goal["date"] is not None:
        console.print(Padding(_bars(rows), (0, 0, 0, 4), expand=False))
    if goal["purpose"] == "keep":
        for row in _dicts(own["lapsing"]):
            if row["purpose"] == "keep":
                console.print(Padding(Text(_lapse(row), style="yellow"), (0, 0, 0, 4), expand=False))
    actions = [row for row in _dicts(own["actions"]) if row["purpose"] == goal["purpose"]]
    if actions:
        cost = _money(goal["plan_cost"])
        how = "cheapest way" if goal["plan_method"] == "exact" else "a cheap way (too many clients for the cheapest)"
        console.print(Padding(Text.assemble((f"{how}, {cost}:", "bold")), (0, 0, 0, 4), expand=False))
        for action in actions:
            console.print(Padding(Text(f"· {action['words']}"), (0, 0, 0, 6), expand=False))


def _when(goal: dict[str, Any]) -> Text:
    if goal["date"] is None:
        earliest = goal["earliest_on"]
        return Text("" if earliest is None else f"earliest {_day(earliest)}", style="dim")
    left = goal["days_left"]
    days = "today" if left == 0 else "1 day left" if left == 1 else f"{left:,} days left"
    return Text(f"{goal['date_is']} {_day(goal['date'])}, {days}", style="dim")


def _bars(rows: list[dict[str, Any]]) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for row in rows:
        name = row["requirement"].replace("_", " ")
        if row["kind"] == MONEY or row["kind"] == COUNT:
            tell = _money if row["kind"] == MONEY else "{:,}".format
            full = min(row["actual"] * BAR_CELLS // row["required"], BAR_CELLS) if row["required"] else BAR_CELLS
            bar = Text("█" * full + "░" * (BAR_CELLS - full), style="green" if row["met"] else "yellow")
            expected = f"{tell(row['expected'])} expected" if row["expected"] is not None and not row["met"] else ""
            table.add_row(name, bar, f"{tell(row['actual'])} of {tell(row['required'])}", Text(expected, style="dim"))
        elif not row["met"]:
            table.add_row(name, Text("missing", style="yellow"), "" if row["decides"] else "does not decide", "")
    return table


def _lapse(row: dict[str, Any]) -> str:
    return (
        f"{row['seats']:,} seats of {row['client']} do not mature unless it renews by {_day(row['renew_by'])}"
        f" (paid until {_day(row['covered_until'])})"
    )


def _dicts(frame: pl.DataFrame | None) -> list[dict[str, Any]]:
    return [] if frame is None else frame.to_dicts()


def _money(minor: int) -> str:
    whole, cents = divmod(minor, 100)
    return f"{whole:,}.{cents:02}" if cents else f"{whole:,}"


def _day(day: date) -> str:
    return day.isoformat()
