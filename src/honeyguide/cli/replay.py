"""`honeyguide replay`: answer for a history, as of any day."""

import sys
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from importlib import import_module
from typing import Annotated

import typer

from honeyguide.cli.answer_view import print_answer
from honeyguide.cli.errors import Failed
from honeyguide.cli.options import AsOf, Form, FormOption, HistoryFile, PartnerIds, RulebookOption
from honeyguide.cli.reading import file_failures, parse_day, read_history_for_command
from honeyguide.cli.rulebook import read_rulebook
from honeyguide.cli.terminal import stdout_console
from honeyguide.program.engine import Answer, replay
from honeyguide.program.rulebook import Rulebook

app = typer.Typer(no_args_is_help=True)


class Engine(StrEnum):
    """Where the engine runs."""

    embedded = "embedded"
    spark = "spark"


@app.command()
def answer(
    history: HistoryFile,
    rulebook: RulebookOption = None,
    as_of: AsOf = None,
    partner: PartnerIds = None,
    form: FormOption = Form.table,
    explain: Annotated[bool, typer.Option("--explain", help="Add the requirements that decided each step.")] = False,
    engine: Annotated[Engine, typer.Option(help="In this process, or on Apache Spark.")] = Engine.embedded,
    master: Annotated[str | None, typer.Option(metavar="URL", help="Spark master, such as local[2].")] = None,
) -> None:
    """Answer for a history: statuses, discounts, points and the reasons, as of any day."""
    rules = read_rulebook(rulebook)
    day = parse_day(as_of, "--as-of")
    if engine is Engine.spark:
        if form is not Form.json:
            raise Failed("--engine spark answers as JSON: add --format json")
        for piece in _on_spark(history, rules, day, partner, explain, master):
            sys.stdout.write(piece)
        return
    if master is not None:
        raise Failed("--master goes with --engine spark")
    result = replay(read_history_for_command(history), rules, as_of=day)
    if partner:
        result = _only(result, partner)
    if form is Form.json:
        sys.stdout.buffer.writelines(result.json_chunks(explain=explain))
    elif form is Form.csv:
        sys.stdout.write(result.to_csv())
    else:
        print_answer(stdout_console(), result, in_full=explain or bool(partner))


def _on_spark(
    history: str, rulebook: Rulebook, day: date | None, partners: list[str] | None, explain: bool, master: str | None
) -> Iterator[str]:
    """The answer's JSON in pieces. Spark is an extra, brought in when it is asked for."""
    try:
        spark = import_module("honeyguide.program.spark")
    except ModuleNotFoundError as error:
        raise Failed(str(error)) from error
    with file_failures(history):
        pieces: Iterator[str] = spark.replay_file(
            history, rulebook, as_of=day, partners=partners, explain=explain, master=master
        )
    return pieces


def _only(result: Answer, wanted: list[str]) -> Answer:
    unknown = sorted(set(wanted) - set(result.partners["partner"]))
    if unknown:
        raise Failed(f"--partner {unknown[0]}: no such partner in the history up to {result.as_of}")
    return result.only(wanted)
