"""A file of events into the program: what would change, and the change itself, all of it or nothing."""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from honeyguide.accounts.actor import Actor, Via
from honeyguide.common.clock import program_day
from honeyguide.common.errors import Invalid, Refusal, Stale
from honeyguide.common.phrases import worded
from honeyguide.history.bulk import known_ids, with_ids, write_lines
from honeyguide.history.keepable import unkeepable
from honeyguide.history.models import Event
from honeyguide.history.queries import program_events, uids_and_lines_of
from honeyguide.history.services import AHEAD, DoesNotFit, note, note_many
from honeyguide.partners.models import Partner
from honeyguide.program.history import (
    FormError,
    History,
    InvalidHistory,
    UnknownFormError,
    history_with,
    json_lines,
    read_raw,
    refuse_later,
)
from honeyguide.program.history.events import EVENT_TYPES, NONE
from honeyguide.program.history.problems import of_type
from honeyguide.program.history.reading import line_of
from honeyguide.program.phrases import Phrase
from honeyguide.standing.engine import Assessment, assess_history
from honeyguide.standing.models import Standing
from honeyguide.standing.movements import recorded
from honeyguide.standing.services import lock, standing_of, store

IMPORTED = "history.imported"
_SALE = EVENT_TYPES.index("sale.paid")
_BLOCK_BYTES = 1 << 20
NAME_CHARACTERS, KIND_CHARACTERS = 200, 40
"""What the fields of a company hold; a history's texts can be longer."""


class BrokenFile(Invalid):
    """A file that is no valid history, or does not fit the one that is there. `lines`: `FILE:LINE: what is wrong`.

    Lines are phrases (common.phrases), for whoever reads them later.
    """

    code = "broken_file"

    def __init__(self, lines: list[str]) -> None:
        """Keep the lines."""
        told = list(map(worded, lines))
        super().__init__("\n".join(told), lines=told)
        self.lines = lines


@dataclass(frozen=True, slots=True)
class Source:
    """A file and the name by which its owner knows it."""

    path: Path
    name: str

    def sha256(self) -> str:
        """What tells this file from others."""
        digest = hashlib.sha256()
        with self.path.open("rb") as stream:
            while block := stream.read(_BLOCK_BYTES):
                digest.update(block)
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Company:
    """A partner that is not in the program yet."""

    key: str
    name: str
    country: str
    kind: str


@dataclass(frozen=True, slots=True)
class Effect:
    """A partner's standing before and after: state, status ("" for none), discount as text; "" before the first."""

    key: str
    name: str
    state_before: str
    status_before: str
    discount_before: str
    state: str
    status: str
    discount: str

    @property
    def differs(self) -> bool:
        """Whether anything that people see of it is new."""
        before = (self.state_before, self.status_before, self.discount_before)
        return before != (self.state, self.status, self.discount)


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would do, or has done.

    `events`: in the file; `new`: of them, those that the history has not yet. `types`: how many new ones of each type.
    `effects`: everyone whom the new events concern, in the order of keys.
    """

    name: str
    sha256: str
    events: int
    new: int
    without_id: int
    types: dict[str, int]
    first_at: datetime | None
    last_at: datetime | None
    companies: tuple[Company, ...]
    effects: tuple[Effect, ...]

    @property
    def known(self) -> int:
        """How many of the file's events are in the history, or twice in the file."""
        return self.events - self.new


@dataclass(frozen=True, slots=True)
class _Reading:
    preview: Preview
    fresh: pl.DataFrame
    history: History
    known: Sequence[str]
    """Ids of the events that were there before, the first of `history`."""


def preview(source: Source, *, now: datetime) -> Preview:
    """What an import would change, by program day of `now`; nothing is written. Raises BrokenFile, Refusal."""
    day = program_day(now)
    reading = _read(source, now)
    found = assess_history(reading.history, day, _concerned(reading), ranked=False)
    return replace(reading.preview, effects=_effects(reading, found, day))


