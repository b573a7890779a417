"""A transaction holds its entries in one column, `moves`. Fewer indexes on the hot tables.

`ledger_entry` has them as rows: on PostgreSQL it is a view. On SQLite it stays a table, which a trigger fills: tools that
read SQLite's file (DuckDB) learn no types from a view over JSON, and sums over everybody are quicker so.
"""

from typing import ClassVar

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from honeyguide.history import guards
from honeyguide.ledger import postgres

APPEND_ONLY = ("ledger_transaction", "ledger_cancellation")
READERS = (
    "bi_bonuses", "bi_exchanges", "bi_lots", "bi_points_movements", "bi_partners", "points_flows", "ledger_leg",
)  # fmt: skip
"""Views that read the ledger's tables, which cannot be changed under them; `insights` makes its own anew."""
FILL = {
    "postgresql": (
        "UPDATE ledger_transaction t SET moves = (SELECT jsonb_agg(jsonb_build_array(e.lot_id, e.source, e.target, "
        "e.points) ORDER BY e.place) FROM ledger_entry e WHERE e.transaction_id = t.id)"
    ),
    "sqlite": (
        "UPDATE ledger_transaction SET moves = (SELECT json_group_array(json_array(e.lot_id, e.source, e.target, "
        "e.points)) FROM (SELECT * FROM ledger_entry WHERE transaction_id = ledger_transaction.id ORDER BY place) e)"
    ),
}
ENTRIES = {
    "postgresql": """
CREATE VIEW ledger_entry AS
SELECT t.id AS transaction_id, (m.n - 1)::integer AS place, (m.move ->> 0)::bigint AS lot_id, m.move ->> 1 AS source,
       m.move ->> 2 AS target, (m.move ->> 3)::bigint AS points
FROM ledger_transaction t CROSS JOIN LATERAL jsonb_array_elements(t.moves) WITH ORDINALITY AS m (move, n)
""",
    "sqlite": """
CREATE TRIGGER ledger_transaction_entries AFTER INSERT ON ledger_transaction
BEGIN
    INSERT INTO ledger_entry (transaction_id, place, lot_id, source, target, points)
    SELECT NEW.id, m.key, m.value ->> 0, m.value ->> 1, m.value ->> 2, m.value ->> 3 FROM json_each(NEW.moves) m;
END
""",
}
LEGS = """
CREATE VIEW ledger_leg AS
SELECT e.transaction_id, e.place AS entry, t.account_id, a.unit, e.lot_id, e.source AS place, -e.points AS change
FROM ledger_entry e JOIN ledger_transaction t ON t.id = e.transaction_id JOIN ledger_account a ON a.id = t.account_id
UNION ALL
SELECT e.transaction_id, e.place, t.account_id, a.unit, e.lot_id, e.target, e.points
FROM ledger_entry e JOIN ledger_transaction t ON t.id = e.transaction_id JOIN ledger_account a ON a.id = t.account_id
"""
MOVES = {
    "postgresql": (
        "ALTER TABLE ledger_transaction ADD CONSTRAINT ledger_transaction_moves "
        "CHECK (moves @? '$[0]' AND NOT moves @? "
        "'strict $[*] ? (@.size() != 4 || @[3].type() != \"number\" || @[3] <= 0 || @[1] == @[2])')"
    ),
    "sqlite": (
        "CREATE TRIGGER ledger_transaction_moves BEFORE INSERT ON ledger_transaction "
        "WHEN json_array_length(NEW.moves) = 0 OR EXISTS (SELECT 1 FROM json_each(NEW.moves) m "
        "WHERE json_array_length(m.value) <> 4 OR NOT COALESCE(m.value ->> 3 > 0, FALSE) "
        "OR m.value ->> 1 = m.value ->> 2) "
        "BEGIN SELECT RAISE(ABORT, 'ledger_transaction_moves: a transaction moves something'); END"
    ),
}
"""Both legs of an entry stand in one move, so that everything adds up; what is no move is refused."""


def open_tables(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take away what stands in the way of a change."""
    for name in READERS:
        schema_editor.execute(f"DROP VIEW IF EXISTS {name}")
    for table in (*APPEND_ONLY, "ledger_entry"):
        guards.remove(schema_editor.connection, table)


def fill(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The entries that are there go into their transactions."""
    schema_editor.execute(FILL[schema_editor.connection.vendor])


def drop_entries(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make room for the view."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TABLE ledger_entry")


def close_tables(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The views, guards and functions as they are from now on."""
    connection = schema_editor.connection
    schema_editor.execute(ENTRIES[connection.vendor])
    schema_editor.execute(LEGS)
    schema_editor.execute(MOVES[connection.vendor])
    for table in APPEND_ONLY:
        guards.install(connection, table)
    if connection.vendor == "postgresql":
        postgres.install(connection)
    else:
        guards.install(connection, "ledger_entry")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("ledger", "0002_guards")]
    operations: ClassVar = [
        migrations.RunPython(open_tables),
        migrations.AddField("transaction", "moves", models.JSONField(default=list)),
        migrations.RunPython(fill),
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.DeleteModel("Entry")], database_operations=[migrations.RunPython(drop_entries)]
        ),
        migrations.RemoveField("lot", "transaction"),
        migrations.RemoveConstraint("transaction", "ledger_reversed_once"),
        migrations.RemoveConstraint("transaction", "ledger_transaction_after"),
        migrations.RemoveIndex("transaction", "ledger_transaction_late"),
        migrations.RemoveIndex("transaction", "ledger_transaction_day"),
        migrations.AddIndex(
            "transaction", models.Index(fields=["account", "is_late", "day", "id"], name="ledger_transaction_in_time")
        ),
        migrations.CreateModel(
            "Entry",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "transaction_id", "place", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("place", models.IntegerField()),
                ("source", models.CharField(max_length=9)),
                ("target", models.CharField(max_length=9)),
                ("points", models.BigIntegerField()),
            ],
            options={"ordering": ["transaction_id", "place"], "verbose_name_plural": "entries", "managed": False},
        ),
        migrations.RunPython(close_tables),
    ]
