"""What goes together, and promotions: changed with days, never forgotten (G2.8)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from honeyguide.accounts.actor import Actor
from honeyguide.common.clock import program_day
from honeyguide.common.errors import Invalid, NotFound, Stale
from honeyguide.common.ids import is_id
from honeyguide.history.services import note
from honeyguide.partners.deciding import plain
from honeyguide.program.rulebook.rewards import DISCOUNT_KINDS
from honeyguide.rewards import limits
from honeyguide.rewards.catalogue import Day, days_of, rewards_on
from honeyguide.rewards.models import MatrixChange, MatrixRule, Promotion
from honeyguide.rewards.rules.combining import pair
from honeyguide.rewards.services.roles import check_manager
from honeyguide.rulebooks.queries import all_versions, in_force

PERCENT_MAX = 90
type Cell = tuple[str, str]
"""A row and a column of the matrix: a reward and a discount, or two discounts as `pair` orders them."""


def latest_change() -> int:
    """A mark of the matrix as it is: the last change's number, 0 for none."""
    return MatrixChange.objects.aggregate(last=Max("number"))["last"] or 0


def set_cells(
    *, cells: Mapping[Cell, bool], starts_on: date, ends_on: date | None, seen: int, actor: Actor, now: datetime
) -> int:
    """Say for some days what goes together; gives how many cells are different then.

    `cells`: those to be written, no others: each holds on all of these days then, whatever was planned within them.
    `seen`: `latest_change` when the grid was shown. Raises Forbidden, Invalid, Stale.
    """
    check_manager(actor)
    _check_days(starts_on, ends_on, program_day(now))
    with transaction.atomic():
        days = days_of(_turns(starts_on, ends_on))
        _check_cells(cells, days)
        different = {
            cell: allowed
            for cell, allowed in cells.items()
            if any((cell in found.matrix.cells) != allowed for found in days)
        }
        if not different:
            return 0
        change = _next_change(seen, starts_on, ends_on, actor, now)
        MatrixRule.objects.bulk_create(
            MatrixRule(change=change, row=row, column=column, is_allowed=allowed)
            for (row, column), allowed in different.items()
        )
        note(
            "matrix.changed", actor=actor, now=now,
            about={
                "from": starts_on.isoformat(), "through": ends_on.isoformat() if ends_on else "",
                "cells": [[row, column, allowed] for (row, column), allowed in different.items()],
            },
        )  # fmt: skip
    return len(different)


def planned(day: date) -> dict[Cell, list[tuple[date, bool]]]:
    """What changes after a day: by cell the days from which it is otherwise than before, and whether it is allowed."""
    found: dict[Cell, list[tuple[date, bool]]] = {}
    before, *later = days_of(_turns(day, None))
    for then in later:
        for cell in then.matrix.cells ^ before.matrix.cells:
            found.setdefault(cell, []).append((then.day, cell in then.matrix.cells))
        before = then
    return found


def _turns(starts_on: date, ends_on: date | None) -> list[date]:
    """The first of some days, and those among them on which the matrix may be another than the day before."""
    found = {one.effective_from for one in all_versions()}
    for first, last in MatrixChange.objects.values_list("starts_on", "ends_on"):
        found |= {first} if last is None else {first, last + timedelta(days=1)}
    later = sorted(day for day in found if starts_on < day and (ends_on is None or day <= ends_on))
    return [starts_on, *(day for day in later if in_force(day).rewards is not None)]


def _next_change(seen: int, starts_on: date, ends_on: date | None, actor: Actor, now: datetime) -> MatrixChange:
    """The change after the one that was seen. Raises Stale when there is one already."""
    stale = Stale(_("Somebody else has changed the matrix since. Look at it again."))
    if latest_change() != seen:
        raise stale
    try:
        with transaction.atomic():
            return MatrixChange.objects.create(
                number=seen + 1, starts_on=starts_on, ends_on=ends_on, set_at=now, set_by=actor.user,
                set_by_name=actor.name,
            )  # fmt: skip
    except IntegrityError:
        raise stale from None


def _check_days(starts_on: date, ends_on: date | None, day: date) -> None:
    problems = {}
    if starts_on < day:
        problems["starts_on"] = _("From today on: what was, stays.")
    if ends_on is not None and ends_on < starts_on:
        problems["ends_on"] = _("The last day is on or after the first.")
    if problems:
        raise Invalid(" ".join(problems.values()), fields=problems)


