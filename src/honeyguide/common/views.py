"""Pages of the house itself: health, and what is shown when something goes wrong."""

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from honeyguide.common.errors import Forbidden, Invalid
from honeyguide.common.middleware import came_from, refused


@never_cache
def alive(_request: HttpRequest) -> HttpResponse:
    """Whether the process answers at all."""
    return JsonResponse({"status": "ok"})


@never_cache
def ready(_request: HttpRequest) -> HttpResponse:
    """Whether requests can be served: the database answers and its tables are those of this version."""
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return JsonResponse({"status": "unavailable", "database": "no answer"}, status=503)
    if waiting:
        return JsonResponse({"status": "unavailable", "database": "migrations are waiting"}, status=503)
    return JsonResponse({"status": "ok", "database": connection.vendor})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's signature
    """A form that came too late or from elsewhere: nothing was done with it."""
    if getattr(request, "htmx", False):
        return refused(request, Forbidden(_("This page is out of date: load it anew and try again.")))
    return render(request, "errors/csrf.html", {"back": came_from(request)}, status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request that cannot be read: a file or form beyond the limits, or a host that is not ours."""
    too_large = isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent)
    if getattr(request, "htmx", False):
        return refused(
            request,
            Invalid(
                _("That is more than is taken at once. Send less.") if too_large else _("The request cannot be read.")
            ),
        )
    # Without the request: what is wrong with it may be in what a page would ask it for.
    page = loader.render_to_string("errors/400.html", {"too_large": too_large})
    return HttpResponse(page, status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's own refusals."""
    return render(request, "errors/403.html", {"reason": str(exception)}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """No such page, or none for this visitor."""
    return render(request, "errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """A fault of ours: logged, with the request's id on the page."""
    # Without the request: nothing of the page asks the session or the database, which may be what is broken.
    page = loader.render_to_string("errors/500.html", {"request_id": getattr(request, "request_id", "")})
    return HttpResponse(page, status=500)
