"""The rules of Meadow's program: one version is announced, the next one waits for a second person."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

from honeyguide.accounts.actor import Actor
from honeyguide.common.clock import program_day
from honeyguide.common.ids import new_id
from honeyguide.demo.desk import Desk
from honeyguide.program.rulebook.editing import Value
from honeyguide.studio import asking, deciding, drafts, simulating, telling
from honeyguide.studio.models import Draft

ANNOUNCED_AHEAD_DAYS = 24
PROPOSED_AHEAD_DAYS = 60
_MORE_ROOM: dict[str, Value | None] = {"nfr.cloud.storage_gb": 32, "nfr.cloud.mails_a_month_count": 20_000}
_HIGHER_SILVER: dict[str, Value | None] = {
    "statuses.silver.keep.sales_amount": Decimal(6000),
    "statuses.silver.discount_percent": Decimal(38),
    "points.sale.net_percent": Decimal(6),
}


def write_rules(now: datetime) -> None:
    """Announce a version that does no harm, and propose another one. Call when standings are assessed."""
    desk = Desk(now)
    begun, proposed, published = desk.ago(8), desk.ago(7), desk.ago(5)
    maya, admin = desk.staff("manager"), desk.staff("admin")
    day = program_day(published) + timedelta(days=ANNOUNCED_AHEAD_DAYS)
    draft = _proposed(
        "More room for not-for-resale accounts: demonstrations have grown.", _MORE_ROOM, day,
        actor=maya, begun=begun, proposed=proposed,
    )  # fmt: skip
    version = deciding.publish(uid=draft.uid, seal=draft.seal, actor=admin, now=published).published
    assert version is not None
    telling.tell_of_version(version.version, uid=version.uid, actor=admin, now=published)  # the worker's part
    _proposed(
        "Silver asks for more and gives a little less; points for sales make up for it.", _HIGHER_SILVER,
        program_day(now) + timedelta(days=PROPOSED_AHEAD_DAYS),
        actor=desk.staff("tom"), begun=desk.ago(3), proposed=desk.ago(1),
    )  # fmt: skip


def _proposed(
    note: str, values: Mapping[str, Value | None], day: date, *, actor: Actor, begun: datetime, proposed: datetime
) -> Draft:
    """A draft that was begun, changed, simulated and put before a second person."""
    draft = drafts.begin(note=note, form_token=new_id("frm", begun), actor=actor, now=begun)
    draft = drafts.turn(uid=draft.uid, revision=draft.revision, values=values, actor=actor, now=begun)
    run = asking.ask(uid=draft.uid, revision=draft.revision, actor=actor, now=begun)
    simulating.carry_out(uid=run.uid, read=lambda: begun)  # the worker's part
    return deciding.propose(
        uid=draft.uid, revision=draft.revision, effective_from=day, note="", actor=actor, now=proposed
    )
