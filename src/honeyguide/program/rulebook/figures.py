"""A rulebook taken apart into its single figures, and the words for each of them.

A figure's *key* is its place with names for list positions (`statuses.silver.keep.sales_amount`), so that two rulebooks
can be laid side by side; its *pattern* is the key with `*` for the names that an author chooses.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from honeyguide.program.rulebook.model import Rulebook
from honeyguide.program.rulebook.sections import LicenceBand, Status

type Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """One value of a rulebook in words: "Silver, keep" + "sales" + "5,000", with the clause that it comes from."""

    key: Key
    pattern: str
    value: Any
    subject: str
    noun: str
    text: str
    clause: str | None


@dataclass(frozen=True, slots=True)
class Wording:
    """How to speak of a figure; `{}` in subject and noun stands for the name in the key."""

    subject: str
    noun: str
    form: Callable[[Any], str]


def amount(value: Decimal) -> str:
    """5000 -> "5,000", 5000.5 -> "5,000.50"."""
    return f"{value:,.0f}" if value == value.to_integral_value() else f"{value:,.2f}"


def percent(value: Decimal) -> str:
    """12.50 -> "12.5 %"."""
    return f"{value.normalize():f} %"


def number(value: int) -> str:
    """1000 -> "1,000"."""
    return f"{value:,}"


def days(value: int) -> str:
    """1 -> "1 day"."""
    return f"{value:,} day{'' if value == 1 else 's'}"


def months(value: int) -> str:
    """1 -> "1 month"."""
    return f"{value:,} month{'' if value == 1 else 's'}"


def yes_no(value: bool) -> str:
    """Whether it holds."""
    return "yes" if value else "no"


def day(value: date) -> str:
    """A date as 2026-01-31."""
    return value.isoformat()


def several_days(value: tuple[int, ...]) -> str:
    """(60, 30, 7) -> "60, 30, 7 days"."""
    return f"{', '.join(number(each) for each in value[:-1])}{', ' if value[1:] else ''}{days(value[-1])}"


def names(value: tuple[str, ...]) -> str:
    """Names in the rulebook's order."""
    return ", ".join(value) or "none"


def ladder(value: tuple[Status, ...]) -> str:
    """Statuses, lowest first."""
    return " < ".join(status.name for status in value)


def bands(value: tuple[LicenceBand, ...]) -> str:
    """Points a licence by seats: "up to 50 seats 15, more 25"."""
    return ", ".join(
        f"up to {number(band.up_to_seats_count)} seats {number(band.points)}"
        if band.up_to_seats_count is not None
        else f"more {number(band.points)}"
        for band in value
    )


def _wordings(subject: str, prefix: str, rows: dict[str, tuple[str, Callable[[Any], str]]]) -> dict[str, Wording]:
    return {f"{prefix}{key}": Wording(subject, noun, form) for key, (noun, form) in rows.items()}


_NFR_LICENCE: dict[str, tuple[str, Callable[[Any], str]]] = {
    "clause": ("clause", str),
    "edition": ("edition", str),
    "first_months": ("first given for", months),
    "extended_months": ("extended by", months),
    "unpaid_accounts_only": ("only for accounts that never bought", yes_no),
    "without_custom_domain": ("without a custom domain", yes_no),
    "storage_gb": ("storage in GB", number),
    "card_scans_count": ("card scans", number),
    "sites_count": ("sites", number),
    "mails_a_month_count": ("mails a month", number),
}

