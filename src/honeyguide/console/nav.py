"""The operator's menu. An entry whose address is not open to the visitor is not shown."""

from django.utils.translation import gettext_lazy as _

from honeyguide.access.nav import NavEntry

CONSOLE_NAV: list[NavEntry] = [
    NavEntry("console:home", "inbox", _("Queues")),
    NavEntry("console:partners", "building-community", _("Partners")),
    NavEntry("console:notices", "bell", _("Notices"), also=("console:notice", "console:notice_new")),
]
