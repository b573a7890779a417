"""The Django application of this package."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Where Django finds it."""

    name = "honeyguide.notices"
    label = "notices"
