"""Figures of a rulebook in the reader's language: what each is called, its value, and what changed between two.

The core has the English words for every key (program.rulebook.figures); their translations have the context "rulebook"
in this app's catalogue, which a test keeps complete.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from honeyguide.common import local, words
from honeyguide.common.same import Same
from honeyguide.program.rulebook import Rulebook, diff
from honeyguide.program.rulebook import figures as forms
from honeyguide.program.rulebook.figures import WORDINGS, Figure, Key, figures, is_clause, title
from honeyguide.program.rulebook.sections import LicenceBand, Status

CONTEXT = "rulebook"
SECTIONS = {
    "program": "Program",
    "statuses": "Statuses",
    "requirements": "Requirements",
    "sales": "Sales targets",
    "seats": "New seats",
    "activity": "Activity",
    "clauses": "Clauses",
    "publishing": "New versions of the rules",
    "entitlements": "Entitlements",
    "measures": "Measures",
    "points": "Points",
    "nfr": "Not-for-resale licences",
    "rewards": "Rewards",
    "earning": "Earning points",
    "bonuses": "Bonuses",
}
"""The tables of the file, in English; "program" stands for the figures that are in none."""
RULEBOOKS_IN_MEMORY = 16
"""How many rulebooks, and how many comparisons, are kept in words; one in two languages is two."""
LONG_FROM = 50
"""A table of the file with more figures is shown folded."""
_LISTED_PRODUCTS = frozenset({"products", "counting_products", "purchase_products", "pays_for", "nfr_extended"})
_LISTED_REQUIREMENTS = frozenset({"requirements", "shown_requirements", "discount_requires"})


def told(text: str) -> str:
    """A word of the core in the reader's language."""
    return pgettext(CONTEXT, text) if text else ""


def section_of(key: Key) -> str:
    """The table of the file to which a figure belongs; "program" for those above all tables."""
    return key[0] if len(key) > 1 or key[0] == "statuses" else "program"


def section_title(section: str) -> str:
    """A table of the file in words."""
    return told(SECTIONS.get(section, title(section)))


@dataclass(frozen=True, slots=True)
class Words:
    """A figure in words: "Silver, to keep", "sales"."""

    subject: str
    noun: str


def words_for(key: Key, pattern: str, rulebook: Rulebook) -> Words:
    """What a figure is called."""
    wording, names = WORDINGS[pattern], _names(key, pattern, rulebook)
    return Words(
        told(wording.subject).format(names[0] if names else ""), told(wording.noun).format(names[-1] if names else "")
    )


def _names(key: Key, pattern: str, rulebook: Rulebook) -> list[str]:
    """Words for the names that an author chose, in the order of the key."""
    parts = pattern.split(".")
    return [
        _name(parts[place - 1], part, key[: place + 1], rulebook)
        for place, part in enumerate(key)
        if parts[place] == "*"
    ]


def _name(table: str, name: str, path: Key, rulebook: Rulebook) -> str:
    tables: dict[str, words.Words] = {"statuses": words.STATUSES, "takes": words.MEASURES}
    if table in tables:
        return words.words_of(tables[table], name)
    if table in {"requirements", "after"}:
        return words.requirement_words(name)
    if table == "texts":
        return words.entitlement_words(name)
    return _own_title(path, rulebook) or told(words.words_of({}, name).lower())


def _own_title(path: Key, rulebook: Rulebook) -> str:
    """The title that the rulebook itself gives to something, in the reader's language."""
    place: Any = rulebook
    for part in path:
        place = place.get(part) if isinstance(place, dict) else getattr(place, part, None)
    titles = [getattr(place, name, None) for name in ("title_ru", "title")]
    russian, english = (str(text) if text else "" for text in titles)
    return (russian if local.language() == "ru" else english) or english


