"""The profiles of all documents' entities in files, and in memory what is a number.

What belongs here: `FiledProfiles`: making them shelf by shelf (`shelved_nodes.py`), and loading some. What does not: what a
profile is (`entity_profiles.py`), pairs (`filed_pairs.py`), clusters (`filed_clusters.py`).

A profile's number is its place in the order of ids, so of two profiles the one with the lesser id has the lesser number.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from pandas.util import hash_array

from pipelines.stages.resolve.entity_blocks import block_rows, place_in_block
from pipelines.stages.resolve.entity_changes import node_row
from pipelines.stages.resolve.entity_evidence import RARE
from pipelines.stages.resolve.entity_hosts import keys_of
from pipelines.stages.resolve.entity_names import Name
from pipelines.stages.resolve.entity_profiles import OTHER, Node, NodeId, Profile, build_profiles
from pipelines.stages.resolve.kept_entities import SCHEMAS
from pipelines.stages.resolve.shelved_nodes import ShelvedNodes
from pipelines.stages.resolve.table_files import RecordFile, TableFile

_TEXT = pa.string()
_MADE = {
    **dict.fromkeys(("profile_id", "entity_id", "country", "last", "first"), _TEXT),
    "is_alone": pa.bool_(),
    "countries": pa.list_(_TEXT),
}
_KEYS = {"key": _TEXT, "profile_id": _TEXT, "is_alone": pa.bool_()}
_PLAIN = [
    field.name for field in fields(Profile) if field.name not in ("names", "nodes", "beside", "_documents", "_company")
]
_plain_of, _name_of = attrgetter(*_PLAIN), attrgetter(*(field.name for field in fields(Name)))
_FEW = 40  # documents whose names are held
_DAY_ZERO = date(1970, 1, 1).toordinal()


class Hashed(NamedTuple):
    """Rows of keys that profiles have: the hash of each key, and the number of the profile."""

    key: np.ndarray
    profile: np.ndarray


class FiledProfiles:
    """The profiles of all documents' entities.

    Attributes:
        made: a row a profile.
        entities: the entity ids, those that are one by their key alone among them; an id's number is its place.
        anchors: n by 3, for each profile the day, document and entity id of its earliest node, as numbers.
        keyed: likewise for each entity id that is one by its key alone.
        nodes: n by 3, for each row of the kept table of nodes its document, entity id and profile (-1 without one), as numbers.
        blocks: the rows of the kept table of blocks.
        keys: of single words (`entity_hosts.keys_of`); as a table `key_rows`.
        common: see `entity_evidence.compare`.
        held: the rows of the kept table of nodes as they were read, where all are of one shelf; `None`: they are in its file.
    """

    def __init__(self, nodes: ShelvedNodes, folder: Path, single: Collection[NodeId] = ()) -> None:
        """Make all profiles; the tables of nodes and blocks are in the folder then.

        Args:
            nodes: the entities of documents.
            folder: of the files.
            single: nodes that have a profile of their own.
        """
        self._shelved = nodes
        self._records = RecordFile(folder)
        self._files = {name: TableFile(folder / f"{name}.arrow", SCHEMAS[name]) for name in ("nodes", "blocks")}
        self._files["made"] = TableFile(folder / "made.arrow", _MADE)
        self._files["keys"] = TableFile(folder / "key_rows.arrow", _KEYS)
        self._entity_ids: list[pa.Array] = []
        self._count = 0
        # Arrays that grow where they are: parts that are joined in the end would be there twice.
        numbers = {name: array("i") for name in ("anchors", "keyed", "nodes")}
        hashed = {name: (array("q"), array("i")) for name in ("blocks", "keys")}
        self.common: set[str] = set()
        self.held: list[Node] | None = [] if nodes.is_one_shelf else None
        for some, documents in nodes.shelves():
            self._add(some, documents, single, numbers, hashed)
        tables = {name: file.done() for name, file in self._files.items()}
        self.made, self.key_rows = tables["made"], tables["keys"]
        self.entities = pa.chunked_array(self._entity_ids, _TEXT).combine_chunks()
        self.anchors, self.keyed, self.nodes = (
            np.frombuffer(numbers[name], dtype=np.int32).reshape(-1, 3) for name in ("anchors", "keyed", "nodes")
        )
        self.blocks, self.keys = (
            Hashed(np.frombuffer(key, dtype=np.int64), np.frombuffer(profile, dtype=np.int32))
            for key, profile in hashed.values()
        )

    def __len__(self) -> int:
        return len(self.made)

    def file(self, name: str) -> Path:
        """The file of a kept table that was made: of nodes or blocks."""
        return self._files[name].path

    def sizes(self) -> np.ndarray:
        """How many documents tell of each."""
        told = self.nodes[:, 2]
        return np.bincount(told[told >= 0], minlength=len(self))

    def document(self, number: int) -> str:
        """The id of a document."""
        return self._shelved.documents[number]

    def let_go_of_blocks(self) -> None:
        """Give back what only the search for pairs asks for."""
        self.blocks = Hashed(np.empty(0, np.int64), np.empty(0, np.int32))

    def load(self, numbers: Iterable[int]) -> dict[int, Profile]:
        """Some profiles, or clusters of them that were added, by their numbers."""
        found = {}
        for number in numbers:
            plain, names, entities, places = self._records.read(number)
            documents = [self._shelved.documents[place] for place in places]
            found[number] = Profile(
                **dict(zip(_PLAIN, plain, strict=True)),
                names={Name(*name): count for name, count in names},
                nodes=tuple(zip(documents, entities * len(documents) if len(entities) == 1 else entities, strict=True)),
                beside=_Beside(self._shelved, documents, places),
            )
        return found

    def add(self, profile: Profile, documents: Mapping[str, int]) -> int:
        """Add a profile; the number that it is loaded by."""
        entities = [entity for _, entity in profile.nodes]
        return self._records.add(
            (
                _plain_of(profile),
                [(_name_of(name), count) for name, count in profile.names.items()],
                entities[:1] if len(set(entities)) == 1 else entities,
                [documents[document] for document, _ in profile.nodes],
            )
        )

    def _add(
        self, nodes: Mapping[NodeId, Node], documents: Mapping[str, int], single: Collection[NodeId],
        numbers: Mapping[str, array], hashed: Mapping[str, tuple[array, array]],
    ) -> None:  # fmt: skip
        start = sum(map(len, self._entity_ids))
        named = sorted({entity for _, entity in nodes}, key=lambda entity: f"{entity}|")
        self._entity_ids.append(pa.array(named, _TEXT))
        number_of = {entity: start + place for place, entity in enumerate(named)}
        keyed = sorted(
            (node for node in nodes.values() if node.kind == OTHER), key=lambda node: (node.key[1], node.order)
        )
        profiles = build_profiles(nodes, {}, single)
        keys = [(key, profile.id, profile.is_alone) for profile in profiles for key in keys_of(profile)]
        blocks = [row for profile in profiles for row in block_rows(profile)]
        first = self._count
        place = {profile.id: first + at for at, profile in enumerate(profiles)}
        self._count += len(profiles)

        def numbers_of(node: Node) -> tuple[int, int, int]:
            day, (document, entity) = node.order
            return day.toordinal() - _DAY_ZERO, documents[document], number_of[entity]

        seen = set[str]()
        for node in keyed:
            day, document, entity = numbers_of(node)
            if node.key[1] not in seen:
                seen.add(node.key[1])
                numbers["keyed"].extend((day, document, entity))
            numbers["nodes"].extend((document, entity, -1))
        for number, profile in enumerate(profiles, first):
            numbers["anchors"].extend(numbers_of(nodes[profile.nodes[0]]))
            for its_document, its_entity in profile.nodes:
                numbers["nodes"].extend((documents[its_document], number_of[its_entity], number))
            self.add(profile, documents)
        self._files["nodes"].add(node_row(node, None) for node in keyed)
        self._files["nodes"].add(node_row(nodes[key], p.id) for p in profiles for key in p.nodes)
        if self.held is not None:
            self.held = [*keyed, *(nodes[key] for profile in profiles for key in profile.nodes)]
        self._files["blocks"].add(blocks)
        self._files["keys"].add(keys)
        self._files["made"].add(map(_made_row, profiles))
        for name, its_rows in (("blocks", blocks), ("keys", keys)):
            hashes_of, profiles_of = hashed[name]
            hashes_of.frombytes(hashes([row[0] for row in its_rows]).tobytes())
            profiles_of.extend(place[row[1]] for row in its_rows)
        counts: dict[str, int] = {}
        for profile in profiles:
            for _, its_entity in profile.nodes:
                counts[its_entity] = counts.get(its_entity, 0) + 1
        self.common.update(name for name, count in counts.items() if count > RARE)


class _Beside(Mapping[str, Collection[str]]):
    """The names in the documents of a profile, read when they are first asked for, as most profiles differ in their own name."""

    def __init__(self, nodes: ShelvedNodes, documents: Sequence[str], places: Sequence[int]) -> None:
        self._nodes, self._documents, self._places = nodes, documents, places
        self._found: dict[str, list[str]] = {}

    def __getitem__(self, document: str) -> Collection[str]:
        if document not in self._found:
            self._found = dict(zip(self._documents, self._nodes.beside(self._places), strict=True))
        # Of many documents a profile puts the names together once.
        return self._found[document] if len(self._places) <= _FEW else self._found.pop(document)

    def __iter__(self) -> Iterator[str]:
        return iter(self._documents)

    def __len__(self) -> int:
        return len(self._documents)


def _made_row(profile: Profile) -> tuple[Any, ...]:
    return (profile.id, profile.entity_ids[0], *place_in_block(profile), profile.is_alone, list(profile.countries))


def hashes(keys: Sequence[str]) -> np.ndarray:
    """Hashes of keys; of a billion keys hardly two have one, and would be compared in vain."""
    found = hash_array(np.array(keys, dtype=object), categorize=False) if keys else np.empty(0, dtype=np.uint64)
    return found.view(np.int64)
