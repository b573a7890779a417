"""Histories: the form of the event log, its readers, checks and writers.

- `read_history(path)`, `history_from_events(events)`, `validate_raw(frame)`: a checked History for the engine.
- `lines_from_events(events)`, `history_from_lines(lines)`: events as a database keeps them.
- `history_with(lines, path)`, `history_with_lines(kept, lines)`: a checked History of those and, after them, of a file
  or of more such lines.
- `instant_of(text)`: the time that an event gives.
- `refuse_later(path, last)`: nothing in a file is later than that.
- `read_raw(path)`, `write_history(frames, path)`: raw events, from one form to another.
- `convert.convert(path, maps.read_map(path))`: raw events of somebody's table.
- `InvalidHistory`: what is wrong, line by line.
"""

from .events import History
from .instants import instant_of
from .memory import history_from_lines, history_with, history_with_lines, lines_from_events, refuse_later
from .problems import FormError, InvalidHistory, Problem
from .raw import RAW_SCHEMA
from .reading import UnknownFormError, history_from_events, raw_from_lines, read_history, read_raw, validate_raw
from .writing import json_lines, write_history

__all__ = [
    "RAW_SCHEMA",
    "FormError",
    "History",
    "InvalidHistory",
    "Problem",
    "UnknownFormError",
    "history_from_events",
    "history_from_lines",
    "history_with",
    "history_with_lines",
    "instant_of",
    "json_lines",
    "lines_from_events",
    "raw_from_lines",
    "read_history",
    "read_raw",
    "refuse_later",
    "validate_raw",
    "write_history",
]
