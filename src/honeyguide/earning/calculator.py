"""What a deal or a project would earn by today's rulebook (G1.6): the engine's figures, part by part.

No formula stands here: a part is the engine's award with it, less the engine's award without it.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import batched
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from honeyguide.common.clock import program_day
from honeyguide.common.explanation import Explanation
from honeyguide.common.local import money_text, percent_text, whole_text
from honeyguide.common.rulebooks import current_rulebook
from honeyguide.common.same import Same
from honeyguide.common.words import PRODUCTS, clause_words, words_of
from honeyguide.earning.models import Project
from honeyguide.earning.words import MODULE_CLASSES, PLANS, grade_words, points_text
from honeyguide.history.models import Event
from honeyguide.history.queries import program_events
from honeyguide.partners.models import Partner
from honeyguide.program.engine.awards import project_awards, sale_awards
from honeyguide.program.history import history_from_events
from honeyguide.program.rulebook import Rulebook

RULEBOOKS_KEPT, CASES_KEPT = 16, 4_000
_MADE_UP = {"partner": "calculator", "client": "calculator", "at": "2026-01-01T00:00:00Z"}


@dataclass(frozen=True, slots=True)
class SaleCase:
    """A deal as it might be, or was."""

    net: Decimal
    product: str = "cloud"
    plan: str = "basic"
    licences: int = 1
    seats: int = 0
    modules: tuple[str, ...] = ()

    @classmethod
    def of(cls, event: Event) -> "SaleCase":
        """A deal of the history."""
        data = event.data
        return cls(
            Decimal(data["net"]), data["product"], data.get("plan", "basic"), int(data.get("licences", 1)),
            int(data.get("seats", 0)), tuple(data.get("modules", ())),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ProjectCase:
    """A project as it might be, or was reported."""

    modules: tuple[str, ...]
    integration: bool = False

    @classmethod
    def of(cls, project: Project) -> "ProjectCase":
        """A reported project."""
        return cls(tuple(project.modules), project.integration)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an award. `how`: how it comes about, in words."""

    title: str
    how: str
    points: int
    clause: str


@dataclass(frozen=True, slots=True)
class Worth:
    """What something earns, and of which parts that is made up."""

    title: str
    points: int
    parts: tuple[Part, ...]
    clause: str
    rulebook: str

    @property
    def explanation(self) -> Explanation:
        """The parts for the component that answers why."""
        return Explanation(
            title=self.title,
            rule=clause_words(self.clause),
            inputs=[(f"{part.title} ({part.how})", f"+{whole_text(part.points)}") for part in self.parts],
            result=points_text(self.points),
            clause=self.clause,
            rulebook=self.rulebook,
        )


@dataclass(frozen=True, slots=True)
class HeldWarning:
    """A deal with this client now would wait for a decision (G1.4)."""

    last: Event
    days: int
    under_days: int
    clause: str


def sale_worth(case: SaleCase, rulebook: Rulebook | None = None) -> Worth:
    """What a deal earns if the partner is active (G1.1, G1.2). Raises DoesNotFit's causes for impossible figures."""
    return sale_worths([case], rulebook)[0]


def sale_worths(cases: Sequence[SaleCase], rulebook: Rulebook | None = None) -> list[Worth]:
    """The same of several deals, asked of the engine at once."""
    book = rulebook or current_rulebook()
    asked = [one for case in cases for one in (case, _with(case, modules=()), _with(case, modules=(), net=Decimal(0)))]
    points = batched(_worked_out(asked, book, _sales), 3)
    return [_sale_worth(case, book, *of_case) for case, of_case in zip(cases, points, strict=True)]


def _sale_worth(case: SaleCase, book: Rulebook, whole: int, without_modules: int, without_net: int) -> Worth:
    """`without_modules`: of the same deal without modules; `without_net`: without its amount too."""
    rule = book.points.sale
    if case.product not in rule.products:
        none = Part(words_of(PRODUCTS, case.product), _("earns no points"), 0, rule.clause)
        return Worth(_("Points of a deal"), 0, (none,), rule.clause, _version(book))
    each = without_net // case.licences
    parts = [
        Part(
            _("Net amount"),
            _("%(percent)s of %(net)s") % {"percent": percent_text(rule.net_percent), "net": money_text(case.net)},
            without_modules - without_net,
            rule.clause,
        ),
        Part(
            _("Licences"),
            _("%(count)s × %(each)s, plan: %(plan)s") % {
                "count": whole_text(case.licences), "each": whole_text(each), "plan": words_of(PLANS, case.plan)
            },
            without_net,
            rule.clause,
        ),
    ]  # fmt: skip
    if case.modules:
        percent = sum((rule.module_percent[name] for name in case.modules), Decimal(0))
        how = _("%(percent)s of %(base)s: %(modules)s") % {
            "percent": percent_text(percent),
            "base": whole_text(without_modules),
            "modules": ", ".join(words_of(MODULE_CLASSES, name) for name in case.modules),
        }
        parts.append(Part(_("Modules"), how, whole - without_modules, "G1.2"))
    return Worth(_("Points of a deal"), whole, tuple(parts), rule.clause, _version(book))


