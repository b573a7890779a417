"""Addresses of the points in the operator's site, below `points/`."""

from django.urls import path

from honeyguide.console.views.points import bonuses, overview

urlpatterns = [
    path("", overview.overview, name="points"),
    path("bonuses/", bonuses.bonuses, name="points_bonuses"),
    path("bonuses/award/", bonuses.award, name="points_award"),
    path("bonuses/<slug:uid>/", bonuses.bonus, name="points_bonus"),
    path("bonuses/<slug:uid>/cancel/", bonuses.bonus_cancel, name="points_bonus_cancel"),
]
