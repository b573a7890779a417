"""How exchanges, limits and combinations are shown."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from honeyguide.common.local import percent_text
from honeyguide.common.templatetags.honeyguide import chip
from honeyguide.rewards import words
from honeyguide.rewards.models import Campaign, Channel, Exchange, ExchangeState
from honeyguide.rewards.rules.limits import Exceeded, Part

register = template.Library()

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
def reward_kind(kind: str) -> str:
    """A kind of reward."""
    return words.kind_words(kind)


@register.filter
def discount_kind(kind: str) -> str:
    """A kind of discount or bonus."""
    return words.discount_words(kind)


@register.filter
def limit_name(name: str) -> str:
    """A limit, by its name."""
    return words.limit_words(name)


@register.filter
def exceeded(one: Exceeded) -> str:
    """A limit that is exceeded, in a sentence."""
    return words.exceeded_words(one)


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
    return str(thing["title_ru"] if (get_language() or "").startswith("ru") else thing["title"])


@register.filter
def unlocalized_amount(amount: Decimal | str) -> str:
    """An amount for a field of a form: with a point, without separators."""
    return str(amount)


@register.filter
def item_of(mapping: Mapping[Any, Any], key: Any) -> Any:
    """What a mapping has under a key; None for nothing."""
    return mapping.get(key)


@register.filter
def campaign_name(part: Part, campaigns: Sequence[Campaign]) -> str:
    """The campaign of a part of a proposal."""
    return next((str(one) for one in campaigns if one.uid == part.campaign), "")


@register.simple_tag
def combination_words(told: Mapping[str, Any], names: Sequence[str]) -> str:
    """The offers of a combination (rewards.quoting.told): points + partner discount 40 %."""
    russian = (get_language() or "").startswith("ru")
    said = []
    for name in names:
        percent = told.get("percents", {}).get(name)
        if name == "points":
            text = _("the points")
        elif name in told.get("titles", {}):
            text = told["titles"][name][1 if russian else 0]
        else:
            text = words.discount_words(name).lower()
        said.append(f"{text} ({percent_text(Decimal(percent))})" if percent else text)
    return " + ".join(said) or _("nothing")
