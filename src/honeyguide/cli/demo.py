"""`honeyguide demo`: a running site with a made-up program, on this machine, by one command."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Event
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from honeyguide.cli.address import check_free
from honeyguide.cli.errors import Failed
from honeyguide.cli.terminal import stdout_console
from honeyguide.demo.logins import LOGINS, PASSWORD

app = typer.Typer(add_completion=False)

HOST = "127.0.0.1"
READY_WITHIN_S = 60
STOPPED_WITHIN_S = 15
LOOK_EVERY_S = 0.1


@app.command()
def demo(
    *,
    port: Annotated[int, typer.Option(min=1, max=65_535, help="The port to listen on.")] = 8000,
    data: Annotated[Path, typer.Option(metavar="DIR", help="Where the demonstration keeps its data.")] = Path(
        "var/demo"
    ),
    partners: Annotated[int, typer.Option(min=1, max=20_000, help="How many companies, the first time.")] = 150,
) -> None:
    """Start a site with a made-up program on this machine; Ctrl-C ends it.

    The data is made the first time and kept in DIR; or in the database of DATABASE_URL, if that is set. To begin anew,
    delete DIR.
    """
    console = stdout_console()
    check_free(HOST, port)
    environment = environment_of(data, port)
    (data / "static").mkdir(parents=True, exist_ok=True)  # empty: files are served from where they are written
    console.print(
        "[dim]Preparing the program …" if has_data(data) else "[dim]Making up a program: well under a minute …"
    )
    filled = subprocess.run(  # noqa: S603 - ourselves
        [*command("demo-data"), "--if-empty", "--partners", str(partners)], env=environment, check=False
    )
    if filled.returncode:
        raise Failed("The demonstration's data could not be made.", status=filled.returncode)
    status = Pair(environment, port, console).run()
    if status:
        raise Failed("The demonstration ended by itself: see above.", status=status)


def command(*arguments: str) -> list[str]:
    """A command of ours, in a process of its own."""
    return [sys.executable, "-m", "honeyguide.cli", *arguments]


def environment_of(data: Path, port: int) -> dict[str, str]:
    """The settings of the demonstration; what the environment says already is left."""
    return {
        "HONEYGUIDE_DATA_DIR": str(data.resolve()),
        "HONEYGUIDE_PUBLIC_URL": f"http://localhost:{port}",
        "HONEYGUIDE_STATIC_FROM_SOURCES": "1",
        "HONEYGUIDE_LOG_LEVEL": "WARNING",
        **os.environ,
    }


def has_data(data: Path, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether the demonstration seems to have been here before; the database itself decides."""
    return "DATABASE_URL" in environment or (data / "honeyguide.sqlite3").exists()


class Pair:
    """The server and the worker: started together, ended together."""

    def __init__(self, environment: Mapping[str, str], port: int, console: Console) -> None:
        """Nothing runs yet."""
        self.environment, self.port, self.console = environment, port, console
        self.processes: list[subprocess.Popen[bytes]] = []
        self._stopping = Event()

    def run(self) -> int:
        """Start both, show where to look, and wait for the end: 0 when asked for, else the status of who ended."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self._stopping.set())
        try:
            # A session of their own: Ctrl-C reaches this process alone, which ends them in order.
            for arguments in (("serve", "--host", HOST, "--port", str(self.port)), ("worker",)):
                self.processes.append(
                    subprocess.Popen(  # noqa: S603 - ourselves
                        command(*arguments), env=dict(self.environment), start_new_session=True
                    )
                )
            if self._wait_until_ready():
                show(self.console, self.port)
            while not self._stopping.is_set() and self._ended() is None:
                self._stopping.wait(LOOK_EVERY_S)
            return 0 if self._stopping.is_set() else self._ended() or 1
        finally:
            self.stop()

    def _ended(self) -> int | None:
        """The status of the first that has ended; None while both run."""
        return next((status for process in self.processes if (status := process.poll()) is not None), None)

    def _wait_until_ready(self) -> bool:
        until = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < until and not self._stopping.is_set() and self._ended() is None:
            if is_ready(self.port):
                return True
            self._stopping.wait(LOOK_EVERY_S)
        return False

    def stop(self) -> None:
        """End both; whoever does not end in time is killed, with its children."""
        for process in self.processes:
            if process.poll() is None:
                process.terminate()
        until = time.monotonic() + STOPPED_WITHIN_S
        for process in self.processes:
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def is_ready(port: int) -> bool:
    """Whether the site can be used."""
    connection = HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def show(console: Console, port: int) -> None:
    """Where to look, and who can sign in."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("E-mail", "Who", "To see"):
        table.add_column(heading)
    for login in LOGINS:
        table.add_row(login.email, login.who, f"[dim]{login.to_see}")
    console.print(f"\n[bold]Meadow's partner program[/bold] runs at [bold]http://{HOST}:{port}[/bold]")
    console.print(f"[dim]Passkeys need http://localhost:{port}[/dim]")
    console.print(table)
    console.print(f"Everybody's password: [bold]{PASSWORD}[/bold]   Ctrl-C ends the demonstration.")
