"""Kinds of values in a rulebook: each reads one TOML value or says what it expected instead.

A kind is put beside a field's type (`Annotated[int, Whole(Phrase("days"), 1, 3650)]`). The words of `expected` reach
the author of a rulebook unchanged or translated: they name the range and the form, not the Python type. Binary floats
are refused: read TOML with `parse_float=Decimal`.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, override
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from honeyguide.program.phrases import Phrase, PhraseError

PRODUCTS = ("cloud", "on_premise", "upgrade", "maintenance", "module", "service")
"""Products of a sale; the same words as the history form's, which a test holds together."""
SALE_MODULES = ("standard", "advanced", "premium")
PROJECT_MODULES = ("simple", "standard", "complex")
NFR_PRODUCTS = ("cloud", "on_premise")
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
TAKING_MEASURES = ("delist", "blacklist", "bar_leads", "revoke")
"""Measures that take entitlements named in the rulebook; the other measures act in a way of their own."""

_PLAIN_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?", re.ASCII)


class Kind(ABC):
    """One kind of value: `read` gives the clean value or raises ValueError, `expected` says what is allowed."""

    @property
    @abstractmethod
    def expected(self) -> Phrase:
        """What is allowed, to stand after "expected"."""

    @abstractmethod
    def read(self, value: object) -> object:
        """The clean value. Raises ValueError, or PhraseError with words in place of `expected`, if it is of another."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Use `read` as the field's only validation."""
        return core_schema.no_info_plain_validator_function(self._read_or_explain)

    def _read_or_explain(self, value: object) -> object:
        try:
            return self.read(value)
        except ValueError as error:
            raise PydanticCustomError("kind", "expected {expected}", {"expected": self.explained(error)}) from error

    def explained(self, error: ValueError) -> Phrase:
        """What was expected where `read` has raised an error."""
        return error.phrase if isinstance(error, PhraseError) else self.expected


@dataclass(frozen=True)
class Whole(Kind):
    """A whole number of some unit within bounds, both included."""

    unit: Phrase
    low: int
    high: int

    @property
    @override
    def expected(self) -> Phrase:
        return Phrase("a whole number of {unit} from {low} to {high}", unit=self.unit, low=self.low, high=self.high)

    @override
    def read(self, value: object) -> int:
        if type(value) is not int or not self.low <= value <= self.high:
            raise ValueError
        return value


@dataclass(frozen=True)
class Number(Kind):
    """A decimal with at most two places from 0 to `high`."""

    noun: Phrase
    high: int

    @property
    @override
    def expected(self) -> Phrase:
        return Phrase("{noun} from 0 to {high} with at most two decimals", noun=self.noun, high=self.high)

    @override
    def read(self, value: object) -> Decimal:
        if type(value) is int:
            number = Decimal(value)
        elif isinstance(value, Decimal):
            number = value
        elif isinstance(value, str) and _PLAIN_NUMBER.fullmatch(value):  # how a dumped rulebook writes decimals
            number = Decimal(value)
        elif isinstance(value, float):
            raise PhraseError(Phrase("a Decimal, never a binary float: read TOML with parse_float=Decimal"))
        else:
            raise ValueError
        try:
            fits = number.is_finite() and 0 <= number <= self.high and number == number.quantize(Decimal("0.01"))
        except InvalidOperation:
            fits = False
        if not fits:
            raise ValueError
        return number


@dataclass(frozen=True)
class Text(Kind):
    """Text on one line, without space around it."""

    high: int = 200

    @property
    @override
    def expected(self) -> Phrase:
        return Phrase("text of 1 to {high} characters on one line", high=self.high)

    @override
    def read(self, value: object) -> str:
        if not isinstance(value, str) or not 1 <= len(value) <= self.high:
            raise ValueError
        if value != value.strip() or not value.isprintable():
            raise ValueError
        return value


@dataclass(frozen=True)
class Pattern(Kind):
    """Text of a form that has a name."""

    form: Phrase
    regex: str

    @property
    @override
    def expected(self) -> Phrase:
        return self.form

    @override
    def read(self, value: object) -> str:
        if not isinstance(value, str) or not re.fullmatch(self.regex, value, re.ASCII):
            raise ValueError
        return value


