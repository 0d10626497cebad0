"""The entities of all documents, read by document and given back by entity id, as all of them at once would not fit memory.

What belongs here: `ShelvedNodes`. What does not: what is made of them (`filed_profiles.py`), one document's entities
(`entity_profiles.py`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from pipelines.freed_memory import give_back
from pipelines.stages.resolve.entity_profiles import OTHER, Node, NodeId, companies, read_nodes
from pipelines.stages.resolve.table_files import RecordFile, TableFile

ReadNodes = Callable[[Sequence[str]], Mapping[NodeId, Node]]


class ShelvedNodes:
    """The entities of all documents in files.

    Args:
        documents: their ids, in order; a document's number is its place among them.
        folder: of the files.
    """

    def __init__(self, documents: Sequence[str], folder: Path) -> None:
        self.documents = documents
        self._records = RecordFile(folder)
        self._company = TableFile(folder / "company.arrow", {"names": pa.list_(pa.string())})
        self._begins: list[int] = []  # of the parts of what stands beside, and their arrays
        self._beside: list[tuple[np.ndarray, pa.Array]] = []
        self._bounds: list[str] = []
        self._portions = 0
        self._held: Mapping[NodeId, Node] | None = None  # of the only shelf, which needs no file

    @classmethod
    def read(cls, documents: Sequence[str], at_once: int, read: ReadNodes, folder: Path) -> ShelvedNodes:
        """Read the entities of all documents, some documents after the others.

        Args:
            documents: their ids, in order.
            at_once: how many; a shelf holds about as many entities as these have.
            read: gives the entities of some documents.
            folder: of the files.
        """
        found = cls(documents, folder)
        shelves = max(1, -(-len(documents) // at_once))
        for begin in range(0, len(documents), at_once):
            found._add(begin, documents[begin : begin + at_once], read, shelves)
        number = 0
        for part in found._company.done()["names"].chunks:
            found._begins.append(number)
            found._beside.append((part.offsets.to_numpy(), part.values))
            number += len(part)
        return found

    @property
    def is_one_shelf(self) -> bool:
        """Whether all entities are in memory."""
        return self._held is not None

    def shelves(self) -> Iterator[tuple[Mapping[NodeId, Node], Mapping[str, int]]]:
        """The entities by entity id, all of an id at once, the lesser ids first; with the numbers of their documents; once."""
        if self._held is not None:
            held, self._held = self._held, None
            yield held, {document: number for number, document in enumerate(self.documents)}
            return
        count = len(self._bounds) + 1
        for shelf in range(count if self._portions else 0):
            nodes: dict[NodeId, Node] = {}
            numbers: dict[str, int] = {}
            for portion in range(self._portions):
                some, places = self._records.read(portion * count + shelf)
                nodes.update((node[0], Node(*node)) for node in some)
                numbers.update((node[0][0], place) for node, place in zip(some, places, strict=True))
            yield nodes, numbers
            give_back()

    def beside(self, documents: Sequence[int]) -> list[list[str]]:
        """The first names of some documents (see `entity_profiles.companies`), which are told by their numbers."""
        found = []
        for number in documents:
            part = bisect_right(self._begins, number) - 1
            (starts, names), place = self._beside[part], number - self._begins[part]
            found.append(names.slice(starts[place], starts[place + 1] - starts[place]).to_pylist())
        return found

    def _add(self, begin: int, some: Sequence[str], read: ReadNodes, shelves: int) -> None:
        nodes = read(some)
        numbers = {document: begin + number for number, document in enumerate(some)}
        beside = companies(key for key, node in nodes.items() if node.kind != OTHER)
        self._company.add((beside.get(document, ()),) for document in some)
        if shelves == 1:
            self._held = nodes
            return
        if not self._portions:
            # As profiles are in the order of their ids, which begin with the entity's.
            named = sorted({f"{entity}|" for _, entity in nodes})
            self._bounds = [named[len(named) * number // shelves] for number in range(1, shelves) if named]
        parts: list[list[Node]] = [[] for _ in range(len(self._bounds) + 1)]
        for node in nodes.values():
            parts[bisect_right(self._bounds, f"{node.key[1]}|")].append(node)
        for part in parts:
            self._records.add(([tuple(node) for node in part], [numbers[node.key[0]] for node in part]))
        self._portions += 1


def nodes_reader(
    documents: pd.DataFrame,
    entities: Callable[[Collection[str]], pd.DataFrame],
    mentions: Callable[[Collection[str]], pd.DataFrame],
) -> ReadNodes:
    """Gives the entities of some documents.

    Args:
        documents: document_id, published_date.
        entities, mentions: give the rows of nlp.entities and nlp.entity_mentions of some documents.
    """

    def read(some: Sequence[str]) -> dict[NodeId, Node]:
        told = documents if len(some) == len(documents) else documents[documents["document_id"].isin(some)]
        return read_nodes(told, entities(some), mentions(some))

    return read
