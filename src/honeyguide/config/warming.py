"""What a serving process loads once, so that nobody waits for it; and what it holds is not searched for garbage."""

import gc
import time
from pathlib import Path
from threading import Thread

import structlog
from django import forms
from django.db import connections
from django.template.loader import get_template
from django.template.utils import get_app_template_dirs
from django.urls import get_resolver

import honeyguide
from honeyguide.standing import warming

log = structlog.get_logger(__name__)

SEARCH_AFTER = (25_000, 20, 20)
"""A page makes some ten thousand objects that are gone at its end: garbage is searched for after a few pages, not in
the middle of each."""
_OURS, _FORMS = Path(honeyguide.__file__).parent, Path(forms.__file__).parent


def warm() -> None:
    """Load the engine's kernels, all pages and all templates, then leave them out of the search for garbage.

    Without that a full collection goes through all modules and templates, some 100 ms in the middle of somebody's page.
    """
    started = time.perf_counter()
    warming.warm()
    get_resolver().url_patterns  # noqa: B018 - loads the views
    for name in _templates():
        get_template(name)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SEARCH_AFTER)
    log.info("ready", seconds=round(time.perf_counter() - started, 2))


def warm_in_background() -> Thread:
    """The same beside what is served meanwhile."""
    thread = Thread(target=_warm_aside, name="warm", daemon=True)
    thread.start()
    return thread


def _warm_aside() -> None:
    try:
        warm()
    finally:
        connections.close_all()  # the thread's own


def _templates() -> list[str]:
    """The names of the product's own templates, and of the fields of forms."""
    folders = [folder for folder in get_app_template_dirs("templates") if folder.is_relative_to(_OURS)]
    folders.append(_FORMS / "templates")
    return [path.relative_to(folder).as_posix() for folder in folders for path in sorted(folder.rglob("*.html"))]
