"""Random valid histories, biased to what is interesting: lives of partners with their turning points, and noise."""

import random
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.reference.days import add_months
from tests.reference.genes import BASE, Gene, build
from tests.reference.life import COUNTRIES, DAY_US, GOLD_FACTS, LAST_DAY, LEAP_DAY, SILVER_FACTS, TURN_DAYS, Life
from tests.reference.noise import NOISE, first_purchases, measures, points_life, small_things

Json = dict[str, Any]

# --- Chapters of a life ---------------------------------------------------------------------------------------------


def join(life: Life) -> None:
    """From the application to a Bronze partner that has done what it must in 90 days, or has not."""
    rng = life.rng
    if rng.random() < 0.8:
        fields = {"name": f"Company {life.partner}", "country": rng.choice(COUNTRIES)}
        life.add("partner.applied", fields | ({"kind": "integrator"} if rng.random() < 0.3 else {}))
        life.wait(0, 5)
    if rng.random() < 0.15:
        life.sale("1250.00")
    accepted = life.day
    life.add("partner.accepted")
    for kind, fields in (("course.completed", {"course": "tutorial"}), ("nfr.claimed", {"product": "cloud"})):
        days = rng.choice((0, 1, 10, 10, 30, 60, 60, 90, 91, None))
        if days is None and rng.random() < 0.6:
            days = 5
        if days is not None:
            life.add(kind, fields, accepted + timedelta(days=days))
    if rng.random() < 0.15:
        life.wait(89, 100)
        if rng.random() < 0.6:
            life.add("partner.accepted")


def to_silver(life: Life) -> date:
    """The entry requirements of Silver, and the day on which they should be met: by a sale or by the last fact."""
    rng = life.rng
    life.wait(0, 20)
    turn = next((day for day in TURN_DAYS if 20 < (day - life.day).days < 330), None)
    if rng.random() < 0.4:
        life.sales(2500, 2, 0, 3)
        life.wait(1, 9)
        if turn is not None and rng.random() < 0.5:
            life.day = turn
        for kind, fields in SILVER_FACTS:
            life.add(kind, dict(fields))
    else:
        life.facts(SILVER_FACTS)
        life.sales(2500, rng.choice((2, 2, 2, 3)))
        if rng.random() < 0.3:  # a sale just after the event that gives Silver, and that event's sale not quite paid
            last = life.genes[-1].at
            life.sale("2500.00", product="upgrade")
            life.genes[-1] = replace(life.genes[-1], at=last)
            life.add("sale.refunded", {"share": 10}, life.day + timedelta(days=rng.randint(1, 9)), pick=1)
    return life.day


def to_gold(life: Life) -> date:
    """The entry requirements of Gold, and the day on which they should be met."""
    life.wait(0, 60)
    if life.rng.random() < 0.4:
        life.sales(10000, life.rng.choice((1, 2)))
        life.wait(1, 9)
        for kind, fields in GOLD_FACTS:
            life.add(kind, dict(fields))
    else:
        life.facts(GOLD_FACTS)
        life.sales(10000, life.rng.choice((1, 2, 3)))
    return life.day


def year(life: Life, confirmed: date, sales: int, seats: int) -> date:
    """A year until the review: enough for it, just not enough, or nothing; and what follows the review."""
    rng = life.rng
    review = add_months(confirmed, 12)
    life.day = max(life.day, confirmed)
    match rng.choice(("keep", "keep", "keep", "exact", "miss", "nothing")):
        case "keep":
            first_purchases(life)
            life.sales(sales, rng.choice((1, 2, 3)), 0, 30)
            life.seats(seats + rng.choice((0, 10)), confirmed + timedelta(days=rng.choice((0, 1, 30, 100))))
        case "exact":
            life.sale(f"{sales}.00", rng.choice((confirmed, review - timedelta(days=1), review)), product="module")
            life.seats(
                seats, rng.choice((confirmed, add_months(review, -6), add_months(review, -6) - timedelta(days=1)))
            )
        case "miss":
            life.sale(f"{sales - 1}.99", product="maintenance")
            life.seats(seats - rng.choice((0, 1)), confirmed)
    after(life, review)
    return review


def after(life: Life, review: date) -> None:
    """What may come after a review, on the day, the next one or later: refunds and exclusions above all."""
    rng = life.rng
    life.day = review
    for _ in range(rng.choice((0, 1, 1, 2))):
        when = review + timedelta(days=rng.choice((-1, 0, 1, 20, 60)))
        back = rng.randrange(6)
        match rng.choice(("refund", "part", "part", "exclude")):
            case "refund":
                life.add("sale.refunded", {}, when, back)
            case "part":
                life.add("sale.refunded", {"share": rng.choice((1, 250, 500, 1000))}, when, back)
            case "exclude":
                life.add("sale.excluded", {"reason": "own company"}, when, back)


def regain(life: Life, sales: int, seats: int) -> date:
    """What a partner shows that has lost a status: sales and seats of new clients that mature half a year later."""
    life.wait(1, 60)
    life.seats(seats, life.day)
    if life.rng.random() < 0.5:
        life.wait(150, 190)
    life.sales(sales, life.rng.choice((1, 2)), product=life.rng.choice(("cloud", "upgrade")))
    return life.day


