"""`honeyguide serve`: the site, behind a proxy or on one's own machine."""

from typing import Annotated

import typer
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from honeyguide.cli.address import check_free

app = typer.Typer(add_completion=False)

TARGET = "honeyguide.config.serving:application"
BACKLOG_MOST = 256
"""Connections that wait while all threads are busy; more are refused."""


@app.command()
def serve(
    *,
    host: Annotated[
        str, typer.Option(help="The address to listen on; 0.0.0.0 for all of the machine's.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65_535, help="The port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes; with SQLite one is best.")] = 1,
    threads: Annotated[int, typer.Option(min=1, max=64, help="Requests at a time in each process.")] = 4,
) -> None:
    """Serve the site."""
    check_free(host, port)
    for line in warnings_before_serving(threads):
        typer.echo(line, err=True)
    server = Server(
        TARGET,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        backpressure=BACKLOG_MOST,
        respawn_failed_workers=True,
        websockets=False,
        log_level=LogLevels(str(settings.LOGGING["root"]["level"]).lower()),
        log_dictconfig=log_config(),
    )
    server.serve()


def warnings_before_serving(threads: int) -> list[str]:
    """What somebody should know who starts the server; it starts all the same."""
    found = []
    try:
        executor = MigrationExecutor(connection)
        waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        if waiting:
            found.append(
                f"{waiting} migrations are waiting: run `honeyguide migrate`; until then the site is not ready."
            )
    except DatabaseError as error:
        found.append(f"The database does not answer: {str(error).strip()}")
    finally:
        leave_connections()
    if connection.vendor == "postgresql" and threads > settings.DATABASE_CONNECTIONS:
        found.append(
            f"{threads} threads share {settings.DATABASE_CONNECTIONS} connections: set HONEYGUIDE_DATABASE_CONNECTIONS."
        )
    return found


def leave_connections() -> None:
    """Close what this process holds of the database: its children open connections of their own."""
    connection.close()
    if connection.vendor == "postgresql":
        connection.close_pool()  # type: ignore[attr-defined]


def log_config() -> dict[str, object]:
    """The server's own few lines, in the form of all others."""
    loggers = {
        name: {"handlers": ["stderr"], "level": "INFO", "propagate": False} for name in ("_granian", "granian.access")
    }
    shared = {
        name: settings.LOGGING[name] for name in ("version", "disable_existing_loggers", "formatters", "handlers")
    }
    return shared | {"loggers": loggers}
