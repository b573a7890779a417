"""The Django application of this package."""

from django.apps import AppConfig


class RequirementsConfig(AppConfig):
    """Where Django finds it."""

    name = "honeyguide.requirements"
    label = "requirements"
