"""`honeyguide outlook`: what is due for partners, what is missing, and the cheapest way there."""

import sys
from typing import Annotated

import typer

from honeyguide.cli.errors import Failed
from honeyguide.cli.options import AsOf, Form, FormOption, HistoryFile, PartnerIds, RulebookOption
from honeyguide.cli.outlook_view import print_outlook
from honeyguide.cli.reading import parse_day, read_history_for_command
from honeyguide.cli.rulebook import read_rulebook
from honeyguide.cli.terminal import stdout_console
from honeyguide.program.outlook import Outlook, outlook

app = typer.Typer(no_args_is_help=True)

_PACE_DAYS = range(1, 3651)


@app.command()
def ahead(
    history: HistoryFile,
    rulebook: RulebookOption = None,
    as_of: AsOf = None,
    partner: PartnerIds = None,
    at_risk: Annotated[bool, typer.Option("--at-risk", help="Only where a status is at risk or lost.")] = False,
    within: Annotated[
        int | None, typer.Option(metavar="DAYS", min=0, help="Only where the date is at most so many days ahead.")
    ] = None,
    pace: Annotated[
        str, typer.Option(metavar="DAYS|window", help="Expect sales as in the last days, or since the window began.")
    ] = "90",
    form: FormOption = Form.table,
) -> None:
    """Say for each partner what is missing, by when, whether its status is kept, and the cheapest way to keep it."""
    rules = read_rulebook(rulebook)
    day = parse_day(as_of, "--as-of")
    found = outlook(read_history_for_command(history), rules, as_of=day, pace_days=_pace_days(pace))
    if partner:
        found = _only(found, partner)
    if at_risk or within is not None:
        found = found.due(at_risk=at_risk, within_days=within)
    if form is Form.json:
        sys.stdout.write(found.to_json())
    elif form is Form.csv:
        sys.stdout.write(found.to_csv())
    else:
        print_outlook(stdout_console(), found)


def _pace_days(text: str) -> int | None:
    if text == "window":
        return None
    if not (text.isascii() and text.isdigit() and int(text) in _PACE_DAYS):
        raise Failed(f'--pace is "{text}", expected a number of days from 1 to {_PACE_DAYS[-1]}, or window')
    return int(text)


def _only(found: Outlook, wanted: list[str]) -> Outlook:
    unknown = sorted(set(wanted) - set(found.partners["partner"]))
    if unknown:
        raise Failed(f"--partner {unknown[0]}: no partner with a status in the history up to {found.as_of}")
    return found.only(wanted)
