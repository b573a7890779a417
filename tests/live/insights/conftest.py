"""Nectar with points of every kind: sales, a project, a grant; exchanges, an undone one, a refund, a cancellation."""

from datetime import timedelta

import pytest

from tests.live.conftest import TODAY, World, at
from tests.live.kept import MORE


@pytest.fixture
def busy(world: World) -> World:
    """The world with everything that can happen to points."""
    return world


def tell_of_points(world: World) -> None:
    """Everything that can happen to points, within the last year and a half; told in the order of days."""

    def ago(days: int) -> str:
        return at(TODAY - timedelta(days=days))

    own = {"partner": "nectar"}
    sale = {"type": "sale.paid", **own, "product": "cloud", "seats": 10}
    world.tell({**sale, "at": ago(425), "sale": "b-old", "client": "c-old", "net": "4000.00"})
    world.tell({"type": "points.spent", **own, "at": ago(420), "exchange": "x-1", "points": 150, "item": "course"})
    world.tell({**sale, "at": ago(200), "sale": "b-1", "client": "c-1", "net": "2000.00"})
    world.tell(
        {"type": "project.delivered", **own, "at": ago(150), "project": "p-1", "client": "c-2",
         "modules": ["complex", "simple"], "report": "r", "checklist": "c"},
        {"type": "project.confirmed", **own, "at": ago(149), "project": "p-1"},
    )  # fmt: skip
    world.tell(
        {"type": "points.granted", **own, "at": ago(100), "award": "a-1", "points": 300, "activity": "case_study"}
    )
    world.tell({"type": "points.spent", **own, "at": ago(50), "exchange": "x-2", "points": 500, "item": "consultation"})
    world.tell({"type": "points.spent", **own, "at": ago(30), "exchange": "x-3", "points": 80, "item": "webinar"})
    world.tell({"type": "points.restored", **own, "at": ago(28), "exchange": "x-3", "reason": "called off"})
    world.tell({"type": "sale.refunded", **own, "at": ago(20), "sale": "b-1", "amount": "500.00"})
    world.tell(
        {"type": "points.cancelled", **own, "at": ago(10), "award": "a-1", "reason": "The case study was withdrawn"}
    )


MORE["busy"] = tell_of_points
