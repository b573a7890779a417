"""What conduct does by itself each day: it decides nothing, it only puts what waits into the queue."""

from datetime import datetime
from typing import Any

from honeyguide.conduct.restatements import bring_up


def find_restatements(now: datetime) -> dict[str, Any]:
    """Put restatements that the day's standings report into the queue, so that their age is told rightly."""
    return {"restatements_found": bring_up(now)}
