#!/usr/bin/env python
"""Write docs/access.md from the table of access: `scripts/write_access_page.py`."""

import os
import sys
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Write it."""
    sys.path.insert(0, str(ROOT / "src"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "honeyguide.config.settings")
    django.setup()
    from honeyguide.access.document import document  # noqa: PLC0415 - after Django is set up

    (ROOT / "docs/access.md").write_text(document(), encoding="utf-8")


if __name__ == "__main__":
    main()
