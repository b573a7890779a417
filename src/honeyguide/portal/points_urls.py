"""Addresses of the points in the partner's site, below `points/`."""

from django.urls import path

from honeyguide.portal.views.points import (
    bonuses,
    calendar,
    campaigns,
    catalogue,
    earn,
    earn_calculator,
    earn_projects,
    exchanges,
    history,
    overview,
    plan,
    statements,
)

urlpatterns = [
    path("", overview.overview, name="points"),
    path("history/", history.history, name="points_history"),
    path("calendar/", calendar.calendar, name="points_calendar"),
    path("statements/", statements.statements, name="points_statements"),
    path("statements/<str:month>/", statements.statement, name="points_statement"),
    path("statements/<str:month>/statement.pdf", statements.statement_file, name="points_statement_pdf"),
    path("statements/<str:month>/statement.csv", statements.statement_table, name="points_statement_csv"),
    path("bonuses/", bonuses.bonuses, name="points_bonuses"),
    path("calculator/", earn_calculator.calculator, name="points_calculator"),
    path("catalogue/", catalogue.catalogue, name="points_catalogue"),
    path("catalogue/<str:item>/", catalogue.exchange_new, name="points_exchange_new"),
    path("quotes/<slug:uid>/", exchanges.quote, name="points_quote"),
    path("exchanges/", exchanges.ExchangesPage.as_view(), name="points_exchanges"),
    path("exchanges/<slug:uid>/", exchanges.exchange, name="points_exchange"),
    path("exchanges/<slug:uid>/withdraw/", exchanges.exchange_withdraw, name="points_exchange_withdraw"),
    path("plan/", plan.plan, name="points_plan"),
    path("plan/keep/", plan.plan_keep, name="points_plan_keep"),
    path("plan/<slug:uid>/", plan.plan_kept, name="points_plan_kept"),
    path("plan/<slug:uid>/drop/", plan.plan_drop, name="points_plan_drop"),
    path("campaigns/", campaigns.campaigns, name="points_campaigns"),
    path("campaigns/new/", campaigns.campaign_new, name="points_campaign_new"),
    path("campaigns/<slug:uid>/", campaigns.campaign, name="points_campaign"),
    path("earn/", earn.earn, name="points_earn"),
    path("earn/activities/<slug:activity>/", earn.earn_apply, name="points_earn_apply"),
    path("earn/claims/", earn.earn_claims, name="points_earn_claims"),
    path("earn/claims/<slug:uid>/withdraw/", earn.earn_claim_withdraw, name="points_earn_claim_withdraw"),
    path("earn/files/<slug:uid>/", earn.earn_file, name="points_earn_file"),
    path("earn/projects/", earn_projects.earn_projects, name="points_earn_projects"),
    path("earn/projects/new/", earn_projects.earn_project_new, name="points_earn_project_new"),
    path("earn/projects/<slug:uid>/", earn_projects.earn_project, name="points_earn_project"),
    path("earn/projects/<slug:uid>/ask/", earn_projects.earn_project_ask, name="points_earn_project_ask"),
    path(
        "earn/projects/<slug:uid>/withdraw/", earn_projects.earn_project_withdraw, name="points_earn_project_withdraw"
    ),
]