WORDINGS: dict[str, Wording] = {
    **_wordings(
        "Program",
        "",
        {
            "name": ("name", str),
            "version": ("version", str),
            "effective_from": ("in force from", day),
            "currency": ("currency", str),
            "time_zone": ("time zone", str),
            "statuses": ("statuses", ladder),
        },
    ),
    **_wordings(
        "Requirement {}",
        "requirements.*.",
        {"course": ("course", str), "nfr": ("not-for-resale claim", str), "evidence": ("evidence", str)},
    ),
    **_wordings(
        "{}",
        "statuses.*.",
        {
            "discount_percent": ("discount", percent),
            "discount_requires": ("discount only after", names),
            "benefits_clause": ("clause of the benefits", str),
            "entitlements": ("entitlements", names),
            "nfr_extended": ("not-for-resale licences extended", names),
        },
    ),
    **_wordings(
        "{}, reach",
        "statuses.*.reach.",
        {
            "clause": ("clause", str),
            "sales_amount": ("sales", amount),
            "sales_months": ("trailing window", months),
            "sales_since_previous_status": ("only sales since the status below", yes_no),
            "clients_count": ("clients", number),
            "requirements": ("requirements", names),
        },
    ),
    **_wordings(
        "{}, keep",
        "statuses.*.keep.",
        {
            "clause": ("clause", str),
            "deadline_days": ("deadline", days),
            "review_months": ("review every", months),
            "sales_amount": ("sales", amount),
            "seats_count": ("new seats", number),
            "requirements": ("requirements", names),
            "shown_requirements": ("shown, not deciding", names),
        },
    ),
    **_wordings("Sales targets", "sales.", {"counting_products": ("products", names)}),
    **_wordings(
        "New seats",
        "seats.",
        {
            "clause": ("clause", str),
            "in_force_from": ("in force from", day),
            "paid_months": ("paid without a gap for", months),
            "purchase_products": ("products", names),
        },
    ),
    **_wordings("Activity", "activity.", {"clause": ("clause", str), "none_months": ("none at all for", months)}),
    **_wordings(
        "Clauses",
        "clauses.",
        {
            "accepted": ("acceptance", str),
            "regained": ("regaining a status", str),
            "reviewed": ("reviews", str),
            "suspended": ("suspension", str),
            "terminated": ("termination", str),
            "measure": ("measures", str),
            "discount_adjusted": ("adjusted discount", str),
        },
    ),
    **_wordings(
        "New versions of the rules", "publishing.", {"clause": ("clause", str), "notice_days": ("told ahead by", days)}
    ),
    **_wordings(
        "Entitlements",
        "entitlements.",
        {
            "every_partner": ("of every partner", names),
            "after.*": ("after {}", names),
            "texts.*": ("text of {}", str),
        },
    ),
    **_wordings(
        "Measures",
        "measures.",
        {
            "block_access_max_months": ("access blocked for at most", months),
            "block_access_discount_percent": ("discount while access is blocked", percent),
            "block_access_leaves": ("left while access is blocked", names),
            "takes.*": ("taken by {}", names),
        },
    ),
    **_wordings("Points", "points.", {"clause": ("clause", str), "validity_months": ("valid for", months)}),
    **_wordings(
        "Points for sales",
        "points.sale.",
        {
            "clause": ("clause", str),
            "products": ("products", names),
            "net_percent": ("share of the net amount", percent),
            "basic_licence_points": ("basic licence", number),
            "extended_licence_points": ("extended licence", bands),
            "module_percent.*": ("surcharge, {} module", percent),
        },
    ),
    **_wordings(
        "Points for projects",
        "points.project.",
        {
            "clause": ("clause", str),
            "module_points.*": ("{} module", number),
            "integration_factor": ("times with integration", number),
            "integration_max_points": ("at most, with integration", number),
        },
    ),
    **_wordings(
        "Repeat deals",
        "points.repeat_deal.",
        {"clause": ("clause", str), "held_under_days": ("held when sooner than", days)},
    ),
    **_wordings(
        "Notices of points that expire",
        "points.notices.",
        {"clause": ("clause", str), "before_days": ("sent before", several_days)},
    ),
    **_wordings(
        "Value of points",
        "points.value.",
        {"clause": ("clause", str), "thousand_points_amount": ("of 1,000 points", amount)},
    ),
    **_wordings(
        "Bonuses",
        "bonuses.",
        {
            "clause": ("clause", str),
            "pays_for": ("pay for", names),
            "money_left_amount": ("remains to be paid in money", amount),
            "new_clients_only": ("only for new clients", yes_no),
            "client_address_needed": ("the client's address must be named", yes_no),
        },
    ),
    **_wordings(
        "Kickstart bonus",
        "bonuses.kickstart.",
        {
            "clause": ("clause", str),
            "amount": ("amount", amount),
            "applied_after": ("applied after", day),
            "requirements": ("requirements", names),
            "valid_days": ("valid after acceptance for", days),
        },
    ),
    **_wordings(
        "Award bonus",
        "bonuses.award.",
        {
            "clause": ("clause", str),
            "least_amount": ("at least", amount),
            "most_amount": ("at most", amount),
            "valid_to_month": ("valid to the end of month", number),
        },
    ),
    **_wordings(
        "Activity {}",
        "earning.activities.*.",
        {
            "clause": ("clause", str),
            "kind": ("kind", str),
            "title": ("title", str),
            "title_ru": ("title in Russian", str),
            "text": ("rules", str),
            "text_ru": ("rules in Russian", str),
            "points": ("points, at least", number),
            "most_points": ("points, at most", number),
            "proofs": ("evidence", names),
            "most_count": ("awards at most", number),
            "most_months": ("counted over", months),
        },
    ),
    **_wordings(
        "Project reports",
        "earning.project.",
        {
            "clause": ("clause", str),
            "checklist.*.text": ("checklist, {}", str),
            "checklist.*.text_ru": ("checklist in Russian, {}", str),
            "link_days": ("the client's link is good for", days),
            "mails_count": ("mails to a client at most", number),
        },
    ),
    **_wordings("Not-for-resale licences", "nfr.", {"clause": ("clause of their use", str)}),
    **_wordings("Not-for-resale, cloud", "nfr.cloud.", _NFR_LICENCE),
    **_wordings("Not-for-resale, on-premise", "nfr.on_premise.", _NFR_LICENCE),
    **_wordings(
        "Rewards",
        "rewards.",
        {
            "clause": ("clause", str),
            "price_clause": ("clause of prices", str),
            "condition_clause": ("clause of conditions", str),
            "approval_clause": ("clause of approval", str),
            "price_months": ("prices change at most every", months),
            "notice_days": ("new prices told ahead by", days),
            "quote_minutes": ("a quote holds for minutes", number),
            "campaign_sales_months": ("sales count for a campaign for", months),
            "limits.clause": ("clause of limits", str),
            "limits.exchange_max_percent": ("at most at once, of what is available", percent),
            "limits.period_months": ("length of a period", months),
            "limits.period_max_points": ("at most in a period, points", number),
            "matrix.clause": ("clause of combinations", str),
            "matrix.together.*": ("{} goes with", names),
        },
    ),
    **_wordings(
        "Reward {}",
        "rewards.catalogue.*.",
        {
            "clause": ("clause", str),
            "kind": ("kind", str),
            "title": ("title", str),
            "title_ru": ("title in Russian", str),
            "needs_approval": ("approved beforehand", yes_no),
            "for_client": ("for a client", yes_no),
            "for_campaign": ("for a campaign", yes_no),
            "status": ("from status", str),
            "active_min_points": ("from active points", number),
            "exchange_max_count": ("at most in one exchange", number),
            "period_max_count": ("at most in a period", number),
            "combines_with": ("goes with", names),
            "variants.*.title": ("title of {}", str),
            "variants.*.title_ru": ("title in Russian of {}", str),
            "variants.*.min_points": ("lowest price of {}, points", number),
            "variants.*.max_points": ("highest price of {}, points", number),
            "variants.*.default_points": ("first price of {}, points", number),
            "variants.*.list_amount": ("price of {} without points", amount),
            "variants.*.covers_percent": ("covered of {}", percent),
            "variants.*.stock_count": ("stock of {}", number),
        },
    ),
}
"""Words for every key of the model, by pattern."""


