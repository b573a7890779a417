"""Giving bonuses and taking them back (T9a, T10)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from honeyguide.accounts.actor import Actor
from honeyguide.accounts.models import Role
from honeyguide.bonuses import queries
from honeyguide.bonuses.models import REASON_MAX_CHARS, BonusGrant, BonusKind
from honeyguide.bonuses.rules import KickstartState, award_valid_to, fits_award, major_of, minor_of
from honeyguide.common.clock import program_day
from honeyguide.common.errors import Forbidden, Invalid, NotFound, Refusal, Stale
from honeyguide.common.ids import is_id, new_id
from honeyguide.common.local import money_text
from honeyguide.common.rulebooks import current_rulebook
from honeyguide.history.services import note
from honeyguide.ledger import services as ledger
from honeyguide.notices.services import send
from honeyguide.partners.models import Partner
from honeyguide.program.rulebook.bonus_sections import AwardBonus
from honeyguide.standing.models import Standing, State
from honeyguide.standing.queries import standing_on
from honeyguide.standing.services import lock

ROLES = frozenset({Role.MANAGER.value, Role.ADMIN.value})
"""Who gives award bonuses and takes bonuses back."""
PARTNERS_MOST = 200
TOKEN_PREFIX = "frm"  # noqa: S105 - the prefix of an id, no secret


@dataclass(frozen=True, slots=True)
class Effect:
    """What an award bonus would do for one partner."""

    partner: Partner
    before: Decimal
    after: Decimal
    valid_to: date


def grant_kickstarts(*, partners: Collection[str], actor: Actor, now: datetime) -> list[BonusGrant]:
    """Give the kickstart bonus to those of some partners to whom it is due now, and who have not had it (T9a).

    Each in a transaction of its own. Can be repeated: it is given once.
    """
    day = program_day(now)
    had = BonusGrant.objects.filter(kind=BonusKind.KICKSTART).values("partner")
    candidates = Partner.objects.filter(key__in=partners).exclude(pk__in=had).order_by("key")
    given = [_kickstart(partner, day, actor=actor, now=now) for partner in candidates]
    return [grant for grant in given if grant is not None]


def _kickstart(partner: Partner, day: date, *, actor: Actor, now: datetime) -> BonusGrant | None:
    with transaction.atomic():
        lock({partner.key})
        if queries.has_kickstart(partner):
            return None
        standing = standing_on(partner, day)
        state = None if standing is None else queries.kickstart_of(standing, day)
        if state is None or not state.is_due or state.valid_to is None:
            return None
        grant = _grant(
            partner,
            BonusKind.KICKSTART,
            amount=state.rule.amount,
            valid_to=state.valid_to,
            clause=state.rule.clause,
            natural_key=f"kickstart:{partner.key}",
            facts=_facts(state),
            actor=actor,
            now=now,
        )
        _tell(grant, "bonus_kickstart", actor, now)
    return grant


def _facts(state: KickstartState) -> dict[str, Any]:
    def text(day: date | None) -> str | None:
        return None if day is None else day.isoformat()

    return {
        "applied_on": text(state.applied_on),
        "accepted_on": text(state.accepted_on),
        "met_on": text(state.met_on),
        "requirements": [[name, text(day)] for name, day in state.requirements],
    }


def award(
    *, partners: Sequence[str], amount: Decimal, reason: str, token: str, actor: Actor, now: datetime
) -> list[BonusGrant]:
    """Give an award bonus of one amount to one or many winners, all or none (T10).

    `partners`: their keys; `token`: an id that the form got when it was shown; sent twice, it gives once. Managers and
    administrators. Raises Forbidden, Invalid, NotFound; Refusal where the program has no such bonus.
    """
    _check_role(actor)
    rule, reason = _checked(partners, amount, reason, token)
    with transaction.atomic():
        winners = lock(set(partners))
        before = list(BonusGrant.objects.filter(natural_key__startswith=f"award:{token}:").select_related("partner"))
        if before:
            _check_same(before, winners, amount, reason)
            return before
        _check_active(winners)
        valid_to = award_valid_to(program_day(now), rule)
        grants = [
            _grant(
                partner,
                BonusKind.AWARD,
                amount=amount,
                valid_to=valid_to,
                clause=rule.clause,
                natural_key=f"award:{token}:{partner.key}",
                reason=reason,
                actor=actor,
                now=now,
            )
            for partner in winners.values()
        ]
        for grant in grants:
            _tell(grant, "bonus_award", actor, now)
    return grants


def effects(*, partners: Sequence[str], amount: Decimal, reason: str, token: str, now: datetime) -> list[Effect]:
    """What `award` would do, partner by partner, with the same checks. Nothing is changed."""
    rule, _reason = _checked(partners, amount, reason, token)
    winners = {partner.key: partner for partner in Partner.objects.filter(key__in=partners).order_by("key")}
    if missing := sorted(set(partners) - winners.keys()):
        raise NotFound(_("There is no partner %(key)s.") % {"key": missing[0]})
    _check_active(winners)
    day = program_day(now)
    before = queries.balances(winners.values(), BonusKind.AWARD, day)
    valid_to = award_valid_to(day, rule)
    return [Effect(one, before[one.pk], before[one.pk] + amount, valid_to) for one in winners.values()]


def cancel(*, uid: str, reason: str, actor: Actor, now: datetime) -> BonusGrant:
    """Take back what is left of a bonus (T9b: abuse; or it was given by mistake). Managers and administrators.

    Raises Forbidden, Invalid without a reason, NotFound, Stale if it was cancelled, Refusal if nothing is left.
    """
    _check_role(actor)
    reason = _reason(reason)
    day = program_day(now)
    with transaction.atomic():
        lock({queries.grant_with(uid).partner.key})
        grant = queries.grant_with(uid)
        if grant.cancelled_at is not None:
            raise Stale(_("%(who)s has cancelled this bonus already.") % {"who": grant.cancelled_by_name})
        left = minor_of(queries.bonus_of(grant, day).left)
        if not left:
            raise Refusal(_("Nothing is left of this bonus: there is nothing to cancel."))
        ledger.cancel(
            unit=grant.kind,
            owner=grant.partner.key,
            ident=grant.uid,
            points=left,
            key=f"cancel:{grant.uid}",
            day=day,
            now=now,
            actor=actor,
            reference=grant.uid,
            reason=reason,
        )
        grant.cancelled_at, grant.cancelled_by_name, grant.cancel_reason = now, actor.name, reason
        grant.cancelled_minor = left
        grant.save(update_fields=["cancelled_at", "cancelled_by_name", "cancel_reason", "cancelled_minor"])
        _note("bonus.cancelled", grant, actor, now, {"taken_back": str(major_of(left)), "reason": reason})
        _tell(grant, "bonus_cancelled", actor, now)
    return grant


def remind(*, day: date, actor: Actor, now: datetime) -> int:
    """Tell partners which bonuses are about to expire, at the rulebook's days before (G4.5). Gives how many notices.

    Each reminder is sent once; one that was missed is not made up for when the next one is due.
    """
    notices = current_rulebook().points.notices
    if notices is None:
        return 0
    last = day + timedelta(days=max(notices.before_days))
    due = queries.with_something_left().filter(valid_to__gte=day, valid_to__lt=last, cancelled_at=None)
    sent = 0
    for grant in due:
        left_days = (grant.valid_to - day).days + 1
        before = min(days for days in notices.before_days if days >= left_days)
        if grant.reminded_days is not None and grant.reminded_days <= before:
            continue
        with transaction.atomic():
            mark = BonusGrant.objects.filter(pk=grant.pk, reminded_days=grant.reminded_days)
            if mark.update(reminded_days=before):
                _tell(grant, "bonus_expiring", actor, now, left=queries.bonus_of(grant, day).left)
                sent += 1
    return sent


def _grant(
    partner: Partner,
    kind: BonusKind,
    *,
    amount: Decimal,
    valid_to: date,
    clause: str,
    natural_key: str,
    actor: Actor,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
    reason: str = "",
) -> BonusGrant:
    rulebook, day = current_rulebook(), program_day(now)
    grant = BonusGrant.objects.create(
        uid=new_id("bon", now),
        natural_key=natural_key,
        partner=partner,
        kind=kind,
        amount_minor=minor_of(amount),
        currency=rulebook.currency,
        granted_on=day,
        valid_to=valid_to,
        clause=clause,
        rulebook_name=rulebook.name,
        rulebook_version=rulebook.version,
        facts=dict(facts or {}),
        reason=reason,
        granted_by=actor.user,
        granted_by_name=actor.name,
        granted_at=now,
    )
    ledger.award(
        unit=kind.value,
        owner=partner.key,
        points=grant.amount_minor,
        key=f"grant:{grant.uid}",
        ident=grant.uid,
        day=day,
        expires_on=valid_to + timedelta(days=1),
        source=kind.value,
        reference=grant.uid,
        reason=reason,
        now=now,
        actor=actor,
    )
    _note("bonus.granted", grant, actor, now, {"valid_to": valid_to.isoformat(), "reason": reason})
    return grant


def _note(kind: str, grant: BonusGrant, actor: Actor, now: datetime, about: Mapping[str, Any]) -> None:
    given = {
        "bonus": grant.uid,
        "kind": grant.kind,
        "amount": str(major_of(grant.amount_minor)),
        "currency": grant.currency,
        "clause": grant.clause,
        "rulebook": f"{grant.rulebook_name} {grant.rulebook_version}",
    }
    note(kind, actor=actor, now=now, partner=grant.partner.key, about=given | dict(about))


def _tell(grant: BonusGrant, kind: str, actor: Actor, now: datetime, **more: Any) -> None:
    context = {
        "amount": major_of(grant.amount_minor),
        "currency": grant.currency,
        "valid_to": grant.valid_to,
        "clause": grant.clause,
        "reason": grant.cancel_reason or grant.reason,
        "taken_back": major_of(grant.cancelled_minor),
        "requirements": [tuple(row) for row in grant.facts.get("requirements", ())],
        "accepted_on": grant.facts.get("accepted_on"),
        "bonus": grant.get_kind_display(),
        **more,
    }
    send(
        partner=grant.partner, kind=kind, context=context, actor=actor, now=now,
        deadline=grant.valid_to if kind == "bonus_expiring" else None, link=reverse("portal:points_bonuses"),
    )  # fmt: skip


def _check_role(actor: Actor) -> None:
    if actor.role not in ROLES:
        raise Forbidden(_("Partner managers and administrators give bonuses and take them back."))


def _checked(partners: Sequence[str], amount: Decimal, reason: str, token: str) -> tuple[AwardBonus, str]:
    """What can be said of a wish by itself. Gives the rule and the reason."""
    bonuses = current_rulebook().bonuses
    if bonuses is None or bonuses.award is None:
        raise Refusal(_("The rulebook in force has no award bonus."))
    if not is_id(TOKEN_PREFIX, token):
        raise Invalid(_("This form is damaged. Open it again."))
    rule, fields = bonuses.award, {}
    if not 0 < len(set(partners)) <= PARTNERS_MOST:
        fields["partners"] = _("Choose 1 to %(most)s companies.") % {"most": PARTNERS_MOST}
    if not fits_award(amount, rule):
        least, most = (money_text(each, short=True) for each in (rule.least_amount, rule.most_amount))
        fields["amount"] = _("Expected an amount from %(least)s to %(most)s.") % {"least": least, "most": most}
    try:
        reason = _reason(reason)
    except Invalid as invalid:
        fields |= invalid.fields
    if fields:
        raise Invalid(_("This bonus cannot be given like that."), fields=fields)
    return rule, reason


def _reason(reason: str) -> str:
    reason = reason.strip()
    if not 0 < len(reason) <= REASON_MAX_CHARS:
        said = _("Say why, in up to %(most)s characters.") % {"most": REASON_MAX_CHARS}
        raise Invalid(_("A reason is needed."), fields={"reason": said})
    return reason


def _check_active(winners: Mapping[str, Partner]) -> None:
    active = set(
        Standing.objects.filter(partner__in=winners.values(), state=State.ACTIVE).values_list("partner_id", flat=True)
    )
    others = [partner.name for partner in winners.values() if partner.pk not in active]
    if others:
        said = _("Not active in the program: %(companies)s.") % {"companies": ", ".join(others)}
        raise Invalid(said, fields={"partners": said})


def _check_same(before: Sequence[BonusGrant], winners: Mapping[str, Partner], amount: Decimal, reason: str) -> None:
    same = {grant.partner.key for grant in before} == set(winners)
    if not same or any((grant.amount_minor, grant.reason) != (minor_of(amount), reason) for grant in before):
        raise Stale(_("This form was used for another bonus already. Open it again."))
