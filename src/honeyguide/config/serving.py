"""The application as `honeyguide serve` runs it: each process loads what pages need while it serves already."""

from honeyguide.config.warming import warm_in_background
from honeyguide.config.wsgi import application

__all__ = ["application"]

warm_in_background()
