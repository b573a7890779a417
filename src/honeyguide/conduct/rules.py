"""Rules of conduct's measures that belong to this room alone: who may, which clauses, how long, and their words."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from honeyguide.accounts.actor import Actor
from honeyguide.accounts.models import Role
from honeyguide.common.days import add_months
from honeyguide.common.errors import Forbidden
from honeyguide.common.rulebooks import current_rulebook
from honeyguide.common.words import MEASURES, words_of

MEASURE_ROLES = frozenset({Role.COMPLIANCE.value, Role.ADMIN.value})
"""Who applies and lifts measures, suspends, reinstates, terminates, and settles restatements."""
DISCOUNT_ROLES = frozenset({Role.MANAGER.value, Role.ADMIN.value})
"""Who adjusts a discount and takes a sale out of the targets."""


def check_role(actor: Actor, roles: frozenset[str]) -> None:
    """Raise Forbidden, naming who may, unless the actor has one of the roles or is the system itself."""
    if actor.user is None and not actor.partner:
        return
    if actor.role not in roles or actor.partner:
        raise Forbidden(
            _("This is done by compliance and administrators.")
            if roles == MEASURE_ROLES
            else _("This is done by partner managers and administrators.")
        )


@dataclass(frozen=True, slots=True)
class MeasureWords:
    """What a kind of measure does at once, in words (its name: common.words.MEASURES), and its icon."""

    effect: str | Promise
    icon: str


MEASURE_WORDS: dict[str, MeasureWords] = {
    "downgrade": MeasureWords(
        gettext_lazy("One status down at once; no upgrade while the measure is in force."), "arrow-down"
    ),
    "terminate": MeasureWords(gettext_lazy("The partner leaves the program; benefits and access end at once."), "ban"),
    "block_access": MeasureWords(gettext_lazy("No dashboard and no discount; the helpdesk stays open."), "lock"),
    "bar_leads": MeasureWords(gettext_lazy("No implementation requests and no leads by e-mail."), "user-minus"),
    "delist": MeasureWords(gettext_lazy("Not listed in the partner directory."), "eye-off"),
    "blacklist": MeasureWords(gettext_lazy("Not listed in the partner directory, and on the blacklist."), "flag"),
    "revoke": MeasureWords(
        gettext_lazy("No announcements in the vendor's channels and no special offers."), "arrow-back-up"
    ),
}
"""By the measure's name in the history (T14)."""

CLAUSE_WORDS: dict[str, str | Promise] = {
    "T13": gettext_lazy("Rules of conduct"),
    "T14": gettext_lazy("Measures for violations"),
    "T1.2.1": gettext_lazy("False information"),
    "T1.4": gettext_lazy("Duties of a listed partner"),
    "T1.6": gettext_lazy("Use of trademarks"),
    "T1.7.2": gettext_lazy("Information not given in time"),
    "T1.7.3": gettext_lazy("Second company of the same owner"),
    "T2.2": gettext_lazy("Resale below the minimal price"),
    "T2.3.2": gettext_lazy("End user's data that is not the end user's"),
    "T2.3.3": gettext_lazy("Documents of end users missing"),
    "T2.4": gettext_lazy("Sales to restricted territories or persons"),
    "T5.3": gettext_lazy("Misuse of clients' contacts"),
    "T6f": gettext_lazy("Unfair practice with requests"),
    "T11c": gettext_lazy("Client support rules"),
}
"""Clauses of the terms on which a measure can rest."""

GROUND_WORDS: dict[str, str | Promise] = {
    "own": gettext_lazy("Sold to the partner itself"),
    "affiliated": gettext_lazy("Sold to an affiliated entity"),
}
"""Why a sale is taken out of the targets (T3.2)."""

REASON_MAX_CHARS = 2000
SUBSET_MAX_ITEMS = 50


def measure_title(measure: str) -> str:
    """The words for a kind of measure; an unknown word as it came."""
    return words_of(MEASURES, measure)


def suspension_clauses() -> dict[str, str | Promise]:
    """Clauses on which a suspension can rest: inactivity (T3.4b), and those of measures."""
    inactivity = current_rulebook().activity
    return {inactivity.clause: gettext_lazy("No activity since registration"), **CLAUSE_WORDS}


def clause_title(clause: str) -> str:
    """The words for a clause; "" for one that has none here."""
    return str(
        {**suspension_clauses(), current_rulebook().clauses.terminated: _("End of the agreement")}.get(clause, "")
    )


def last_blocked_day(start: date) -> date:
    """The latest last day of a block of access that starts on a day (T14: up to 12 months)."""
    return add_months(start, current_rulebook().measures.block_access_max_months) - timedelta(days=1)


def end_of(measure: str, start: date, until: date | None) -> date | None:
    """The last day of a measure as it acts; None: until lifted."""
    if measure != "block_access":
        return until
    latest = last_blocked_day(start)
    return latest if until is None else min(until, latest)


def status_discount(status: str) -> Decimal:
    """The discount that a status gives by itself; 0 without one."""
    return next(
        (Decimal(each.discount_percent) for each in current_rulebook().statuses if each.name == status), Decimal(0)
    )
