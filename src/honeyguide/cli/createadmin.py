"""`honeyguide createadmin`: the first login of a new installation."""

import os
from typing import Annotated

import typer
from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import DatabaseError, transaction

from honeyguide.accounts.actor import Actor, Via
from honeyguide.accounts.models import Role, User
from honeyguide.cli.errors import Failed
from honeyguide.common import clock
from honeyguide.history.services import note

app = typer.Typer(add_completion=False)

PASSWORD_VARIABLE = "HONEYGUIDE_ADMIN_PASSWORD"  # noqa: S105 - a name


@app.command()
def createadmin(
    *,
    email: Annotated[str, typer.Option(prompt="E-mail", help="The login.")],
    name: Annotated[str, typer.Option(prompt="Name", help="As colleagues and partners see it.")],
) -> None:
    """Make a login for an administrator. The password is asked for, or taken from HONEYGUIDE_ADMIN_PASSWORD."""
    password = os.environ.get(PASSWORD_VARIABLE) or typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    try:
        user = make_administrator(email.strip(), name.strip(), password)
    except ValidationError as wrong:
        raise Failed([str(message) for message in wrong.messages], status=1) from wrong
    except DatabaseError as error:
        raise Failed(f"The database does not answer: {str(error).strip()}", status=1) from error
    typer.echo(f"{user.email} may sign in as administrator.")


def make_administrator(email: str, name: str, password: str) -> User:
    """An administrator whose e-mail counts as verified. Raises ValidationError."""
    now = clock.read()
    validate_email(email)
    if User.objects.filter(email__iexact=email).exists():
        raise ValidationError(f"{email} is somebody's login already.")
    validate_password(password, User(email=email, name=name))
    with transaction.atomic():
        user = User(email=email.lower(), name=name, role=Role.ADMIN, is_staff=True, is_superuser=True, joined_at=now)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(force_insert=True)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        note("person.added", actor=Actor.system("Command line", Via.COMMAND), now=now,
             about={"email": user.email, "role": user.role})  # fmt: skip
    return user
