"""The Django application of this package."""

from django.apps import AppConfig


class BonusesConfig(AppConfig):
    """Where Django finds it."""

    name = "honeyguide.bonuses"
    label = "bonuses"
