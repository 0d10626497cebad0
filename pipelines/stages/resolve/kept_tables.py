"""Tables that a run keeps for the next one: looked up by column, replaced by difference, files of a folder.

What belongs here: `KeptTable`, reading and writing some. What does not: which tables there are (`kept_entities.py`, `copies.py`).

They are a cache beside that of the events (`kept_events.py`), under the same rules: nothing is lost with them but time, and they
are used only if core holds the result of the run that wrote them, made by the same code.

A run changes few rows, so the file of a table is not written again: the next folder has the same file by another name (a hard
link), the numbers of the rows in it that are no more, and a file of those that came since. Once these are many, all is written.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import reduce
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Schema = Mapping[str, pa.DataType]
ABOUT = "about.json"
_GONE, _ADDED = ".gone.npy", ".added.arrow"  # beside the file of a table: rows of it that are no more, and those since
_ROWS_AT_ONCE = 20_000  # as Python's objects
_MOST_CHANGED = 0.1  # above this share of its rows the whole table is written


class KeptTable:
    """A table of which a run reads and replaces some rows."""

    def __init__(
        self, base: pa.Table, gone: np.ndarray | None = None, added: pa.Table | None = None, path: Path | None = None
    ) -> None:
        """Put a table together.

        Args:
            base: rows that are never copied, as they may be mapped from a file.
            gone: for each of them whether it is no more; `None`: all are there.
            added: further rows, of the same columns.
            path: the file that holds the base, if there is one.
        """
        self._base, self._gone, self._path = base, gone, path
        # No slice of the base, as that would keep the file mapped which is let go.
        self._added = base.schema.empty_table() if added is None else added

    @classmethod
    def of(cls, schema: Schema, rows: Sequence[Sequence[Any]] = ()) -> KeptTable:
        """A table with some rows."""
        return cls(rows_table(schema, rows))

    def __len__(self) -> int:
        gone = 0 if self._gone is None else int(self._gone.sum())
        return len(self._base) - gone + len(self._added)

    def table(self, *columns: str) -> pa.Table:
        """All rows, all columns or those asked for, as an Arrow table."""
        return self._filtered(list(columns) or self._base.column_names, None, None)

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
        return _rows(self.any_of((column, values, known), columns=columns)) if values else []

    def each(self, column: str, values: Collection[str], *, columns: Sequence[str]) -> Iterator[tuple]:
        """The same, some rows after the others."""
        found = self.any_of((column, values, None), columns=columns)
        for begin in range(0, len(found), _ROWS_AT_ONCE):
            yield from _rows(found.slice(begin, _ROWS_AT_ONCE))

    def any_of(
        self, *asked: tuple[str, Collection[str], bool | None], columns: Sequence[str] | None = None
    ) -> pa.Table:
        """The rows of which one of some things holds, as an Arrow table.

        Args:
            asked: for each thing the column, values and `known` of `where`.
            columns: likewise.
        """
        told = [(column, _values(values), known) for column, values, known in asked]
        masks = (
            reduce(pc.or_, [_has(part, *one) for one in told]) for part in (self._base, self._added)
        )  # fmt: skip
        return self._filtered(list(columns or self._base.column_names), *masks)

    def above(self, column: str, least: float) -> list[tuple]:
        """The rows with more than some number in a column; those without a number are none of them."""
        masks = (pc.fill_null(pc.greater(part[column], least), False) for part in (self._base, self._added))
        return _rows(self._filtered(self._base.column_names, *masks))

    def all(self, *columns: str) -> list[tuple]:
        """All rows, all columns or those asked for."""
        return _rows(self.table(*columns))

    def replaced(self, column: str, values: Collection[str], rows: Iterable[Sequence[Any]]) -> KeptTable:
        """The table without the rows that have one of some values in a column, and with other rows, which are read once."""
        gone, added = self._gone, self._added
        if values:
            found = _values(values)
            if len(self._base):
                mask = _mask(pc.is_in(self._base[column], value_set=found))
                gone = mask if gone is None else gone | mask
            added = added.filter(pc.invert(pc.is_in(added[column], value_set=found)))
        schema = {field.name: field.type for field in self._base.schema}
        remaining, pieces = iter(rows), [added]
        while piece := list(islice(remaining, _ROWS_AT_ONCE)):
            pieces.append(rows_table(schema, piece))
        return KeptTable(self._base, gone, pa.concat_tables(pieces), self._path)

    def filled(self, column: str, of: str, values: Mapping[str, str]) -> KeptTable:
        """The table with another value in a column where a column has one of some keys.

        Args:
            column: what is replaced.
            of: where the keys are looked for.
            values: the new value by key.
        """
        if not values:
            return self
        keys = _values(values)
        mask = _has(self._base, of, keys, None)
        moved, gone = self._filtered(self._base.column_names, mask, pa.nulls(len(self._added), pa.bool_())), self._gone
        if len(moved):
            gone = _mask(mask) if gone is None else gone | _mask(mask)
        added = pa.concat_tables([self._added, moved])
        new = pc.take(_values(values.values()), pc.index_in(added[of], value_set=keys))
        new = pc.coalesce(new, added[column])
        added = added.set_column(added.column_names.index(column), column, new)
        return KeptTable(self._base, gone, added, self._path)

    def let_go(self) -> None:
        """Give back the memory of the file, as much of it as was looked at; it is read again where it is needed."""
        if self._path is not None:
            self._base = read_table(self._path)

    def write(self, path: Path) -> None:
        """Write the table to a file that is not there yet, and beside it what is not as in the file that it was read from."""
        gone = np.empty(0, np.int64) if self._gone is None else np.flatnonzero(self._gone)
        if self._path is None or len(gone) + len(self._added) > _MOST_CHANGED * len(self._base):
            _write(self.table(), path)
            return
        link_or_copy(self._path, path)
        if self._gone is None and not len(self._added):
            return
        np.save(f"{path}{_GONE}", gone)
        _write(self._added, Path(f"{path}{_ADDED}"))

    @classmethod
    def read(cls, path: Path) -> KeptTable:
        """Read what was written; the base stays in its file until it is looked at."""
        base = read_table(path)
        if not Path(f"{path}{_ADDED}").exists():
            return cls(base, path=path)
        gone = np.zeros(len(base), dtype=bool)
        gone[np.load(f"{path}{_GONE}")] = True
        return cls(base, gone, read_table(Path(f"{path}{_ADDED}")), path)

    def _filtered(
        self, columns: list[str], in_base: pa.ChunkedArray | None, in_added: pa.ChunkedArray | None
    ) -> pa.Table:
        base, added = self._base.select(columns), self._added.select(columns)
        if self._gone is not None:
            there = ~self._gone
            in_base = pa.array(there if in_base is None else there & _mask(in_base))
        parts = [
            part if mask is None else part.filter(mask)
            for part, mask in ((base, in_base), (added, in_added))
            if len(part)
        ]
        return pa.concat_tables(parts) if parts else base


def write_tables(folder: Path, tables: Mapping[str, KeptTable], **about: Any) -> None:
    """Write tables to a folder that is not there yet.

    Args:
        folder: the folder.
        tables: by name.
        about: what else is to be known, the version of the code among it.
    """
    folder.mkdir(parents=True)
    for name, table in tables.items():
        table.write(folder / f"{name}.arrow")
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
    return {name: KeptTable.read(folder / f"{name}.arrow") for name in names}, about


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


def link_or_copy(file: Path, name: Path) -> None:
    """Give a file another name.

    Args:
        file: is never written again.
        name: not there yet.
    """
    try:
        os.link(file, name)
    except OSError:  # a file system without hard links
        shutil.copyfile(file, name)


def rows_table(schema: Schema, rows: Sequence[Sequence[Any]]) -> pa.Table:
    """A table of some rows."""
    columns: Iterable[Any] = zip(*rows, strict=True) if rows else ([] for _ in schema)
    arrays = [pa.array(column, kind) for column, kind in zip(columns, schema.values(), strict=True)]
    return pa.table(arrays, schema=pa.schema(list(schema.items())))


def _write(table: pa.Table, path: Path) -> None:
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        for begin in range(0, len(table), _ROWS_AT_ONCE):
            writer.write_table(table.slice(begin, _ROWS_AT_ONCE).combine_chunks())


def read_table(path: Path) -> pa.Table:
    """A table from its file, in which its rows stay until they are looked at."""
    with pa.memory_map(str(path)) as source:
        return pa.ipc.open_file(source).read_all()


def _values(values: Collection[str]) -> pa.Array:
    return pa.array(list(values), pa.string())


def _has(part: pa.Table, column: str, values: pa.Array, known: bool | None) -> pa.ChunkedArray:
    mask = pc.is_in(part[column], value_set=values)
    if known is None:
        return mask
    has_profile = pc.is_valid(part["profile_id"])
    return pc.and_(mask, has_profile if known else pc.invert(has_profile))


def _mask(mask: pa.ChunkedArray) -> np.ndarray:
    return mask.to_numpy()


def _rows(table: pa.Table) -> list[tuple]:
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))
