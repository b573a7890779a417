"""Addresses of the partner's site."""

from django.urls import path

from honeyguide.portal import views
from honeyguide.portal.views import notices

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("notices", notices.notices, name="notices"),
    path("notices/seen", notices.notices_seen, name="notices_seen"),
    path("notices/settings", notices.notice_settings, name="notice_settings"),
    path("notices/<slug:uid>", notices.notice, name="notice"),
]