def beside(one: Life, other: Life) -> None:
    """A Silver partner whose review hangs on another's purchases by its client, which are refunded later."""
    rng = one.rng
    for life in (one, other):
        life.add("partner.accepted")
        life.add("course.completed", {"course": "tutorial"})
        life.add("nfr.claimed", {"product": "cloud"})
    silver = to_silver(one)
    review = add_months(silver, 12)
    client = f"client-of-{one.partner}"
    one.sale("5000.00", silver + timedelta(days=30), product="module", client=client)
    day = silver + timedelta(days=rng.choice((1, 40, 120)))
    if rng.random() < 0.5:  # the other sold first: the client is new only once that sale is gone
        other.sale("10", day - timedelta(days=1), client=client, product="cloud", new_client=None)
        one.sale("10", day, client=client, product="cloud", seats=400, term_months=12, new_client=None)
    else:  # the other's renewal keeps the client covered until the seats mature
        one.sale("10", day, client=client, product="cloud", seats=400, term_months=3, new_client=True)
        other.sale("10", add_months(day, 3), client=client, product="cloud", term_months=rng.choice((3, 12)))
    other.add("sale.refunded", {}, review + timedelta(days=rng.choice((-60, -1, 0, 1, 40))))
    one.day = review
    small_things(one)
    other.day = review
    points_life(other)


def live(life: Life) -> None:
    """A whole life: joining, rising, reviews, falling, regaining; then noise over the whole of it."""
    rng = life.rng
    first = life.day
    join(life)
    if rng.random() < 0.9:
        silver = to_silver(life)
        gold = to_gold(life) if rng.random() < 0.7 else None
        for _ in range(rng.choice((0, 1, 1, 2, 2))):
            if gold is not None:
                gold = year(life, gold, 15000, 1000)
            else:
                silver = year(life, silver, 5000, 400)
            if life.day < LAST_DAY and rng.random() < 0.5:
                if rng.random() < 0.4:
                    life.add("measure.applied", {"measure": "downgrade", "until": life.day.isoformat()})
                    life.wait(1, 5)
                if gold is not None:
                    gold = regain(life, 15000, 1000)
                else:
                    silver = regain(life, 5000, 400)
    last = min(life.day, LAST_DAY)
    for _ in range(rng.randint(1, 9)):
        life.day = first + timedelta(days=rng.randint(0, max(0, (last - first).days) + 30))
        rng.choice(NOISE)(life)


def genes_of(seed: int) -> list[Gene]:
    """The genes of the seed's history: 2 to 5 partners that share 3 to 8 clients."""
    rng = random.Random(seed)
    clients = [f"client-{number}" for number in range(rng.randint(3, 8))]
    start = date(2023, 1, 1) + timedelta(days=rng.choice((0, rng.randrange(420), rng.randrange(420), 800, 1000)))
    lives: list[Life] = []
    for number in range(rng.randint(2, 5)):
        days = rng.choice((0, 0, 30, 200, 900))
        first = start + timedelta(days=days) if rng.random() < 0.85 else LEAP_DAY
        lives.append(Life(rng, f"p{number}", clients, first))
    lonely = lives
    if rng.random() < 0.25:
        beside(lives[0], lives[1])
        lonely = lives[2:]
    for life in lonely:
        if rng.random() < 0.05:
            life.add("partner.applied", {"name": "Only applied", "country": "KZ"})
        else:
            live(life)
    for life in rng.sample(lives, rng.choice((0, 0, 1))):  # something that is still so at the end
        life.day = max((BASE + timedelta(microseconds=gene.at)).date() for gene in life.genes)
        rng.choice((measures, measures, small_things))(life)
    genes = same_instants([gene for life in lives for gene in life.genes], rng)
    if rng.random() < 0.3:  # a history that ends in the middle of things
        return genes[: rng.randint(len(genes) // 4, len(genes))]
    return genes


def same_instants(genes: list[Gene], rng: random.Random) -> list[Gene]:
    """Now and then an event happens in the very instant of the one before."""
    ordered = sorted(genes, key=lambda gene: gene.at)
    for number in range(1, len(ordered)):
        if rng.random() < 0.05:
            ordered[number] = replace(ordered[number], at=ordered[number - 1].at)
    return ordered


def random_history(seed: int) -> list[Json]:
    """A valid history, the same for the same seed, its lines in any order."""
    return build(genes_of(seed), shuffle=seed % 3 and seed)


@st.composite
def histories(draw: st.DrawFn) -> list[Json]:
    """Histories that shrink by leaving out genes: a seed's genes, of which some are left out and some are moved."""
    genes = genes_of(draw(st.integers(0, 10_000)))
    kept = draw(st.lists(st.integers(0, 9), min_size=len(genes), max_size=len(genes)))
    moved = draw(st.dictionaries(st.integers(0, len(genes) - 1), st.integers(-40, 40), max_size=5))
    chosen = [
        replace(gene, at=max(0, gene.at + moved.get(number, 0) * DAY_US))
        for number, gene in enumerate(genes)
        if kept[number]
    ]
    return build(chosen, shuffle=draw(st.integers(0, 3)))
