"""The rulebook's activities and checklist in the reader's language, and words for what earns points."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from honeyguide.common.local import in_language, whole_text
from honeyguide.common.rulebooks import current_rulebook
from honeyguide.common.words import Words, words_of
from honeyguide.program.rulebook.earning import ChecklistItem, EarningActivity

KINDS: Words = {
    "case_study": _("Case studies"),
    "application": _("Applications"),
    "training": _("Training"),
    "support": _("Support"),
    "marketing": _("Marketing"),
    "other": _("Other"),
}
GRADES: Words = {"simple": _("Simple"), "standard": _("Standard"), "complex": _("Complex")}
MODULE_CLASSES: Words = {"standard": _("Standard"), "advanced": _("Advanced"), "premium": _("Premium")}
PLANS: Words = {"basic": _("Basic"), "extended": _("Extended")}
PROOFS: Words = {"link": _("a link"), "file": _("a file"), "text": _("a description")}


def grade_words(name: str) -> str:
    """A grade of a project's module."""
    return words_of(GRADES, name)


def activity_title(name: str) -> str:
    """What an activity is called; its name as it reads when the rulebook has it no more."""
    earning = current_rulebook().earning
    found = earning.activities.get(name) if earning is not None else None
    return words_of({}, name) if found is None else in_language(found.title, found.title_ru)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the checklist as the reader sees it."""

    name: str
    text: str


def line_of(name: str, item: ChecklistItem) -> Line:
    """A line of the rulebook's checklist."""
    return Line(name, in_language(item.text, item.text_ru))


def proofs_of(activity: EarningActivity) -> list[str]:
    """What is asked for, in words."""
    return [words_of(PROOFS, proof) for proof in activity.proofs]


def points_text(number: int) -> str:
    """A number of points with the word in the right form."""
    return ngettext("%(number)s point", "%(number)s points", number) % {"number": whole_text(number)}
