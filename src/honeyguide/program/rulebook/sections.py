"""The sections of a rulebook. Attributes have the names of the TOML keys; units are in the names.

Amounts and percentages are Decimal, all other figures int. A figure that may be absent is None then.
"""

from pydantic import BaseModel, ConfigDict

from honeyguide.program.rulebook.kinds import (
    Amount,
    CalendarDay,
    Clause,
    Count,
    CourseName,
    Days,
    DaysOrNone,
    EntitlementName,
    Evidence,
    Factor,
    Flag,
    Label,
    Months,
    NfrProduct,
    Percent,
    Points,
    Product,
    ProjectModule,
    SaleModule,
    Sentence,
    StatusName,
    TakingMeasure,
    Word,
)


class Section(BaseModel):
    """A table of the rulebook: no unknown keys, no change after reading."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Requirement(Section):
    """What a name of a requirement stands for: exactly one of a course, a not-for-resale claim, a kind of evidence."""

    course: CourseName | None = None
    nfr: NfrProduct | None = None
    evidence: Evidence | None = None


class Reach(Section):
    """What a partner must show to be given a status (T3.1.2a, T3.1.3a)."""

    clause: Clause
    sales_amount: Amount | None = None
    sales_months: Months
    """Length of the trailing window of sales, clients and, when regaining, seats."""
    sales_since_previous_status: Flag = False
    """Count only sales after the status below was last reached (reading 6)."""
    clients_count: Count | None = None
    requirements: tuple[Word, ...] = ()


class Keep(Section):
    """What a partner must show to keep a status: by a deadline at the lowest, in a review above it (T3.1, T3.4a)."""

    clause: Clause
    deadline_days: Days | None = None
    """Lowest status only: looked at when so many days after acceptance are over."""
    review_months: Months | None = None
    """All others: time from one confirmation to the next review."""
    sales_amount: Amount | None = None
    seats_count: Count | None = None
    requirements: tuple[Word, ...] = ()
    shown_requirements: tuple[Word, ...] = ()
    """Shown beside the others, without deciding (reading 7)."""


class Status(Section):
    """One status with its benefits, and what it takes to reach and to keep it."""

    name: StatusName
    discount_percent: Percent
    discount_requires: tuple[Word, ...] = ()
    """Requirements without which the discount is 0."""
    benefits_clause: Clause
    entitlements: tuple[EntitlementName, ...] = ()
    nfr_extended: tuple[NfrProduct, ...] = ()
    """Not-for-resale licences that are extended when their time is over (T8)."""
    reach: Reach | None = None
    """None for the lowest status, which acceptance gives."""
    keep: Keep


class Sales(Section):
    """Which sales count for targets (T3.2)."""

    counting_products: tuple[Product, ...]


class Seats(Section):
    """Which seats count as new clients' seats (T3.3)."""

    clause: Clause
    in_force_from: CalendarDay
    paid_months: Months
    purchase_products: tuple[Product, ...]


class Activity(Section):
    """After how long without any activity an account may be suspended (T3.4b)."""

    clause: Clause
    none_months: Months


class Clauses(Section):
    """The clauses that decisions name where no status has one of its own."""

    accepted: Clause
    regained: Clause
    reviewed: Clause
    suspended: Clause
    terminated: Clause
    measure: Clause
    discount_adjusted: Clause


class Publishing(Section):
    """How a new version of the rules comes into force."""

    clause: Clause
    notice_days: Days
    """Partners are told so many days ahead."""


class Entitlements(Section):
    """Entitlements beside those of a status, and the words for all of them."""

    every_partner: tuple[EntitlementName, ...] = ()
    after: dict[Word, tuple[EntitlementName, ...]] = {}
    """By requirement: what a partner gets once it is met."""
    texts: dict[EntitlementName, Sentence]


class Measures(Section):
    """How measures act (T14)."""

    block_access_max_months: Months
    block_access_discount_percent: Percent
    block_access_leaves: tuple[EntitlementName, ...] = ()
    takes: dict[TakingMeasure, tuple[EntitlementName, ...]] = {}


class LicenceBand(Section):
    """Points a licence of an extended plan, by the seats of the sale; the last band is open."""

    up_to_seats_count: Count | None = None
    points: Points


class SalePoints(Section):
    """Points for sales (G1.1, G1.2)."""

    clause: Clause
    products: tuple[Product, ...]
    net_percent: Percent
    basic_licence_points: Points
    extended_licence_points: tuple[LicenceBand, ...]
    module_percent: dict[SaleModule, Percent]
    """By module class: the surcharge on what the sale earns otherwise."""


class ProjectPoints(Section):
    """Points for projects (G1.3)."""

    clause: Clause
    module_points: dict[ProjectModule, Points]
    integration_factor: Factor
    integration_max_points: Points


class RepeatDeal(Section):
    """When a further deal with a client waits for a decision (G1.4)."""

    clause: Clause
    held_under_days: DaysOrNone
    """0: never held."""


class PointNotices(Section):
    """When a partner is told that points are about to expire (G4.5)."""

    clause: Clause
    before_days: tuple[Days, ...]
    """Days before points expire, longest first: one notice each."""


class PointValue(Section):
    """What points are worth in money when what is outstanding is valued. No path pays them out (G2.6)."""

    clause: Clause
    thousand_points_amount: Amount


class PointRules(Section):
    """Points: how long they are valid, and what earns them (T4.2, G1)."""

    clause: Clause | None = None
    """Of how long they are valid; None in rulebooks of before it could be said."""
    validity_months: Months
    sale: SalePoints
    project: ProjectPoints
    repeat_deal: RepeatDeal
    notices: PointNotices | None = None
    """None: nobody is told beforehand."""
    value: PointValue | None = None
    """None: what is outstanding is counted in points alone."""


class NfrLicence(Section):
    """One product's not-for-resale licence: how long it is given, who may keep it longer, what it leaves out (T8)."""

    clause: Clause
    edition: Label
    """The plan or edition that it equals."""
    first_months: Months
    extended_months: Months
    """Each extension, for statuses that have them (`nfr_extended`)."""
    unpaid_accounts_only: Flag = False
    """Only for an account that has never bought anything."""
    without_custom_domain: Flag = False
    storage_gb: Count | None = None
    card_scans_count: Count | None = None
    sites_count: Count | None = None
    mails_a_month_count: Count | None = None


class Nfr(Section):
    """Not-for-resale licences, by product; a product without one has none."""

    clause: Clause
    """Of what they may be used for."""
    cloud: NfrLicence | None = None
    on_premise: NfrLicence | None = None
