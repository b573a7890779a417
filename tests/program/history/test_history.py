"""What a history holds, column by column."""

import polars as pl
from tests.program.history.samples import all_events, event, same

from honeyguide.program.history import History, history_from_events, validate_raw
from honeyguide.program.history.batches import Batch
from honeyguide.program.history.events import EVENT_COLUMNS, EVENT_TYPES, NONE
from honeyguide.program.history.jsonl import batch_of_events
from honeyguide.program.history.raw import raw_batch

PLAIN = {
    "client": NONE,
    "word": NONE,
    "target": NONE,
    "amount_minor": 0,
    "points": 0,
    "product": NONE,
    "plan": NONE,
    "licences": 0,
    "seats": 0,
    "modules_1": 0,
    "modules_2": 0,
    "modules_3": 0,
    "term_months": NONE,
    "flag": NONE,
    "documented": NONE,
    "until_day": NONE,
    "percent_hundredths": NONE,
}


def row_of(history: History, event_type: str) -> dict[str, int]:
    """The columns of the first event of the type that hold something."""
    row = EVENT_TYPES.index(event_type)
    found = history.events.filter(pl.col("type") == row).row(0, named=True)
    assert found.pop("type") == row
    assert found.pop("partner") == 0
    assert found.pop("at_us") == 1_772_357_400_000_000
    return {name: value for name, value in found.items() if value != PLAIN[name]}


def test_it_holds_every_type_as_the_columns_say() -> None:
    history = history_from_events(all_events())
    assert history.events.schema == EVENT_COLUMNS
    assert history.events.null_count().sum_horizontal().item() == 0
    assert history.partners.to_list() == ["nectar"]
    assert history.clients.to_list() == ["hive"]
    assert history.words.to_list() == ["bar_leads", "cloud", "qbr", "training", "tutorial", "webinar"]
    words = {word: place for place, word in enumerate(history.words)}
    places = {event_type: place for place, event_type in enumerate(EVENT_TYPES)}
    assert {event_type: row_of(history, event_type) for event_type in EVENT_TYPES} == {
        **{event_type: {} for event_type in EVENT_TYPES},
        "course.completed": {"word": words["tutorial"]},
        "nfr.claimed": {"word": words["cloud"]},
        "evidence.approved": {"word": words["webinar"]},
        "evidence.withdrawn": {"word": words["qbr"]},
        "sale.paid": {
            "client": 0,
            "amount_minor": 120_050,
            "product": 0,
            "plan": 1,
            "licences": 2,
            "seats": 50,
            "modules_1": 2,
            "modules_3": 1,
            "term_months": 12,
            "flag": 1,
        },
        "sale.refunded": {"target": places["sale.paid"], "amount_minor": 20_000},
        "sale.excluded": {"target": places["sale.paid"]},
        "project.delivered": {
            "client": 0,
            "target": places["project.delivered"],
            "modules_1": 1,
            "modules_3": 1,
            "flag": 1,
            "documented": 1,
        },
        "project.confirmed": {"target": places["project.delivered"]},
        "points.granted": {"word": words["training"], "points": 40},
        "points.decided": {"target": places["sale.paid"], "flag": 1},
        "points.cancelled": {"target": places["points.granted"]},
        "points.spent": {"points": 10},
        "points.restored": {"target": places["points.spent"]},
        "discount.adjusted": {"percent_hundredths": 1250},
        "measure.applied": {"word": words["bar_leads"], "until_day": 20_818},
        "measure.lifted": {"word": words["bar_leads"]},
    }
    assert history.applications.rows() == [(0, "Nectar Ltd", "GB", "integrator")]


def test_what_is_absent_has_its_default() -> None:
    bare = dict.fromkeys(["currency", "licences", "seats", "plan", "modules", "term_months", "new_client"])
    history = history_from_events(
        [
            event("sale.paid", **bare),
            event("project.delivered", integration=None, checklist=""),
            event("points.decided", decision="refuse"),
            event("measure.applied", until=None),
            event("partner.applied", kind=""),
        ]
    )
    sale, project, decided, measure, _ = history.events.rows(named=True)
    assert (sale["licences"], sale["seats"], sale["plan"], sale["term_months"], sale["flag"]) == (1, 0, 0, NONE, NONE)
    assert (sale["modules_1"], sale["modules_2"], sale["modules_3"]) == (0, 0, 0)
    assert (project["flag"], project["documented"]) == (0, 0)
    assert decided["flag"] == 0
    assert measure["until_day"] == NONE
    assert history.applications.rows() == [(4, "Nectar Ltd", "GB", None)]


def test_an_empty_history_is_one() -> None:
    history = history_from_events([])
    assert len(history) == 0
    assert history.events.schema == EVENT_COLUMNS
    assert history.partners.dtype == history.idents.dtype == pl.String


def test_tables_are_sorted_and_hold_what_is_used() -> None:
    history = history_from_events(
        [event("sale.paid", sale=f"S-{name}", partner=name, client=f"c {name}") for name in ("b", "a", "c", "b-2")]
    )
    assert history.partners.to_list() == ["a", "b", "b-2", "c"]
    assert history.clients.to_list() == ["c a", "c b", "c b-2", "c c"]
    assert history.events["partner"].to_list() == [1, 0, 3, 2]
    assert history.events["client"].to_list() == [1, 0, 3, 2]


def test_raw_events_make_the_same_history() -> None:
    events = [*all_events(), event("lead.won", note="unknown", points="of another type")]
    batch: Batch = batch_of_events(events)
    assert same(validate_raw(raw_batch(batch)), history_from_events(events))
