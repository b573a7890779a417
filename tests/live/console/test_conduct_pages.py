"""The pages of conduct: what is in force, decisions with what will follow, lists, the queue of restatements."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from honeyguide.accounts.models import User
from honeyguide.history.models import Event
from honeyguide.standing.models import Standing
from tests.live.conftest import TODAY, World
from tests.live.standing.states import accepted, added

SignIn = Callable[[User], Client]
CONDUCT = "/console/partners/nectar/conduct/"
RAW = re.compile(
    r"\b(block_access|bar_leads|delist|revoke|on_premise|at_risk|on_pace|in_force|measure\.applied|cnd_|evt_|rst_|rev_)\b"
)


def text_of(response: Any) -> str:
    """What a person reads: without tags, hidden fields and addresses."""
    page = re.sub(r"<(script|style)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))


def exported(response: Any) -> str:
    """The text of a CSV file."""
    return b"".join(response.streaming_content).decode()


def fields_of(response: Any) -> dict[str, str]:
    """Hidden fields of the decision's form."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', response.content.decode())
    return {name: value for name, value in found if name in {"token", "seen", "previewed"}}


def preview(client: Client, action: str, **given: Any) -> tuple[Any, dict[str, Any]]:
    """Fill in a form and ask what will follow; gives the page and what would be confirmed."""
    url = f"{CONDUCT}{action}/"
    data = {**fields_of(client.get(url)), "reason": "For a good reason", "note": "", **given}
    response: Any = client.post(url, {**data, "step": "preview"})
    return response, {**data, **fields_of(response), "step": "confirm"}


def confirm(client: Client, action: str, **given: Any) -> Any:
    """Preview and confirm."""
    shown, data = preview(client, action, **given)
    assert shown.status_code == 200, text_of(shown)
    return client.post(f"{CONDUCT}{action}/", data)


MEASURE = {"measure": "block_access", "clause": "T13", "until": "", "sites": ""}


@pytest.mark.clause("T14")
def test_what_will_follow_is_shown_and_nothing_done_before_it_is_confirmed(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.staff["compliance"])
    before = Event.objects.count()
    shown, data = preview(client, "measure", **MEASURE)
    assert shown.status_code == 200
    page = text_of(shown)
    assert "What will follow" in page
    assert re.search(r"Discount 50% 0%", page)
    assert "Partner dashboard" in page
    assert Event.objects.count() == before
    done = client.post(f"{CONDUCT}measure/", data, follow=True)
    assert "The measure is in force." in text_of(done)
    assert Standing.objects.get(partner=world.nectar).discount_percent == 0
    again = client.post(f"{CONDUCT}measure/", data, follow=True)
    assert "The measure is in force." in text_of(again)
    assert Event.objects.filter(type="measure.applied").count() == 1


def test_what_was_changed_after_the_preview_is_previewed_anew(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.staff["compliance"])
    _shown, data = preview(client, "measure", **MEASURE)
    again = client.post(f"{CONDUCT}measure/", {**data, "measure": "delist"})
    assert "Something was changed since the preview" in text_of(again)
    assert not Event.objects.filter(type="measure.applied").exists()
    assert client.post(f"{CONDUCT}measure/", {**data, **fields_of(again), "measure": "delist"}).status_code == 302
    assert Event.objects.get(type="measure.applied").data["measure"] == "delist"


def test_the_second_of_two_operators_sees_who_decided(world: World, sign_in: SignIn) -> None:
    first, second = sign_in(world.staff["compliance"]), sign_in(world.staff["admin"])
    _shown, data = preview(second, "measure", **MEASURE)
    assert confirm(first, "measure", **MEASURE).status_code == 302
    late = second.post(f"{CONDUCT}measure/", data)
    assert late.status_code == 409
    assert "Compliance Person has decided on this partner in the meantime" in text_of(late)
    assert Event.objects.filter(type="measure.applied").count() == 1


@pytest.mark.clause("T14", "T3.6", "T3.2", "T1.5")
@pytest.mark.parametrize(
    ("role", "action", "given", "event"),
    [
        ("compliance", "suspend", {"clause": "T13", "tell": "on"}, "partner.suspended"),
        ("compliance", "points", {"points": "10", "clause": "T14"}, "points.cancelled"),
        ("admin", "terminate", {"ground": "agreement", "confirmed_name": "Nectar Ltd"}, "partner.terminated"),
        (
            "admin",
            "terminate",
            {"ground": "measure", "clause": "T13", "confirmed_name": "Nectar Ltd"},
            "measure.applied",
        ),
        ("manager", "discount", {"percent": "30", "restores": "120 seats"}, "discount.adjusted"),
        ("manager", "exclude", {"sale": "nectar-s4", "ground": "own"}, "sale.excluded"),
    ],
)
def test_each_decision_goes_through_its_page(
    world: World, sign_in: SignIn, role: str, action: str, given: dict[str, str], event: str
) -> None:
    client = sign_in(world.staff[role])
    assert confirm(client, action, **given).status_code == 302
    told = Event.objects.get(type=event, actor=world.staff[role])
    assert told.data["reason"] == "For a good reason"
    page = client.get(CONDUCT)
    assert page.status_code == 200
    assert "nectar-s4" not in page.content.decode()  # a sale is named by its client and day


