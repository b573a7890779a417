"""The decorator of compiled kernels, with a cache that no change of the engine can leave stale.

Numba keeps compiled code by the time stamp of the one file that a function stands in; a kernel that calls a function of
another file would go on with that function's old code. The cache here lies in a folder named after the text of all that
the kernels are made of.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba

from honeyguide.program.history import events


def cache_folder() -> str:
    """Where compiled code is kept, by what the kernels are made of."""
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for source in [*sorted(here.glob("*.py")), Path(events.__file__)]:
        digest.update(source.read_bytes())
    beside = here / "__pycache__"
    home = beside if os.access(beside if beside.exists() else here, os.W_OK) else _user_cache()
    return str(home / f"kernels-{digest.hexdigest()[:16]}")


def _user_cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base) / "honeyguide"
    return folder if os.access(folder.parent, os.W_OK) else Path(tempfile.gettempdir()) / "honeyguide"


_CACHE_FOLDER = os.environ.get("HONEYGUIDE_KERNELS") or cache_folder()
"""HONEYGUIDE_KERNELS: another folder, for a process that compiles beside others (scripts/compile_kernels.py)."""


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile on first call, without the interpreter's lock, and keep the machine code for later processes."""
    return _compiled(function, inline=False)


def inlined(function: Callable[..., Any]) -> Callable[..., Any]:
    """Like `kernel`, for small functions called for every event: put into the caller, it need not be given arrays."""
    return _compiled(function, inline=True)


def _compiled(function: Callable[..., Any], inline: bool) -> Callable[..., Any]:
    settings: Any = numba.config
    before = settings.CACHE_DIR
    settings.CACHE_DIR = _CACHE_FOLDER
    try:
        compiled: Callable[..., Any] = numba.njit(cache=True, nogil=True, forceinline=inline)(function)
    finally:
        settings.CACHE_DIR = before
    return compiled
