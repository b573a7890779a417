"""The nightly run holds no lock while it reads and replays: what is recorded meanwhile is in what it stores."""

from typing import Any

import pytest

from honeyguide.program.history import History
from honeyguide.standing import services
from honeyguide.standing.engine import whole_history
from honeyguide.standing.models import Standing
from honeyguide.standing.tasks import reassess_today
from tests.live.conftest import NOW, World


@pytest.mark.django_db
def test_what_is_recorded_while_it_reads_counts(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    sale: dict[str, Any] = {
        "type": "sale.paid", "partner": "comb", "sale": "late", "client": "client-1", "product": "cloud",
        "net": "900.00", "seats": 10, "term_months": 12,
    }  # fmt: skip

    def read_then_sold() -> History:
        history = whole_history()
        world.tell(sale)
        return history

    monkeypatch.setattr(services, "whole_history", read_then_sold)
    reassess_today(NOW)
    stored = Standing.objects.get(partner=world.comb)
    row = next(row for row in stored.answer["requirements"] if row["requirement"] == "sales")
    assert row["actual"] == "900.00"
    assert services._late(whole_history()) == set()


@pytest.mark.django_db
def test_partners_that_share_a_client_with_something_new_are_looked_at_too(world: World) -> None:
    before = whole_history()
    world.tell({"type": "sale.paid", "partner": "comb", "sale": "x", "client": "client-1", "product": "cloud",
                "net": "1.00"})  # fmt: skip
    assert services._late(before) == {"comb", "nectar"}
    world.tell({"type": "course.completed", "partner": "nectar", "course": "support"})
    assert services._late(whole_history()) == set()
