"""The history to a file, from which it can be imported again."""

from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.db import transaction

from honeyguide.accounts.actor import Actor
from honeyguide.history.bulk import frames
from honeyguide.history.services import note
from honeyguide.program.history import write_history

FORMS = ("jsonl", "csv", "parquet")


def export(
    path: str | Path,
    *,
    actor: Actor,
    now: datetime,
    partners: Collection[str] | None = None,
    stdout: BinaryIO | None = None,
) -> int:
    """Write the program's events to a file by its suffix (`-`: JSON Lines to stdout); gives how many.

    In the order of `at`, those of one instant as they became known. Recorded as history.exported, with who and how
    much. Raises program.history.UnknownFormError, OSError, and FormError for what a form has no place for.
    """
    with transaction.atomic():
        written = write_history(frames(partners), path, stdout=stdout)
        form = Path(path).suffix.lower().removeprefix(".") or "jsonl"
        note(
            "history.exported",
            actor=actor,
            now=now,
            about={"events": written, "form": form, "partners": sorted(partners) if partners is not None else []},
        )
    return written
