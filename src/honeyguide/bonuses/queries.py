"""Reading bonuses: what a partner has, all grants, and why each was given."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from honeyguide.bonuses.models import BonusGrant, BonusKind
from honeyguide.bonuses.rules import KickstartState, kickstart_state, major_of
from honeyguide.common.errors import NotFound
from honeyguide.common.explanation import Explanation
from honeyguide.common.local import day_of, day_text, money_text
from honeyguide.common.rulebooks import current_rulebook
from honeyguide.common.words import clause_words, requirement_words
from honeyguide.ledger.models import Lot
from honeyguide.partners.models import Partner
from honeyguide.standing.models import Standing, State
from honeyguide.standing.own import happenings_of

VALID, USED, EXPIRED, CANCELLED = "valid", "used", "expired", "cancelled"
"""How a bonus stands."""


@dataclass(frozen=True, slots=True)
class Bonus:
    """A grant on a day. `left`: what of it can still be used, 0 after its last day."""

    grant: BonusGrant
    state: str
    left: Decimal
    used: Decimal
    lapsed: Decimal
    """What was left of it when its time was over."""

    @property
    def amount(self) -> Decimal:
        """What was given."""
        return major_of(self.grant.amount_minor)

    @property
    def taken_back(self) -> Decimal:
        """What was cancelled of it."""
        return major_of(self.grant.cancelled_minor)


@dataclass(frozen=True, slots=True)
class BonusAccount:
    """A partner's bonuses on a day, the latest first."""

    bonuses: tuple[Bonus, ...]
    currency: str

    @property
    def valid(self) -> list[Bonus]:
        """Those that can be used, the one that expires first at the head."""
        usable = [bonus for bonus in self.bonuses if bonus.state == VALID]
        return sorted(usable, key=lambda bonus: (bonus.grant.valid_to, bonus.grant.pk))

    @property
    def left(self) -> Decimal:
        """What can be used of all together."""
        return sum((bonus.left for bonus in self.valid), Decimal(0))


def all_grants() -> "QuerySet[BonusGrant]":
    """All grants with `remaining_minor`: what the ledger has left in the lot of each."""
    lot = Lot.objects.filter(
        account__owner=OuterRef("partner__key"), account__unit=OuterRef("kind"), ident=OuterRef("uid")
    )
    return BonusGrant.objects.select_related("partner").annotate(
        remaining_minor=Coalesce(Subquery(lot.values("remaining")[:1]), 0),
        expired_minor=Coalesce(Subquery(lot.values("expired")[:1]), 0),
        used_minor=F("amount_minor") - F("cancelled_minor") - F("remaining_minor") - F("expired_minor"),
    )


def with_something_left() -> "QuerySet[BonusGrant]":
    """The grants of which the ledger has something left."""
    return all_grants().filter(Q(remaining_minor__gt=0))


def bonus_of(grant: BonusGrant, day: date) -> Bonus:
    """A grant of `all_grants` as it stands on a day."""
    remaining: int = grant.remaining_minor  # type: ignore[attr-defined]
    expired: int = grant.expired_minor  # type: ignore[attr-defined]
    used: int = grant.used_minor  # type: ignore[attr-defined]
    over = grant.valid_to < day
    state = CANCELLED if grant.cancelled_at else EXPIRED if over else USED if not remaining else VALID
    if state == EXPIRED and not remaining + expired:
        state = USED
    left = remaining if state == VALID else 0
    lapsed = remaining + expired if over else expired
    return Bonus(grant, state, major_of(left), major_of(used), major_of(lapsed))


def account_of(partner: Partner, day: date) -> BonusAccount:
    """All bonuses of a partner, as they stand on a day."""
    grants = all_grants().filter(partner=partner, granted_on__lte=day)
    return BonusAccount(tuple(bonus_of(grant, day) for grant in grants), current_rulebook().currency)


def grant_with(uid: str) -> BonusGrant:
    """One grant. Raises NotFound."""
    found = all_grants().filter(uid=uid).first()
    if found is None:
        raise NotFound(_("There is no such bonus."))
    return found


def kickstart_of(standing: Standing, day: date) -> KickstartState | None:
    """How far a partner is with the kickstart bonus; None in a program without one."""
    accepted = [day_of(step["on"]) for step in standing.answer["transitions"] if step["cause"] == "accepted"]
    return kickstart_state(
        happenings_of(standing.partner, day),
        accepted_on=accepted[-1] if accepted else None,
        is_active=standing.state == State.ACTIVE,
        today=day,
        rulebook=current_rulebook(),
    )


def has_kickstart(partner: Partner) -> bool:
    """Whether it was given the kickstart bonus, whatever became of it."""
    return BonusGrant.objects.filter(partner=partner, kind=BonusKind.KICKSTART).exists()


def balances(partners: Iterable[Partner], kind: BonusKind, day: date) -> dict[int, Decimal]:
    """What some partners can use of a kind of bonus on a day, by primary key."""
    partners = list(partners)
    found = dict.fromkeys((partner.pk for partner in partners), Decimal(0))
    for grant in all_grants().filter(partner__in=partners, kind=kind):
        found[grant.partner_id] += bonus_of(grant, day).left
    return found


def explain_grant(grant: BonusGrant) -> Explanation:
    """Why a bonus was given, of what amount, for how long."""
    inputs = [(_("Amount"), money_text(major_of(grant.amount_minor), grant.currency))]
    if grant.kind == BonusKind.KICKSTART:
        inputs += _kickstart_inputs(grant)
        rule = _("Given once, as soon as all of it is shown; valid for a while after the acceptance.")
    else:
        inputs += [(_("Reason"), grant.reason), (_("Given by"), grant.granted_by_name)]
        rule = _("Given to a yearly winner; valid to the end of the year in which it was credited.")
    return Explanation(
        title=str(grant.get_kind_display()),
        rule=f"{clause_words(grant.clause)}. {rule}",
        inputs=inputs,
        result=_("Valid to %(day)s") % {"day": day_text(grant.valid_to)},
        clause=grant.clause,
        rulebook=f"{grant.rulebook_name} {grant.rulebook_version}",
        day=grant.granted_on,
    )


def _kickstart_inputs(grant: BonusGrant) -> list[tuple[str, str]]:
    facts = grant.facts
    named = [(_("Applied"), facts.get("applied_on")), (_("Accepted"), facts.get("accepted_on"))]
    named += [(requirement_words(name), day) for name, day in facts.get("requirements", ())]
    return [(words, day_text(day)) for words, text in named if (day := day_of(text))]
