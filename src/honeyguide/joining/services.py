"""Companies on their way in: added, accepted, in somebody's care, and kept correct by the operator."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django_countries import countries

from honeyguide.accounts.actor import Actor
from honeyguide.accounts.models import User
from honeyguide.common.clock import program_day
from honeyguide.common.errors import Invalid, NotFound, Stale
from honeyguide.common.ids import is_id, new_id
from honeyguide.common.local import NOTHING, moment_text
from honeyguide.common.rulebooks import current_rulebook
from honeyguide.history.models import Event
from honeyguide.history.services import note
from honeyguide.joining.keys import key_of
from honeyguide.joining.profile import FIELDS, clean, plain_lines, text_of, values_of, version_of
from honeyguide.notices.services import send
from honeyguide.partners.models import Kind, Partner
from honeyguide.standing.models import State
from honeyguide.standing.queries import standing_on
from honeyguide.standing.services import lock, tell

NAME_CHARS = 200
TOKEN_PREFIX = "app"  # noqa: S105 - of an id
ACCEPTABLE = (State.APPLICANT, State.CANCELLED, State.TERMINATED)
"""States from which a partner is accepted (docs/readings.md): a first time, or anew."""
COMPANY_FIELDS = ("name", "country", "kind")
"""What the operator alone changes: who the company is."""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What follows from accepting a company: the status, and the day on which its first term ends (T1.3)."""

    status: str
    deadline_on: date | None
    deadline_days: int | None


def acceptance_on(day: date) -> Acceptance:
    """What would follow from an acceptance on a day, by the rulebook in force."""
    lowest = current_rulebook().statuses[0]
    days = lowest.keep.deadline_days
    return Acceptance(lowest.name, day + timedelta(days=days) if days else None, days)


def add_partner(
    *, name: str, country: str, kind: str, email: str = "", phone: str = "", website: str = "", token: str = "",
    actor: Actor, now: datetime,
) -> Partner:  # fmt: skip
    """Put a company that applies into the program; its key is made of its name.

    `token`: an id that the form got when it was shown: sent again, it gives the company that it has added. Raises
    Invalid with the bad fields.
    """
    uid = token if is_id(TOKEN_PREFIX, token) else new_id("evt", now)
    company = _clean_company({"name": name, "country": country, "kind": kind})
    contact = clean({"email": email, "phone": phone, "website": website}, country=company["country"])
    try:
        return _add(uid, company | contact, applied=company, actor=actor, now=now)
    except IntegrityError as error:
        # The same form, or another with the same name, at the same moment: the other one is through.
        raise Stale(_("A company with this name was added at the same moment. Look whether it is yours.")) from error


def _add(uid: str, values: Mapping[str, str], *, applied: Mapping[str, str], actor: Actor, now: datetime) -> Partner:
    with transaction.atomic():
        before = Event.objects.filter(uid=uid, type="partner.applied").first()
        if before is not None:
            return partner_by_key(before.partner)
        key = key_of(values["name"], _key_is_taken)
        partner = Partner.objects.create(key=key, added_at=now, **values)
        note("partner.added", actor=actor, now=now, partner=key, about=values)
        tell([{"id": uid, "type": "partner.applied", "partner": key, "at": now, **applied}], actor=actor, now=now)
    return partner


def accept_partner(*, key: str, actor: Actor, now: datetime) -> Partner:
    """Accept a company (T1.3): the lowest status from this instant, and its days run. Raises Stale when it is in."""
    with transaction.atomic():
        partner = lock([key])[key]
        standing = standing_on(partner, program_day(now))
        if standing is None or standing.state not in ACCEPTABLE:
            raise _not_acceptable(key)
        follows = acceptance_on(program_day(now))
        send(
            partner=partner, kind="partner_accepted", context={}, actor=actor, now=now, deadline=follows.deadline_on,
            link=reverse("portal:home"),
        )  # fmt: skip
        # The mail on the status is made where the standing changes: it is the second one.
        tell([{"type": "partner.accepted", "partner": key, "at": now}], actor=actor, now=now)
    return partner


def _not_acceptable(key: str) -> Stale:
    last = Event.objects.filter(partner=key, type="partner.accepted").order_by("-seq").first()
    if last is None:
        return Stale(_("This company cannot be accepted: it has not applied."))
    return Stale(_("This company is in the program already: %(who)s accepted it.") % {"who": last.actor_name})


def assign_manager(*, key: str, manager: User | None, actor: Actor, now: datetime) -> Partner:
    """Put a partner into a manager's care, or into nobody's. Raises Invalid for somebody who is not of the team."""
    if manager is not None and not (manager.is_operator and manager.is_active):
        raise Invalid(
            _("Expected one of the program team."), fields={"manager": _("Expected one of the program team.")}
        )
    with transaction.atomic():
        partner = lock([key])[key]
        if partner.manager_id == (manager.pk if manager else None):
            return partner
        before, partner.manager = partner.manager, manager
        partner.save(update_fields=["manager"])
        about = {"manager": manager.name if manager else "", "before": before.name if before else ""}
        note("partner.manager_assigned", actor=actor, now=now, partner=key, about=about)
    return partner


