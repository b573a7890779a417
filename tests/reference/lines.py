"""Short ways to write events by hand, and to ask the reference model and the engine about them."""

from collections.abc import Callable
from datetime import date
from typing import Any

from tests.reference import model
from tests.reference.compare import differences, engine_answer
from tests.reference.rulebooks import default_rulebook

Json = dict[str, Any]

DEFAULT = default_rulebook()


def event(at: str, kind: str, partner: str = "a", **fields: object) -> Json:
    """An event at an instant, or at noon of a day."""
    return {"at": at if "T" in at else f"{at}T12:00:00Z", "type": kind, "partner": partner, **fields}


def of(partner: str) -> Callable[..., Json]:
    """`event` for another partner."""
    return lambda at, kind, **fields: event(at, kind, partner, **fields)


def paid(at: str, sale: str, net: str, client: str = "c1", partner: str = "a", **fields: object) -> Json:
    """A sale, of a module unless said otherwise: it counts and gives neither seats nor points."""
    given: Json = {"sale": sale, "client": client, "product": "module", "net": net, **fields}
    return event(at, "sale.paid", partner, **given)


def joined(at: str, partner: str = "a") -> list[Json]:
    """Accepted, with what the first 90 days ask for."""
    return [
        event(at, "partner.accepted", partner),
        event(at, "course.completed", partner, course="tutorial"),
        event(at, "nfr.claimed", partner, product="cloud"),
    ]


def shown_for_silver(at: str, partner: str = "a") -> list[Json]:
    """All facts of Silver but the tutorial."""
    names = ("website_endorsement", "social_endorsement", "phone_support", "email_support")
    evidence = [event(at, "evidence.approved", partner, requirement=name) for name in names]
    return [*evidence, event(at, "course.completed", partner, course="sales")]


def shown_for_gold(at: str, partner: str = "a") -> list[Json]:
    """All facts of Gold that Silver does not ask for."""
    names = ("webinar", "case_study", "marketing_plan")
    evidence = [event(at, "evidence.approved", partner, requirement=name) for name in names]
    return [*evidence, event(at, "course.completed", partner, course="marketing")]


def silver(at: str, partner: str = "a") -> list[Json]:
    """Bronze on the day before (by hand: `at` is after the 1st), Silver at noon of the day with 2500.00."""
    day = date.fromisoformat(at)
    before = day.replace(day=day.day - 1).isoformat()
    return [
        *joined(before, partner),
        *shown_for_silver(before, partner),
        paid(before, f"{partner}-entry-1", "1250.00", "e1", partner),
        paid(at, f"{partner}-entry-2", "1250.00", "e2", partner),
    ]


def gold(at: str, partner: str = "a") -> list[Json]:
    """Silver on the day, and Gold at 13 o'clock of the next, with 10000.00 of its own."""
    day = date.fromisoformat(at)
    after = day.replace(day=day.day + 1).isoformat()
    return [
        *silver(at, partner),
        *shown_for_gold(after, partner),
        paid(f"{after}T13:00:00Z", f"{partner}-gold", "10000.00", "e1", partner),
    ]


def answer(
    events: list[Json],
    rulebook: Json,
    as_of: date | None = None,
    explain: bool = True,
    partners: list[str] | None = None,
) -> Json:
    """The reference model's answer, which the engine must give too: what is worked out by hand is asked of both."""
    found: Json = model.answer(events, rulebook, as_of, explain, partners)
    assert list(differences(engine_answer(events, rulebook, as_of, explain, partners), found)) == []
    return found


def standing(events: list[Json], as_of: str | None = None, partner: str = "a", rulebook: Json = DEFAULT) -> Json:
    """One partner's part of the answer."""
    day = None if as_of is None else date.fromisoformat(as_of)
    (found,) = answer(events, rulebook, day, partners=[partner])["partners"]
    result: Json = found
    return result


def path(found: Json) -> list[tuple[str, str, str | None]]:
    """The transitions in short: day, cause, status reached."""
    return [(t["on"], t["cause"], t["to"]) for t in found["transitions"]]


def row(rows: list[Json], requirement: str, purpose: str | None = None) -> Json:
    """The row of a requirement, of the purpose if there are two."""
    return next(r for r in rows if r["requirement"] == requirement and purpose in {None, r["purpose"]})


def points(events: list[Json], as_of: str | None = None, partner: str = "a") -> Json:
    """One partner's points."""
    found: Json = standing(events, as_of, partner)["points"]
    return found
