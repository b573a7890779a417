"""Forms and refusals: what a service says of a field is shown at the field."""

from django import forms

from honeyguide.common.errors import Refusal


def show_refusal(form: forms.Form, refusal: Refusal, *, alone: bool = False) -> None:
    """Put a refusal into a form: each message at its field, what has no field above the form.

    At a field of which the service speaks, what the form itself says is dropped. `alone`: so is all that it says, as
    the service had everything as it was typed in.
    """
    form.is_valid()
    if alone:
        form.errors.clear()
    known = {name: message for name, message in refusal.fields.items() if name in form.fields}
    for name, message in known.items():
        form.errors.pop(name, None)
        form.add_error(name, message)
    if not known or len(known) < len(refusal.fields):
        form.add_error(None, refusal.message)
