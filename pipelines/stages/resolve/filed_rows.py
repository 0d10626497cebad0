"""The rows of the entity tables of core for all entities of documents, written some after the others.

What belongs here: `FiledRows`. What does not: what a row says (`entity_rows.py`), which entities are one (`filed_entities.py`).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.stages.resolve.entity_changes import read_node
from pipelines.stages.resolve.entity_clusters import Join
from pipelines.stages.resolve.entity_profiles import Node, NodeId
from pipelines.stages.resolve.entity_rows import each_affiliation, each_entity, each_link
from pipelines.stages.resolve.filed_entities import FiledEntities
from pipelines.stages.resolve.kept_tables import Schema, read_table
from pipelines.stages.resolve.table_files import TableFile, taken

_NODES_AT_ONCE = 30_000
_FILE = "core_"
_TEXT, _TEXTS, _DAY = pa.string(), pa.list_(pa.string()), pa.date32()
_SCHEMAS: dict[str, Schema] = {
    "entities": {
        **dict.fromkeys(("entity_id", "name", "label"), _TEXT),
        "is_named": pa.bool_(),
        **dict.fromkeys(("country", "sector"), _TEXT),
        **dict.fromkeys(("aliases", "titles"), _TEXTS),
        **dict.fromkeys(("mention_count", "document_count"), pa.int64()),
        **dict.fromkeys(("first_seen_date", "last_seen_date"), _DAY),
    },
    "affiliations": {
        **dict.fromkeys(("entity_id", "country", "sector"), _TEXT),
        **dict.fromkeys(("from_date", "to_date"), _DAY),
        "mention_count": pa.int64(),
    },
    "links": {
        **dict.fromkeys(("mention_id", "entity_id", "method"), _TEXT),
        "score": pa.float64(),
        "evidence": _TEXT,
    },
}


class FiledRows:
    """The rows of core of entities that were resolved from nothing.

    Args:
        found: which documents' entities are one.
        folder: of the files.
    """

    def __init__(self, found: FiledEntities, folder: Path) -> None:
        self._found = found
        self._folder = folder
        self._by_document = np.argsort(found.nodes[:, 0], kind="stable").astype(np.int32)
        count = len(found.documents)
        self._starts = np.searchsorted(found.nodes[self._by_document, 0], np.arange(count + 1))

    def entities(self, uncounted: Collection[str], at_once: int) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The rows of core.entities and core.entity_affiliations.

        Args:
            uncounted: the documents that are left out of every number.
            at_once: entities of which all that documents tell is in memory.
        """
        files = [self._file(name) for name in ("entities", "affiliations")]
        for told in self._told(at_once):
            for file, each in zip(files, (each_entity, each_affiliation), strict=True):
                file.add(each(told, uncounted))
        entities, affiliations = (_frame(file.done()) for file in files)
        return entities, affiliations

    def links(self, mentions: Callable[[Collection[str]], pd.DataFrame], at_once: int) -> pd.DataFrame:
        """The rows of core.entity_links.

        Args:
            mentions: gives the rows of nlp.entity_mentions of some documents.
            at_once: documents whose mentions are in memory.
        """
        file = self._file("links")
        for begin in range(0, len(self._found.documents), at_once):
            some = np.arange(begin, min(begin + at_once, len(self._found.documents)))
            rows = mentions(self._found.documents[begin : begin + at_once])
            file.add(each_link(rows, dict(self._links(some))))
        return _frame(file.done())

    def of_documents(self, documents: Collection[str] | None = None) -> dict[NodeId, str]:
        """The entity of core of each entity of some documents, or of all."""
        every = np.array(self._found.documents, dtype=object)
        asked = every if documents is None else np.array(sorted(documents), dtype=object)
        places = np.searchsorted(every, asked)
        known = places < len(every)
        known[known] = every[places[known]] == asked[known]
        return {key: core for key, (core, _) in self._links(places[known])}

    def of_entities(self, entities: Collection[str]) -> pd.DataFrame:
        """What events ask of some entities of core, after the rows of all were written; unknown ones are passed over."""
        core = self._found.core
        # Searched for one by one: to look through all of them for each portion of documents takes the square of the documents.
        places = np.array([bisect_left(_Texts(core), entity) for entity in sorted(entities)], dtype=np.int64)
        table = read_table(self._folder / f"{_FILE}entities.arrow").select(
            ["entity_id", "label", "country", "is_named"]
        )
        found = taken(table, places[places < len(core)])
        return found.filter(pc.is_in(found["entity_id"], value_set=pa.array(list(entities), _TEXT))).to_pandas()

    def _told(self, at_once: int) -> Iterator[dict[str, list[Node]]]:
        """What documents tell of all entities of core, of some after the others."""
        found = self._found
        order = np.argsort(found.core_of, kind="stable").astype(np.int32)
        starts = np.searchsorted(found.core_of[order], np.arange(len(found.core) + 1))
        begin = 0
        while begin < len(found.core):
            # One at least, but few of those that many documents name.
            end = int(np.searchsorted(starts, starts[begin] + _NODES_AT_ONCE, side="right")) - 1
            end = min(max(end, begin + 1), begin + at_once, len(found.core))
            rows = order[starts[begin] : starts[end]]
            told: defaultdict[str, list[Node]] = defaultdict(list)
            cores = found.core.take(pa.array(found.core_of[rows])).to_pylist()
            for core, node in zip(cores, self._nodes(rows), strict=True):
                told[core].append(node)
            begin = end
            yield told

    def _nodes(self, rows: np.ndarray) -> Iterable[Node]:
        """Some rows of the kept table of nodes, by their numbers."""
        if (held := self._found.held) is not None:
            return map(held.__getitem__, rows.tolist())
        columns = (column.to_pylist() for column in taken(read_table(self._folder / "nodes.arrow"), rows).columns)
        return map(read_node, zip(*columns, strict=True))

    def _links(self, documents: np.ndarray) -> Iterator[tuple[NodeId, tuple[str, Join | None]]]:
        """The entity of core and the join of each entity of some documents, which are told as numbers."""
        found = self._found
        counts = self._starts[documents + 1] - self._starts[documents]
        at = np.repeat(self._starts[documents] - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
        rows = self._by_document[at]
        document, entity, profile = found.nodes[rows].T
        names = found.entities.take(pa.array(entity)).to_pylist()
        cores = found.core.take(pa.array(found.core_of[rows])).to_pylist()
        for number, name, core, its_profile in zip(document.tolist(), names, cores, profile.tolist(), strict=True):
            yield (found.documents[number], name), (core, found.joins.get(its_profile))

    def _file(self, name: str) -> TableFile:
        return TableFile(self._folder / f"{_FILE}{name}.arrow", _SCHEMAS[name])


class _Texts(Sequence[str]):
    """Texts of Arrow as Python looks at them."""

    def __init__(self, texts: pa.Array) -> None:
        self._texts = texts

    def __len__(self) -> int:
        return len(self._texts)

    def __getitem__(self, at: Any) -> Any:
        return self._texts[at].as_py()


def _frame(table: pa.Table) -> pd.DataFrame:
    """A table of a file as a frame whose values stay in the file."""
    return table.to_pandas(types_mapper=pd.ArrowDtype)
