"""Tables that a run keeps for the next one: looked up by column, replaced by difference, files of a folder.

What belongs here: `KeptTable`, reading and writing some. What does not: which tables there are (`kept_entities.py`, `copies.py`).

They are a cache beside that of the events (`kept_events.py`), under the same rules: nothing is lost with them but time, and they
are used only if core holds the result of the run that wrote them, made by the same code.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import reduce
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

Schema = Mapping[str, pa.DataType]
ABOUT = "about.json"
_MOST_PIECES = 8  # of a table that come from as many runs ...
_ROWS_AT_ONCE = 20_000  # ... or are that large


class KeptTable:
    """A table of which a run reads and replaces some rows."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table

    @classmethod
    def of(cls, schema: Schema, rows: Sequence[Sequence[Any]] = ()) -> KeptTable:
        """A table with some rows."""
        return cls(_table(schema, rows))

    def where(
        self, column: str, values: Collection[str], *, columns: Sequence[str] | None = None, known: bool | None = None
    ) -> list[tuple]:
        """The rows with one of some values in a column, all columns or those asked for.

        Args:
            column: where to look.
            values: what to look for.
            columns: those that are returned, all if not told.
            known: only rows with a profile, or only those without one.
        """
        names = list(columns or self.table.column_names)
        if not values or not len(self.table):
            return []
        return _rows(self.table.select(names).filter(self.has(column, values, known=known)))

    def each(self, column: str, values: Collection[str], *, columns: Sequence[str]) -> Iterator[tuple]:
        """The same, some rows after the others."""
        if values and len(self.table):
            found = self.table.select(columns).filter(self.has(column, values))
            for begin in range(0, len(found), _ROWS_AT_ONCE):
                yield from _rows(found.slice(begin, _ROWS_AT_ONCE))

    def has(self, column: str, values: Collection[str], *, known: bool | None = None) -> pa.ChunkedArray:
        """For each row whether a column has one of some values; `known` as for `where`."""
        mask = pc.is_in(self.table[column], value_set=pa.array(list(values), pa.string()))
        if known is None:
            return mask
        has_profile = pc.is_valid(self.table["profile_id"])
        return pc.and_(mask, has_profile if known else pc.invert(has_profile))

    def either(self, *masks: pa.ChunkedArray, columns: Sequence[str]) -> KeptTable:
        """The rows for which one of some masks holds."""
        return KeptTable(self.table.select(columns).filter(reduce(pc.or_, masks)))

    def filled(self, column: str, of: str, values: Mapping[str, str]) -> KeptTable:
        """The table with the values of a column replaced where another column has one of some keys."""
        if not values or not len(self.table):
            return self
        table = self.table
        at = pc.index_in(table[of], value_set=pa.array(list(values), pa.string()))
        new = pc.coalesce(pc.take(pa.array(list(values.values()), pa.string()), at), table[column])
        return KeptTable(table.set_column(table.column_names.index(column), column, new))

    def all(self, *columns: str) -> list[tuple]:
        """All rows, all columns or those asked for."""
        return _rows(self.table.select(list(columns)) if columns else self.table)

    def replaced(self, column: str, values: Collection[str], rows: Iterable[Sequence[Any]]) -> KeptTable:
        """The table without the rows that have one of some values in a column, and with other rows, which are read once."""
        table = self.table
        if values and len(table):
            table = table.filter(pc.invert(self.has(column, values)))
        schema = {field.name: field.type for field in table.schema}
        remaining = iter(rows)
        pieces = [table] if len(table) else []
        while piece := list(islice(remaining, _ROWS_AT_ONCE)):
            pieces.append(_table(schema, piece))
        return KeptTable(pa.concat_tables(pieces) if pieces else table)


def write_tables(folder: Path, tables: Mapping[str, KeptTable], **about: Any) -> None:
    """Write tables to a folder that is not there yet.

    Args:
        folder: the folder.
        tables: by name.
        about: what else is to be known, the version of the code among it.
    """
    folder.mkdir(parents=True)
    for name, kept in tables.items():
        table = kept.table
        if any(column.num_chunks > max(_MOST_PIECES, len(column) // _ROWS_AT_ONCE + 1) for column in table.columns):
            table = table.combine_chunks()
        with pa.OSFile(str(folder / f"{name}.arrow"), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)
    # Last, so that a folder without it is known to be no whole one.
    (folder / ABOUT).write_text(json.dumps(about), encoding="utf-8")


def read_tables(folder: Path, names: Iterable[str], version: str) -> tuple[dict[str, KeptTable], dict[str, Any]] | None:
    """Read tables and what else is told of them, if they are whole and the same code wrote them.

    Args:
        folder: where they were written.
        names: the tables.
        version: of the code.
    """
    about = read_about(folder, version)
    if about is None:
        return None
    tables = {}
    for name in names:
        with pa.memory_map(str(folder / f"{name}.arrow")) as source:
            tables[name] = KeptTable(pa.ipc.open_file(source).read_all())
    return tables, about


def read_about(folder: Path, version: str) -> dict[str, Any] | None:
    """What is told of a folder that is whole and that the same code wrote; of another, `None`.

    Args:
        folder: where something is kept.
        version: of the code.
    """
    try:
        about: dict[str, Any] = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return about if about["version"] == version else None


def _table(schema: Schema, rows: Sequence[Sequence[Any]]) -> pa.Table:
    columns: Iterable[Any] = zip(*rows, strict=True) if rows else ([] for _ in schema)
    arrays = [pa.array(column, kind) for column, kind in zip(columns, schema.values(), strict=True)]
    return pa.table(arrays, schema=pa.schema(list(schema.items())))


def _rows(table: pa.Table) -> list[tuple]:
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))
