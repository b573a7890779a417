"""Events that speak of each other: ids, refunds, decisions, projects, cancelled awards; and events told twice."""

import io
from typing import Any

import numpy as np
import polars as pl
import pytest
from tests.program.history.samples import Event, event, jsonl, problems_of, same

from honeyguide.program.history import History, history_from_events, keys, read_history, references

DAY = "2026-03-0{}T00:00:00Z"


def sale(place: int, day: int, **fields: Any) -> Event:
    return event("sale.paid", sale=f"S-{place}", at=DAY.format(day), **fields)


def refund(place: int, day: int, amount: str | None, **fields: Any) -> Event:
    return event("sale.refunded", sale=f"S-{place}", at=DAY.format(day), amount=amount, **fields)


def column(history: History, name: str) -> list[int]:
    found: list[int] = history.events[name].to_list()
    return found


UNIQUE = "expected an id of its own"


@pytest.mark.parametrize(
    ("events", "problems"),
    [
        (
            [sale(1, 1), sale(1, 2)],
            [f'2: sale.paid: sale is "S-1", already used by sale.paid at line 1, {UNIQUE}'],
        ),
        (
            [sale(1, 1), event("points.granted", award="S-1"), event("project.confirmed", project="S-1")],
            [
                f'2: points.granted: award is "S-1", already used by sale.paid at line 1, {UNIQUE}',
                f'3: project.confirmed: project is "S-1", already used by sale.paid at line 1, {UNIQUE}',
            ],
        ),
        (
            [event("project.delivered", project="S-1"), sale(1, 1)],
            [f'2: sale.paid: sale is "S-1", already used by project.delivered at line 1, {UNIQUE}'],
        ),
        (
            [event("points.spent"), event("points.spent", points=3)],
            [f'2: points.spent: exchange is "X-1", already used by points.spent at line 1, {UNIQUE}'],
        ),
        (
            [event("points.restored")],
            ['1: points.restored: exchange is "X-1", expected the id of an exchange of the file'],
        ),
        (
            [event("points.granted", award="X-1"), event("points.restored")],
            ['2: points.restored: exchange is "X-1", expected the id of an exchange of the file'],
        ),
        (
            [event("points.spent"), event("points.restored", partner="comb")],
            ['2: points.restored: exchange "X-1" is of partner "nectar" at line 1, expected one of the same partner'],
        ),
        (
            [event("points.spent", at=DAY.format(4)), event("points.restored", at=DAY.format(3))],
            ['2: points.restored: exchange "X-1" is later, at line 1, expected an earlier one'],
        ),
        (
            [event("points.restored"), event("points.spent")],
            ['1: points.restored: exchange "X-1" is later, at line 2, expected an earlier one'],
        ),
        (
            [
                event("points.spent", at=DAY.format(1)),
                event("points.restored", at=DAY.format(5)),
                event("points.restored", at=DAY.format(4)),
                event("points.restored", at=DAY.format(6)),
            ],
            [
                '2: points.restored: exchange "X-1" was restored at line 3, expected one that was not',
                '4: points.restored: exchange "X-1" was restored at line 3, expected one that was not',
            ],
        ),
        (
            [refund(1, 2, "5")],
            ['1: sale.refunded: sale is "S-1", expected the id of a sale of the file'],
        ),
        (
            [event("points.granted"), event("sale.excluded", sale="A-1")],
            ['2: sale.excluded: sale is "A-1", expected the id of a sale of the file'],
        ),
        (
            [refund(1, 1, "5"), sale(1, 2)],
            ['1: sale.refunded: sale "S-1" is later, at line 2, expected an earlier one'],
        ),
        (
            [event("points.decided", at=DAY.format(1)), sale(1, 1)],
            ['1: points.decided: sale "S-1" is later, at line 2, expected an earlier one'],
        ),
        (
            [sale(1, 1), event("sale.excluded", partner="comb", at=DAY.format(2))],
            [
                '2: sale.excluded: sale "S-1" is of partner "nectar" at line 1, expected one of the same partner',
            ],
        ),
        (
            [event("points.granted"), event("points.cancelled", partner="comb")],
            ['2: points.cancelled: award "A-1" is of partner "nectar" at line 1, expected one of the same partner'],
        ),
        (
            [event("project.confirmed"), event("points.cancelled", partner="comb", award="P-1")],
            ['2: points.cancelled: project "P-1" is of partner "nectar" at line 1, expected one of the same partner'],
        ),
        (
            [event("project.delivered"), event("project.confirmed", partner="comb")],
            ['2: project.confirmed: project "P-1" is of partner "nectar" at line 1, expected one of the same partner'],
        ),
        (
            [
                event("project.confirmed", at=DAY.format(2)),
                event("project.delivered", at=DAY.format(1), partner="comb"),
            ],
            ['1: project.confirmed: project "P-1" is of partner "comb" at line 2, expected one of the same partner'],
        ),
        (
            [sale(1, 1, net="100"), refund(1, 2, "60"), refund(1, 3, "40.01")],
            ['3: sale.refunded: amount is 40.01, expected at most 40.00, what is left of sale "S-1"'],
        ),
        (
            [sale(1, 1, net="100"), refund(1, 3, "60"), refund(1, 2, "60")],
            ['2: sale.refunded: amount is 60.00, expected at most 40.00, what is left of sale "S-1"'],
        ),
        (
            [sale(1, 1, net="100"), refund(1, 2, None), refund(1, 3, "0.01")],
            ['3: sale.refunded: amount is 0.01, expected at most 0.00, what is left of sale "S-1"'],
        ),
        (
            [sale(1, 1, net="100"), refund(1, 2, "200"), refund(1, 3, "100"), refund(1, 4, "1"), refund(1, 5, None)],
            [
                '2: sale.refunded: amount is 200.00, expected at most 100.00, what is left of sale "S-1"',
                '4: sale.refunded: amount is 1.00, expected at most 0.00, what is left of sale "S-1"',
            ],
        ),
    ],
)
def test_it_names_events_that_do_not_fit_others(events: list[Event], problems: list[str]) -> None:
    assert problems_of(events) == problems


