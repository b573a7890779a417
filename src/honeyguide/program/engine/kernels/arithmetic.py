"""Rounding: once, half up, here (readings 11 and 16)."""

from honeyguide.program.engine.kernels.compiled import kernel

_SAFE = 2**31
_HUNDREDTHS_OF_PERCENT = 10_000


@kernel
def half_up(numerator, denominator):
    """numerator / denominator, half up; numerator >= 0, denominator > 0."""
    whole = numerator // denominator
    return whole + (1 if 2 * (numerator - whole * denominator) >= denominator else 0)


@kernel
def share(points, part, whole):
    """points x part / whole, half up, for 0 <= part <= whole; exact also where the product exceeds 64 bits."""
    if whole <= 0:
        return 0
    if points < _SAFE and part < _SAFE:
        return half_up(points * part, whole)
    quotient = 0
    rest = 0
    for bit in range(62, -1, -1):
        # Horner's scheme over the bits of `points`: (quotient, rest) is the value so far divided by `whole`.
        quotient, rest = quotient * 2, rest * 2
        if (points >> bit) & 1:
            rest += part
        quotient += rest // whole
        rest %= whole
    return quotient + (1 if 2 * rest >= whole else 0)


@kernel
def percent_of_money(amount_minor, hundredths_of_percent):
    """Points that are a percentage of an amount in minor units: one point a unit of the result, half up."""
    return share(amount_minor, hundredths_of_percent, 100 * _HUNDREDTHS_OF_PERCENT)


@kernel
def percent_of_points(points, hundredths_of_percent):
    """A percentage of points, half up."""
    return share(points, hundredths_of_percent, _HUNDREDTHS_OF_PERCENT)
