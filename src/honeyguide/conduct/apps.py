"""The Django application of this package."""

from django.apps import AppConfig


class ConductConfig(AppConfig):
    """Where Django finds it."""

    name = "honeyguide.conduct"
    label = "conduct"
