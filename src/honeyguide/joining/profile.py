"""A company's profile: which fields it has, what a value must look like, and which version somebody has seen."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from phonenumbers import NumberParseException, PhoneNumberFormat

from honeyguide.common.errors import Invalid
from honeyguide.partners.models import Partner

LABELS = {
    "email": gettext_lazy("E-mail"),
    "phone": gettext_lazy("Telephone"),
    "website": gettext_lazy("Website"),
    "postal_address": gettext_lazy("Postal address"),
    "description": gettext_lazy("Short description"),
    "services": gettext_lazy("Services"),
}
"""Fields that a partner keeps up to date itself (T1.7.4), all of them needed for the directory (T1.4)."""
FIELDS = tuple(LABELS)
ADDRESS_CHARS, DESCRIPTION_CHARS = 500, 1000
SERVICES_MOST, SERVICE_CHARS = 20, 60


def values_of(partner: Partner) -> dict[str, Any]:
    """The profile as it is published."""
    return {name: getattr(partner, name) for name in FIELDS}


def missing_of(partner: Partner) -> list[str]:
    """Fields that the directory requires and that are empty (T1.4)."""
    return [name for name, value in values_of(partner).items() if not value]


def text_of(value: Any) -> str:
    """A field's value as a form and a page show it."""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")


def plain_lines(text: str) -> str:
    """A text without what differs by browser alone."""
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def version_of(partner: Partner, waiting_uid: str = "") -> str:
    """A short mark that differs as soon as the profile, or the change that waits, is another one."""
    seen = json.dumps([values_of(partner), waiting_uid], sort_keys=True, default=str)
    return hashlib.sha256(seen.encode()).hexdigest()[:16]


def clean(values: Mapping[str, Any], *, country: str) -> dict[str, Any]:
    """The fields of a profile in the form in which they are kept. Raises Invalid with a message for each bad one.

    `country`: a telephone number without a country code is read as one of there.
    """
    cleaned: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for name in FIELDS:
        if name not in values:
            continue
        try:
            cleaned[name] = _clean(name, values[name], country)
        except ValueError as problem:
            problems[name] = str(problem)
    if problems:
        raise Invalid(_("Please look at the marked fields."), fields=problems)
    return cleaned


def _clean(name: str, value: Any, country: str) -> Any:
    if name == "services":
        return _services(value)
    text = str(value or "").strip()
    if not text:
        return ""
    match name:
        case "email":
            return _email(text)
        case "phone":
            return _phone(text, country)
        case "website":
            return _website(text)
        case "postal_address":
            return _within(text, ADDRESS_CHARS)
    return _within(text, DESCRIPTION_CHARS)


def _within(text: str, most: int) -> str:
    text = "\n".join(line.rstrip() for line in text.splitlines())
    if len(text) > most:
        raise ValueError(_("Too long: expected at most %(most)d characters.") % {"most": most})
    return text


def _email(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError:
        raise ValueError(_("Expected an e-mail address like office@company.example.")) from None
    return text


def _phone(text: str, country: str) -> str:
    expected = _("Expected a telephone number with its country code, like +44 20 7946 0018.")
    try:
        number = phonenumbers.parse(text, country or None)
    except NumberParseException:
        raise ValueError(expected) from None
    if not phonenumbers.is_possible_number(number):
        raise ValueError(expected)
    return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)


def _website(text: str) -> str:
    address = text if "://" in text else f"https://{text}"
    try:
        URLValidator(schemes=["http", "https"])(address)
    except ValidationError:
        raise ValueError(_("Expected a web address like https://company.example.")) from None
    if len(address) > 200:
        raise ValueError(_("Too long: expected at most %(most)d characters.") % {"most": 200})
    return address


def _services(value: str | Sequence[str]) -> list[str]:
    """Words separated by commas or lines; each once, in the order given."""
    words = value.replace("\n", ",").split(",") if isinstance(value, str) else list(value)
    found: dict[str, str] = {}
    for word in words:
        text = " ".join(str(word).split())
        if text:
            found.setdefault(text.casefold(), text)
    services = list(found.values())
    if len(services) > SERVICES_MOST:
        raise ValueError(_("Too many: expected at most %(most)d services.") % {"most": SERVICES_MOST})
    if any(len(service) > SERVICE_CHARS for service in services):
        raise ValueError(_("Too long: expected at most %(most)d characters for each.") % {"most": SERVICE_CHARS})
    return services
