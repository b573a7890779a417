"""Numbers, money and days as readers expect them."""

from datetime import date

MINUS = "−"
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def number(value: int) -> str:
    """1234 -> "1,234", with a real minus."""
    return f"{value:,}".replace("-", MINUS)


def signed(value: int) -> str:
    """A difference: "+12", "−3", "±0"."""
    return "±0" if value == 0 else f"{'+' if value > 0 else MINUS}{abs(value):,}"


def whole_units(minor: int) -> int:
    """Minor units to units, half away from zero."""
    rounded = (abs(minor) + 50) // 100
    return rounded if minor >= 0 else -rounded


def money(minor: int) -> str:
    """With both digits: "1,234.50"."""
    return f"{MINUS if minor < 0 else ''}{abs(minor) // 100:,}.{abs(minor) % 100:02}"


def signed_money(minor: int) -> str:
    """A difference with both digits."""
    return "±0" if minor == 0 else f"{'+' if minor > 0 else MINUS}{money(abs(minor))}"


def share_change(before: int, after: int) -> str:
    """How much more or less, in percent with one digit: "−4.1 %"; nothing where there was nothing."""
    if before == 0:
        return ""
    tenths = (abs(after - before) * 2000 + before) // (2 * before)
    if tenths == 0:
        return "±0 %"
    return f"{'+' if after > before else MINUS}{tenths // 10}.{tenths % 10} %"


def percent(hundredths: int) -> str:
    """Hundredths of a percent: 1250 -> "12.5 %"."""
    text = f"{hundredths // 100}.{hundredths % 100:02}".rstrip("0").rstrip(".")
    return f"{text} %"


def day(value: date | None) -> str:
    """30 September 2026."""
    return "" if value is None else f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def month(value: date) -> str:
    """September 2026."""
    return f"{_MONTHS[value.month - 1]} {value.year}"


def short_day(value: date | None) -> str:
    """30 Sep 2026."""
    return "" if value is None else f"{value.day} {_MONTHS[value.month - 1][:3]} {value.year}"


def plural(count: int, one: str, many: str | None = None) -> str:
    """Say "1 partner" or "2 partners"."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"
