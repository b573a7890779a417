"""Types of events that are not the program's: the audit of this installation. The engine does not read them."""

from django.utils.translation import gettext_lazy as _

AUDIT_TYPES = {
    "partner.added": _("Partner added"),
    "partner.changed": _("Company data changed"),
    "history.imported": _("History imported"),
    "history.exported": _("History exported"),
    "standing.changed": _("Standing changed"),
    "restatement.settled": _("Restatement settled"),
    "file.viewed": _("File viewed"),
    "person.invited": _("Person invited"),
    "person.linked": _("Person linked"),
    "person.unlinked": _("Person unlinked"),
    "person.changed": _("Login changed"),
    "support.viewed_as": _("Looked at as the partner sees it"),
}
"""By type, the words for its line in a partner's file. Each room adds its own."""
