"""The app."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """Files that people hand in."""

    name = "honeyguide.files"
