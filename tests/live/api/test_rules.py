"""The rules by the API: versions, figures with clauses, what a version changed; for applicants too."""

from datetime import timedelta

from honeyguide.accounts.actor import Actor
from honeyguide.program.rulebook.editing import with_values
from honeyguide.rulebooks.queries import last_text
from honeyguide.rulebooks.services import publish
from tests.live.api.conftest import Program, is_problem
from tests.live.conftest import NOW, TODAY, World


def announce(world: World) -> None:
    day = TODAY + timedelta(days=20)
    text = with_values(
        last_text(), {"version": "1.1", "effective_from": day, "statuses.silver.keep.sales_amount": 6000}
    )
    admin = Actor(name="Admin", user=world.staff["admin"])
    publish(text=text, note="", proposer=world.staff["manager"], actor=admin, now=NOW)


def test_versions_are_listed_with_their_days(world: World, nectar: Program) -> None:
    announce(world)
    first, second = nectar.get("/rulebooks").json()["data"]
    assert (first["version"], first["state"], first["effective_to"]) == ("1.0", "in_force", "2026-12-09")
    assert (second["version"], second["state"], second["effective_from"]) == ("1.1", "announced", "2026-12-10")


def test_a_version_has_every_figure_with_its_clause_and_what_it_changed(world: World, operator: Program) -> None:
    announce(world)
    found = operator.get("/rulebooks/1.1").json()
    figure = next(each for each in found["figures"] if each["key"] == "statuses.silver.keep.sales_amount")
    assert (figure["value"], figure["clause"], figure["words"]) == ("6000", "T3.1.2b", "Silver, keep: sales")
    assert [change["words"] for change in found["changes"]] == ["Silver, keep: sales 5,000 → 6,000"]
    current = operator.get("/rulebooks/current").json()
    assert (current["version"], current["changes"]) == ("1.0", [])
    assert next(each for each in current["figures"] if each["key"] == "statuses")["value"] == [
        "bronze",
        "silver",
        "gold",
    ]
    is_problem(operator.get("/rulebooks/9.9"), 404, "not_found")
