"""Who is looking: the visitor of a request, with the company and standing that decide what is open."""

from dataclasses import dataclass

from django_htmx.middleware import HtmxDetails

from honeyguide.accounts.actor import Actor, Via
from honeyguide.accounts.models import User
from honeyguide.common.middleware import TimedRequest
from honeyguide.partners.models import Member, MemberRole, Partner
from honeyguide.standing.models import Standing


@dataclass(frozen=True, slots=True)
class Person:
    """A visitor.

    `partner`, `standing`: of the company for which they are here; a supporter who looks as a partner sees it has the
    partner's, and `viewing_as` is set: everything is read-only then.
    """

    user: User | None = None
    member: Member | None = None
    partner: Partner | None = None
    standing: Standing | None = None
    viewing_as: bool = False

    @property
    def kind(self) -> str:
        """One word of table.KINDS: anonymous, main, employee, unlinked, or the operator role."""
        if self.user is None:
            return "anonymous"
        if self.user.is_operator:
            return self.user.role
        if self.member is None:
            return "unlinked"
        return "main" if self.member.role == MemberRole.MAIN else "employee"

    @property
    def sees_dashboard(self) -> bool:
        """Whether the whole dashboard is open (T7.1, T1.5, T14): the rulebook's entitlement `dashboard`."""
        return self.standing is not None and self.standing.may("dashboard")


class PersonRequest(TimedRequest):
    """A request as views have it: who is there, when, and whether a part of a page is asked for."""

    person: Person
    htmx: HtmxDetails


def own_partner(request: PersonRequest) -> Partner:
    """The company for which the visitor is here; the access table lets nobody else come so far."""
    if request.person.partner is None:
        raise AssertionError("a page of a company without one")
    return request.person.partner


def actor_of(request: PersonRequest) -> Actor:
    """The actor of a request, for services."""
    person = request.person
    if person.user is None:
        raise AssertionError("a page that acts for nobody")
    return Actor(
        name=person.user.name or person.user.email,
        user=person.user,
        partner=person.partner.key if person.member is not None and person.partner is not None else "",
        via=Via.WEB,
        request_id=getattr(request, "request_id", ""),
    )
