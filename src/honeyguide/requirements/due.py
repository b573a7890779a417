"""What this room knows to be due, for the digest that partners get."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from honeyguide.common.words import PRODUCTS, words_of
from honeyguide.partners.models import Partner
from honeyguide.requirements.queries import licences_of
from honeyguide.standing.digest import Due
from honeyguide.standing.queries import standing_on


def licences_due(partner: Partner, day: date, last: date) -> list[Due]:
    """Licences not for resale whose time is over from a day to a day, and that are not extended by themselves (T8)."""
    licences = licences_of(partner, standing_on(partner, day), day)
    return [
        Due(licence.term.ends_on, _("Your own licence ends: %(product)s") % {"product": _named(licence.product)},
            (licence.account,) if licence.account else (), reverse("portal:nfr"))
        for licence in licences
        if licence.term.runs and not licence.term.will_be_extended and day <= licence.term.ends_on <= last
    ]  # fmt: skip


def _named(product: str) -> str:
    return words_of(PRODUCTS, product)
