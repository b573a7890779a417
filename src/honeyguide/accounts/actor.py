"""Who does something: handed to every service that writes, kept with the event that it records."""

from dataclasses import dataclass
from enum import StrEnum

from honeyguide.accounts.models import User


class Via(StrEnum):
    """The door through which an action came."""

    WEB = "web"
    API = "api"
    COMMAND = "command"
    TASK = "task"
    IMPORT = "import"
    """An event that a file brought: what it tells was decided elsewhere."""


NIGHTLY_RUN, PROGRAM_RULES = "Nightly run", "Program rules"
"""Names of the program acting by itself, as the history keeps them (words.ACTORS has them for readers)."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. `user` is None for the system itself; `name` is kept even if the user goes.

    `partner`: the key of the partner for which a partner's user or key acts; "" for the operator and the system.
    """

    name: str
    user: User | None = None
    partner: str = ""
    via: Via = Via.WEB
    request_id: str = ""

    @classmethod
    def system(cls, name: str, via: Via = Via.TASK) -> "Actor":
        """The program acting by itself, as in the nightly run."""
        return cls(name=name, via=via)

    @property
    def role(self) -> str:
        """The operator role; "" for partners' users and the system."""
        return self.user.role if self.user is not None else ""
