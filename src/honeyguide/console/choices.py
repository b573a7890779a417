"""Choices of filters that several lists have."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from honeyguide.accounts.models import User
from honeyguide.common import local, words
from honeyguide.common.rulebooks import current_rulebook
from honeyguide.partners.models import Partner

NOBODY = "none"
"""The choice of partners without a manager."""


def statuses() -> list[tuple[str, str]]:
    """The rulebook's statuses, lowest first."""
    return [(status.name, words.words_of(words.STATUSES, status.name)) for status in current_rulebook().statuses]


def countries() -> list[tuple[str, str]]:
    """Countries that partners have, by name."""
    codes = Partner.objects.order_by().values_list("country", flat=True).distinct()
    return sorted(((code, local.country_text(code)) for code in codes), key=lambda pair: pair[1])


def managers() -> list[tuple[str, str]]:
    """Nobody, and those who have partners in their care."""
    found = User.objects.filter(Exists(Partner.objects.filter(manager=OuterRef("pk")))).order_by("name", "pk")
    return [(NOBODY, _("Nobody")), *((str(number), name) for number, name in found.values_list("pk", "name"))]


def in_care[Rows: QuerySet[Any]](rows: Rows, value: str, manager: str = "partner__manager") -> Rows:
    """The rows whose partner is in the care of the manager chosen, or in nobody's."""
    return rows.filter(**{manager: None if value == NOBODY else int(value)})
