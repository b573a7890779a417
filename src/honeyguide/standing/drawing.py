"""The drawing of the sales curve under the status: places in percent and pixels, for an SVG without script."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from honeyguide.common.local import money_text, month_text
from honeyguide.standing.curve import Curve, Month, Target
from honeyguide.standing.story import Step
from honeyguide.standing.wording import status_word

HEIGHT_PX, TOP_PX, BOTTOM_PX = 240, 34, 28
STRIP_PX = 14
LABELS_COUNT = 6
LABEL_GAP_PX = 15
NARROWEST_NAME_PERCENT = 9
_BAR = (
    '<g class="curve-month"><title>{0}</title><rect class="curve-hit" x="{1}" y="{3}" width="{2}" height="{4}"/>'
    '<rect class="curve-bar" x="{1}" y="{5}" width="{2}" height="{6}" rx="2"/></g>'
)
TICKS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of one status."""

    x: str
    width: str
    status: str
    words: str
    title: str

    @property
    def across(self) -> SafeString:
        """Its place, as attributes."""
        return format_html('x="{}" width="{}"', self.x, self.width)


@dataclass(frozen=True, slots=True)
class Bar:
    """A month: its sales as a bar, and what is told of it."""

    x: str
    width: str
    y: int
    height: int
    title: str


@dataclass(frozen=True, slots=True)
class Line:
    """A stretch of the curve, a target or a grid line, with its words. `anchor`: the end at which these stand."""

    x1: str
    y1: int
    x2: str
    y2: int
    words: str = ""
    words_y: int = 0
    tone: str = ""
    anchor: str = "start"

    @property
    def ends(self) -> SafeString:
        """Where it begins and ends, as attributes."""
        return format_html('x1="{}" y1="{}" x2="{}" y2="{}"', self.x1, self.y1, self.x2, self.y2)

    @property
    def words_x(self) -> str:
        """Where its words begin or end."""
        return self.x1 if self.anchor == "start" else self.x2