def title(name: str) -> str:
    """A status in a sentence: "top_partner" -> "Top partner"."""
    return name[:1].upper() + name[1:].replace("_", " ")


def is_clause(pattern: str) -> bool:
    """Whether a figure is itself the clause that stands beside others."""
    return pattern.startswith("clauses.") or pattern.rpartition(".")[2] in {"clause", "benefits_clause"}


def figures(rulebook: Rulebook) -> list[Figure]:
    """All figures of a rulebook in its own order; those that are absent and empty lists are left out."""
    return list(_figures(rulebook, (), "", None))


def _figures(section: BaseModel, key: Key, prefix: str, clause: str | None) -> Iterator[Figure]:
    clause = getattr(section, "clause", None) or getattr(section, "benefits_clause", None) or clause
    for field in type(section).model_fields:
        beside = section.clauses.measure if isinstance(section, Rulebook) and field == "measures" else clause
        yield from _within(getattr(section, field), (*key, field), f"{prefix}{field}", beside)


def _within(value: Any, key: Key, pattern: str, clause: str | None) -> Iterator[Figure]:
    if value in (None, ()) or pattern == "statuses.*.name":  # a status's name is part of its keys
        return
    if isinstance(value, BaseModel):
        yield from _figures(value, key, f"{pattern}.", clause)
        return
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _within(inner, (*key, name), f"{pattern}.*", clause)
        return
    yield _figure(value, key, pattern, clause)
    if pattern == "statuses":
        for status in value:
            yield from _within(status, (*key, status.name), f"{pattern}.*", clause)


def _figure(value: Any, key: Key, pattern: str, clause: str | None) -> Figure:
    wording = WORDINGS[pattern]
    chosen = [part for part, form in zip(key, pattern.split("."), strict=True) if form == "*"] or [""]
    subject = title(chosen[0]) if wording.subject.startswith("{}") else chosen[0]
    return Figure(
        key=key,
        pattern=pattern,
        value=value,
        subject=wording.subject.format(subject),
        noun=wording.noun.format(chosen[-1]),
        text=wording.form(value),
        clause=None if is_clause(pattern) else clause,
    )