def project_worth(case: ProjectCase, rulebook: Rulebook | None = None) -> Worth:
    """What a project earns when its client has confirmed it (G1.3)."""
    book = rulebook or current_rulebook()
    rule = book.points.project
    grades = [grade for grade in rule.module_points if grade in case.modules]
    cases = [case, _plain_project(case.modules)]
    cases += [_plain_project([name for name in case.modules if name == grade]) for grade in grades]
    whole, plain, *by_grade = _worked_out(cases, book, _projects)
    parts = [
        Part(
            _("%(grade)s modules") % {"grade": grade_words(grade)},
            f"{case.modules.count(grade)} × {whole_text(points // case.modules.count(grade))}",
            points,
            rule.clause,
        )
        for grade, points in zip(grades, by_grade, strict=True)
    ]
    if case.integration:
        how = _("× %(factor)s, at most %(most)s in all") % {
            "factor": rule.integration_factor,
            "most": whole_text(rule.integration_max_points),
        }
        parts.append(Part(_("API integration or custom work"), how, whole - plain, rule.clause))
    return Worth(_("Points of a project"), whole, tuple(parts), rule.clause, _version(book))


def held_warning(partner: Partner, client: str, today: date) -> HeldWarning | None:
    """Whether a deal with a client today would be held, and after which one (G1.4, reading 13)."""
    rule = current_rulebook().points.repeat_deal
    if not client.strip():
        return None
    sales = program_events().filter(partner=partner.key, client__iexact=client.strip(), type="sale.paid")
    last = sales.order_by("-at", "-seq").first()
    if last is None:
        return None
    days = (today - program_day(last.at)).days
    return HeldWarning(last, days, rule.held_under_days, rule.clause) if days < rule.held_under_days else None


def _with(case: SaleCase, **changes: Any) -> SaleCase:
    given = {name: getattr(case, name) for name in ("net", "product", "plan", "licences", "seats", "modules")}
    return SaleCase(**{**given, **changes})


def _plain_project(modules: Sequence[str]) -> ProjectCase:
    return ProjectCase(tuple(modules))


def _worked_out[Case: Hashable](
    cases: Sequence[Case], rulebook: Rulebook, work: Callable[[Sequence[Case], Rulebook], list[int]]
) -> list[int]:
    """What the engine says of each case. It depends on nothing else: what it has said is not asked again."""
    kept = _kept(Same(rulebook))
    found = {case: points for case in cases if (points := kept.get(case)) is not None}
    missing = [case for case in dict.fromkeys(cases) if case not in found]
    if missing:
        found |= zip(missing, work(missing, rulebook), strict=True)
        if len(kept) > CASES_KEPT:
            kept.clear()
        kept.update(found)
    return [found[case] for case in cases]


@lru_cache(RULEBOOKS_KEPT)
def _kept(_rulebook: Same[Rulebook]) -> dict[Any, int]:
    return {}


def _sales(cases: Sequence[SaleCase], rulebook: Rulebook) -> list[int]:
    """The engine's awards of some deals."""
    events = [
        {
            **_MADE_UP, "type": "sale.paid", "sale": f"s{place}", "product": case.product, "net": f"{case.net:.2f}",
            "plan": case.plan, "licences": case.licences, "seats": case.seats, "modules": list(case.modules),
        }
        for place, case in enumerate(cases)
    ]  # fmt: skip
    history = history_from_events(events)
    return [int(points) for points in sale_awards(history.events, np.arange(len(cases)), rulebook)]


def _projects(cases: Sequence[ProjectCase], rulebook: Rulebook) -> list[int]:
    """The engine's awards of some projects, as if report and checklist are there."""
    events = [
        {
            **_MADE_UP, "type": "project.delivered", "project": f"p{place}", "modules": list(case.modules),
            "integration": case.integration, "report": "r", "checklist": "c",
        }
        for place, case in enumerate(cases)
    ]  # fmt: skip
    history = history_from_events(events)
    return [int(points) for points in project_awards(history.events, np.arange(len(cases)), rulebook)]


def _version(rulebook: Rulebook) -> str:
    return f"{rulebook.name} {rulebook.version}"
