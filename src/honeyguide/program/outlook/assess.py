"""`outlook`: a history and a rulebook in; what is due for partners, what is missing, and the cheapest way out."""

from collections.abc import Collection
from datetime import date, timedelta

import numpy as np

from honeyguide.program.engine.answer import Answer
from honeyguide.program.engine.figures import day_number
from honeyguide.program.engine.kernels.state import KEEP
from honeyguide.program.engine.outcome import Outcome, decide
from honeyguide.program.engine.replay import answer_of
from honeyguide.program.engine.timeline import lay
from honeyguide.program.history.events import History
from honeyguide.program.outlook import tables
from honeyguide.program.outlook.actions import actions_of
from honeyguide.program.outlook.answer import Outlook
from honeyguide.program.outlook.covering import months_after
from honeyguide.program.outlook.goals import fact_names, goals_of, limited_to_status
from honeyguide.program.outlook.judge import Ahead, judge
from honeyguide.program.outlook.plan import plan_of, seat_prices
from honeyguide.program.outlook.sales import DEFAULT_PACE_DAYS, counted_sales, pace, trailing
from honeyguide.program.outlook.seats import put_off_by_seats, seats_by_goal, seats_to_come
from honeyguide.program.rulebook.versions import Rules, versions_of

_EPOCH = date(1970, 1, 1)


def outlook(
    history: History,
    rules: Rules,
    *,
    as_of: date | None = None,
    partners: Collection[str] | None = None,
    pace_days: int | None = DEFAULT_PACE_DAYS,
) -> Outlook:
    """Say what lies ahead of every partner with a status, as known at the end of a program day (T3.1, T3.3, T3.4).

    `as_of`: default the day of the last event; what a plan asks for can be done from that day on. `partners`: answer
    for these alone. `rules`: a rulebook, or its versions: what lies ahead is told by the one in force on that day.
    `pace_days`: sales are expected to go on as in the last so many days; None: as since the window
    began.
    """
    outcome = decide(history, rules, lay(history, rules, None if as_of is None else day_number(as_of)))
    found = outlook_of(history, rules, outcome, answer_of(history, rules, outcome), pace_days=pace_days)
    return found if partners is None else found.only(partners)


def outlook_of(
    history: History,
    rules: Rules,
    outcome: Outcome,
    answer: Answer,
    *,
    pace_days: int | None = DEFAULT_PACE_DAYS,
) -> Outlook:
    """The outlook of what was decided already, so that an answer and an outlook cost one run."""
    laid = outcome.laid
    today = 0 if laid.last_day is None else laid.last_day
    rulebook = versions_of(rules).on(_EPOCH + timedelta(days=today))
    goals = goals_of(rulebook, outcome, today)
    months = np.array([rulebook.seats.paid_months], dtype=np.int64)
    fresh = int(months_after(np.array([today], dtype=np.int64), months)[0])
    lots = seats_to_come(history, rules, outcome, max(int(goals.end.max(initial=today)), fresh))
    goals = put_off_by_seats(goals, lots, rulebook, fresh)
    lots = seats_by_goal(goals, lots)
    sales = counted_sales(outcome)
    ahead_sales, clients = trailing(sales, goals, outcome, limited_to_status(rulebook, goals), today)
    ahead_sales = np.where(goals.purpose == KEEP, goals.sales, ahead_sales)
    ahead = Ahead(ahead_sales, clients, *pace(sales, goals, outcome, today, pace_days), today)
    plan = plan_of(rulebook, goals, lots, (ahead_sales, clients), seat_prices(history, rulebook, outcome, goals), today)
    facts = fact_names(rulebook, goals)
    judged = judge(goals, ahead, plan, lots, facts)
    actions = actions_of(history, rulebook, goals, plan, facts, today)
    keys = tables.keys_of(history, goals)
    return Outlook(
        as_of=None if laid.last_day is None else _EPOCH + timedelta(days=today),
        rulebook_name=rulebook.name,
        rulebook_version=rulebook.version,
        pace_days=pace_days,
        partners=tables.partner_table(history, rulebook, outcome, answer.partners, today),
        goals=tables.goal_table(keys, rulebook, goals, ahead, plan, (judged, actions)),
        requirements=tables.requirement_table(keys, answer.requirements, goals, judged),
        maturing=tables.maturing_table(history, keys, lots),
        lapsing=tables.lapsing_table(history, keys, lots, plan),
        actions=tables.action_table(keys, actions),
    )
