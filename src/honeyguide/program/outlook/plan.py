"""The cheapest way to a goal: renewals of clients that lapse, seats sold to new clients, further sales."""

from typing import NamedTuple

import numpy as np
import polars as pl

from honeyguide.program.engine.figures import Ints, counting_products, purchase_products
from honeyguide.program.engine.kernels.state import F_CONFIRMED, KEEP
from honeyguide.program.engine.outcome import Outcome
from honeyguide.program.history.events import NONE, PRODUCTS, History
from honeyguide.program.outlook.covering import GREEDY, Options, cover_goals, latest_starts, months_after, shares
from honeyguide.program.outlook.goals import Goals
from honeyguide.program.outlook.sales import spread
from honeyguide.program.rulebook import Rulebook

PRICE_OWN, PRICE_PROGRAM, PRICE_UNKNOWN = "own", "program", "unknown"


_DEAR = 10**9
"""Minor units a seat where no price is known, so that what can be saved by renewals is not sold anew for nothing."""


class SeatPrices(NamedTuple):
    """By goal what new seats cost: `net` for `seats`, of whose sales."""

    net: Ints
    seats: Ints  # at least 1
    basis: pl.Series  # String: PRICE_OWN, PRICE_PROGRAM, PRICE_UNKNOWN


class Plan(NamedTuple):
    """By goal what to do, and what it costs."""

    renewals: pl.DataFrame  # a row a client: goal, client, covered, product, term_months, times, cost, seats, counts
    taken: pl.DataFrame  # goal, client, times: which seats these renewals save
    new_seats: Ints
    new_seats_cost: Ints
    sales: Ints  # further sales, beside renewals and new seats
    clients: Ints  # to so many other clients
    cost: Ints
    short: Ints  # seats not there by what is paid today
    sales_short: Ints
    last_start: Ints  # last day on which new seats mature in time, though it may be over
    greedy: Ints  # 1 where the candidates were too many to be exact
    possible: Ints
    prices: SeatPrices


def plan_of(
    rulebook: Rulebook, goals: Goals, lots: pl.DataFrame, figures: tuple[Ints, Ints], prices: SeatPrices, last_day: int
) -> Plan:
    """`figures`: sales and clients in the window of each goal's end, by what is known today. `lots`: by goal."""
    size = len(goals.owner)
    sales, clients = figures
    sure = spread(lots.filter(~pl.col("lapses")).group_by("goal").agg(pl.col("seats").sum()), "seats", size)
    short = np.maximum(goals.seats_asked - sure, 0)
    sales_short = np.maximum(goals.sales_asked - sales, 0)
    until = latest_starts(np.where(goals.end == NONE, last_day, goals.end), rulebook.seats.paid_months)
    sellable = (until >= last_day) & (goals.end != NONE) & bool(rulebook.seats.purchase_products)
    product = seat_product(rulebook)
    # A window shorter than the months of seats has let go of what is sold today by the time that they mature.
    still = (goals.purpose == KEEP) | (months_after(np.full(size, last_day), goals.months) > goals.end)
    counts = still & (product is not None and counting_products(rulebook)[product] == 1)
    unknown = (prices.basis == PRICE_UNKNOWN).to_numpy()
    shortfalls = np.column_stack(
        (
            short,
            sales_short,
            sellable,
            counts,
            np.where(unknown, _DEAR, prices.net),
            np.where(unknown, 1, prices.seats),
        )
    ).astype(np.int64)
    options = _options(lots, short)
    options = options.with_columns(pl.col("counts") * pl.Series(still.astype(np.int64)).gather(options["goal"]))
    taken, decided = _covered(options, shortfalls, short)
    chosen = options.filter(pl.Series(taken == 1, dtype=pl.Boolean))
    new_seats, covered = decided[:, 0], decided[:, 2] == 1
    new_cost = shares(new_seats, prices.net, prices.seats)
    renewing = spread(chosen.group_by("goal").agg(pl.col("cost").sum()), "cost", size)
    counted = spread(chosen.group_by("goal").agg((pl.col("cost") * pl.col("counts")).sum()), "cost", size)
    clients_short = np.maximum(goals.clients_asked - clients, 0)
    further = np.maximum(sales_short - counted - np.where(counts, new_cost, 0), clients_short)
    countable = bool(rulebook.sales.counting_products)
    return Plan(
        renewals=chosen,
        taken=chosen.select("goal", "client", pl.col("times").alias("taken")),
        new_seats=new_seats,
        new_seats_cost=new_cost,
        sales=further,
        clients=clients_short,
        cost=renewing + new_cost + further,
        short=short,
        sales_short=sales_short,
        last_start=np.where((goals.end != NONE) & bool(rulebook.seats.purchase_products), until, NONE),
        greedy=(decided[:, 1] == GREEDY).astype(np.int64),
        possible=np.where(goals.end == NONE, goals.purpose == KEEP, covered & ((further == 0) | countable)).astype(
            np.int64
        ),
        prices=prices,
    )


