"""Price lists: written as a draft, published ahead with a notice, never changed afterwards (G2.3). And stock."""

import csv
import io
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from honeyguide.accounts.actor import Actor
from honeyguide.common.clock import program_day
from honeyguide.common.days import add_months
from honeyguide.common.errors import Invalid, Stale
from honeyguide.common.ids import new_id
from honeyguide.common.local import day_text
from honeyguide.history.services import note as record_note
from honeyguide.notices.services import send
from honeyguide.partners.deciding import plain
from honeyguide.partners.models import Partner
from honeyguide.program.rulebook.rewards import Rewards
from honeyguide.rewards import limits
from honeyguide.rewards.catalogue import day_of, items_of, rewards_on
from honeyguide.rewards.models import Price, PriceDraft, PriceList, Stock
from honeyguide.rewards.services.roles import check_manager
from honeyguide.rulebooks.queries import in_force
from honeyguide.standing.models import State

CHANGES_TOLD = 12
"""How many changed prices a notice names."""


def first_possible(now: datetime) -> date:
    """The earliest day from which a price list published now can be in force (G2.3)."""
    day = program_day(now)
    rewards = rewards_on(day)
    ahead = day + timedelta(days=rewards.notice_days)
    latest = PriceList.objects.order_by("-effective_from").first()
    return ahead if latest is None else max(ahead, add_months(latest.effective_from, rewards.price_months))


def next_quarter(day: date) -> date:
    """The first day of a quarter on or after a day."""
    first = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return first if first == day else add_months(first, 3)


def save_draft(
    *, effective_from: date, note: str, prices: Mapping[str, int], version: int, actor: Actor, now: datetime
) -> PriceDraft:
    """Write the draft of the next price list. `version`: of the draft as it was shown; 0 where there was none.

    The ranges are those of the rulebook in force on its day. Raises Forbidden, Invalid with the bad items, NoRewards,
    Stale when somebody else has changed it since.
    """
    check_manager(actor)
    note = plain(note)
    _check_prices(rewards_on(effective_from), prices)
    if len(note) > limits.NOTE_MAX_CHARS or not note.isprintable():
        raise Invalid(
            _("At most %(most)s characters.") % {"most": limits.NOTE_MAX_CHARS}, fields={"note": _("Too long.")}
        )
    with transaction.atomic():
        draft = PriceDraft.objects.select_for_update().first()
        content = {"effective_from": effective_from, "note": note, "prices": dict(sorted(prices.items()))}
        if draft is not None and all(getattr(draft, name) == value for name, value in content.items()):
            return draft
        if (draft.version if draft is not None else 0) != version:
            raise Stale(_("Somebody else has changed the draft since. Look at it again."))
        if draft is None:
            return _first_draft(content, actor, now)
        draft.effective_from, draft.note, draft.prices = effective_from, note, content["prices"]
        draft.version, draft.changed_at, draft.changed_by = draft.version + 1, now, actor.user
        draft.save(update_fields=["effective_from", "note", "prices", "version", "changed_at", "changed_by"])
    return draft


def _first_draft(content: dict[str, Any], actor: Actor, now: datetime) -> PriceDraft:
    try:
        with transaction.atomic():
            return PriceDraft.objects.create(**content, changed_at=now, changed_by=actor.user)
    except IntegrityError:
        raise Stale(_("Somebody else has changed the draft since. Look at it again.")) from None


def discard_draft(*, actor: Actor) -> None:
    """Drop the draft. Without one nothing happens."""
    check_manager(actor)
    PriceDraft.objects.all().delete()


def _check_prices(rewards: Rewards, prices: Mapping[str, int]) -> None:
    """All items have a price within the rulebook's range. Raises Invalid with the bad items."""
    items, problems = {item.key: item for item in items_of(rewards)}, dict[str, str]()
    for key, item in items.items():
        low, high = item.variant.min_points, item.variant.max_points
        points = prices.get(key)
        if points is None or not low <= points <= high:
            problems[key] = _("%(low)s to %(high)s points.") % {"low": low, "high": high}
    for key in sorted(set(prices) - set(items)):
        problems[key] = _("There is no such item in the catalogue.")
    if problems:
        first = next(iter(problems))
        raise Invalid(f"{first}: {problems[first]}", fields=problems)


