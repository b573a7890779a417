"""Every event as one sentence in the reader's language: for time lines, files and lists.

`sentence(event)` never shows an id, a name of a field or a word of a program. A room that adds a kind of audit
event (history.kinds) may add a sentence of its own to AUDIT; without one its title from there stands for it.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from honeyguide.common import words
from honeyguide.common.clock import program_day
from honeyguide.common.local import (
    country_text,
    day_of,
    day_text,
    in_language,
    instant_of,
    moment_text,
    money_text,
    percent_text,
    whole_text,
)
from honeyguide.history.kinds import AUDIT_TYPES
from honeyguide.history.models import Event
from honeyguide.history.queries import origins_of

type Data = Mapping[str, Any]

PROFILE_FIELDS = {
    "name": gettext_lazy("company name"),
    "country": gettext_lazy("country"),
    "kind": gettext_lazy("business"),
    "email": gettext_lazy("e-mail"),
    "phone": gettext_lazy("telephone"),
    "website": gettext_lazy("website"),
    "postal_address": gettext_lazy("postal address"),
    "description": gettext_lazy("short description"),
    "services": gettext_lazy("services"),
}
PROGRAM_TITLES = {
    "partner.applied": gettext_lazy("Application"),
    "partner.accepted": gettext_lazy("Acceptance"),
    "partner.suspended": gettext_lazy("Suspension"),
    "partner.reinstated": gettext_lazy("Reinstatement"),
    "partner.terminated": gettext_lazy("End of participation"),
    "course.completed": gettext_lazy("Course completed"),
    "nfr.claimed": gettext_lazy("Own licence claimed"),
    "evidence.approved": gettext_lazy("Evidence approved"),
    "evidence.withdrawn": gettext_lazy("Evidence withdrawn"),
    "sale.paid": gettext_lazy("Sale"),
    "sale.refunded": gettext_lazy("Refund"),
    "sale.excluded": gettext_lazy("Sale excluded"),
    "project.delivered": gettext_lazy("Project delivered"),
    "project.confirmed": gettext_lazy("Project confirmed"),
    "points.granted": gettext_lazy("Points granted"),
    "points.decided": gettext_lazy("Held points decided"),
    "points.cancelled": gettext_lazy("Points cancelled"),
    "points.spent": gettext_lazy("Points spent"),
    "points.restored": gettext_lazy("Points given back"),
    "lead.reserved": gettext_lazy("Lead reserved"),
    "lead.won": gettext_lazy("Lead won"),
    "lead.lost": gettext_lazy("Lead lost"),
    "discount.adjusted": gettext_lazy("Discount reduced"),
    "discount.restored": gettext_lazy("Discount restored"),
    "measure.applied": gettext_lazy("Measure"),
    "measure.lifted": gettext_lazy("Measure lifted"),
}
ACTIVITIES: words.Words = {
    "case_study": gettext_lazy("case study"),
    "application": gettext_lazy("application"),
    "training": gettext_lazy("training"),
    "support": gettext_lazy("support"),
    "marketing": gettext_lazy("marketing"),
    "other": gettext_lazy("other work"),
}
ROLES: words.Words = {"main": gettext_lazy("main user"), "employee": gettext_lazy("employee")}


def sentences(events: Iterable[Event]) -> list[tuple[Event, str]]:
    """Events with their sentences, in the order given; what they are about is read in one query."""
    events = list(events)
    origins = origins_of(events)
    return [(event, sentence(event, origins.get(event.seq))) for event in events]


def sentence(event: Event, origin: Event | None = None) -> str:
    """What happened, in one sentence with its figures; the reason behind it where one was given.

    `origin`: the sale, project or award that it is about (queries.origins_of), to be named by client and day.
    """
    tell = (PROGRAM if event.is_program else AUDIT).get(event.type)
    said = tell(event.data) if tell is not None else _with_detail(event)
    if origin is not None:
        said = _("%(what)s: %(detail)s") % {"what": said, "detail": named(origin)}
    reason = str(event.data.get("reason") or "").strip()
    return _("%(what)s. Reason: %(reason)s") % {"what": said, "reason": reason} if reason else said


def named(origin: Event) -> str:
    """A sale, project or award by what people know of it: "Eastfield Council, 3 Mar 2026"."""
    about = origin.client or words.words_of(ACTIVITIES, str(origin.data.get("activity") or ""))
    return ", ".join(part for part in (about, day_text(program_day(origin.at))) if part)


def _with_detail(event: Event) -> str:
    """The title of an audit event, with what it is about where its kind has something to tell (DETAILS)."""
    found = DETAILS.get(event.type.partition(".")[0])
    detail = found(event.data) if found is not None else ""
    if not detail:
        return title(event.type)
    return _("%(what)s: %(detail)s") % {"what": title(event.type), "detail": detail}


def title(kind: str) -> str:
    """What a type of event is called."""
    known = PROGRAM_TITLES.get(kind) or AUDIT_TYPES.get(kind)
    return str(known) if known is not None else words.words_of({}, kind.replace(".", " "))


def _plain(text: Any) -> Callable[[Data], str]:
    return lambda _data: str(text)


def _applied(data: Data) -> str:
    company = {"name": data["name"], "country": country_text(data["country"])}
    return _("%(name)s, %(country)s, applied to the program") % company


def _course(data: Data) -> str:
    course = words.words_of(words.COURSES, data["course"])
    if data.get("user"):
        return _("%(user)s completed a course: %(course)s") % {"user": data["user"], "course": course}
    return _("Course completed: %(course)s") % {"course": course}


def _nfr(data: Data) -> str:
    if data["product"] == "cloud":
        return _("Own cloud account (NFR) claimed")
    return _("Own on-premise key (NFR) claimed")


def _evidence(said: Any) -> Callable[[Data], str]:
    return lambda data: str(said) % {"requirement": words.requirement_words(data["requirement"])}


def _sale(data: Data) -> str:
    """A sale with all that counts of it: what, for how many, for how long, for how much."""
    parts = [words.words_of(words.PRODUCTS, data["product"])]
    seats, months = int(data.get("seats") or 0), int(data.get("term_months") or 0)
    licences = int(data.get("licences") or 1)
    if licences > 1:
        parts.append(ngettext("%(number)s licence", "%(number)s licences", licences) % {"number": whole_text(licences)})
    if seats:
        parts.append(ngettext("%(number)s seat", "%(number)s seats", seats) % {"number": whole_text(seats)})
    if months:
        parts.append(ngettext("%(number)s month", "%(number)s months", months) % {"number": whole_text(months)})
    return _("Sale to %(client)s for %(net)s: %(what)s") % {
        "client": data["client"],
        "net": money_text(data["net"], _currency(data)),
        "what": ", ".join(parts),
    }


def _currency(data: Data) -> str:
    """The currency of a sale as an imported history gives it, where it is one."""
    code = str(data.get("currency") or "")
    return code if len(code) == 3 and code.isascii() and code.isalpha() and code.isupper() else ""


def _refund(data: Data) -> str:
    if data.get("amount"):
        return _("%(amount)s of a sale refunded") % {"amount": money_text(data["amount"])}
    return _("The rest of a sale refunded")


def _project(data: Data) -> str:
    said = _("Project for %(client)s delivered") % data
    if data.get("report") and data.get("checklist"):
        return said
    return _("%(what)s, without all its documents") % {"what": said}


def _points(number: Any) -> str:
    amount = int(number)
    return ngettext("%(number)s point", "%(number)s points", amount) % {"number": whole_text(amount)}


def _granted(data: Data) -> str:
    activity = words.words_of(ACTIVITIES, data["activity"])
    return _("%(points)s granted: %(activity)s") % {"points": _points(data["points"]), "activity": activity}


def _decided(data: Data) -> str:
    if data["decision"] == "accept":
        return _("The held points of a sale are accepted")
    return _("The held points of a sale are refused")


def _cancelled(data: Data) -> str:
    if data.get("points"):
        return _("%(points)s cancelled") % {"points": _points(data["points"])}
    return _("Points cancelled")


def _spent(data: Data) -> str:
    return _("%(points)s spent on %(item)s") % {"points": _points(data["points"]), "item": data["item"]}


def _adjusted(data: Data) -> str:
    return _("The discount is reduced to %(percent)s") % {"percent": percent_text(data["percent"])}


def _measure(data: Data) -> str:
    measure = words.words_of(words.MEASURES, data["measure"])
    until = day_of(data.get("until"))
    if until is None:
        return _("Measure: %(measure)s") % {"measure": measure}
    return _("Measure until %(day)s: %(measure)s") % {"measure": measure, "day": day_text(until)}


def _lifted(data: Data) -> str:
    return _("Measure lifted: %(measure)s") % {"measure": words.words_of(words.MEASURES, data["measure"])}


PROGRAM: dict[str, Callable[[Data], str]] = {
    "partner.applied": _applied,
    "partner.accepted": _plain(gettext_lazy("The company was accepted into the program")),
    "partner.suspended": _plain(gettext_lazy("The account was suspended")),
    "partner.reinstated": _plain(gettext_lazy("The account was reinstated")),
    "partner.terminated": _plain(gettext_lazy("The participation was ended")),
    "course.completed": _course,
    "nfr.claimed": _nfr,
    "evidence.approved": _evidence(gettext_lazy("Approved: %(requirement)s")),
    "evidence.withdrawn": _evidence(gettext_lazy("No longer there: %(requirement)s")),
    "sale.paid": _sale,
    "sale.refunded": _refund,
    "sale.excluded": _plain(gettext_lazy("A sale does not count for the targets")),
    "project.delivered": _project,
    "project.confirmed": _plain(gettext_lazy("The client confirmed a project")),
    "points.granted": _granted,
    "points.decided": _decided,
    "points.cancelled": _cancelled,
    "points.spent": _spent,
    "points.restored": _plain(gettext_lazy("An exchange was undone: its points are given back")),
    "lead.reserved": _plain(PROGRAM_TITLES["lead.reserved"]),
    "lead.won": _plain(PROGRAM_TITLES["lead.won"]),
    "lead.lost": _plain(PROGRAM_TITLES["lead.lost"]),
    "discount.adjusted": _adjusted,
    "discount.restored": _plain(gettext_lazy("The full discount is restored")),
    "measure.applied": _measure,
    "measure.lifted": _lifted,
}
"""The program's events (docs/history.md)."""


