"""Who can sign in to the demonstration and what there is to see; shown at its start. Knows nothing of Django."""

from typing import NamedTuple

PASSWORD = "meadow in bloom"  # noqa: S105 - of a demonstration on one's own machine


class Login(NamedTuple):
    """One login worth trying."""

    email: str
    who: str
    to_see: str


LOGINS = (
    Login("anna@nectar.example", "Nectar Ltd, main user", "Gold, review in 40 days, 120 seats short"),
    Login("ben@nectar.example", "Nectar Ltd, employee", "what a colleague may do"),
    Login("carla@comb.example", "Comb GmbH, main user", "Bronze for 61 days, one step missing"),
    Login("dina@klever.example", "ТОО «Клевер», main user", "lost Gold, regains it; in Russian"),
    Login("eva@apiario.example", "Apiario SL, main user", "a discount that was reduced"),
    Login("paul@pollen.example", "Pollen Inc, applicant", "what is open before acceptance"),
    Login("manager@meadow.example", "Meadow, partner manager", "queues, partners, reviews"),
    Login("compliance@meadow.example", "Meadow, compliance", "measures, likenesses of companies"),
    Login("finance@meadow.example", "Meadow, finance", "sales, points, exclusions"),
    Login("support@meadow.example", "Meadow, support", "a partner's pages as it sees them"),
    Login("admin@meadow.example", "Meadow, administrator", "everything, raw data too"),
)
