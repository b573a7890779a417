"""Whoever signs in to the demonstration finds work in each queue, and something that was decided lately."""

from django.test import Client

from honeyguide.accounts.models import User
from honeyguide.conduct import restatements
from honeyguide.conduct.queries import adjustment_in_force, measures_in_force
from honeyguide.demo.load import Loaded
from honeyguide.files.models import StoredFile
from honeyguide.files.storing import is_whole
from honeyguide.history.models import Event
from honeyguide.joining.models import ChangeState, Invitation, InvitationState, ProfileChange
from honeyguide.joining.queries import changes_waiting
from honeyguide.notices.models import Delivery, Notice
from honeyguide.notices.queries import unread_count
from honeyguide.partners.models import Partner
from honeyguide.program.engine import replay
from honeyguide.program.rulebook import load_rulebook
from honeyguide.requirements.models import EvidenceCase, EvidenceState, NfrState
from honeyguide.requirements.queries import evidence_waiting, nfr_waiting
from honeyguide.requirements.verifying import problems
from honeyguide.reviews.models import BusinessReview, ReviewState
from honeyguide.standing.engine import whole_history
from honeyguide.standing.models import Standing, State
from tests.live.conftest import NOW, TODAY


def test_every_queue_has_work_and_something_late(loaded: Loaded) -> None:
    evidence, claims, changes = evidence_waiting(NOW), nfr_waiting(NOW), changes_waiting(NOW)
    assert evidence.count >= 8
    assert evidence.overdue >= 1
    assert evidence.free < evidence.count
    assert claims.count >= 3
    assert claims.overdue >= 1
    assert changes.count >= 4
    assert restatements.summary(NOW).count >= 1
    assert {case.kind for case in EvidenceCase.objects.filter(state=EvidenceState.WAITING)} == {"file", "link", "text"}
    assert Invitation.objects.filter(state=InvitationState.OPEN, expires_at__lt=NOW).exists()
    assert Invitation.objects.filter(state=InvitationState.OPEN, expires_at__gt=NOW).count() >= 3
    assert Standing.objects.filter(state=State.APPLICANT).count() >= 4
    measures = {found.measure for found in measures_in_force(TODAY)}
    assert {"bar_leads", "delist", "block_access"} <= measures
    assert Standing.objects.filter(state=State.SUSPENDED).exists()
    reviews = BusinessReview.objects.filter(state=ReviewState.PLANNED)
    assert reviews.filter(starts_at__gt=NOW).count() >= 2


def test_something_was_decided_lately(loaded: Loaded) -> None:
    assert set(EvidenceCase.objects.values_list("state", flat=True)) >= {
        EvidenceState.WAITING,
        EvidenceState.APPROVED,
        EvidenceState.DECLINED,
    }
    assert Partner.objects.get(key="nectar").nfr_claims.filter(state=NfrState.GRANTED).exists()
    assert ProfileChange.objects.filter(state=ChangeState.DECLINED).exists()
    adjusted = adjustment_in_force("apiario", TODAY)
    assert adjusted is not None
    assert adjusted.percent == 30
    assert Event.objects.filter(type="sale.excluded", partner="klever").exists()


def test_partners_were_told_and_have_read_what_is_older(loaded: Loaded) -> None:
    nectar = Partner.objects.get(key="nectar")
    anna, ben = (User.objects.get(email=f"{name}@nectar.example") for name in ("anna", "ben"))
    assert 0 < unread_count(nectar, anna) < Notice.objects.filter(partner=nectar).count()
    assert unread_count(nectar, ben) > unread_count(nectar, anna)
    for notice in Notice.objects.all():
        assert all((notice.subject_en, notice.body_en, notice.subject_ru, notice.body_ru)), notice.kind
    assert Notice.objects.filter(partner=nectar, kind="status_confirmed").exists()
    assert Notice.objects.filter(partner__key="klever", kind="status_downgraded").exists()
    assert Delivery.objects.exists()


def test_what_is_stored_is_what_the_history_gives(loaded: Loaded) -> None:
    assert not Event.objects.filter(at__gt=NOW).exists()
    answers = replay(whole_history(), load_rulebook(), as_of=TODAY).to_dict(explain=True)["partners"]
    for answer in answers:
        stored = Standing.objects.get(partner__key=answer["partner"])
        assert (stored.state, stored.status, stored.assessed_on) == (answer["state"], answer["status"] or "", TODAY)
    assert len(answers) == Partner.objects.count() == Standing.objects.count()
    assert list(problems()) == []
    for file in StoredFile.objects.all():
        assert is_whole(file)
    assert StoredFile.objects.count() >= 3
    for email, address in (("anna@nectar.example", "/partner/"), ("manager@meadow.example", "/console/")):
        client = Client()
        client.force_login(User.objects.get(email=email), backend="allauth.account.auth_backends.AuthenticationBackend")
        assert client.get(address).status_code == 200