def change_company(
    *, key: str, values: Mapping[str, Any], actor: Actor, now: datetime, seen: str | None = None
) -> Partner:
    """Correct a company's data as the operator: at once, with the old value kept (T1.7.4). Raises Invalid.

    `values`: any of COMPANY_FIELDS and profile.FIELDS. `seen`: the version (company_version) that the form was filled
    from; None: whatever it is. Raises Stale, with who changed what, where it is another by now.
    """
    with transaction.atomic():
        partner = lock([key])[key]
        if seen is not None and seen != company_version(partner) and _differs(partner, values):
            raise _changed_meanwhile(partner, values)
        company = _clean_company({name: values.get(name, getattr(partner, name)) for name in COMPANY_FIELDS})
        wanted = company | clean({name: values[name] for name in FIELDS if name in values}, country=company["country"])
        apply_values(partner, wanted, about={}, actor=actor, now=now)
    return partner


def apply_values(
    partner: Partner, wanted: Mapping[str, Any], *, about: Mapping[str, Any], actor: Actor, now: datetime
) -> dict[str, list[Any]]:
    """Write new values of a locked partner's fields and record each with the one before. Gives what has changed."""
    current = values_of(partner) | {"name": partner.name, "country": str(partner.country), "kind": partner.kind}
    changes = {name: [current[name], value] for name, value in wanted.items() if current[name] != value}
    if not changes:
        return {}
    for name, (_before, value) in changes.items():
        setattr(partner, name, value)
    partner.save(update_fields=list(changes))
    note("partner.changed", actor=actor, now=now, partner=partner.key, about={**about, "changes": changes})
    return changes


def company_version(partner: Partner) -> str:
    """A short mark that differs as soon as any of the company's data do."""
    return version_of(partner, "|".join(str(getattr(partner, name)) for name in COMPANY_FIELDS))


def _differs(partner: Partner, values: Mapping[str, Any]) -> dict[str, str]:
    """What a form would change: by field, what it reads now."""
    now = {name: text_of(value) for name, value in values_of(partner).items()}
    now |= {name: str(getattr(partner, name)) for name in COMPANY_FIELDS}
    return {
        name: now[name]
        for name, value in values.items()
        if name in now and plain_lines(str(value)) != plain_lines(now[name])
    }


def _changed_meanwhile(partner: Partner, values: Mapping[str, Any]) -> Stale:
    last = Event.objects.filter(partner=partner.key, type="partner.changed").order_by("-seq").first()
    fields = {
        name: _("It reads now: %(value)s") % {"value": value or NOTHING}
        for name, value in _differs(partner, values).items()
    }
    if last is None:
        return Stale(_("The data were changed meanwhile. Compare and send again."), fields=fields)
    who = {"who": last.actor_name, "when": moment_text(last.recorded_at)}
    return Stale(_("%(who)s changed the data on %(when)s. Compare and send again.") % who, fields=fields)


def partner_by_key(key: str) -> Partner:
    """The partner with this key. Raises NotFound."""
    partner = Partner.objects.select_related("manager", "standing").filter(key=key).first()
    if partner is None:
        raise NotFound(_("There is no such partner."))
    return partner


def _key_is_taken(key: str) -> bool:
    """Whether a company has the key, or history knows it."""
    return Partner.objects.filter(key=key).exists() or Event.objects.filter(partner=key).exists()


def _clean_company(values: Mapping[str, Any]) -> dict[str, str]:
    name, country = " ".join(str(values["name"]).split()), str(values["country"])
    kind = str(values["kind"])
    problems = {}
    if not name:
        problems["name"] = _("Expected the company's name.")
    elif len(name) > NAME_CHARS:
        problems["name"] = _("Too long: expected at most %(most)d characters.") % {"most": NAME_CHARS}
    if country not in countries:
        problems["country"] = _("Expected a country of the list.")
    if kind and kind not in Kind.values and not Partner.objects.filter(kind=kind).exists():
        problems["kind"] = _("Expected a kind of business of the list.")
    if problems:
        raise Invalid(_("Please look at the marked fields."), fields=problems)
    return {"name": name, "country": country, "kind": kind}


def begin_viewing(*, partner: Partner, actor: Actor, now: datetime) -> None:
    """Record that one of the team begins to look at the dashboard as the partner sees it."""
    note("support.viewed_as", actor=actor, now=now, partner=partner.key, about={"ended": False})


def end_viewing(*, partner: Partner, actor: Actor, now: datetime) -> None:
    """Record that this has ended."""
    note("support.viewed_as", actor=actor, now=now, partner=partner.key, about={"ended": True})
