"""Claims for activities: handed in by a partner, decided by the team; an approval grants points at once (T4.1)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from honeyguide.accounts.actor import Actor
from honeyguide.common.clock import program_day
from honeyguide.common.errors import Invalid, Refusal
from honeyguide.common.ids import new_id
from honeyguide.common.links import link_problem
from honeyguide.common.local import day_text, whole_text
from honeyguide.earning import limits, queries, rules
from honeyguide.earning.files_in import Files, attach, check_files
from honeyguide.earning.models import Claim, ClaimState
from honeyguide.files.checking import what_is_taken
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
from honeyguide.program.rulebook.earning import EarningActivity
from honeyguide.standing.queries import standing_on
from honeyguide.standing.services import lock, locked, tell

DESK = Desk(Claim.objects.all, Q(state=ClaimState.WAITING))


def submit(
    *,
    partner: Partner,
    activity: str,
    link: str = "",
    text: str = "",
    files: Files = (),
    form_token: str,
    actor: Actor,
    now: datetime,
) -> Claim:
    """Ask for the points of an activity, with all the evidence that it asks for (T4.1). The same form: the same claim.

    Raises NotFound for an activity that the rulebook has not, Invalid with the bad fields, Forbidden for anybody but
    the partner's own people, Refusal when the partner is not active or the limit of the period is reached.
    """
    check_own(actor, partner)
    form_token = token_in(form_token)
    rule = queries.activity_named(plain(activity))
    link, text = plain(link), plain(text)
    _check_proofs(rule, link, text, files)
    uploads = check_files(files)
    with transaction.atomic():
        lock({partner.key})
        before = Claim.objects.filter(partner=partner, form_token=form_token).first()
        if before is not None:
            return before
        if not queries.may_earn(standing_on(partner, program_day(now))):
            raise Refusal(_("Points are given to active partners. Your company is not one at present."))
        check_room(partner, activity, rule, now)
        claim = Claim.objects.create(
            uid=new_id("acl", now),
            partner=partner,
            activity=activity,
            kind=rule.kind,
            link=link,
            text=text,
            form_token=form_token,
            submitted_by=actor.user,
            submitted_at=now,
        )
        attach(uploads, partner=partner, user=actor.user, now=now, claim=claim)
        note("claim.submitted", actor=actor, now=now, partner=partner.key, about=_about(claim), ident=claim.uid)
    return claim


def _check_proofs(rule: EarningActivity, link: str, text: str, files: Files) -> None:
    problems: dict[str, str] = {}
    if (link or "link" in rule.proofs) and (problem := link_problem(link, limits.LINK_MAX_CHARS)):
        problems["link"] = problem
    if "file" in rule.proofs and not files:
        problems["file"] = _("Choose a file: %(taken)s.") % {"taken": what_is_taken()}
    if "text" in rule.proofs and not text:
        problems["text"] = _("Describe what you have done, and where it can be seen.")
    if len(text) > limits.TEXT_MAX_CHARS:
        problems["text"] = _("The text is too long: expected at most %(high)s characters.") % {
            "high": limits.TEXT_MAX_CHARS
        }
    if problems:
        raise Invalid(" ".join(problems.values()), fields=problems)


def check_room(partner: Partner, name: str, rule: EarningActivity, now: datetime, *, but: str = "") -> None:
    """Raise Refusal when the limit of awards of a period is reached. `but`: the claim that is decided on."""
    room = queries.room_for(partner, name, rule, program_day(now), but=but)
    if but:  # others that wait do not stand in the way of the one that is decided on
        room = rules.Room(room.most, room.used, 0, room.free_on)
    if room.is_open:
        return
    figures = {"most": room.most, "months": rule.most_months}
    if room.free_on is None:
        raise Refusal(
            _(
                "The limit is reached: at most %(most)s awards in %(months)s months, and yours wait for a decision. "
                "You can hand in another when one of them was decided."
            )
            % figures
        )
    raise Refusal(
        _("The limit is reached: at most %(most)s awards in %(months)s months. The next one is possible on %(day)s.")
        % {**figures, "day": day_text(room.free_on)}
    )


def withdraw(*, uid: str, partner: Partner, actor: Actor, now: datetime) -> Claim:
    """The partner takes back what waits. Again: the same answer. Raises NotFound, Forbidden, Stale."""
    check_own(actor, partner)
    with transaction.atomic():
        claim = locked(queries.claim_with(uid, partner))
        if take_back(claim):
            note("claim.taken_back", actor=actor, now=now, partner=partner.key, about=_about(claim), ident=uid)
    return claim


def approve(*, uid: str, points: int | None, actor: Actor, now: datetime, internal_note: str = "") -> Claim:
    """Grant the points of an activity: `points.granted` is recorded, and they can be spent at once (T4.1).

    `points`: within the activity's range; None for a fixed value. Raises NotFound, Forbidden, Invalid for points
    outside the range, Refusal when the limit of the period is reached or the partner is not active, and Stale for the
    second of two deciders.
    """

    def follow(claim: Claim) -> None:
        queries.check_may_earn(claim.partner, now)
        rule = queries.activity_named(claim.activity)
        claim.points = _points_in(rule, points)
        check_room(claim.partner, claim.activity, rule, now, but=claim.uid)
        award = {"award": claim.uid, "points": claim.points, "activity": claim.kind, "reason": rule.title}
        tell(
            [{"type": "points.granted", "id": claim.uid, "partner": claim.partner.key, "at": now, **award}],
            actor=actor,
            now=now,
        )

    return _decide(uid, ClaimState.APPROVED, follow, actor, now, note=internal_note)


def _points_in(rule: EarningActivity, points: int | None) -> int:
    least, most = rules.span(rule)
    if points is None and least == most:
        return least
    if points is None or not least <= points <= most:
        message = _("Expected %(least)s to %(most)s points for this activity.") % {
            "least": whole_text(least),
            "most": whole_text(most),
        }
        raise Invalid(message, fields={"points": message})
    return points


def refuse(*, uid: str, reason: str, actor: Actor, now: datetime, internal_note: str = "") -> Claim:
    """Refuse a claim, with a reason for the partner, who can hand in anew. Raises as approve, and Invalid."""
    said = {"reason": reason_in(reason), "note": internal_note}
    return _decide(uid, ClaimState.REFUSED, lambda _claim: None, actor, now, **said)


def _decide(
    uid: str, state: ClaimState, follow: Callable[[Claim], None], actor: Actor, now: datetime, **said: str
) -> Claim:
    check_decider(actor)
    with transaction.atomic():
        claim = locked(queries.claim_with(uid))
        if is_done(claim, state, actor):
            return claim
        follow(claim)
        decide(claim, state, actor=actor, now=now, also=["points"], **said)
        note(f"claim.{state.value}", actor=actor, now=now, partner=claim.partner.key, about=_about(claim), ident=uid)
        send(
            partner=claim.partner,
            kind=f"claim_{state.value}",
            context={"activity": claim.activity, "points": claim.points, "reason": claim.reason},
            actor=actor,
            now=now,
            link=reverse("portal:points_earn_claims"),
        )
    return claim


def _about(claim: Claim) -> dict[str, Any]:
    about: dict[str, Any] = {"claim": claim.uid, "activity": claim.activity}
    if claim.points is not None:
        about["points"] = claim.points
    return {**about, "reason": claim.reason} if claim.reason else about
