"""From draft to version: proposed by its author, published or sent back by a second person; and revoking."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from honeyguide.accounts.actor import Actor
from honeyguide.common.clock import program_day
from honeyguide.common.errors import Invalid, NotFound, Refusal, Stale
from honeyguide.common.ids import new_id
from honeyguide.history.services import note as note_event
from honeyguide.partners.deciding import decided_already, same_person
from honeyguide.program.rulebook.editing import with_values
from honeyguide.rulebooks import services as versions
from honeyguide.rulebooks.models import RulebookVersion
from honeyguide.rulebooks.queries import all_versions
from honeyguide.rulebooks.services import NOTE_CHARS_MOST, REASON_CHARS_MOST, NotPublishable, check_fits
from honeyguide.rulebooks.words import changes
from honeyguide.studio.drafts import about, base_of, check_open, check_revision, locked, problems_now, rulebook_of
from honeyguide.studio.models import Draft, DraftState, RequestState, RevocationRequest, SimulationState
from honeyguide.studio.rules import check_author, check_editor, check_second
from honeyguide.studio.tasks import tell_of_revocation, tell_of_version


def propose(*, uid: str, revision: int, effective_from: date, note: str, actor: Actor, now: datetime) -> Draft:
    """Put a draft before a second person, with the day from which it shall hold.

    It must have been simulated as it is. Raises NotFound, Forbidden, Stale, Refusal, NotPublishable with the problems.
    """
    with transaction.atomic():
        draft = locked(uid)
        check_author(actor, draft.author_id)
        if draft.state == DraftState.PROPOSED and draft.revision == revision:
            return draft
        check_open(draft, DraftState.DRAFT)
        if problems := problems_now(draft):  # told first: on a page opened before a change they were not to be seen
            raise NotPublishable(problems)
        check_revision(draft, revision)
        _check_ready(draft, program_day(now))
        text = with_values(draft.text, {"effective_from": effective_from})
        try:
            check_fits(text, today=program_day(now))
        except NotPublishable as refusal:
            refusal.fields = {"effective_from": refusal.message}
            raise
        draft.text, draft.note, draft.problems = text, note.strip()[:NOTE_CHARS_MOST] or draft.note, []
        draft.state, draft.reason, draft.proposed_at, draft.changed_at = DraftState.PROPOSED, "", now, now
        draft.save(update_fields=["text", "note", "problems", "state", "reason", "proposed_at", "changed_at"])
        note_event("rulebook.proposed", actor=actor, now=now, about=about(draft), ident=uid)
    return draft


def _check_ready(draft: Draft, today: date) -> None:
    rulebook, last = rulebook_of(draft), all_versions().last
    if rulebook is None:
        raise NotPublishable([_("Expected a rulebook in TOML.")])
    if draft.base != last.version:
        raise Stale(
            _("Version %(version)s was published since this draft was begun: compare the draft with it first.")
            % {"version": last.version}
        )
    if not changes(base_of(draft, today), rulebook):
        raise Refusal(_("Nothing is changed: there is nothing to publish."))
    if not draft.simulations.filter(revision=draft.revision, state=SimulationState.DONE).exists():
        raise Refusal(_("Simulate the draft as it is now first: whoever publishes it decides by what it would change."))


def send_back(*, uid: str, reason: str, actor: Actor, now: datetime) -> Draft:
    """Give a proposal back to its author, with a reason; the author may take it back without one.

    Again by the same person: the same answer. Raises NotFound, Forbidden, Stale, Invalid.
    """
    check_editor(actor)
    reason = reason.strip()[:REASON_CHARS_MOST]
    with transaction.atomic():
        draft = locked(uid)
        own = actor.user is not None and actor.user.pk == draft.author_id
        if draft.state == DraftState.DRAFT and same_person(actor, draft.decided_by_id):
            return draft
        if draft.state != DraftState.PROPOSED:
            raise decided_already(draft)
        if not reason and not own:
            raise Invalid(_("Say what should be different."), fields={"reason": _("Say what should be different.")})
        draft.state, draft.reason, draft.decided_by = DraftState.DRAFT, reason, actor.user
        draft.decided_at = draft.changed_at = now
        draft.save(update_fields=["state", "reason", "decided_by", "decided_at", "changed_at"])
        note_event("rulebook.sent_back", actor=actor, now=now, about=about(draft), ident=uid)
    return draft


def publish(*, uid: str, seal: str, actor: Actor, now: datetime) -> Draft:
    """Put a proposed draft in force from its day; all partners are told. Not by its author.

    `seal`: of the draft as it was shown (Draft.seal); what was changed since is never published unseen. The second of
    two gets the same answer if it is the same person. Raises NotFound, Forbidden, Stale, NotPublishable.
    """
    with transaction.atomic():
        draft = locked(uid)
        check_second(actor, draft.author_id)
        if draft.state == DraftState.PUBLISHED and same_person(actor, draft.decided_by_id):
            return draft
        if draft.state != DraftState.PROPOSED:
            raise decided_already(draft)
        if seal != draft.seal:
            raise Stale(
                _("The proposal was changed after you opened this page: nothing is published. Read it anew."),
                revision=draft.revision,
            )
        versions.lock()
        if draft.base != all_versions().last.version:
            raise Stale(_("Another version was published since this draft was begun: send it back to its author."))
        draft.published = versions.publish(
            text=draft.text, note=draft.note, proposer=draft.author, actor=actor, now=now
        )
        draft.state, draft.decided_by = DraftState.PUBLISHED, actor.user
        draft.decided_at = draft.changed_at = now
        draft.save(update_fields=["published", "state", "decided_by", "decided_at", "changed_at"])
        tell_of_version.enqueue(draft.published.uid, actor.user.pk if actor.user else None)
    return draft


def ask_to_revoke(*, uid: str, reason: str, actor: Actor, now: datetime) -> RevocationRequest:
    """Ask that a version be taken back before its day; a second person decides.

    Raises NotFound, Forbidden, Invalid without a reason, Stale when it is too late or asked for already.
    """
    check_editor(actor)
    assert actor.user is not None
    reason = reason.strip()[:REASON_CHARS_MOST]
    if not reason:
        raise Invalid(_("Say why."), fields={"reason": _("Say why.")})
    with transaction.atomic():
        row = RulebookVersion.objects.filter(uid=uid).first()
        if row is None:
            raise NotFound(_("There is no such version."))
        versions.check_revocable(row, program_day(now))
        waiting = RevocationRequest.objects.filter(version=row, state=RequestState.WAITING).first()
        if waiting is not None and waiting.asked_by_id == actor.user.pk:
            return waiting
        try:
            with transaction.atomic():
                asked = RevocationRequest.objects.create(
                    uid=new_id("rvk", now), version=row, reason=reason, asked_by=actor.user, asked_at=now
                )
        except IntegrityError as twice:
            raise Stale(_("Somebody has asked for this already.")) from twice
        told = {"version": row.version, "reason": reason}
        note_event("rulebook.revocation_asked", actor=actor, now=now, about=told, ident=row.uid)
    return asked


def decide_on_revoking(*, uid: str, revoke: bool, actor: Actor, now: datetime) -> RevocationRequest:
    """Take a version back as somebody else has asked, or leave it. Partners are told if it is taken back.

    Whoever asked may only take the request back. Raises NotFound, Forbidden, Stale.
    """
    check_editor(actor)
    with transaction.atomic():
        asked = (
            RevocationRequest.objects.select_for_update(of=("self",))
            .select_related("version", "asked_by", "decided_by")
            .filter(uid=uid)
            .first()
        )
        if asked is None:
            raise NotFound(_("There is no such request."))
        wanted = RequestState.DONE if revoke else RequestState.DECLINED
        if asked.state == wanted and same_person(actor, asked.decided_by_id):
            return asked
        if asked.state != RequestState.WAITING:
            raise decided_already(asked)
        if revoke:
            versions.revoke(uid=asked.version.uid, reason=asked.reason, asker=asked.asked_by, actor=actor, now=now)
            tell_of_revocation.enqueue(asked.version.uid, actor.user.pk if actor.user else None)
        else:
            told = {"version": asked.version.version}
            note_event("rulebook.revocation_declined", actor=actor, now=now, about=told, ident=asked.version.uid)
        asked.state, asked.decided_by, asked.decided_at = wanted, actor.user, now
        asked.save(update_fields=["state", "decided_by", "decided_at"])
    return asked
