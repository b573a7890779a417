"""Sentences about a standing, composed from its figures in the reader's language: verdicts, actions, what follows."""

from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from honeyguide.common.explanation import figure_text
from honeyguide.common.local import day_text, money_text, percent_text, whole_text
from honeyguide.common.words import ENTITLEMENTS, PRODUCTS, STATUSES, requirement_words, words_of
from honeyguide.standing.happenings import EXCLUDED, NOT_ACTIVE, OF_PRODUCT, REFUNDED, Sale
from honeyguide.standing.story import Action, Goal, Row, Step, Story


def status_word(name: str) -> str:
    """A status as a word."""
    return words_of(STATUSES, name)


def amount(value: Decimal | int | None) -> str:
    """An amount of the program's currency, without cents where there are none."""
    return money_text(value or 0, short=True)


def months_text(count: int) -> str:
    """A term."""
    return ngettext("%(count)s month", "%(count)s months", count) % {"count": whole_text(count)}


def seats_text(count: int) -> str:
    """A number of seats."""
    return ngettext("%(count)s seat", "%(count)s seats", count) % {"count": whole_text(count)}


def missing_text(row: Row) -> str:
    """What is missing of one requirement: "1,200 USD missing", "Not handed in yet"."""
    if row.kind != "fact":
        return _("%(figure)s missing") % {"figure": figure_text(row.name, row.missing)}
    if row.course:
        return _("Not completed yet")
    return _("Not claimed yet") if row.nfr else _("Not approved yet")


# Verdicts.


def keeping(story: Story) -> list[str]:
    """Why the verdict on keeping the status is what it is, in sentences."""
    goal = story.keep
    if goal is None:
        return []
    if goal.verdict == "met":
        return [_nothing_due(goal)]
    if goal.verdict == "lost":
        return [*_lost(goal)]
    return [*_ahead(story, goal)]


def _nothing_due(goal: Goal) -> str:
    if goal.on is None:
        return _("Nothing is due: what had to be shown in the first weeks is done.")
    if goal.on_is == "deadline":
        return _("Everything that has to be shown by the deadline is there.")
    return _("Everything that the review asks for is there.")


def _ahead(story: Story, goal: Goal) -> Iterator[str]:
    missing = [requirement_words(row.name) for row in goal.facts if row.decides and not row.met]
    if missing:
        yield _("Still missing: %(what)s.") % {"what": ", ".join(missing)}
    for row in goal.figures:
        if row.met or not row.decides or row.expected is None:
            continue
        figures = {"expected": figure_text(row.name, row.expected), "required": figure_text(row.name, row.required)}
        if row.name == "sales":
            yield _sales_ahead(story, row, figures)
        else:
            yield _seats_ahead(goal, row, figures)


def _sales_ahead(story: Story, row: Row, figures: dict[str, str]) -> str:
    if story.standing.state == "suspended":
        return _("Sales of %(expected)s are all that can be expected: sales while suspended do not count.") % figures
    days = {"days": whole_text(story.pace_days)}
    if row.is_short:
        return ngettext(
            "At the pace of the last %(days)s day, sales will come to %(expected)s of the %(required)s asked for.",
            "At the pace of the last %(days)s days, sales will come to %(expected)s of the %(required)s asked for.",
            story.pace_days,
        ) % (figures | days)
    return ngettext(
        "At the pace of the last %(days)s day, sales will come to %(expected)s; %(required)s are asked for.",
        "At the pace of the last %(days)s days, sales will come to %(expected)s; %(required)s are asked for.",
        story.pace_days,
    ) % (figures | days)


def _seats_ahead(goal: Goal, row: Row, figures: dict[str, str]) -> str:
    if not row.is_short:
        return _("%(expected)s seats will have matured by then; %(required)s are asked for.") % figures
    if goal.seats_lapsing:
        return ngettext(
            "%(expected)s of %(required)s seats will have matured by then, %(more)s more if a client renews in time.",
            "%(expected)s of %(required)s seats will have matured by then, %(more)s more if clients renew in time.",
            len({lot.client for lot in goal.lapsing}),
        ) % (figures | {"more": whole_text(goal.seats_lapsing)})
    return _("%(expected)s of %(required)s seats will have matured by then.") % figures


