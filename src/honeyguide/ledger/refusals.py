"""What the ledger refuses."""

from django.utils.translation import gettext as _

from honeyguide.common.errors import NotFound, Refusal, Stale


class KeyTaken(Refusal):
    """The key was used for something else. `data["first"]`: the public name of what it was used for."""

    code = "key_taken"

    def __init__(self, key: str, first: str) -> None:
        """Keep what has the key."""
        super().__init__(_("This request's key was used for another request already."), key=key, first=first)


class NotEnough(Refusal):
    """More is asked for than can be spent. `data`: `asked`, `available`."""

    code = "not_enough"

    def __init__(self, asked: int, available: int) -> None:
        """Keep how much there is."""
        super().__init__(
            _("There is not enough: %(asked)s asked for, %(available)s available.")
            % {"asked": asked, "available": available},
            asked=asked,
            available=available,
        )


class HoldShort(NotEnough):
    """Part of what was reserved was taken back since, and nothing else is there. `available`: still reserved."""

    code = "hold_short"


class AwardTaken(Refusal):
    """There is a lot for this award already. `data`: `ident`, `lot`."""

    code = "award_taken"

    def __init__(self, ident: str, lot: int | None) -> None:
        """Keep which."""
        super().__init__(_("%(ident)s has been credited already.") % {"ident": ident}, ident=ident, lot=lot)


class NothingSuch(NotFound):
    """No such lot, hold or transaction in the account."""


class Decided(Stale):
    """The hold is decided, or the transaction undone, already."""

    code = "decided"


class CannotReverse(Refusal):
    """What the transaction brought has moved on: undo the later transactions first. `data["transaction"]`."""

    code = "cannot_reverse"

    def __init__(self, uid: str) -> None:
        """Keep which."""
        super().__init__(_("Later transactions depend on this one: reverse those first."), transaction=uid)
