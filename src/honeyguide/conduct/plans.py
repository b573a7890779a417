"""What a decision on conduct would record, checked against what holds: made for the preview and for the deed alike.

Nothing is written here. A plan's events go to standing.whatif (what would follow) or to standing.services.tell.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from honeyguide.accounts.actor import Actor
from honeyguide.common.clock import program_day
from honeyguide.common.errors import Invalid, NotFound, Refusal
from honeyguide.common.local import day_text, percent_text, whole_text
from honeyguide.common.rulebooks import current_rulebook
from honeyguide.common.words import STATES, words_of
from honeyguide.conduct import queries, rules
from honeyguide.partners.models import Partner
from honeyguide.program.history.events import MEASURES
from honeyguide.standing.models import Standing, State
from honeyguide.standing.queries import standing_on


@dataclass(frozen=True, slots=True)
class Plan:
    """What a decision records: events of the program in order, and what the partner is told.

    `notice`: a kind of notices.kinds, "" where nothing is said; `context`: what its words are made of.
    """

    partner: Partner
    events: tuple[dict[str, Any], ...]
    notice: str
    context: Mapping[str, Any]


def measure(
    *,
    partner: Partner,
    measure: str,
    clause: str,
    reason: str,
    until: date | None = None,
    users: Sequence[str] = (),
    sites: Sequence[str] = (),
    confirmed_name: str = "",
    actor: Actor,
    now: datetime,
) -> Plan:
    """A measure from now on (T14). Blocked access ends after 12 months at the latest; termination asks for the name."""
    rules.check_role(actor, rules.MEASURE_ROLES)
    today = program_day(now)
    _check_choice("measure", measure, MEASURES)
    _check_choice("clause", clause, rules.CLAUSE_WORDS)
    reason = _text("reason", reason)
    standing = _standing(partner, today)
    if standing.state in {State.TERMINATED, State.CANCELLED, State.APPLICANT} and measure in {"terminate", "downgrade"}:
        raise Refusal(_("This measure needs a partner of the program: this one is %(state)s.") % _state(standing))
    if measure == "terminate":
        _check_name(partner, confirmed_name)
        until = None
    until = _checked_until(measure, until, today)
    event = {
        "type": "measure.applied",
        "partner": partner.key,
        "at": now,
        "measure": measure,
        "reason": reason,
        "clause": clause,
    }
    event |= {"until": until.isoformat()} if until else {}
    event |= {"users": _subset("users", users)} if users else {}
    event |= {"sites": _subset("sites", sites)} if sites else {}
    context = {
        "measure": measure,
        "reason": reason,
        "clause": clause,
        "on": today,
        "until": until,
        "users": list(users),
        "sites": list(sites),
    }
    return Plan(partner, (event,), "measure_applied", context)


def lift(*, partner: Partner, measure: str, reason: str, actor: Actor, now: datetime) -> Plan:
    """The end of all measures of a kind (T14). What they took comes back; a status that was lost does not."""
    rules.check_role(actor, rules.MEASURE_ROLES)
    today = program_day(now)
    _check_choice("measure", measure, MEASURES)
    if not queries.measures_in_force(today, partner=partner.key, measure=measure):
        raise Refusal(_("No measure of this kind is in force."))
    reason = _text("reason", reason)
    event = {"type": "measure.lifted", "partner": partner.key, "at": now, "measure": measure, "reason": reason}
    return Plan(partner, (event,), "measure_lifted", {"measure": measure, "reason": reason, "on": today})


def cancel_points(*, partner: Partner, points: int, clause: str, reason: str, actor: Actor, now: datetime) -> Plan:
    """Points taken as a measure (T14): from the active awards, those that expire first."""
    rules.check_role(actor, rules.MEASURE_ROLES)
    today = program_day(now)
    _check_choice("clause", clause, rules.CLAUSE_WORDS)
    reason = _text("reason", reason)
    active = _standing(partner, today).points_active
    if not 1 <= points <= active:
        words = _("A whole number from 1 to %(most)s, the active points.") % {"most": whole_text(active)}
        raise Invalid(words, fields={"points": words})
    event = {
        "type": "points.cancelled",
        "partner": partner.key,
        "at": now,
        "points": points,
        "reason": reason,
        "clause": clause,
    }
    context = {"points": points, "reason": reason, "clause": clause, "on": today}
    return Plan(partner, (event,), "points_cancelled", context)


def suspension(*, partner: Partner, clause: str, reason: str, actor: Actor, now: datetime) -> Plan:
    """A suspension (T3.4b); on the ground of inactivity only where there was none at all for the months asked."""
    rules.check_role(actor, rules.MEASURE_ROLES)
    today = program_day(now)
    standing = _standing(partner, today)
    if standing.state != State.ACTIVE:
        raise Refusal(_("Only an active partner can be suspended: this one is %(state)s.") % _state(standing))
    _check_choice("clause", clause, rules.suspension_clauses())
    if clause == current_rulebook().activity.clause and queries.inactive_since(standing) is None:
        words = _("There was activity since registration, or the time is not over: expected another clause.")
        raise Invalid(words, fields={"clause": words})
    reason = _text("reason", reason)
    event = {"type": "partner.suspended", "partner": partner.key, "at": now, "reason": reason, "clause": clause}
    return Plan(partner, (event,), "suspended", {"reason": reason, "clause": clause, "on": today})


def reinstatement(*, partner: Partner, reason: str, actor: Actor, now: datetime) -> Plan:
    """The end of a suspension (T3.4b)."""
    rules.check_role(actor, rules.MEASURE_ROLES)
    today = program_day(now)
    standing = _standing(partner, today)
    if standing.state != State.SUSPENDED:
        raise Refusal(_("Only a suspended partner can be reinstated: this one is %(state)s.") % _state(standing))
    reason = _text("reason", reason)
    event = {"type": "partner.reinstated", "partner": partner.key, "at": now, "reason": reason}
    return Plan(partner, (event,), "reinstated", {"reason": reason, "on": today})


def termination(*, partner: Partner, reason: str, confirmed_name: str, actor: Actor, now: datetime) -> Plan:
    """The end of the agreement: all benefits and dashboard access end at once (T1.5)."""
    rules.check_role(actor, rules.MEASURE_ROLES)
    today = program_day(now)
    standing = _standing(partner, today)
    if standing.state == State.TERMINATED:
        raise Refusal(_("Participation of this partner has ended already."))
    _check_name(partner, confirmed_name)
    reason, clause = _text("reason", reason), current_rulebook().clauses.terminated
    event = {"type": "partner.terminated", "partner": partner.key, "at": now, "reason": reason, "clause": clause}
    return Plan(partner, (event,), "terminated", {"reason": reason, "clause": clause, "on": today})


def adjustment(*, partner: Partner, percent: Decimal, reason: str, restores: str, actor: Actor, now: datetime) -> Plan:
    """A discount below the status's for a while (T3.6); it replaces an adjustment in force."""
    rules.check_role(actor, rules.DISCOUNT_ROLES)
    today = program_day(now)
    standing = _standing(partner, today)
    if standing.state != State.ACTIVE:
        raise Refusal(_("Only an active partner's discount can be reduced: this one is %(state)s.") % _state(standing))
    full = rules.status_discount(standing.status)
    if not 0 <= percent < full or percent != percent.quantize(Decimal("0.01")):
        words = _("A percentage from 0 to below %(full)s, the discount of the status; two decimals at most.") % {
            "full": percent_text(full)
        }
        raise Invalid(words, fields={"percent": words})
    present = queries.adjustment_in_force(partner.key, today)
    if present is not None and present.percent == percent:
        words = _("The discount is reduced to this already.")
        raise Invalid(words, fields={"percent": words})
    reason, restores = _text("reason", reason), _text("restores", restores)
    clause = current_rulebook().clauses.discount_adjusted
    event = {
        "type": "discount.adjusted",
        "partner": partner.key,
        "at": now,
        "percent": percent,
        "reason": reason,
        "clause": clause,
        "restored_by": restores,
    }
    context = {
        "percent": percent,
        "full_percent": full,
        "reason": reason,
        "restores": restores,
        "clause": clause,
        "on": today,
    }
    return Plan(partner, (event,), "discount_adjusted", context)


