"""Licences not for resale (T8): claimed by a partner, granted by the team, over when their time is."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from honeyguide.accounts.actor import Actor
from honeyguide.common.clock import program_day
from honeyguide.common.errors import Invalid, Refusal, Stale
from honeyguide.common.ids import new_id
from honeyguide.common.local import day_text
from honeyguide.common.rulebooks import current_rulebook
from honeyguide.history.services import note
from honeyguide.notices.services import send
from honeyguide.partners.deciding import (
    Desk,
    check_decider,
    check_own,
    decide,
    is_done,
    plain,
    reason_in,
    take_back,
    token_in,
)
from honeyguide.partners.models import Partner
from honeyguide.program.rulebook.sections import NfrLicence
from honeyguide.requirements import limits, queries, rules
from honeyguide.requirements.models import NfrClaim, NfrProduct, NfrState, NfrUse
from honeyguide.standing.models import Standing
from honeyguide.standing.queries import standing_on
from honeyguide.standing.services import lock, locked, tell

_HOST = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+", re.ASCII)
_TERM = ("key", "granted_on", "ends_on")
DESK = Desk(NfrClaim.objects.all, Q(state=NfrState.WAITING))


def claim(
    *, partner: Partner, product: str, account: str, use: str, agreed: bool, form_token: str, actor: Actor,
    now: datetime,
) -> NfrClaim:  # fmt: skip
    """Ask for a licence (T8.1, T8.2). The same form again gives the same claim.

    `account`: the address of the cloud account, or the e-mail for the key; `agreed`: to use it inside the company or
    for demonstrations only (T8). Raises Invalid with the bad fields, Forbidden for anybody but the partner's own
    people, Refusal when the status allows no more.
    """
    check_own(actor, partner)
    form_token = token_in(form_token)
    account = _clean(product, account, use, agreed=agreed)
    with transaction.atomic():
        lock({partner.key})
        before = NfrClaim.objects.filter(partner=partner, form_token=form_token).first()
        if before is not None:
            return before
        figures = _check_room(partner, product, now)
        _check_account(product, account, figures, program_day(now))
        made = NfrClaim.objects.create(
            uid=new_id("nfr", now),
            partner=partner,
            product=product,
            account=account,
            use=use,
            agreed_at=now,
            form_token=form_token,
            submitted_by=actor.user,
            submitted_at=now,
        )
        about = {**_about(made), "use": use, "agreed": True, "clause": _clause_of_use()}
        note("nfr.requested", actor=actor, now=now, partner=partner.key, about=about, ident=made.uid)
    return made


def _clause_of_use() -> str:
    nfr = current_rulebook().nfr
    return nfr.clause if nfr is not None else ""


def _clean(product: str, account: str, use: str, *, agreed: bool) -> str:
    """The account in the form in which it is kept. Raises Invalid with the bad fields."""
    problems: dict[str, str] = {}
    if product not in NfrProduct.values:
        problems["product"] = _("Choose what you claim.")
    if use not in NfrUse.values:
        problems["use"] = _("Choose what you will use it for.")
    if not agreed:
        problems["agreed"] = _("It can be had only for use inside your company and for demonstrations: agree to that.")
    cleaned = plain(account).lower()
    if product == NfrProduct.CLOUD:
        cleaned = re.sub(r"^https?://", "", cleaned).partition("/")[0]
        if not _HOST.fullmatch(cleaned) or len(cleaned) > limits.ACCOUNT_MAX_CHARS:
            problems["account"] = _("Give the address of your cloud account, as company.example.com.")
    elif not _is_email(cleaned):
        problems["account"] = _("Give the e-mail to which the key is sent.")
    if problems:
        raise Invalid(" ".join(problems.values()), fields=problems)
    return cleaned


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= limits.ACCOUNT_MAX_CHARS


def _check_room(partner: Partner, product: str, now: datetime, *, granting: bool = False) -> NfrLicence:
    """Whether the status allows one more (T3.1.1b, T3.1.2c, T3.1.3c); for granting, the claim itself does not count."""
    day = program_day(now)
    rooms = queries.rooms_of(partner, standing_on(partner, day), day)
    room = next((found for found in rooms if found.product == product), None)
    if room is None:
        raise Refusal(_("The program gives no such licences."))
    if room.allowed == 0:
        raise Refusal(_("The present status brings no licence of this kind."))
    if room.free + granting <= 0 or (granting and room.running >= room.allowed):
        raise Refusal(
            _("The status allows %(allowed)s of these licences; %(running)s in use, %(waiting)s claimed.")
            % {"allowed": room.allowed, "running": room.running, "waiting": room.waiting}
        )
    return room.figures


def _check_account(product: str, account: str, figures: NfrLicence, day: date, claim_uid: str = "") -> None:
    """An account is claimed once, here or in what a history brought.

    And it has never bought anything, as far as the history shows it (T8.1). Raises Invalid.
    """
    if product != NfrProduct.CLOUD:
        return
    live = NfrClaim.objects.filter(product=product, account=account, state__in=[NfrState.WAITING, NfrState.GRANTED])
    message = ""
    if live.exclude(uid=claim_uid).exists() or queries.is_brought(account, day):
        message = _("This account is claimed already.")
    elif figures.unpaid_accounts_only and queries.purchase_of(account) is not None:
        message = _("This account has bought a subscription before: only an account that never bought can be claimed.")
    if message:
        raise Invalid(message, fields={"account": message})


def withdraw(*, uid: str, partner: Partner, actor: Actor, now: datetime) -> NfrClaim:
    """The partner takes back a claim that waits. Again: the same answer. Raises NotFound, Forbidden, Stale."""
    check_own(actor, partner)
    with transaction.atomic():
        found = locked(queries.claim_with(uid, partner))
        if take_back(found):
            note("nfr.taken_back", actor=actor, now=now, partner=partner.key, about=_about(found), ident=uid)
    return found


def grant(*, uid: str, actor: Actor, now: datetime, key: str = "", internal_note: str = "") -> NfrClaim:
    """Give the licence: `nfr.claimed` is recorded, its time begins, and the status follows (T3.1.1a, T8.1, T8.2).

    `key`: the activation key, for one that has one; shown to the partner. Raises NotFound, Forbidden, Refusal when the
    status no longer allows it, Invalid, and Stale for the second of two deciders.
    """

    def fill(found: NfrClaim) -> None:
        figures = _check_room(found.partner, found.product, now, granting=True)
        _check_account(found.product, found.account, figures, program_day(now), found.uid)
        if len(plain(key)) > limits.KEY_MAX_CHARS:
            message = _("The key is too long: expected at most %(high)s characters.") % {"high": limits.KEY_MAX_CHARS}
            raise Invalid(message, fields={"key": message})
        found.key, found.granted_on = plain(key), program_day(now)
        found.ends_on = rules.end_of(found.granted_on, figures)

    return _decide(uid, NfrState.GRANTED, fill, actor, now, note=internal_note)


def decline(*, uid: str, reason: str, actor: Actor, now: datetime, internal_note: str = "") -> NfrClaim:
    """Refuse a claim, with a reason for the partner. Raises as grant, and Invalid without a reason."""
    said = {"reason": reason_in(reason), "note": internal_note}
    return _decide(uid, NfrState.DECLINED, lambda _found: None, actor, now, **said)


def _decide(
    uid: str, state: NfrState, fill: Callable[[NfrClaim], None], actor: Actor, now: datetime, **said: str
) -> NfrClaim:
    check_decider(actor)
    with transaction.atomic():
        found = locked(queries.claim_with(uid))
        if is_done(found, state, actor):
            return found
        fill(found)
        decide(found, state, actor=actor, now=now, also=_TERM, **said)
        if state == NfrState.GRANTED:
            event = {"type": "nfr.claimed", "id": uid, "partner": found.partner.key, "at": now}
            tell([{**event, "product": found.product, "account": found.account}], actor=actor, now=now)
        note(f"nfr.{state.value}", actor=actor, now=now, partner=found.partner.key, about=_about(found), ident=uid)
        _send(f"nfr_{state.value}", found, actor, now, reason=found.reason)
    return found


def extend(*, uid: str, actor: Actor, now: datetime) -> NfrClaim:
    """Extend a licence ahead of its end, for a status that has extensions (T8.1, T8.2).

    Raises NotFound, Forbidden, Stale for one that does not run, Refusal when it is too early or not allowed.
    """
    check_decider(actor)
    day = program_day(now)
    with transaction.atomic():
        found = locked(queries.claim_with(uid))
        term = _term_of(found, standing_on(found.partner, day), day)
        if term is None or not term.runs:
            raise Stale(_("This licence does not run any more."))
        if not term.will_be_extended:
            raise Refusal(_("The present status has no extensions for this licence."))
        if not may_extend(term, day):
            first = day_text(term.ends_on - timedelta(days=limits.NFR_NOTICE_DAYS))
            raise Refusal(_("It can be extended from %(first)s on.") % {"first": first})
        _extend(found, term.extensions + 1, actor, now)
    return found


def may_extend(term: rules.Term, day: date) -> bool:
    """Whether a licence can be extended ahead of its end on a day."""
    return term.will_be_extended and day >= term.ends_on - timedelta(days=limits.NFR_NOTICE_DAYS)


def give_back(*, uid: str, reason: str, actor: Actor, now: datetime) -> NfrClaim:
    """End a licence before its time: it was given back, or taken back. Raises NotFound, Forbidden, Stale, Invalid."""
    check_decider(actor)
    reason = reason_in(reason)
    with transaction.atomic():
        found = locked(queries.claim_with(uid))
        if found.state == NfrState.RETURNED:
            return found
        if found.state != NfrState.GRANTED:
            raise Stale(_("This licence does not run any more."))
        found.reason = reason
        _close(found, NfrState.RETURNED, program_day(now), rules.RETURNED, actor, now)
    return found


def settle(*, partner: Partner, day: date, actor: Actor, now: datetime) -> list[NfrClaim]:
    """Write down what has become of a partner's licences by the end of a day: extended, over, or soon over.

    Gives those that changed. Running it again changes nothing.
    """
    with transaction.atomic():
        lock({partner.key})
        standing = standing_on(partner, day)
        changed = []
        for licence in queries.licences_of(partner, standing, day):
            found, term = licence.claim, licence.term
            if found is None or found.state != NfrState.GRANTED:
                continue
            if not term.runs:
                _close(found, NfrState.ENDED, term.ends_on, term.closed_because, actor, now)
            elif term.extensions > found.extensions:
                _extend(found, term.extensions, actor, now)
            elif _is_to_be_told(found, term, day):
                found.warned_for = term.ends_on
                found.save(update_fields=["warned_for"])
                _send("nfr_ending", found, actor, now)
            else:
                continue
            changed.append(found)
    return changed


def _is_to_be_told(found: NfrClaim, term: rules.Term, day: date) -> bool:
    soon = day >= term.ends_on - timedelta(days=limits.NFR_NOTICE_DAYS)
    return soon and not term.will_be_extended and found.warned_for != term.ends_on


def _term_of(found: NfrClaim, standing: Standing | None, day: date) -> rules.Term | None:
    licences = queries.licences_of(found.partner, standing, day)
    return next((one.term for one in licences if one.claim is not None and one.claim.pk == found.pk), None)


def _extend(found: NfrClaim, extensions: int, actor: Actor, now: datetime) -> None:
    figures = rules.licence_of(current_rulebook(), found.product)
    assert figures is not None, found.uid
    assert found.granted_on is not None, found.uid
    found.extensions, found.ends_on = extensions, rules.end_of(found.granted_on, figures, extensions)
    found.save(update_fields=["extensions", "ends_on"])
    about = {**_about(found), "ends_on": found.ends_on.isoformat()}
    note("nfr.extended", actor=actor, now=now, partner=found.partner.key, about=about, ident=found.uid)
    _send("nfr_extended", found, actor, now)


def _close(found: NfrClaim, state: NfrState, on: date, cause: str, actor: Actor, now: datetime) -> None:
    found.state, found.closed_on, found.closed_because, found.ends_on = state, on, cause, on
    found.save(update_fields=["state", "closed_on", "closed_because", "ends_on", "reason"])
    about = {**_about(found), "on": on.isoformat(), "because": cause}
    note(f"nfr.{state.value}", actor=actor, now=now, partner=found.partner.key, about=about, ident=found.uid)
    _send("nfr_ended", found, actor, now, reason=found.reason, because=cause)


def _about(found: NfrClaim) -> dict[str, Any]:
    about = {"claim": found.uid, "product": found.product, "account": found.account}
    return {**about, "reason": found.reason} if found.reason else about


def _send(kind: str, found: NfrClaim, actor: Actor, now: datetime, *, reason: str = "", because: str = "") -> None:
    context = {
        "product": found.product,
        "account": found.account,
        "key": bool(found.key),
        "reason": reason,
        "because": because,
        "ends_on": found.ends_on,
    }
    send(partner=found.partner, kind=kind, context=context, actor=actor, now=now, link=reverse("portal:nfr"))
