"""The partner's site."""

from honeyguide.portal.views.home import home, landing

__all__ = ["home", "landing"]
