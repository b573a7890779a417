"""What this room knows to be due, for the digest that partners get."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from honeyguide.bonuses.queries import account_of
from honeyguide.common.local import money_text
from honeyguide.partners.models import Partner
from honeyguide.standing.digest import Due


def bonuses_due(partner: Partner, day: date, last: date) -> list[Due]:
    """Bonuses of which something is left and whose last day is from a day to a day."""
    account = account_of(partner, day)
    return [
        Due(
            bonus.grant.valid_to,
            _("%(bonus)s expires: %(amount)s left") % {
                "bonus": bonus.grant.get_kind_display(), "amount": money_text(bonus.left, bonus.grant.currency)
            },
            (),
            reverse("portal:points_bonuses"),
        )
        for bonus in account.valid
        if day <= bonus.grant.valid_to <= last
    ]  # fmt: skip
