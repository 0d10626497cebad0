"""What the resolving of entities keeps for the next run.

What belongs here: `KeptEntities`, its tables. What does not: tables in general (`kept_tables.py`), what is done with these
(`entities.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipelines.stages.resolve.kept_tables import KeptTable, Schema, read_tables, write_tables

_TEXT, _TEXTS = pa.string(), pa.list_(pa.string())

SCHEMAS: dict[str, Schema] = {
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
        tables: dict[str, Any] = {name: kept_table(name) for name in SCHEMAS}
        return cls(**tables)

    def let_go(self) -> None:
        """Give back the memory of what is in files."""
        for name in SCHEMAS:
            getattr(self, name).let_go()

    def write(self, folder: Path, version: str) -> None:
        """Write all of it to a folder that is not there yet."""
        tables = {name: getattr(self, name) for name in SCHEMAS}
        write_tables(folder, tables, version=version, is_corrected=self.is_corrected)

    @classmethod
    def read(cls, folder: Path, version: str) -> KeptEntities | None:
        """Read what is kept, if it is whole and the same code wrote it."""
        found = read_tables(folder, SCHEMAS, version)
        if found is None:
            return None
        tables: dict[str, Any] = {**found[0]}
        return cls(**tables, is_corrected=found[1]["is_corrected"])


def kept_table(name: str, rows: Sequence[Sequence[Any]] = ()) -> KeptTable:
    """One of the tables with some rows."""
    return KeptTable.of(SCHEMAS[name], rows)