@dataclass(frozen=True)
class OneOf(Kind):
    """One of a few words."""

    words: Sequence[str]

    @property
    @override
    def expected(self) -> Phrase:
        return Phrase("one of {words}", words=", ".join(self.words))

    @override
    def read(self, value: object) -> str:
        if not isinstance(value, str) or value not in self.words:
            raise ValueError
        return value


@dataclass(frozen=True)
class YesNo(Kind):
    """true or false."""

    @property
    @override
    def expected(self) -> Phrase:
        return Phrase("true or false")

    @override
    def read(self, value: object) -> bool:
        if not isinstance(value, bool):
            raise ValueError
        return value


@dataclass(frozen=True)
class Day(Kind):
    """A calendar day without a time."""

    @property
    @override
    def expected(self) -> Phrase:
        return Phrase("a date such as 2026-01-31")

    @override
    def read(self, value: object) -> date:
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
            try:
                return date.fromisoformat(value)
            except ValueError:  # a day that no month has
                raise ValueError from None
        if not isinstance(value, date) or isinstance(value, datetime):
            raise ValueError
        return value


@dataclass(frozen=True)
class Several(Kind):
    """A list of values of one kind, in the author's order."""

    one: Kind

    @property
    @override
    def expected(self) -> Phrase:
        return Phrase("a list, each of it {kind}", kind=self.one.expected)

    @override
    def read(self, value: object) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple):
            raise ValueError
        return tuple(self.one.read(each) for each in value)


@dataclass(frozen=True)
class TimeZone(Kind):
    """The name of a zone in the IANA data."""

    @property
    @override
    def expected(self) -> Phrase:
        return Phrase("a time zone of the IANA data such as UTC or Europe/Berlin")

    @override
    def read(self, value: object) -> str:
        if not isinstance(value, str):
            raise ValueError
        try:
            return ZoneInfo(value).key
        except (ZoneInfoNotFoundError, ValueError, OSError):  # "Europe", a directory of the data, is an OSError
            raise ValueError from None


Label = Annotated[str, Text(64)]
Sentence = Annotated[str, Text(200)]
Clause = Annotated[str, Text(40)]
Word = Annotated[str, Pattern(Phrase("a name of a-z, 0-9 and _ that starts with a letter"), r"[a-z][a-z0-9_]{0,63}")]
StatusName = Annotated[
    str, Pattern(Phrase("a name of up to 32 of a-z, 0-9, - and _ that starts with a letter"), r"[a-z][a-z0-9_-]{0,31}")
]
EntitlementName = Annotated[
    str,
    Pattern(
        Phrase("a name of a-z, 0-9 and _, with a count after it where there are several, such as key:2"),
        r"[a-z][a-z0-9_]{0,63}(:[1-9][0-9]{0,3})?",
    ),
]
CourseName = Annotated[str, Text(64)]
Currency = Annotated[str, Pattern(Phrase("a currency code of three capital letters such as EUR"), r"[A-Z]{3}")]
Zone = Annotated[str, TimeZone()]
CalendarDay = Annotated[date, Day()]
Flag = Annotated[bool, YesNo()]
Amount = Annotated[Decimal, Number(Phrase("an amount"), 10**12)]
Percent = Annotated[Decimal, Number(Phrase("a percentage"), 100)]
Days = Annotated[int, Whole(Phrase("days"), 1, 3650)]
DaysOrNone = Annotated[int, Whole(Phrase("days"), 0, 3650)]
Months = Annotated[int, Whole(Phrase("months"), 1, 120)]
Count = Annotated[int, Whole(Phrase("units"), 1, 10**9)]
Points = Annotated[int, Whole(Phrase("points"), 0, 10**9)]
Factor = Annotated[int, Whole(Phrase("times"), 1, 100)]
Product = Annotated[str, OneOf(PRODUCTS)]
SaleModule = Annotated[str, OneOf(SALE_MODULES)]
ProjectModule = Annotated[str, OneOf(PROJECT_MODULES)]
NfrProduct = Annotated[str, OneOf(NFR_PRODUCTS)]
Evidence = Annotated[str, OneOf(EVIDENCE)]
TakingMeasure = Annotated[str, OneOf(TAKING_MEASURES)]
