"""Addresses of the rulebook studio in the operator's site, below `rulebook/`."""

from django.urls import path

from honeyguide.console.views.rulebook import deciding, drafts, editing, reading, revoking, simulation

urlpatterns = [
    path("", reading.rulebook, name="rulebook"),
    path("versions/", reading.versions, name="rulebook_versions"),
    path("versions/<path:version>/file/", reading.version_file, name="rulebook_file"),
    path("versions/<path:version>/revoke/", revoking.ask, name="rulebook_revoke"),
    path("versions/<path:version>/", reading.version, name="rulebook_version"),
    path("revocations/<slug:uid>/", revoking.decide, name="rulebook_revocation"),
    path("drafts/", drafts.drafts, name="rulebook_drafts"),
    path("drafts/new/", drafts.begin, name="rulebook_draft_new"),
    path("drafts/<slug:uid>/", drafts.draft, name="rulebook_draft"),
    path("drafts/<slug:uid>/edit/", editing.edit, name="rulebook_draft_edit"),
    path("drafts/<slug:uid>/file/", editing.file, name="rulebook_draft_file"),
    path("drafts/<slug:uid>/download/", editing.download, name="rulebook_draft_download"),
    path("drafts/<slug:uid>/compare/", drafts.compare, name="rulebook_draft_compare"),
    path("drafts/<slug:uid>/withdraw/", drafts.withdraw, name="rulebook_draft_withdraw"),
    path("drafts/<slug:uid>/simulate/", simulation.simulate, name="rulebook_simulate"),
    path("drafts/<slug:uid>/propose/", deciding.propose, name="rulebook_draft_propose"),
    path("drafts/<slug:uid>/publish/", deciding.publish, name="rulebook_draft_publish"),
    path("drafts/<slug:uid>/send-back/", deciding.send_back, name="rulebook_draft_send_back"),
    path("simulations/<slug:uid>/", simulation.simulation, name="rulebook_simulation"),
    path("simulations/<slug:uid>/moves/", simulation.MovesPage.as_view(), name="rulebook_simulation_moves"),
    path("simulations/<slug:uid>/near/", simulation.NearPage.as_view(), name="rulebook_simulation_near"),
    path("simulations/<slug:uid>/points/", simulation.PointsPage.as_view(), name="rulebook_simulation_points"),
    path("simulations/<slug:uid>/report/", simulation.report, name="rulebook_simulation_report"),
]
