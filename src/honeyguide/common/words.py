"""The program's names in people's words: requirements, clauses, causes, states, verdicts, products, measures.

A rulebook may have names of its own: an unknown one is shown as it reads (`site_visit`: "Site visit").
"""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Words = Mapping[str, "str | Promise"]

STATUSES: Words = {"bronze": _("Bronze"), "silver": _("Silver"), "gold": _("Gold")}

STATES: Words = {
    "applicant": _("Applicant"),
    "active": pgettext_lazy("state of a partner", "Active"),
    "suspended": pgettext_lazy("state of a partner", "Suspended"),
    "cancelled": pgettext_lazy("state of a partner", "Cancelled"),
    "terminated": pgettext_lazy("state of a partner", "Terminated"),
}

REQUIREMENTS: Words = {
    "sales": _("Sales"),
    "clients": _("Different clients"),
    "seats": _("New client seats"),
    "tutorial": _("Product tutorial"),
    "sales_course": _("Sales course"),
    "marketing_course": _("Marketing course"),
    "nfr_cloud": _("Own cloud account (NFR) claimed"),
    "nfr_on_premise": _("Own on-premise key (NFR) claimed"),
    "website_endorsement": _("Endorsement on your website"),
    "social_endorsement": _("Endorsement in social networks"),
    "phone_support": _("First-line support by telephone"),
    "email_support": _("First-line support by e-mail"),
    "webinar": _("Public webinar or video"),
    "case_study": _("Public case study or testimonial"),
    "marketing_plan": _("Marketing plan for one to two years"),
    "qbr": _("Quarterly business reviews"),
}

CLAUSES: Words = {
    "T1.3": _("Acceptance into the program"),
    "T1.5": _("End of participation"),
    "T3.1.1a": _("What Bronze asks within 90 days"),
    "T3.1.1b": _("What Bronze brings"),
    "T3.1.2a": _("What Silver asks to be reached"),
    "T3.1.2b": _("What Silver asks to be kept"),
    "T3.1.2c": _("What Silver brings"),
    "T3.1.3a": _("What Gold asks to be reached"),
    "T3.1.3b": _("What Gold asks to be kept"),
    "T3.1.3c": _("What Gold brings"),
    "T3.2": _("Sales that do not count"),
    "T3.3": _("New client seats"),
    "T3.4a": _("The yearly review"),
    "T3.4b": _("Suspension without activity"),
    "T3.5": _("Regaining a status"),
    "T3.6": _("Reduced discount"),
    "T4.1": _("What earns points"),
    "T4.2": _("How long points are valid"),
    "T9a": _("The kickstart bonus"),
    "T9b": _("What bonuses can pay for"),
    "T10": _("The award bonus"),
    "T14": _("Measures after a violation"),
    "G1.1": _("Points for sales"),
    "G1.2": _("Points for modules"),
    "G1.3": _("Points for projects"),
    "G1.4": _("Points for repeat deals"),
    "G4.2": _("Metrics of the points"),
    "G4.4": _("The monthly statement"),
    "G4.5": _("Notices before points expire"),
    "G4.7": _("Plans, and what exchanges save"),
}

VERDICTS: Words = {
    "met": _("Met"),
    "on_pace": _("On pace"),
    "at_risk": _("At risk"),
    "lost": _("Cannot be kept"),
    "open": _("Open"),
    "barred": _("Barred"),
    "out_of_reach": _("Out of reach"),
}

PRODUCTS: Words = {
    "cloud": _("Cloud subscription"),
    "on_premise": _("On-premise licence"),
    "upgrade": _("Upgrade"),
    "maintenance": _("Maintenance"),
    "module": _("Module"),
    "service": _("Service"),
}

MEASURES: Words = {
    "warning": _("Warning"),
    "delist": _("Taken out of the directory"),
    "blacklist": _("Put on the blacklist"),
    "bar_leads": _("No leads"),
    "revoke": _("Privileges revoked"),
    "block_access": _("Access blocked"),
    "downgrade": _("Status lowered"),
    "terminate": _("Participation ended"),
}

ENTITLEMENTS: Words = {
    "nfr_cloud": _("Own cloud subscription (NFR)"),
    "nfr_on_premise": _("Own on-premise key (NFR)"),
    "marketplace": _("Placement of apps in the marketplace"),
    "dashboard": _("Partner dashboard"),
    "helpdesk": _("Helpdesk"),
    "store_discount": _("Partner discount in the store"),
    "request_app": _("Implementation request app"),
    "leads_by_email": _("Leads by e-mail"),
    "listing": _("Listing in the partner directory"),
    "featured_listing": _("Featured listing in the partner directory"),
    "client_privileges": _("Privileged access to clients’ accounts"),
    "client_support_chat": _("Partner support chat in clients’ accounts"),
    "partner_portal": _("Partner portal"),
    "channels": _("Announcements in the vendor’s channels"),
    "special_offers": _("Special offers for a product or a client"),
}

COURSES: Words = {
    "tutorial": _("Product tutorial"),
    "sales": _("Sales course"),
    "marketing": _("Marketing course"),
    "administration": _("Administration course"),
    "implementation": _("Implementation course"),
    "support": _("Support course"),
}


ACTORS: Words = {
    "Nightly run": _("Nightly run"),
    "Program rules": _("Program rules"),
    "Command line": _("Command line"),
    "Import from the earlier portal": _("Import from the earlier portal"),
}
"""Who acts without being a person (Actor.system)."""


RULEBOOKS: Words = {"default": pgettext_lazy("rulebook", "default")}
"""The bundled rulebook by name; others have the names that their authors chose."""


def words_of(table: Words, name: str) -> str:
    """The words for a name; for an unknown one, the name itself as a phrase; "" for none."""
    if name in table:
        return str(table[name])
    return name.replace("_", " ").replace("-", " ").strip().capitalize()


def actor_words(name: str) -> str:
    """Who did something: a person's name as it is, the program acting by itself in words."""
    return str(ACTORS.get(name, name))


def rulebook_words(text: str) -> str:
    """A rulebook as answers name it, name and version ("default 1.0") or the name alone, for readers."""
    name, space, version = text.rpartition(" ") if " " in text else (text, "", "")
    return f"{RULEBOOKS.get(name, name)}{space}{version}"


def requirement_words(name: str) -> str:
    """A requirement: sales, clients, seats, or one of the rulebook."""
    return words_of(REQUIREMENTS, name)


def clause_words(name: str) -> str:
    """What a clause of the program's terms is about; the clause itself where it has no words."""
    return str(CLAUSES.get(name, name))


def entitlement_words(name: str) -> str:
    """An entitlement, with its number where it has one (`nfr_cloud:2`)."""
    kind, _colon, number = name.partition(":")
    words = words_of(ENTITLEMENTS, kind)
    return f"{words} × {number}" if number else words
