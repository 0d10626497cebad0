"""Reading the published warehouse: one sandboxed connection a request, rows as mappings.

What belongs here: the way to the rows. What does not: the queries, which stand with the view that shows their rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import duckdb

from warehouse.query_process import open_published

Row = dict[str, Any]
_MEMORY = "1GB"


class Warehouse:
    """The published version that was current when it was opened."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        """Take an open connection; whoever opened it closes it."""
        self._con = con

    def rows(self, sql: str, **values: object) -> list[Row]:
        """The rows of a query whose values (`$name`) are bound, never written into it."""
        cursor = self._con.execute(sql, values) if values else self._con.execute(sql)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def first(self, sql: str, **values: object) -> Row | None:
        """The first row of a query, or None."""
        found = self.rows(sql, **values)
        return found[0] if found else None


@contextmanager
def reading(published_path: Path) -> Iterator[Warehouse]:
    """Open the published warehouse for one request, so that the next one sees a version published meanwhile.

    Raises:
        QueryError: nothing is published, or the file cannot be opened.
    """
    with closing(open_published(published_path, _MEMORY)) as con:
        yield Warehouse(con)
