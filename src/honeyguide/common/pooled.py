"""PostgreSQL connections that keep plans: a query that comes again is neither read nor planned anew by the server."""

from typing import Any

from psycopg import Connection
from psycopg.abc import PQGen

PREPARED_AFTER = 5
"""A query is prepared when it comes for the sixth time; what is asked once is not."""
PREPARED_MOST = 300
"""So many a connection, the one unused for longest making room: all that the pages that people live in ask."""


class PooledConnection(Connection[Any]):
    """A connection of the pool. After a rollback psycopg has the server forget every prepared statement."""

    def __init__(self, *arguments: Any, **options: Any):
        super().__init__(*arguments, **options)
        self.prepared_max = PREPARED_MOST
        self.named: set[bytes] = set()
        """Statements prepared past psycopg that the server knows."""

    def _deallocate(self, name: bytes | None) -> PQGen[None]:
        if name is None:
            self.named.clear()
        yield from super()._deallocate(name)
