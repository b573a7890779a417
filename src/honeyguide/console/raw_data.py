"""Django's own admin over all tables, for looking alone: what changes, changes by services that record it."""

from typing import Any, ClassVar

from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from honeyguide.accounts.models import User
from honeyguide.common.errors import Forbidden

ROWS_A_PAGE = 50


class RawDataSite(AdminSite):
    """The admin's pages, without a sign-in, password or sign-out of their own: there is one way in, with its codes."""

    site_title = gettext_lazy("Raw data")
    site_header = gettext_lazy("Raw data, for looking")
    index_title = gettext_lazy("Tables")
    site_url = "/console/"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Those of the team who may use the raw data pages."""
        user = request.user
        return isinstance(user, User) and user.is_active and user.is_staff and user.is_operator

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # noqa: ARG002 - Django's
        """Send whoever is signed out to the one sign-in page. Raises Forbidden for the team, else Http404."""
        user = request.user
        if not isinstance(user, User):
            return redirect_to_login(_way_on(request))
        if self.has_permission(request):
            return redirect("admin:index")
        if user.is_operator:
            raise Forbidden(_("The raw data pages are not open to you. An administrator can open them."))
        raise Http404

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:  # noqa: ARG002
        """The one page for it."""
        return redirect("account_change_password")

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:  # noqa: ARG002
        """End the session; by POST alone."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        logout(request)
        return redirect("account_login")


def _way_on(request: HttpRequest) -> str:
    """The page that was asked for; the first one where the address is not one of ours."""
    asked = request.GET.get("next", "")
    ours = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if ours else reverse("admin:index")


class LookingAlone(ModelAdmin[Model]):
    """A table with search and filters in which nothing can be added, changed or removed."""

    hidden: ClassVar[frozenset[str]] = frozenset()
    """Fields that are not shown: what opens a door."""
    list_per_page = ROWS_A_PAGE
    list_max_show_all = 0
    show_full_result_count = False
    actions = None

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:  # noqa: ARG002
        """All columns but the hidden ones."""
        return [field.name for field in self.opts.concrete_fields if field.name not in self.hidden]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """All of them."""
        return self.get_fields(request, obj)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """To whom the site is open."""
        return self.admin_site.has_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        """To whom the site is open."""
        return self.admin_site.has_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        """Nobody."""
        return False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """One row. Raises Forbidden for anything but looking, whatever the form held."""
        if request.method not in {"GET", "HEAD"}:
            raise Forbidden(_("Nothing can be changed here: the console has a page for it that records who did what."))
        return super().change_view(request, object_id, form_url, extra_context)


raw_data = RawDataSite(name="admin")
