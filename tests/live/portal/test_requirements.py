"""The partner's pages of evidence and licences."""

from collections.abc import Callable

import pytest
from django.test import Client

from honeyguide.accounts.actor import Actor
from honeyguide.accounts.models import User
from honeyguide.history.models import Event
from honeyguide.requirements.models import EvidenceCase, NfrClaim
from honeyguide.requirements.services import evidence, nfr
from tests.live.conftest import NOW, World
from tests.live.portal.pages import raw_words, words_of
from tests.live.requirements.samples import PDF, upload

SignIn = Callable[[User], Client]


def token_in(page: str) -> str:
    """The form's token."""
    return page.partition('name="form_token" value="')[2].partition('"')[0]


def test_evidence_is_handed_in_listed_and_taken_back(world: World, sign_in: SignIn) -> None:
    charlie = sign_in(world.charlie)
    page = charlie.get("/partner/evidence/").content.decode()
    assert "Nothing was handed in yet" in page
    assert "to reach Silver" in page
    page = charlie.get("/partner/evidence/new/?requirement=phone_support").content.decode()
    assert '<option value="phone_support" selected>' in page
    given = {"form_token": token_in(page), "requirement": "phone_support", "kind": "text", "text": "We answer 9 to 18."}
    for _twice in range(2):
        assert charlie.post("/partner/evidence/new/", given).status_code == 302
    case = EvidenceCase.objects.get()
    page = charlie.get("/partner/evidence/").content.decode()
    assert "Waiting for a decision" in page
    assert "We answer 9 to 18." in page
    assert charlie.post(f"/partner/evidence/{case.uid}/withdraw/").status_code == 302
    case.refresh_from_db()
    assert case.state == "withdrawn"


def test_a_reason_is_shown_and_the_way_to_hand_in_again(world: World, sign_in: SignIn) -> None:
    case = evidence.submit(
        partner=world.comb, requirement="phone_support", kind="text", text="We answer", form_token="x",
        actor=Actor(name="Charlie", user=world.charlie, partner="comb"), now=NOW,
    )  # fmt: skip
    actor = Actor(name="M", user=world.staff["manager"])
    evidence.decline(uid=case.uid, reason="Say <b>when</b>.", internal_note="rude", actor=actor, now=NOW)
    page = sign_in(world.charlie).get("/partner/evidence/").content.decode()
    assert "Say &lt;b&gt;when&lt;/b&gt;." in page
    assert "rude" not in page
    assert "requirement=phone_support" in page


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"kind": "link", "link": "comb.example"}, "whole address"),
        ({"kind": "link", "link": "http://127.0.0.1/x"}, "whole address"),
        ({"kind": "text", "text": ""}, "Describe what you have done"),
        ({"kind": "file"}, "Choose a file"),
        ({"kind": "file", "file": upload("x.svg", b"<svg/>")}, "not taken"),
        ({"kind": "text", "text": "x", "requirement": "webinar"}, "not asked of you now"),
    ],
)
def test_what_is_wrong_is_told_at_the_field_and_what_was_typed_stays(
    world: World, sign_in: SignIn, given: dict[str, object], words: str
) -> None:
    sent = {"form_token": "t", "requirement": "phone_support", "link": "", "text": "as typed"} | given
    answer = sign_in(world.charlie).post("/partner/evidence/new/", sent)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not EvidenceCase.objects.exists()


def test_what_a_colleague_handed_in_meanwhile_is_told_once_and_in_words(world: World, sign_in: SignIn) -> None:
    charlie = sign_in(world.charlie)
    given = {"requirement": "phone_support", "kind": "text", "text": "9 to 18"}
    assert charlie.post("/partner/evidence/new/", {**given, "form_token": "a"}).status_code == 302
    answer = charlie.post("/partner/evidence/new/", {**given, "form_token": "b"})
    assert answer.status_code in {409, 422}
    assert "available choices" not in answer.content.decode()
    assert raw_words(answer.text) == []


def test_an_empty_file_is_told_once(world: World, sign_in: SignIn) -> None:
    given = {"form_token": "t", "requirement": "phone_support", "kind": "file", "file": upload("Plan.pdf", b"")}
    answer = sign_in(world.charlie).post("/partner/evidence/new/", given)
    assert answer.status_code == 422
    assert words_of(answer.text).count("is empty") == 1


def test_files_are_for_the_own_company_alone(world: World, sign_in: SignIn) -> None:
    charlie = sign_in(world.charlie)
    given = {"form_token": "t", "requirement": "phone_support", "kind": "file", "file": upload("Plan.pdf", PDF)}
    assert charlie.post("/partner/evidence/new/", given).status_code == 302
    case = EvidenceCase.objects.get()
    assert case.file is not None
    url = f"/partner/evidence/files/{case.file.uid}/"
    answer = charlie.get(url)
    assert b"".join(answer) == PDF
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert sign_in(world.alice).get(url).status_code == 404
    assert sign_in(world.alice).post(f"/partner/evidence/{case.uid}/withdraw/").status_code == 404
    assert Client().get(url).status_code == 302
    assert Event.objects.filter(type="file.viewed").count() == 1
    case.refresh_from_db()
    assert case.is_waiting


def test_a_partner_that_lacks_nothing_is_told_so(world: World, sign_in: SignIn) -> None:
    page = sign_in(world.bob).get("/partner/evidence/new/").content.decode()
    assert "Quarterly business reviews" in page
    world.tell({"type": "evidence.approved", "partner": "nectar", "requirement": "qbr"})
    page = sign_in(world.bob).get("/partner/evidence/new/").content.decode()
    assert "Nothing is missing that evidence would show" in page


