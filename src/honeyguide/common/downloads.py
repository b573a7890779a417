"""Files handed out: saved by the browser, never run."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header


def download(name: str, content: bytes) -> HttpResponse:
    """A file to be saved under this name, whatever is in it."""
    response = HttpResponse(content, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