def _check_cells(cells: Mapping[Cell, bool], days: Iterable[Day]) -> None:
    catalogue = {name for found in days for name in found.rewards.catalogue}
    for row, column in cells:
        known = row in catalogue or (row in DISCOUNT_KINDS and row != column and pair(row, column) == (row, column))
        if not known or column not in DISCOUNT_KINDS:
            raise Invalid(_("This form is damaged. Open it again."))


@dataclass(frozen=True, slots=True)
class PromotionForm:
    """What a promotion says. `rewards`: names; empty: all."""

    name: str
    name_ru: str
    starts_on: date
    ends_on: date
    points_percent: Decimal = Decimal(0)
    sale_percent: Decimal = Decimal(0)
    rewards: Sequence[str] = ()


def add_promotion(*, uid: str, form: PromotionForm, actor: Actor, now: datetime) -> Promotion:
    """Add a promotion. `uid`: an id made when the form was shown; sent twice, it is one. Raises Forbidden, Invalid."""
    check_manager(actor)
    if not is_id("prm", uid):
        raise Invalid(_("This form is damaged. Open it again."))
    before = Promotion.objects.filter(uid=uid).first()
    if before is not None:
        return before
    values = _checked(form, program_day(now))
    with transaction.atomic():
        made, is_new = Promotion.objects.get_or_create(
            uid=uid, defaults={**values, "changed_at": now, "changed_by": actor.user}
        )
        if is_new:
            note("promotion.added", actor=actor, now=now, about=_about(made), ident=uid)
    return made


def _checked(form: PromotionForm, day: date) -> dict[str, object]:
    problems = {}
    names = {"name": plain(form.name), "name_ru": plain(form.name_ru)}
    for field, text in names.items():
        if not text or len(text) > limits.NAME_MAX_CHARS or not text.isprintable():
            problems[field] = _("1 to %(most)s characters.") % {"most": limits.NAME_MAX_CHARS}
    if form.starts_on < day:
        problems["starts_on"] = _("From today on: what was, stays.")
    if form.ends_on < form.starts_on:
        problems["ends_on"] = _("The last day is on or after the first.")
    for field in ("points_percent", "sale_percent"):
        if not 0 <= getattr(form, field) <= PERCENT_MAX:
            problems[field] = _("0 to %(most)s.") % {"most": PERCENT_MAX}
    if not problems and not form.points_percent and not form.sale_percent:
        problems["points_percent"] = _("Say what is cheaper: the price in points, the purchase, or both.")
    unknown = set(form.rewards) - set(rewards_on(day).catalogue)
    if unknown:
        problems["rewards"] = _("Choose something from the catalogue.")
    if problems:
        raise Invalid(" ".join(problems.values()), fields=problems)
    return {
        **names, "starts_on": form.starts_on, "ends_on": form.ends_on, "points_percent": form.points_percent,
        "sale_percent": form.sale_percent, "rewards": sorted(form.rewards),
    }  # fmt: skip


def end_promotion(*, uid: str, actor: Actor, now: datetime) -> Promotion:
    """End a promotion with today; one that has not begun is dropped. Raises NotFound, Forbidden."""
    check_manager(actor)
    day = program_day(now)
    with transaction.atomic():
        found = Promotion.objects.select_for_update().filter(uid=uid).first()
        if found is None:
            raise NotFound(_("There is no such promotion."))
        if found.ends_on <= day:
            return found
        if found.starts_on > day:
            note("promotion.ended", actor=actor, now=now, about=_about(found), ident=uid)
            found.delete()
            return found
        found.ends_on, found.changed_at, found.changed_by = day, now, actor.user
        found.save(update_fields=["ends_on", "changed_at", "changed_by"])
        note("promotion.ended", actor=actor, now=now, about=_about(found), ident=uid)
    return found


def _about(found: Promotion) -> dict[str, object]:
    return {
        "promotion": found.uid, "name": found.name, "from": found.starts_on.isoformat(),
        "through": found.ends_on.isoformat(), "points_percent": str(found.points_percent),
        "sale_percent": str(found.sale_percent), "rewards": found.rewards,
    }  # fmt: skip
