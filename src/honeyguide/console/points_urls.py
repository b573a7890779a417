"""Addresses of the points in the operator's site, below `points/`."""

from django.urls import path

from honeyguide.console.views.points import overview

urlpatterns = [
    path("", overview.overview, name="points"),
]
