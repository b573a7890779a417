"""Handing out files that people have handed in: as something to save, never as something that a browser would run."""

from datetime import datetime

from django.http import FileResponse

from honeyguide.accounts.actor import Actor
from honeyguide.files.models import StoredFile
from honeyguide.files.storing import open_stored, viewed


def file_response(file: StoredFile, *, actor: Actor, now: datetime) -> FileResponse:
    """A file of whoever may see it (the caller has checked), and the record that it was opened.

    The type is the one that was found in the content; pictures can stand in a page by `<img>`, nothing else is shown.
    """
    content = open_stored(file)
    viewed(file=file, actor=actor, now=now)
    response = FileResponse(content, as_attachment=True, filename=file.name, content_type=file.content_type)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response
