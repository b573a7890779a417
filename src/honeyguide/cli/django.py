"""Django for the commands of the live system: set up once, before a command's module brings in any model."""

import os
import uuid

import django
import structlog
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured

from honeyguide.cli.errors import Failed


def set_up(command: str) -> None:
    """Read the settings and load the applications. Fails with a line where the environment is wrong.

    What the command logs carries its name and an id of its own, as what a request logs carries the request's.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "honeyguide.config.settings")
    if apps.ready:
        return
    try:
        django.setup()
    except ImproperlyConfigured as wrong:
        raise Failed(str(wrong)) from wrong
    except OSError as wrong:
        raise Failed(f"{wrong.filename}: {wrong.strerror}") from wrong
    structlog.contextvars.bind_contextvars(command=command, request_id=str(uuid.uuid4()))
