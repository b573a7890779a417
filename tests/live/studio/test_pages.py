"""The studio in the browser's forms: figures on fields, files with problems, two people; the partners' pages."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from honeyguide.accounts.actor import Actor
from honeyguide.accounts.models import User
from honeyguide.console.rulebook_form import FiguresForm, parts_of
from honeyguide.program.rulebook.editing import places
from honeyguide.rulebooks.queries import all_versions, text_of
from honeyguide.standing.queries import standing_on
from honeyguide.studio import deciding, drafts
from honeyguide.studio.models import Draft
from tests.live.conftest import NOW, TODAY, World
from tests.live.studio.conftest import IN_TIME, SILVER_SALES, Simulate

SignIn = Callable[[User], Client]


def url(name: str, *args: str) -> str:
    return reverse(f"console:rulebook_{name}", args=args)


def values_of(form: FiguresForm) -> dict[str, str]:
    """What a browser would send of a form as it was shown."""
    return {name: str(form[name].value() if form[name].value() is not None else "") for name in form.fields}


def test_every_figure_has_a_field_on_some_part(world: World) -> None:
    rulebook = all_versions().first
    parts = parts_of(rulebook, rulebook)
    shown = [name for part in parts for name in FiguresForm(part, rulebook, rulebook).fields]
    assert sorted(shown) == sorted(place.name for place in places(rulebook))
    assert all(part.changed == 0 for part in parts)


def test_a_form_that_is_sent_as_it_was_shown_changes_nothing(world: World) -> None:
    rulebook = all_versions().first
    for part in parts_of(rulebook, rulebook):
        form = FiguresForm(part, rulebook, rulebook, values_of(FiguresForm(part, rulebook, rulebook)))
        assert form.is_valid(), (part.name, form.errors)
        assert form.changed() == {}, part.name


@pytest.mark.parametrize(
    ("name", "given", "told"),
    [
        ("statuses.silver.keep.sales_amount", "-1", "greater than or equal to 0"),
        ("statuses.silver.keep.sales_amount", "1.234", "2 decimal places"),
        ("statuses.silver.discount_percent", "101", "less than or equal to 100"),
        ("statuses.silver.keep.seats_count", "many", "whole number"),
        ("statuses.silver.discount_percent", "", "required"),
    ],
)
def test_a_field_says_what_is_wrong_with_it(
    draft: Draft, world: World, sign_in: SignIn, name: str, given: str, told: str
) -> None:
    client = sign_in(world.staff["manager"])
    rulebook = drafts.rulebook_of(draft)
    assert rulebook is not None
    part = next(part for part in parts_of(rulebook, rulebook) if part.name == "statuses.silver")
    data = values_of(FiguresForm(part, rulebook, rulebook)) | {name: given, "revision": str(draft.revision)}
    answer = client.post(f"{url('draft_edit', draft.uid)}?part=statuses.silver", data)
    assert answer.status_code == 422
    assert told in answer.content.decode()


def test_figures_are_saved_by_the_form_and_shown_beside_the_present_ones(
    draft: Draft, world: World, sign_in: SignIn
) -> None:
    client = sign_in(world.staff["manager"])
    address = f"{url('draft_edit', draft.uid)}?part=statuses.silver"
    shown = client.get(address)
    assert "version 1.0: $5,000" in shown.content.decode()
    data = values_of(shown.context["form"]) | {SILVER_SALES: "6500.50", "revision": str(draft.revision)}
    assert client.post(address, data).status_code == 302
    draft.refresh_from_db()
    assert drafts.rulebook_of(draft).statuses[1].keep.sales_amount == Decimal("6500.50")  # type: ignore[union-attr]
    assert client.post(address, data | {SILVER_SALES: "1"}).status_code == 422  # opened before the change


@pytest.mark.clause("G1.1", "G4.5")
def test_lists_and_bands_are_changed_on_the_form_too(draft: Draft, world: World, sign_in: SignIn) -> None:
    client = sign_in(world.staff["manager"])
    address = f"{url('draft_edit', draft.uid)}?part=points"
    shown = values_of(client.get(address).context["form"])
    bands, days = "points.sale.extended_licence_points", "points.notices.before_days"
    assert (shown[bands], shown[days]) == ("50: 15, 250: 20, 25", "60, 30, 7")
    wrong = shown | {bands: "50: many, 25", days: "60, soon", "revision": str(draft.revision)}
    answer = client.post(address, wrong)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {bands, days}
    right = wrong | {bands: "100: 18, 30", days: "45, 14"}
    assert client.post(address, right).status_code == 302
    draft.refresh_from_db()
    points = drafts.rulebook_of(draft).points  # type: ignore[union-attr]
    assert points.notices is not None
    assert points.notices.before_days == (45, 14)
    bands_now = [(band.up_to_seats_count, band.points) for band in points.sale.extended_licence_points]
    assert bands_now == [(100, 18), (None, 30)]
    assert draft.problems == []
    open_end = right | {bands: "100: 18", "revision": str(draft.revision)}
    client.post(address, open_end)
    draft.refresh_from_db()
    assert any("extended_licence_points" in problem for problem in draft.problems)


def test_a_file_is_chosen_or_written_and_its_problems_are_listed(draft: Draft, world: World, sign_in: SignIn) -> None:
    client = sign_in(world.staff["manager"])
    address = url("draft_file", draft.uid)
    broken = SimpleUploadedFile("next.toml", draft.text.replace("net_percent = 5 ", "net_percent = 500 ").encode())
    client.post(address, {"revision": draft.revision, "file": broken, "text": ""})
    draft.refresh_from_db()
    place = draft.text.partition("net_percent = 500 ")[0].count("\n") + 1
    assert draft.problems == [
        f"line {place}: points.sale.net_percent = 500: expected a percentage from 0 to 100 with at most two decimals"
    ]
    shown = client.get(url("draft", draft.uid)).content.decode()
    assert "points.sale.net_percent = 500" in shown
    binary = SimpleUploadedFile("next.toml", b"\xff\xfe\x00")
    assert client.post(address, {"revision": draft.revision, "file": binary}).status_code == 422
    client.post(address, {"revision": draft.revision, "text": text_of(None).replace("\n", "\r\n")})
    draft.refresh_from_db()
    assert any("was not used before" in problem for problem in draft.problems)


def test_what_is_proposed_is_published_by_another_on_a_page_that_says_what_follows(
    proposed: Draft, world: World, sign_in: SignIn
) -> None:
    author, second = sign_in(world.staff["manager"]), sign_in(world.staff["admin"])
    assert author.get(url("draft_publish", proposed.uid)).status_code == 302
    assert author.post(url("draft_publish", proposed.uid)).status_code == 403
    shown = second.get(url("draft_publish", proposed.uid)).content.decode()
    assert "2 partners get a notice" in shown
    assert "until then version 1.0 does" in shown
    assert second.post(url("draft_publish", proposed.uid), {"seal": proposed.seal}).status_code == 302
    partner = sign_in(world.alice).get("/partner/rules/").content.decode()
    assert "What changes from 30 Nov 2026" in partner
    assert "$6,000" in partner
    assert "More" not in sign_in(world.charlie).get("/partner/notices/").content.decode()
    assert (
        "The rules of the program change from 30 Nov 2026"
        in sign_in(world.charlie).get("/partner/notices/").content.decode()
    )


@pytest.mark.parametrize("change", ["figure", "day", "note", "nothing said"])
def test_nobody_publishes_what_they_were_not_shown(
    proposed: Draft, manager: Actor, simulated: Simulate, world: World, sign_in: SignIn, change: str
) -> None:
    """The author takes a proposal back and proposes something else while the second person looks at the first."""
    second, address = sign_in(world.staff["admin"]), url("draft_publish", proposed.uid)
    shown = {"seal": second.get(address).context["draft"].seal} if change != "nothing said" else {}
    draft = deciding.send_back(uid=proposed.uid, reason="", actor=manager, now=NOW)
    if change == "figure":
        draft = drafts.turn(
            uid=draft.uid, revision=draft.revision, values={SILVER_SALES: Decimal(90)}, actor=manager, now=NOW
        )
        simulated(draft)
    deciding.propose(
        uid=draft.uid, revision=draft.revision, note="Other words" if change == "note" else "", actor=manager, now=NOW,
        effective_from=IN_TIME + timedelta(days=change == "day"),
    )  # fmt: skip
    answer = second.post(address, shown)
    assert answer.status_code == 409
    assert "was changed after you opened this page" in answer.text
    assert [book.version for book in all_versions()] == ["1.0"]
    assert second.post(address, {"seal": second.get(address).context["draft"].seal}).status_code == 302


def test_a_draft_with_problems_that_is_proposed_from_an_old_page_says_what_they_are(
    draft: Draft, manager: Actor, world: World, sign_in: SignIn
) -> None:
    client, old = sign_in(world.staff["manager"]), draft.revision
    form = {"revision": old, "effective_from": IN_TIME.isoformat(), "note": ""}
    for wrong, told in ((("net_percent = 5 ", "net_percent = 500 "), "net_percent"), (("[points]", "[points"), "TOML")):
        draft = drafts.replace(
            uid=draft.uid, revision=draft.revision, text=draft.text.replace(*wrong), actor=manager, now=NOW
        )
        answer = client.post(url("draft_propose", draft.uid), form)
        assert answer.status_code == 422
        assert told in answer.text


def test_a_day_that_is_too_early_is_told_at_its_field(
    draft: Draft, simulated: Simulate, world: World, sign_in: SignIn
) -> None:
    simulated(draft)
    client = sign_in(world.staff["manager"])
    early = {"revision": draft.revision, "effective_from": (IN_TIME - timedelta(days=1)).isoformat(), "note": ""}
    answer = client.post(url("draft_propose", draft.uid), early)
    assert answer.status_code == 422
    assert answer.context["form"].errors["effective_from"]


def test_a_version_is_revoked_on_its_page_by_two_people(
    proposed: Draft, admin: Actor, world: World, sign_in: SignIn
) -> None:
    deciding.publish(uid=proposed.uid, seal=proposed.seal, actor=admin, now=proposed.changed_at)
    first, second = sign_in(world.staff["admin"]), sign_in(world.staff["manager"])
    assert first.post(url("revoke", "1.1"), {"reason": "A figure is wrong."}).status_code == 302
    shown = second.get(url("version", "1.1")).content.decode()
    assert "A figure is wrong." in shown
    request = second.get(url("version", "1.1")).context["asked"]
    assert first.post(url("revocation", request.uid), {"action": "revoke"}).status_code == 403
    assert second.post(url("revocation", request.uid), {"action": "revoke"}).status_code == 302
    assert "It never comes into force" in sign_in(world.alice).get("/partner/rules/1.1/").content.decode()


def test_a_decision_leads_to_the_clause_of_the_version_that_made_it(world: World, sign_in: SignIn) -> None:
    standing = standing_on(world.nectar, TODAY)
    assert standing is not None
    page = sign_in(world.alice).get("/partner/status/").content.decode()
    assert '/rules/1.0/#T3.1.3b"' in page
    assert sign_in(world.alice).get("/rules/1.0/")["Location"] == "/partner/rules/1.0/"
    assert sign_in(world.staff["support"]).get("/rules/1.0/")["Location"] == "/console/rulebook/versions/1.0/"
    rules = sign_in(world.alice).get("/partner/rules/1.0/").content.decode()
    assert 'id="T3.1.3b"' in rules
    assert sign_in(world.alice).get("/partner/rules/9.9/").status_code == 404


def test_an_applicant_reads_the_rules_too(world: World, sign_in: SignIn) -> None:
    world.tell({"type": "partner.terminated", "partner": "comb"})
    assert sign_in(world.charlie).get("/partner/rules/").status_code == 200
    assert sign_in(world.charlie).get("/partner/status/").status_code == 403


def test_only_those_who_write_rules_see_how_to_begin(world: World, sign_in: SignIn) -> None:
    assert url("draft_new") not in sign_in(world.staff["finance"]).get(url("drafts")).content.decode()
    client = sign_in(world.staff["manager"])
    token = client.get(url("drafts")).context["form"]["token"].value()
    for _time in range(2):
        assert client.post(url("draft_new"), {"token": token, "note": "More."}).status_code == 302
    assert Draft.objects.count() == 1


@translation.override("en")  # what the pages activate ends with the test
def test_what_is_wrong_with_a_file_is_told_in_the_readers_language(draft: Draft, world: World, sign_in: SignIn) -> None:
    client = sign_in(world.staff["manager"])
    text = text_of(None).replace("net_percent = 5 ", "net_percent = -5 ").replace("[sales]", "[sales]\nzzz = {a = 1}")
    place = text.partition("net_percent = -5 ")[0].count("\n") + 1
    client.post(url("draft_file", draft.uid), {"revision": draft.revision, "text": text})
    english = client.get(url("draft", draft.uid)).content.decode()
    assert "points.sale.net_percent = -5: expected a percentage from 0 to 100 with at most two decimals" in english
    assert "sales.zzz = a table: no such key; expected one of counting_products" in english
    world.staff["manager"].language = "ru"
    world.staff["manager"].save(update_fields=["language"])
    for name in ("draft", "draft_file"):
        page = client.get(url(name, draft.uid)).content.decode()
        assert f"строка {place}: points.sale.net_percent = -5: ожидается процент от 0 до 100, не больше двух" in page
        assert "sales.zzz = таблица: такого ключа нет; ожидается одно из: counting_products" in page
        assert "expected" not in page.partition("<textarea")[0]
    draft.refresh_from_db()
    client.post(url("draft_file", draft.uid), {"revision": draft.revision, "text": "a = \n"})
    page = client.get(url("draft_file", draft.uid)).content.decode()
    assert "это не TOML: недопустимое значение (строка 1, позиция 5)" in page
