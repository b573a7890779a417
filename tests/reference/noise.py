"""Small chapters that can stand anywhere in a partner's life: repeat deals, points, projects, measures, states."""

from datetime import timedelta
from typing import Any

from tests.reference.life import ACTIVITIES, EVIDENCE, MEASURES, NETS, Life

Json = dict[str, Any]


def repeat_deals(life: Life) -> None:
    """Deals with one client within 30 days, or just not, decided or not, refunded or not."""
    rng = life.rng
    client = rng.choice(life.clients)
    for _ in range(rng.randint(2, 3)):
        life.sale(rng.choice(NETS), client=client, product=rng.choice(("cloud", "on_premise", "service")))
        if rng.random() < 0.4:
            life.add("sale.refunded", rng.choice(({}, {"share": 333}, {"share": 500})), life.day)
        if rng.random() < 0.7:
            when = life.day + timedelta(days=rng.choice((0, 1, 12)))
            life.add("points.decided", {"decision": rng.choice(("accept", "accept", "refuse"))}, when)
        if rng.random() < 0.3:
            life.add("sale.refunded", rng.choice(({}, {"share": 333})), life.day + timedelta(days=14))
        life.wait(*rng.choice(((0, 29), (29, 29), (30, 30))))


def first_purchases(life: Life) -> None:
    """The first purchases of a client, on one day or not, with and without a word on whether the client is new."""
    rng = life.rng
    client = f"fresh-{rng.randrange(1000)}"
    marks = rng.choice(((None, None), (False, None), (True, None), (None, False), (False, True)))
    for mark in marks:
        life.sale(
            rng.choice(NETS),
            client=client,
            product=rng.choice(("cloud", "on_premise")),
            seats=rng.choice((1, 10, 400)),
            term_months=rng.choice((None, 6, 12)),
            new_client=mark,
        )
        life.wait(0, rng.choice((0, 0, 1, 40)))
    if rng.random() < 0.3:
        life.add("sale.refunded", {}, life.day + timedelta(days=rng.choice((1, 100, 200))), rng.randrange(2))


def points_life(life: Life) -> None:
    """Awards, spending more than there is, cancelling, and lots that expire in between."""
    rng = life.rng
    points = rng.choice((50, 100, 300))
    life.add("points.granted", {"points": points, "activity": rng.choice(ACTIVITIES)})
    life.wait(0, 40)
    spent = rng.choice((points // 2, points, points + 40, 1))
    life.add("points.spent", {"points": spent, "item": "course"})
    life.wait(*rng.choice(((0, 30), (320, 380))))
    match rng.choice(("award", "points", "points", "none")):
        case "award":
            life.add("points.cancelled", {"reason": "a mistake"}, pick=rng.choice((0, 0, 1, 2, 12)))
        case "points":
            life.add("points.cancelled", {"points": rng.choice((10, points, 5000))})
    life.wait(0, 30)
    if rng.random() < 0.6:
        life.add("points.granted", {"points": rng.choice((20, 200)), "activity": rng.choice(ACTIVITIES)})
    if rng.random() < 0.4:
        life.wait(*rng.choice(((0, 30), (0, 30), (320, 380))))
        life.add("points.restored", rng.choice(({}, {"reason": "out of stock"})), pick=rng.randrange(3))
        if rng.random() < 0.5:
            life.add("points.spent", {"points": rng.choice((points, 5)), "item": "course"})


def projects(life: Life) -> None:
    """Deliveries and confirmations in either order, some of them twice or without papers."""
    rng = life.rng
    delivered: Json = {
        "client": rng.choice(life.clients),
        "modules": rng.choices(("simple", "standard", "complex"), k=rng.randint(1, 4)),
        "report": rng.choice(("r-1", "r-2", "r-3", "")),
        "checklist": rng.choice(("c-1", "c-2", "c-3", "")),
    }
    if rng.random() < 0.5:
        delivered["integration"] = rng.random() < 0.8
    kinds = [("project.delivered", delivered), ("project.confirmed", {})]
    rng.shuffle(kinds)
    life.add(*kinds[0])
    life.wait(0, 30)
    if rng.random() < 0.2:
        life.day += timedelta(days=1)
        life.add("project.delivered", delivered | {"report": "r-9", "checklist": "c-9"}, pick=1)
        life.day += timedelta(days=1)
    life.add(*kinds[1], pick=1)
    if rng.random() < 0.2:
        life.day += timedelta(days=1)
        life.add("project.confirmed", {}, pick=1)


def measures(life: Life) -> None:
    """A measure of any kind, with an end, lifted, or neither."""
    rng = life.rng
    kind = rng.choice((*MEASURES, "downgrade", "downgrade", "block_access"))
    fields: Json = {"measure": kind, "reason": "conduct"}
    if kind != "terminate" and rng.random() < 0.5:
        fields["until"] = (life.day + timedelta(days=rng.choice((0, 1, 30, 90, 400)))).isoformat()
    if rng.random() < 0.1:
        fields["users"] = ["u-1"]
    life.add("measure.applied", fields)
    if rng.random() < 0.3:
        life.wait(0, 40)
        life.add("measure.lifted", {"measure": kind})
    if kind == "terminate" and rng.random() < 0.7:
        life.wait(0, 40)
        life.add("partner.accepted")


def states(life: Life) -> None:
    """Suspensions and the like, some of which do not fit the state."""
    rng = life.rng
    match rng.choice(("suspend", "suspend", "blind", "terminate")):
        case "suspend":
            life.add("partner.suspended", {"reason": "silence"})
            if rng.random() < 0.3:
                life.sale("1250.00")
            life.wait(*rng.choice(((0, 10), (0, 10), (100, 400))))
            if rng.random() < 0.8:
                life.add("partner.reinstated")
        case "blind":
            life.add(rng.choice(("partner.accepted", "partner.suspended", "partner.reinstated")))
        case "terminate":
            life.add("partner.terminated", {"reason": "the agreement ended"})
            life.wait(0, 60)
            if rng.random() < 0.8:
                life.add("partner.accepted")
                life.wait(2, 9)
                if rng.random() < 0.6:
                    life.sale("10000.00", product=rng.choice(("upgrade", "cloud")))


def small_things(life: Life) -> None:
    """Leads, adjustments, evidence that comes and goes, a sale of anything."""
    rng = life.rng
    match rng.randrange(6):
        case 0:
            life.add(rng.choice(("lead.reserved", "lead.won", "lead.lost")), {"lead": f"L-{rng.randrange(5)}"})
        case 1:
            life.add("discount.adjusted", {"percent": rng.choice((0, 5, 10, "12.5", 45, 100)), "reason": "targets"})
            life.wait(0, 40)
            if rng.random() < 0.5:
                life.add("discount.restored", {})
        case 2:
            name = rng.choice(EVIDENCE)
            life.add("evidence.withdrawn", {"requirement": name})
            life.wait(0, 40)
            if rng.random() < 0.8:
                life.add("evidence.approved", {"requirement": name})
        case 3:
            life.add("evidence.approved", {"requirement": "qbr"})
        case 4:
            life.sale(rng.choice(NETS))
        case 5:
            life.add("nfr.claimed", {"product": rng.choice(("cloud", "on_premise")), "account": "acc"})


NOISE = (
    repeat_deals,
    repeat_deals,
    first_purchases,
    points_life,
    points_life,
    projects,
    measures,
    states,
    small_things,
    small_things,
)
