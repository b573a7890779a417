"""Addresses of the partner's site."""

from django.urls import include, path

from honeyguide.portal import views
from honeyguide.portal.views import api_keys, business_reviews, company, evidence, nfr, notices, rules, status, team

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("status/", status.status, name="status"),
    path("status/rank/", status.status_rank, name="status_rank"),
    path("status/what-if/", status.what_if, name="what_if"),
    path("company/", company.company, name="company"),
    path("company/edit/", company.company_edit, name="company_edit"),
    path("company/history/", company.company_history, name="company_history"),
    path("company/changes/<slug:uid>/withdraw/", company.change_withdraw, name="change_withdraw"),
    path("team/", team.team, name="team"),
    path("team/add/", team.team_add, name="team_add"),
    path("team/<int:user_id>/remove/", team.team_remove, name="team_remove"),
    path("team/<int:user_id>/main/", team.team_main, name="team_main"),
    path("rules/", rules.rules, name="rules"),
    path("rules/<path:version>/", rules.rules_version, name="rules_version"),
    path("points/", include("honeyguide.portal.points_urls")),
    path("evidence/", evidence.evidence, name="evidence"),
    path("evidence/new/", evidence.evidence_new, name="evidence_new"),
    path("evidence/<slug:uid>/withdraw/", evidence.evidence_withdraw, name="evidence_withdraw"),
    path("evidence/files/<slug:uid>/", evidence.evidence_file, name="evidence_file"),
    path("licences/", nfr.nfr, name="nfr"),
    path("licences/claim/", nfr.nfr_claim, name="nfr_claim"),
    path("licences/<slug:uid>/withdraw/", nfr.nfr_withdraw, name="nfr_withdraw"),
    path("business-reviews/", business_reviews.business_reviews, name="business_reviews"),
    path("business-reviews/<slug:uid>/answer/", business_reviews.business_review_answer, name="business_review_answer"),
    path(
        "business-reviews/<slug:uid>/calendar.ics", business_reviews.business_review_file, name="business_review_file"
    ),
    path("api-keys/", api_keys.api_keys, name="api_keys"),
    path("api-keys/<slug:uid>/revoke/", api_keys.api_key_revoke, name="api_key_revoke"),
    path("notices/", notices.notices, name="notices"),
    path("notices/seen/", notices.notices_seen, name="notices_seen"),
    path("notices/settings/", notices.notice_settings, name="notice_settings"),
    path("notices/stop/<str:token>/", notices.stop_mail, name="stop_mail"),
    path("notices/<slug:uid>/", notices.notice, name="notice"),
    path("notices/<slug:uid>/files/<str:name>", notices.notice_file, name="notice_file"),
]
