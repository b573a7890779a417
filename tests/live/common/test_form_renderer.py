"""Selects that are drawn without a template are those that Django's template draws."""

from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.test.html import parse_html
from django.utils.translation import gettext_lazy

from honeyguide.common.form_renderer import FormRenderer

CHOICES: list[Any] = [
    ("", gettext_lazy("All")),
    ("a&b", 'Nuts & "bolts" <b>'),
    (7, "seven"),
    ("Group <1>", [("x", "X"), ("y", "Y")]),
]
ATTRIBUTES = {"class": "form-select", "required": True, "hidden": False, "title": '"'}


@pytest.mark.parametrize(
    ("widget", "value"),
    [
        (forms.Select(choices=CHOICES), "a&b"),
        (
            forms.Select(
                attrs={"class": "form-select", "required": True, "hidden": False, "title": '"'}, choices=CHOICES
            ),
            7,
        ),
        (forms.SelectMultiple(choices=CHOICES), ["x", "7"]),
        (forms.NullBooleanSelect(), True),
        (forms.Select(choices=[]), None),
    ],
)
def test_a_select_is_the_one_of_the_template(widget: forms.Select, value: Any) -> None:
    ours, theirs = (
        widget.render("field", value, {"id": "id_field"}, renderer) for renderer in (FormRenderer(), DjangoTemplates())
    )
    assert parse_html(ours) == parse_html(theirs)
    assert "<option" in ours or not widget.choices


def test_forms_have_it() -> None:
    class Form(forms.Form):
        one = forms.ChoiceField(choices=CHOICES)

    assert isinstance(Form().renderer, FormRenderer)
    assert '<optgroup label="Group &lt;1&gt;">' in str(Form()["one"])
