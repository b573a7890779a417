"""What a reassessment found new."""

from dataclasses import dataclass
from typing import Any

from honeyguide.partners.models import Partner
from honeyguide.standing.models import Standing


@dataclass(frozen=True, slots=True)
class Change:
    """One partner's new standing beside the one before.

    `before`: None for the first standing. `transitions`: those that it did not have before.
    """

    partner: Partner
    before: Standing | None
    after: Standing
    transitions: tuple[dict[str, Any], ...]