def apply(source: Source, *, actor: Actor, now: datetime) -> Preview:
    """Record the file's events that are not known yet, with the companies and standings that follow.

    One transaction: raises BrokenFile, Refusal or Stale, and then nothing has changed. Partners get no notices of
    standings that old history brings.
    """
    day = program_day(now)
    with transaction.atomic():
        reading = _read(source, now)
        if not reading.preview.new:
            raise Refusal(_("There is nothing new in %(file)s.") % {"file": source.name})
        _add_companies(reading.preview.companies, source.name, actor=actor, now=now)
        concerned = _concerned(reading)
        partners = lock(concerned)
        history = recorded(reading.history, [*reading.known, *reading.fresh["id"].to_list()])
        found = assess_history(history, day, concerned, ranked=False)
        done = replace(reading.preview, effects=_effects(reading, found, day))
        with _named(source.name):
            write_lines(json_lines(reading.fresh), actor=replace(actor, via=Via.IMPORT), now=now)
        store(partners, found, day, now, actor)
        note(IMPORTED, actor=actor, now=now, about=_about(done), ident=done.sha256)
    return done


def _about(done: Preview) -> dict[str, Any]:
    return {
        "file": done.name,
        "sha256": done.sha256,
        "events": done.new,
        "known": done.known,
        "partners": len(done.companies),
        "changed": sum(effect.differs for effect in done.effects),
        "types": done.types,
    }


@contextmanager
def _named(name: str) -> Iterator[None]:
    """What is wrong with the file, by its name and lines."""
    try:
        yield
    except InvalidHistory as invalid:
        raise BrokenFile(invalid.lines(name)) from invalid
    except UnknownFormError as unknown:
        words = Phrase("expected a file whose name ends in .jsonl, .csv or .parquet")
        raise BrokenFile([_of_file(name, words)]) from unknown
    except DoesNotFit as wrong:
        raise BrokenFile([_of_file(name, phrase) for phrase in wrong.phrases]) from wrong
    except OSError as error:
        raise BrokenFile([_of_file(name, error.strerror or str(error))]) from error


def _of_file(name: str, problem: str) -> Phrase:
    return Phrase("{where}: {problem}", where=name, problem=problem)


def _read(source: Source, now: datetime) -> _Reading:
    """The file, checked by itself and with everything that is recorded."""
    with _named(source.name):
        sha256 = source.sha256()
        raw = list(read_raw(source.path))
        events = pl.concat(raw, how="diagonal") if raw else pl.DataFrame(schema={"id": pl.String, "type": pl.String})
        if not events.height:
            raise FormError(Phrase("holds no events, expected one or more"))
        without_id = events["id"].null_count()
        if without_id:
            _refuse_repetition(sha256, source.name)
        if wrong := unkeepable(json_lines(events)):
            text = of_type(events["type"][wrong.place], wrong.problem)
            raise FormError(text, line_of(source.path, wrong.place))
        known, lines = uids_and_lines_of(program_events())
        history = history_with(lines, source.path)
        fresh = with_ids(_fresh(events), now)
        if fresh.filter(pl.col("at") > now + AHEAD).height:
            refuse_later(source.path, now + AHEAD)
    instants: list[datetime] = fresh["at"].sort().to_list()
    summary = Preview(
        name=source.name,
        sha256=sha256,
        events=events.height,
        new=fresh.height,
        without_id=without_id,
        types=dict(sorted(fresh["type"].value_counts().rows())),
        first_at=instants[0] if instants else None,
        last_at=instants[-1] if instants else None,
        companies=_companies(fresh),
        effects=(),
    )
    return _Reading(summary, fresh, history, known)


def _refuse_repetition(sha256: str, name: str) -> None:
    """Refuse a file that was imported before if its events could not be told from those that it brought then."""
    before = Event.objects.filter(type=IMPORTED, ident=sha256).order_by("-seq").first()
    if before is not None:
        raise Refusal(
            _(
                "%(file)s was imported already, on %(day)s by %(person)s. Its events have no ids of their own, "
                "so they would count twice: expected a file with new events, or with an id for each event."
            )
            % {"file": name, "day": before.recorded_at.date().isoformat(), "person": before.actor_name}
        )


