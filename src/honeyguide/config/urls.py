"""All addresses. Who may open them: honeyguide.access.table."""

from django.urls import include, path

from honeyguide.common import views
from honeyguide.console.raw_data import raw_data
from honeyguide.portal.views import landing
from honeyguide.portal.views.join import join
from honeyguide.portal.views.points.earn_confirm import confirm_project
from honeyguide.portal.views.rules import rules_of

urlpatterns = [
    path("", landing, name="home"),
    path("account/", include("honeyguide.accounts.urls")),
    path("account/", include("allauth.urls")),
    path("partner/", include("honeyguide.portal.urls")),
    path("console/", include("honeyguide.console.urls")),
    path("join/<str:token>", join, name="join"),
    path("confirm/<str:token>", confirm_project, name="confirm_project"),
    path("rules/<path:version>/", rules_of, name="rules_of"),
    path("api/v1/", include("honeyguide.api.urls")),
    path("data/", raw_data.urls),
    path("health/live", views.alive, name="alive"),
    path("health/ready", views.ready, name="ready"),
]
handler400 = views.bad_request
handler403 = views.forbidden
handler404 = views.not_found
handler500 = views.server_error
