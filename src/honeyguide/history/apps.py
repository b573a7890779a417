"""The Django application of this package."""

from django.apps import AppConfig


class HistoryConfig(AppConfig):
    """Where Django finds it."""

    name = "honeyguide.history"
    label = "history"
