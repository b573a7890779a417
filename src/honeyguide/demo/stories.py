"""The companies that a visitor meets by name. What holds for each on the day is checked by tests/live/demo."""

from collections.abc import Callable
from datetime import date, timedelta

from honeyguide.demo.days import months_before, years_before
from honeyguide.demo.story import SHOWN_BY_GOLD, Story
from honeyguide.partners.models import Kind

NECTAR, COMB, KLEVER, APIARIO, POLLEN, POLLEN_SYSTEMS, BRUMA = (
    "nectar", "comb", "klever", "apiario", "pollen", "pollen-systems", "bruma",
)  # fmt: skip
KLEVER_OWN_SALE = "klever-014"
"""The one to a company of the director's (T3.2)."""
APIARIO_REASON = "The targets of the quarter were not fully met."
APIARIO_RESTORES = "5,000 of sales in the year under review."
REVIEW_IN_DAYS = 40
COMB_DAYS = 61


def stories(today: date) -> list[Story]:
    """Every story up to yesterday."""
    tellers: tuple[Callable[[date], Story], ...] = (nectar, comb, klever, apiario, pollen, pollen_systems, bruma)
    return [tell(today) for tell in tellers]


def nectar(today: date) -> Story:
    """Gold, confirmed last year; the review is in 40 days: sales are met, 120 seats short, 150 mature in time."""
    story = Story(NECTAR, "Nectar Ltd", "GB", Kind.INTEGRATOR)
    review = today + timedelta(days=REVIEW_IN_DAYS)
    confirmed = years_before(review, 1)
    gold = years_before(confirmed, 1)
    accepted = gold - timedelta(days=330)
    silver = accepted + timedelta(days=120)
    story.joins(accepted)
    story.starts(accepted, user="anna")
    story.sells(accepted + timedelta(days=60), "harbour-freight", 1400, 40)
    story.sells(silver, "old-mill-bakery", 1700, 60)
    story.shows(silver + timedelta(days=40), *SHOWN_BY_GOLD)
    story.learns(silver + timedelta(days=45), "marketing", user="ben")
    story.learns(silver + timedelta(days=70), "administration", "implementation", user="ben")
    story.sells(silver + timedelta(days=90), "thornbury-council", 4800, 220)
    story.sells(gold, "severn-hospitals", 7200, 420)
    _nectar_year_of_the_first_review(story, gold)
    _nectar_this_year(story, today, confirmed)
    return story


def _nectar_year_of_the_first_review(story: Story, gold: date) -> None:
    """Between the first Gold and its confirmation: sales and seats with something to spare."""
    for days, client, net, seats in (
        (30, "harbour-freight", 1600, 40), (48, "cotswold-dairies", 2900, 180), (75, "old-mill-bakery", 1500, 60),
        (110, "fairway-hotels", 3800, 260), (150, "pennine-energy", 3400, 240), (215, "thornbury-council", 4900, 220),
    ):  # fmt: skip
        story.sells(gold + timedelta(days=days), client, net, seats)
    story.tell(
        gold + timedelta(days=95), "project.delivered", project="nectar-p1", client="fairway-hotels.meadow.example",
        modules=["standard", "complex"], integration=True, report="report.pdf", checklist="checklist.pdf",
    )  # fmt: skip
    story.tell(gold + timedelta(days=99), "project.confirmed", project="nectar-p1")
    story.tell(gold + timedelta(days=180), "points.granted", award="nectar-a1", points=200, activity="case_study",
               reason="published case study: Fairway Hotels")  # fmt: skip
    for quarter in (60, 150, 240, 330):
        story.shows(gold + timedelta(days=quarter), "qbr")


def _nectar_this_year(story: Story, today: date, confirmed: date) -> None:
    """880 of 1,000 seats have matured; three clients' six months are over before the review (T3.3)."""
    matured = [
        ("lakeland-outdoor", 3100, 320, 60),
        ("mersey-shipping", 3900, 340, 120),
        ("ashdown-legal", 2600, 220, 190),
    ]
    for client, net, seats, days in matured:
        story.sells(months_before(confirmed + timedelta(days=days), 6), client, net, seats)
    for days, client, net, seats in (
        (12, "harbour-freight", 1700, 40), (26, "severn-hospitals", 7400, 420), (58, "cotswold-dairies", 3000, 180),
        (120, "fairway-hotels", 3900, 260), (170, "pennine-energy", 3500, 240),
    ):  # fmt: skip
        story.sells(confirmed + timedelta(days=days), client, net, seats)
    maturing = [("beacon-tyres", 900, 60, 8), ("kestrel-aviation", 800, 50, 19), ("westgate-dental", 640, 40, 33)]
    for client, net, seats, days in maturing:
        story.sells(months_before(today + timedelta(days=days), 6), client, net, seats)
    for quarter in (80, 170, 255):
        story.shows(confirmed + timedelta(days=quarter), "qbr")
    story.tell(today - timedelta(days=75), "points.spent", exchange="nectar-x2", points=300, item="Webinar for clients")
    story.tell(today - timedelta(days=68), "points.restored", exchange="nectar-x2", reason="The webinar was called off")
    story.tell(
        today - timedelta(days=110),
        "points.granted",
        award="nectar-a2",
        points=80,
        activity="training",
        reason="A training evening",
    )
    story.tell(
        today - timedelta(days=61), "points.cancelled", award="nectar-a2", reason="The evening was reported twice"
    )
    story.tell(today - timedelta(days=140), "points.spent", exchange="nectar-x1", points=600, item="Course seat",
               campaign="summer offer")  # fmt: skip
    for number, days in enumerate((70, 52, 33), start=1):
        lead = f"nectar-l{number}"
        story.tell(today - timedelta(days=days), "lead.reserved", lead=lead)
        if number < 3:
            story.tell(today - timedelta(days=days - 15), "lead.won" if number == 1 else "lead.lost", lead=lead)
    # A second deal with one client within 30 days waits for a decision (G1.4).
    story.sells(today - timedelta(days=24), "juniper-clinics", 1450, 45)
    story.sells(today - timedelta(days=5), "juniper-clinics", 620, 20)