def _fresh(events: pl.DataFrame) -> pl.DataFrame:
    """The events that the history has not; each id once, at its first place."""
    given = events["id"].drop_nulls()
    known = known_ids(given.to_list())
    audit = sorted(uid for uid, is_program in known.items() if not is_program)
    if audit:
        raise DoesNotFit([Phrase("id {id} is not an event's of the program: expected another", id=audit[0])])
    keep = events["id"].is_null() | (events["id"].is_first_distinct() & ~events["id"].is_in(list(known)))
    return events.filter(keep)


def _companies(fresh: pl.DataFrame) -> tuple[Company, ...]:
    """Partners that are not there yet, with what their last application says; without one, the key is the name."""
    keys = sorted(set(fresh["partner"].to_list()))
    there = set(Partner.objects.values_list("key", flat=True))
    applied = {
        row["partner"]: row
        for row in fresh.filter(pl.col("type") == "partner.applied")
        .sort("at", maintain_order=True)
        .select("partner", "name", "country", "kind")
        .to_dicts()
    }
    nothing: dict[str, str] = {}
    return tuple(
        Company(
            key=key,
            name=_cut(applied.get(key, nothing).get("name") or key, NAME_CHARACTERS),
            country=applied.get(key, nothing).get("country") or "",
            kind=_cut(applied.get(key, nothing).get("kind") or "", KIND_CHARACTERS),
        )
        for key in keys
        if key not in there
    )


def _cut(text: str, most: int) -> str:
    """The text as a company's field can hold it; the event keeps all of it."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _add_companies(companies: Collection[Company], file: str, *, actor: Actor, now: datetime) -> None:
    try:
        with transaction.atomic():
            Partner.objects.bulk_create(
                [
                    Partner(key=one.key, name=one.name, country=one.country, kind=one.kind, added_at=now)
                    for one in companies
                ],
                batch_size=500,
            )
    except IntegrityError as taken:
        raise Stale(_("A company of this file was added just now: look at the preview again.")) from taken
    added = [(one.key, {"name": one.name, "country": one.country, "kind": one.kind, "file": file}) for one in companies]
    note_many("partner.added", added, actor=actor, now=now)


def _concerned(reading: _Reading) -> set[str]:
    """Whom the new events can concern: their partners, and whoever sold to the same clients."""
    history = reading.history
    clients = reading.fresh["client"].drop_nulls().unique()
    codes = np.flatnonzero(history.clients.is_in(clients.to_list()).to_numpy())
    sold = history.events.filter(
        (pl.col("type") == _SALE) & (pl.col("client") != NONE) & pl.col("client").is_in(codes.tolist())
    )
    others = history.partners.gather(sold["partner"].unique()).to_list()
    return set(reading.fresh["partner"].to_list()) | set(others)


def _effects(reading: _Reading, found: Mapping[str, Assessment], day: date) -> tuple[Effect, ...]:
    concerned = sorted(found)
    before = {
        standing.partner.key: standing
        for standing in Standing.objects.select_related("partner")
        .defer("answer", "outlook")
        .filter(partner__key__in=concerned)
    }
    names = dict(Partner.objects.filter(key__in=concerned).values_list("key", "name"))
    names |= {company.key: company.name for company in reading.preview.companies}
    nobody = Partner()
    return tuple(_effect(key, names[key], before.get(key), standing_of(nobody, found[key], day)) for key in concerned)


def _effect(key: str, name: str, before: Standing | None, after: Standing) -> Effect:
    return Effect(
        key=key,
        name=name,
        state_before=before.state if before else "",
        status_before=before.status if before else "",
        discount_before=_percent(before) if before else "",
        state=after.state,
        status=after.status,
        discount=_percent(after),
    )


def _percent(standing: Standing) -> str:
    return f"{standing.discount_percent.normalize():f}"
