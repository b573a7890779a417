"""The Django application of this package."""

from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    """Where Django finds it."""

    name = "honeyguide.reviews"
    label = "reviews"
