"""Static SVG: a small set of elements, escaped, with coordinates of one decimal.

Every mark that says something is a group that can be reached by keyboard. Its words are the accessible name and show
at the top of the chart on hover and focus, by style sheet alone.
"""

from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

TIP_Y = 11


def number(value: float) -> str:
    """A coordinate."""
    return f"{value:.1f}".removesuffix(".0")


def element(name: str, *inner: Markup | str, **attributes: float | str) -> Markup:
    """An element; a trailing underscore in an attribute's name is dropped, others become hyphens."""
    told = Markup("").join(
        Markup(' {}="{}"').format(key.rstrip("_").replace("_", "-"), value if isinstance(value, str) else number(value))
        for key, value in attributes.items()
    )
    content = Markup("").join(map(escape, inner))
    return Markup("<{0}{1}>{2}</{0}>").format(name, told, content)


def text(x: float, y: float, words: str, class_: str = "label", anchor: str = "start") -> Markup:
    """A line of text."""
    return element("text", words, x=x, y=y, class_=class_, text_anchor=anchor)


def rect(x: float, y: float, width: float, height: float, class_: str) -> Markup:
    """A rectangle; never of less than no size."""
    return element("rect", x=x, y=y, width=max(width, 0), height=max(height, 0), class_=class_)


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> Markup:
    """A straight line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def mark(words: str, width: float, *shapes: Markup) -> Markup:
    """Shapes that stand for a figure, with its words."""
    tip = element("text", words, x=width, y=TIP_Y, class_="tip", text_anchor="end", aria_hidden="true")
    return element("g", *shapes, tip, class_="mark", tabindex="0", role="img", aria_label=words)


def chart(width: float, height: float, title: str, parts: Iterable[Markup], class_: str) -> Markup:
    """A whole picture."""
    return element(
        "svg",
        *parts,
        viewBox=f"0 0 {number(width)} {number(height)}",
        width=width,
        height=height,
        class_=class_,
        role="group",
        aria_label=title,
    )


def nice_step(most: float, steps: int) -> int:
    """1, 2, 2.5 or 5 times a power of ten, so that about `steps` of it reach `most`; a whole number, 1 or more."""
    wanted = max(most / steps, 1)
    power = 1
    while power * 10 <= wanted:
        power *= 10
    for factor in (10, 20, 25, 50, 100):
        if power * factor >= wanted * 10 and (power * factor) % 10 == 0:
            return power * factor // 10
    return power * 10


def ribbon(left: tuple[float, float], right: tuple[float, float], xs: tuple[float, float]) -> str:
    """The path of a band from a stretch on the left (top, bottom) to one on the right."""
    middle = (xs[0] + xs[1]) / 2
    x0, x1, xm = (number(x) for x in (*xs, middle))
    y = [number(value) for value in (*left, *right)]
    return f"M{x0} {y[0]}C{xm} {y[0]} {xm} {y[2]} {x1} {y[2]}L{x1} {y[3]}C{xm} {y[3]} {xm} {y[1]} {x0} {y[1]}Z"


def polyline(points: Sequence[tuple[float, float]], class_: str) -> Markup:
    """A line through points."""
    return element("polyline", points=" ".join(f"{number(x)},{number(y)}" for x, y in points), class_=class_)
