"""What the resolving of entities keeps for the next run: tables of text, looked up by column and replaced by difference.

What belongs here: `KeptTable`, `KeptEntities`, reading and writing them. What does not: what is done with them (`entities.py`).

It is a cache beside that of the events (`kept_events.py`), under the same rules: nothing is lost with it but time, and it is
used only if core holds the result of the run that wrote it, made by the same code.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

_TEXT, _TEXTS = pa.string(), pa.list_(pa.string())
_ABOUT = "about.json"
_MOST_PIECES = 8  # of a table that come from as many runs

SCHEMAS = {
    # Entities of documents; `profile_id` is missing where the key alone makes them one. `told_*`: how many mentions say so.
    "nodes": {
        **dict.fromkeys(("document_id", "entity_id", "name", "label", "country", "sector"), _TEXT),
        "titles": _TEXTS,
        "mentioned_as": _TEXTS,
        "published": pa.date32(),
        "told_country": _TEXTS,
        "told_sector": _TEXTS,
        "told_count": pa.list_(pa.int32()),
        "profile_id": _TEXT,
    },
    # `cluster_id` before surnames alone and acronyms are joined; `connected` by pairs that speak for one entity.
    "profiles": {
        **dict.fromkeys(("profile_id", "entity_id", "cluster_id", "connected"), _TEXT),
        "anchor_date": pa.date32(),
        "anchor_document": _TEXT,
        "method": _TEXT,
        "score": pa.float64(),
        "evidence": _TEXT,
        "core_id": _TEXT,
    },
    "blocks": dict.fromkeys(("key", "profile_id", "country", "last", "first"), _TEXT),
    # `blocks`: how many give the pair; without odds the names are not alike.
    "pairs": {
        **dict.fromkeys(("first", "second"), _TEXT),
        "blocks": pa.int32(),
        "odds": pa.float64(),
        "method": _TEXT,
        "evidence": _TEXT,
    },
    # Clusters with those that were joined to them later: `host` is the one that it was joined to.
    "clusters": {
        "cluster_id": _TEXT,
        "members": _TEXTS,
        "is_alone": pa.bool_(),
        "countries": _TEXTS,
        "host": _TEXT,
        "method": _TEXT,
        "score": pa.float64(),
        "evidence": _TEXT,
    },
    # By surname (persons) or acronym (organisations).
    "keys": {"key": _TEXT, "cluster_id": _TEXT, "is_alone": pa.bool_()},
    # Persons whom a surname alone may mean, and does not surely enough.
    "bearers": {
        **dict.fromkeys(("cluster_id", "bearer_id"), _TEXT),
        "odds": pa.float64(),
        "method": _TEXT,
        "evidence": _TEXT,
    },
    # What is one entity: a cluster with those joined to it, or what bears one key.
    "groups": {
        "group_id": _TEXT,
        "anchor_date": pa.date32(),
        **dict.fromkeys(("anchor_document", "anchor_entity", "core_id"), _TEXT),
    },
    "documents": {"document_id": _TEXT, "is_counted": pa.bool_(), "print": _TEXT},
    "common": {"entity_id": _TEXT},
}


class KeptTable:
    """A table of which a run reads and replaces some rows."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table

    @classmethod
    def of(cls, name: str, rows: Sequence[Sequence[Any]] = ()) -> KeptTable:
        """A table of `SCHEMAS` with some rows."""
        return cls(_table(SCHEMAS[name], rows))

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
        mask = self._has(column, values)
        if known is not None:
            has_profile = pc.is_valid(self.table["profile_id"])
            mask = pc.and_(mask, has_profile if known else pc.invert(has_profile))
        return _rows(self.table.select(names).filter(mask))

    def all(self, *columns: str) -> list[tuple]:
        """All rows, all columns or those asked for."""
        return _rows(self.table.select(list(columns)) if columns else self.table)

    def replaced(self, column: str, values: Collection[str], rows: Sequence[Sequence[Any]]) -> KeptTable:
        """The table without the rows that have one of some values in a column, and with other rows."""
        table = self.table
        if values and len(table):
            table = table.filter(pc.invert(self._has(column, values)))
        if rows:
            schema = {field.name: field.type for field in table.schema}
            table = pa.concat_tables([table, _table(schema, rows)])
        return KeptTable(table)

    def _has(self, column: str, values: Collection[str]) -> pa.ChunkedArray:
        return pc.is_in(self.table[column], value_set=pa.array(list(values), _TEXT))


@dataclass(frozen=True, slots=True)
class KeptEntities:
    """The tables of `SCHEMAS`, and whether people's corrections had a part in them."""

    nodes: KeptTable
    profiles: KeptTable
    blocks: KeptTable
    pairs: KeptTable
    clusters: KeptTable
    keys: KeptTable
    bearers: KeptTable
    groups: KeptTable
    documents: KeptTable
    common: KeptTable
    is_corrected: bool = False

    @classmethod
    def nothing(cls) -> KeptEntities:
        """What there is before the first run."""
        return cls(**{name: KeptTable.of(name) for name in SCHEMAS})

    def write(self, folder: Path, version: str) -> None:
        """Write all of it to a folder that is not there yet."""
        folder.mkdir(parents=True)
        for name in SCHEMAS:
            table = getattr(self, name).table
            if any(column.num_chunks > _MOST_PIECES for column in table.columns):
                table = table.combine_chunks()
            with (
                pa.OSFile(str(folder / f"{name}.arrow"), "wb") as sink,
                pa.ipc.new_file(sink, table.schema) as writer,
            ):
                writer.write_table(table)
        # Last, so that a folder without it is known to be no whole one.
        about = {"version": version, "is_corrected": self.is_corrected}
        (folder / _ABOUT).write_text(json.dumps(about), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path, version: str) -> KeptEntities | None:
        """Read what is kept, if it is whole and the same code wrote it."""
        try:
            about = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        if about["version"] != version:
            return None
        tables = {}
        for field in fields(cls):
            if field.name in SCHEMAS:
                with pa.memory_map(str(folder / f"{field.name}.arrow")) as source:
                    tables[field.name] = KeptTable(pa.ipc.open_file(source).read_all())
        return cls(**tables, is_corrected=about["is_corrected"])


def _table(schema: dict[str, pa.DataType], rows: Sequence[Sequence[Any]]) -> pa.Table:
    columns: Iterable[Any] = zip(*rows, strict=True) if rows else ([] for _ in schema)
    arrays = [pa.array(column, kind) for column, kind in zip(columns, schema.values(), strict=True)]
    return pa.table(arrays, schema=pa.schema(list(schema.items())))


def _rows(table: pa.Table) -> list[tuple]:
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))
