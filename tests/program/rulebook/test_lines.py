"""A problem of a rulebook's file is told with the line of its key, or of the table around it."""

import pytest

from honeyguide.program.rulebook import RulebookError, parse_rulebook
from honeyguide.program.rulebook.lines import in_lines
from honeyguide.program.rulebook.load import DEFAULT

TEXT = DEFAULT.read_text(encoding="utf-8")
LINES = TEXT.split("\n")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("net_percent = 5 ", "net_percent = -5 ", "points.sale.net_percent = -5: "),
        ("[sales]", "[sales]\nzzz = 1", "sales.zzz = 1: "),
        ('name = "gold"', 'name = "Gold"', "statuses[2].name"),
        ("net_percent = 5 ", "# net_percent = 5 ", "points.sale.net_percent is missing: "),
        ("effective_from", "# effective_from", "effective_from is missing: "),
        ("[sales]", "[sales", "not TOML: "),
    ],
)
def test_a_problem_has_the_line_of_its_key(old: str, new: str, expected: str) -> None:
    text = TEXT.replace(old, new, 1)
    with pytest.raises(RulebookError) as caught:
        parse_rulebook(text)
    (told,) = in_lines(caught.value.problems, text)
    line, _, problem = told.removeprefix("line ").partition(": ") if told.startswith("line ") else ("", "", told)
    assert problem.startswith(expected)
    if "missing" in expected:
        assert line == (str(LINES.index("[points.sale]") + 1) if "." in expected else "")
    elif line:
        assert new.rsplit("\n", maxsplit=1)[-1] in text.split("\n")[int(line) - 1]
    else:
        assert expected == "not TOML: "
