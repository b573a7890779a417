"""Where accruals came from: the event of each award, and the parts of which its points are made."""

from collections import defaultdict
from collections.abc import Iterable

from django.utils.translation import gettext as _

from honeyguide.common.clock import program_day
from honeyguide.common.explanation import Explanation
from honeyguide.common.local import whole_text
from honeyguide.common.same import Same
from honeyguide.common.words import clause_words
from honeyguide.earning.calculator import ProjectCase, SaleCase, project_worth, sale_worths
from honeyguide.history.models import Event
from honeyguide.insights.models import Movement
from honeyguide.insights.wording import activity_words
from honeyguide.program.rulebook import Rulebook
from honeyguide.rulebooks.queries import in_force

TYPES = ("sale.paid", "project.delivered", "points.granted")


def explanations_of(rows: Iterable[Movement]) -> dict[int, Explanation]:
    """By movement, why its award has so many points; of accruals alone."""
    earned = [row for row in rows if row.kind == "earned"]
    events = Event.objects.filter(ident__in={row.award for row in earned}, type__in=TYPES).order_by("-seq")
    by_award = {(event.partner, event.ident): event for event in events}
    found: dict[int, Explanation] = {}
    sales = defaultdict[Same[Rulebook], list[tuple[int, SaleCase]]](list)
    for row in earned:
        event = by_award.get((row.partner, row.award))
        if event is None:
            continue
        rulebook = in_force(program_day(event.at))
        if event.type == "sale.paid":
            sales[Same(rulebook)].append((row.pk, SaleCase.of(event)))
        else:
            found[row.pk] = _explained(row, event, rulebook)
    for same, cases in sales.items():
        worths = sale_worths([case for _, case in cases], same.thing)
        found |= {number: worth.explanation for (number, _), worth in zip(cases, worths, strict=True)}
    return found


def _explained(row: Movement, event: Event, rulebook: Rulebook) -> Explanation:
    if event.type == "project.delivered":
        modules, integration = tuple(event.data["modules"]), bool(event.data.get("integration"))
        return project_worth(ProjectCase(modules, integration), rulebook).explanation
    reason = str(event.data.get("reason") or "")
    return Explanation(
        title=activity_words(row.activity),
        rule=clause_words("T4.1"),
        inputs=[(_("Points"), f"+{whole_text(row.points)}"), *([(_("Reason"), reason)] if reason else [])],
        result=whole_text(row.points),
        clause="T4.1",
        rulebook=f"{rulebook.name} {rulebook.version}",
        day=row.day,
    )
