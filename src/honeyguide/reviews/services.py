"""Planning, moving, cancelling and recording business reviews (T3.1.3b)."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from honeyguide.accounts.actor import Actor
from honeyguide.accounts.models import Role, User
from honeyguide.common.clock import program_day
from honeyguide.common.errors import Forbidden, Invalid, NotFound, Refusal, Stale
from honeyguide.common.ids import new_id
from honeyguide.common.local import day_text, moment_text
from honeyguide.history.services import note
from honeyguide.notices.services import send
from honeyguide.partners.models import Partner
from honeyguide.reviews import queries
from honeyguide.reviews.calendar import attachment_of
from honeyguide.reviews.models import Answer, Attendee, BusinessReview, ReviewState, Side
from honeyguide.standing.models import State
from honeyguide.standing.queries import standing_on
from honeyguide.standing.services import lock, tell

ROLES = frozenset({Role.MANAGER.value, Role.ADMIN.value})
"""Who plans and records business reviews."""
MINUTES_LEAST, MINUTES_MOST = 15, 480
PLACE_MAX_CHARS, TEXT_MAX_CHARS, SUMMARY_MAX_CHARS, REASON_MAX_CHARS = 300, 4000, 8000, 500
AHEAD_MAX_DAYS = 730
ATTENDEES_MAX = 50
TOKEN_PREFIX = "rev"  # noqa: S105 - the prefix of an id, no secret
_TOKEN = re.compile(r"rev_[0-9a-hjkmnp-tv-z]{18}")


@dataclass(frozen=True, slots=True)
class Appointment:
    """When, where and about what: what can be changed later. `starts_at` is aware."""

    starts_at: datetime
    minutes_long: int
    place: str = ""
    agenda: str = ""


def schedule(
    *,
    partner: Partner,
    appointment: Appointment,
    people: Collection[User] = (),
    token: str = "",
    actor: Actor,
    now: datetime,
) -> BusinessReview:
    """Plan a business review and ask people to it; the partner gets a notice with the appointment (T3.1.3b).

    `people`: of the partner and the team; empty: all of the partner. `token`: an id that the form got when it was
    shown; sent twice, it plans once. Managers and administrators. Raises Forbidden, Invalid, Refusal.
    """
    _check_role(actor)
    with transaction.atomic():
        lock({partner.key})
        if token and not _TOKEN.fullmatch(token):
            raise Invalid(_("This form is damaged. Open it again."))
        planned = BusinessReview.objects.filter(uid=token).first() if token else None
        if planned is not None:
            if planned.partner_id != partner.pk:
                raise Invalid(_("This form is damaged. Open it again."))
            return planned
        _check(appointment, now)
        _check_partner(partner, appointment, now)
        review = BusinessReview.objects.create(
            uid=token or new_id("rev", now),
            partner=partner,
            starts_at=appointment.starts_at,
            minutes_long=appointment.minutes_long,
            place=appointment.place.strip(),
            agenda=appointment.agenda.strip(),
            organizer=actor.user,
            planned_at=now,
            changed_at=now,
        )
        _ask(review, people, actor)
        _record(review, "review.scheduled", actor, now)
        _tell(review, "business_review_scheduled", actor, now)
    return review


def reschedule(
    *, uid: str, appointment: Appointment, sequence: int | None = None, actor: Actor, now: datetime
) -> BusinessReview:
    """Move or change a planned review; answers to another time are asked for anew, calendars learn of it.

    `sequence`: of the review when the form was shown; Stale if it was changed since. An unchanged one stays as it is.
    """
    _check_role(actor)
    with transaction.atomic():
        review = _locked(uid)
        _check_planned(review)
        place, agenda = appointment.place.strip(), appointment.agenda.strip()
        before = (review.starts_at, review.minutes_long, review.place, review.agenda)
        if before == (appointment.starts_at, appointment.minutes_long, place, agenda):
            return review
        _check_sequence(review, sequence)
        _check(appointment, now)
        moved = review.starts_at != appointment.starts_at
        if moved:
            _check_partner(review.partner, appointment, now, but=review)
        review.starts_at, review.minutes_long = appointment.starts_at, appointment.minutes_long
        review.place, review.agenda = place, agenda
        review.sequence, review.changed_at = review.sequence + 1, now
        review.save(update_fields=["starts_at", "minutes_long", "place", "agenda", "sequence", "changed_at"])
        if moved:
            review.attendees.update(answer=Answer.OPEN, answered_at=None)
        _record(review, "review.moved", actor, now)
        _tell(review, "business_review_changed", actor, now)
    return review


def cancel(*, uid: str, reason: str, actor: Actor, now: datetime) -> BusinessReview:
    """Call a planned review off; calendars remove it (METHOD:CANCEL). A second time changes nothing."""
    _check_role(actor)
    reason = _bounded("reason", reason, REASON_MAX_CHARS, needed=True)
    with transaction.atomic():
        review = _locked(uid)
        if review.state == ReviewState.CANCELLED and review.cancel_reason == reason:
            return review
        _check_planned(review)
        review.state, review.cancel_reason = ReviewState.CANCELLED, reason
        review.sequence, review.changed_at = review.sequence + 1, now
        review.save(update_fields=["state", "cancel_reason", "sequence", "changed_at"])
        _record(review, "review.called_off", actor, now)
        _tell(review, "business_review_cancelled", actor, now)
    return review


def answer(*, review: BusinessReview, user: User, comes: bool, now: datetime) -> Attendee:
    """A person of the partner says whether they come. Anybody of the company may; those not asked are added."""
    with transaction.atomic():
        review = _locked(review.uid)
        _check_planned(review)
        if review.starts_at <= now:
            raise Refusal(_("It has begun: answers are closed."))
        attendee, _new = Attendee.objects.get_or_create(
            review=review, user=user, defaults={"side": _side(review, user)}
        )
        attendee.answer, attendee.answered_at = (Answer.YES if comes else Answer.NO), now
        attendee.save(update_fields=["answer", "answered_at"])
    return attendee


def record_attendance(
    *, uid: str, there: Collection[User], summary: str, changed_at: datetime | None = None, actor: Actor, now: datetime
) -> BusinessReview:
    """Record who was there, or correct it: held when somebody of the partner and of the team was, else missed.

    The requirement `qbr` follows (T3.1.3b, shown, not deciding): evidence is approved while the latest review that was
    to be held was attended, and withdrawn when it was not. `changed_at`: as the form showed it; Stale if older.
    """
    _check_role(actor)
    summary = _bounded("summary", summary, SUMMARY_MAX_CHARS)
    with transaction.atomic():
        review = _locked(uid)
        check_recordable(review, now)
        attended = {user.pk for user in there}
        if review.recorded_at is not None and _as_recorded(review, attended, summary):
            return review
        if changed_at is not None and review.changed_at > changed_at:
            raise _stale(review)
        for user in there:
            Attendee.objects.get_or_create(review=review, user=user, defaults={"side": _side(review, user)})
        sides = set()
        for attendee in review.attendees.all():
            attendee.was_there = attendee.user_id in attended
            attendee.save(update_fields=["was_there"])
            sides |= {attendee.side} if attendee.was_there else set()
        review.state = ReviewState.HELD if sides == {Side.PARTNER, Side.TEAM} else ReviewState.MISSED
        review.summary, review.recorded_by, review.recorded_at, review.changed_at = summary, actor.user, now, now
        review.save(update_fields=["state", "summary", "recorded_by", "recorded_at", "changed_at"])
        _record(review, "review.recorded", actor, now)
        _follow(review.partner, actor, now)
    return review


def check_recordable(review: BusinessReview, now: datetime) -> None:
    """Raise Refusal for a review of which there is nothing to record, or nothing yet."""
    if review.state == ReviewState.CANCELLED:
        raise Refusal(_("This business review was cancelled: there is nothing to record."))
    if review.starts_at > now:
        raise Refusal(_("It has not begun: record it afterwards."))


def _follow(partner: Partner, actor: Actor, now: datetime) -> None:
    """Bring the evidence in line with the latest recorded review. Call under the partner's lock."""
    latest = queries.latest_recorded(partner)
    wanted = latest is not None and latest.state == ReviewState.HELD
    if wanted != queries.has_evidence(partner):
        kind = "evidence.approved" if wanted else "evidence.withdrawn"
        event = {"type": kind, "partner": partner.key, "requirement": queries.EVIDENCE}
        event |= {"review": latest.uid} if latest is not None else {}
        tell([event], actor=actor, now=now)


