"""The form of "what if": a sale, or something that is shown, on a day ahead."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from honeyguide.common.words import PRODUCTS, requirement_words
from honeyguide.standing.story import Story
from honeyguide.standing.whatif import DAYS_AHEAD, Imagined
from honeyguide.standing.wording import months_text

SALE = "sale"
NET_DIGITS, NET_MOST = 12, Decimal(10) ** 10
SEATS_MOST = 1_000_000
TERMS_MONTHS = (1, 3, 6, 12, 24, 36)
PERPETUAL = "0"
NEW, OWN = "new", "client:"
"""A new client, or one of the partner's own: OWN and its id."""
OF_A_SALE = ("net", "product", "seats", "client", "term")


class WhatIfForm(forms.Form):
    """Asks the engine; nothing is stored. Fields of a sale are looked at for a sale alone."""

    what = forms.ChoiceField(label=gettext_lazy("What happens"))
    on = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    net = forms.DecimalField(
        label=gettext_lazy("Amount, after your discount and before tax"),
        min_value=Decimal(0),
        max_value=NET_MOST,
        max_digits=NET_DIGITS,
        decimal_places=2,
        localize=False,
    )
    product = forms.ChoiceField(label=gettext_lazy("Product"))
    seats = forms.IntegerField(label=gettext_lazy("Seats"), required=False, min_value=0, max_value=SEATS_MOST)
    client = forms.ChoiceField(label=gettext_lazy("Client"))
    term = forms.ChoiceField(label=gettext_lazy("Term"))

    def __init__(self, *args: Any, story: Story, clients: list[str], today: date, **kwargs: Any) -> None:
        """`clients`: those of the partner that can be chosen."""
        super().__init__(*args, **kwargs)
        self.story, self.today = story, today
        facts = dict.fromkeys(
            row.name for goal in (story.keep, story.reach) if goal for row in goal.facts if not row.met
        )
        self._choices("what", [(SALE, _("A sale")), *((name, requirement_words(name)) for name in facts)])
        self._choices("product", [(name, str(words)) for name, words in PRODUCTS.items()])
        self._choices("client", [(NEW, _("A new client")), *((f"{OWN}{name}", name) for name in clients)])
        terms = [(str(months), months_text(months)) for months in TERMS_MONTHS]
        self._choices("term", [*terms, (PERPETUAL, _("Perpetual"))])
        if self.is_bound and self.data.get("what", SALE) != SALE:
            for name in OF_A_SALE:
                self.fields[name].required = False
        self.fields["on"].widget.attrs |= {"min": today.isoformat()}

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def clean_on(self) -> date:
        """A day ahead."""
        day: date = self.cleaned_data["on"]
        if not 0 <= (day - self.today).days <= DAYS_AHEAD:
            raise forms.ValidationError(_("Choose a day from today to 400 days ahead."))
        return day

    def imagined(self) -> Imagined:
        """What was entered; the form is valid."""
        data = self.cleaned_data
        if data["what"] != SALE:
            return Imagined(on=data["on"], requirement=data["what"])
        return Imagined(
            on=data["on"],
            net=data["net"],
            product=data["product"],
            seats=data["seats"] or 0,
            client="" if data["client"] == NEW else data["client"].removeprefix(OWN),
            term_months=int(data["term"]) or None,
        )
