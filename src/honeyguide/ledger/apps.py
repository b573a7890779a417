"""The Django application of this package."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Where Django finds it."""

    name = "honeyguide.ledger"
    label = "ledger"
