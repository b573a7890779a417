"""The client's word: a link by mail, a page without login, one answer (G1.3)."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from honeyguide.accounts.actor import Actor
from honeyguide.common.errors import Invalid, NotFound, Refusal, Stale
from honeyguide.earning import limits, queries
from honeyguide.earning.awards import points_by_award
from honeyguide.earning.links import opened
from honeyguide.earning.models import Project, ProjectState
from honeyguide.earning.tasks import mail_client
from honeyguide.history.models import Event
from honeyguide.history.services import note
from honeyguide.notices.services import send
from honeyguide.partners.deciding import check_decider, plain
from honeyguide.partners.models import Partner
from honeyguide.partners.own_addresses import is_own_address
from honeyguide.program.rulebook.earning import ProjectReport
from honeyguide.standing.services import locked, tell

LINK_FIELDS = ["round", "link_sent_at", "link_expires_at", "mail_due_at", "mail_attempts", "mailed_at"]
EMAIL_MAX_CHARS = 254


class LinkOver(Refusal):
    """A client's link that cannot be used any more. `why`: expired, replaced or closed."""

    code = "link_over"
    status = 410

    def __init__(self, message: str, why: str, project: Project) -> None:
        """Keep what the page shows."""
        super().__init__(message)
        self.why, self.project = why, project


def email_problems(partner: Partner, email: str) -> dict[str, str]:
    """What is wrong with a client's address; the partner's own is none, for nobody confirms its own work."""
    try:
        validate_email(email)
        fits = len(email) <= EMAIL_MAX_CHARS
    except ValidationError:
        fits = False
    if not fits:
        return {"contact_email": _("Expected an e-mail address like office@company.example.")}
    return {"contact_email": own_address_words(partner)} if is_own_address(partner, email) else {}


def own_address_words(partner: Partner) -> str:
    """Why the client is not asked at an address of the partner's."""
    return _("This is an address of %(company)s itself: expected one of the client's own, who confirms the launch.") % {
        "company": partner.name
    }


def set_link(project: Project, now: datetime) -> None:
    """Give a project a new link, which ends those before it; not saved.

    Raises Refusal after too many mails, and for an address that is the partner's own by now.
    """
    rule = queries.project_report()
    if rule is None:
        raise Refusal(_("The program takes no project reports here."))
    _check_mails(project, rule)
    if is_own_address(project.partner, project.contact_email):
        raise Refusal(own_address_words(project.partner))
    project.round += 1
    project.link_sent_at, project.link_expires_at = now, now + timedelta(days=rule.link_days)
    project.mail_due_at, project.mail_attempts, project.mailed_at = now, 0, None


def _check_mails(project: Project, rule: ProjectReport) -> None:
    if project.round >= rule.mails_count:
        raise Refusal(
            _("The client was written to %(most)s times already: no more mails go out. Ask your partner manager.")
            % {"most": rule.mails_count}
        )


def mail_link(project: Project) -> None:
    """Have the mail with the project's link sent when the transaction is through."""
    transaction.on_commit(partial(mail_client.enqueue, project.uid), robust=True)  # mail_due finds what is lost


def ask_again(
    *, uid: str, partner: Partner | None, contact_name: str = "", contact_email: str = "", actor: Actor, now: datetime
) -> Project:
    """Send the client a new link, perhaps to another person; the link before it ends (G1.3).

    By the partner's own people, or (`partner` None) by the team. Also after the client said no: it is asked anew.
    Raises NotFound, Forbidden, Invalid, Stale when nothing is to be asked, Refusal after too many mails.
    """
    if partner is None:
        check_decider(actor)
    name, email = plain(contact_name), plain(contact_email).lower()
    with transaction.atomic():
        project = locked(queries.project_with(uid, partner))
        if not project.is_with_client:
            raise Stale(
                _("The client cannot be asked now. The project is: %(state)s.") % {"state": project.get_state_display()}
            )
        name, email = name or project.contact_name, email or project.contact_email
        problems = email_problems(project.partner, email)
        if len(name) > limits.NAME_MAX_CHARS:
            problems["contact_name"] = _("Name the person who confirms for the client.")
        if problems:
            raise Invalid(" ".join(problems.values()), fields=problems)
        before = project.contact_email
        project.contact_name, project.contact_email, project.state = name, email, ProjectState.ACCEPTED
        project.answered_at, project.answer_name, project.client_words = None, "", ""
        project.held_by, project.held_at = None, None
        set_link(project, now)
        project.save(
            update_fields=[
                *LINK_FIELDS, "contact_name", "contact_email", "state", "answered_at", "answer_name", "client_words",
                "held_by", "held_at",
            ]
        )  # fmt: skip
        about = {"project": uid, "title": project.title, "to": email, "before": before}
        note("project.asked_again", actor=actor, now=now, partner=project.partner.key, about=about, ident=uid)
        mail_link(project)
    return project


