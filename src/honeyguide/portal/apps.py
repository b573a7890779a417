"""The Django application of this package."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Where Django finds it."""

    name = "honeyguide.portal"
    label = "portal"
