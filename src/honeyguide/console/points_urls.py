"""Addresses of the points in the operator's site, below `points/`."""

from django.urls import path

from honeyguide.console.views.points import (
    bonuses,
    campaigns,
    claims,
    exchanges,
    held,
    matrix,
    overview,
    prices,
    projects,
    tables,
)

urlpatterns = [
    path("", overview.overview, name="points"),
    path("exchanges/", exchanges.ExchangesPage.as_view(), name="points_exchanges"),
    path("prices/", prices.prices, name="points_prices"),
    path("prices/draft/", prices.draft, name="points_prices_draft"),
    path("prices/upload/", prices.upload, name="points_prices_upload"),
    path("prices/publish/", prices.publish, name="points_prices_publish"),
    path("prices/discard/", prices.discard, name="points_prices_discard"),
    path("prices/<slug:version>.csv", prices.prices_csv, name="points_prices_csv"),
    path("stock/", prices.stock, name="points_stock"),
    path("matrix/", matrix.matrix, name="points_matrix"),
    path("promotions/", matrix.promotions, name="points_promotions"),
    path("promotions/<slug:uid>/end/", matrix.promotion_end, name="points_promotion_end"),
    path("campaigns/", campaigns.campaigns, name="points_campaigns"),
    path("claims/", claims.ClaimsPage.as_view(), name="points_claims"),
    path("projects/", projects.ProjectsPage.as_view(), name="points_projects"),
    path("held/", held.HeldPage.as_view(), name="points_held"),
    path("files/<slug:uid>/", claims.file, name="points_file"),
    path("tables/", tables.tables, name="points_tables"),
    path("tables/<slug:uid>/", tables.table, name="points_table"),
    path("tables/<slug:uid>/progress/", tables.table_progress, name="points_table_progress"),
    path("tables/<slug:uid>/plan/", tables.table_plan, name="points_table_plan"),
    path("tables/<slug:uid>/confirm/", tables.table_confirm, name="points_table_confirm"),
    path("tables/<slug:uid>/discard/", tables.table_discard, name="points_table_discard"),
    path("tables/<slug:uid>/undo/", tables.table_undo, name="points_table_undo"),
    path("export/<slug:table>.<slug:form>", overview.points_export, name="points_export"),
    path("bonuses/", bonuses.bonuses, name="points_bonuses"),
    path("bonuses/award/", bonuses.award, name="points_award"),
    path("bonuses/<slug:uid>/", bonuses.bonus, name="points_bonus"),
    path("bonuses/<slug:uid>/cancel/", bonuses.bonus_cancel, name="points_bonus_cancel"),
]