def _lost(goal: Goal) -> Iterator[str]:
    seats = next((row for row in goal.figures if row.name == "seats" and row.is_short), None)
    if seats is None:
        yield _("No product counts for the sales that are missing: it cannot be kept under this rulebook.")
        return
    best = (goal.seats_expected or 0) + (goal.seats_lapsing or 0)
    yield _("At most %(best)s of %(required)s seats can mature before the review, even if every client renews.") % {
        "best": whole_text(best),
        "required": whole_text(int(seats.required)),
    }
    yield _(
        "Seats sold to new clients now mature too late. A higher status reached before the review would still help."
    )


def reaching(story: Story) -> list[str]:
    """How the next status stands, in sentences."""
    goal = story.reach
    if goal is None:
        return []
    return [*_bars(story, goal), *_waits(story, goal)]


def _bars(story: Story, goal: Goal) -> Iterator[str]:
    if story.standing.state == "suspended":
        yield _("While suspended, no status is reached.")
    elif story.barred and story.barred_until is None:
        yield _("While the measure is in force, no status is reached.")
    elif story.barred and story.barred_until is not None:
        yield _("No status is reached until the end of %(day)s: a measure is in force.") % {
            "day": day_text(story.barred_until)
        }
    elif goal.verdict == "barred":
        yield _("The status has just changed: the next one can be reached from tomorrow on.")
    if goal.verdict == "out_of_reach":
        yield _("It cannot be reached under this rulebook at present.")


def _waits(story: Story, goal: Goal) -> Iterator[str]:
    if not goal.missing:
        yield _("Nothing is missing.")
    elif goal.earliest_on and goal.earliest_on > story.standing.assessed_on and goal.verdict == "open":
        yield _("It can be reached on %(day)s at the earliest: new clients’ seats need time to mature.") % {
            "day": day_text(goal.earliest_on)
        }


def regaining(goal: Goal) -> str:
    """Why the figures of a lost status are those for keeping it (T3.5)."""
    return _(
        "You held %(status)s before. A status that was lost is regained at the figures for keeping it, "
        "with all that keeping it asks for."
    ) % {"status": status_word(goal.status)}


def decision_day(story: Story) -> list[str]:
    """What happens on the day on which keeping the status is decided (T3.1.1a, T3.4a)."""
    goal = story.keep
    if goal is None or goal.on is None:
        return []
    figures = {"day": day_text(goal.on), "status": status_word(goal.status), "lower": status_word(goal.falls_to)}
    if goal.on_is == "deadline":
        return [
            _("By the end of %(day)s everything has to be there.") % figures,
            _("If not, the status and the participation are cancelled on the day after."),
        ]
    lower = next((one for one in story.statuses if one.name == goal.falls_to), None)
    figures["percent"] = percent_text(lower.discount_percent if lower else 0)
    if goal.verdict == "lost":
        return [_("On %(day)s the status goes down to %(lower)s, with a discount of %(percent)s.") % figures]
    return [
        _("On %(day)s the past year is reviewed. If everything asked for is there, %(status)s is confirmed again.")
        % figures,
        _("If not, the status goes down to %(lower)s on that day, with a discount of %(percent)s.") % figures,
    ]


# The cheapest way.


def action_words(action: Action, *, dated: bool = True) -> str:
    """One step of a plan. `dated`: with its last day, which a status to be reached does not have."""
    figures = {
        "what": _subject(action),
        "client": action.subject,
        "seats": seats_text(action.seats),
        "cost": amount(action.cost),
        "day": day_text(action.by),
        "product": words_of(PRODUCTS, action.product),
        "term": months_text(action.term_months),
        "times": whole_text(action.times),
        "clients": whole_text(action.clients),
    }
    return _sentence(action, dated=dated) % figures


def _subject(action: Action) -> str:
    """What is shown or claimed; a claim is named by what is claimed, not by its being claimed."""
    if action.kind == "nfr" and action.subject in ENTITLEMENTS:
        return words_of(ENTITLEMENTS, action.subject)
    return requirement_words(action.subject)


