"""Random valid histories, biased to what is interesting: lives of partners with their turning points, and noise."""

import random
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.reference.days import add_months
from tests.reference.genes import BASE, Gene, build

Json = dict[str, Any]

DAY_US = 86_400_000_000
LAST_DAY = date(2028, 12, 31)
LEAP_DAYS = (date(2024, 2, 29), date(2028, 2, 29))
SILVER_FACTS = (
    ("evidence.approved", {"requirement": "website_endorsement"}),
    ("evidence.approved", {"requirement": "social_endorsement"}),
    ("evidence.approved", {"requirement": "phone_support"}),
    ("evidence.approved", {"requirement": "email_support"}),
    ("course.completed", {"course": "tutorial"}),
    ("course.completed", {"course": "sales", "user": "u-1"}),
)
GOLD_FACTS = (
    ("course.completed", {"course": "marketing"}),
    ("evidence.approved", {"requirement": "webinar"}),
    ("evidence.approved", {"requirement": "case_study"}),
    ("evidence.approved", {"requirement": "marketing_plan"}),
)
EVIDENCE = (
    "website_endorsement",
    "social_endorsement",
    "phone_support",
    "email_support",
    "webinar",
    "case_study",
    "marketing_plan",
    "qbr",
)
PRODUCTS = ("cloud", "on_premise", "upgrade", "maintenance", "module", "service")
MEASURES = ("downgrade", "terminate", "block_access", "bar_leads", "delist", "blacklist", "revoke")
ACTIVITIES = ("case_study", "application", "training", "support", "marketing", "other")
COUNTRIES = ("DE", "KZ", "US", "BR")
NETS = (
    "0",
    "0.01",
    "10",
    "99.9",
    "833.33",
    "1249.99",
    "1250",
    "1250.01",
    "2499.99",
    "2500",
    "5000",
    "4999.99",
    "9999.99",
)


@dataclass
class Life:
    """One partner's genes so far, with the day that its story has come to."""

    rng: random.Random
    partner: str
    clients: list[str]
    day: date
    genes: list[Gene] = field(default_factory=list)

    def add(self, kind: str, fields: Json | None = None, day: date | None = None, pick: int = 0) -> None:
        """Let it happen on the day that the story has come to, or on another, at some time of the day."""
        rng = self.rng
        day = min(day or self.day, LAST_DAY)
        midnight = (day - BASE.date()).days * DAY_US
        moment = rng.choice((0, DAY_US - 1, 36_000_000_000, 36_000_000_000, None, None, None, None))
        if moment is None:
            moment = rng.randrange(86_400) * 1_000_000 + rng.choice((0, 0, 0, 500_000, 123_456))
        self.genes.append(Gene(midnight + moment, self.partner, kind, fields or {}, pick, rng.randrange(1000)))

    def wait(self, low: int, high: int) -> None:
        """Let days go by."""
        self.day += timedelta(days=self.rng.randint(low, high))

    def sale(self, net: str, day: date | None = None, **fixed: Any) -> None:
        """A sale, mostly of cloud, now and then with each of the optional fields."""
        rng = self.rng
        fields: Json = {
            "client": rng.choice(self.clients),
            "product": rng.choice((*PRODUCTS, "cloud", "cloud", "cloud", "on_premise")),
            "net": int(net) if net.isdigit() and rng.random() < 0.2 else net,
        }
        optional: Json = {
            "currency": rng.choice(("USD", "EUR")),
            "licences": rng.choice((1, 2, 10)),
            "seats": rng.choice((0, 5, 50, 51, 250, 251, 400)),
            "plan": rng.choice(("basic", "extended", "extended")),
            "modules": rng.sample(("standard", "advanced", "premium", "premium"), rng.randint(0, 3)),
            "term_months": rng.choice((1, 3, 6, 12, 12, 24)),
            "new_client": rng.random() < 0.7,
        }
        fields.update({key: value for key, value in optional.items() if rng.random() < 0.4})
        fields.update(fixed)
        self.add("sale.paid", {key: value for key, value in fields.items() if value is not None}, day)

    def sales(self, total: int, parts: int, low: int = 0, high: int = 20, **fixed: Any) -> None:
        """Sales that come to the total, to different clients as far as there are some, or just miss or exceed it."""
        cents = total * 100 + self.rng.choice((0, 0, 0, -1, 1, 5000, 5000, 20000))
        clients = self.rng.sample(self.clients, len(self.clients))
        for part in range(parts):
            share = cents // parts + (cents % parts if part == 0 else 0)
            client = clients[part % len(clients)]
            self.sale(f"{share // 100}.{share % 100:02}", **{"client": client, "product": "cloud"} | fixed)
            if part + 1 < parts:
                self.wait(low, high)

    def seats(self, total: int, day: date, **fixed: Any) -> None:
        """Small sales of the seats asked for, mostly of long terms and marked as of new clients."""
        rng = self.rng
        parts = rng.randint(1, 3)
        for part in range(parts):
            self.sale(
                rng.choice(("0", "10", "99.9")),
                day + timedelta(days=rng.choice((0, 0, 1, 35))),
                **{
                    "product": rng.choice(("cloud", "on_premise")),
                    "seats": total // parts + (total % parts if part == 0 else 0),
                    "term_months": rng.choice((None, 6, 12, 12)),
                    "new_client": rng.choice((True, True, True, None)),
                }
                | fixed,
            )

    def facts(self, names: tuple[tuple[str, Json], ...], chance: float = 0.97) -> None:
        """Courses and evidence, once in a while without one of them."""
        for kind, fields in names:
            if self.rng.random() < chance:
                self.add(kind, dict(fields))
                if self.rng.random() < 0.2:
                    self.wait(0, 3)


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
    leap = next((day for day in LEAP_DAYS if 100 < (day - life.day).days < 400), None)
    if rng.random() < 0.4:
        life.sales(2500, 2)
        life.wait(1, 9)
        if leap is not None and rng.random() < 0.5:
            life.day = leap
        for kind, fields in SILVER_FACTS:
            life.add(kind, dict(fields))
    else:
        life.facts(SILVER_FACTS)
        life.sales(2500, rng.choice((2, 2, 2, 3)))
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


NOISE = (repeat_deals, repeat_deals, points_life, points_life, projects, measures, states, small_things, small_things)


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
    for _ in range(rng.randint(0, 7)):
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
        first = start + timedelta(days=days) if rng.random() < 0.85 else LEAP_DAYS[0]
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
