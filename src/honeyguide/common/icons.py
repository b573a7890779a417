"""The icons that the sprite holds."""

import re
from functools import cache
from pathlib import Path

SPRITE = "vendor/tabler-icons/icons.svg"
_ID = re.compile(r'<symbol id="([a-z0-9-]+)"')


@cache
def icon_names() -> frozenset[str]:
    """Names that can be drawn."""
    return frozenset(_ID.findall((Path(__file__).parent / "static" / SPRITE).read_text(encoding="ascii")))
