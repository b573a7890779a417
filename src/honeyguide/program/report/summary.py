"""A simulation in sentences: what the page and the terminal say first."""

from collections.abc import Mapping
from typing import Any

from honeyguide.program.report import words
from honeyguide.program.simulation import Simulation


def names(simulation: Simulation) -> tuple[str, str]:
    """Both rulebooks by name and version, told apart where they are the same."""
    current, draft = (" ".join(pair) for pair in (simulation.current, simulation.draft))
    return (current, draft) if current != draft else (f"{current} (now)", f"{draft} (draft)")


def headline(simulation: Simulation) -> str:
    """Who moves and what it costs, in one sentence."""
    t = simulation.totals
    relocated = t.moved - t.discount_only
    same = relocated - t.up - t.down
    parts = [
        f"{words.plural(count, 'partner')} {would}"
        for count, would in (
            (t.up, "would stand higher"),
            (t.down, "would stand lower"),
            (same, "would stand elsewhere"),
        )
        if count
    ]
    first = " and ".join(parts) or "No partner would change status"
    return f"{first}, {_cost(simulation)}."


def _cost(simulation: Simulation) -> str:
    t = simulation.totals
    saved = t.discount_minor_before - t.discount_minor_after
    amount = f"{simulation.currency} {words.number(words.whole_units(abs(saved)))}"
    if saved == 0:
        return "and the same sales would get the same discount"
    share = words.share_change(t.discount_minor_before, t.discount_minor_after)
    told = f" ({share})" if share else ""
    return f"and the same sales would get {amount} {'less' if saved > 0 else 'more'} discount{told}"


def subline(simulation: Simulation) -> str:
    """What was compared, on which history."""
    t = simulation.totals
    old, new = names(simulation)
    until = f" up to {words.day(simulation.as_of)}" if simulation.as_of else ""
    return (
        f"{old} → {new}, replayed on the whole history{until}: "
        f"{words.plural(t.partners, 'partner')}, {words.plural(t.sales, 'sale')}."
    )


def since_then(row: Mapping[str, Any]) -> str:
    """How it went on with a partner that moves, if the first difference was not the last decision under both."""
    latest = [(row[f"latest_{end}"], row[f"latest_on_{end}"]) for end in ("before", "after")]
    if not any(day is not None and day > row["on"] for _, day in latest):
        return ""
    now, draft = (f"{told or 'nothing'} {words.short_day(day)}".strip() for told, day in latest)
    return f"since then: {now} → {draft}"


def change_lines(simulation: Simulation) -> list[str]:
    """The differences between the rulebooks that are more than their names."""
    skipped = {"name", "version", "effective_from"}
    return [change.words for change in simulation.changes if change.key not in skipped]
