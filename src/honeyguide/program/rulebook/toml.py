"""What is wrong with a text that is no TOML, in the words of Python's reader, which can be said in another language."""

import re
import tomllib

from honeyguide.program.phrases import Phrase, recognized

_PLACE = re.compile(r"(?P<fault>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)", re.DOTALL)

FAULTS = (
    Phrase("Invalid statement"),
    Phrase("Expected newline or end of document after a statement"),
    Phrase("Expected ']' at the end of a table declaration"),
    Phrase("Expected ']]' at the end of an array declaration"),
    Phrase("Expected '=' after a key in a key/value pair"),
    Phrase("Expected {text}", text=""),
    Phrase("Found invalid character {text}", text=""),
    Phrase("Illegal character {text}", text=""),
    Phrase("Cannot declare {key} twice", key=""),
    Phrase("Cannot overwrite a value"),
    Phrase("Cannot mutate immutable namespace {key}", key=""),
    Phrase("Cannot redefine namespace {key}", key=""),
    Phrase("Duplicate inline table key {key}", key=""),
    Phrase("Invalid initial character for a key part"),
    Phrase("Unclosed array"),
    Phrase("Unclosed inline table"),
    Phrase("Unescaped '\\' in a string"),
    Phrase("Invalid hex value"),
    Phrase("Escaped character is not a Unicode scalar value"),
    Phrase("Unterminated string"),
    Phrase("Invalid date or datetime"),
    Phrase("Invalid value"),
)
"""All that the reader finds wrong."""


def no_toml(error: tomllib.TOMLDecodeError) -> Phrase:
    """What is wrong with a text, and where."""
    found = _PLACE.fullmatch(str(error))
    if found is None:
        return Phrase("not TOML: {fault}", fault=recognized(str(error), FAULTS))
    fault = recognized(found["fault"], FAULTS)
    if found["line"] is None:
        return Phrase("not TOML: {fault} (at end of document)", fault=fault)
    return Phrase(
        "not TOML: {fault} (at line {line}, column {column})", fault=fault, line=found["line"], column=found["column"]
    )