@dataclass(frozen=True, slots=True)
class Label:
    """A word under the axis."""

    x: str
    words: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything that the template draws."""

    bands: tuple[Band, ...]
    bars: tuple[Bar, ...]
    curve: tuple[Line, ...]
    targets: tuple[Line, ...]
    grid: tuple[Line, ...]
    labels: tuple[Label, ...]
    last_x: str
    last_y: int
    height: int = HEIGHT_PX
    base: int = HEIGHT_PX - BOTTOM_PX
    band_height: int = HEIGHT_PX - BOTTOM_PX - STRIP_PX
    label_y: int = HEIGHT_PX - 8

    @property
    def bars_drawn(self) -> SafeString:
        """The months: three years of them are many pieces for a template."""
        places = ((bar.title, bar.x, bar.width, STRIP_PX, self.band_height, bar.y, bar.height) for bar in self.bars)
        return format_html_join("", _BAR, places)

    @property
    def curve_drawn(self) -> SafeString:
        """The curve, for the same reason."""
        return format_html_join("", '<line class="curve-line" {}/>', ((line.ends,) for line in self.curve))

    @property
    def has_narrow_bands(self) -> bool:
        """Whether a stretch has no room for its name."""
        return not all(band.words for band in self.bands)


def drawing_of(curve: Curve, steps: Sequence[Step], today: date) -> Drawing | None:
    """The drawing; None where there is nothing to draw. `steps`: the earliest first."""
    if not curve.months:
        return None
    scale = _Scale(curve.months[0].first, max(today, curve.months[-1].last), _ceiling(curve.highest))
    points = [(scale.x(month.last), scale.y(month.trailing)) for month in curve.months]
    start = (scale.x(curve.months[0].first), scale.y(Decimal(0)))
    first = [start, *points] if curve.months[0].trailing == curve.months[0].net else points
    return Drawing(
        bands=tuple(_bands(steps, scale)),
        bars=tuple(_bar(month, scale) for month in curve.months),
        curve=tuple(Line(_percent(a), c, _percent(b), d) for (a, c), (b, d) in pairwise(first)),
        targets=tuple(_targets(curve.targets, scale, points)),
        grid=tuple(_grid(scale, curve.targets)),
        labels=tuple(_labels(curve.months, scale)),
        last_x=_percent(points[-1][0]),
        last_y=points[-1][1],
    )


class _Scale:
    """Days across, amounts up."""

    def __init__(self, first: date, last: date, ceiling: Decimal) -> None:
        self.first, self.last, self.ceiling = first, last, ceiling
        self.days = max((last - first).days, 1)

    def x(self, day: date) -> float:
        """Percent of the width."""
        return min(max((day - self.first).days / self.days * 100, 0), 100)

    def y(self, amount: Decimal) -> int:
        """Pixels from the top."""
        room = HEIGHT_PX - TOP_PX - BOTTOM_PX
        return HEIGHT_PX - BOTTOM_PX - int(room * amount / self.ceiling)


def _percent(value: float) -> str:
    return f"{value:.2f}%"


def _ceiling(highest: Decimal) -> Decimal:
    """A round figure with room above the highest."""
    return _step(highest) * (int(highest / _step(highest)) + 1)


def _step(highest: Decimal) -> Decimal:
    """A round distance of grid lines: four of them or fewer."""
    rough = max(highest, Decimal(100)) / 4
    power = Decimal(10) ** rough.adjusted()
    return next(power * tick for tick in TICKS if power * tick >= rough)


def _bands(steps: Sequence[Step], scale: _Scale) -> list[Band]:
    edges = [(step.on, step.after) for step in steps]
    bands: list[tuple[float, float, str]] = []
    for (begin, status), (end, _next) in pairwise([*edges, (scale.last, "")]):
        x, width = scale.x(begin), scale.x(end) - scale.x(begin)
        if bands and bands[-1][2] == status:  # confirmed, suspended, reinstated: the status goes on
            bands[-1] = (bands[-1][0], bands[-1][1] + width, status)
        elif status and width > 0:
            bands.append((x, width, status))
    return [
        Band(
            x=_percent(x),
            width=_percent(width),
            status=status,
            words=status_word(status) if width >= NARROWEST_NAME_PERCENT else "",
            title=status_word(status),
        )
        for x, width, status in bands
    ]


def _bar(month: Month, scale: _Scale) -> Bar:
    left, right = scale.x(month.first), scale.x(month.last)
    y = scale.y(month.net)
    figures = {
        "month": month_text(month.last),
        "net": money_text(month.net, short=True),
        "year": money_text(month.trailing, short=True),
    }
    title = _("%(month)s: %(net)s; the last 12 months: %(year)s") % figures
    inset = (right - left) * 0.15
    return Bar(_percent(left + inset), _percent(right - left - 2 * inset), y, HEIGHT_PX - BOTTOM_PX - y, title)


def _targets(targets: Sequence[Target], scale: _Scale, points: Sequence[tuple[float, int]]) -> list[Line]:
    lines: list[Line] = []
    for target in sorted(targets, key=lambda one: one.amount):
        y = scale.y(target.amount)
        figures = {"status": status_word(target.status), "amount": money_text(target.amount, short=True)}
        words = _("keeps %(status)s: %(amount)s") if target.purpose == "keep" else _("reaches %(status)s: %(amount)s")
        above = y - 5
        if lines and lines[-1].words_y - above < LABEL_GAP_PX:
            above = lines[-1].words_y - LABEL_GAP_PX
        lines.append(Line("0%", y, "100%", y, words % figures, above, target.purpose, _clear_end(above, points)))
    return lines


def _clear_end(words_y: int, points: Sequence[tuple[float, int]]) -> str:
    """The end of a target's line at which the curve leaves its words more room: the right one, but for less than that.

    On a phone the words take half of the width.
    """
    left = min((abs(y - words_y) for x, y in points if x < 50), default=HEIGHT_PX)
    right = min((abs(y - words_y) for x, y in points if x >= 50), default=HEIGHT_PX)
    return "start" if right < LABEL_GAP_PX and left > right else "end"


def _grid(scale: _Scale, targets: Sequence[Target]) -> list[Line]:
    step = _step(scale.ceiling)
    lines, amount = [], step
    while amount <= scale.ceiling:
        y = scale.y(amount)
        taken = any(abs(scale.y(target.amount) - y) < LABEL_GAP_PX for target in targets)
        lines.append(Line("0%", y, "100%", y, "" if taken else money_text(amount, short=True), y - 4))
        amount += step
    return lines


def _labels(months: Sequence[Month], scale: _Scale) -> list[Label]:
    every = max(1, -(-len(months) // LABELS_COUNT))
    chosen = months[::every]
    return [
        Label(_percent(scale.x(month.first)), month_text(month.first), "start" if number == 0 else "middle")
        for number, month in enumerate(chosen)
        if scale.x(month.first) < 96
    ]
