"""What Meadow's partners have done for points beside selling, and what waits of it on the desks."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from honeyguide.accounts.actor import Actor
from honeyguide.common.clock import program_day
from honeyguide.common.errors import Refusal
from honeyguide.common.ids import new_id
from honeyguide.demo import papers, stories
from honeyguide.demo.desk import Desk, if_it_fits
from honeyguide.earning import queries
from honeyguide.earning.links import token_of
from honeyguide.earning.models import Claim, DealState, HeldDeal, Project
from honeyguide.earning.services import claims, confirming, held, issuing, projects, recording, tables, undoing, working
from honeyguide.earning.tables.mapping import Mapping
from honeyguide.earning.tasks import mail_due
from honeyguide.partners.models import Partner
from honeyguide.program.history.slugs import slug

WAITING_DAYS = ((0, 3), (1, 2), (2, 5), (4, 0), (9, 1))
_STORIES = {
    "case_study": "How a chain of nine bakeries plans its deliveries with Meadow: two hours less every morning.",
    "marketplace_app": "A bridge from Meadow to the cash registers of three makers; 40 installations so far.",
    "training": "Half a day for the sales team of a client: 14 people, from the first contact to the order.",
    "support": "All questions of the quarter: 212, of which 9 went on to the vendor.",
    "marketing": "A stand at the regional fair and an article in the trade journal; 63 contacts.",
}


def fill_earning(desk: Desk) -> None:
    """Claims, projects, held deals, tables, and points by hand: decided ones and some that wait."""
    _claims_of_the_stories(desk)
    _claims_of_the_crowd(desk)
    _projects_of_the_stories(desk)
    _projects_of_the_crowd(desk)
    _issued(desk)
    _tables(desk)
    _held(desk)
    mail_due(desk.now)


def _paper(name: str, title: str, *lines: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, papers.pdf(title, lines), content_type="application/pdf")


def _apply(desk: Desk, partner: Partner, activity: str, at: datetime, text: str = "") -> Claim:
    rule = queries.activities()[activity]
    files = [_paper(f"{activity.replace('_', '-')}.pdf", text or _STORIES[activity])] if "file" in rule.proofs else []
    link = f"https://{partner.key}.example/{activity.replace('_', '-')}" if "link" in rule.proofs else ""
    return claims.submit(
        partner=partner, activity=activity, link=link, text=text or _STORIES[activity], files=files,
        form_token=new_id("frm", at), actor=desk.employee(partner), now=at,
    )  # fmt: skip


def _claims_of_the_stories(desk: Desk) -> None:
    nectar, apiario, klever = (desk.company(key) for key in (stories.NECTAR, stories.APIARIO, stories.KLEVER))
    maya = desk.staff("manager")
    at = desk.go_back(nectar, desk.ago(96))
    done = _apply(
        desk, nectar, "case_study", at, "St Anne’s hospital: one list of patients' transports instead of five."
    )
    claims.approve(uid=done.uid, points=520, actor=maya, now=desk.ago(92))
    at = desk.go_back(nectar, desk.ago(40))
    quarter = _apply(desk, nectar, "support", at)
    claims.approve(uid=quarter.uid, points=None, actor=maya, now=desk.ago(37))
    _apply(desk, nectar, "marketing", desk.ago(2, 4))
    at = desk.go_back(apiario, desk.ago(24))
    thin = _apply(desk, apiario, "marketing", at, "We wrote about Meadow in our newsletter.")
    claims.refuse(
        uid=thin.uid,
        reason="Tell us how many it reached, and send the newsletter itself.",
        actor=maya,
        now=desk.ago(21),
    )
    _apply(desk, apiario, "training", desk.ago(5, 2))
    with if_it_fits():
        _apply(
            desk,
            klever,
            "marketplace_app",
            desk.ago(3, 1),
            "Обмен заказами с 1С: 28 установок, документация и поддержка.",
        )


def _claims_of_the_crowd(desk: Desk) -> None:
    found = desk.pick(len(WAITING_DAYS) + 3, "gold", "silver", "bronze")
    names = list(queries.activities())
    for place, (partner, (days, hours)) in enumerate(zip(found, WAITING_DAYS, strict=False)):
        with if_it_fits():
            claim = _apply(desk, partner, names[place % len(names)], desk.ago(days, hours))
            if place == len(WAITING_DAYS) - 1:
                claims.DESK.take(uid=claim.uid, actor=desk.staff("tom"), now=desk.ago(0, 2))
    for place, partner in enumerate(found[len(WAITING_DAYS) :]):
        with if_it_fits():
            at = desk.go_back(partner, desk.ago(55 + place * 20))
            name = names[place % len(names)]
            claim = _apply(desk, partner, name, at)
            rule = queries.activities()[name]
            claims.approve(uid=claim.uid, points=rule.most_points, actor=desk.staff("tom"), now=at + timedelta(days=2))


def _report(
    desk: Desk, partner: Partner, at: datetime, title: str, client: str, modules: Sequence[str], text: str,
    contact: str, *, integration: bool = False, language: str = "en",
) -> Project:  # fmt: skip
    given = projects.Report(
        title=title,
        client=client,
        launched_on=program_day(at) - timedelta(days=6),
        modules=modules,
        integration=integration,
        report=text,
        ticked=[line.name for line in queries.checklist()],
        contact_name=contact,
        contact_email=_address(contact, client),
        contact_language=language,
    )
    return projects.submit(
        partner=partner, report=given, files=[_paper("report.pdf", title, text)], form_token=new_id("frm", at),
        actor=desk.employee(partner), now=at,
    )  # fmt: skip


def _address(contact: str, client: str) -> str:
    first, domain = contact.partition(" ")[0].lower(), slug(client) or "client"
    return f"{first}@{domain}.example"


def _projects_of_the_stories(desk: Desk) -> None:
    nectar, apiario = desk.company(stories.NECTAR), desk.company(stories.APIARIO)
    maya = desk.staff("manager")
    at = desk.go_back(nectar, desk.ago(75))
    done = _report(
        desk, nectar, at, "Bookings and kitchen", "Harbour Hotels", ["standard", "standard", "complex"],
        "Bookings, kitchen and housekeeping of four houses run on Meadow.", "Grace Hall", integration=True,
    )  # fmt: skip
    projects.accept(uid=done.uid, actor=maya, now=desk.ago(73))
    done.refresh_from_db()
    confirming.confirm(token=token_of(done), name="Grace Hall", now=desk.ago(70))
    at = desk.go_back(nectar, desk.ago(8))
    asked = _report(desk, nectar, at, "Transport planning", "Eastfield Council", ["simple", "standard"],
                    "School transport: routes, drivers and parents' messages.", "Omar Reed")  # fmt: skip
    projects.accept(uid=asked.uid, actor=maya, now=desk.ago(6))
    _report(desk, nectar, desk.ago(1, 3), "Warehouse of the north", "Bristol Timber", ["standard", "complex"],
            "Stock, orders and the two gates; 38 people work with it.", "Ann Price")  # fmt: skip
    at = desk.go_back(apiario, desk.ago(18))
    no = _report(desk, apiario, at, "Pedidos y bodega", "Bodegas Miró", ["standard"],
                 "Orders of three cellars, from the telephone to the lorry.", "Lucia Miro")  # fmt: skip
    projects.accept(uid=no.uid, actor=maya, now=desk.ago(16))
    no.refresh_from_db()
    confirming.decline(
        token=token_of(no), name="Lucia Miro", words="Two cellars work with it, the third was never connected.",
        now=desk.ago(12),
    )  # fmt: skip


def _projects_of_the_crowd(desk: Desk) -> None:
    works = (
        ("Service desk", "Linden Clinics", ["simple", "simple"], "Anna Berg", (0, 5)),
        ("Orders and invoices", "Oak and Sons", ["standard", "simple"], "Paul Oak", (3, 2)),
        ("Dealer portal", "Vega Motors", ["complex", "standard"], "Ines Vega", (8, 4)),
    )
    for partner, (title, client, modules, contact, ago) in zip(desk.pick(3, "silver", "gold"), works, strict=False):
        with if_it_fits():
            _report(desk, partner, desk.ago(*ago), title, client, modules,
                    "In use by all departments that were agreed; the old system is switched off.", contact)  # fmt: skip


def _issued(desk: Desk) -> None:
    comb, maya = desk.company(stories.COMB), desk.staff("manager")
    at = desk.go_back(comb, desk.ago(30))
    for points, reason, later in ((150, "For the talk at the partners' day.", 0), (80, "For testing the beta.", 9)):
        wanted = issuing.Wanted(issuing.ISSUE, reason, points)
        token, now = new_id("frm", at), at + timedelta(days=later)
        issuing.carry_out(partner=comb, wanted=wanted, form_token=token, actor=maya, now=now)


def _table(rows: Sequence[str], name: str, at: datetime, actor: Actor) -> str:
    text = "\n".join(("Deal,Partner,Client,Close date,Net amount,Users,Stage", *rows))
    file = SimpleUploadedFile(name, text.encode(), content_type="text/csv")
    upload = tables.receive(file=file, kind="deals", actor=actor, now=at)
    recording.choose(uid=upload.uid, mapping=Mapping.of(upload.mapping), actor=actor, now=at)
    _carry_out(upload.uid, at)
    return upload.uid


def _carry_out(uid: str, at: datetime) -> None:
    """Do at once what was asked for of a table. Raises Refusal where it comes to nothing."""
    working.carry_out(uid=uid, read=lambda: at)
    if failure := tables.table_with(uid).failure:
        raise Refusal(failure)


def _tables(desk: Desk) -> None:
    """A table that was recorded, one that was taken back, one that waits for its confirmation."""
    found, maya = desk.pick(4, "silver", "bronze"), desk.staff("manager")

    def rows(first: int, days: int, *clients: str) -> list[str]:
        return [
            f"CRM-{first + place},{partner.name},{client},{desk.today - timedelta(days=days + place)},{net},{users},Won"
            for place, (partner, client, net, users) in enumerate(
                zip(found, clients,
                    ("2400.00", "960.50", "1800.00", "3120.00"), (40, 12, 25, 60), strict=False)
            )
        ]  # fmt: skip

    for partner in found:
        desk.go_back(partner, desk.ago(20))
    with if_it_fits():
        uid = _table(
            rows(2041, 60, "Ferry Lines", "Blue Pharmacy", "Atlas Print", "Nordic Tiles"),
            "crm-third-quarter.csv",
            desk.ago(20),
            maya,
        )
        recording.confirm(uid=uid, actor=maya, now=desk.ago(20))
        _carry_out(uid, desk.ago(20))
    with if_it_fits():
        uid = _table(
            rows(3101, 30, "Test one", "Test two", "Test three", "Test four"), "crm-test-export.csv", desk.ago(14), maya
        )
        recording.confirm(uid=uid, actor=maya, now=desk.ago(14))
        _carry_out(uid, desk.ago(14))
        undoing.undo(uid=uid, reason="These are test rows of the CRM, not deals.", actor=maya, now=desk.ago(13))
        _carry_out(uid, desk.ago(13))
    with if_it_fits():
        _table(
            [
                *rows(4200, 3, "Ferry Lines", "Maple Schools", "Orbit Labs", "Cedar Homes"),
                *(f"CRM-4299,{partner.name},Lost Ltd,,,,Lost" for partner in found[:1]),
            ],
            "crm-october.csv",
            desk.ago(0, 2),
            maya,
        )


def _held(desk: Desk) -> None:
    """Held deals wait since the day after their sale; two were decided."""
    held.bring_up(desk.now)
    waiting = list(HeldDeal.objects.filter(state=DealState.WAITING).select_related("partner").order_by("sale"))
    for place, deal in enumerate(waiting):
        deal.found_at = desk.ago(1 + place % 11, place % 5)
        deal.save(update_fields=["found_at"])
    others = [deal for deal in waiting if deal.partner.key != stories.NECTAR]
    for place, deal in enumerate(others[:2] if len(others) > 3 else ()):
        with if_it_fits():
            if place:
                reason = "The order was split in two; the second part earns nothing of its own."
                held.refuse(uid=deal.uid, reason=reason, actor=desk.staff("tom"), now=desk.ago(0, 3))
            else:
                held.accept(uid=deal.uid, actor=desk.staff("manager"), now=desk.ago(0, 4))
