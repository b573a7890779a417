"""The Django application of this package."""

from django.apps import AppConfig


class PartnersConfig(AppConfig):
    """Where Django finds it."""

    name = "honeyguide.partners"
    label = "partners"
