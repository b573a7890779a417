"""The application as `honeyguide serve` runs it: each process loads the engine's kernels while it serves already."""

from honeyguide.config.wsgi import application
from honeyguide.standing.warming import warm_in_background

__all__ = ["application"]

warm_in_background()
