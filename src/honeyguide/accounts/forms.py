"""What people change about themselves."""

from typing import ClassVar

from django import forms

from honeyguide.accounts.models import User


class ProfileForm(forms.ModelForm[User]):
    """Name, language and theme of the person who is signed in."""

    class Meta:
        model = User
        fields: ClassVar = ["name", "language", "theme"]
