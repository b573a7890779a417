"""Events of the program and what follows from them: recorded and derived in one transaction."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Count

from honeyguide.accounts.actor import Actor
from honeyguide.common.clock import program_day
from honeyguide.common.errors import NotFound
from honeyguide.history.models import Event
from honeyguide.history.queries import clients_of, own_events, partners_with_events, program_events
from honeyguide.history.services import note_many, record
from honeyguide.partners.deciding import Case
from honeyguide.partners.models import Partner
from honeyguide.program.history import History
from honeyguide.rulebooks.queries import in_force
from honeyguide.standing.announce import announce as tell_partners
from honeyguide.standing.change import Change
from honeyguide.standing.engine import Assessment, assess, assess_history, whole_history
from honeyguide.standing.models import Standing
from honeyguide.standing.settling import settle

BATCH_ROWS = 200
_KEEPING = frozenset({"suspended", "reinstated"})
"""Causes of transitions that leave the status as it is."""
_POINTS = ("active", "available", "held", "debt", "expired", "spent")


def tell(
    events: Sequence[Mapping[str, Any]],
    *,
    actor: Actor,
    now: datetime,
    announce: bool = True,
    explained: bool = False,
) -> list[Event]:
    """Record events of the program and rewrite the standing of everyone whom they concern, all in one transaction.

    Events have the form of docs/history.md; `at` may be left out. Raises history.services.DoesNotFit (nothing is
    written then) and NotFound for a partner that is not there. `announce`: whether partners get notices of what is new
    in their standing; not when old history is loaded. `explained`: the caller sends a notice of its own that says what
    these events do (announce.EXPLAINED_CAUSES).
    """
    keys = {str(event["partner"]) for event in events}
    with transaction.atomic():
        lock(concerned_by(events))  # all at once: two who lock in turns could wait for each other
        rows = record(events, actor=actor, now=now)
        concerned = keys | partners_with_events(clients_of(rows))
        changes = reassess(concerned, day=program_day(now), now=now, actor=actor, announce=False)
        if announce:
            tell_partners(changes, actor=actor, now=now, told=frozenset(row.type for row in rows), explained=explained)
    return rows


def concerned_by(events: Sequence[Mapping[str, Any]]) -> set[str]:
    """Whom events that are not recorded yet can concern: their partners, and whoever sold to the same clients."""
    clients = {str(event["client"]) for event in events if event.get("client")}
    refunded = {str(event.get("sale")) for event in events if event.get("type") == "sale.refunded"}
    if refunded:
        sales = program_events().filter(type="sale.paid", ident__in=refunded).order_by()
        clients |= set(sales.values_list("client", flat=True))
    own = {str(event["partner"]) for event in events}
    return own | partners_with_events(clients) if clients else own


def lock(keys: Collection[str]) -> dict[str, Partner]:
    """The partners with these keys, locked until the transaction ends, in the order of keys. Raises NotFound."""
    found = {
        partner.key: partner for partner in Partner.objects.select_for_update().filter(key__in=keys).order_by("key")
    }
    missing = sorted(set(keys) - found.keys())
    if missing:
        raise NotFound(f"There is no partner {missing[0]}.", partners=missing)
    return found


def locked[C: Case](found: C) -> C:
    """A case of a partner anew, locked after its partner: in the order in which everybody locks."""
    lock({found.partner.key})
    rows = type(found)._default_manager.select_for_update(of=("self",)).select_related("decided_by", "held_by")
    case = rows.get(pk=found.pk)
    case.partner = found.partner
    return case


def reassess(
    keys: Collection[str], *, day: date, now: datetime, actor: Actor, announce: bool = True, noted: bool = True
) -> list[Change]:
    """Derive the standing of some partners anew, at the end of a program day, and store it. Gives what is new.

    `announce`: partners are told of it; `noted`: so is the history.
    """
    with transaction.atomic():
        partners = lock(keys)
        changes = store(partners, assess(partners, day), day, now, actor, noted=noted)
        if announce:
            tell_partners(changes, actor=actor, now=now)
    return changes


def reassess_all(*, day: date, now: datetime, actor: Actor, announce: bool = True, noted: bool = True) -> list[Change]:
    """The nightly run: every partner's standing from the whole history, read once.

    Reading and replaying take a while and hold no lock: people go on working. Whoever had something recorded meanwhile
    is derived anew under the lock.
    """
    history = whole_history()
    found = assess_history(history, day, ranked=False)
    with transaction.atomic():
        partners = lock(Partner.objects.values_list("key", flat=True))
        late = _late(history)
        if late:
            found |= assess(late, day)
        changes = store(partners, found, day, now, actor, noted=noted)
        if announce:
            tell_partners(changes, actor=actor, now=now)
    return changes


def _late(history: History) -> set[str]:
    """Whose standing depends on events that are not in a history that was read before the lock.

    Counted by partner, not by the last event's number: numbers are given away before they are committed.
    """
    codes = history.events.group_by("partner").len()
    read = {history.partners[code]: count for code, count in codes.iter_rows()}
    kept = program_events().order_by().values_list("partner").annotate(Count("seq"))
    more = {key for key, count in kept if read.get(key) != count}
    sold = own_events(more).filter(type="sale.paid").order_by().values_list("client", flat=True).distinct()
    return more | partners_with_events(set(sold)) if more else set()


def store(
    partners: Mapping[str, Partner],
    found: Mapping[str, Assessment],
    day: date,
    now: datetime,
    actor: Actor,
    *,
    noted: bool = True,
) -> list[Change]:
    """Store what was found for some locked partners at the end of a day, and settle their points; gives what is new.

    `noted`: whether the history is told of it.
    """
    before = {standing.partner_id: standing for standing in Standing.objects.filter(partner__in=partners.values())}
    changes, rows, moved = [], [], {}
    for key, assessment in found.items():
        partner = partners[key]
        after = standing_of(partner, assessment, day)
        earlier = before.get(partner.pk)
        if earlier is not None and day < earlier.assessed_on:
            after.moves_digest = earlier.moves_digest  # the ledger is later already: it never goes back to a day
        elif assessment.moves is not None:
            after.moves_digest = assessment.moves.digest(key)
            if after.moves_digest != (earlier.moves_digest if earlier else ""):
                moved[key] = assessment.moves.postings(key)
        rows.append(after)
        if earlier is None or _differs(earlier, after):
            changes.append(Change(partner, earlier, after, tuple(_new_transitions(earlier, after))))
    _write(rows)
    if moved:
        settle(moved, now=now, actor=actor)
    told = [(change.partner.key, _about(change)) for change in changes] if noted else []
    note_many("standing.changed", told, actor=actor, now=now)
    return changes


def _write(rows: Iterable[Standing]) -> None:
    fields = [field.name for field in Standing._meta.concrete_fields if field.name not in {"id", "partner"}]
    rows = list(rows)
    for row in rows:
        row.pk = None  # found by its partner
    Standing.objects.bulk_create(
        rows, batch_size=BATCH_ROWS, update_conflicts=True, unique_fields=["partner"], update_fields=fields
    )


def standing_of(partner: Partner, assessment: Assessment, day: date) -> Standing:
    """The row that stores an assessment, but for the digest of its movements; not saved."""
    answer, rulebook = assessment.answer, in_force(day)
    names = [status.name for status in rulebook.statuses]
    keep = assessment.outlook.get("keep") or {}
    return Standing(
        partner=partner,
        assessed_on=day,
        rulebook_name=rulebook.name,
        rulebook_version=rulebook.version,
        state=answer["state"],
        status=answer["status"] or "",
        status_rank=names.index(answer["status"]) if answer["status"] else -1,
        **{name: _day(answer[name]) for name in ("since", "confirmed_on", "review_on")},
        discount_percent=Decimal(str(answer["discount_percent"])),
        entitlements=answer["entitlements"],
        **{f"points_{name}": answer["points"][name] for name in _POINTS},
        due_on=_day(keep.get("date")),
        verdict=keep.get("verdict") or "",
        inactive_since=_day(assessment.outlook.get("inactive_since")),
        restatements=len(answer["restatements"]),
        path=[[step["on"], step["to"]] for step in answer["transitions"] if step["cause"] not in _KEEPING],
        answer=answer,
        outlook=assessment.outlook,
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _differs(before: Standing, after: Standing) -> bool:
    """Whether anything that people are told of has changed; figures under the requirements change daily."""
    told = ("state", "status", "since", "confirmed_on", "discount_percent", "entitlements", "restatements")
    return any(getattr(before, name) != getattr(after, name) for name in told)


def _new_transitions(before: Standing | None, after: Standing) -> list[dict[str, Any]]:
    """Transitions that were not there before. One that was is known by day, cause and statuses, not by its figures."""

    def mark(transition: Mapping[str, Any]) -> tuple[str, ...]:
        return tuple(str(transition[name]) for name in ("on", "from", "to", "cause"))

    known = {mark(transition) for transition in before.answer["transitions"]} if before is not None else set()
    return [transition for transition in after.answer["transitions"] if mark(transition) not in known]


def _about(change: Change) -> dict[str, Any]:
    """What the history tells of a change, for whoever follows it."""
    after, before = change.after, change.before
    return {
        "state": after.state,
        "status": after.status,
        "discount_percent": str(after.discount_percent),
        "state_before": before.state if before else "",
        "status_before": before.status if before else "",
        "discount_percent_before": str(before.discount_percent) if before else "",
        "transitions": [
            {name: transition[name] for name in ("on", "from", "to", "cause", "clause")}
            for transition in change.transitions
        ],
        "rulebook": f"{after.rulebook_name} {after.rulebook_version}",
    }
