"""The form of an event: types, fields, kinds of values, limits. Readers, checks, writers and docs follow it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

import numpy as np
import numpy.typing as npt

from honeyguide.program.phrases import Phrase, listed

from .events import EVENT_TYPES, MEASURES, PLANS, PRODUCTS, PROJECT_MODULES, REQUIREMENTS, SALE_MODULES

MONEY_MOST_MINOR = 99_999_999_999_999
"""Hundredths: amounts go up to 999,999,999,999.99."""
WHOLE_MOST = 1_000_000_000
TERM_MONTHS_MOST = 1_200
PARTNER_CHARACTERS_MOST = 64
IDENT_CHARACTERS_MOST = 200
TEXT_CHARACTERS_MOST = 4_000
LIST_ITEMS_MOST = 1_000
YEAR_FIRST = 1900
YEAR_LAST = 9000
LINE_BYTES_MOST = 1 << 20
"""A line of JSON or a record of CSV; a longer one ends the reading."""
BAD_LINES_MOST = 10_000
"""So many bad lines end the reading."""
BLANK_LINES_MOST = 10_000
"""Blank lines are passed over; so many end the reading."""
UNKNOWN_FIELDS_MOST = 500
"""Different names of unknown fields in one file."""

ACTIVITIES: tuple[str, ...] = ("case_study", "application", "training", "support", "marketing", "other")
DECISIONS: tuple[str, ...] = ("refuse", "accept")
NFR_PRODUCTS: tuple[str, ...] = ("cloud", "on_premise")
_COUNTRIES = """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
    CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR
    GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP
    KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT
    MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW
    SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ
    UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
    """
COUNTRIES: tuple[str, ...] = tuple(_COUNTRIES.split())
"""ISO 3166-1 alpha-2, officially assigned."""


class Kind(Enum):
    """What a field holds."""

    AT = auto()
    TYPE = auto()
    PARTNER = auto()
    IDENT = auto()
    TEXT = auto()
    REFERENCE = auto()  # a text that may be empty
    WORD = auto()  # one of Field.choices
    MONEY = auto()
    WHOLE = auto()
    PERCENT = auto()
    BOOL = auto()
    DAY = auto()
    WORDS = auto()  # a list of Field.choices
    IDENTS = auto()  # a list of ids


@dataclass(frozen=True, slots=True)
class Field:
    """A field of one event type, or of every event."""

    name: str
    kind: Kind
    required: bool = True
    choices: tuple[str, ...] = ()
    least: int = 0
    most: int = WHOLE_MOST
    default: str | int | bool | None = None
    note: str = ""


def expectation(field: Field) -> Phrase:
    """What a value of the field must be, for messages and docs: "expected ..."."""
    if field.choices is COUNTRIES:
        return Phrase("an ISO 3166 alpha-2 code like DE")
    return _EXPECTATIONS[field.kind](field)


def _amount(field: Field) -> Phrase:
    most = f"{MONEY_MOST_MINOR // 100}.{MONEY_MOST_MINOR % 100:02}"
    if field.least:
        return Phrase("an amount like 1200 or 1200.50, above 0 and up to {most}", most=most)
    return Phrase("an amount like 1200 or 1200.50, up to {most}", most=most)


def _characters(least: int, most: int) -> Phrase:
    return Phrase("{least} to {most} characters", least=least, most=most)


_EXPECTATIONS: dict[Kind, Callable[[Field], Phrase]] = {
    Kind.AT: lambda _: Phrase(
        "a time like 2026-03-01T09:30:00Z or 2026-03-01T09:30:00.25+02:00, {first} to {last}",
        first=YEAR_FIRST,
        last=YEAR_LAST,
    ),
    Kind.TYPE: lambda _: Phrase("one of the {count} event types", count=len(EVENT_TYPES)),
    Kind.PARTNER: lambda _: Phrase("1 to {most} of a-z 0-9 - _ .", most=PARTNER_CHARACTERS_MOST),
    Kind.IDENT: lambda _: _characters(1, IDENT_CHARACTERS_MOST),
    Kind.TEXT: lambda field: _characters(int(field.required), TEXT_CHARACTERS_MOST),
    Kind.REFERENCE: lambda _: _characters(0, TEXT_CHARACTERS_MOST),
    Kind.WORD: lambda field: Phrase("one of {words}", words=listed(field.choices)),
    Kind.MONEY: _amount,
    Kind.WHOLE: lambda field: Phrase("a whole number from {least} to {most}", least=field.least, most=field.most),
    Kind.PERCENT: lambda _: Phrase("a percentage like 15 or 12.5, 0 to 100"),
    Kind.BOOL: lambda _: Phrase("true or false"),
    Kind.DAY: lambda _: Phrase("a day like 2026-03-01, {first} to {last}", first=YEAR_FIRST, last=YEAR_LAST),
    Kind.WORDS: lambda field: Phrase(
        "a list of {words}, at most {most}", words=listed(field.choices), most=LIST_ITEMS_MOST
    ),
    Kind.IDENTS: lambda _: Phrase(
        "a list of texts of 1 to {characters} characters, 1 to {most} of them",
        characters=IDENT_CHARACTERS_MOST,
        most=LIST_ITEMS_MOST,
    ),
}


def _optional(name: str, kind: Kind, **more: object) -> Field:
    return Field(name, kind, required=False, **more)  # type: ignore[arg-type]


AT = Field("at", Kind.AT)
TYPE = Field("type", Kind.TYPE)
PARTNER = Field("partner", Kind.PARTNER)
ID = _optional("id", Kind.IDENT)
COMMON: tuple[Field, ...] = (AT, TYPE, PARTNER, ID)
"""Fields of every event."""

_REASON = Field("reason", Kind.TEXT)
_WHY = _optional("reason", Kind.TEXT)
_SALE = Field("sale", Kind.IDENT)
_LEAD = Field("lead", Kind.IDENT)
_CLIENT = Field("client", Kind.IDENT)
_POINTS = Field("points", Kind.WHOLE, least=1)
_REQUIREMENT = Field("requirement", Kind.WORD, choices=REQUIREMENTS)
_MEASURE = (
    Field("measure", Kind.WORD, choices=MEASURES),
    _optional("until", Kind.DAY, note="the last program day; absent = until lifted"),
    _optional("users", Kind.IDENTS, note="absent = all"),
    _optional("sites", Kind.IDENTS, note="absent = all"),
    _WHY,
)

FIELDS_BY_TYPE: dict[str, tuple[Field, ...]] = {
    "partner.applied": (
        Field("name", Kind.TEXT),
        Field("country", Kind.WORD, choices=COUNTRIES),
        _optional("kind", Kind.TEXT),
    ),
    "partner.accepted": (),
    "partner.suspended": (_WHY,),
    "partner.reinstated": (_WHY,),
    "partner.terminated": (_WHY,),
    "course.completed": (
        Field("course", Kind.IDENT, note="`tutorial`, `sales`, `marketing` or another"),
        _optional("user", Kind.TEXT),
    ),
    "nfr.claimed": (Field("product", Kind.WORD, choices=NFR_PRODUCTS), _optional("account", Kind.TEXT)),
    "evidence.approved": (_REQUIREMENT,),
    "evidence.withdrawn": (_REQUIREMENT,),
    "sale.paid": (
        _SALE,
        _CLIENT,
        Field("product", Kind.WORD, choices=PRODUCTS),
        Field("net", Kind.MONEY, note="paid after partner discount and after bonuses, before tax"),
        _optional("currency", Kind.TEXT, note="kept, never converted"),
        _optional("licences", Kind.WHOLE, least=1, default=1),
        _optional("seats", Kind.WHOLE, default=0, note="included users in all"),
        _optional("plan", Kind.WORD, choices=PLANS, default="basic"),
        _optional("modules", Kind.WORDS, choices=SALE_MODULES),
        _optional("term_months", Kind.WHOLE, least=1, most=TERM_MONTHS_MOST, note="absent = perpetual"),
        _optional("new_client", Kind.BOOL, note="absent = worked out from the client's earlier purchases"),
    ),
    "sale.refunded": (_SALE, _optional("amount", Kind.MONEY, least=1, note="absent = all that is left")),
    "sale.excluded": (_SALE, _REASON),
    "project.delivered": (
        Field("project", Kind.IDENT),
        _CLIENT,
        Field("modules", Kind.WORDS, choices=PROJECT_MODULES),
        _optional("integration", Kind.BOOL, default=False),
        Field("report", Kind.REFERENCE, note="an empty one = missing"),
        Field("checklist", Kind.REFERENCE, note="an empty one = missing"),
    ),
    "project.confirmed": (Field("project", Kind.IDENT),),
    "points.granted": (
        Field("award", Kind.IDENT),
        _POINTS,
        Field("activity", Kind.WORD, choices=ACTIVITIES),
        _WHY,
    ),
    "points.decided": (_SALE, Field("decision", Kind.WORD, choices=DECISIONS)),
    "points.cancelled": (
        _optional("award", Kind.IDENT, note="an award's, sale's or project's id; this or `points`"),
        _optional("points", Kind.WHOLE, least=1, note="this or `award`"),
        _WHY,
    ),
    "points.spent": (
        Field("exchange", Kind.IDENT),
        _POINTS,
        Field("item", Kind.TEXT),
        _optional("campaign", Kind.TEXT),
    ),
    "points.restored": (Field("exchange", Kind.IDENT), _WHY),
    "lead.reserved": (_LEAD,),
    "lead.won": (_LEAD,),
    "lead.lost": (_LEAD,),
    "discount.adjusted": (Field("percent", Kind.PERCENT, note="the reduced discount; the latest replaces"), _REASON),
    "discount.restored": (_WHY,),
    "measure.applied": _MEASURE,
    "measure.lifted": _MEASURE,
}
"""Fields of each type besides COMMON, in the order in which writers put them."""

KINDS: dict[str, Kind] = {
    field.name: field.kind
    for fields in (COMMON, FIELDS_BY_TYPE["partner.applied"], FIELDS_BY_TYPE["sale.paid"], *FIELDS_BY_TYPE.values())
    for field in fields
}
"""Each field's kind, which is the same in all types, in the order of columns."""

UNKNOWN_TYPE = len(EVENT_TYPES)
"""Code of an event whose type is missing or none of EVENT_TYPES; it takes COMMON only."""


def _by_type(name: str) -> tuple[Field | None, ...]:
    common = next((field for field in COMMON if field.name == name), None)
    found = [
        next((field for field in fields if field.name == name), None) or common for fields in FIELDS_BY_TYPE.values()
    ]
    return (*found, common)


FIELDS: dict[str, tuple[Field | None, ...]] = {name: _by_type(name) for name in KINDS}
"""For each name, the field by type code (UNKNOWN_TYPE last); None where the type does not take it."""

TAKES: dict[str, npt.NDArray[np.bool_]] = {
    name: np.array([field is not None for field in fields]) for name, fields in FIELDS.items()
}
"""For each name, by type code: does the type take the field?"""

REQUIRES: dict[str, npt.NDArray[np.bool_]] = {
    name: np.array([field is not None and field.required for field in fields]) for name, fields in FIELDS.items()
}
"""For each name, by type code: must the field be there?"""


def codes_of(*types: str) -> tuple[int, ...]:
    """Type codes of the named types."""
    return tuple(EVENT_TYPES.index(name) for name in types)
