"""Forms and refusals: what a service says of a field is shown at the field."""

from django import forms

from honeyguide.common.errors import Refusal


def show_refusal(form: forms.Form, refusal: Refusal) -> None:
    """Put a refusal into a form: each message at its field, what has no field above the form.

    What the form itself says is dropped: a service has looked at everything, and says it in words of its own.
    """
    form.is_valid()
    form.errors.clear()
    known = {name: message for name, message in refusal.fields.items() if name in form.fields}
    for name, message in known.items():
        form.add_error(name, message)
    if not known or len(known) < len(refusal.fields):
        form.add_error(None, refusal.message)
