"""Addresses of the points in the partner's site, below `points/`."""

from django.urls import path

from honeyguide.portal.views.points import overview

urlpatterns = [
    path("", overview.overview, name="points"),
]
