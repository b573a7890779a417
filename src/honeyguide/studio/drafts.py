"""Writing a draft: begun from the last version, changed figure by figure or as a file, withdrawn."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from honeyguide.accounts.actor import Actor
from honeyguide.common.clock import program_day
from honeyguide.common.errors import Forbidden, Invalid, NotFound, Stale
from honeyguide.common.ids import new_id
from honeyguide.history.services import note as note_event
from honeyguide.partners.deciding import token_in
from honeyguide.program.rulebook import Rulebook, RulebookError, parse_rulebook
from honeyguide.program.rulebook.editing import Value, with_values
from honeyguide.rulebooks.models import RulebookVersion
from honeyguide.rulebooks.queries import all_versions, last_text, listed_version
from honeyguide.rulebooks.services import (
    NOTE_CHARS_MOST,
    REASON_CHARS_MOST,
    TEXT_CHARS_MOST,
    NotPublishable,
    check_fits,
    earliest_day,
    read,
)
from honeyguide.studio.models import Draft, DraftState
from honeyguide.studio.rules import check_author, check_editor, next_version


def begin(*, note: str, form_token: str, actor: Actor, now: datetime) -> Draft:
    """Begin a draft with the text of the last version under the next name. The same form again gives the same draft."""
    check_editor(actor)
    assert actor.user is not None
    token = token_in(form_token)
    today, base = program_day(now), all_versions().last
    taken = {book.version for book in all_versions()} | set(RulebookVersion.objects.values_list("version", flat=True))
    taken |= set(Draft.objects.exclude(state=DraftState.WITHDRAWN).values_list("version", flat=True))
    version = next_version(base.version, taken)
    day = max(earliest_day(today), base.effective_from)
    text = with_values(last_text(), {"version": version, "effective_from": day})
    with transaction.atomic():
        draft, is_new = Draft.objects.get_or_create(
            form_token=token,
            defaults={
                "uid": new_id("drf", now),
                "version": version,
                "base": base.version,
                "note": note.strip()[:NOTE_CHARS_MOST],
                "text": text,
                "problems": problems_of(text),
                "author": actor.user,
                "created_at": now,
                "changed_at": now,
            },
        )
        if is_new:
            note_event("rulebook.drafted", actor=actor, now=now, about={"version": version}, ident=draft.uid)
    return draft


def problems_of(text: str) -> list[str]:
    """What stands in the way of publishing a text, its day aside: one line each."""
    try:
        check_fits(text)
    except NotPublishable as refusal:
        return refusal.problems
    return []


def problems_now(draft: Draft) -> list[str]:
    """What stands in the way of publishing a draft that had problems when it was written, in the reader's language."""
    return problems_of(draft.text) if draft.problems else []


def rulebook_of(draft: Draft) -> Rulebook | None:
    """A draft as a rulebook; None while its text is none."""
    try:
        return parse_rulebook(draft.text)
    except RulebookError:
        return None


def base_of(draft: Draft, today: date) -> Rulebook:
    """The version with which a draft is compared."""
    return listed_version(draft.base, today).rulebook


def locked(uid: str) -> Draft:
    """A draft, locked until the transaction ends. Raises NotFound."""
    draft = Draft.objects.select_for_update(of=("self",)).select_related("author", "decided_by").filter(uid=uid).first()
    if draft is None:
        raise NotFound(_("There is no such draft."))
    return draft


def check_open(draft: Draft, state: DraftState) -> None:
    """Whether a draft is where it must be. Raises Stale, which says where it is."""
    if draft.state != state:
        raise Stale(
            _("This draft is no longer open for that. It is now: %(state)s.") % {"state": draft.get_state_display()},
            state=draft.state,
        )


def check_revision(draft: Draft, revision: int) -> None:
    """Whether what was shown is what is there. Raises Stale."""
    if draft.revision != revision:
        raise Stale(_("The draft was changed after this page was opened. Load it anew."), revision=draft.revision)


