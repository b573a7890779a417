"""What a key of the API may do: one word for reading and one for writing each kind of thing."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SCOPES: Mapping[str, Promise] = {
    "partners:read": _("Read companies"),
    "standing:read": _("Read status, discount, requirements and points"),
    "evidence:read": _("Read evidence"),
    "evidence:write": _("Hand in evidence"),
    "nfr:read": _("Read licences not for resale"),
    "nfr:write": _("Claim licences not for resale"),
    "earning:read": _("Read claims, projects and what earns points"),
    "earning:write": _("Claim points, report projects"),
    "tables:read": _("Read tables of deals and projects that were brought in"),
    "tables:write": _("Bring in tables of deals and projects, and take them back"),
    "points:read": _("Read movements of points, statements and bonuses"),
    "rewards:read": _("Read the catalogue of rewards, exchanges and campaigns"),
    "rewards:write": _("Get quotes and exchange points"),
    "exchanges:write": _("Hand over what was exchanged"),
    "notices:read": _("Read notices"),
    "rules:read": _("Read the rules of the program"),
    "events:read": _("Read the history"),
    "events:write": _("Tell events: sales, courses and the like"),
}
"""By name, in words."""
OPERATOR_ONLY = frozenset({"events:write", "exchanges:write", "tables:read", "tables:write"})
COMPANY_ONLY = frozenset({"evidence:write", "nfr:write", "earning:write", "rewards:write"})
"""What a company does for itself, so no key of the operator can."""
LIMITED = frozenset({"partners:read", "notices:read", "rules:read"})
"""What a key may still do for a company without the dashboard (T1.5, T7.1)."""


def offered(*, for_company: bool) -> list[str]:
    """The scopes that a key of a company, or of the operator, can have."""
    left_out = OPERATOR_ONLY if for_company else COMPANY_ONLY
    return [name for name in SCOPES if name not in left_out]