def comb(today: date) -> Story:
    """Bronze, 61 days after its acceptance: the tutorial is done, the not-for-resale account is not claimed."""
    story = Story(COMB, "Comb GmbH", "DE", Kind.CONSULTANT)
    accepted = today - timedelta(days=COMB_DAYS)
    story.joins(accepted)
    story.learns(accepted + timedelta(days=14), "tutorial", user="carla")
    story.sells(today - timedelta(days=20), "zimmerei-vogt", 480, 12)
    return story


def klever(today: date) -> Story:
    """Silver; lost Gold in the review within the last year, and on the way to regain it (T3.5)."""
    story = Story(KLEVER, "ТОО «Клевер»", "KZ", Kind.INTEGRATOR)
    lost = today - timedelta(days=300)
    gold = years_before(lost, 1)
    accepted = gold - timedelta(days=260)
    silver = accepted + timedelta(days=80)
    story.joins(accepted)
    story.starts(accepted, user="dina")
    story.sells(accepted + timedelta(days=50), "altyn-dan", 1500, 60)
    story.sells(silver, "medcentr-emil", 1300, 40)
    story.shows(silver + timedelta(days=30), *SHOWN_BY_GOLD)
    story.learns(silver + timedelta(days=34), "marketing", user="dina")
    story.sells(silver + timedelta(days=100), "steppe-logistics", 5200, 300)
    story.sells(gold, "qala-telecom", 6100, 380)
    for days, client, net, seats in (
        (70, "altyn-dan", 1500, 60), (140, "medcentr-emil", 1350, 40), (230, "steppe-logistics", 5300, 300),
    ):  # fmt: skip
        story.sells(gold + timedelta(days=days), client, net, seats)
    for days, client, net, seats in (
        (15, "qala-telecom", 3200, 380), (48, "tulpar-avto", 3300, 320), (75, "ertis-farm", 2400, 240),
        (110, "altyn-dan", 1600, 60), (160, "nomad-travel", 1500, 180), (228, "kok-tobe-hotel", 900, 110),
        (262, "klever-holding", 450, 0), (284, "medcentr-emil", 700, 40),
    ):  # fmt: skip
        story.sells(lost + timedelta(days=days), client, net, seats)
    story.tell(today - timedelta(days=90), "points.granted", award="klever-a1", points=150, activity="training",
               reason="тренинг для партнёров региона")  # fmt: skip
    return story


def apiario(today: date) -> Story:
    """Silver with a discount that was reduced for a while (T3.6)."""
    story = Story(APIARIO, "Apiario SL", "ES", Kind.SALES)
    accepted = today - timedelta(days=395)
    silver = accepted + timedelta(days=115)
    story.joins(accepted)
    story.starts(accepted, user="eva")
    story.sells(accepted + timedelta(days=70), "olivares-del-sur", 1300, 80)
    story.sells(silver, "clinica-ronda", 1500, 120)
    story.sells(silver + timedelta(days=60), "bodegas-miro", 900, 70)
    story.sells(silver + timedelta(days=95), "transportes-ebro", 800, 140)
    story.sells(today - timedelta(days=28), "olivares-del-sur", 700, 80)
    story.tell(
        today - timedelta(days=21), "discount.adjusted", percent="30",
        reason=APIARIO_REASON, restored_by=APIARIO_RESTORES, clause="T3.6",
    )  # fmt: skip
    return story


def pollen(today: date) -> Story:
    """Applied last week; something about it is like a company whose agreement ended (T1.7.3)."""
    story = Story(POLLEN, "Pollen Inc", "US", Kind.DEVELOPER)
    story.applies(today - timedelta(days=5))
    return story


def pollen_systems(today: date) -> Story:
    """The company that Pollen Inc is like: terminated after a violation (T13)."""
    story = Story(POLLEN_SYSTEMS, "Pollen Systems LLC", "US", Kind.DEVELOPER)
    accepted = today - timedelta(days=640)
    story.joins(accepted)
    story.starts(accepted, user="paul")
    story.sells(accepted + timedelta(days=90), "prairie-feed", 900, 30)
    story.tell(today - timedelta(days=210), "measure.applied", measure="terminate",
               reason="resale below the minimal price")  # fmt: skip
    return story


def bruma(today: date) -> Story:
    """Silver by a sale that was given back later: a restatement for a person to settle (docs/readings.md)."""
    story = Story(BRUMA, "Bruma Lda", "PT", Kind.CONSULTANT)
    accepted = today - timedelta(days=330)
    story.joins(accepted)
    story.starts(accepted, user="rui")
    story.sells(accepted + timedelta(days=64), "porto-seguros", 1200, 40)
    returned = story.sells(accepted + timedelta(days=110), "casa-lopes", 1600, 60)
    story.sells(accepted + timedelta(days=200), "quinta-do-vale", 700, 30)
    story.tell(today - timedelta(days=34), "sale.refunded", sale=returned)
    return story