def _added(data: Data) -> str:
    if not data.get("name"):
        return title("partner.added")
    return _("%(name)s was put into the program's list of companies") % data


def _changed(data: Data) -> str:
    fields = [str(PROFILE_FIELDS[name]) for name in data.get("changes", {}) if name in PROFILE_FIELDS]
    if not fields:
        return title("partner.changed")
    return _("Company data changed: %(fields)s") % {"fields": ", ".join(fields)}


def _standing(data: Data) -> str:
    """What is new for the partner: the status first, then state, then discount."""
    status, before = data.get("status", ""), data.get("status_before", "")
    percent = percent_text(data.get("discount_percent") or 0)
    if status and status != before:
        named = words.words_of(words.STATUSES, status)
        if not before:
            return _("Status %(status)s, discount %(percent)s") % {"status": named, "percent": percent}
        earlier = words.words_of(words.STATUSES, before)
        return _("Status %(status)s instead of %(before)s, discount %(percent)s") % {
            "status": named,
            "before": earlier,
            "percent": percent,
        }
    if data.get("state") != data.get("state_before"):
        return _("State: %(state)s") % {"state": words.words_of(words.STATES, data.get("state", ""))}
    if data.get("discount_percent") != data.get("discount_percent_before"):
        earlier = percent_text(data.get("discount_percent_before") or 0)
        return _("Discount %(percent)s instead of %(before)s") % {"percent": percent, "before": earlier}
    return _("Dates or benefits of the status changed")


