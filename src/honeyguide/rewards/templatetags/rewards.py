"""How exchanges, limits and combinations are shown."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from honeyguide.common.local import in_language, percent_text
from honeyguide.common.templatetags.honeyguide import chip
from honeyguide.rewards import words
from honeyguide.rewards.models import Campaign, Channel, Exchange, ExchangeState
from honeyguide.rewards.rules.limits import Part

register = template.Library()
register.filter("discount_kind", words.discount_words)
register.filter("exceeded", words.exceeded_words)
register.filter("limit_name", words.limit_words)
register.filter("reason", words.reason_words)
register.filter("reward_kind", words.kind_words)

STATES = {
    ExchangeState.WAITING: ("orange", "hourglass"),
    ExchangeState.APPROVED: ("blue", "package"),
    ExchangeState.FULFILLED: ("green", "circle-check"),
    ExchangeState.REFUSED: ("red", "circle-x"),
    ExchangeState.WITHDRAWN: ("gray", "arrow-back-up"),
    ExchangeState.CANCELLED: ("gray", "arrow-back-up"),
}


@register.simple_tag
def exchange_state(exchange: Exchange) -> SafeString:
    """The state of an exchange."""
    tone, drawn = STATES[ExchangeState(exchange.state)]
    return chip(str(exchange.get_state_display()), tone, drawn)


@register.filter
def channel(name: str) -> str:
    """A channel of campaigns."""
    return str(Channel(name).label) if name in Channel.values else name


@register.filter
def priority(name: str) -> str:
    """How much something is wanted."""
    return str(words.PRIORITIES.get(name, name))


@register.filter
def own_title(thing: Mapping[str, Any]) -> str:
    """The title of something kept in two languages."""
    return in_language(thing["title"], thing["title_ru"])


@register.filter
def unlocalized_amount(amount: Decimal | str) -> str:
    """An amount for a field of a form: with a point, without separators."""
    return str(amount)


@register.filter
def campaign_name(part: Part, campaigns: Sequence[Campaign]) -> str:
    """The campaign of a part of a proposal."""
    return next((str(one) for one in campaigns if one.uid == part.campaign), "")


@register.simple_tag
def combination_words(told: Mapping[str, Any], names: Sequence[str]) -> str:
    """The offers of a combination (rewards.quoting.told): points + partner discount 40 %."""
    said = []
    for name in names:
        percent = told.get("percents", {}).get(name)
        if name == "points":
            text = _("the points")
        elif name in told.get("titles", {}):
            text = in_language(*told["titles"][name])
        else:
            text = words.discount_words(name).lower()
        said.append(f"{text} ({percent_text(Decimal(percent))})" if percent else text)
    return " + ".join(said) or _("nothing")
