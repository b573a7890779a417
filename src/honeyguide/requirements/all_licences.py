"""Everybody's licences not for resale, for the team's list (T8)."""

import json
from collections import defaultdict
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from django.db.models import TextField
from django.db.models.functions import Cast

from honeyguide.common.rulebooks import current_rulebook
from honeyguide.common.same import Same
from honeyguide.history.queries import mark_of, program_events
from honeyguide.partners.models import Partner
from honeyguide.program.rulebook import Rulebook
from honeyguide.requirements import rules
from honeyguide.requirements.models import NfrClaim
from honeyguide.requirements.queries import GIVEN, Given, Licence, imports_of, licences_in
from honeyguide.standing.models import Standing


class Claimed(NamedTuple):
    """What the terms of a granted claim follow from, and how it stands in the queue of claims (`state`)."""

    partner: str
    product: str
    uid: str
    account: str
    number: int
    granted_on: date
    extensions: int
    closed_on: date | None
    closed_because: str
    state: str


class Listed(NamedTuple):
    """A licence with its company. `claim`: the state of its claim here; empty for one that a history brought."""

    partner: str
    company: str
    licence: Licence
    claim: str


def all_licences(day: date) -> tuple[Listed, ...]:
    """Everybody's, as they are at the end of a day: those that run first, by their ends and companies.

    They follow from what is read here at every look (four queries), and are worked out anew when any of it changed.
    """
    claims = NfrClaim.objects.filter(state__in=GIVEN, granted_on__lte=day).order_by("pk")
    names = (
        "partner__key",
        "product",
        "uid",
        "account",
        "pk",
        "granted_on",
        "extensions",
        "closed_on",
        "closed_because",
        "state",
    )
    return _listed(
        day,
        Same(current_rulebook()),
        mark_of(program_events().filter(type="nfr.claimed")),
        tuple(Claimed(*row) for row in claims.values_list(*names)),
        tuple(Partner.objects.order_by("pk").values_list("key", "name")),
        tuple(Standing.objects.order_by("pk").values_list("partner__key", Cast("path", TextField()))),
    )


@lru_cache(2)
def _listed(
    day: date,
    same: Same[Rulebook],
    _mark: str,
    claims: tuple[Claimed, ...],
    companies: tuple[tuple[str, str], ...],
    paths: tuple[tuple[str, str], ...],
) -> tuple[Listed, ...]:
    rulebook, names = same.thing, dict(companies)
    given, states = defaultdict[tuple[str, str], list[Given]](list), {}
    for one in claims:
        grant = rules.Grant(one.granted_on, one.extensions, one.closed_on, one.closed_because)
        given[one.partner, one.product].append(Given(one.product, grant, one.uid, one.account, one.number))
        states[one.uid] = one.state
    for key, brought in imports_of(program_events(), NfrClaim.objects.all(), day):
        given[key, brought.product].append(brought)
    steps = {key: json.loads(path) for key, path in paths}
    found = [
        Listed(key, names[key], licence, states.get(licence.uid, ""))
        for (key, product), some in given.items()
        if key in names
        for licence in licences_in(rulebook, product, some, rules.path_of(steps.get(key) or ()), day)
    ]
    return tuple(sorted(found, key=lambda one: (not one.licence.term.runs, one.licence.term.ends_on, one.company)))
