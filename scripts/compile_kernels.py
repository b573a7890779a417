"""Compile kernels beside the engine's first run, so that all are ready for later runs; part of scripts/setup.

Numba compiles one function after the other, on one core. A first run comes to the points last; meanwhile this process
compiles them, and the outlook's largest kernel. With nothing to do, each is asked as the engine and the outlook ask it.

Two processes must not write one cache: each numbers the variants of what both compile for itself. So HONEYGUIDE_KERNELS
names an empty folder for this one. It begins with what the cache has, and what is finished is put into the cache.
"""

import os
import shutil
from pathlib import Path

import numpy as np

from honeyguide.program.engine.figures import point_figures
from honeyguide.program.engine.kernels.compiled import cache_folder
from honeyguide.program.engine.kernels.order import LAID_EVENT
from honeyguide.program.engine.kernels.points import count_points
from honeyguide.program.outlook.covering import Options, Shortfall, cover_goals
from honeyguide.program.rulebook import load_rulebook


def compile_points() -> None:
    """As program.engine.outcome asks it."""
    nothing, first = np.empty(0, dtype=LAID_EVENT), np.zeros(1, dtype=np.int64)
    count_points(nothing, first, np.zeros(0, dtype=np.int8), point_figures(load_rulebook()), 0, 0, 0, 0, 0)


def compile_covering() -> None:
    """As program.outlook.plan asks it."""
    nothing = np.zeros(0, dtype=np.int64)
    cover_goals(
        np.zeros(1, dtype=np.int64),
        np.zeros((0, len(Shortfall._fields)), dtype=np.int64),
        Options(*[nothing] * len(Options._fields)),
    )


def hand_over(name: str, own: Path, cache: Path) -> None:
    """Put a kernel into the cache, the index that names its code last."""
    for ending in ("nbc", "nbi"):
        for file in own.rglob(f"*.{name}-*.{ending}"):
            place = cache / file.relative_to(own)
            place.parent.mkdir(parents=True, exist_ok=True)
            part = place.with_name(f"{place.name}.part")
            shutil.copyfile(file, part)
            part.replace(place)


if __name__ == "__main__":
    own, cache = Path(os.environ["HONEYGUIDE_KERNELS"]), Path(cache_folder())
    if cache.exists():
        shutil.copytree(cache, own, dirs_exist_ok=True)
    compile_points()
    hand_over("count_points", own, cache)
    compile_covering()
    hand_over("cover_goals", own, cache)
