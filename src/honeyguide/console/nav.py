"""The operator's menu. An entry whose address is not open to the visitor is not shown."""

from django.utils.translation import gettext_lazy as _

from honeyguide.access.nav import NavEntry

CONSOLE_NAV: list[NavEntry] = [
    NavEntry("console:home", "inbox", _("Queues"), also=("console:changes", "console:restatements")),
    NavEntry("console:evidence", "file-check", _("Evidence")),
    NavEntry("console:nfr", "key", _("Own licences"), also=("console:nfr_licences",)),
    NavEntry("console:courses", "school", _("Courses"), also=("console:courses_preview",)),
    NavEntry(
        "console:partners",
        "building-community",
        _("Partners"),
        also=("console:partner", "console:partner_*", "console:conduct_*", "console:business_review_plan"),
    ),
    NavEntry("console:reviews", "calendar-due", _("Reviews"), also=("console:reviews_calendar", "console:at_risk")),
    NavEntry(
        "console:business_reviews",
        "presentation",
        _("Business reviews"),
        also=(
            "console:business_review",
            "console:business_review_change",
            "console:business_review_cancel",
            "console:business_review_record",
        ),
    ),
    NavEntry("console:points", "coins", _("Points"), also=("console:points_*",)),
    NavEntry("console:rulebook", "book", _("Rulebook"), also=("console:rulebook_*",)),
    NavEntry("console:measures", "gavel", _("Measures"), also=("console:adjustments",)),
    NavEntry("console:notices", "bell", _("Notices"), also=("console:notice", "console:notice_new")),
    NavEntry("console:api_keys", "api", _("API keys")),
    NavEntry("console:history", "history", _("History"), also=("console:history_import",)),
]