@pytest.mark.clause("T8")
@pytest.mark.clause("T8.1")
def test_a_licence_is_claimed_with_an_agreement_and_shown_with_what_it_leaves_out(
    world: World, sign_in: SignIn
) -> None:
    charlie = sign_in(world.charlie)
    page = charlie.get("/partner/licences/").content.decode()
    assert "No licence is in use" in page
    for words in ("24 GB", "15,000", "Professional", "Business 50", "not with the present status"):
        assert words in page
    page = charlie.get("/partner/licences/claim/").content.decode()
    given = {"form_token": token_in(page), "product": "cloud", "account": "comb.cloud.example", "use": "internal"}
    answer = charlie.post("/partner/licences/claim/", given)
    assert answer.status_code == 422
    assert "only for use inside your company" in answer.content.decode()
    for _twice in range(2):
        assert charlie.post("/partner/licences/claim/", given | {"agreed": "on"}).status_code == 302
    found = NfrClaim.objects.get()
    page = charlie.get("/partner/licences/").content.decode()
    assert "Waiting for a decision" in page
    assert "In use" not in page
    nfr.grant(uid=found.uid, actor=Actor(name="M", user=world.staff["manager"]), now=NOW)
    page = charlie.get("/partner/licences/").content.decode()
    assert "until 20 May 2027" in page
    assert "then back to the free plan, with the present status" in page
    assert "brings no further licence" in charlie.get("/partner/licences/claim/").content.decode()


def test_the_main_user_alone_claims_and_outsiders_see_nothing(world: World, sign_in: SignIn) -> None:
    bob = sign_in(world.bob)
    assert bob.get("/partner/licences/").status_code == 200
    assert bob.get("/partner/licences/claim/").status_code == 403
    given = {"product": "cloud", "account": "n.cloud.example", "use": "both", "agreed": "on", "form_token": "t"}
    assert bob.post("/partner/licences/claim/", given).status_code == 403
    assert not NfrClaim.objects.exists()
    alice = sign_in(world.alice)
    assert alice.post("/partner/licences/claim/", given).status_code == 302
    found = NfrClaim.objects.get()
    assert sign_in(world.charlie).post(f"/partner/licences/{found.uid}/withdraw/").status_code == 404
    assert bob.post(f"/partner/licences/{found.uid}/withdraw/").status_code == 403
    assert alice.post(f"/partner/licences/{found.uid}/withdraw/").status_code == 302


@pytest.mark.clause("T8")
def test_an_employee_is_told_who_claims_a_licence(world: World, sign_in: SignIn) -> None:
    bob = sign_in(world.bob)
    assert "Your main user claims it." in bob.get("/partner/").content.decode()
    assert "The main user of your company claims it." in bob.get("/partner/licences/").content.decode()
    alice = sign_in(world.alice)
    assert "Your main user claims it." not in alice.get("/partner/").content.decode()
    assert "Claim a licence" in alice.get("/partner/licences/").content.decode()


def test_licences_and_claims_that_are_over_are_a_list_of_their_own(world: World, sign_in: SignIn) -> None:
    charlie, manager = sign_in(world.charlie), Actor(name="M", user=world.staff["manager"])
    assert "Earlier" not in charlie.get("/partner/licences/").content.decode()
    given = {"product": "cloud", "use": "internal", "agreed": "on"}
    for account, token in (("old.comb.example", "one"), ("new.comb.example", "two")):
        charlie.post("/partner/licences/claim/", given | {"account": account, "form_token": token})
        found = NfrClaim.objects.get(account=account)
        if token == "one":
            nfr.grant(uid=found.uid, actor=manager, now=NOW)
            nfr.give_back(uid=found.uid, reason="Moved to another account.", actor=manager, now=NOW)
        else:
            nfr.decline(uid=found.uid, reason="Not your account.", actor=manager, now=NOW)
    page = charlie.get("/partner/licences/").content.decode()
    assert "2 rows" in page
    assert 'placeholder="Account or reason"' in page
    for words in ("Given back", "It was given back: Moved to another account.", "Declined", "Not your account."):
        assert words in page
    found_by = {
        "?q=moved": "old.comb.example",
        "?q=new.comb": "new.comb.example",
        "?state=declined": "new.comb.example",
        "?state=returned&product=cloud": "old.comb.example",
    }
    for query, account in found_by.items():
        page = charlie.get(f"/partner/licences/{query}").content.decode()
        assert "1 row" in page, query
        assert account in page
    page = charlie.get("/partner/licences/?product=on_premise").content.decode()
    assert "Nothing fits the search and filters" in page
    answer = charlie.get("/partner/licences/?export=csv&sort=account")
    lines = answer.getvalue().decode("utf-8-sig").splitlines()
    assert lines[0] == "Product,Account,Claimed or granted,Until,State,Why"
    assert [line.split(",")[1] for line in lines[1:]] == ["new.comb.example", "old.comb.example"]


def test_what_was_handed_in_is_searched_filtered_and_taken_away_as_csv(world: World, sign_in: SignIn) -> None:
    alice = Actor(name="Alice", user=world.alice, partner="nectar")
    evidence.submit(
        partner=world.nectar, requirement="qbr", kind="link", link="https://nectar.example/minutes", form_token="x",
        actor=alice, now=NOW,
    )  # fmt: skip
    client = sign_in(world.alice)
    assert "Take it back" in client.get("/partner/evidence/?q=minutes&state=waiting").content.decode()
    assert "Take it back" not in client.get("/partner/evidence/?state=approved").content.decode()
    response = client.get("/partner/evidence/?export=csv")
    assert "https://nectar.example/minutes" in b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
