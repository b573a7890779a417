"""The shared floor of the live system."""

from django.apps import AppConfig


class CommonConfig(AppConfig):
    """Time, errors, lists, the design system."""

    name = "honeyguide.common"
    label = "common"
