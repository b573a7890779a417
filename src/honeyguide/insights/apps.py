"""The Django application of this package."""

from django.apps import AppConfig


class InsightsConfig(AppConfig):
    """Where Django finds it."""

    name = "honeyguide.insights"
    label = "insights"