def test_a_bad_sale_is_still_the_one_that_others_speak_of() -> None:
    events = [sale(1, 1, net="much"), refund(1, 2, "5"), event("points.decided", at=DAY.format(2)), sale(1, 3)]
    assert [line.split(":")[0] for line in problems_of(events)] == ["1", "4"]


def test_a_refund_without_an_amount_is_of_all_that_is_left() -> None:
    history = history_from_events(
        [
            refund(1, 5, None),
            sale(1, 1, net="100"),
            refund(1, 2, "30.5"),
            refund(1, 6, None),
            sale(2, 1, net="0"),
            refund(2, 1, None),
        ]
    )
    assert column(history, "amount_minor") == [6950, 10000, 3050, 0, 0, 0]
    assert column(history, "target") == [1, -1, 1, 1, -1, 4]


def test_events_of_one_instant_keep_their_order() -> None:
    assert len(history_from_events([sale(1, 1), refund(1, 1, "5")])) == 2
    assert len(problems_of([refund(1, 1, "5"), sale(1, 1)])) == 1


def test_events_of_a_project_point_to_its_first_in_order() -> None:
    history = history_from_events(
        [
            event("project.delivered", at=DAY.format(3)),
            event("project.confirmed", at=DAY.format(2)),
            event("points.cancelled", award="P-1", at=DAY.format(1)),
            event("project.delivered", at=DAY.format(2)),
            event("project.delivered", project="P-2"),
        ]
    )
    assert column(history, "target") == [1, 1, 1, 1, 4]


def test_a_cancelled_award_may_be_unknown_or_later() -> None:
    history = history_from_events(
        [
            event("points.cancelled", award="A-9"),
            event("points.cancelled", award="A-1", at=DAY.format(1)),
            event("points.granted", at=DAY.format(2)),
            event("points.cancelled", award="S-1"),
            sale(1, 1),
            event("points.cancelled", award=None, points=7),
            event("points.cancelled", award="X-1"),
            event("points.spent"),
        ]
    )
    assert column(history, "target") == [-1, 2, -1, 4, -1, -1, -1, -1]
    assert column(history, "points") == [0, 0, 40, 0, 0, 7, 0, 10]
    assert history.idents.to_list() == ["A-9", "A-1", "A-1", "S-1", "S-1", "", "X-1", "X-1"]


def test_leads_and_exchanges_have_names_of_their_own() -> None:
    assert len(history_from_events([sale(1, 1), event("points.spent", exchange="S-1"), event("lead.won", lead="S-1")]))


# events told twice


def test_an_event_told_twice_counts_once_where_it_was_first() -> None:
    first = sale(1, 1, id="e-1", net="10.5")
    again = {
        **first,
        "at": "2026-03-01T01:00:00+01:00",
        "net": "10.50",
        "reason": None,
        "note": {"b": 1, "a": [2]},
    }
    first["note"] = {"a": [2], "b": 1}
    other = refund(1, 1, None, id="e-2")
    history = history_from_events([first, other, again, other])
    assert same(history, history_from_events([first, other]))
    assert len(history) == 2