def _sentence(action: Action, *, dated: bool) -> str:
    kind = action.kind
    if kind == "renew":
        if action.times == 1:
            return _("Renew for %(client)s by %(day)s: %(product)s, %(term)s (%(cost)s). Saves %(seats)s.")
        return ngettext(
            "Renew for %(client)s %(times)s time in a row, first by %(day)s: %(product)s, %(term)s each (%(cost)s). "
            "Saves %(seats)s.",
            "Renew for %(client)s %(times)s times in a row, first by %(day)s: %(product)s, %(term)s each (%(cost)s). "
            "Saves %(seats)s.",
            action.times,
        )
    if kind == "new_seats":
        return _new_seats(action, dated=dated)
    if kind == "sell":
        return _sell(action, dated=dated)
    if kind == "reinstate":
        return _("Be reinstated first: sales count again from then on")
    return str((_DATED if dated else _UNDATED)[kind])


_DATED = {
    "course": gettext_lazy("Complete by %(day)s: %(what)s"),
    "evidence": gettext_lazy("Hand in evidence by %(day)s: %(what)s"),
    "nfr": gettext_lazy("Claim by %(day)s: %(what)s"),
}
_UNDATED = {
    "course": gettext_lazy("Complete: %(what)s"),
    "evidence": gettext_lazy("Hand in evidence: %(what)s"),
    "nfr": gettext_lazy("Claim: %(what)s"),
}


def _new_seats(action: Action, *, dated: bool) -> str:
    if action.price == "unknown":
        return _("Sell %(seats)s to new clients by %(day)s") if dated else _("Sell %(seats)s to new clients")
    if dated:
        return _("Sell %(seats)s to new clients by %(day)s (about %(cost)s)")
    return _("Sell %(seats)s to new clients (about %(cost)s)")


def _sell(action: Action, *, dated: bool) -> str:
    if action.clients and dated:
        return ngettext(
            "Sell %(cost)s more by %(day)s, to %(clients)s other client",
            "Sell %(cost)s more by %(day)s, to %(clients)s other clients",
            action.clients,
        )
    if action.clients:
        return ngettext(
            "Sell %(cost)s more, to %(clients)s other client",
            "Sell %(cost)s more, to %(clients)s other clients",
            action.clients,
        )
    return _("Sell %(cost)s more by %(day)s") if dated else _("Sell %(cost)s more")


# Steps.


def why_not_text(sale: Sale) -> str:
    """Why a sale does not count for the targets; "" where it does."""
    reasons = {
        OF_PRODUCT: _("This product does not count"),
        NOT_ACTIVE: _("Sold while not active"),
        EXCLUDED: _("Excluded: %(reason)s") % {"reason": sale.reason},
        REFUNDED: _("Refunded"),
    }
    return reasons.get(sale.why_not, "")


def step_title(step: Step) -> str:
    """One transition: "Gold reached", "Down from Gold to Silver"."""
    figures = {"before": status_word(step.before), "after": status_word(step.after)}
    titles = {
        "accepted": _("Accepted: %(after)s"),
        "upgraded": _("%(after)s regained") if step.regained else _("%(after)s reached"),
        "confirmed": _("%(after)s confirmed for another year"),
        "downgraded": _("Down from %(before)s to %(after)s"),
        "cancelled": _("Participation cancelled"),
        "suspended": _("Account suspended"),
        "reinstated": _("Account reinstated"),
        "terminated": _("Participation ended"),
        "measure": _("Measure: down from %(before)s to %(after)s") if step.after else _("Measure: participation ended"),
    }
    return titles[step.cause] % figures


def step_reason(step: Step, story: Story) -> str:
    """What decided a transition, in a sentence."""
    deadline = story.statuses[0].keep.deadline_days or 0
    reasons = {
        "accepted": _("The application was approved."),
        "upgraded": _("Everything that it takes to get back was there on that day.")
        if step.regained
        else _("Everything that it takes was there on that day."),
        "confirmed": _("In the yearly review, everything that decides was there."),
        "downgraded": _("In the yearly review, something that decides was missing."),
        "cancelled": ngettext(
            "After %(count)s day, something that %(before)s asks for was missing.",
            "After %(count)s days, something that %(before)s asks for was missing.",
            deadline,
        )
        % {"count": whole_text(deadline), "before": status_word(step.before)},
        "suspended": _("The operator suspended the account: no discount, and sales do not count meanwhile."),
        "reinstated": _("The operator reinstated the account."),
        "terminated": _("The operator ended the participation."),
        "measure": _("The operator decided on a measure after a violation."),
    }
    return reasons[step.cause]
