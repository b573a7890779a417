"""What spending refuses."""

from collections.abc import Sequence

from honeyguide.common.errors import Refusal, Stale
from honeyguide.rewards.rules.limits import Exceeded, Part
from honeyguide.rewards.words import all_exceeded_words


class LimitReached(Refusal):
    """An exchange exceeds limits (G2.5, G2.7). `exceeded`: each; `proposals`: the same in parts that fit, if any."""

    code = "limit_reached"

    def __init__(self, exceeded: Sequence[Exceeded], proposals: Sequence[Sequence[Part]] = ()) -> None:
        """Name the limits, and keep what can be done instead."""
        super().__init__(
            all_exceeded_words(exceeded),
            limits=[
                {"limit": one.name.value, "clause": one.clause, "asked": one.asked, "most": one.most}
                for one in exceeded
            ],
            proposals=[
                [
                    {"day": part.day, "quantity": part.quantity, "points": part.points, "campaign": part.campaign}
                    for part in parts
                ]
                for parts in proposals
            ],
        )
        self.exceeded = tuple(exceeded)
        self.proposals = tuple(tuple(parts) for parts in proposals)


class StaleQuote(Stale):
    """A quote that no longer holds (G2.3). `changes`: what is different now, in sentences."""

    code = "stale_quote"

    def __init__(self, changes: Sequence[str]) -> None:
        """Keep what has changed."""
        super().__init__(" ".join(changes), changes=list(changes))
        self.changes = tuple(changes)
