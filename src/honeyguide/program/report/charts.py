"""The charts of a simulation's report, each drawn for a wide and a narrow column."""

from collections.abc import Callable, Sequence
from math import gcd
from typing import NamedTuple

from markupsafe import Markup

from honeyguide.program.report import svg

WIDE, NARROW = 508, 330
_TOP = 22
"""Room for the words of the mark under the pointer."""


def both(draw: Callable[[int], tuple[float, list[Markup]]], title: str) -> Markup:
    """One chart in two widths; the style sheet shows the one that fits."""
    drawn = []
    for width, class_ in ((WIDE, "wide"), (NARROW, "narrow")):
        height, parts = draw(width)
        drawn.append(svg.chart(width, height, title, parts, f"chart {class_}"))
    return Markup("").join(drawn)


class Flow(NamedTuple):
    """So many partners from one place to another; `kind`: up, down or same."""

    source: str
    target: str
    partners: int
    kind: str
    words: str


def flows(order: Sequence[str], moves: Sequence[Flow], title: str, ends: tuple[str, str] = ("Now", "Draft")) -> Markup:
    """Places before on the left, after on the right, in `order` from the top, and bands between them."""
    return both(lambda width: _flows(width, order, moves, ends), title)


def _flows(
    width: int, order: Sequence[str], moves: Sequence[Flow], ends: tuple[str, str]
) -> tuple[float, list[Markup]]:
    gap, bar, least, room = 16.0, 10.0, 3.0, 200.0
    label = 92 if width == WIDE else 82
    scale = room / max(1, sum(move.partners for move in moves))
    thick = [max(least, move.partners * scale) for move in moves]
    parts, tops, height = [], [], 0.0
    for end, x in ((0, label), (1, width - label - bar)):
        places: dict[str, float] = {}
        y = _TOP + 6.0
        for name in order:
            size = sum(t for move, t in zip(moves, thick, strict=True) if move[end] == name)
            count = sum(move.partners for move in moves if move[end] == name)
            if not count:
                continue
            places[name] = y
            parts.append(svg.rect(x, y, bar, size, "node"))
            at, anchor = (x - 6, "end") if end == 0 else (x + bar + 6, "start")
            parts.append(svg.text(at, y + max(size / 2, 2) + 4, f"{name} {count:,}", anchor=anchor))
            y += size + gap
        tops.append(places)
        height = max(height, y - gap + 8)
    xs = (label + bar, width - label - bar)
    drawn = []
    after_left: dict[int, float] = {}
    for index, (move, size) in enumerate(zip(moves, thick, strict=True)):
        after_left[index] = tops[0][move.source]
        tops[0][move.source] += size
    into = sorted(range(len(moves)), key=lambda index: order.index(moves[index].source))
    for index in into:
        move, size = moves[index], thick[index]
        left, right = after_left[index], tops[1][move.target]
        tops[1][move.target] += size
        path = svg.element(
            "path", d=svg.ribbon((left, left + size), (right, right + size), xs), class_=f"flow {move.kind}"
        )
        drawn.append((move.kind != "same", svg.mark(move.words, width, path)))
    bands = [band for _, band in sorted(drawn, key=lambda pair: pair[0])]
    heads = [svg.text(label + bar, 11, ends[0], "axis", "end"), svg.text(xs[1], 11, ends[1], "axis")]
    return height, [*(heads if width == WIDE else []), *bands, *parts]


class Spread(NamedTuple):
    """Values around a threshold that moves; `say` words a value (money, a count)."""

    values: Sequence[int]
    before: int | None
    after: int | None
    say: Callable[[int], str]
    noun: tuple[str, str]


def spread(figures: Spread, title: str) -> Markup:
    """A histogram from 0 to about twice the higher threshold, both thresholds as lines."""
    return both(lambda width: _spread(width, figures), title)