def _check_role(actor: Actor) -> None:
    if actor.user is None and not actor.partner:
        return
    if actor.role not in ROLES or actor.partner:
        raise Forbidden(_("This is done by partner managers and administrators."))


def _check(appointment: Appointment, now: datetime) -> None:
    fields = {}
    if not now < appointment.starts_at <= now + timedelta(days=AHEAD_MAX_DAYS):
        fields["starts_at"] = _("Choose a time to come, within the next two years.")
    if not MINUTES_LEAST <= appointment.minutes_long <= MINUTES_MOST:
        fields["minutes_long"] = _("From %(least)s to %(most)s minutes.") % {
            "least": MINUTES_LEAST,
            "most": MINUTES_MOST,
        }
    for name, text, most in (
        ("place", appointment.place, PLACE_MAX_CHARS),
        ("agenda", appointment.agenda, TEXT_MAX_CHARS),
    ):
        if len(text.strip()) > most:
            fields[name] = _("At most %(most)s characters.") % {"most": most}
    if fields:
        raise Invalid(" ".join(fields.values()), fields=fields)


def _check_partner(
    partner: Partner, appointment: Appointment, now: datetime, but: BusinessReview | None = None
) -> None:
    standing = standing_on(partner, program_day(now))
    if standing is None or standing.state not in {State.ACTIVE, State.SUSPENDED}:
        raise Refusal(_("Business reviews are for partners of the program."))
    same = BusinessReview.objects.filter(partner=partner, state=ReviewState.PLANNED, starts_at=appointment.starts_at)
    clash = (same if but is None else same.exclude(pk=but.pk)).exists()
    if clash:
        words = _("A business review with this partner is planned for that time already.")
        raise Invalid(words, fields={"starts_at": words})


