"""The Django application of this package."""

from django.apps import AppConfig


class EarningConfig(AppConfig):
    """Where Django finds it."""

    name = "honeyguide.earning"
    label = "earning"
