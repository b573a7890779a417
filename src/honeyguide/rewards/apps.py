"""The Django application of this package."""

from django.apps import AppConfig


class RewardsConfig(AppConfig):
    """Where Django finds it."""

    name = "honeyguide.rewards"
    label = "rewards"
