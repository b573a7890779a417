"""The Django application of this package."""

from django.apps import AppConfig


class StudioConfig(AppConfig):
    """Where Django finds it."""

    name = "honeyguide.studio"
    label = "studio"