def value_text(value: Any, key: Key, pattern: str, rulebook: Rulebook) -> str:
    """A value as it is shown: money with the currency, days as days, names in words; "none" where there is none."""
    if value is None or value == ():
        return _("none")
    form = _FORMS.get(WORDINGS[pattern].form)
    if form is not None:
        return form(value, rulebook)
    if isinstance(value, tuple) and all(isinstance(each, str) for each in value):
        return ", ".join(_word(each, key, pattern) for each in value)
    return _word(value, key, pattern) if isinstance(value, str) else WORDINGS[pattern].form(value)


def _word(name: str, key: Key, pattern: str) -> str:
    """One name of a list, or a text."""
    last = pattern.rpartition(".")[2] if not pattern.endswith("*") else key[-2]
    if last in _LISTED_REQUIREMENTS or last == "evidence":
        return words.requirement_words(name)
    if last in {"entitlements", "every_partner", "after", "block_access_leaves", "takes"}:
        return words.entitlement_words(name)
    if last in _LISTED_PRODUCTS or last == "nfr":
        return words.words_of(words.PRODUCTS, name)
    if last == "status":
        return words.words_of(words.STATUSES, name)
    if last == "course":
        return words.words_of(words.COURSES, name)
    if last in {"kind", "combines_with", "together", "proofs"}:
        return told(words.words_of({}, name).lower())
    return words.rulebook_words(name) if pattern == "name" else told(name) if last == "texts" else name


def _money(value: Decimal, rulebook: Rulebook) -> str:
    return local.money_text(value, rulebook.currency, short=True)


def _months(value: int, _rulebook: Rulebook) -> str:
    return ngettext("%(number)s month", "%(number)s months", value) % {"number": local.whole_text(value)}


def _ladder(value: tuple[Status, ...], _rulebook: Rulebook) -> str:
    return " < ".join(words.words_of(words.STATUSES, status.name) for status in value)


def _bands(value: tuple[LicenceBand, ...], _rulebook: Rulebook) -> str:
    return ", ".join(
        _("up to %(seats)s seats %(points)s")
        % {"seats": local.whole_text(band.up_to_seats_count), "points": local.whole_text(band.points)}
        if band.up_to_seats_count is not None
        else _("more %(points)s") % {"points": local.whole_text(band.points)}
        for band in value
    )


def _yes_no(value: bool, _rulebook: Rulebook) -> str:
    return _("yes") if value else _("no")


_FORMS: dict[Callable[..., str], Callable[[Any, Rulebook], str]] = {
    forms.amount: _money,
    forms.percent: lambda value, _rulebook: local.percent_text(value),
    forms.number: lambda value, _rulebook: local.whole_text(value),
    forms.days: lambda value, _rulebook: local.days_text(value),
    forms.several_days: lambda value, _rulebook: ", ".join(local.days_text(each) for each in value),
    forms.months: _months,
    forms.yes_no: _yes_no,
    forms.day: lambda value, _rulebook: local.day_text(value),
    forms.ladder: _ladder,
    forms.bands: _bands,
}
"""By the core's form of a figure, how it is shown here. A form that is not named shows names or the core's text."""


@dataclass(frozen=True, slots=True)
class Row:
    """One figure as it is shown. `key`: its place in the file."""

    key: str
    subject: str
    noun: str
    text: str
    clause: str
    value: Any
    anchor: str = ""
    """The clause again on the first row that has it: where a link to the clause leads."""


@dataclass(frozen=True, slots=True)
class Group:
    """Figures with one subject."""

    subject: str
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Section:
    """A table of the file with its figures, by subject."""

    name: str
    title: str
    groups: list[Group]

    @property
    def count(self) -> int:
        """How many figures are in it."""
        return sum(len(group.rows) for group in self.groups)

    @property
    def is_long(self) -> bool:
        """Whether its groups are better opened one at a time."""
        return self.count > LONG_FROM