def restoration(*, partner: Partner, reason: str, actor: Actor, now: datetime) -> Plan:
    """The status's own discount again (T3.6)."""
    rules.check_role(actor, rules.DISCOUNT_ROLES)
    today = program_day(now)
    present = queries.adjustment_in_force(partner.key, today)
    if present is None:
        raise Refusal(_("The discount of this partner is not reduced."))
    reason = _text("reason", reason)
    standing = _standing(partner, today)
    event = {"type": "discount.restored", "partner": partner.key, "at": now, "reason": reason}
    context = {
        "reason": reason,
        "percent_before": present.percent,
        "full_percent": rules.status_discount(standing.status),
        "on": today,
    }
    return Plan(partner, (event,), "discount_restored", context)


def exclusion(*, partner: Partner, sale: str, ground: str, reason: str, actor: Actor, now: datetime) -> Plan:
    """A sale to the partner's own or an affiliated entity, out of the targets of sales and seats; for good (T3.2)."""
    rules.check_role(actor, rules.DISCOUNT_ROLES)
    lines = {line.ident: line for line in queries.countable_sales(partner.key)}
    if sale not in lines:
        done = next((event for event in queries.exclusions(partner.key) if event.ident == sale), None)
        if done is None:
            raise NotFound(_("This partner has no such sale."))
        words = _("%(name)s excluded this sale on %(day)s.") % {
            "name": done.actor_name,
            "day": day_text(program_day(done.at)),
        }
        raise Refusal(words, fields={"sale": words})
    _check_choice("ground", ground, rules.GROUND_WORDS)
    reason = _text("reason", reason)
    event = {
        "type": "sale.excluded",
        "partner": partner.key,
        "at": now,
        "sale": sale,
        "reason": reason,
        "clause": "T3.2",
        "ground": ground,
    }
    context = {
        "sale": sale,
        "ground": ground,
        "reason": reason,
        "clause": "T3.2",
        "net": lines[sale].net,
        "sold_on": lines[sale].day,
        "on": program_day(now),
    }
    return Plan(partner, (event,), "sale_excluded", context)


