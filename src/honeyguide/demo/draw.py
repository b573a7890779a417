"""Chance that repeats itself: each subject draws from a stream of its own, the same on every day."""

from random import Random


def stream(subject: str) -> Random:
    """A stream of random numbers that belongs to a subject alone."""
    return Random(subject)  # noqa: S311 - made-up companies, no secrets
