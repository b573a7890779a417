"""The form by which a draft of the rulebook is changed: its fields come from the rulebook's own figures."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from honeyguide.common.phrases import worded
from honeyguide.program.phrases import PhraseError
from honeyguide.program.rulebook import Rulebook
from honeyguide.program.rulebook.editing import Bands, Place, Value, places
from honeyguide.program.rulebook.kinds import Day, Kind, Number, OneOf, Pattern, Several, Text, Whole, YesNo
from honeyguide.program.rulebook.sections import LicenceBand
from honeyguide.rulebooks.words import option_text, part_title, section_title, value_text, words_for

LONG_TEXT = 120
PATTERN_CHARS = 64
LIST_CHARS = 1000
_DIGITS = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Part:
    """Some figures that are changed together: a table of the file, or one status, reward or activity of it."""

    name: str
    title: str
    places: Sequence[Place]
    changed: int
    """How many of its figures differ from the version that the draft follows."""
    table: str
    """In words, the table of the file to which it belongs."""
    is_inner: bool
    """One of several in its table."""


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A figure on the form: what it is, what it is now, and the field."""

    subject: str
    noun: str
    present: str
    clause: str
    field: Any
    differs: bool


def parts_of(rulebook: Rulebook, base: Rulebook) -> list[Part]:
    """The parts of a rulebook, by the tables of its file; of a table first what is in none of its parts."""
    before = {place.name: place.value for place in places(base)}
    found: dict[str, list[Place]] = {}
    for place in places(rulebook):
        found.setdefault(_part_name(place), []).append(place)
    tables = list(dict.fromkeys(name.partition(".")[0] for name in found))
    ordered = sorted(found.items(), key=lambda pair: (tables.index(pair[0].partition(".")[0]), "." in pair[0]))
    return [
        Part(
            name=name,
            title=part_title(name, rulebook),
            table=section_title(name.partition(".")[0]),
            places=some,
            changed=sum(before.get(place.name) != place.value for place in some),
            is_inner="." in name,
        )
        for name, some in ordered
    ]


def _part_name(place: Place) -> str:
    """`statuses.silver`, `rewards.catalogue.webinar`, `earning.activities.training`, else the table of the file."""
    key = place.key
    if key[0] == "statuses":
        return ".".join(key[:2])
    if key[:2] in {("rewards", "catalogue"), ("earning", "activities")}:
        return ".".join(key[:3])
    return key[0]


class FiguresForm(forms.Form):
    """The figures of one part. `changed()` gives what was turned, by key."""

    def __init__(self, part: Part, rulebook: Rulebook, base: Rulebook, data: Any = None) -> None:
        """A field for each figure."""
        super().__init__(data)
        self._rulebook, self._base, self._places = rulebook, base, part.places
        for place in part.places:
            words = words_for(place.key, place.pattern, rulebook)
            self.fields[place.name] = _field(place, f"{words.subject}: {words.noun}")

    def changed(self) -> dict[str, Value | None]:
        """The figures whose value is another one, by key; None: taken out."""
        found: dict[str, Value | None] = {}
        for place in self._places:
            given = self.cleaned_data[place.name]
            value = None if given in (None, "", ()) else given
            if value != place.value:
                found[place.name] = value
        return found

    def rows(self) -> list[FigureRow]:
        """The figures with their words and the present value, as the page shows them."""
        present = {place.name: place.value for place in places(self._base)}
        return [
            FigureRow(
                subject=(words := words_for(place.key, place.pattern, self._rulebook)).subject,
                noun=words.noun,
                present=value_text(present.get(place.name), place.key, place.pattern, self._base),
                clause=place.clause or "",
                field=self[place.name],
                differs=present.get(place.name) != place.value,
            )
            for place in self._places
        ]