def test_what_was_done_is_undone_through_its_page(world: World, sign_in: SignIn) -> None:
    admin = sign_in(world.staff["admin"])
    before = Standing.objects.get(partner=world.nectar).discount_percent
    for action, given, undo, more in (
        ("measure", MEASURE, "lift", {"measure": "block_access"}),
        ("discount", {"percent": "20", "restores": "Seats"}, "restore", {}),
        ("suspend", {"clause": "T13", "tell": ""}, "reinstate", {}),
    ):
        assert confirm(admin, action, **given).status_code == 302
        assert Standing.objects.get(partner=world.nectar).discount_percent != before
        assert confirm(admin, undo, **more).status_code == 302
        assert Standing.objects.get(partner=world.nectar).discount_percent == before


@pytest.mark.parametrize(
    ("action", "given", "words"),
    [
        ("terminate", {"ground": "agreement", "confirmed_name": "Nektar"}, "name to confirm"),
        ("measure", {**MEASURE, "until": "2030-01-01"}, "12 months at most"),
        ("measure", {**MEASURE, "until": "nonsense"}, "valid date"),
        ("suspend", {"clause": "T3.4b"}, "There was activity"),
        ("reinstate", {}, "Only a suspended partner"),
        ("lift", {"measure": "delist"}, "valid choice"),
        ("discount", {"percent": "50", "restores": "x"}, "below 50%"),
        ("restore", {}, "is not reduced"),
        ("exclude", {"sale": "nope", "ground": "own"}, "valid choice"),
    ],
)
def test_a_refusal_stands_in_the_form_and_changes_nothing(
    world: World, sign_in: SignIn, action: str, given: dict[str, str], words: str
) -> None:
    client = sign_in(world.staff["admin"])
    before = Event.objects.count()
    shown, _data = preview(client, action, **given)
    assert shown.status_code in {409, 422}
    assert words in text_of(shown)
    assert Event.objects.count() == before


@pytest.mark.parametrize("action", ["measure", "lift", "points", "suspend", "reinstate", "terminate"])
def test_measures_are_not_for_managers_and_outsiders_do_not_find_them(
    world: World, sign_in: SignIn, action: str
) -> None:
    refused = sign_in(world.staff["manager"]).get(f"{CONDUCT}{action}/")
    assert refused.status_code == 403
    assert "compliance" in text_of(refused)
    assert sign_in(world.alice).get(f"{CONDUCT}{action}/").status_code == 404
    assert Client().get(f"{CONDUCT}{action}/").status_code == 302


@pytest.mark.parametrize("action", ["discount", "restore", "exclude"])
def test_discounts_are_not_for_compliance(world: World, sign_in: SignIn, action: str) -> None:
    refused = sign_in(world.staff["compliance"]).post(f"{CONDUCT}{action}/", {"reason": "x"})
    assert refused.status_code == 403
    assert "partner managers" in text_of(refused)


def test_only_fitting_decisions_that_are_ones_own_are_offered(world: World, sign_in: SignIn) -> None:
    page = text_of(sign_in(world.staff["manager"]).get(CONDUCT))
    assert "Reduce the discount" in page
    assert "Take a measure" not in page
    assert "Restore the discount" not in page
    assert "Measures are taken by compliance" in text_of(sign_in(world.staff["finance"]).get(CONDUCT))


@pytest.mark.clause("T3.1.1b")
def test_a_discount_that_waits_for_the_tutorial_says_so(world: World, sign_in: SignIn) -> None:
    added(world, "fresh", accepted("fresh", 5))
    page = text_of(sign_in(world.staff["manager"]).get("/console/partners/fresh/conduct/"))
    assert "0% 20% as Bronze as soon as this is done: Product tutorial." in page


def test_an_unknown_partner_is_not_found(world: World, sign_in: SignIn) -> None:
    admin = sign_in(world.staff["admin"])
    for path in ("conduct/", "conduct/measure/", "reviews/", "reviews/plan/"):
        assert admin.get(f"/console/partners/nobody/{path}").status_code == 404


@pytest.mark.clause("T14")
def test_the_list_of_measures_can_be_narrowed_and_taken_away(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.staff["admin"])
    assert "No measure is in force" in text_of(client.get("/console/measures/"))
    confirm(client, "measure", **MEASURE, note="Seen at the fair")
    confirm(client, "measure", **{**MEASURE, "measure": "delist"})
    confirm(client, "lift", measure="delist")
    page = text_of(client.get("/console/measures/"))
    assert "Nectar Ltd" in page
    assert "1 row" in page
    for query, count in (
        ("state=past", 1), ("state=all", 2), ("measure=delist&state=all", 1), ("measure=revoke&state=all", 0),
        ("clause=T13&state=all", 2), ("clause=T14&state=all", 0), ("country=GB", 1), ("country=DE", 0),
        ("manager=none", 1), ("q=nectar", 1), ("q=comb", 0), ("q=good+reason&state=all", 2),
        ("sort=-data__until", 1), ("sort=company", 1),
    ):  # fmt: skip
        assert f"{count} row" in text_of(client.get(f"/console/measures/?{query}")), query
    lines = exported(client.get("/console/measures/?export=csv&state=all")).splitlines()
    assert len(lines) == 3
    assert "Nectar Ltd" in lines[1]
    assert TODAY.isoformat() in lines[1]
    assert not RAW.search("\n".join(lines))
    assert "Seen at the fair" in text_of(client.get(CONDUCT))


