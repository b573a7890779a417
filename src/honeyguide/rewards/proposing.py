"""The question of a plan from what is known: lots, prices to come, promotions, the matrix, limits (G4.7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from honeyguide.common.days import add_months
from honeyguide.common.errors import Invalid
from honeyguide.partners.models import Partner
from honeyguide.program.rulebook.rewards import PRIORITIES
from honeyguide.rewards import limits
from honeyguide.rewards.catalogue import Day, Item, days_of
from honeyguide.rewards.models import MatrixChange, PriceList, Promotion
from honeyguide.rewards.quoting import Position, item_with, offers_of, position_of
from honeyguide.rewards.rules.combining import best_combination, worth_of_reward
from honeyguide.rewards.rules.limits import Exceeded, period_of
from honeyguide.rewards.rules.planning import SLOTS_MAX, Plan, Question, Step, Want, best_plan
from honeyguide.rewards.savings import licences_bought, months_before, share_of_cost
from honeyguide.standing.models import Standing

CENTS = 100


@dataclass(frozen=True, slots=True)
class Wish:
    """Something that a partner wants. `item`: `<reward>.<variant>`; `priority`: one of PRIORITIES."""

    item: str
    quantity: int
    priority: str
    campaign: str = ""


type Reason = dict[str, Any]
"""Why a plan does something, in JSON values, as it is kept: `name` and what it is about (words.reason_words)."""


@dataclass(frozen=True, slots=True)
class Unmet:
    """What a plan leaves out: so many pieces, and why."""

    item: Item
    quantity: int
    because: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Planned:
    """One exchange of a proposal, with the reasons for its day."""

    step: Step
    item: Item
    because: tuple[Reason, ...]

    @property
    def worth(self) -> Decimal:
        """What it is worth, in the program's currency."""
        return Decimal(self.step.worth) / CENTS


@dataclass(frozen=True, slots=True)
class Proposal:
    """The plan of the highest value for some wishes.

    `cost`: what the planned things cost without points; `purchases`: what licences cost in as many months before.
    """

    wishes: tuple[Wish, ...]
    until: date
    plan: Plan
    steps: tuple[Planned, ...]
    unmet: tuple[Unmet, ...]
    available: int
    months: int
    cost: Decimal
    purchases: Decimal

    @property
    def worth(self) -> Decimal:
        """What the plan saves, in the program's currency."""
        return Decimal(self.plan.worth) / CENTS

    @property
    def share_percent(self) -> Decimal | None:
        """What the plan saves of what its things cost without points; None without any."""
        return share_of_cost(self.worth, self.cost)

    @property
    def purchases_percent(self) -> Decimal | None:
        """What the plan saves as a share of licence cost; None without any."""
        return share_of_cost(self.worth, self.purchases)

    @property
    def lost(self) -> int:
        """Points that expire until the plan's end although it is carried out."""
        return sum(lost for _on, _used, lost in self.plan.saved)


def propose(partner: Partner, standing: Standing | None, wishes: Sequence[Wish], *, months: int, day: date) -> Proposal:
    """The plan of the highest value from a day on. Raises Invalid, NoRewards, planning.NoPlan."""
    until = add_months(day, months) - timedelta(days=1)
    days = days_of(_slots(day, until))
    items = {wish.item: item_with(days[0], wish.item) for wish in wishes}
    _check(wishes, months)
    position = position_of(partner, standing, days[0])
    barred = {key: problems for key, item in items.items() if (problems := position.unmet(item))}
    question = _question(position, days, until, [one for one in wishes if one.item not in barred])
    plan = best_plan(question)
    return Proposal(
        wishes=tuple(wishes),
        until=until,
        plan=plan,
        steps=tuple(Planned(step, items[step.key], _because(step, question, days)) for step in plan.steps),
        unmet=tuple(_unmet(wishes, plan, items, barred, question)),
        available=position.available,
        months=months,
        purchases=sum((net for _on, net in licences_bought(partner, *months_before(day, months))), Decimal(0)),
        cost=sum((_cost(step, items[step.key], days, standing) for step in plan.steps), Decimal(0)),
    )


def _check(wishes: Sequence[Wish], months: int) -> None:
    problems = {}
    if not 1 <= len(wishes) <= limits.WANTS_COUNT or len({wish.item for wish in wishes}) != len(wishes):
        problems["wishes"] = _("1 to %(most)s different things.") % {"most": limits.WANTS_COUNT}
    if any(not 1 <= wish.quantity <= limits.QUANTITY_MAX for wish in wishes):
        problems["quantity"] = _("From 1 to %(most)s pieces.") % {"most": limits.QUANTITY_MAX}
    if any(wish.priority not in PRIORITIES for wish in wishes) or months not in limits.PLAN_MONTHS:
        problems["months"] = _("This form is damaged. Open it again.")
    if problems:
        raise Invalid(" ".join(problems.values()), fields=problems)


