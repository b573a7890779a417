"""What changed between two rulebooks, in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from honeyguide.program.rulebook.figures import Figure, figures, title
from honeyguide.program.rulebook.model import Rulebook


@dataclass(frozen=True, slots=True)
class Change:
    """One figure that differs. `before` or `after` is None where a rulebook does not have it."""

    key: str
    before: Any
    after: Any
    words: str

    def __str__(self) -> str:
        return self.words


def diff(before: Rulebook, after: Rulebook) -> list[Change]:
    """All differences, in the order of `after`, then what it no longer has.

    Statuses, requirements and entitlements are matched by name; a status that is gone is one change, whatever it held.
    """
    old = {figure.key: figure for figure in figures(before)}
    new = {figure.key: figure for figure in figures(after)}
    gone = {status.name for status in before.statuses} - {status.name for status in after.statuses}
    return [*_changed(old, new), *_gone_statuses(gone), *_gone(old, new, gone)]


def _changed(old: dict[tuple[str, ...], Figure], new: dict[tuple[str, ...], Figure]) -> Iterator[Change]:
    for key, figure in new.items():
        was = old.get(key)
        if was is None:
            yield _change(figure, None, figure.value, f"{figure.noun} none → {figure.text}")
        elif figure.pattern == "statuses":  # what differs within a status has figures of its own
            if was.text != figure.text:
                yield _change(figure, was.value, figure.value, f"{figure.noun} {was.text} → {figure.text}")
        elif was.value != figure.value:
            yield _change(figure, was.value, figure.value, f"{figure.noun} {_turned(was, figure)}")


def _gone_statuses(gone: set[str]) -> Iterator[Change]:
    for name in sorted(gone):
        yield Change(f"statuses.{name}", name, None, f"{title(name)}: no longer a status")


def _gone(
    old: dict[tuple[str, ...], Figure], new: dict[tuple[str, ...], Figure], gone_statuses: set[str]
) -> Iterator[Change]:
    for key, figure in old.items():
        if key not in new and not (key[0] == "statuses" and key[1] in gone_statuses):
            yield _change(figure, figure.value, None, f"{figure.noun} {figure.text} → none")


def _change(figure: Figure, before: Any, after: Any, words: str) -> Change:
    return Change(".".join(figure.key), before, after, f"{figure.subject}: {words}")


def _turned(was: Figure, now: Figure) -> str:
    """How a value changed: lists of names by what joined and left, all else as before and after."""
    if not _is_names(was.value) or not _is_names(now.value):
        return f"{was.text} → {now.text}"
    joined = [f"+ {name}" for name in now.value if name not in was.value]
    left = [f"- {name}" for name in was.value if name not in now.value]
    return ", ".join(joined + left) or f"in another order: {now.text}"


def _is_names(value: object) -> bool:
    return isinstance(value, tuple) and all(isinstance(name, str) for name in value)
