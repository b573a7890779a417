"""Arguments and options that several commands share."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Form(StrEnum):
    """Forms in which a command answers."""

    table = "table"
    json = "json"
    csv = "csv"


HistoryFile = Annotated[str, typer.Argument(metavar="HISTORY", help="A .jsonl, .csv or .parquet file; `-` for stdin.")]
RulebookOption = Annotated[Path | None, typer.Option(metavar="FILE", help="A rulebook; without it the default.")]
AsOf = Annotated[str | None, typer.Option(metavar="DAY", help="Program day; default: of the last event.")]
PartnerIds = Annotated[list[str] | None, typer.Option(metavar="ID", help="This partner alone; repeatable.")]
FormOption = Annotated[Form, typer.Option("--format", help="How to answer.")]
