"""`honeyguide verify`: whether what is stored is what the history says."""

from typing import Annotated

import typer

from honeyguide.bonuses.verifying import problems as bonus_problems
from honeyguide.earning.verifying import problems as earning_problems
from honeyguide.insights.verifying import problems as insight_problems
from honeyguide.ledger.verify import problems as ledger_problems
from honeyguide.requirements.verifying import problems as requirement_problems
from honeyguide.rewards.verifying import problems as reward_problems
from honeyguide.rulebooks.verifying import problems as rulebook_problems
from honeyguide.standing.verify import Check, guards_of, verify

app = typer.Typer(add_completion=False)
DIFFERENT = 1
"""Exit status when something differs."""

ROOM_CHECKS: tuple[Check, ...] = (
    guards_of("notices_notice", "notices_noticerecipient", "notices_noticeattachment", "notices_noticeview"),
    guards_of("ledger_transaction", "ledger_cancellation"),
    guards_of("rulebooks_rulebookversion", "rulebooks_revocation"),
    guards_of("rewards_pricelist", "rewards_price", "rewards_matrixchange", "rewards_matrixrule"),
    ledger_problems,
    bonus_problems,
    requirement_problems,
    earning_problems,
    reward_problems,
    rulebook_problems,
    insight_problems,
)
"""What else must hold, of tables that the standing knows nothing of."""


@app.command("verify")
def verify_command(
    *,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing when all is well.")] = False,
) -> None:
    """Derive everything from the history once more and name each difference from what is stored."""
    verified = verify(ROOM_CHECKS)
    for line in verified.differences:
        typer.echo(line)
    if verified.differences:
        typer.echo(_counted(len(verified.differences)), err=True)
        raise typer.Exit(DIFFERENT)
    if not quiet:
        typer.echo(f"As the history says: {verified.events:,} events of the program, {verified.standings:,} standings.")


def _counted(differences: int) -> str:
    return "1 difference" if differences == 1 else f"{differences:,} differences"
