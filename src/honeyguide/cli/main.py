"""The `honeyguide` command. It only mounts: each sub-command's module is loaded when it is asked for.

Start-up stays light that way: the help page needs neither frames nor compiled kernels.
"""

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from typing import Annotated, Any, NamedTuple, NoReturn, override

import typer
from typer.core import TyperGroup

from honeyguide.cli.errors import Failed


class Mount(NamedTuple):
    """A sub-command: its words on the help page, the modules whose `app` it is made of (the first one names it).

    `live`: it works on the live system, so that Django is set up before its modules are loaded.
    """

    help: str
    modules: tuple[str, ...]
    live: bool = False


MOUNTS = {
    "demo": Mount("Start a site with a made-up program on this machine.", ("demo",)),
    "serve": Mount("Serve the site.", ("serve",), live=True),
    "worker": Mount("Do what waits: mails, the nightly run, other jobs.", ("worker",), live=True),
    "migrate": Mount("Bring the database's tables to this version.", ("migrate",), live=True),
    "collectstatic": Mount("Gather styles, scripts and pictures for the server.", ("collectstatic",), live=True),
    "createadmin": Mount("Make a login for an administrator.", ("createadmin",), live=True),
    "check": Mount("Check settings, database, files and mail, one line each.", ("check",), live=True),
    "demo-data": Mount("Fill an empty database with a made-up program.", ("demo_data",), live=True),
    "verify": Mount("Check that what is stored is what the history says.", ("verify",), live=True),
    "replay": Mount("Answer for a history: statuses, points and reasons, as of any day.", ("replay",)),
    "simulate": Mount("Replay a history under another rulebook and compare.", ("simulate",)),
    "outlook": Mount("Say what is due for partners, and what is missing.", ("outlook",)),
    "history": Mount("Validate, convert, generate, export and import histories.", ("history", "generate", "exchange")),
    "rulebook": Mount("Show, check and compare rulebooks.", ("rulebook",)),
    "showcase": Mount("Make up a program, replay it and show what came out.", ("showcase",)),
}


class LazyGroup(TyperGroup):
    """Knows its commands by name; brings in a command's module only to run it."""

    @override
    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        name, command, rest = super().resolve_command(ctx, args)
        return name, load(name) if name in MOUNTS else command, rest


def load(name: str) -> Any:
    """The sub-command, made of the `app` of its modules: one module's own, or a group of all their commands."""
    mount = MOUNTS[name]
    if mount.live:
        import_module("honeyguide.cli.django").set_up(name)
    apps = [import_module(f"honeyguide.cli.{module}").app for module in mount.modules]
    whole = apps[0] if len(mount.modules) == 1 else typer.Typer(no_args_is_help=True)
    for part in apps if len(mount.modules) > 1 else []:
        whole.add_typer(part)
    whole.info.help = mount.help
    command = typer.main.get_command(whole)
    command.name = name
    command.params = [param for param in command.params if param.name not in {"install_completion", "show_completion"}]
    return command


app = typer.Typer(
    cls=LazyGroup,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"honeyguide {version('honeyguide')}")
        raise typer.Exit


@app.callback()
def honeyguide(
    _version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Run a partner program: one rulebook, one history, every decision explained, replayed and simulated."""


def _mount(name: str, mount: Mount) -> None:
    def unloaded() -> None:
        raise AssertionError(name)  # LazyGroup puts the real command in its place

    app.command(name, help=mount.help)(unloaded)


for _name, _entry in MOUNTS.items():
    _mount(_name, _entry)


def run(arguments: Sequence[str]) -> int:
    """Run the command and give its exit status: 0, 2 for bad usage, 3 for an invalid history, 130 when interrupted."""
    try:
        app(list(arguments), prog_name="honeyguide")
    except Failed as failure:
        for line in failure.lines:
            typer.echo(line, err=True)
        return failure.status
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 0
    return 0


def main() -> NoReturn:
    """Entry point of the `honeyguide` command."""
    status = run(sys.argv[1:])
    try:
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has gone, as `| head` does; nothing is left to say at exit either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(status)
