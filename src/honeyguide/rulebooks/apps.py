"""The Django application of this package."""

from django.apps import AppConfig


class RulebooksConfig(AppConfig):
    """Where Django finds it."""

    name = "honeyguide.rulebooks"
    label = "rulebooks"
