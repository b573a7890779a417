"""Licences not for resale: claimed, granted, extended, over (T8)."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from honeyguide.common.errors import Forbidden, Invalid, NotFound, Refusal, Stale
from honeyguide.history.models import Event
from honeyguide.notices.models import Notice
from honeyguide.partners.models import Partner
from honeyguide.requirements import queries
from honeyguide.requirements.all_licences import all_licences
from honeyguide.requirements.models import NfrClaim
from honeyguide.requirements.services import nfr
from honeyguide.requirements.tasks import close_ended_nfr
from honeyguide.requirements.verifying import problems
from honeyguide.standing.models import Standing
from honeyguide.standing.queries import standing_on
from honeyguide.standing.services import reassess_all
from tests.live.conftest import NOW, TODAY, World, at
from tests.live.requirements.conftest import as_partner, as_staff


def claim(world: World, who: str = "charlie", now: datetime = NOW, **more: object) -> NfrClaim:
    """Comb (or Nectar, for alice) claims a cloud subscription."""
    partner = world.comb if who == "charlie" else world.nectar
    given = {
        "product": "cloud", "account": "https://comb.cloud.example/", "use": "internal", "agreed": True,
        "form_token": f"{now} {sorted(more.values(), key=str)}"[-64:],
    } | more  # fmt: skip
    actor = as_partner(getattr(world, who), partner.key)
    return nfr.claim(partner=partner, actor=actor, now=now, **given)  # type: ignore[arg-type]


def grant(world: World, found: NfrClaim, now: datetime = NOW, role: str = "manager") -> NfrClaim:
    """One of the team grants a claim."""
    return nfr.grant(uid=found.uid, actor=as_staff(world, role), now=now)


def noon(day: date) -> datetime:
    """An instant on a day."""
    return NOW + (day - TODAY)


@pytest.mark.clause("T3.1.1a")
@pytest.mark.clause("T8.1")
def test_granting_a_claim_is_an_event_and_meets_the_requirement_at_once(world: World) -> None:
    found = claim(world)
    assert (found.account, found.agreed_at, found.is_waiting) == ("comb.cloud.example", NOW, True)
    granted = grant(world, found)
    assert (granted.granted_on, granted.ends_on) == (TODAY, date(2027, 5, 20))
    event = Event.objects.get(type="nfr.claimed", uid=found.uid)
    assert (event.partner, event.data["product"], event.data["account"]) == ("comb", "cloud", "comb.cloud.example")
    rows = Standing.objects.get(partner=world.comb).answer["requirements"]
    assert [row["met"] for row in rows if row["requirement"] == "nfr_cloud"] == [True]
    assert Notice.objects.filter(kind="nfr_granted", partner=world.comb).count() == 1
    assert list(problems()) == []


@pytest.mark.clause("T8")
def test_who_does_not_agree_to_the_use_claims_nothing(world: World) -> None:
    with pytest.raises(Invalid) as refused:
        claim(world, agreed=False)
    assert set(refused.value.fields) == {"agreed"}
    assert not NfrClaim.objects.exists()
    claim(world)
    agreed = Event.objects.get(type="nfr.requested").data
    assert (agreed["agreed"], agreed["use"], agreed["clause"]) == (True, "internal", "T8")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"account": "comb"}, "account"),
        ({"account": "comb example.com"}, "account"),
        ({"account": ""}, "account"),
        ({"product": "phone"}, "product"),
        ({"use": "resale"}, "use"),
    ],
)
def test_what_is_missing_is_told_at_its_field(world: World, given: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        claim(world, **given)
    assert field in refused.value.fields


@pytest.mark.clause("T3.1.1b")
@pytest.mark.clause("T8.2")
def test_a_status_allows_so_many_and_bronze_no_key(world: World) -> None:
    with pytest.raises(Refusal, match="no licence of this kind"):
        claim(world, product="on_premise", account="it@comb.example")
    first = claim(world)
    with pytest.raises(Refusal, match="allows 1 of these licences; 0 in use, 1 claimed"):
        claim(world, account="other.cloud.example")
    grant(world, first)
    with pytest.raises(Refusal, match="1 in use, 0 claimed"):
        claim(world, account="other.cloud.example")
    key = claim(world, "alice", product="on_premise", account="IT@Nectar.example")
    nfr.grant(uid=key.uid, actor=as_staff(world), now=NOW, key=" KEY-1 ")
    key.refresh_from_db()
    assert (key.account, key.key, key.ends_on) == ("it@nectar.example", "KEY-1", date(2027, 11, 20))


@pytest.mark.clause("T8.1")
def test_only_an_account_that_never_bought_can_be_claimed(world: World) -> None:
    sale = {
        "type": "sale.paid", "partner": "nectar", "sale": "bought", "client": "paid.cloud.example", "product": "cloud",
        "net": "10.00",
    }  # fmt: skip
    waiting = claim(world, account="paid.cloud.example")
    world.tell(sale)
    with pytest.raises(Invalid, match="has bought a subscription before"):
        grant(world, waiting)
    waiting.refresh_from_db()
    assert waiting.is_waiting
    assert not Event.objects.filter(uid=waiting.uid).exists()
    nfr.decline(uid=waiting.uid, reason="The account has bought.", actor=as_staff(world), now=NOW)
    with pytest.raises(Invalid, match="has bought a subscription before"):
        claim(world, account="paid.cloud.example", form_token="again")


def test_an_account_is_claimed_once_whoever_claims(world: World) -> None:
    claim(world)
    with pytest.raises(Invalid, match="claimed already"):
        claim(world, "alice", account="comb.cloud.example")


@pytest.mark.clause("T8.1")
@pytest.mark.parametrize("written", ["comb.cloud.example", "https://Comb.cloud.example/"])
def test_an_account_with_a_licence_that_a_history_brought_is_claimed_already(world: World, written: str) -> None:
    brought = {"type": "nfr.claimed", "partner": "nectar", "product": "cloud", "account": written}
    waiting = claim(world)
    world.tell({**brought, "at": at(TODAY - timedelta(days=30))})
    with pytest.raises(Invalid, match="claimed already"):
        grant(world, waiting)
    nfr.decline(uid=waiting.uid, reason="Another company has it.", actor=as_staff(world), now=NOW)
    with pytest.raises(Invalid, match="claimed already") as refused:
        claim(world, form_token="again")
    assert set(refused.value.fields) == {"account"}
    assert claim(world, account="other.cloud.example").is_waiting


@pytest.mark.clause("T8.1")
def test_an_account_whose_brought_licence_is_over_can_be_claimed(world: World) -> None:
    since = TODAY - timedelta(days=200)
    world.tell({"type": "nfr.claimed", "partner": "comb", "product": "cloud", "account": "comb.cloud.example",
                "at": at(since)})  # fmt: skip
    assert grant(world, claim(world)).granted_on == TODAY


def test_the_same_form_again_is_the_same_claim_and_it_can_be_taken_back(world: World) -> None:
    found = claim(world)
    assert claim(world).uid == found.uid
    with pytest.raises(NotFound):
        nfr.withdraw(uid=found.uid, partner=world.nectar, actor=as_partner(world.alice, "nectar"), now=NOW)
    for _twice in range(2):
        nfr.withdraw(uid=found.uid, partner=world.comb, actor=as_partner(world.charlie, "comb"), now=NOW)
    with pytest.raises(Stale):
        grant(world, found)
    assert claim(world, form_token="another").is_waiting


def test_only_deciders_grant_and_the_second_is_told(world: World) -> None:
    found = claim(world)
    for actor in (as_staff(world, "support"), as_partner(world.charlie, "comb")):
        with pytest.raises(Forbidden):
            nfr.grant(uid=found.uid, actor=actor, now=NOW)
    grant(world, found)
    grant(world, found)  # the form sent twice
    with pytest.raises(Stale, match="Manager Person has decided this already"):
        grant(world, found, role="admin")
    assert Event.objects.filter(type="nfr.granted").count() == 1


@pytest.mark.clause("T8.1")
def test_a_bronze_subscription_ends_after_six_months_once_and_is_announced(world: World) -> None:
    found = grant(world, claim(world))
    assert close_ended_nfr(date(2027, 4, 1), NOW) == 0
    soon = date(2027, 4, 21)
    assert close_ended_nfr(soon, noon(soon)) == 1
    assert close_ended_nfr(soon, noon(soon)) == 0
    assert Notice.objects.filter(kind="nfr_ending").count() == 1
    last = date(2027, 5, 20)
    assert close_ended_nfr(last - timedelta(days=1), noon(last)) == 0
    assert close_ended_nfr(last, noon(last)) == 1
    assert close_ended_nfr(last, noon(last)) == 0
    found.refresh_from_db()
    assert (found.state, found.closed_on, found.closed_because) == ("ended", last, "time")
    (listed,) = (row for row in all_licences(last) if row.partner == "comb")
    assert (listed.licence.state, listed.licence.term.closed_because) == ("ended", "time")
    assert Notice.objects.filter(kind="nfr_ended").count() == 1
    assert Event.objects.filter(type="nfr.ended", ident=found.uid).count() == 1
    assert list(problems()) == []


@pytest.mark.clause("T8.1")
def test_a_subscription_is_seen_as_over_even_if_no_nightly_run_has_been(world: World) -> None:
    grant(world, claim(world))
    day = date(2027, 5, 20)
    (licence,) = queries.licences_of(world.comb, standing_on(world.comb, day), day)
    assert not licence.term.runs
    (licence,) = queries.licences_of(world.comb, standing_on(world.comb, TODAY), TODAY)
    assert licence.term.runs


@pytest.mark.clause("T8.1")
def test_a_gold_partners_subscription_is_extended_and_may_be_ahead_of_time(world: World) -> None:
    found = grant(world, claim(world, "alice", account="nectar.cloud.example"), now=NOW - timedelta(days=170))
    found.refresh_from_db()
    assert found.ends_on == date(2026, 12, 3)
    assert close_ended_nfr(TODAY, NOW) == 0  # nothing to tell: it will be extended
    nfr.extend(uid=found.uid, actor=as_staff(world), now=NOW)
    found.refresh_from_db()
    assert (found.extensions, found.ends_on) == (1, date(2027, 6, 3))
    with pytest.raises(Refusal, match="can be extended from 4 May 2027"):
        nfr.extend(uid=found.uid, actor=as_staff(world), now=NOW)
    assert Notice.objects.filter(kind="nfr_extended").count() == 1


@pytest.mark.clause("T8.1")
def test_the_nightly_run_extends_what_the_status_extends(world: World) -> None:
    found = grant(world, claim(world, "alice", account="nectar.cloud.example"), now=NOW - timedelta(days=190))
    assert close_ended_nfr(TODAY, NOW) == 1
    assert close_ended_nfr(TODAY, NOW) == 0
    found.refresh_from_db()
    assert (found.state, found.extensions) == ("granted", 1)
    assert found.ends_on is not None
    assert found.ends_on > TODAY


@pytest.mark.clause("T8.1")
def test_a_bronze_partner_gets_no_extension(world: World) -> None:
    found = grant(world, claim(world))
    with pytest.raises(Refusal, match="no extensions"):
        nfr.extend(uid=found.uid, actor=as_staff(world), now=NOW)


@pytest.mark.clause("T8.1")
def test_all_licences_end_with_the_participation(world: World) -> None:
    found = grant(world, claim(world, "alice", account="nectar.cloud.example"))
    later = NOW + timedelta(days=3)
    world.tell({"type": "partner.terminated", "partner": "nectar", "at": later}, now=later)
    assert close_ended_nfr(later.date(), later) == 1
    found.refresh_from_db()
    assert (found.state, found.closed_on, found.closed_because) == ("ended", later.date(), "status")


def test_one_that_is_given_back_makes_room(world: World) -> None:
    found = grant(world, claim(world))
    with pytest.raises(Invalid):
        nfr.give_back(uid=found.uid, reason="", actor=as_staff(world), now=NOW)
    for _twice in range(2):
        nfr.give_back(uid=found.uid, reason="Moved to another account.", actor=as_staff(world), now=NOW)
    found.refresh_from_db()
    assert (found.state, found.closed_on) == ("returned", TODAY)
    assert Notice.objects.filter(kind="nfr_ended").count() == 1
    assert claim(world, account="other.cloud.example").is_waiting


def test_licences_of_an_imported_history_count_too(world: World) -> None:
    assert queries.licences_of(world.nectar, standing_on(world.nectar, TODAY), TODAY)[0].claim is None
    since = TODAY - timedelta(days=30)
    world.tell({"type": "nfr.claimed", "partner": "comb", "product": "cloud", "at": at(since)})
    (licence,) = queries.licences_of(world.comb, standing_on(world.comb, TODAY), TODAY)
    assert (licence.granted_on, licence.term.runs) == (since, True)
    with pytest.raises(Refusal, match="1 in use"):
        claim(world)
    assert list(problems()) == []


def test_the_list_of_all_licences_is_what_each_company_has_after_every_change(world: World) -> None:
    later = NOW + timedelta(days=1)

    def listed(day: date = TODAY) -> list[tuple[str, str, str, queries.Licence]]:
        found = all_licences(day)
        in_order = sorted(found, key=lambda row: (not row.licence.term.runs, row.licence.term.ends_on, row.company))
        assert list(found) == in_order
        each = {
            (partner.key, licence.uid): replace(licence, claim=None)
            for partner in (world.nectar, world.comb)
            for licence in queries.licences_of(partner, standing_on(partner, day), day)
        }
        assert {(row.partner, row.licence.uid): row.licence for row in found} == each
        return [(row.partner, row.company, row.claim, row.licence) for row in found]

    assert [row[:3] for row in listed()] == [("nectar", "Nectar Ltd", "")]
    found = grant(world, claim(world))
    assert [row[:3] for row in listed()] == [("comb", "Comb GmbH", "granted"), ("nectar", "Nectar Ltd", "")]
    Partner.objects.filter(key="comb").update(name="Honey GmbH")
    assert listed()[0][1] == "Honey GmbH"
    nfr.give_back(uid=found.uid, reason="Moved.", actor=as_staff(world), now=NOW)
    assert [(row[2], row[3].state) for row in listed()] == [("", "ended"), ("returned", "returned")]
    world.tell({"type": "nfr.claimed", "partner": "comb", "product": "cloud", "at": at(TODAY)})
    assert len(listed()) == 3
    world.tell({"type": "partner.terminated", "partner": "comb", "at": later}, now=later)
    reassess_all(day=later.date(), now=later, actor=world.actor)
    ends = {row[3].term.closed_because for row in listed(later.date()) if row[0] == "comb"}
    assert ends == {"returned", "status"}
