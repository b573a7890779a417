"""The partner's menu. An entry whose address is not open to the visitor is not shown."""

from django.utils.translation import gettext_lazy as _

from honeyguide.access.nav import NavEntry
from honeyguide.portal.views.notices import unread_of

PORTAL_NAV: list[NavEntry] = [
    NavEntry("portal:home", "home", _("Home")),
    NavEntry("portal:status", "gauge", _("Status"), also=("portal:what_if", "portal:status_rank")),
    NavEntry("portal:points", "coins", _("Points"), also=("portal:points_*",)),
    NavEntry("portal:business_reviews", "presentation", _("Business reviews")),
    NavEntry("portal:evidence", "file-check", _("Evidence"), also=("portal:evidence_new",)),
    NavEntry("portal:nfr", "key", _("Own licences"), also=("portal:nfr_claim",)),
    NavEntry(
        "portal:company",
        "building",
        _("Company"),
        also=("portal:company_edit", "portal:company_history", "portal:team", "portal:team_add"),
    ),
    NavEntry("portal:rules", "book", _("Program rules"), also=("portal:rules_version",)),
    NavEntry("portal:api_keys", "api", _("API keys")),
    NavEntry(
        "portal:notices", "bell", _("Notices"), counter=unread_of, also=("portal:notice", "portal:notice_settings")
    ),
]