def _field(place: Place, label: str) -> forms.Field:
    kind = place.kind
    given: dict[str, Any] = {"label": label, "required": not place.optional, "initial": place.value}
    if isinstance(kind, Whole):
        return forms.IntegerField(min_value=kind.low, max_value=kind.high, **given)
    if isinstance(kind, Number):
        return DecimalField(min_value=Decimal(0), max_value=Decimal(kind.high), decimal_places=2, **given)
    if isinstance(kind, Day):
        return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **given)
    if isinstance(kind, YesNo):
        return YesNoField(**given)
    if isinstance(kind, OneOf):
        choices = [(word, option_text(word, place.key, place.pattern)) for word in kind.words]
        return forms.ChoiceField(choices=[("", _("none")), *choices] if place.optional else choices, **given)
    if isinstance(kind, Several | Bands):
        return (BandsField if isinstance(kind, Bands) else ListField)(kind, **given)
    high = kind.high if isinstance(kind, Text) else PATTERN_CHARS
    long = isinstance(place.value, str) and len(place.value) > LONG_TEXT
    widget = forms.Textarea(attrs={"rows": 3}) if long else forms.TextInput()
    validators = [_fits(place)] if isinstance(kind, Pattern | Text) else []
    return OneLineField(max_length=high, widget=widget, validators=validators, **given)


class DecimalField(forms.DecimalField):
    """A decimal as it reads: 5000, not 5000.00."""

    def prepare_value(self, value: Any) -> Any:
        """Without zeros that say nothing."""
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value


class OneLineField(forms.CharField):
    """A text on one line, however long: what a browser's field breaks is joined."""

    def to_python(self, value: Any) -> str:
        """Without breaks."""
        return " ".join(str(super().to_python(value) or "").split())


class ListField(OneLineField):
    """A list on one line: 60, 30, 7."""

    form = gettext_lazy("With commas between: 60, 30, 7")

    def __init__(self, kind: Kind, **given: Any) -> None:
        """`kind`: of the rulebook, which checks what is given."""
        super().__init__(max_length=LIST_CHARS, help_text=self.form, **given)
        self.kind = kind

    def prepare_value(self, value: Any) -> Any:
        """As it is written."""
        return ", ".join(map(self.text_of, value)) if isinstance(value, tuple) else value

    def to_python(self, value: Any) -> Any:
        """The values. Raises ValidationError with what the rulebook expects."""
        parts = [part.strip() for part in super().to_python(value).split(",") if part.strip()]
        try:
            return self.kind.read([self.value_of(part) for part in parts])
        except ValueError as wrong:
            what = wrong.phrase if isinstance(wrong, PhraseError) else self.kind.expected
            raise forms.ValidationError(_("Expected %(what)s.") % {"what": worded(what)}) from wrong

    def text_of(self, one: Any) -> str:
        """One value as it is written."""
        return str(one)

    def value_of(self, text: str) -> Any:
        """One value: a whole number where it is written so, else a word."""
        return int(text) if _DIGITS.fullmatch(text) else text


class BandsField(ListField):
    """Points by seats on one line: 50: 15, 250: 20, 25."""

    form = gettext_lazy("Up to so many seats: points; at the end the points of all larger ones. 50: 15, 250: 20, 25")

    def text_of(self, one: LicenceBand) -> str:
        """A band with its bound, the last one without."""
        return str(one.points) if one.up_to_seats_count is None else f"{one.up_to_seats_count}: {one.points}"

    def value_of(self, text: str) -> Any:
        """A band as the file has it."""
        bound, colon, points = (part.strip() for part in text.rpartition(":"))
        band = {"points": super().value_of(points)}
        return band | {"up_to_seats_count": super().value_of(bound)} if colon else band


class YesNoField(forms.TypedChoiceField):
    """Whether something holds."""

    def __init__(self, **given: Any) -> None:
        """Two choices."""
        initial = given.pop("initial")
        super().__init__(
            choices=[("yes", _("yes")), ("no", _("no"))],
            coerce=lambda text: text == "yes",
            initial="yes" if initial else "no",
            **given,
        )


def _fits(place: Place) -> Any:
    """A validator that asks the rulebook's own kind."""

    def check(value: str) -> None:
        try:
            place.kind.read(value)
        except ValueError as wrong:
            raise forms.ValidationError(worded(place.kind.explained(wrong))) from wrong

    return check
