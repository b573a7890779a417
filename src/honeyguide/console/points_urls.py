"""Addresses of the points in the operator's site, below `points/`."""

from django.urls import path

from honeyguide.console.views.points import bonuses, claims, held, overview, projects, tables

urlpatterns = [
    path("", overview.overview, name="points"),
    path("claims/", claims.ClaimsPage.as_view(), name="points_claims"),
    path("projects/", projects.ProjectsPage.as_view(), name="points_projects"),
    path("held/", held.HeldPage.as_view(), name="points_held"),
    path("files/<slug:uid>/", claims.file, name="points_file"),
    path("tables/", tables.tables, name="points_tables"),
    path("tables/<slug:uid>/", tables.table, name="points_table"),
    path("tables/<slug:uid>/confirm/", tables.table_confirm, name="points_table_confirm"),
    path("tables/<slug:uid>/discard/", tables.table_discard, name="points_table_discard"),
    path("tables/<slug:uid>/undo/", tables.table_undo, name="points_table_undo"),
    path("export/<slug:table>.<slug:form>", overview.points_export, name="points_export"),
    path("bonuses/", bonuses.bonuses, name="points_bonuses"),
    path("bonuses/award/", bonuses.award, name="points_award"),
    path("bonuses/<slug:uid>/", bonuses.bonus, name="points_bonus"),
    path("bonuses/<slug:uid>/cancel/", bonuses.bonus_cancel, name="points_bonus_cancel"),
]