def turn(*, uid: str, revision: int, values: Mapping[str, Value | None], actor: Actor, now: datetime) -> Draft:
    """Change single figures, by key (program.rulebook.editing). Raises NotFound, Forbidden, Stale, Invalid."""
    with transaction.atomic():
        draft = _open_for(uid, revision, actor)
        read(draft.text)
        try:
            text = with_values(draft.text, values)
        except (KeyError, TypeError) as unknown:
            raise Invalid(_("There is no such figure: %(key)s.") % {"key": unknown}) from unknown
        return _with_text(draft, text, now)


def replace(*, uid: str, revision: int, text: str, actor: Actor, now: datetime) -> Draft:
    """Take another text for the draft, even one with problems: they are told. Raises NotFound, Forbidden, Stale."""
    text = text.replace("\r\n", "\n")
    if not text.strip() or len(text) > TEXT_CHARS_MOST or "\0" in text:
        raise Invalid(_("Expected a rulebook in TOML."), fields={"text": _("Expected a rulebook in TOML.")})
    with transaction.atomic():
        return _with_text(_open_for(uid, revision, actor), text, now)


def describe(*, uid: str, note: str, actor: Actor, now: datetime) -> Draft:
    """Say what a draft is for. Raises NotFound, Forbidden, Stale."""
    with transaction.atomic():
        draft = locked(uid)
        check_author(actor, draft.author_id)
        check_open(draft, DraftState.DRAFT)
        draft.note, draft.changed_at = note.strip()[:NOTE_CHARS_MOST], now
        draft.save(update_fields=["note", "changed_at"])
    return draft


def compare_with_last(*, uid: str, revision: int, actor: Actor, now: datetime) -> Draft:
    """Lay a draft beside the last version: one was published since it was begun. What it would undo shows then."""
    with transaction.atomic():
        draft = _open_for(uid, revision, actor)
        draft.base = all_versions().last.version
        draft.revision, draft.changed_at, draft.problems = draft.revision + 1, now, problems_of(draft.text)
        draft.save(update_fields=["base", "revision", "changed_at", "problems"])
    return draft


def _open_for(uid: str, revision: int, actor: Actor) -> Draft:
    draft = locked(uid)
    check_author(actor, draft.author_id)
    check_open(draft, DraftState.DRAFT)
    check_revision(draft, revision)
    return draft


def _with_text(draft: Draft, text: str, now: datetime) -> Draft:
    if text == draft.text:
        return draft
    draft.text, draft.problems = text, problems_of(text)
    found = rulebook_of(draft)
    draft.version = found.version if found is not None else draft.version
    draft.revision, draft.changed_at = draft.revision + 1, now
    draft.save(update_fields=["text", "problems", "version", "revision", "changed_at"])
    return draft


def withdraw(*, uid: str, reason: str, actor: Actor, now: datetime) -> Draft:
    """Give a draft up: its author, or an administrator. Again: the same answer. Raises NotFound, Forbidden, Stale."""
    check_editor(actor)
    with transaction.atomic():
        draft = locked(uid)
        if actor.user is None or (actor.user.pk != draft.author_id and actor.role != "admin"):
            raise Forbidden(_("Its author or an administrator withdraws a draft."))
        if draft.state == DraftState.WITHDRAWN:
            return draft
        if not draft.is_open:
            check_open(draft, DraftState.DRAFT)
        draft.state, draft.reason = DraftState.WITHDRAWN, reason.strip()[:REASON_CHARS_MOST]
        draft.decided_by, draft.decided_at, draft.changed_at = actor.user, now, now
        draft.save(update_fields=["state", "reason", "decided_by", "decided_at", "changed_at"])
        note_event("rulebook.withdrawn", actor=actor, now=now, about=about(draft), ident=uid)
    return draft


def about(draft: Draft) -> dict[str, str]:
    """What the history keeps of a decision on a draft."""
    return {"version": draft.version, **({"reason": draft.reason} if draft.reason else {})}
