"""What `history export` and `history import` do, with Django set up."""

import getpass
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from honeyguide.accounts.actor import Actor, Via
from honeyguide.cli.errors import INVALID_HISTORY, Failed
from honeyguide.cli.reading import file_failures
from honeyguide.common import clock
from honeyguide.common.errors import Refusal
from honeyguide.common.planning import look_at_tables
from honeyguide.history.exporting import export
from honeyguide.partners.models import Partner
from honeyguide.standing.importing import BrokenFile, Effect, Preview, Source, apply, preview

STDIN = "-"
REFUSED = 1
EFFECTS_SHOWN = 20


def export_history(file: str, partners: list[str] | None) -> None:
    """Write it and say on standard error how much it was. Fails for a partner that is not there."""
    known = set(Partner.objects.filter(key__in=partners or []).values_list("key", flat=True))
    for key in partners or []:
        if key not in known:
            raise Failed(f"--partner is {key}, expected the id of a partner of the program")
    with file_failures(file):
        written = export(file, actor=_actor(), now=clock.read(), partners=partners or None, stdout=sys.stdout.buffer)
    typer.echo(f"{file}: {written:,} events", err=True)


def import_history(file: str, *, dry_run: bool) -> None:
    """Import it, or say what that would change. Fails with a line for each bad line, changing nothing."""
    with _source(file) as source:
        try:
            if dry_run:
                _tell(preview(source, now=clock.read()), "would be")
            else:
                _tell(apply(source, actor=_actor(), now=clock.read()), "were")
                look_at_tables()
        except BrokenFile as broken:
            raise Failed(broken.lines, INVALID_HISTORY) from broken
        except Refusal as refusal:
            raise Failed(refusal.message, REFUSED) from refusal


@contextmanager
def _source(file: str) -> Iterator[Source]:
    if file != STDIN:
        yield Source(Path(file), file)
        return
    with tempfile.TemporaryDirectory(prefix="honeyguide-") as folder:
        path = Path(folder) / "stdin.jsonl"
        with path.open("wb") as stream:
            shutil.copyfileobj(sys.stdin.buffer, stream)
        yield Source(path, STDIN)


def _actor() -> Actor:
    """The person at the keyboard, as the system knows them."""
    try:
        name = getpass.getuser()
    except OSError:  # a container's user without a name
        name = "operator"
    return Actor.system(name, Via.COMMAND)


def _tell(found: Preview, were: str) -> None:
    typer.echo(f"{found.name}: {found.new:,} of {found.events:,} events {were} recorded, {found.known:,} are known.")
    if found.first_at is not None and found.last_at is not None:
        typer.echo(f"From {found.first_at:%Y-%m-%d} to {found.last_at:%Y-%m-%d}.")
    typer.echo(f"{len(found.companies):,} companies {were} added.")
    changed = [effect for effect in found.effects if effect.differs]
    typer.echo(f"{len(changed):,} standings {were} changed, {len(found.effects) - len(changed):,} stay as they are.")
    for effect in changed[:EFFECTS_SHOWN]:
        typer.echo(f"  {effect.key}: {_before(effect)} → {_words(effect.state, effect.status, effect.discount)}")
    if len(changed) > EFFECTS_SHOWN:
        typer.echo(f"  … and {len(changed) - EFFECTS_SHOWN:,} more")


def _before(effect: Effect) -> str:
    return _words(effect.state_before, effect.status_before, effect.discount_before) if effect.state_before else "new"


def _words(state: str, status: str, discount: str) -> str:
    return f"{status or state}, {discount} %" if state in {"active", "suspended"} else state
