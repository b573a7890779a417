"""The Django application of this package."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """Where Django finds it."""

    name = "honeyguide.console"
    label = "console"
