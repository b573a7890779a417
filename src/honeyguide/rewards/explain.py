"""Why a price, a limit or a condition is what it is: for the component that answers "why?"."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from honeyguide.common import words
from honeyguide.common.explanation import Explanation
from honeyguide.common.local import day_text, money_text, percent_text, whole_text
from honeyguide.common.words import words_of
from honeyguide.rewards.catalogue import Day, Item, Offered
from honeyguide.rewards.quoting import Position
from honeyguide.rewards.rules.limits import Exceeded, period_of
from honeyguide.rewards.savings import Savings
from honeyguide.rewards.words import discount_words, exceeded_words
from honeyguide.rulebooks.queries import in_force


def explain_price(one: Offered, found: Day) -> Explanation:
    """Why something costs so many points on a day (G2.3)."""
    variant = one.item.variant
    inputs = [
        (
            _("Allowed in a price list"),
            whole_text(variant.min_points)
            if variant.min_points == variant.max_points
            else _("%(low)s to %(high)s")
            % {"low": whole_text(variant.min_points), "high": whole_text(variant.max_points)},
        ),
        (
            _("Price list"),
            _("the rulebook’s own prices")
            if found.table.is_rulebook
            else _("in force from %(day)s") % {"day": day_text(found.table.effective_from)},
        ),
        (_("Price in it"), whole_text(one.list_price)),
    ]
    if one.promotion is not None:
        taken = f"{one.promotion}: −{percent_text(one.promotion.points_percent)}"
        below = one.price < variant.min_points
        inputs.append((_("Promotion"), _("%(promotion)s, below the range") % {"promotion": taken} if below else taken))
    if one.next_price is not None and one.next_from is not None:
        coming = {"points": whole_text(one.next_price), "day": day_text(one.next_from)}
        inputs.append((_("Announced"), _("%(points)s from %(day)s") % coming))
    inputs.append((_("Worth, for planning"), money_text(variant.worth_amount, short=True)))
    return Explanation(
        title=one.item.title,
        rule=_(
            "Prices change at most once in so many months and are told ahead; an exchange is quoted anew. The "
            "rulebook’s range is for price lists: a promotion may go below it for its days."
        ),
        inputs=inputs,
        result=ngettext("%(points)s point", "%(points)s points", one.price) % {"points": whole_text(one.price)},
        clause=f"{one.item.reward.clause}, {found.rewards.price_clause}",
        rulebook=found.rulebook,
        day=found.day,
    )


def explain_limits(position: Position) -> Explanation:
    """How much can be spent at once and in the period (G2.7)."""
    found = position.found
    limits = found.rewards.limits
    _first, last = period_of(found.day, limits.period_months)
    inputs = [
        (_("Available"), whole_text(position.available)),
        (_("At most at once"), percent_text(limits.exchange_max_percent)),
    ]
    if limits.period_max_points is not None:
        inputs += [
            (_("At most in the period until %(day)s") % {"day": day_text(last)}, whole_text(limits.period_max_points)),
            (_("Exchanged in it already"), whole_text(position.period_points)),
        ]
    return Explanation(
        title=_("How much can be spent at once"),
        rule=_("Never the whole balance at once, and no more than so much in a period."),
        inputs=inputs,
        result=_("At most %(points)s points now") % {"points": whole_text(position.at_once)},
        clause=limits.clause,
        rulebook=found.rulebook,
        day=found.day,
    )


def explain_savings(year: Savings, quarters: Sequence[Savings]) -> Explanation:
    """What exchanges saved in a year, by quarter, as a share of what licences cost (G4.7)."""
    book = in_force(year.last)
    inputs = [
        (
            _("%(first)s to %(last)s") % {"first": day_text(one.first), "last": day_text(one.last)},
            _share_words(one),
        )
        for one in quarters
    ]
    inputs.append((_("Exchanges handed over"), whole_text(year.exchanges)))
    return Explanation(
        title=_("Saved by exchanges in twelve months"),
        rule=_(
            "What the points added to the discounts that there were anyway, of every exchange that was handed over, by "
            "the rulebook’s planning figures; of what you paid for licences in the same time, refunds taken off."
        ),
        inputs=inputs,
        result=_share_words(year),
        clause="G4.7",
        rulebook=f"{book.name} {book.version}",
        day=year.last,
    )


def _share_words(one: Savings) -> str:
    amounts = {"saved": money_text(one.saved, short=True), "cost": money_text(one.purchases, short=True)}
    if one.share_percent is None:
        return _("%(saved)s; no licences were bought") % amounts
    return _("%(saved)s, %(share)s of %(cost)s") % {**amounts, "share": percent_text(one.share_percent)}


def explain_conditions(item: Item, found: Day, unmet: Sequence[Exceeded]) -> Explanation:
    """What a reward asks for: status, activity, approval, purpose, pieces (G2.4, G2.5)."""
    reward, inputs = item.reward, list[tuple[str, str]]()
    if reward.status is not None:
        inputs.append((_("From status"), words_of(words.STATUSES, reward.status)))
    if reward.active_min_points is not None:
        inputs.append((_("From active points"), whole_text(reward.active_min_points)))
    inputs.append((_("Approved beforehand"), _("yes") if reward.needs_approval else _("no")))
    if reward.for_client:
        inputs.append((_("Used for"), _("a client, with its contract")))
    if reward.for_campaign:
        inputs.append((_("Used for"), _("a campaign")))
    if reward.exchange_max_count is not None:
        inputs.append((_("At most in one exchange"), whole_text(reward.exchange_max_count)))
    if reward.period_max_count is not None:
        inputs.append((_("At most in a period"), whole_text(reward.period_max_count)))
    together = [discount_words(kind) for name, kind in sorted(found.matrix.rewards) if name == item.reward_name]
    inputs.append((_("Goes with"), ", ".join(together) or _("nothing else")))
    return Explanation(
        title=item.reward_title,
        rule=" ".join(exceeded_words(one) for one in unmet),
        inputs=inputs,
        result=_("Open to you") if not unmet else _("Not open to you now"),
        clause=", ".join(dict.fromkeys((reward.clause, found.rewards.condition_clause, found.rewards.approval_clause))),
        rulebook=found.rulebook,
        day=found.day,
    )