def bin_width(before: int | None, after: int | None) -> int:
    """A width of which both thresholds are multiples, if that makes at most 40 bins; else a twelfth of the higher."""
    higher = max(before or 0, after or 0, 1)
    common = gcd(before or 0, after or 0) or higher
    if common * 20 < higher:
        return max(1, higher // 12)
    while higher // common < 8 and common % 2 == 0:
        common //= 2
    return common


def binned(figures: Spread) -> tuple[int, list[int]]:
    """The width of a bin, and how many values lie in each; the last one holds all that is more."""
    width = bin_width(figures.before, figures.after)
    bins = 2 * max(figures.before or 0, figures.after or 0, 1) // width
    counts = [0] * (bins + 1)
    for value in figures.values:
        counts[min(value // width, bins)] += 1
    return width, counts


def _spread(width: int, figures: Spread) -> tuple[float, list[Markup]]:
    step, counts = binned(figures)
    low, high = sorted((figures.before or 0, figures.after or 0))
    left, bottom, top = 30.0, 178.0, _TOP + 24.0
    each = (width - left - 4) / len(counts)
    most = max(*counts, 1)
    scale = (bottom - top) / most
    parts = _grid(width, left, bottom, top, most)
    for place, count in enumerate(counts):
        start, last = place * step, place == len(counts) - 1
        span = f"{figures.say(start)} or more" if last else f"{figures.say(start)} to {figures.say(start + step)}"
        kind = "between" if low <= start + step // 2 < high and not last else "rest" if last else "plain"
        words = f"{span}: {count:,} {figures.noun[count != 1]}"
        x = left + place * each
        hit = svg.rect(x, top, each, bottom - top, "hit")
        parts.append(
            svg.mark(words, width, hit, svg.rect(x + 0.5, bottom - count * scale, each - 1, count * scale, kind))
        )
    lines = [(value, name) for value, name in ((figures.before, "now"), (figures.after, "draft")) if value is not None]
    for value, name in lines:
        x = left + value / step * each
        higher = len(lines) == 1 or value == high
        parts.append(svg.line(x, top - 8, x, bottom, f"limit {name}"))
        where, anchor = (x + 3, "start") if higher else (x - 3, "end")
        parts.append(svg.text(where, top - 12, f"{name} {figures.say(value)}", f"limit-label {name}", anchor))
    for place in range(0, len(counts), max(1, round(len(counts) / (6 if width == WIDE else 4)))):
        parts.append(
            svg.text(
                left + place * each, bottom + 14, figures.say(place * step), "axis", "middle" if place else "start"
            )
        )
    return bottom + 20, parts


def _grid(width: int, left: float, bottom: float, top: float, most: int) -> list[Markup]:
    step = svg.nice_step(most, 4)
    parts = []
    for value in range(0, most + 1, step):
        y = bottom - value * (bottom - top) / most
        parts += [svg.line(left, y, width, y, "grid"), svg.text(left - 5, y + 4, f"{value:,}", "axis", "end")]
    return parts


class Period(NamedTuple):
    """A month, quarter or year with what happened in it under both rulebooks."""

    name: str
    short: str
    up_before: int
    up_after: int
    down_before: int
    down_after: int
    money_before: int
    money_after: int


def ups_and_downs(periods: Sequence[Period], title: str) -> Markup:
    """Upgrades above the line, statuses lost below it, two bars a period."""
    return both(lambda width: _ups_and_downs(width, periods), title)


def _ups_and_downs(width: int, periods: Sequence[Period]) -> tuple[float, list[Markup]]:
    left, top, bottom = 30.0, _TOP + 8.0, 184.0
    ups = max((max(p.up_before, p.up_after) for p in periods), default=0) or 1
    downs = max((max(p.down_before, p.down_after) for p in periods), default=0)
    scale = (bottom - top) / (ups + downs)
    zero = top + ups * scale
    each = (width - left) / max(1, len(periods))
    parts = []
    step = svg.nice_step(max(ups, downs), 3)
    for value in [*range(step, ups + 1, step), *range(-step, -downs - 1, -step), 0]:
        y = zero - value * scale
        parts.append(svg.line(left, y, width, y, "grid" if value else "zero"))
        parts.append(svg.text(left - 5, y + 4, f"{abs(value):,}", "axis", "end"))
    for place, period in enumerate(periods):
        x = left + place * each + each * 0.12
        bar = each * 0.36
        words = (
            f"{period.name}: {period.up_before:,} → {period.up_after:,} up, "
            f"{period.down_before:,} → {period.down_after:,} down"
        )
        shapes = [svg.rect(left + place * each, top, each, bottom - top, "hit")]
        for count, down, class_, at in (
            (period.up_before, period.down_before, "before", x),
            (period.up_after, period.down_after, "after", x + bar + 0.5),
        ):
            shapes.append(svg.rect(at, zero - count * scale, bar, count * scale, f"{class_} up"))
            shapes.append(svg.rect(at, zero, bar, down * scale, f"{class_} down"))
        parts.append(svg.mark(words, width, *shapes))
    return bottom + 20, [*parts, *_period_axis(width, left, bottom + 14, periods)]


def money_lines(periods: Sequence[Period], say: Callable[[int], str], title: str) -> Markup:
    """Discount given in each period, before and after."""
    return both(lambda width: _money_lines(width, periods, say), title)


def _money_lines(width: int, periods: Sequence[Period], say: Callable[[int], str]) -> tuple[float, list[Markup]]:
    left, top, bottom = 44.0, _TOP + 8.0, 184.0
    most = max((max(p.money_before, p.money_after) for p in periods), default=0) or 1
    scale = (bottom - top) / most
    each = (width - left) / max(1, len(periods))
    parts = []
    step = svg.nice_step(most, 4)
    for value in range(0, most + 1, step):
        y = bottom - value * scale
        parts += [svg.line(left, y, width, y, "grid"), svg.text(left - 5, y + 4, _compact(value), "axis", "end")]
    middle = [left + (place + 0.5) * each for place in range(len(periods))]
    for name in ("before", "after"):
        values = [getattr(period, f"money_{name}") for period in periods]
        points = [(x, bottom - value * scale) for x, value in zip(middle, values, strict=True)]
        parts.append(svg.polyline(points, f"line {name}"))
    for x, period in zip(middle, periods, strict=True):
        words = f"{period.name}: {say(period.money_before)} → {say(period.money_after)}"
        parts.append(
            svg.mark(
                words,
                width,
                svg.rect(x - each / 2, top, each, bottom - top, "hit"),
                svg.element("circle", cx=x, cy=bottom - period.money_after * scale, r=3, class_="dot"),
            )
        )
    return bottom + 20, [*parts, *_period_axis(width, left, bottom + 14, periods)]


def _period_axis(width: int, left: float, y: float, periods: Sequence[Period]) -> list[Markup]:
    each = (width - left) / max(1, len(periods))
    every = max(1, -(-len(periods) // (7 if width == WIDE else 4)))
    return [
        svg.text(left + (place + 0.5) * each, y, period.short, "axis", "middle")
        for place, period in enumerate(periods)
        if place % every == every // 2
    ]


def _compact(minor: int) -> str:
    """An amount on an axis: 1250000 minor units -> "12.5k"."""
    units = minor // 100
    for size, letter in ((1_000_000_000, "bn"), (1_000_000, "m"), (1_000, "k")):
        if units >= size:
            tenths = units * 10 // size
            return f"{tenths // 10}{f'.{tenths % 10}' if tenths % 10 else ''}{letter}"
    return f"{units:,}"
