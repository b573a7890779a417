"""The plan of the highest value: what to exchange when, under lots, prices and limits (G4.7).

A question has days on which something changes (slots) and wants, each with its price and worth on every slot. The
answer is exact: the worth of what has the highest priority comes first, then that of the next, then the points that
are left after the plan's last day, then fewer points, then the earlier day. It is an integer program, solved by HiGHS:

- x[want, slot]: pieces. Every piece is looked at as an exchange of its own, dear ones before cheap ones on a slot: if
  any order of exchanges keeps the share limit, this one does.
- y[lots, slot]: points taken from lots that expire alike. Lots that expire first are spent first; that leaves the most
  on every later day, so the solver loses nothing by being free to choose.

What comes back is walked through once more, exchange by exchange, with the rules of limits.py, in whole numbers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from itertools import groupby

from highspy import Highs, HighsModelStatus, HighsVarType
from highspy.highs import highs_linear_expression, highs_var

from honeyguide.rewards.rules.limits import balance_for, period_of, share_of
from honeyguide.rewards.rules.wallet import Wallet

SOLVE_MAX_S = 10.0
WANTS_MAX, SLOTS_MAX, QUANTITY_MAX = 20, 24, 100


class NoPlan(Exception):
    """The solver found no proven answer in time."""


@dataclass(frozen=True, slots=True)
class Want:
    """Something wanted: up to `quantity` pieces. `priority`: 0 comes first.

    `prices`, `worths`: by slot, in points and in cents; a price of 0: not to be had then. `group`: what a limit of
    pieces in a period (`period_max`, `period_used` in the first slot's) counts together. `stock`: pieces left of it.
    """

    key: str
    quantity: int
    priority: int
    prices: tuple[int, ...]
    worths: tuple[int, ...]
    group: str = ""
    exchange_max: int | None = None
    period_max: int | None = None
    period_used: int = 0
    stock: int | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. `slots`: days, the first is today; `until`: the last day of the plan."""

    slots: tuple[date, ...]
    until: date
    wallet: Wallet
    wants: tuple[Want, ...]
    exchange_max_percent: Decimal = Decimal(100)
    period_months: int = 1
    period_max: int | None = None
    period_used: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One exchange of the plan; `worth` in cents. `uses`: points by the expiry of the lots that they come from."""

    day: date
    key: str
    quantity: int
    points: int
    worth: int
    uses: tuple[tuple[date, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """The answer. `bound`: by name of a limit what the plan would be worth more without it, in cents."""

    steps: tuple[Step, ...]
    worth: int
    points: int
    saved: tuple[tuple[date, int, int], ...] = ()
    """Lots that expire until the plan's last day: (first day without, points of it that the plan uses, points lost)."""
    bound: dict[str, int] = field(default_factory=dict)


def best_plan(question: Question, *, why: bool = True) -> Plan:
    """The plan of the highest value; `why`: with the limits that bind. Raises NoPlan; ValueError for a bad question."""
    _check(question)
    plan = _walked(question, _solved(question))
    if not why:
        return plan
    bound = {
        name: gain
        for name, without in _relaxed(question)
        if (gain := _weighed(without, _solved(without)) - _weighed(question, _pieces(question, plan))) > 0
    }
    return replace(plan, bound=bound)


def _check(question: Question) -> None:
    slots, wants = question.slots, question.wants
    if not slots or list(slots) != sorted(set(slots)) or len(slots) > SLOTS_MAX or question.until < slots[-1]:
        raise ValueError(f"expected 1 to {SLOTS_MAX} days in order, within the plan")
    if len(wants) > WANTS_MAX or len({want.key for want in wants}) != len(wants):
        raise ValueError(f"expected up to {WANTS_MAX} wants, each once")
    for want in wants:
        if len(want.prices) != len(slots) or len(want.worths) != len(slots) or not 0 <= want.quantity <= QUANTITY_MAX:
            raise ValueError(f"{want.key}: expected {len(slots)} prices and worths, up to {QUANTITY_MAX} pieces")


def _relaxed(question: Question) -> Iterator[tuple[str, Question]]:
    """The same question without one of its limits."""
    unlimited = tuple(replace(want, period_max=None, stock=None) for want in question.wants)
    if question.exchange_max_percent < 100:
        yield "exchange_share", replace(question, exchange_max_percent=Decimal(100))
    if question.period_max is not None:
        yield "period_points", replace(question, period_max=None)
    if unlimited != question.wants:
        yield "pieces", replace(question, wants=unlimited)
    longest = max((lot.expires_on for lot in question.wallet.lots), default=None)
    if longest is not None:
        lots = (replace(lot, points=lot.points + _all_points(question)) for lot in question.wallet.lots)
        yield "points", replace(question, wallet=Wallet.of(lots))


def _all_points(question: Question) -> int:
    """What everything wanted costs at its dearest, with room for the share limit."""
    asked = sum(max(want.prices, default=0) * want.quantity for want in question.wants)
    return balance_for(asked, question.exchange_max_percent) + asked


type Pieces = dict[tuple[str, int], int]
"""How many pieces of a want on a slot."""


def _pieces(question: Question, plan: Plan) -> Pieces:
    found: Pieces = {}
    for step in plan.steps:
        place = (step.key, question.slots.index(step.day))
        found[place] = found.get(place, 0) + step.quantity
    return found


def _weighed(question: Question, pieces: Pieces) -> int:
    """What pieces are worth, in cents."""
    wants = {want.key: want for want in question.wants}
    return sum(wants[key].worths[slot] * count for (key, slot), count in pieces.items())


class _Solver(Highs):
    """HiGHS without a word: it greets on standard output unless it is told so before anything else."""

    def enableCallbacks(self) -> None:  # noqa: N802 - its name there
        """The first thing that a new solver does."""
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()  # type: ignore[no-untyped-call]


@dataclass(slots=True)
class _Model:
    """The integer program while it is built."""

    highs: Highs
    pieces: dict[tuple[int, int], highs_var]
    """By want and slot; only where it can be had and is worth something."""
    taken: dict[tuple[int, int], highs_var]
    """By group of lots and slot."""
    groups: list[tuple[date, int]]


def _solved(question: Question) -> Pieces:
    """The pieces of the best plan. Raises NoPlan."""
    model = _model(question)
    if not model.pieces:
        return {}
    wants = question.wants
    goals = [
        _total((wants[want].worths[slot], piece) for (want, slot), piece in model.pieces.items() if want in level)
        for level in _levels(wants)
    ]
    lasting = {group for group, (expires_on, _points) in enumerate(model.groups) if expires_on > question.until}
    goals.append(_total((-1, taken) for (group, _slot), taken in model.taken.items() if group in lasting))
    goals.append(_total((-wants[want].prices[slot], piece) for (want, slot), piece in model.pieces.items()))
    goals.append(_total((-slot, piece) for (_want, slot), piece in model.pieces.items()))
    for goal in goals:
        if goal is not None:
            best = _maximized(model.highs, goal)
            model.highs.addConstr(goal >= best - 0.5)  # all of it is whole numbers
    return {
        (wants[want].key, slot): count
        for (want, slot), piece in model.pieces.items()
        if (count := round(model.highs.val(piece)))
    }


def _levels(wants: Sequence[Want]) -> list[set[int]]:
    places = sorted(range(len(wants)), key=lambda place: wants[place].priority)
    return [set(level) for _priority, level in groupby(places, key=lambda place: wants[place].priority)]


def _total(terms: Iterator[tuple[int, highs_var]]) -> highs_linear_expression | None:
    found = [(factor, variable) for factor, variable in terms if factor]
    if not found:
        return None
    return Highs.qsum(factor * variable for factor, variable in found)


def _maximized(highs: Highs, goal: highs_linear_expression) -> float:
    highs.maximize(goal)
    if highs.getModelStatus() != HighsModelStatus.kOptimal:
        raise NoPlan(str(highs.getModelStatus()))
    return float(round(highs.getInfo().objective_function_value))


def _model(question: Question) -> _Model:
    highs = _Solver()  # type: ignore[no-untyped-call]
    for option, value in (
        ("threads", 1), ("random_seed", 7), ("mip_rel_gap", 0.0), ("mip_abs_gap", 0.1),
        ("mip_feasibility_tolerance", 1e-9), ("primal_feasibility_tolerance", 1e-9), ("time_limit", SOLVE_MAX_S),
    ):  # fmt: skip
        highs.setOptionValue(option, value)
    model = _Model(highs, {}, {}, question.wallet.by_expiry(question.slots[0]))
    for place, want in enumerate(question.wants):
        for slot, price in enumerate(want.prices):
            if price and want.worths[slot] > 0 and want.quantity:
                model.pieces[place, slot] = highs.addVariable(0, want.quantity, type=HighsVarType.kInteger)
    for group, (expires_on, points) in enumerate(model.groups):
        for slot, day in enumerate(question.slots):
            if expires_on > day:
                model.taken[group, slot] = highs.addVariable(0, points)
    _add_points(question, model)
    _add_counts(question, model)
    _add_periods(question, model)
    if question.exchange_max_percent < 100:
        _add_shares(question, model)
    return model


def _add_points(question: Question, model: _Model) -> None:
    """What pieces cost comes from lots, and no lot gives more than it has."""
    for slot in range(len(question.slots)):
        spent = _spent(question, model, slot)
        taken = [one for (_group, at), one in model.taken.items() if at == slot]
        if spent is not None:
            if taken:
                model.highs.addConstr(Highs.qsum(taken) == spent)
            else:
                model.highs.addConstr(spent <= 0)
    for group, (_expires_on, points) in enumerate(model.groups):
        taken = [one for (of, _slot), one in model.taken.items() if of == group]
        if taken:
            model.highs.addConstr(Highs.qsum(taken) <= points)


def _spent(question: Question, model: _Model, slot: int) -> highs_linear_expression | None:
    return _total((question.wants[want].prices[at], piece) for (want, at), piece in model.pieces.items() if at == slot)


def _add_counts(question: Question, model: _Model) -> None:
    """No more pieces than are wanted, and than there are."""
    for place, want in enumerate(question.wants):
        most = want.quantity if want.stock is None else min(want.quantity, want.stock)
        total = _total((1, piece) for (of, _slot), piece in model.pieces.items() if of == place)
        if total is not None:
            model.highs.addConstr(total <= most)


def _add_periods(question: Question, model: _Model) -> None:
    """Points, and pieces of one group, in each period; in the first one some may be used already."""
    first = period_of(question.slots[0], question.period_months)
    periods = [period_of(day, question.period_months) for day in question.slots]
    limited = {want.group: want for want in question.wants if want.period_max is not None}
    for period in dict.fromkeys(periods):
        within = {slot for slot, at in enumerate(periods) if at == period}
        chosen = {place: piece for place, piece in model.pieces.items() if place[1] in within}
        if question.period_max is not None:
            left = max(question.period_max - (question.period_used if period == first else 0), 0)
            _bound(model, left, ((question.wants[want].prices[slot], chosen[want, slot]) for want, slot in chosen))
        for group, limit in limited.items():
            left = max((limit.period_max or 0) - (limit.period_used if period == first else 0), 0)
            members = {place for place, want in enumerate(question.wants) if want.group == group}
            _bound(model, left, ((1, piece) for (want, _slot), piece in chosen.items() if want in members))


def _bound(model: _Model, most: int, terms: Iterator[tuple[int, highs_var]]) -> None:
    total = _total(terms)
    if total is not None:
        model.highs.addConstr(total <= most)


def _add_shares(question: Question, model: _Model) -> None:
    """The last piece of each want on a slot keeps the share limit, after the dearer ones and its own earlier ones.

    balance - what is spent on the slot up to and with this piece + its price >= what must be there for its price.
    """
    for slot in range(len(question.slots)):
        order = sorted(
            ((want, piece) for (want, at), piece in model.pieces.items() if at == slot),
            key=lambda one: (-question.wants[one[0]].prices[slot], one[0]),
        )
        valid = {group for group, at in model.taken if at == slot}
        there = sum(model.groups[group][1] for group in valid)
        before = _total((1, one) for (group, at), one in model.taken.items() if group in valid and at < slot)
        spent: list[tuple[int, highs_var]] = []
        for want, piece in order:
            price = question.wants[want].prices[slot]
            needed = balance_for(price, question.exchange_max_percent)
            if needed > there:
                model.highs.addConstr(1 * piece <= 0)
                continue
            spent.append((price, piece))
            total = _total(iter(spent))
            assert total is not None
            some = model.highs.addBinary()
            model.highs.addConstr(1 * piece <= question.wants[want].quantity * some)
            gone = total if before is None else total + before
            most = there + price - needed
            model.highs.addConstr(gone <= most + (there + needed) * (1 - some))


def _walked(question: Question, pieces: Pieces) -> Plan:
    """The plan, exchange by exchange in whole numbers: as few exchanges as the limits allow. Raises NoPlan."""
    wants = {want.key: want for want in question.wants}
    wallet, steps, used = question.wallet, [], dict.fromkeys((on for on, _all in _expiring(question)), 0)
    for slot, day in enumerate(question.slots):
        due = sorted(
            ((key, count) for (key, at), count in pieces.items() if at == slot),
            key=lambda one: -wants[one[0]].prices[slot],
        )
        for key, count in due:
            want, left = wants[key], count
            while left:
                price = want.prices[slot]
                share = share_of(wallet.available(day), question.exchange_max_percent)
                quantity = min(left, share // price, want.exchange_max or left)
                if quantity == 0:
                    raise NoPlan(f"{key} on {day} exceeds a limit")
                uses = wallet.uses(quantity * price, day)
                wallet, left = wallet.without(uses), left - quantity
                by_expiry: dict[date, int] = {}
                for use in uses:
                    by_expiry[use.lot.expires_on] = by_expiry.get(use.lot.expires_on, 0) + use.points
                    if use.lot.expires_on in used:
                        used[use.lot.expires_on] += use.points
                steps.append(
                    Step(day, key, quantity, quantity * price, quantity * want.worths[slot], tuple(by_expiry.items()))
                )
    saved = tuple((on, used[on], points - used[on]) for on, points in _expiring(question))
    return Plan(tuple(steps), sum(step.worth for step in steps), sum(step.points for step in steps), saved)


def _expiring(question: Question) -> list[tuple[date, int]]:
    return [(on, points) for on, points in question.wallet.by_expiry(question.slots[0]) if on <= question.until]
