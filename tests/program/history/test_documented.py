"""docs/history.md says what fields.py says. Where it does not, this test prints what it should say."""

from pathlib import Path

import pytest

from honeyguide.program.history import fields
from honeyguide.program.history.events import EVENT_TYPES
from honeyguide.program.history.fields import COMMON, FIELDS_BY_TYPE, KINDS, Field, expectation

DOCS = (Path(__file__).parents[3] / "docs" / "history.md").read_text(encoding="utf-8")


def named(field: Field) -> str:
    if field.required:
        return f"`{field.name}`"
    return f"[`{field.name}`]" if field.default is None else f"[`{field.name}` = {str(field.default).lower()}]"


def types() -> str:
    rows: dict[str, list[str]] = {}
    for event_type, own in FIELDS_BY_TYPE.items():
        rows.setdefault(", ".join(map(named, own)), []).append(f"`{event_type}`")
    lines = [f"| {', '.join(names)} | {line} |" for line, names in rows.items()]
    return "\n".join(["| type | fields |", "| --- | --- |", *lines])


def values() -> str:
    lines = ["| field | value |", "| --- | --- |"]
    for name in KINDS:
        found: dict[str, list[str]] = {}
        for event_type, own in (("", COMMON), *FIELDS_BY_TYPE.items()):
            for field in own:
                if field.name == name:
                    note = f"; {field.note}" if field.note else ""
                    found.setdefault(expectation(field) + note, []).append(event_type)
        for value, taking in found.items():
            which = f" of {', '.join(f'`{one}`' for one in taking)}" if len(found) > 1 else ""
            lines.append(f"| `{name}`{which} | {value} |")
    return "\n".join(lines)


def limits() -> str:
    rows = [
        ("money", f"{fields.MONEY_MOST_MINOR // 100:,}.{fields.MONEY_MOST_MINOR % 100}"),
        ("whole numbers", f"{fields.WHOLE_MOST:,}"),
        ("`term_months`", f"{fields.TERM_MONTHS_MOST:,}"),
        ("characters of a partner's id", f"{fields.PARTNER_CHARACTERS_MOST}"),
        ("characters of another id", f"{fields.IDENT_CHARACTERS_MOST}"),
        ("characters of a text", f"{fields.TEXT_CHARACTERS_MOST:,}"),
        ("items of a list", f"{fields.LIST_ITEMS_MOST:,}"),
        ("years", f"{fields.YEAR_FIRST} to {fields.YEAR_LAST}"),
        ("bytes of a line of JSON or a record of CSV; a longer one ends the reading", f"{fields.LINE_BYTES_MOST:,}"),
        ("bad lines; so many end the reading", f"{fields.BAD_LINES_MOST:,}"),
        ("blank lines, which are passed over; more end the reading", f"{fields.BLANK_LINES_MOST:,}"),
        ("different names of unknown fields; more end the reading", f"{fields.UNKNOWN_FIELDS_MOST}"),
    ]
    return "\n".join(["| limit | |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in rows)])


@pytest.mark.parametrize("table", [types, values, limits])
def test_the_docs_have_the_table(table: object) -> None:
    assert callable(table)
    expected = table()
    print(expected)  # noqa: T201
    assert expected in DOCS


def test_the_table_of_fields_is_sound() -> None:
    assert tuple(FIELDS_BY_TYPE) == EVENT_TYPES
    for name in KINDS:
        same = [field for field in fields.FIELDS[name] if field is not None]
        assert {field.kind for field in same} == {KINDS[name]}
        assert len({(field.least, field.most) for field in same}) == 1
        longest = max((field.choices for field in same), key=len)
        if name != "modules":  # readers go by positions in the longest list
            assert all(field.choices == longest[: len(field.choices)] for field in same)
    assert len(set(fields.COUNTRIES)) == 249
    assert not set("ABCDEFGHIJKLMNOPQRSTUVWXYZ") & {country for country in fields.COUNTRIES if len(country) != 2}