@pytest.mark.parametrize(
    "equal",
    [
        {"licences": 1},
        {"licences": None},
        {"seats": 0, "plan": "basic", "modules": []},
        {"seats": None, "plan": None, "modules": None},
    ],
)
def test_a_default_is_as_good_as_the_value(equal: dict[str, Any]) -> None:
    plain: dict[str, Any] = {"licences": None, "seats": None, "plan": None, "modules": None, "id": "e"}
    assert len(history_from_events([sale(1, 1, **plain), sale(1, 1, **(plain | equal))])) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"net": "11"},
        {"seats": 51},
        {"currency": "USD"},
        {"partner": "comb"},
        {"at": DAY.format(2)},
        {"modules": ["standard", "standard", "premium"]},
        {"note": "unknown field"},
        {"reason": "field of another type"},
        {"term_months": None},
        {"new_client": False},
    ],
)
def test_an_id_with_other_content_is_an_error(other: dict[str, Any]) -> None:
    events = [sale(1, 1, id="e-1"), sale(1, 1, id="e-1") | other]
    events[1] = {name: value for name, value in events[1].items() if value is not None}
    (problem,) = problems_of(events)
    assert problem.startswith(
        '2: sale.paid: id is "e-1", which has other content at line 1, expected an id of its own or equal content'
    )


def test_repeated_events_are_found_in_a_stream_across_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("honeyguide.program.history.jsonl.BATCH_LINES", 3)
    events = [event("points.granted", award=f"A-{place}", id=f"e-{place}") for place in range(10)]
    told = events[:8] + events[2:5] + [event("lead.won")] + events[8:] + events[:1]
    history = read_history("-", stdin=io.BytesIO(jsonl(told)))
    assert same(history, history_from_events([*events[:8], event("lead.won"), *events[8:]]))


def test_applications_keep_their_rows_when_repeated_events_are_dropped() -> None:
    accepted, applied = event("partner.accepted", id="e-1"), event("partner.applied", id="e-2")
    history = history_from_events([accepted, accepted, applied, applied, event("partner.applied", partner="comb")])
    assert history.applications.rows() == [(1, "Nectar Ltd", "GB", "integrator"), (2, "Nectar Ltd", "GB", "integrator")]


# hashes


@pytest.mark.parametrize("size", [0, 1, 2, 1000, 100_000])
def test_hashes_are_ranked_as_argsort_does(size: int) -> None:
    rng = np.random.default_rng(size)
    numbers = rng.integers(0, 2**63, size).astype(np.uint64)
    numbers[: size // 3] = numbers[size // 3 : 2 * (size // 3)]
    numbers[: size // 10] ^= np.uint64(1)  # neighbours that differ in the last bit
    assert np.array_equal(keys.ranking(numbers), np.argsort(numbers, kind="stable"))
    few = rng.integers(0, 5, size).astype(np.uint64)
    assert np.array_equal(keys.ranking(few), np.argsort(few, kind="stable"))


def weak(texts: pl.Series) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    return (texts.str.len_bytes().cast(pl.UInt64) * 3).to_numpy()


def test_ids_that_share_a_hash_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    events = [sale(place, 1, client=f"c-{place}", id=f"e-{place}") for place in range(20)]
    events += [refund(place, 2, "1", id=f"r-{place}") for place in range(20)]
    events += [event("project.confirmed", project=f"P-{place}") for place in (1, 2, 1)]
    expected = history_from_events(events)
    monkeypatch.setattr(references, "hashed", weak)
    monkeypatch.setattr(keys, "hashed", weak)
    monkeypatch.setattr(keys, "_FEW", 0)
    monkeypatch.setattr("honeyguide.program.history.repeats.hashed", weak)
    assert same(history_from_events(events), expected)
    assert problems_of([*events, refund(99, 2, "1"), events[0] | {"id": "e-100"}]) == [
        '44: sale.refunded: sale is "S-99", expected the id of a sale of the file',
        f'45: sale.paid: sale is "S-0", already used by sale.paid at line 1, {UNIQUE}',
    ]


@pytest.mark.parametrize("size", [0, 5, 3000])
def test_a_table_of_texts_is_sorted_and_each_is_there_once(size: int) -> None:
    texts = [f"t{place * 7919 % 501}ä" for place in range(size)]
    table, places = keys.sorted_table(pl.Series(texts, dtype=pl.String))
    assert table.to_list() == sorted(set(texts))
    assert table.gather(places).to_list() == texts
