"""A key for what cannot be hashed."""


class Same[Thing]:
    """A thing that is known by being that very one, as a rulebook: equal to no other, whatever that holds."""

    __slots__ = ("thing",)

    def __init__(self, thing: Thing) -> None:
        """Keep it, so that no other can take its place in memory."""
        self.thing = thing

    def __eq__(self, other: object) -> bool:
        """Whether both hold the same one."""
        return isinstance(other, Same) and self.thing is other.thing

    def __hash__(self) -> int:
        """By where it is."""
        return id(self.thing)
