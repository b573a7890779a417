"""The engine: statuses, discounts, entitlements and points of every partner, derived from a history by a rulebook."""

from honeyguide.program.engine.answer import Answer
from honeyguide.program.engine.replay import replay

__all__ = ["Answer", "replay"]
