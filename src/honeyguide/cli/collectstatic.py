"""`honeyguide collectstatic`: gather styles, scripts and pictures where the server serves them from."""

import typer
from django.conf import settings
from django.core.management import call_command

from honeyguide.cli.errors import Failed

app = typer.Typer(add_completion=False)


@app.command()
def collectstatic() -> None:
    """Gather styles, scripts and pictures, compressed, under names that change with their content."""
    try:
        call_command("collectstatic", interactive=False, verbosity=0)
    except OSError as error:
        raise Failed(f"{settings.STATIC_ROOT}: {error.strerror or error}", status=1) from error
    typer.echo(f"{settings.STATIC_ROOT}: up to date.")
