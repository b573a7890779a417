"""Projects: reported by a partner, checked by the team, then put before the client (G1.3).

Acceptance of the report is told as `project.delivered`, the client's word as `project.confirmed`; points follow by the
engine. How the client is asked: services.confirming.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from honeyguide.accounts.actor import Actor
from honeyguide.common.clock import program_day
from honeyguide.common.errors import Invalid, Refusal
from honeyguide.common.ids import new_id
from honeyguide.earning import limits, queries
from honeyguide.earning.files_in import Files, attach, check_files
from honeyguide.earning.models import Project, ProjectState
from honeyguide.earning.services import confirming
from honeyguide.files.checking import what_is_taken
from honeyguide.history.services import note
from honeyguide.notices.services import send
from honeyguide.partners.deciding import (
    Desk,
    check_decider,
    check_own,
    decide,
    is_done,
    plain,
    reason_in,
    take_back,
    token_in,
)
from honeyguide.partners.models import Partner
from honeyguide.program.rulebook.kinds import PROJECT_MODULES
from honeyguide.standing.queries import standing_on
from honeyguide.standing.services import lock, locked, tell

DESK = Desk(Project.objects.all, Q(state__in=queries.PROJECTS_FOR_THE_TEAM))


@dataclass(frozen=True, slots=True)
class Report:
    """What a partner says of a project. `modules`: a grade for each module; `ticked`: names of the checklist."""

    title: str
    client: str
    launched_on: date | None
    modules: Sequence[str]
    integration: bool
    report: str
    ticked: Collection[str]
    contact_name: str
    contact_email: str
    contact_language: str = "en"


def submit(*, partner: Partner, report: Report, files: Files, form_token: str, actor: Actor, now: datetime) -> Project:
    """Report a project with the completed checklist and its papers (G1.3). The same form gives the same project.

    Raises Invalid with the bad fields, Forbidden for anybody but the partner's own people, Refusal where the program
    takes no reports or the partner is not active.
    """
    check_own(actor, partner)
    form_token = token_in(form_token)
    rule = queries.project_report()
    if rule is None:
        raise Refusal(_("The program takes no project reports here."))
    report = _cleaned(report)
    _check(partner, report, files, program_day(now))
    lines = [{"name": name, "text": item.text, "text_ru": item.text_ru or ""} for name, item in rule.checklist.items()]
    uploads = check_files(files)
    assert report.launched_on is not None, "checked above"
    with transaction.atomic():
        lock({partner.key})
        before = Project.objects.filter(partner=partner, form_token=form_token).first()
        if before is not None:
            return before
        if not queries.may_earn(standing_on(partner, program_day(now))):
            raise Refusal(_("Points are given to active partners. Your company is not one at present."))
        project = Project.objects.create(
            uid=new_id("prj", now),
            partner=partner,
            title=report.title,
            client=report.client,
            launched_on=report.launched_on,
            modules=sorted(report.modules, key=PROJECT_MODULES.index),
            integration=report.integration,
            report=report.report,
            checklist=lines,
            contact_name=report.contact_name,
            contact_email=report.contact_email,
            contact_language=report.contact_language,
            form_token=form_token,
            submitted_by=actor.user,
            submitted_at=now,
        )
        attach(uploads, partner=partner, user=actor.user, now=now, project=project)
        note("project.reported", actor=actor, now=now, partner=partner.key, about=about(project), ident=project.uid)
    return project


def _cleaned(given: Report) -> Report:
    return replace(
        given,
        title=plain(given.title),
        client=plain(given.client),
        report=plain(given.report),
        contact_name=plain(given.contact_name),
        contact_email=plain(given.contact_email).lower(),
    )


def _check(partner: Partner, report: Report, files: Files, today: date) -> None:
    """Raise Invalid with the bad fields."""
    problems = {
        name: words
        for name, most, words in (
            ("title", limits.TITLE_MAX_CHARS, _("Give the project a short name.")),
            ("client", limits.CLIENT_MAX_CHARS, _("Name the client's company.")),
            ("report", limits.TEXT_MAX_CHARS, _("Say what was done, in a few sentences.")),
            ("contact_name", limits.NAME_MAX_CHARS, _("Name the person who confirms for the client.")),
        )
        if not 1 <= len(getattr(report, name)) <= most
    }
    if report.launched_on is None or report.launched_on > today:
        problems["launched_on"] = _("Expected the day of the launch: a day that has been.")
    if not 1 <= len(report.modules) <= limits.MODULES_COUNT or not set(report.modules) <= set(PROJECT_MODULES):
        problems["modules"] = _("Say how many modules of each grade were put into use: 1 to %(most)s in all.") % {
            "most": limits.MODULES_COUNT
        }
    missing = [line.text for line in queries.checklist() if line.name not in report.ticked]
    if missing:
        problems["ticked"] = _("The checklist must be complete. Still open: %(lines)s.") % {"lines": "; ".join(missing)}
    if not files:
        problems["file"] = _("Choose a file: %(taken)s.") % {"taken": what_is_taken()}
    problems |= contact_problems(partner, report.contact_email, report.contact_language)
    if problems:
        raise Invalid(" ".join(problems.values()), fields=problems)


def contact_problems(partner: Partner, email: str, language: str) -> dict[str, str]:
    """What is wrong with where and how the client is asked."""
    problems = confirming.email_problems(partner, email)
    if language not in dict(settings.LANGUAGES):
        problems["contact_language"] = _("Choose the client's language.")
    return problems


def withdraw(*, uid: str, partner: Partner, actor: Actor, now: datetime) -> Project:
    """The partner takes back a report that waits. Again: the same answer. Raises NotFound, Forbidden, Stale."""
    check_own(actor, partner)
    with transaction.atomic():
        project = locked(queries.project_with(uid, partner))
        if take_back(project):
            note("project.taken_back", actor=actor, now=now, partner=partner.key, about=about(project), ident=uid)
    return project


def accept(*, uid: str, actor: Actor, now: datetime, internal_note: str = "") -> Project:
    """Accept a report: `project.delivered` is told and the client is asked by mail (G1.3).

    Raises NotFound, Forbidden, Refusal for a partner that is not active or confirms its own work, and Stale for the
    second of two deciders.
    """
    check_decider(actor)
    with transaction.atomic():
        project = locked(queries.project_with(uid))
        if is_done(project, ProjectState.ACCEPTED, actor):
            return project
        queries.check_may_earn(project.partner, now)
        confirming.set_link(project, now)
        decide(project, ProjectState.ACCEPTED, actor=actor, now=now, note=internal_note, also=confirming.LINK_FIELDS)
        confirming.mail_link(project)
        event = {"type": "project.delivered", "id": uid, "partner": project.partner.key, "at": now, "project": uid}
        papers = {"report": f"{uid}/report", "checklist": f"{uid}/checklist"}
        work = {"client": project.client, "modules": project.modules, "integration": project.integration}
        tell([{**event, **work, **papers}], actor=actor, now=now)
        note("project.accepted", actor=actor, now=now, partner=project.partner.key, about=about(project), ident=uid)
        tell_partner(project, "project_accepted", actor=actor, now=now)
    return project


def refuse(*, uid: str, reason: str, actor: Actor, now: datetime, internal_note: str = "") -> Project:
    """Refuse a report, or close a project that the client did not confirm; with a reason. Raises as accept, Invalid."""
    check_decider(actor)
    reason = reason_in(reason)
    with transaction.atomic():
        project = locked(queries.project_with(uid))
        if is_done(project, ProjectState.REFUSED, actor, among=queries.PROJECTS_FOR_THE_TEAM):
            return project
        decide(project, ProjectState.REFUSED, actor=actor, now=now, reason=reason, note=internal_note)
        told = {**about(project), "reason": reason}
        note("project.refused", actor=actor, now=now, partner=project.partner.key, about=told, ident=uid)
        tell_partner(project, "project_refused", actor=actor, now=now, reason=reason)
    return project


def tell_partner(project: Project, kind: str, *, actor: Actor, now: datetime, **more: Any) -> None:
    """A notice about a project to its partner."""
    context = {"title": project.title, "client": project.client, "until": project.link_expires_at, **more}
    link = reverse("portal:points_earn_project", args=[project.uid])
    send(partner=project.partner, kind=kind, context=context, actor=actor, now=now, link=link)


def about(project: Project) -> dict[str, Any]:
    """What audit events say of a project."""
    return {"project": project.uid, "title": project.title, "client": project.client}
