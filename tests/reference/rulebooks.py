"""Rulebooks with other figures than the default one's, to compare under."""

import copy
import random
import tomllib
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

Json = dict[str, Any]

DEFAULT = Path(__file__).parents[2] / "src/honeyguide/program/rulebooks/default.toml"


def default_rulebook() -> Json:
    """The default rulebook, its decimals exact."""
    return tomllib.loads(DEFAULT.read_text(encoding="utf-8"), parse_float=Decimal)


def random_rulebook(seed: int, base: Json) -> Json:
    """A valid rulebook in which one to eight things are otherwise; the same for the same seed."""
    rng = random.Random(seed)
    rulebook = copy.deepcopy(base)
    rulebook["name"] = f"changed-{seed}"
    rulebook["version"] = f"1.{seed}"
    for change in rng.sample(CHANGES, rng.randint(1, 8)):
        change(rulebook, rng)
    if rng.random() < 0.3:
        rng.choice(LADDER_CHANGES)(rulebook, rng)
    return rulebook


def random_versions(seed: int, base: Json) -> list[Json]:
    """Two or three versions of one program, in order, the later ones from days on which histories are under way."""
    rng = random.Random(f"versions {seed}")
    days = sorted(rng.sample(range(700), rng.choice((1, 2, 2))))
    versions = [random_rulebook(seed, base) if rng.random() < 0.7 else copy.deepcopy(base)]
    names = [status["name"] for status in versions[0]["statuses"]]
    for number, days_on in enumerate(days, start=1):
        version = next(
            drawn
            for drawn in (random_rulebook(rng.randrange(10**9), base) for _ in range(1000))
            if [status["name"] for status in drawn["statuses"]] == names
        )
        version["clauses"] = {name: f"{clause}/{number}" for name, clause in version["clauses"].items()}
        version["version"] = f"{number + 1}.0"
        version["time_zone"] = versions[0]["time_zone"]
        version["effective_from"] = date(2023, 9, 1) + timedelta(days=2 * days_on + rng.choice((0, 1)))
        versions.append(version)
    versions[0]["effective_from"] = rng.choice((date(2023, 1, 1), date(2023, 8, 30)))
    return versions


def _time_zone(rulebook: Json, rng: random.Random) -> None:
    zones = (
        "Asia/Almaty",
        "America/New_York",
        "Europe/Berlin",
        "Pacific/Apia",
        "Australia/Lord_Howe",
        "Asia/Kathmandu",
    )
    rulebook["time_zone"] = rng.choice(zones)


def _deadline(rulebook: Json, rng: random.Random) -> None:
    rulebook["statuses"][0]["keep"]["deadline_days"] = rng.choice((1, 5, 30, 89, 180, 400))


def _deadline_requirements(rulebook: Json, rng: random.Random) -> None:
    names = rng.sample(list(rulebook["requirements"]), rng.randint(0, 3))
    rulebook["statuses"][0]["keep"]["requirements"] = names


def _reach_amounts(rulebook: Json, rng: random.Random) -> None:
    for status in rulebook["statuses"][1:]:
        figure = Decimal(status["reach"]["sales_amount"])
        status["reach"]["sales_amount"] = rng.choice((figure / 2, figure + Decimal("0.01"), figure * 2, int(figure)))


def _keep_amounts(rulebook: Json, rng: random.Random) -> None:
    for status in rulebook["statuses"][1:]:
        status["keep"]["sales_amount"] = rng.choice((1000, Decimal("5000.01"), 12500))


def _absent_figures(rulebook: Json, rng: random.Random) -> None:
    status = rng.choice(rulebook["statuses"][1:])
    table, key = rng.choice(
        (("keep", "seats_count"), ("keep", "sales_amount"), ("reach", "sales_amount"), ("reach", "clients_count"))
    )
    status[table].pop(key, None)
    if "sales_amount" not in status["reach"]:
        status["reach"].pop("sales_since_previous_status", None)


def _sales_months(rulebook: Json, rng: random.Random) -> None:
    for status in rulebook["statuses"][1:]:
        status["reach"]["sales_months"] = rng.choice((1, 3, 11, 13, 24))


def _review_months(rulebook: Json, rng: random.Random) -> None:
    for status in rulebook["statuses"][1:]:
        status["keep"]["review_months"] = rng.choice((1, 6, 6, 13, 18))


def _clients(rulebook: Json, rng: random.Random) -> None:
    rulebook["statuses"][1]["reach"]["clients_count"] = rng.choice((1, 3))


def _seats_counts(rulebook: Json, rng: random.Random) -> None:
    for status in rulebook["statuses"][1:]:
        status["keep"]["seats_count"] = rng.choice((1, 50, 399, 401, 700))


def _seats_from(rulebook: Json, rng: random.Random) -> None:
    year, month = rng.randint(2023, 2028), rng.randint(1, 12)
    rulebook["seats"]["in_force_from"] = date(year, month, rng.choice((1, 28)))


def _paid_months(rulebook: Json, rng: random.Random) -> None:
    rulebook["seats"]["paid_months"] = rng.choice((1, 3, 5, 7, 12))


