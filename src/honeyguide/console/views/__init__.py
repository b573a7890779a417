"""The operator's site."""

from honeyguide.console.views.home import home

__all__ = ["home"]