@pytest.mark.clause("T3.6")
def test_the_list_of_reduced_discounts_shows_what_restores_them(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.staff["manager"])
    confirm(client, "discount", percent="30", restores="120 seats of new clients")
    page = text_of(client.get("/console/measures/discounts/"))
    assert "30%" in page
    assert "120 seats of new clients" in page
    confirm(client, "restore")
    assert "0 rows" in text_of(client.get("/console/measures/discounts/"))
    assert "Restored on" in text_of(client.get("/console/measures/discounts/?state=past"))
    assert "120 seats" in exported(client.get("/console/measures/discounts/?export=csv&state=all"))


def restated(world: World) -> None:
    """Nectar's way to Gold is undone by refunds."""
    world.tell(
        {"type": "sale.refunded", "partner": "nectar", "sale": "nectar-s3"},
        {"type": "sale.refunded", "partner": "nectar", "sale": "nectar-s4", "amount": "8000.00"},
    )


@pytest.mark.clause("T3.4a")
def test_a_restatement_is_shown_with_its_figures_and_settled(world: World, sign_in: SignIn) -> None:
    restated(world)
    client = sign_in(world.staff["compliance"])
    assert "Restatements" in text_of(client.get("/console/"))
    page = client.get("/console/restatements/")
    words = text_of(page)
    assert re.search(r"Sales .*\$12,000 \$0 \$10,000", words), words
    assert "Refund of all that was left of sale nectar-s3" in words
    assert "What applying would do" in words
    assert "Restatement of the decision of" in text_of(client.get("/console/partners/nectar/"))
    uid = re.search(r'name="item" value="(rst_\w+)"', page.content.decode())
    assert uid is not None
    empty = client.post("/console/restatements/", {"item": uid[1], "action": "apply", "reason": ""})
    assert empty.status_code == 422
    assert "Say why" in text_of(empty)
    forbidden = sign_in(world.staff["manager"]).post("/console/restatements/", {"item": uid[1], "action": "apply"})
    assert forbidden.status_code == 403
    done = client.post(
        "/console/restatements/", {"item": uid[1], "action": "apply", "reason": "Both came back"}, follow=True
    )
    assert "Applied: Nectar Ltd." in text_of(done)
    assert Standing.objects.get(partner=world.nectar).status == "bronze"
    late = sign_in(world.staff["admin"]).post(
        "/console/restatements/", {"item": uid[1], "action": "leave", "reason": "No"}
    )
    assert late.status_code == 409
    assert "Compliance Person settled this" in text_of(late)
    export = client.get("/console/restatements/?format=csv&choice=apply")
    assert "Both came back" in export.getvalue().decode()


@pytest.mark.parametrize("language", ["en", "ru"])
def test_pages_have_no_raw_words_in_either_language(world: World, sign_in: SignIn, language: str) -> None:
    admin = world.staff["admin"]
    admin.language = language
    admin.save(update_fields=["language"])
    client = sign_in(admin)
    restated(world)
    for measure in ("block_access", "bar_leads", "delist", "blacklist", "revoke"):
        confirm(client, "measure", **{**MEASURE, "measure": measure})
    confirm(client, "exclude", sale="nectar-s2", ground="affiliated")
    for path in (
        CONDUCT, f"{CONDUCT}measure/", f"{CONDUCT}lift/", f"{CONDUCT}points/", f"{CONDUCT}suspend/",
        f"{CONDUCT}terminate/", f"{CONDUCT}discount/", f"{CONDUCT}exclude/", "/console/measures/?state=all",
        "/console/measures/discounts/", "/console/restatements/", "/console/reviews/", "/console/reviews/calendar/",
        "/console/reviews/at-risk/", "/console/partners/nectar/reviews/", "/console/business-reviews/",
        "/console/partners/nectar/reviews/plan/",
    ):  # fmt: skip
        page = client.get(path)
        assert page.status_code == 200, path
        assert not RAW.search(text_of(page)), (path, RAW.search(text_of(page)))
        assert f'lang="{language}"' in page.content.decode()


def test_measures_of_the_past_and_future_days(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.staff["admin"])
    until = (TODAY + timedelta(days=3)).isoformat()
    confirm(client, "measure", **{**MEASURE, "measure": "delist", "until": until, "sites": "a.example\nb.example"})
    page = text_of(client.get(CONDUCT))
    assert "23 Nov 2026" in page
    assert "a.example, b.example" in page
