"""The Django application of this package."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Where Django finds it."""

    name = "honeyguide.api"
    label = "api"