def _since_previous(rulebook: Json, rng: random.Random) -> None:
    for status in rulebook["statuses"][1:]:
        if "sales_amount" in status["reach"]:
            status["reach"]["sales_since_previous_status"] = rng.random() < 0.5


def _entry_facts(rulebook: Json, rng: random.Random) -> None:
    reach = rng.choice(rulebook["statuses"][1:])["reach"]
    names = list(reach["requirements"])
    reach["requirements"] = names[rng.randint(1, 3) :] + [name for name in ("qbr",) if rng.random() < 0.2]


def _kept_facts(rulebook: Json, rng: random.Random) -> None:
    keep = rng.choice(rulebook["statuses"][1:])["keep"]
    keep["requirements"] = rng.sample(("phone_support", "email_support", "webinar"), rng.randint(1, 2))


def _shown_facts(rulebook: Json, rng: random.Random) -> None:
    rulebook["statuses"][1]["keep"]["shown_requirements"] = ["qbr"]
    rulebook["statuses"][2]["keep"]["shown_requirements"] = rng.choice(([], ["qbr", "nfr_cloud"]))


def _products(rulebook: Json, rng: random.Random) -> None:
    products = ("cloud", "on_premise", "upgrade", "maintenance", "module", "service")
    for section, key in ((rulebook["sales"], "counting_products"), (rulebook["points"]["sale"], "products")):
        section[key] = rng.sample(products, rng.randint(2, 6))
    rulebook["seats"]["purchase_products"] = rng.choice((["cloud"], ["cloud", "on_premise", "service"]))


def _discounts(rulebook: Json, rng: random.Random) -> None:
    for status in rulebook["statuses"]:
        status["discount_percent"] = rng.choice((0, 10, 30, Decimal("12.5"), 100))
    status["discount_requires"] = rng.choice((["qbr"], ["webinar", "tutorial"]))


def _entitlements(rulebook: Json, rng: random.Random) -> None:
    rulebook["entitlements"]["after"]["sales_course"] = ["channels", "partner_portal"]
    rulebook["entitlements"]["every_partner"] = ["helpdesk"]
    rulebook["measures"]["takes"]["revoke"] = ["partner_portal", "marketplace"]
    rulebook["measures"]["block_access_leaves"] = rng.choice(([], ["helpdesk", "dashboard", "listing"]))


def _validity(rulebook: Json, rng: random.Random) -> None:
    rulebook["points"]["validity_months"] = rng.choice((1, 3, 6, 13, 24))


def _sale_points(rulebook: Json, rng: random.Random) -> None:
    figures = rulebook["points"]["sale"]
    figures["net_percent"] = rng.choice((0, Decimal("2.5"), Decimal("7.75"), 10))
    figures["basic_licence_points"] = rng.choice((0, 3, 7))
    figures["extended_licence_points"] = rng.choice(
        ([{"points": 11}], [{"up_to_seats_count": 5, "points": 1}, {"points": 9}])
    )
    figures["module_percent"] = {"standard": Decimal("12.5"), "advanced": 0, "premium": rng.choice((33, 100))}


def _project_points(rulebook: Json, rng: random.Random) -> None:
    figures = rulebook["points"]["project"]
    figures["module_points"] = {"simple": 0, "standard": rng.choice((1, 70)), "complex": 400}
    figures["integration_factor"] = rng.choice((1, 3))
    figures["integration_max_points"] = rng.choice((100, 600))


def _held_days(rulebook: Json, rng: random.Random) -> None:
    rulebook["points"]["repeat_deal"]["held_under_days"] = rng.choice((0, 1, 14, 31, 90))


def _block_months(rulebook: Json, rng: random.Random) -> None:
    rulebook["measures"]["block_access_max_months"] = rng.choice((1, 3))


def _three_steps(rulebook: Json, rng: random.Random) -> None:
    """A fourth status above the others."""
    platinum = copy.deepcopy(rulebook["statuses"][-1])
    platinum["name"] = "platinum"
    platinum["discount_percent"] = 60
    platinum["reach"] |= {"clause": "X1", "sales_amount": rng.choice((100, 3000)), "requirements": ["qbr"]}
    platinum["keep"] |= {"clause": "X2", "review_months": 6}
    rulebook["statuses"].append(platinum)


def _two_statuses(rulebook: Json, rng: random.Random) -> None:
    """Without the highest status."""
    del rulebook["statuses"][2:]


CHANGES: tuple[Callable[[Json, random.Random], None], ...] = (
    _time_zone,
    _time_zone,
    _deadline,
    _deadline_requirements,
    _reach_amounts,
    _keep_amounts,
    _sales_months,
    _review_months,
    _clients,
    _seats_counts,
    _seats_from,
    _paid_months,
    _since_previous,
    _entry_facts,
    _kept_facts,
    _products,
    _discounts,
    _entitlements,
    _validity,
    _sale_points,
    _project_points,
    _held_days,
    _block_months,
)
"""Changes that can be made in any order."""

LADDER_CHANGES = (_three_steps, _two_statuses, _absent_figures, _shown_facts)
"""Changes of which one can be made after all others: they take away what the others would change."""