def publish(*, version: int, actor: Actor, now: datetime) -> PriceList:
    """Publish the draft as it was shown (`version`): it is announced now, and in force from its day (G2.3).

    Every active partner gets a notice. Raises Forbidden, Invalid, NoRewards, Stale.
    """
    check_manager(actor)
    with transaction.atomic():
        draft = PriceDraft.objects.select_for_update().first()
        if draft is None:
            raise Stale(_("There is no draft: it was published or dropped already."))
        if draft.version != version:
            raise Stale(_("Somebody else has changed the draft since. Look at it again."))
        rewards = rewards_on(program_day(now))
        _check_prices(rewards_on(draft.effective_from), draft.prices)
        earliest = first_possible(now)
        if draft.effective_from < earliest:
            message = _(
                "Not before %(day)s: prices change at most once in %(months)s months and are told %(days)s days ahead."
            ) % {"day": day_text(earliest), "months": rewards.price_months, "days": rewards.notice_days}
            raise Invalid(message, fields={"effective_from": message})
        changes = changes_of(draft.effective_from, draft.prices)
        if not changes:
            raise Invalid(_("No price is different: there is nothing to publish."))
        told = list(Partner.objects.filter(standing__state=State.ACTIVE).order_by("key"))
        made = PriceList.objects.create(
            uid=new_id("prc", now), effective_from=draft.effective_from, note=draft.note, published_at=now,
            published_by=actor.user, told_count=len(told),
        )  # fmt: skip
        Price.objects.bulk_create(
            Price(price_list=made, item=key, points=points) for key, points in draft.prices.items()
        )
        draft.delete()
        record_note(
            "prices.published", actor=actor, now=now, ident=made.uid,
            about={"price_list": made.uid, "effective_from": made.effective_from.isoformat(), "changed": len(changes)},
        )  # fmt: skip
        for partner in told:
            _tell(partner, made, changes, actor, now)
    return made


def changes_of(effective_from: date, prices: Mapping[str, int]) -> list[dict[str, Any]]:
    """What a price list changes against the day before it: titles, before, after; in the catalogue's order.

    What is new in the catalogue is compared with the rulebook's own price. Raises NoRewards.
    """
    eve = effective_from - timedelta(days=1)
    before = day_of(eve).table.prices if in_force(eve).rewards is not None else {}
    found = []
    for item in items_of(rewards_on(effective_from)):
        was, now = before.get(item.key, item.variant.default_points), prices.get(item.key)
        if now is not None and now != was:
            found.append({"title": item.title_in("en"), "title_ru": item.title_in("ru"), "before": was, "after": now})
    return found


def _tell(partner: Partner, made: PriceList, changes: list[dict[str, Any]], actor: Actor, now: datetime) -> None:
    context = {
        "effective_from": made.effective_from,
        "note": made.note,
        "changes": changes[:CHANGES_TOLD],
        "more": max(len(changes) - CHANGES_TOLD, 0),
    }
    link = reverse("portal:points_catalogue")
    send(partner=partner, kind="reward_prices", context=context, actor=actor, now=now, link=link)


def read_table(text: str, rewards: Rewards) -> dict[str, int]:
    """Prices of a CSV with the columns `item` and `points`, among others. Raises Invalid with line numbers."""
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    known, prices, problems = {item.key for item in items_of(rewards)}, dict[str, int](), list[str]()
    try:
        if not {"item", "points"} <= set(rows.fieldnames or ()):
            raise Invalid(
                _("Expected the columns item and points."), fields={"file": _("Other columns were expected.")}
            )
        for row in rows:
            if rows.line_num > limits.PRICE_TABLE_MAX_ROWS:
                problems.append(_("At most %(most)s lines.") % {"most": limits.PRICE_TABLE_MAX_ROWS})
                break
            key, points = (row["item"] or "").strip(), (row["points"] or "").strip()
            if key not in known:
                problems.append(
                    _("Line %(line)s: there is no item %(item)s.") % {"line": rows.line_num, "item": key[:60]}
                )
            elif key in prices:
                problems.append(_("Line %(line)s: %(item)s stands there twice.") % {"line": rows.line_num, "item": key})
            elif not points.isascii() or not points.isdigit() or len(points) > 9:
                problems.append(_("Line %(line)s: expected a whole number of points.") % {"line": rows.line_num})
            else:
                prices[key] = int(points)
    except csv.Error as broken:
        problems.append(_("Line %(line)s cannot be read as CSV.") % {"line": rows.line_num})
        raise Invalid(" ".join(problems), fields={"file": " ".join(problems)}) from broken
    if problems:
        raise Invalid(" ".join(problems[:10]), fields={"file": " ".join(problems[:10])})
    return prices


def set_stock(*, item: str, left: int | None, actor: Actor, now: datetime) -> None:
    """Say how many of an item are left; None: as many as are asked for. Raises Forbidden, Invalid."""
    check_manager(actor)
    found = day_of(program_day(now)).item(item)
    if found is None or (left is not None and not 0 <= left <= limits.COUNT_MAX):
        raise Invalid(_("From 0 to %(most)s pieces, or no limit.") % {"most": limits.COUNT_MAX}, fields={"left": ""})
    with transaction.atomic():
        row, _new = Stock.objects.select_for_update().get_or_create(
            item=item, defaults={"left": found.variant.stock_count, "changed_at": now, "changed_by": actor.user}
        )
        if row.left == left:
            return
        row.left, row.changed_at, row.changed_by = left, now, actor.user
        row.save(update_fields=["left", "changed_at", "changed_by"])
        record_note("stock.set", actor=actor, now=now, about={"item": found.title_in("en"), "left": left})