def _person(said: Any) -> Callable[[Data], str]:
    """A sentence on a person: `who` is the name with the e-mail, else the e-mail."""

    def tell(data: Data) -> str:
        name, email = str(data.get("name") or ""), str(data.get("email") or "")
        who = f"{name} ({email})" if name and email else name or email
        return str(said) % {"who": who, "role": words.words_of(ROLES, str(data.get("role") or "employee"))}

    return tell


def _made_main(data: Data) -> str:
    if data.get("before"):
        return _("%(email)s is the main user instead of %(before)s") % data
    return _("%(email)s is the main user") % data


def _manager(data: Data) -> str:
    if data.get("manager"):
        return _("%(manager)s is the partner manager") % data
    return _("Nobody is the partner manager any more")


_ASKED = {
    "profile": gettext_lazy("company profile (%(fields)s)"),
    "member_add": gettext_lazy("%(email)s as an employee"),
    "main_user": gettext_lazy("%(email)s as the main user"),
}


def _change(said: Any) -> Callable[[Data], str]:
    def tell(data: Data) -> str:
        after = data.get("after", {})
        fields = ", ".join(str(PROFILE_FIELDS[name]) for name in after if name in PROFILE_FIELDS)
        what = str(_ASKED[data["kind"]]) % {"fields": fields, "email": after.get("email", "")}
        return str(said) % {"what": what}

    return tell


