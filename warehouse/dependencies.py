"""Which tables the SQL of a model reads, found by parsing it.

What belongs here: `KnownDependencies`, which keeps the answers in a file. What does not: what the names mean (`models.py`),
columns (`lineage.py`).

Loading sqlglot and parsing all models takes a third of a second, each time Dagster loads the definitions; an answer holds as long
as the SQL and the version of sqlglot are the same.
"""

from __future__ import annotations

from hashlib import blake2b
from importlib import metadata
from pathlib import Path

from pipelines.errors import ModelError
from warehouse.kept_answers import KeptAnswers


class KnownDependencies:
    """The tables that queries read, by qualified name; kept in a file if there is one.

    Args:
        cache: the file, as for `KeptAnswers`.
    """

    def __init__(self, cache: Path | None) -> None:
        self._answers = KeptAnswers(cache)
        self._version = metadata.version("sqlglot")

    def of(self, path: Path, sql: str) -> frozenset[str]:
        """The tables that a query reads.

        Args:
            path: its file, for messages.
            sql: the query.

        Raises:
            ModelError: it cannot be parsed, or is not one SELECT statement.
        """
        key = blake2b(f"{self._version}\0{sql}".encode(), digest_size=12).hexdigest()
        return frozenset(self._answers.get(key, lambda: sorted(_dependencies(path, sql))))

    def keep(self) -> None:
        """Write the file, if something is new."""
        self._answers.keep()


def _dependencies(path: Path, sql: str) -> frozenset[str]:
    """The tables a query reads, by qualified name."""
    import sqlglot
    from sqlglot import exp

    try:
        statements = sqlglot.parse(sql, read="duckdb")
    except sqlglot.errors.SqlglotError as err:
        raise ModelError(f"{path}: cannot parse the SQL: {err}") from err
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise ModelError(f"{path}: a model is one SELECT statement")
    query = statements[0]
    ctes = {cte.alias for cte in query.find_all(exp.CTE)}
    return frozenset(
        f"{table.db or 'main'}.{table.name}"
        for table in query.find_all(exp.Table)
        if isinstance(table.this, exp.Identifier) and (table.db or table.name not in ctes)
    )
