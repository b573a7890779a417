"""Build hook: a wheel has its translations compiled."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Translations(BuildHookInterface):
    """Compiles all catalogues before anything is packed."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - the name is hatchling's
        """Make the .mo files and have them taken along although Git ignores them."""
        sys.path.insert(0, str(Path(self.root, "scripts")))
        from compile_messages import compile_messages  # noqa: PLC0415 - found only now

        compile_messages()
        build_data["artifacts"].append("src/honeyguide/**/locale/**/*.mo")
