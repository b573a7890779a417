"""The Django application of this package."""

from django.apps import AppConfig


class StandingConfig(AppConfig):
    """Where Django finds it."""

    name = "honeyguide.standing"
    label = "standing"
