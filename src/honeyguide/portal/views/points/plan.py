"""The planner: wishes in, the plan of the highest value out; kept plans, carried out step by step (G4.7)."""

import secrets
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from honeyguide.access.person import PersonRequest, actor_of, own_partner
from honeyguide.common.charts import Chart, Series
from honeyguide.common.errors import Refusal
from honeyguide.common.local import day_text
from honeyguide.program.rulebook.rewards import PRIORITIES
from honeyguide.rewards import limits, queries
from honeyguide.rewards.catalogue import Day, NoRewards, Offered, day_of, offered
from honeyguide.rewards.explain import explain_limits
from honeyguide.rewards.proposing import Proposal, Wish
from honeyguide.rewards.quoting import position_of, running_campaigns
from honeyguide.rewards.savings import share_of_cost
from honeyguide.rewards.services import plans
from honeyguide.rewards.words import limit_words

ROWS_SHOWN = 4
DEFAULT_MONTHS = 6


def plan(request: PersonRequest) -> HttpResponse:
    """The form, and with wishes in the address the plan for them; kept plans beside it."""
    partner = own_partner(request)
    try:
        found = day_of(request.today)
    except NoRewards:
        return render(request, "portal/points/plan.html", {"found": None})
    wishes, months = _asked(request.GET)
    proposal, refusal = None, None
    if wishes:
        try:
            proposal = plans.proposal(partner=partner, wishes=wishes, months=months, now=request.now)
        except Refusal as caught:
            refusal = caught
    return _page(request, found, wishes, months, proposal, refusal)


def _asked(given: QueryDict) -> tuple[list[Wish], int]:
    """Wishes as rows of the form: `item`, `quantity`, `priority`, `campaign` side by side, without empty rows."""
    rows = zip(
        given.getlist("item"), given.getlist("quantity"), given.getlist("priority"),
        [*given.getlist("campaign"), *[""] * limits.WANTS_COUNT], strict=False,
    )  # fmt: skip
    wishes = [
        Wish(item, _number(quantity), priority, campaign[:40]) for item, quantity, priority, campaign in rows if item
    ]
    return wishes[: limits.WANTS_COUNT + 1], _number(given.get("months", str(DEFAULT_MONTHS)))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0


def _page(
    request: PersonRequest,
    found: Day,
    wishes: Sequence[Wish],
    months: int,
    proposal: Proposal | None,
    refusal: Refusal | None,
) -> HttpResponse:
    partner = own_partner(request)
    position = position_of(partner, request.person.standing, found)
    rows: list[Wish | None] = [*wishes[: limits.WANTS_COUNT]]
    rows += [None] * max(ROWS_SHOWN - len(rows), 1 if len(rows) < limits.WANTS_COUNT else 0)
    offers = offered(found)
    context = {
        "found": found,
        "position": position,
        "limits_why": explain_limits(position),
        "rows": list(enumerate(rows, start=1)),
        "choices": _choices(offers),
        "campaigns": running_campaigns(partner, request.today),
        "campaign_rewards": {one.item.key for one in offers if one.item.reward.for_campaign},
        "priorities": PRIORITIES,
        "months": months if months in limits.PLAN_MONTHS else DEFAULT_MONTHS,
        "months_offered": limits.PLAN_MONTHS,
        "proposal": proposal,
        "refusal": refusal,
        "bound": [(limit_words(name), Decimal(gain) / 100) for name, gain in proposal.plan.bound.items()]
        if proposal
        else [],
        "chart": expiry_chart(proposal.plan.saved) if proposal and proposal.plan.saved else None,
        "kept": queries.plans_of(partner),
        "form_token": secrets.token_urlsafe(24),
        "name": _("Plan of %(day)s") % {"day": day_text(request.today)},
        "may_act": not request.person.viewing_as,
    }
    return render(request, "portal/points/plan.html", context, status=refusal.status if refusal else 200)


def _choices(offers: Sequence[Offered]) -> list[tuple[str, list[Offered]]]:
    """The catalogue for a list to choose from, by reward."""
    groups: dict[str, list[Offered]] = {}
    for one in offers:
        groups.setdefault(one.item.reward_title, []).append(one)
    return list(groups.items())


def expiry_chart(saved: Sequence[tuple[date, int, int]]) -> Chart:
    """Points that expire until the plan's end, on their last day: those that it uses, and those that are lost.

    `saved`: the first day without them, used, lost.
    """
    return Chart(
        label=_("Points that expire, used by the plan and lost"),
        x=[on - timedelta(days=1) for on, _used, _lost in saved],
        x_kind="day",
        kind="bar",
        stacked=True,
        series=[
            Series(_("used by the plan"), [used for _on, used, _lost in saved]),
            Series(_("expire unused"), [lost for _on, _used, lost in saved]),
        ],
    )


@require_POST
def plan_keep(request: PersonRequest) -> HttpResponse:
    """Keep the plan for the wishes that were sent along."""
    wishes, months = _asked(request.POST)
    try:
        made = plans.keep(
            partner=own_partner(request), name=request.POST.get("name", ""), wishes=wishes, months=months,
            form_token=request.POST.get("form_token", ""), actor=actor_of(request), now=request.now,
        )  # fmt: skip
    except Refusal as refusal:
        return _page(request, day_of(request.today), wishes, months, None, refusal)
    messages.success(request, _("Kept. Its exchanges stand in your calendar; each begins with its quote."))
    return redirect("portal:points_plan_kept", made.uid)


def plan_kept(request: PersonRequest, uid: str) -> HttpResponse:
    """A kept plan: its steps, what was carried out, what is next."""
    kept = queries.plan_with(uid, own_partner(request))
    steps, worth = list(kept.steps.all()), Decimal(kept.found["worth"])
    ahead = [step for step in steps if step.exchange_id is None]
    overdue = [step for step in ahead if step.day < request.today]
    reasons = kept.found.get("reasons", [[] for _step in steps])
    saved = [(date.fromisoformat(on), used, lost) for on, used, lost in kept.found["saved"]]
    return render(
        request,
        "portal/points/plan_kept.html",
        {
            "plan": kept,
            "steps": list(zip(steps, reasons, strict=True)),
            "done": len(steps) - len(ahead),
            "overdue": overdue,
            "next": next((step for step in ahead if step.day >= request.today), None),
            "anew": _address(plans.wishes_left(kept), kept.asked["months"]) if overdue else "",
            "share": share_of_cost(worth, Decimal(kept.found["cost"])),
            "purchases_share": share_of_cost(worth, Decimal(kept.found.get("purchases", 0))),
            "bound": [(limit_words(name), Decimal(gain) / 100) for name, gain in kept.found["bound"].items()],
            "chart": expiry_chart(saved) if saved else None,
            "may_act": not request.person.viewing_as,
        },
    )


def _address(wishes: Sequence[Wish], months: int) -> str:
    """Where the planner works out some wishes."""
    fields = [(name, getattr(wish, name)) for wish in wishes for name in ("item", "quantity", "priority", "campaign")]
    return f"{reverse('portal:points_plan')}?{urlencode([*fields, ('months', months)])}"


@require_POST
def plan_drop(request: PersonRequest, uid: str) -> HttpResponse:
    """Drop a kept plan."""
    plans.drop(uid=uid, partner=own_partner(request), actor=actor_of(request), now=request.now)
    messages.success(request, _("Dropped. What was carried out of it stays."))
    return redirect("portal:points_plan")
