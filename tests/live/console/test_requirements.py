"""The console's queues of evidence and claims, the list of licences, courses, and the first page."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from honeyguide.accounts.actor import Actor
from honeyguide.accounts.models import User
from honeyguide.history.models import Event
from honeyguide.requirements.models import EvidenceCase, NfrClaim
from honeyguide.requirements.services import evidence, nfr
from tests.live.conftest import NOW, TODAY, World
from tests.live.requirements.samples import PDF, png, upload

SignIn = Callable[[User], Client]


def hand_in(world: World, requirement: str, **more: object) -> EvidenceCase:
    """Comb hands something in."""
    given = {"kind": "link", "link": "https://comb.example/we", "form_token": requirement, "now": NOW} | more
    actor = Actor(name="Charlie", user=world.charlie, partner="comb")
    return evidence.submit(partner=world.comb, requirement=requirement, actor=actor, **given)  # type: ignore[arg-type]


def claim(world: World) -> NfrClaim:
    """Comb claims a subscription."""
    return nfr.claim(
        partner=world.comb, product="cloud", account="comb.cloud.example", use="both", agreed=True, form_token="x",
        actor=Actor(name="Charlie", user=world.charlie, partner="comb"), now=NOW,
    )  # fmt: skip


def test_the_first_page_says_what_waits_how_long_and_who_is_on_it(world: World, sign_in: SignIn) -> None:
    manager = sign_in(world.staff["manager"])
    assert b"Nothing waits for a decision" in manager.get("/console/").content
    hand_in(world, "phone_support", now=NOW - timedelta(days=9))
    case = hand_in(world, "email_support")
    evidence.DESK.take(uid=case.uid, actor=Actor(name="M", user=world.staff["manager"]), now=NOW)
    page = manager.get("/console/").content.decode()
    assert "2 items wait for a decision" in page
    assert "1 is late" in page
    assert "oldest 9 days ago" in page
    assert "Manager Person" in page
    assert "/console/evidence/" in page


def test_the_first_page_lists_decisions_and_whose_status_is_decided_soon(world: World, sign_in: SignIn) -> None:
    case = hand_in(world, "phone_support")
    evidence.approve(uid=case.uid, actor=Actor(name="Manager Person", user=world.staff["manager"]), now=NOW)
    page = sign_in(world.staff["support"]).get("/console/").content.decode()
    assert "Evidence approved" in page
    assert "Comb GmbH" in page
    assert "/console/partners/comb/" in page


@pytest.mark.parametrize("url", ["/console/evidence/", "/console/nfr/", "/console/nfr/licences/"])
def test_every_queue_has_an_empty_state_for_all_of_the_team_and_is_closed_to_others(
    world: World, sign_in: SignIn, url: str
) -> None:
    for user in world.staff.values():
        assert sign_in(user).get(url).status_code == 200
    assert sign_in(world.alice).get(url).status_code == 404
    assert Client().get(url).status_code == 302


def test_deciding_leads_to_the_next_item(world: World, sign_in: SignIn) -> None:
    first = hand_in(world, "phone_support", now=NOW - timedelta(days=2))
    second = hand_in(world, "email_support", now=NOW - timedelta(days=1))
    manager = sign_in(world.staff["manager"])
    page = manager.get("/console/evidence/").content.decode()
    assert page.index(first.uid) < page.index(second.uid)
    answer = manager.post("/console/evidence/", {"item": first.uid, "action": "approve", "note": "ok"})
    assert (answer.status_code, answer["Location"]) == (302, f"/console/evidence/?item={second.uid}")
    answer = manager.post(
        "/console/evidence/?sort=newest&q=Comb",
        {"item": second.uid, "action": "decline", "reason": "Not reachable."},
    )
    assert answer["Location"] == "/console/evidence/?sort=newest&q=Comb"
    page = manager.get("/console/evidence/").content.decode()
    assert "No evidence waits" in page
    assert "Declined: First-line support by e-mail, Comb GmbH" in page
    assert sorted(EvidenceCase.objects.values_list("state", flat=True)) == ["approved", "declined"]


def test_a_decline_without_a_reason_comes_back_with_the_words_at_the_field(world: World, sign_in: SignIn) -> None:
    case = hand_in(world, "phone_support")
    given = {"item": case.uid, "action": "decline", "reason": "no", "note": "kept as typed"}
    answer = sign_in(world.staff["compliance"]).post("/console/evidence/", given)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Give a reason." in page
    assert "kept as typed" in page
    case.refresh_from_db()
    assert case.is_waiting


def test_the_second_decider_gets_a_page_that_says_who_decided(world: World, sign_in: SignIn) -> None:
    case = hand_in(world, "phone_support")
    evidence.approve(uid=case.uid, actor=Actor(name="M", user=world.staff["manager"]), now=NOW)
    events = Event.objects.count()
    answer = sign_in(world.staff["admin"]).post(
        "/console/evidence/", {"item": case.uid, "action": "decline", "reason": "Not enough."}
    )
    assert answer.status_code == 409
    assert "Manager Person has decided this already" in answer.content.decode()
    assert Event.objects.count() == events


def test_who_may_not_decide_sees_no_buttons_and_is_refused(world: World, sign_in: SignIn) -> None:
    case = hand_in(world, "phone_support")
    finance = sign_in(world.staff["finance"])
    page = finance.get(f"/console/evidence/?item={case.uid}").content.decode()
    assert 'value="approve"' not in page
    assert "Partner managers, compliance and administrators decide on this." in page
    assert finance.post("/console/evidence/", {"item": case.uid, "action": "approve"}).status_code == 403
    assert finance.post("/console/evidence/", {"item": case.uid, "action": "take"}).status_code == 403
    assert sign_in(world.charlie).post("/console/evidence/", {"item": case.uid}).status_code == 404
    case.refresh_from_db()
    assert case.is_waiting
    assert case.held_by is None


def test_unknown_items_and_actions_are_not_found(world: World, sign_in: SignIn) -> None:
    case = hand_in(world, "phone_support")
    manager = sign_in(world.staff["manager"])
    assert manager.get("/console/evidence/?item=evd_nothing").status_code == 404
    assert manager.get("/console/nfr/?item=evd_nothing").status_code == 404
    assert manager.get("/console/evidence/?q=~&state=~&page=~&sort=~").status_code == 200
    assert manager.post("/console/evidence/", {"item": "evd_nothing", "action": "approve"}).status_code == 404
    assert manager.post("/console/evidence/", {"item": case.uid, "action": "delete"}).status_code == 404


def test_an_item_is_taken_taken_over_and_released(world: World, sign_in: SignIn) -> None:
    case = hand_in(world, "phone_support")
    manager, other = sign_in(world.staff["manager"]), sign_in(world.staff["compliance"])
    manager.post("/console/evidence/", {"item": case.uid, "action": "take"})
    assert "You are on it" in manager.get("/console/evidence/?held=me").content.decode()
    page = other.get("/console/evidence/").content.decode()
    assert "Manager Person is on it" in page
    answer = other.post("/console/evidence/", {"item": case.uid, "action": "approve"})
    assert answer.status_code == 409
    assert "Take it over first" in answer.content.decode()
    other.post("/console/evidence/", {"item": case.uid, "action": "take_over"})
    other.post("/console/evidence/", {"item": case.uid, "action": "release"})
    case.refresh_from_db()
    assert case.held_by is None


def test_a_queue_is_searched_filtered_and_taken_away_as_csv(world: World, sign_in: SignIn) -> None:
    hand_in(world, "phone_support", text="=cmd()")
    declined = hand_in(world, "email_support")
    actor = Actor(name="M", user=world.staff["manager"])
    evidence.decline(uid=declined.uid, reason="Nobody answers.", actor=actor, now=NOW)
    manager = sign_in(world.staff["manager"])

    def shows(query: str) -> bool:
        return b"data-queue-line" in manager.get(f"/console/evidence/?{query}").content

    assert shows("q=comb")
    assert not shows("q=nectar")
    assert b"Nothing matches" in manager.get("/console/evidence/?q=nectar").content
    assert shows("state=declined&requirement=email_support")
    assert not shows("state=declined&requirement=phone_support")
    assert not shows("state=nonsense")
    answer = manager.get("/console/evidence/?state=&format=csv")
    assert answer["Content-Type"].startswith("text/csv")
    text = answer.getvalue().decode()
    assert "Nobody answers." in text
    assert "'=cmd()" in text
    assert len(text.strip().splitlines()) == 3


def test_the_team_opens_files_as_attachments_and_it_is_recorded(world: World, sign_in: SignIn) -> None:
    case = hand_in(world, "phone_support", kind="file", file=upload("Plan.pdf", PDF))
    picture = hand_in(world, "email_support", kind="file", file=upload("shot.png", png()))
    assert case.file is not None
    assert picture.file is not None
    manager = sign_in(world.staff["manager"])
    page = manager.get(f"/console/evidence/?item={picture.uid}").content.decode()
    assert f'src="/console/evidence/files/{picture.file.uid}/"' in page
    answer = manager.get(f"/console/evidence/files/{case.file.uid}/")
    assert b"".join(answer) == PDF
    assert answer["Content-Disposition"] == 'attachment; filename="Plan.pdf"'
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    viewed = Event.objects.get(type="file.viewed")
    assert (viewed.partner, viewed.actor, viewed.data["name"]) == ("comb", world.staff["manager"], "Plan.pdf")
    assert manager.get("/console/evidence/files/fil_nothing/").status_code == 404


def test_a_claim_is_granted_listed_and_ended(world: World, sign_in: SignIn) -> None:
    found = claim(world)
    manager = sign_in(world.staff["manager"])
    page = manager.get("/console/nfr/").content.decode()
    assert "0 of 1 in use" in page
    answer = manager.post("/console/nfr/", {"item": found.uid, "action": "grant"})
    assert answer["Location"] == "/console/nfr/"
    page = manager.get("/console/nfr/licences/").content.decode()
    assert "Comb GmbH" in page
    assert "20 May 2027" in page
    assert "back to the free plan" in page
    page = manager.get(f"/console/nfr/?state=granted&item={found.uid}").content.decode()
    assert "then back to the free plan, with the present status" in page
    assert 'value="extend"' not in page
    manager.post("/console/nfr/?state=granted", {"item": found.uid, "action": "give_back", "reason": "Not used."})
    found.refresh_from_db()
    assert found.state == "returned"
    csv = manager.get("/console/nfr/licences/?export=csv")
    assert "Comb GmbH" in b"".join(csv).decode()


@pytest.mark.clause("T8")
def test_licences_of_a_history_are_listed_beside_those_granted_here(
    world: World, sign_in: SignIn, django_assert_max_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    manager = sign_in(world.staff["manager"])
    manager.post("/console/nfr/", {"item": claim(world).uid, "action": "grant"})
    for months in range(1, 9):
        at = NOW - timedelta(days=30 * months)
        world.tell({"type": "nfr.claimed", "partner": "nectar", "product": "on_premise", "account": "it", "at": at})
    with django_assert_max_num_queries(20):
        page = manager.get("/console/nfr/licences/").content.decode()
    assert page.count("Nectar Ltd</a>") == 9
    assert page.count("Comb GmbH</a>") == 1
    assert "10 rows" in page
    csv = b"".join(manager.get("/console/nfr/licences/?export=csv&state=granted&q=nectar")).decode()
    assert csv.count("Nectar Ltd") == csv.count("Granted") > 0
    assert "Comb" not in csv
    assert "No licence was granted yet" not in manager.get("/console/nfr/licences/?state=returned").content.decode()
    assert manager.get("/console/nfr/licences/?sort=-ends_on").status_code == 200


def test_a_claim_beyond_the_status_is_refused_with_the_reason_on_the_page(world: World, sign_in: SignIn) -> None:
    found = claim(world)
    world.tell({"type": "nfr.claimed", "partner": "comb", "product": "cloud", "at": NOW - timedelta(days=1)})
    answer = sign_in(world.staff["manager"]).post("/console/nfr/", {"item": found.uid, "action": "grant"})
    assert answer.status_code == 409
    assert "The status allows 1 of these licences" in answer.content.decode()
    found.refresh_from_db()
    assert found.is_waiting


def test_a_course_is_recorded_by_hand(world: World, sign_in: SignIn) -> None:
    manager = sign_in(world.staff["manager"])
    assert manager.get("/console/courses/").status_code == 200
    given = {"partner": "Comb GmbH", "course": "sales", "user": "Charlie", "day": TODAY.isoformat()}
    assert manager.post("/console/courses/", given).status_code == 302
    page = manager.get("/console/courses/").content.decode()
    assert "Recorded: Sales course, completed by Comb GmbH." in page
    answer = manager.post("/console/courses/", given | {"partner": "Nobody"})
    assert answer.status_code == 422
    assert "There is no partner “Nobody”." in answer.content.decode()
    listed = manager.get("/console/courses/?q=comb&course=sales&export=csv")
    rows = b"".join(listed.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert [row.split(",")[:3] for row in rows[1:]] == [["Comb GmbH", "sales", "Charlie"]]
    assert "Comb GmbH</a>" not in manager.get("/console/courses/?q=nectar").content.decode()
    assert manager.post("/console/courses/", given | {"day": "2027-01-01"}).status_code == 422
    assert Event.objects.filter(type="course.completed", data__course="sales", partner="comb").count() == 1
    assert sign_in(world.staff["support"]).get("/console/courses/").status_code == 403
    assert sign_in(world.alice).post("/console/courses/", given).status_code == 404


def test_a_course_that_the_rulebook_does_not_know_is_remarked_on(world: World, sign_in: SignIn) -> None:
    manager = sign_in(world.staff["manager"])
    table = SimpleUploadedFile("courses.csv", b"partner,course,day\ncomb,tutorail,2026-11-02\ncomb,sales,2026-11-02\n")
    page = manager.post("/console/courses/preview/", {"file": table}).content.decode()
    assert "1 row names a course that the rulebook does not know" in page
    assert "Did you mean tutorial?" in page
    assert "Comb GmbH" in page
    assert "Sales course" in page
    given = {"partner": "comb", "course": "tutorail", "user": "", "day": TODAY.isoformat()}
    assert "Did you mean tutorial?" in manager.post("/console/courses/", given, follow=True).content.decode()
    no_xlsx = SimpleUploadedFile("courses.xlsx", b"this is a letter")
    answer = manager.post("/console/courses/preview/", {"file": no_xlsx})
    assert answer.status_code == 422
    assert "The file is called XLSX, but it is none." in answer.content.decode()


@pytest.mark.clause("T3.1.2a")
def test_an_approval_says_first_what_will_follow(world: World, sign_in: SignIn) -> None:
    hand_in(world, "phone_support")
    assert (
        "What will follow from the approval"
        in sign_in(world.staff["manager"]).get("/console/evidence/").content.decode()
    )
    assert "What will follow from the approval" not in (
        sign_in(world.staff["support"]).get("/console/evidence/").content.decode()
    )


def test_the_csv_of_a_queue_has_days_as_every_csv_has_them(world: World, sign_in: SignIn) -> None:
    hand_in(world, "phone_support")
    response = sign_in(world.staff["manager"]).get("/console/evidence/?format=csv", headers={"accept-language": "ru"})
    assert NOW.isoformat() in response.getvalue().decode()


def test_a_table_of_courses_is_previewed_and_then_recorded(world: World, sign_in: SignIn) -> None:
    manager = sign_in(world.staff["manager"])
    before = Event.objects.filter(type="course.completed").count()

    def preview(text: str) -> tuple[int, str]:
        table = SimpleUploadedFile("courses.csv", text.encode())
        answer = manager.post("/console/courses/preview/", {"file": table})
        return answer.status_code, answer.content.decode()

    status, page = preview("partner,course,day\ncomb,sales,2026-11-02\nnobody,sales,2026-11-02\n")
    assert status == 422
    assert "1 row has something wrong" in page
    assert 'name="signed"' not in page
    status, page = preview("partner,course,day\ncomb,sales,2026-11-02\nnectar,advanced,2026-11-03\n")
    assert status == 200
    assert Event.objects.filter(type="course.completed").count() == before
    signed = page.partition('name="signed" value="')[2].partition('"')[0]
    for _twice in range(2):
        assert manager.post("/console/courses/import/", {"signed": signed}).status_code == 302
    assert Event.objects.filter(type="course.completed").count() == before + 2
    assert manager.post("/console/courses/import/", {"signed": signed + "x"}).status_code == 409
    assert manager.post("/console/courses/preview/", {}).status_code == 422