def read_link(token: str, now: datetime) -> Project:
    """The project that a link is about, to be answered now. Raises NotFound, and LinkOver with the reason."""
    uid, sent_round = opened(token)
    project = Project.objects.select_related("partner").filter(uid=uid).first()
    if project is None:
        raise NotFound(_("There is no such link."))
    return _open(project, sent_round, now)


def _open(project: Project, sent_round: int, now: datetime) -> Project:
    if sent_round != project.round:
        raise LinkOver(_("A newer mail was sent: use the link in the latest one."), "replaced", project)
    if project.answered_at is not None:
        raise LinkOver(_("This link has been used: the answer is recorded."), "answered", project)
    if project.state != ProjectState.ACCEPTED:
        raise LinkOver(_("This project is not waiting for an answer any more."), "closed", project)
    if project.link_expires_at is None or project.link_expires_at <= now:
        raise LinkOver(_("The time of this link is over."), "expired", project)
    return project


def confirm(*, token: str, name: str, now: datetime, request_id: str = "") -> Project:
    """The client confirms that the project is live: `project.confirmed` is told, points follow (G1.3). Once.

    Raises NotFound, LinkOver, Invalid for no name.
    """
    with transaction.atomic():
        project, actor = _answer(token, name, "", ProjectState.CONFIRMED, now, request_id)
        event = {"type": "project.confirmed", "id": f"{project.uid}.confirmed", "partner": project.partner.key}
        tell([{**event, "at": now, "project": project.uid}], actor=actor, now=now)
        _told(project, "project_confirmed", actor, now, points=awarded(project))
    return project


def decline(*, token: str, name: str, words: str, now: datetime, request_id: str = "") -> Project:
    """The client does not confirm, and says why: partner and team are told, nothing is granted. Raises as confirm."""
    words = plain(words)
    if not 1 <= len(words) <= limits.TEXT_MAX_CHARS:
        message = _("Say in a few words what is missing.")
        raise Invalid(message, fields={"words": message})
    with transaction.atomic():
        project, actor = _answer(token, name, words, ProjectState.DISPUTED, now, request_id)
        _told(project, "project_disputed", actor, now, words=words)
    return project


def awarded(project: Project) -> int:
    """Points that the project has earned, by the engine; 0 before it is confirmed."""
    return points_by_award(project.partner).get(project.uid, 0)


def _answer(
    token: str, name: str, words: str, state: ProjectState, now: datetime, request_id: str
) -> tuple[Project, Actor]:
    """Record an answer. The partner is locked, so that of two answers one comes first."""
    name = plain(name)
    if not 1 <= len(name) <= limits.NAME_MAX_CHARS:
        message = _("Give your name.")
        raise Invalid(message, fields={"name": message})
    uid, sent_round = opened(token)
    project = Project.objects.select_related("partner").filter(uid=uid).first()
    if project is None:
        raise NotFound(_("There is no such link."))
    project = _open(locked(project), sent_round, now)
    changed = Project.objects.filter(pk=project.pk, state=ProjectState.ACCEPTED, answered_at=None, round=sent_round)
    if not changed.update(state=state, answered_at=now, answer_name=name, client_words=words):
        raise LinkOver(_("This link has been used: the answer is recorded."), "answered", project)
    project.state, project.answered_at, project.answer_name, project.client_words = state, now, name, words
    actor = Actor(name=f"{name}, {project.client}"[:200], request_id=request_id)
    about: dict[str, Any] = {"project": uid, "title": project.title, "client": project.client, "by": name}
    if words:
        about["reason"] = words
    kind = "project.client_confirmed" if state == ProjectState.CONFIRMED else "project.client_declined"
    note(kind, actor=actor, now=now, partner=project.partner.key, about=about, ident=uid)
    return project, actor


def _told(project: Project, kind: str, actor: Actor, now: datetime, **more: Any) -> None:
    context = {"title": project.title, "client": project.client, "by": project.answer_name, **more}
    link = reverse("portal:points_earn_project", args=[project.uid])
    send(partner=project.partner, kind=kind, context=context, actor=actor, now=now, link=link)


def trail(project: Project) -> list[Event]:
    """What people have done with a project, the oldest first; the program's own events say the same once more."""
    rows = Event.objects.filter(partner=project.partner.key, ident=project.uid, is_program=False)
    return list(rows.exclude(type="notice.sent").order_by("seq"))
