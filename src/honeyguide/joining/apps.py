"""The Django application of this package."""

from django.apps import AppConfig


class JoiningConfig(AppConfig):
    """Where Django finds it."""

    name = "honeyguide.joining"
    label = "joining"
