"""What stands behind a figure: the component that answers "why?" shows one of these."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from honeyguide.common.local import day_of, day_text, decimal_of, money_text, whole_text
from honeyguide.common.rulebooks import first_rulebook
from honeyguide.common.words import clause_words, requirement_words


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a figure is what it is.

    `inputs`: what went in, as (words, value as it is to be shown); `result`: what came out, in words.
    """

    title: str
    rule: str = ""
    inputs: Sequence[tuple[str, str]] = ()
    result: str = ""
    clause: str = ""
    rulebook: str = ""
    day: date | str | None = None

    @property
    def version(self) -> str:
        """The version of the program's rulebook that decided, for a link to it; "" where it is not one of ours."""
        name = f"{first_rulebook().name} "
        return self.rulebook.removeprefix(name) if self.rulebook.startswith(name) else ""


def figure_text(name: str, value: Any) -> str:
    """A figure of a requirement: sales as money, counts as numbers, facts as done or missing."""
    if isinstance(value, bool):
        return _("done") if value else _("missing")
    if name == "sales" or isinstance(value, str):
        return money_text(value, short=True)
    return whole_text(value)


def explain_requirement(row: Mapping[str, Any], *, rulebook: str = "", day: date | str | None = None) -> Explanation:
    """Why a requirement (a row of the answer, docs/schema/answer.json) is met or missing."""
    name, actual, required = row["requirement"], row["actual"], row["required"]
    inputs = []
    if isinstance(actual, bool):
        inputs.append((_("Shown"), _("yes") if actual else _("not yet")))
    else:
        inputs += [(_("Counted"), figure_text(name, actual)), (_("Required"), figure_text(name, required))]
        missing = (decimal_of(required) or 0) - (decimal_of(actual) or 0)
        if missing > 0:
            inputs.append((_("Missing"), figure_text(name, str(missing) if name == "sales" else int(missing))))
    window = row.get("window")
    if window:
        first, last = (day_of(each) for each in window)
        if first and last:
            days = {"first": day_text(first), "last": day_text(last)}
            inputs.append((_("Counted over"), _("%(first)s to %(last)s") % days))
    return Explanation(
        title=requirement_words(name),
        rule=clause_words(row["clause"]),
        inputs=inputs,
        result=_("Met") if row["met"] else _("Missing"),
        clause=row["clause"],
        rulebook=rulebook,
        day=day,
    )