def _slots(day: date, until: date) -> list[date]:
    """Today, and the later days on which a price, a promotion, the matrix or a period begins."""
    rewards = days_of([day])[0].rewards
    found = {day}
    _first, last = period_of(day, rewards.limits.period_months)
    while last < until:
        found.add(last + timedelta(days=1))
        _first, last = period_of(last + timedelta(days=1), rewards.limits.period_months)
    found |= set(PriceList.objects.filter(effective_from__gt=day).values_list("effective_from", flat=True))
    found |= set(Promotion.objects.filter(starts_on__gt=day).values_list("starts_on", flat=True))
    for starts_on, ends_on in MatrixChange.objects.values_list("starts_on", "ends_on"):
        found |= {starts_on} | ({ends_on + timedelta(days=1)} if ends_on is not None else set())
    return sorted(one for one in found if day <= one <= until)[:SLOTS_MAX]


def _question(position: Position, days: Sequence[Day], until: date, wishes: Sequence[Wish]) -> Question:
    now, wants = days[0], []
    for wish in wishes:
        item = item_with(now, wish.item)
        spending = position.spending(item)
        wants.append(
            Want(
                key=wish.item,
                quantity=wish.quantity,
                priority=PRIORITIES.index(wish.priority),
                prices=tuple(found.price(item) if found.item(item.key) else 0 for found in days),
                worths=tuple(_worth(found, item, position.standing) for found in days),
                group=item.reward_name,
                exchange_max=item.reward.exchange_max_count,
                period_max=item.reward.period_max_count,
                period_used=spending.period_count,
                stock=spending.stock,
            )
        )
    return Question(
        slots=tuple(found.day for found in days),
        until=until,
        wallet=position.wallet,
        wants=tuple(wants),
        exchange_max_percent=now.rewards.limits.exchange_max_percent,
        period_months=now.rewards.limits.period_months,
        period_max=now.rewards.limits.period_max_points,
        period_used=position.period_points,
    )


def _worth(found: Day, item: Item, standing: Standing | None) -> int:
    """What the points for one are worth on a day, in cents: what they add to what there is anyway (G2.8)."""
    reward, *others = offers_of(found, item, 1, standing)
    return int(worth_of_reward(reward, others, found.matrix, item.variant.list_amount) * CENTS)


def _cost(step: Step, item: Item, days: Sequence[Day], standing: Standing | None) -> Decimal:
    """What the pieces of a step cost on their day without points, with the best of what there is anyway."""
    found = next(one for one in days if one.day == step.day)
    _reward, *others = offers_of(found, item, 1, standing)
    return best_combination(others, found.matrix, item.variant.list_amount).price * step.quantity


def _because(step: Step, question: Question, days: Sequence[Day]) -> tuple[Reason, ...]:
    """Why on this day: points that would expire, a price or a promotion that begins, a limit that is over by then."""
    found: list[Reason] = []
    want = next(one for one in question.wants if one.key == step.key)
    slot = question.slots.index(step.day)
    expiring = [(on - timedelta(days=1), points) for on, points in step.uses if on <= question.until]
    if expiring:
        points = sum(points for _last_day, points in expiring)
        first, last = expiring[0][0].isoformat(), expiring[-1][0].isoformat()
        found.append({"name": "expiring", "points": points, "first": first, "last": last})
    if slot:
        if want.prices[slot] < want.prices[0]:
            found.append({"name": "cheaper", "now": want.prices[slot], "before": want.prices[0]})
        elif want.worths[slot] > want.worths[0]:
            found.append({"name": "worth_more"})
        elif period_of(step.day, question.period_months) != period_of(question.slots[0], question.period_months):
            found.append({"name": "period_over"})
    promotion = days[slot].promotion(item_with(days[slot], step.key))
    if promotion is not None:
        found.append({"name": "promotion", "title": promotion.name, "title_ru": promotion.name_ru})
    return tuple(found)


def _unmet(
    wishes: Sequence[Wish],
    plan: Plan,
    items: dict[str, Item],
    barred: dict[str, list[Exceeded]],
    question: Question,
) -> list[Unmet]:
    found = []
    wants = {want.key: want for want in question.wants}
    for wish in wishes:
        missing = wish.quantity - sum(step.quantity for step in plan.steps if step.key == wish.item)
        if missing:
            if wish.item in barred:
                because = tuple(_barred(one) for one in barred[wish.item])
            elif not any(wants[wish.item].worths):
                because = ({"name": "saves_nothing"},)
            else:
                because = ({"name": "no_room"},)
            found.append(Unmet(items[wish.item], missing, because))
    return found


def _barred(one: Exceeded) -> Reason:
    return {"name": one.name.value, "status": one.status, "asked": one.asked, "most": one.most}
