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
    "notice.sent": _("Notice sent"),
    "person.made_main": _("Main user changed"),
    "partner.manager_assigned": _("Partner manager assigned"),
    "invitation.sent_again": _("Invitation sent again"),
    "invitation.revoked": _("Invitation revoked"),
    "change.requested": _("Change asked for"),
    "change.approved": _("Change approved"),
    "change.declined": _("Change declined"),
    "change.withdrawn": _("Change withdrawn"),
    "conduct.noted": _("Internal note on a measure"),
    "review.scheduled": _("Business review scheduled"),
    "review.moved": _("Business review moved"),
    "review.called_off": _("Business review cancelled"),
    "review.recorded": _("Business review recorded"),
    "support.viewed_as": _("Looked at as the partner sees it"),
}
"""By type, the words for its line in a partner's file. Each room adds its own."""
