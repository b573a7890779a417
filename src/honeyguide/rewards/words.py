"""Words for what spending shows: kinds of rewards and discounts, limits, and why something is refused."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from honeyguide.common import words
from honeyguide.common.local import day_text, in_language, whole_text
from honeyguide.common.words import Words, words_of
from honeyguide.rewards.rules.limits import Exceeded, LimitName

KINDS: Words = {
    "renewal_discount": gettext_lazy("Discounts on renewals"),
    "licence_discount": gettext_lazy("Discounts on licences"),
    "licence": gettext_lazy("Licences"),
    "course": gettext_lazy("Courses and webinars"),
    "consultation": gettext_lazy("Consultations"),
    "module": gettext_lazy("Modules"),
    "storage": gettext_lazy("Storage"),
    "service": gettext_lazy("Services"),
    "promotion": gettext_lazy("Promotion packages"),
    "material": gettext_lazy("Promo material"),
    "demo": gettext_lazy("Demo systems"),
    "loyalty": gettext_lazy("Client loyalty"),
    "webinar": gettext_lazy("Webinars for clients"),
}
DISCOUNTS: Words = {
    "partner_discount": gettext_lazy("Partner discount"),
    "special_offer": gettext_lazy("Special offer"),
    "promotion": gettext_lazy("Vendor’s promotion"),
    "kickstart": gettext_lazy("Kickstart bonus"),
    "award_bonus": gettext_lazy("Award bonus"),
}
LIMITS: Words = {
    "status": gettext_lazy("Status"),
    "activity": gettext_lazy("Active points"),
    "balance": gettext_lazy("Available points"),
    "stock": gettext_lazy("Stock"),
    "exchange_count": gettext_lazy("Pieces in one exchange"),
    "period_count": gettext_lazy("Pieces in a period"),
    "exchange_share": gettext_lazy("Share of the balance at once"),
    "period_points": gettext_lazy("Points in a period"),
    "pieces": gettext_lazy("Stock and pieces in a period"),
    "points": gettext_lazy("Points that are there"),
}
PRIORITIES: Words = {
    "first": gettext_lazy("Needed"),
    "then": gettext_lazy("Wanted"),
    "last": gettext_lazy("If points are left"),
}

REASONS: Words = {
    "worth_more": gettext_lazy("is worth more then, with what it goes together with"),
    "period_over": gettext_lazy("the limit of the period before is used up"),
    "saves_nothing": gettext_lazy("It saves nothing: it does not go together with the discount that you have."),
    "no_room": gettext_lazy("More does not fit under the limits with the points that are there."),
}


def kind_words(kind: str) -> str:
    """A kind of reward."""
    return words_of(KINDS, kind)


def discount_words(kind: str) -> str:
    """A kind of discount."""
    return words_of(DISCOUNTS, kind)


def limit_words(name: str) -> str:
    """A limit, by its name."""
    return words_of(LIMITS, name)


def exceeded_words(one: Exceeded) -> str:
    """A limit that an exchange exceeds, in a sentence with its figures."""
    asked, most = whole_text(one.asked), whole_text(one.most)
    match one.name:
        case LimitName.STATUS:
            return _("It is for partners from %(status)s on.") % {"status": words_of(words.STATUSES, one.status)}
        case LimitName.ACTIVITY:
            return _("It asks for %(most)s active points; there are %(asked)s.") % {"most": most, "asked": asked}
        case LimitName.BALANCE:
            return _("It costs %(asked)s points; %(most)s are available.") % {"most": most, "asked": asked}
        case LimitName.STOCK:
            return ngettext("%(most)s is left.", "%(most)s are left.", one.most) % {"most": most}
        case LimitName.EXCHANGE_COUNT:
            return ngettext(
                "At most %(most)s piece in one exchange.", "At most %(most)s pieces in one exchange.", one.most
            ) % {"most": most}
        case LimitName.PERIOD_COUNT:
            assert one.until is not None
            return ngettext(
                "At most %(most)s more piece until %(until)s.",
                "At most %(most)s more pieces until %(until)s.",
                one.most,
            ) % {"most": most, "until": day_text(one.until)}
        case LimitName.EXCHANGE_SHARE:
            return _("At most %(most)s points at once, so that never the whole balance goes; it costs %(asked)s.") % {
                "most": most,
                "asked": asked,
            }
        case LimitName.PERIOD_POINTS:
            assert one.until is not None
            return _("At most %(most)s more points until %(until)s; it costs %(asked)s.") % {
                "most": most,
                "until": day_text(one.until),
                "asked": asked,
            }


def all_exceeded_words(found: Sequence[Exceeded]) -> str:
    """Several limits, a sentence each."""
    return " ".join(exceeded_words(one) for one in found)


def reason_words(reason: Mapping[str, Any]) -> str:
    """Why a plan does something (proposing.Reason), in the reader's language."""
    match reason:
        case {"name": "expiring", "points": points, "first": first, "last": last}:
            used = {"points": whole_text(points), "first": _day(first), "last": _day(last)}
            if first == last:
                return _("uses %(points)s points whose last day is %(last)s") % used
            return _("uses %(points)s points whose last day is from %(first)s to %(last)s") % used
        case {"name": "cheaper", "now": now, "before": before}:
            prices = {"now": whole_text(now), "before": whole_text(before)}
            return _("costs %(now)s then instead of %(before)s") % prices
        case {"name": "promotion", "title": title, "title_ru": title_ru}:
            return _("promotion: %(name)s") % {"name": in_language(title, title_ru)}
        case {"name": "status" | "activity" as name, "status": status, "asked": asked, "most": most}:
            return exceeded_words(Exceeded(LimitName(name), "", asked, most, status))
    return words_of(REASONS, reason["name"])


def _day(text: str) -> str:
    return day_text(date.fromisoformat(text))
