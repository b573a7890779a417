"""What waits on the desks of Meadow's team, and what was decided lately: each through the service that people use."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from honeyguide.accounts.actor import Actor
from honeyguide.common.ids import new_id
from honeyguide.conduct import restatements
from honeyguide.conduct.services import Sheet, apply_measure, exclude_sale, suspend
from honeyguide.demo import papers, stories
from honeyguide.demo.bonuses import fill_bonuses
from honeyguide.demo.desk import Desk, if_it_fits
from honeyguide.demo.earning import fill_earning
from honeyguide.demo.rewards import fill_rewards
from honeyguide.joining import changes, invitations
from honeyguide.joining.models import ProfileChange
from honeyguide.joining.profile import values_of, version_of
from honeyguide.joining.services import accept_partner
from honeyguide.notices.models import Notice
from honeyguide.notices.services import mark_seen, send, send_to_many
from honeyguide.partners.keys import create_key
from honeyguide.partners.models import Kind, MemberRole, Partner
from honeyguide.program.history.events import REQUIREMENTS
from honeyguide.requirements.models import EvidenceCase, EvidenceKind, NfrClaim, NfrProduct, NfrUse
from honeyguide.requirements.queries import offered, rooms_of
from honeyguide.requirements.services import evidence, nfr
from honeyguide.reviews.models import BusinessReview
from honeyguide.reviews.services import Appointment, record_attendance, schedule
from honeyguide.standing.models import Standing
from honeyguide.standing.queries import standing_on

CLAIMED_DAYS_AGO = (1, 4, 9)
READ_AFTER_DAYS = 12
"""Notices older than this were read by the main user; younger ones are new."""


def fill(now: datetime) -> None:
    """Give everybody something to do. Call when events and people are there and standings are assessed."""
    desk = Desk(now)
    _evidence_of_the_stories(desk)
    _evidence_of_the_crowd(desk)
    _licences(desk)
    _profiles_and_teams(desk)
    _applicants(desk)
    _measures(desk)
    _business_reviews(desk)
    fill_earning(desk)
    fill_rewards(desk)
    fill_bonuses(desk)
    restatements.bring_up(now)
    _keys_of_the_api(desk)
    _notices(desk)


def _hand_in(
    desk: Desk, partner: Partner, requirement: str, at: datetime, *, link: str = "", text: str = "",
    file: SimpleUploadedFile | None = None,
) -> EvidenceCase:  # fmt: skip
    kind = EvidenceKind.FILE if file else EvidenceKind.LINK if link else EvidenceKind.TEXT
    return evidence.submit(
        partner=partner, requirement=requirement, kind=kind, link=link, text=text, file=file,
        form_token=new_id("frm", at), actor=desk.employee(partner), now=at,
    )  # fmt: skip


def _document(name: str, title: str, *lines: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, papers.pdf(title, lines), content_type="application/pdf")


def _picture(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, papers.png(), content_type="image/png")


def _evidence_of_the_stories(desk: Desk) -> None:
    comb, apiario = desk.company(stories.COMB), desk.company(stories.APIARIO)
    maya = desk.staff("manager")
    at = desk.go_back(comb, desk.ago(30))
    accepted = _hand_in(desk, comb, "social_endorsement", at, link="https://social.example/comb/posts/1187")
    evidence.approve(uid=accepted.uid, actor=maya, now=desk.ago(28))
    at = desk.ago(2, 5)
    _hand_in(desk, comb, "website_endorsement", at, link="https://comb.example/partner/meadow",
             text="Our page on Meadow; the logo links to your site.")  # fmt: skip
    at = desk.ago(19)
    plan = _hand_in(
        desk, apiario, "marketing_plan", at,
        file=_document("plan de marketing.pdf", "Plan de marketing", "Objetivo: 12 clientes nuevos."),
    )  # fmt: skip
    evidence.decline(uid=plan.uid, reason="The plan covers one quarter; expected are one to two years (T3.1.3a).",
                     actor=maya, now=desk.ago(16))  # fmt: skip
    at = desk.ago(9)
    _hand_in(
        desk, apiario, "case_study", at, text="The client agreed to be named.",
        file=_document("Bodegas Miró.pdf", "Bodegas Miró: from paper to Meadow", "110 employees, three cellars.",
                       "Orders are confirmed on the same day instead of the third."),
    )  # fmt: skip
    at = desk.ago(1, 3)
    _hand_in(desk, apiario, "webinar", at, link="https://video.example/watch/apiario-meadow-36-min")


_TEXTS = {
    "phone_support": "Hotline on working days from 9 to 18, two people; the number is on our contact page.",
    "email_support": "support@ is read by three people on working days; the first answer comes within four hours.",
    "marketing_plan": "Two years: a fair each spring, a webinar each quarter, a mailing to 400 companies in autumn.",
}


def _evidence_of_the_crowd(desk: Desk) -> None:
    """One case each, of every kind and age; one that a colleague looks at already."""
    ages = ((0, 2), (0, 6), (1, 1), (3, 0), (4, 4), (6, 0), (8, 2), (12, 0))
    found = desk.pick(len(ages), "bronze", "silver", fits=lambda row: bool(offered(row.partner, row)))
    for place, (partner, (days, hours)) in enumerate(zip(found, ages, strict=False)):
        with if_it_fits():
            case = _any_evidence(desk, partner, place, desk.ago(days, hours))
            if place == len(ages) - 1:
                evidence.DESK.take(uid=case.uid, actor=desk.staff("tom"), now=desk.ago(0, 1))


def _any_evidence(desk: Desk, partner: Partner, place: int, at: datetime) -> EvidenceCase:
    """One of the requirements that are open, in one of the three forms."""
    choice = [row["evidence"] for row in offered(partner, standing_on(partner, desk.today))]
    requirement = sorted(choice, key=REQUIREMENTS.index)[place % len(choice)]
    if requirement in _TEXTS:
        return _hand_in(desk, partner, requirement, at, text=_TEXTS[requirement])
    if place % 3 == 0:
        return _hand_in(desk, partner, requirement, at, file=_picture(f"{requirement}.png"))
    return _hand_in(desk, partner, requirement, at, link=f"{partner.website}/{requirement.replace('_', '-')}")


def _licences(desk: Desk) -> None:
    """Claims that wait, and one that was granted (T8)."""
    nectar = desk.company(stories.NECTAR)
    maya = desk.staff("manager")
    at = desk.go_back(nectar, desk.ago(140))
    granted = _claim(desk, nectar, NfrProduct.ON_PREMISE, "it@nectar.example", at)
    nfr.grant(uid=granted.uid, actor=maya, now=desk.ago(138), key="MDW-NFR-7Q2F-K4XN")
    _claim(desk, nectar, NfrProduct.ON_PREMISE, "demo@nectar.example", desk.ago(3))

    def may_claim(row: Standing) -> bool:
        return any(
            room.product == NfrProduct.CLOUD and room.free > 0 for room in rooms_of(row.partner, row, desk.today)
        )

    found = iter(desk.pick(4 * len(CLAIMED_DAYS_AGO), "bronze", "silver", "gold", fits=may_claim))
    for days in CLAIMED_DAYS_AGO:
        for partner in found:  # whoever had room on that day too
            with if_it_fits():
                _claim(desk, partner, NfrProduct.CLOUD, f"{partner.key}-demo.meadow.example", desk.ago(days))
                break


def _claim(desk: Desk, partner: Partner, product: str, account: str, at: datetime) -> NfrClaim:
    return nfr.claim(
        partner=partner, product=product, account=account, use=NfrUse.DEMONSTRATION, agreed=True,
        form_token=new_id("frm", at), actor=desk.main(partner), now=at,
    )  # fmt: skip


def _keys_of_the_api(desk: Desk) -> None:
    """Programs that work for people: a company's, and the vendor's own (whose secrets nobody has)."""
    nectar = desk.company(stories.NECTAR)
    create_key(
        name="CRM", scopes=["standing:read", "evidence:read", "notices:read"], partner=nectar, days=365,
        actor=desk.main(nectar), now=desk.ago(41),
    )  # fmt: skip
    create_key(
        name="Billing", scopes=["events:write", "partners:read"], partner=None, days=None, actor=desk.staff("admin"),
        now=desk.ago(230),
    )  # fmt: skip
    create_key(
        name="BI", scopes=["events:read", "standing:read"], partner=None, days=90, actor=desk.staff("admin"),
        now=desk.ago(75),
    )  # fmt: skip


def _profiles_and_teams(desk: Desk) -> None:
    """Changes that wait for approval, one that was declined, and invitations that are open or over (T1.7.4, T7.2)."""
    nectar, comb = desk.company(stories.NECTAR), desk.company(stories.COMB)
    maya = desk.staff("manager")
    _ask_profile(desk, nectar, desk.ago(1, 2), phone="+44 117 929 4410",
                 description="We introduce Meadow in hospitals, councils and hotels, and connect it.")  # fmt: skip
    changes.request_member(partner=nectar, email="dora@nectar.example", name="Dora Ellis", actor=desk.main(nectar),
                           now=desk.ago(0, 4))  # fmt: skip
    asked = changes.request_member(partner=nectar, email="george@nectar.example", name="George Palmer",
                                   actor=desk.main(nectar), now=desk.ago(6))  # fmt: skip
    changes.approve(uid=asked.uid, actor=maya, now=desk.ago(5))
    invitations.invite_member(partner=comb, email="lukas@comb.example", name="Lukas Winter", role=MemberRole.EMPLOYEE,
                              language="en", actor=maya, now=desk.ago(17))  # fmt: skip
    others = desk.pick(4, "bronze", "silver", "gold", fits=lambda row: row.partner.members.count() > 1)
    for partner, days in zip(others[:2], (2, 5), strict=False):
        street, _, city = partner.postal_address.partition("\n")
        _ask_profile(desk, partner, desk.ago(days), postal_address=f"{street}, 2\n{city}",
                     services=[*partner.services, "Webinars"])  # fmt: skip
    for partner in others[2:3]:
        colleague = partner.members.exclude(role=MemberRole.MAIN).select_related("user").order_by("pk")[0]
        changes.request_main_user(partner=partner, email=colleague.user.email, actor=desk.main(partner),
                                  now=desk.ago(3))  # fmt: skip
    for partner in others[3:]:
        change = _ask_profile(desk, partner, desk.ago(11), website="https://not-ours.example")
        if change is not None:
            changes.decline(uid=change.uid, reason="This website is another company's. Give the address of your own.",
                            actor=desk.staff("tom"), now=desk.ago(10))  # fmt: skip


def _ask_profile(desk: Desk, partner: Partner, at: datetime, **new: object) -> ProfileChange | None:
    return changes.request_profile(
        partner=partner, values=values_of(partner) | new, seen=version_of(partner), actor=desk.employee(partner), now=at
    )


def _applicants(desk: Desk) -> None:
    """Companies that have applied lately, and one that was accepted last week (T1.2, T1.3)."""
    companies = (
        ("Hunaja Data Oy", "FI", Kind.INTEGRATOR, "Veera Nieminen", "+358 3 2230 417", 9, "en", "hunaja.example"),
        ("ООО «Медонос»", "UZ", Kind.CONSULTANT, "Рустам Цой", "+998 71 233 18 40", 4, "ru", "medonos.example"),
        ("Miel Conseil SARL", "FR", Kind.SALES, "Lucie Garnier", "+33 4 78 42 61 08", 2, "en", "miel.example"),
        ("Clover & Sage LLC", "US", Kind.DEVELOPER, "Ruth Carter", "+1 614 221 3307", 0, "en", "clover-sage.example"),
    )
    actor = desk.staff("olga")
    for name, country, kind, contact, phone, days, language, domain in companies:
        company = {"name": name, "country": country, "kind": str(kind), "email": f"office@{domain}", "phone": phone,
                   "website": f"https://{domain}"}  # fmt: skip
        partner = invitations.add_with_main_user(
            company=company, contact=contact, language=language, actor=actor, now=desk.ago(days, 3)
        )
        if days == 9:
            accept_partner(key=partner.key, actor=desk.staff("manager"), now=desk.ago(6))


def _measures(desk: Desk) -> None:
    """Measures in force, a suspension, an exclusion (T14, T3.4b, T3.2)."""
    deeds = (_bar_leads, _delist, _block_a_user, _suspend)
    for deed, partner in zip(deeds, desk.pick(len(deeds), "silver", "bronze"), strict=False):
        with if_it_fits():
            deed(desk, partner, desk.staff("compliance"))
    klever = desk.company(stories.KLEVER)
    exclude_sale(
        partner=klever, sale=stories.KLEVER_OWN_SALE, ground="affiliated",
        reason="The buyer belongs to the director of the company.",
        actor=desk.staff("manager"), now=desk.go_back(klever, desk.ago(7)),
    )  # fmt: skip


def _bar_leads(desk: Desk, partner: Partner, actor: Actor) -> None:
    apply_measure(
        partner=partner, measure="bar_leads", clause="T6f", until=desk.today + timedelta(days=45),
        reason="Two clients were called about requests that another partner had reserved.",
        sheet=Sheet(note="Second complaint this year: one in spring, one now."),
        actor=actor, now=desk.go_back(partner, desk.ago(13)),
    )  # fmt: skip


def _delist(desk: Desk, partner: Partner, actor: Actor) -> None:
    apply_measure(
        partner=partner, measure="delist", clause="T1.4",
        reason="The page on Meadow shows prices and plans of two years ago.",
        actor=actor, now=desk.go_back(partner, desk.ago(26)),
    )  # fmt: skip


def _block_a_user(desk: Desk, partner: Partner, actor: Actor) -> None:
    user = desk.employee(partner).user
    assert user is not None
    apply_measure(
        partner=partner, measure="block_access", clause="T5.3", until=desk.today + timedelta(days=20),
        users=[user.email], reason="Contacts of clients were used for offers of another product.",
        actor=actor, now=desk.go_back(partner, desk.ago(8)),
    )  # fmt: skip


def _suspend(desk: Desk, partner: Partner, actor: Actor) -> None:
    suspend(
        partner=partner, clause="T1.7.2", reason="The request for company documents has not been answered.",
        actor=actor, now=desk.go_back(partner, desk.ago(5)),
    )  # fmt: skip


def _business_reviews(desk: Desk) -> None:
    """Quarterly talks: ahead, held, and one that is still to be recorded (T3.1.3b)."""
    nectar, klever = desk.company(stories.NECTAR), desk.company(stories.KLEVER)
    maya, tom = desk.staff("manager"), desk.staff("tom")
    agenda = "1. Sales and seats before the review\n2. Renewals of the quarter\n3. The webinar in spring"
    _plan(desk, nectar, days=9, hour=10, agenda=agenda, actor=maya, planned=desk.ago(4))
    _plan(desk, klever, days=16, hour=6, agenda="Как вернуть статус Gold", actor=maya, planned=desk.ago(2))
    for partner, days in zip(desk.pick(3, "gold"), (-3, -20, 24), strict=False):
        actor = tom if tom.user is not None and partner.manager_id == tom.user.pk else maya
        with if_it_fits():
            planned = desk.ago(abs(days) + 14)
            review = _plan(desk, partner, days=days, hour=9, agenda=agenda, actor=actor, planned=planned)
            if days == -20:
                _record(desk, review, actor)


def _record(desk: Desk, review: BusinessReview, actor: Actor) -> None:
    there = [user for user in (actor.user, desk.main(review.partner).user) if user is not None]
    record_attendance(
        uid=review.uid, there=there, summary="On plan; two case studies agreed for next quarter.",
        actor=actor, now=desk.go_back(review.partner, desk.ago(19)),
    )  # fmt: skip


def _plan(
    desk: Desk, partner: Partner, *, days: int, hour: int, agenda: str, actor: Actor, planned: datetime
) -> BusinessReview:
    starts_at = datetime.combine(_working_day(desk.today + timedelta(days=days)), time(hour), tzinfo=UTC)
    return schedule(
        partner=partner,
        appointment=Appointment(starts_at, 45, "https://meet.meadow.example/partners", agenda),
        actor=actor,
        now=planned,
    )


def _working_day(day: date) -> date:
    """The day, or the Friday before a weekend."""
    return day - timedelta(days=max(0, day.weekday() - 4))


def _notices(desk: Desk) -> None:
    """A letter to some, an announcement to the named, the notice of Apiario's discount; older ones were read."""
    maya = desk.staff("manager")
    named = [desk.company(key) for key in (stories.NECTAR, stories.COMB, stories.KLEVER, stories.APIARIO)]
    readers = [*named, *desk.pick(12, "bronze", "silver", "gold")]
    letter = {
        "subject": "Prices of cloud plans from next quarter",
        "text": "From the first day of next quarter the price of the extended plan rises by 4 %. Offers that were made "
        "before keep their price for 30 days.",
        "subject_ru": "Цены облачных тарифов со следующего квартала",
        "text_ru": "С первого дня следующего квартала расширенный тариф дорожает на 4 %. Для уже сделанных предложений "
        "прежняя цена действует ещё 30 дней.",
    }
    send_to_many(batch=new_id("bat", desk.ago(22)), partners=readers, kind="letter", context=letter,
                 actor=desk.staff("admin"), now=desk.ago(22))  # fmt: skip
    news = {
        "subject": "Meadow 12 is here",
        "text": "Forecasts by branch, a calendar that everybody shares, faster reports. Training begins next week.",
        "subject_ru": "Вышел Meadow 12",
        "text_ru": "Прогнозы по филиалам, общий календарь, быстрые отчёты. Обучение начнётся на следующей неделе.",
    }
    send_to_many(batch=new_id("bat", desk.ago(3)), partners=named, kind="announcement", context=news, actor=maya,
                 now=desk.ago(3))  # fmt: skip
    apiario = desk.company(stories.APIARIO)
    send(
        partner=apiario, kind="discount_adjusted", actor=maya, now=desk.ago(21),
        context={
            "percent": Decimal(30), "full_percent": Decimal(40), "reason": stories.APIARIO_REASON,
            "restores": stories.APIARIO_RESTORES, "clause": "T3.6", "on": desk.today - timedelta(days=21),
            "status": "silver", "discount_percent": Decimal(30),
        },
    )  # fmt: skip
    for notice in Notice.objects.filter(sent_at__lt=desk.ago(READ_AFTER_DAYS)).select_related("partner"):
        member = notice.partner.members.filter(role=MemberRole.MAIN).select_related("user").first()
        if member is not None:
            mark_seen(notice=notice, user=member.user, now=notice.sent_at + timedelta(hours=7))
