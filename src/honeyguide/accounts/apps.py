"""The Django application of this package."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Where Django finds it."""

    name = "honeyguide.accounts"
    label = "accounts"
