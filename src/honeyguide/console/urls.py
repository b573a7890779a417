"""Addresses of the operator's site."""

from django.urls import path

from honeyguide.console import views
from honeyguide.console.views import changes, courses, evidence, nfr, notices, partner, partner_people, partners, view_as

app_name = "console"
urlpatterns = [
    path("", views.home, name="home"),
    path("notices/", notices.notices, name="notices"),
    path("notices/new/", notices.notice_new, name="notice_new"),
    path("notices/<slug:uid>/", notices.notice, name="notice"),
    path("notices/<slug:uid>/mails/<int:delivery>/again/", notices.notice_mail_again, name="notice_mail_again"),
    path("notices/<slug:uid>/files/<str:name>", notices.notice_file, name="notice_file"),
    path("partners/<str:key>/notices/", notices.partner_notices, name="partner_notices"),
    path("evidence/", evidence.EvidencePage.as_view(), name="evidence"),
    path("evidence/files/<slug:uid>/", evidence.file, name="evidence_file"),
    path("nfr/", nfr.ClaimsPage.as_view(), name="nfr"),
    path("nfr/licences/", nfr.LicencesPage.as_view(), name="nfr_licences"),
    path("courses/", courses.courses, name="courses"),
    path("courses/preview/", courses.courses_preview, name="courses_preview"),
    path("courses/import/", courses.courses_import, name="courses_import"),
    path("changes/", changes.ChangesPage.as_view(), name="changes"),
    path("view-as/", view_as.view_as, name="view_as"),
    path("view-as/stop/", view_as.view_as_stop, name="view_as_stop"),
    path("partners/", partners.PartnersPage.as_view(), name="partners"),
    path("partners/add/", partners.partner_add, name="partner_add"),
    path("partners/<str:key>/", partner.partner, name="partner"),
    path("partners/<str:key>/history/", partner.partner_history, name="partner_history"),
    path("partners/<str:key>/company/", partner.partner_company, name="partner_company"),
    path("partners/<str:key>/company/edit/", partner.partner_edit, name="partner_edit"),
    path("partners/<str:key>/accept/", partner.partner_accept, name="partner_accept"),
    path("partners/<str:key>/manager/", partner.partner_manager, name="partner_manager"),
    path("partners/<str:key>/people/", partner_people.partner_people, name="partner_people"),
    path("partners/<str:key>/people/invite/", partner_people.partner_invite, name="partner_invite"),
    path(
        "partners/<str:key>/people/<slug:uid>/resend/", partner_people.invitation_resend, name="invitation_resend"
    ),
    path(
        "partners/<str:key>/people/<slug:uid>/revoke/", partner_people.invitation_revoke, name="invitation_revoke"
    ),
    path("partners/<str:key>/people/<int:user_id>/end/", partner_people.partner_unlink, name="partner_unlink"),
    path("partners/<str:key>/people/<int:user_id>/main/", partner_people.partner_main_user, name="partner_main_user"),
]