def _notice(data: Data) -> str:
    if data.get("subject"):
        return _("Notice sent: %(subject)s") % {"subject": in_language(data["subject"], data.get("subject_ru"))}
    return title("notice.sent")


def _viewed_as(data: Data) -> str:
    if data.get("ended"):
        return _("Stopped looking at the dashboard as the partner sees it")
    return _("Began to look at the dashboard as the partner sees it")


AUDIT: dict[str, Callable[[Data], str]] = {
    "partner.added": _added,
    "partner.changed": _changed,
    "standing.changed": _standing,
    "person.invited": _person(gettext_lazy("%(who)s was invited as %(role)s")),
    "person.linked": _person(gettext_lazy("%(who)s has access as %(role)s")),
    "person.unlinked": _person(gettext_lazy("The access of %(who)s has ended")),
    "person.made_main": _made_main,
    "partner.manager_assigned": _manager,
    "invitation.sent_again": _person(gettext_lazy("The invitation of %(who)s was sent again")),
    "invitation.revoked": _person(gettext_lazy("The invitation of %(who)s was taken back")),
    "change.requested": _change(gettext_lazy("Asked for: %(what)s")),
    "change.approved": _change(gettext_lazy("Approved: %(what)s")),
    "change.declined": _change(gettext_lazy("Declined: %(what)s")),
    "change.withdrawn": _change(gettext_lazy("Withdrawn: %(what)s")),
    "notice.sent": _notice,
    "support.viewed_as": _viewed_as,
}
"""Kinds of the installation's audit that say more than their title."""


def _licence(data: Data) -> str:
    product = words.words_of(words.PRODUCTS, str(data.get("product") or ""))
    return ", ".join(part for part in (product, str(data.get("account") or "")) if part)


def _review(data: Data) -> str:
    starts_at = instant_of(data.get("starts_at"))
    return moment_text(starts_at) if starts_at is not None else ""


def _restatement(data: Data) -> str:
    day = day_of(data.get("on"))
    if day is None:
        return ""
    return _("%(day)s, decided %(decided)s, by today's knowledge %(would_be)s") % {
        "day": day_text(day),
        "decided": words.words_of(words.STATUSES, str(data.get("decided") or "")),
        "would_be": words.words_of(words.STATUSES, str(data.get("would_be") or "")),
    }


DETAILS: dict[str, Callable[[Data], str]] = {
    "exchange": lambda data: str(data.get("item") or ""),
    "campaign": lambda data: str(data.get("name") or ""),
    "plan": lambda data: str(data.get("name") or ""),
    "promotion": lambda data: str(data.get("name") or ""),
    "stock": lambda data: str(data.get("item") or ""),
    "claim": lambda data: words.words_of({}, str(data.get("activity") or "")),
    "project": lambda data: str(data.get("title") or ""),
    "deal": lambda data: str(data.get("client") or ""),
    "table": lambda data: str(data.get("table") or ""),
    "evidence": lambda data: words.requirement_words(str(data.get("requirement") or "")),
    "nfr": _licence,
    "review": _review,
    "restatement": _restatement,
    "file": lambda data: str(data.get("name") or ""),
    "api_key": lambda data: str(data.get("name") or ""),
    "notice": lambda data: str(data.get("to") or ""),
    "person": lambda data: str(data.get("email") or ""),
    "conduct": lambda data: str(data.get("note") or ""),
    "rulebook": lambda data: str(data.get("version") or ""),
    "bonus": lambda data: money_text(str(data.get("amount") or 0), str(data.get("currency") or ""), short=True),
}
"""By the first word of an audit kind without a sentence of its own: what it is about, behind its title."""