def _standing(partner: Partner, today: date) -> Standing:
    standing = standing_on(partner, today)
    if standing is None:
        raise Refusal(_("Nothing has happened with this company in the program yet."))
    return standing


def _state(standing: Standing) -> dict[str, str]:
    return {"state": words_of(STATES, standing.state).lower()}


def _check_choice(field: str, value: str, known: Any) -> None:
    if value not in known:
        words = _("Choose one of the list.")
        raise Invalid(words, fields={field: words})


def _text(field: str, text: str) -> str:
    text = text.strip()
    if not 1 <= len(text) <= rules.REASON_MAX_CHARS:
        words = _("Needed: 1 to %(most)s characters. The partner reads it.") % {
            "most": whole_text(rules.REASON_MAX_CHARS)
        }
        raise Invalid(words, fields={field: words})
    return text


def _check_name(partner: Partner, typed: str) -> None:
    if " ".join(typed.split()).casefold() != " ".join(partner.name.split()).casefold():
        words = _("Type the company's name to confirm: %(name)s.") % {"name": partner.name}
        raise Invalid(words, fields={"confirmed_name": words})


def _checked_until(measure: str, until: date | None, today: date) -> date | None:
    if until is not None and until < today:
        words = _("The last day lies before today.")
        raise Invalid(words, fields={"until": words})
    if measure != "block_access":
        return until
    latest = rules.last_blocked_day(today)
    if until is not None and until > latest:
        words = _("Access can be blocked for 12 months at most: until %(day)s.") % {"day": day_text(latest)}
        raise Invalid(words, fields={"until": words})
    return until or latest


def _subset(field: str, given: Sequence[str]) -> list[str]:
    chosen = [text.strip() for text in given if text.strip()]
    if not 1 <= len(chosen) <= rules.SUBSET_MAX_ITEMS or any(len(text) > 200 for text in chosen):
        words = _("At most %(most)s lines of 200 characters.") % {"most": rules.SUBSET_MAX_ITEMS}
        raise Invalid(words, fields={field: words})
    return chosen
