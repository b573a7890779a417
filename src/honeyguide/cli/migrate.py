"""`honeyguide migrate`: bring the database's tables to this version."""

import typer
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from honeyguide.cli.errors import Failed
from honeyguide.insights import views_sql
from honeyguide.standing.flows import sum_up_all

app = typer.Typer(add_completion=False)


@app.command()
def migrate() -> None:
    """Bring the database's tables to this version. Can be repeated."""
    try:
        typer.echo(bring_up_to_date())
    except DatabaseError as error:
        raise Failed(f"The database does not answer: {str(error).strip()}", status=1) from error


def bring_up_to_date() -> str:
    """Run what is waiting; gives a line that says what was done."""
    executor = MigrationExecutor(connection)
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if waiting:
        views_sql.drop(connection)  # the tables below them may change
        call_command("migrate", interactive=False, verbosity=0)
    views_sql.create(connection)
    sum_up_all()  # tables of before had no sums
    if not waiting:
        return "The database is up to date."
    return f"The database is up to date: {waiting} migrations were run."
