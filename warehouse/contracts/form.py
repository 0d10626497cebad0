"""The form of a table contract: Table, Column, ForeignKey, Span.

What belongs here: the frozen dataclasses alone. What does not: any table (`raw.py`, `nlp.py`, `core.py`), the DDL made from
them (`warehouse/layout.py`), the checks made from them (`warehouse/checks.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Column:
    """A column: DuckDB type, what it means, whether it may be null, and the closed list its values come from, if any."""

    name: str
    type: str
    description: str
    nullable: bool = field(default=False, kw_only=True)
    one_of: tuple[str, ...] = field(default=(), kw_only=True)


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """Columns whose values, where none is null, are a row of another table ("schema.table")."""

    columns: tuple[str, ...]
    table: str
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """Columns that hold a half-open span of the canonical text and, if there is one, the column that repeats its text."""

    start: str = "start_char"
    end: str = "end_char"
    text: str | None = "text"


@dataclass(frozen=True, slots=True)
class Table:
    """A table that Python builds: what one row is, its columns in order, its keys and its spans."""

    schema: str
    name: str
    grain: str  # "one row per ..."
    description: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...] = ()
    spans: tuple[Span, ...] = ()

    @property
    def qualified_name(self) -> str:
        """`schema.name`, the name of the table, its asset and its checks."""
        return f"{self.schema}.{self.name}"

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)