def row_of(figure: Figure, rulebook: Rulebook) -> Row:
    """A figure of a rulebook as it is shown."""
    called = words_for(figure.key, figure.pattern, rulebook)
    return Row(
        key=".".join(figure.key),
        subject=called.subject,
        noun=called.noun,
        text=value_text(figure.value, figure.key, figure.pattern, rulebook),
        clause=figure.clause or "",
        value=figure.value,
    )


def sections(rulebook: Rulebook, search: str = "") -> list[Section]:
    """A rulebook to read: all figures but the clauses, which stand beside them. `search`: words that rows must have."""
    wanted = search.casefold().split()
    found: dict[str, dict[str, list[Row]]] = {}
    anchored: set[str] = set()
    for section, row in _rows(Same(rulebook), get_language()):
        if all(word in _searched(row) for word in wanted):
            anchor = "" if row.clause in anchored else row.clause
            anchored.add(anchor)
            groups = found.setdefault(section, {})
            groups.setdefault(row.subject, []).append(replace(row, anchor=anchor) if anchor else row)
    return [
        Section(name, section_title(name), [Group(subject, rows) for subject, rows in groups.items()])
        for name, groups in found.items()
    ]


@lru_cache(RULEBOOKS_IN_MEMORY)
def _rows(same: Same[Rulebook], _language: str | None) -> list[tuple[str, Row]]:
    """Each figure that is read, with its table: kept, as versions are read again and again."""
    return [
        (section_of(figure.key), row_of(figure, same.thing))
        for figure in figures(same.thing)
        if not is_clause(figure.pattern) or figure.pattern.startswith("clauses.")
    ]


def _searched(row: Row) -> str:
    return f"{row.subject} {row.noun} {row.text} {row.clause} {row.key}".casefold()


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One difference between two rulebooks in words; `before` or `after` is "none" where a rulebook has it not."""

    key: str
    subject: str
    noun: str
    before: str
    after: str
    clause: str

    @property
    def sentence(self) -> str:
        """All of it in one line."""
        what = f"{self.subject}: {self.noun}" if self.noun else self.subject
        return f"{what}: {self.before} → {self.after}"


UNTOLD = frozenset({"name", "version", "effective_from"})
"""What always differs between two versions and is said elsewhere."""


def changes(before: Rulebook, after: Rulebook) -> list[ChangeRow]:
    """What differs between two rulebooks, in the reader's language."""
    return list(_changes(Same(before), Same(after), get_language()))


@lru_cache(RULEBOOKS_IN_MEMORY)
def _changes(before: Same[Rulebook], after: Same[Rulebook], _language: str | None) -> tuple[ChangeRow, ...]:
    return tuple(_changed(before.thing, after.thing))


def _changed(before: Rulebook, after: Rulebook) -> Iterator[ChangeRow]:
    old = {".".join(figure.key): figure for figure in figures(before)}
    new = {".".join(figure.key): figure for figure in figures(after)}
    for change in diff(before, after):
        if change.key in UNTOLD:
            continue
        was, now = old.get(change.key), new.get(change.key)
        either = now or was
        if either is None:  # a status that is gone, whatever it held
            name = words.words_of(words.STATUSES, change.key.rpartition(".")[2])
            yield ChangeRow(change.key, section_title("statuses"), "", name, _("none"), "")
            continue
        called = words_for(either.key, either.pattern, after if now else before)
        yield ChangeRow(
            key=change.key,
            subject=called.subject,
            noun=called.noun,
            before=_("none") if was is None else value_text(was.value, was.key, was.pattern, before),
            after=_("none") if now is None else value_text(now.value, now.key, now.pattern, after),
            clause=either.clause or "",
        )


def option_text(name: str, key: Key, pattern: str) -> str:
    """One of the words that a figure can be, in the reader's language."""
    return _word(name, key, pattern)


def part_title(name: str, rulebook: Rulebook) -> str:
    """A part of the file, or one status, reward or activity of it, by the key of the part."""
    key = tuple(name.split("."))
    return _name(key[-2], key[-1], key, rulebook) if len(key) > 1 else section_title(name)