def _bounded(field: str, text: str, most: int, *, needed: bool = False) -> str:
    text = text.strip()
    if len(text) > most or (needed and not text):
        words = _("Needed: 1 to %(most)s characters.") if needed else _("At most %(most)s characters.")
        raise Invalid(words % {"most": most}, fields={field: words % {"most": most}})
    return text


def _locked(uid: str) -> BusinessReview:
    """A review with its partner's lock and its own. Raises NotFound."""
    found = BusinessReview.objects.select_related("partner").filter(uid=uid).first()
    if found is None:
        raise NotFound(_("There is no such business review."))
    lock({found.partner.key})
    return (
        BusinessReview.objects.select_for_update(of=("self",))
        .select_related("partner", "organizer", "recorded_by")
        .get(pk=found.pk)
    )


def _check_planned(review: BusinessReview) -> None:
    if review.state == ReviewState.PLANNED:
        return
    if review.state == ReviewState.CANCELLED:
        raise Stale(_("This business review was cancelled on %(day)s.") % {"day": _day(review.changed_at)})
    raise _stale(review)


def _check_sequence(review: BusinessReview, sequence: int | None) -> None:
    if sequence is not None and sequence != review.sequence:
        raise Stale(
            _("It was changed on %(day)s and begins on %(begins)s now. Look at it again.")
            % {"day": _day(review.changed_at), "begins": moment_text(review.starts_at)}
        )


def _stale(review: BusinessReview) -> Stale:
    return Stale(
        _("%(name)s recorded this business review on %(day)s.")
        % {"name": review.recorded_by or _("The system"), "day": _day(review.changed_at)}
    )


def _day(instant: datetime) -> str:
    return day_text(program_day(instant))


def _as_recorded(review: BusinessReview, attended: set[int], summary: str) -> bool:
    were = set(review.attendees.filter(was_there=True).values_list("user_id", flat=True))
    return were == attended and review.summary == summary


def _side(review: BusinessReview, user: User) -> Side:
    if user.is_operator:
        return Side.TEAM
    if review.partner.members.filter(user=user).exists():
        return Side.PARTNER
    raise Invalid(_("%(name)s belongs neither to the partner nor to the team.") % {"name": user})


def _ask(review: BusinessReview, people: Collection[User], actor: Actor) -> None:
    asked = list(people) or queries.people_of(review.partner)
    team = [user for user in (actor.user, review.partner.manager) if user is not None and user.is_operator]
    everyone = {user.pk: user for user in [*asked, *team]}
    if len(everyone) > ATTENDEES_MAX:
        words = _("At most %(most)s people.") % {"most": ATTENDEES_MAX}
        raise Invalid(words, fields={"people": words})
    Attendee.objects.bulk_create(
        Attendee(review=review, user=user, side=_side(review, user)) for user in everyone.values()
    )


def _record(review: BusinessReview, kind: str, actor: Actor, now: datetime) -> None:
    note(
        kind,
        actor=actor,
        now=now,
        partner=review.partner.key,
        about={
            "starts_at": review.starts_at.isoformat(),
            "minutes": review.minutes_long,
            "state": review.state,
            "sequence": review.sequence,
            "were_there": list(review.attendees.filter(was_there=True).values_list("user__email", flat=True)),
        },
        ident=review.uid,
    )


def _tell(review: BusinessReview, kind: str, actor: Actor, now: datetime) -> None:
    asked = review.attendees.filter(side=Side.PARTNER, user__is_active=True).select_related("user")
    send(
        partner=review.partner,
        kind=kind,
        context={
            "starts_at": review.starts_at,
            "minutes": review.minutes_long,
            "place": review.place,
            "agenda": review.agenda,
            "reason": review.cancel_reason,
        },
        actor=actor,
        now=now,
        to=[attendee.user for attendee in asked] or None,
        attachments=[attachment_of(review)],
        deadline=program_day(review.starts_at) if review.state == ReviewState.PLANNED else None,
        link=reverse("portal:business_reviews"),
    )
