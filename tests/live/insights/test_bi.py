"""The views as a BI tool meets them: DuckDB's scanners, SQLAlchemy's reflection, on the database of this run (G4.3)."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import duckdb_extension_postgres_scanner
import duckdb_extension_sqlite_scanner
import pytest
import sqlalchemy
from django.apps import apps
from django.conf import settings
from django.db import connection

from honeyguide.cli.migrate import bring_up_to_date
from honeyguide.insights import models, views_sql
from honeyguide.ledger import queries as ledger
from tests.live.conftest import TODAY, World

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = (models.Movement, models.LotRow, models.ExchangeRow, models.BonusRow, models.PartnerRow)
DOCUMENT = Path(settings.PACKAGE_DIR).parents[1] / "docs/bi.md"


@pytest.fixture
def database(busy: World, tmp_path: Path) -> Iterator[str]:
    """An address of this run's database for tools outside: of SQLite's, a copy as it is now."""
    del busy
    if connection.vendor == "postgresql":
        given = connection.get_connection_params()
        user, password = given["user"], given.get("password") or ""
        yield f"postgresql+psycopg://{user}:{password}@{given['host']}:{given['port']}/{given['dbname']}"
        return
    file = tmp_path / "copy.sqlite3"
    with sqlite3.connect(file) as copy:
        connection.connection.backup(copy)
    yield f"sqlite:///{file}"


@pytest.fixture
def duck(database: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """DuckDB with that database attached for reading, as `honeyguide`."""
    url = sqlalchemy.make_url(database)
    with duckdb.connect() as tool:
        for package in (duckdb_extension_sqlite_scanner, duckdb_extension_postgres_scanner):
            tool.load_extension(str(next(Path(package.__path__[0]).glob("extensions/*/*.duckdb_extension"))))
        if url.drivername == "sqlite":
            tool.execute(f"ATTACH '{url.database}' AS honeyguide (TYPE sqlite, READ_ONLY)")
        else:
            about = f"host={url.host} port={url.port} user={url.username} dbname={url.database}"
            about += f" password={url.password}" if url.password else ""
            tool.execute(f"ATTACH '{about}' AS honeyguide (TYPE postgres, READ_ONLY)")
        yield tool


def only(duck: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    """The one row of a query; read to its end, so that no transaction is left open."""
    (row,) = duck.sql(query).fetchall()
    return tuple(row)


@pytest.mark.clause("G4.3")
def test_duckdb_reads_every_view_with_the_figures_of_the_ledger(duck: duckdb.DuckDBPyConnection) -> None:
    for model in ROWS:
        view = model._meta.db_table
        columns = duck.sql(f"SELECT * FROM honeyguide.{view}").columns
        assert columns == [field.column for field in model._meta.concrete_fields], view
        assert only(duck, f"SELECT COUNT(*) FROM honeyguide.{view}") == (model.objects.count(),), view
    left = only(
        duck,
        "SELECT SUM(remaining) FROM honeyguide.bi_lots "
        f"WHERE partner = 'nectar' AND CAST(expires_on AS DATE) > DATE '{TODAY}'",
    )
    moved = only(duck, "SELECT SUM(points) FROM honeyguide.bi_points_movements WHERE partner = 'nectar'")
    books = ledger.balance("points", "nectar", day=TODAY)
    assert left == (books.in_lots,)
    assert moved == (books.in_lots + books.expired_unposted,)


@pytest.mark.clause("G4.3")
def test_sqlalchemy_finds_the_views_and_their_columns_as_documented(database: str) -> None:
    engine = sqlalchemy.create_engine(database)
    inspector = sqlalchemy.inspect(engine)
    assert set(views_sql.VIEWS) <= set(inspector.get_view_names())
    for model in ROWS:
        columns = [column["name"] for column in inspector.get_columns(model._meta.db_table)]
        assert columns == [field.column for field in model._meta.concrete_fields]
        table = sqlalchemy.Table(model._meta.db_table, sqlalchemy.MetaData(), autoload_with=engine)
        with engine.connect() as through:
            assert len(through.execute(sqlalchemy.select(table)).all()) == model.objects.count()
    engine.dispose()


def test_every_column_is_documented() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    for model in ROWS:
        section = text.split(f"## `{model._meta.db_table}`")[1].split("\n## ")[0]
        documented = [line.split("`")[1] for line in section.splitlines() if line.startswith("| `")]
        assert documented == [field.column for field in model._meta.concrete_fields], model._meta.db_table


@pytest.mark.clause("T5.3")
def test_no_view_has_a_client_contact() -> None:
    personal = {"email", "phone", "postal_address", "website", "contact"}
    for model in ROWS:
        assert not personal & {field.column for field in model._meta.concrete_fields}


def test_the_views_come_back_after_the_tables_were_brought_up_to_date() -> None:
    views_sql.drop(connection)
    assert bring_up_to_date() == "The database is up to date."
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM bi_lots")
        assert cursor.fetchone() == (0,)


def test_each_row_of_the_views_has_a_model_without_a_table() -> None:
    unmanaged: set[Any] = {model for model in apps.get_app_config("insights").get_models() if not model._meta.managed}
    assert unmanaged == {*ROWS, models.FlowRow}
