"""A process that is at work on a table until it is killed: for test_tables_at_once."""

import os
import time
from multiprocessing.connection import Connection
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.core.files.storage import FileSystemStorage  # noqa: E402 - needs settings
from django.db import connection  # noqa: E402

from honeyguide.earning.services import recording, tables, undoing, working  # noqa: E402
from tests.live.conftest import NOW  # noqa: E402

FOREVER_S = 3_600


def work(database: str, files: str, uid: str, told: Connection) -> None:
    """Do what was asked for of a table, say when all is written but nothing committed, and wait for the end."""
    connection.settings_dict["NAME"] = database
    vars(tables)["default_storage"] = FileSystemStorage(files)

    def wait(*_args: Any, **_kwargs: Any) -> None:
        told.send("written")
        time.sleep(FOREVER_S)

    vars(recording)["note"] = vars(undoing)["note"] = wait
    working.carry_out(uid=uid, read=lambda: NOW)