def seat_product(rulebook: Rulebook) -> int | None:
    """The product that new seats are sold as: the first that also counts for sales, if there is one."""
    purchases = purchase_products(rulebook)[:-1] == 1
    both = np.flatnonzero(purchases & (counting_products(rulebook)[:-1] == 1))
    found = both if both.size else np.flatnonzero(purchases)
    return int(found[0]) if found.size else None


def _options(lots: pl.DataFrame, short: Ints) -> pl.DataFrame:
    """What renewing each client so many times saves and costs, for goals that are short of seats."""
    lapsing = lots.filter("lapses", pl.Series("short", short).gather(lots["goal"]) > 0)
    saved = lapsing.sort("goal", "client", "matures").with_columns(
        pl.col("seats").cum_sum().over("goal", "client"), (pl.col("renewals") * pl.col("price")).alias("cost")
    )
    options = saved.group_by("goal", "client", "renewals", maintain_order=True).agg(
        pl.col("seats").last(),
        *(pl.col(name).first() for name in ("cost", "counts", "covered", "product", "term_months")),
    )
    number = pl.col("client").rank("dense").over("goal").cast(pl.Int64) - 1
    return options.with_columns(number.alias("group")).rename({"renewals": "times"})


def _covered(options: pl.DataFrame, shortfalls: Ints, short: Ints) -> tuple[Ints, Ints]:
    """By option whether it is taken; by goal the new seats, the method, and whether the seats can be there at all."""
    decided = np.zeros((len(short), 3), dtype=np.int64)
    decided[:, 2] = 1
    wanting = np.flatnonzero(short > 0)
    start = np.searchsorted(options["goal"].to_numpy(), np.append(wanting, len(short)))
    columns = Options(*(options[name].to_numpy().copy() for name in ("group", "seats", "cost", "counts")))
    taken, decided[wanting] = cover_goals(start, shortfalls[wanting], columns)
    return taken, decided


def seat_prices(history: History, rulebook: Rulebook, outcome: Outcome, goals: Goals) -> SeatPrices:
    """What a seat has cost: the partner's sales with seats since its window began, else all partners' sales with seats.

    Net less refunds, without excluded sales, as it counts for the targets.
    """
    laid = outcome.laid
    bearing = [place for place, one in enumerate(PRODUCTS) if one in rulebook.seats.purchase_products]
    at = np.flatnonzero(outcome.counted > 0)
    rows = pl.Series(laid.events["row"][at])
    table = pl.DataFrame(
        {
            "owner": np.searchsorted(laid.start, at, side="right") - 1,
            "day": laid.events["day"][at].astype(np.int64),
            "net": outcome.counted[at],
            "seats": history.events["seats"].gather(rows),
            "product": history.events["product"].gather(rows),
        }
    ).filter(pl.col("seats") > 0, pl.col("product").is_in(bearing))
    since = pl.Series("since", outcome.standings[:, F_CONFIRMED])
    own = table.filter(pl.col("day") >= since.gather(table["owner"])).group_by("owner")
    sums = own.agg(pl.col("net").sum(), pl.col("seats").sum())
    net, seats = (np.zeros(len(outcome.standings), dtype=np.int64) for _ in range(2))
    net[sums["owner"].to_numpy()], seats[sums["owner"].to_numpy()] = sums["net"].to_numpy(), sums["seats"].to_numpy()
    net, seats = net[goals.owner], seats[goals.owner]
    has_own = seats > 0
    total_net, total_seats = int(table["net"].sum()), int(table["seats"].sum())
    others = PRICE_PROGRAM if total_seats else PRICE_UNKNOWN
    basis = pl.select(pl.when(pl.Series(has_own)).then(pl.lit(PRICE_OWN)).otherwise(pl.lit(others))).to_series()
    return SeatPrices(np.where(has_own, net, total_net), np.where(has_own, seats, max(total_seats, 1)), basis)
