"""Profiles: what the documents say of the bearers of a name, before it is known which of them are one.

What belongs here: grouping the entities of documents that say the same of the same name, and joining two profiles. What does
not: whether two profiles are one entity (`entity_evidence.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

import pandas as pd

from pipelines.stages.resolve.entity_names import Name, read_name

NodeId = tuple[str, str]  # document_id and entity_id of nlp.entities
Order = tuple[date, NodeId]  # place in time
Told = tuple[str | None, str | None, int]  # country, sector, mentions
Counts = Mapping[str, int]
T = TypeVar("T")

NO_DAY = date.max  # of an undated document: the last one
PERSON, ORGANISATION, OTHER = "PERSON", "ORG", "OTHER"
_MOST_CONTEXT = 40  # other names of a document that are kept as its company
_NOTHING: Counts = {}


class Node(NamedTuple):
    """An entity as one document knows it.

    `mentioned_as` are its names there in alphabetical order, `told` the country and sector that its mentions have, with how many
    have them; `order` is its place in time.
    """

    key: NodeId
    name: str
    label: str
    country: str | None
    sector: str | None
    titles: tuple[str, ...]
    mentioned_as: tuple[str, ...]
    published: date | None
    told: tuple[Told, ...] = ()

    @property
    def kind(self) -> str:
        """PERSON, ORG, or OTHER for what is one by its key alone."""
        if not self.mentioned_as:
            return OTHER
        return self.label if self.label in (PERSON, ORGANISATION) else OTHER

    @property
    def order(self) -> Order:
        """Earliest publication first, then by document."""
        return self.published or NO_DAY, self.key


@dataclass(slots=True)
class Profile:
    """What documents say of one possible entity; as most are named in a document or two, it holds little.

    `is_alone` is whether no document has more than a single word of the name; `anchor` is its earliest document, `nodes` are all
    in the order of time; `beside` has the names of each document.
    """

    id: str
    entity_ids: tuple[str, ...]
    kinds: Counts
    names: Mapping[Name, int]
    nodes: tuple[NodeId, ...]
    anchor: Order
    is_alone: bool
    beside: Mapping[str, Collection[str]]
    countries: Counts
    sectors: Counts
    titles: Counts
    generations: Counts
    laws: Counts
    acronyms: Collection[str]
    first: date | None
    last: date | None
    parts: tuple[str, ...] = ()
    _documents: frozenset[str] | None = None
    _company: frozenset[str] | None = None

    @property
    def kind(self) -> str:
        """Its commonest kind."""
        return most(self.kinds) or OTHER

    @property
    def members(self) -> list[str]:
        """The profiles that were joined to it, with itself."""
        return list(self.parts) or [self.id]

    @property
    def documents(self) -> frozenset[str]:
        """The documents that tell of it."""
        found = self._documents
        if found is None:
            found = frozenset(document for document, _ in self.nodes)
            if len(found) > _FEW:
                self._documents = found
        return found

    @property
    def company(self) -> frozenset[str]:
        """The names in its documents, its own among them."""
        found = self._company
        if found is None:
            found = frozenset().union(*(self.beside.get(document, ()) for document, _ in self.nodes))
            if len(self.nodes) > _FEW:
                self._company = found
        return found

    @property
    def size(self) -> int:
        """How many documents tell of it."""
        return len(self.documents) if self.parts else len(self.nodes)


_FEW = 4  # documents, of which what follows is put together each time that it is asked for


def most(counts: Counts, *, longest: bool = False) -> str | None:
    """The commonest value; of equally common ones the longest if asked, then the first in order."""
    if len(counts) < 2:
        for value in counts:
            return value
        return None
    return min(counts, key=lambda value: (-counts[value], -len(value) if longest else 0, value))


def counted(values: Iterable[T]) -> dict[T, int]:
    """How many there are of each value."""
    counts: dict[T, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return counts


def read_nodes(
    documents: pd.DataFrame, entities: pd.DataFrame, mentions: pd.DataFrame, shared: dict[Any, Any] | None = None
) -> dict[NodeId, Node]:
    """The entities of some documents.

    Args:
        documents: document_id, published_date.
        entities: rows of nlp.entities.
        mentions: rows of nlp.entity_mentions.
        shared: values that other nodes have, as most are those of many.
    """
    published = {document: _day(day) for document, day in rows(documents, ["document_id", "published_date"])}
    told: dict[NodeId, dict[tuple[str | None, str | None], int]] = {}
    names: dict[NodeId, set[str]] = {}
    columns = ["document_id", "entity_id", "text", "is_name", "country", "sector"]
    for document, entity, text, is_name, country, sector in rows(mentions, columns):
        key, of = (document, entity), (country, sector)
        counts = told.get(key)
        if counts is None:
            told[key] = {of: 1}
        else:
            counts[of] = counts.get(of, 0) + 1
        if is_name:
            name = " ".join(text.split())
            if key in names:
                names[key].add(name)
            else:
                names[key] = {name}
    nodes: dict[NodeId, Node] = {}
    share = {}.setdefault if shared is None else shared.setdefault
    columns = ["document_id", "entity_id", "name", "label", "country", "sector", "titles"]
    for document, entity, name, label, country, sector, titles in rows(entities, columns):
        key = share(document, document), share(entity, entity)
        all_titles = () if titles is None else tuple(titles)
        mentioned_as = tuple(sorted(names.get(key, ())))
        of_mentions = tuple([(*of, count) for of, count in told.get(key, _NOTHING).items()])
        nodes[key] = Node(
            key, share(name, name), share(label, label), share(country, country), share(sector, sector),
            share(all_titles, all_titles), share(mentioned_as, mentioned_as), published.get(document),
            share(of_mentions, of_mentions),
        )  # fmt: skip
    return nodes


def companies(named: Iterable[NodeId]) -> dict[str, list[str]]:
    """The first names of each document, by their ids, as the company of the others.

    Args:
        named: persons and organisations of documents.
    """
    found: defaultdict[str, list[str]] = defaultdict(list)
    for document, entity in sorted(named):
        if len(found[document]) < _MOST_CONTEXT:
            found[document].append(entity)
    return found


def build_profiles(
    nodes: Mapping[NodeId, Node], company: Mapping[str, Collection[str]], single: Collection[NodeId] = ()
) -> list[Profile]:
    """Group the named persons and organisations whose documents say the same of the same name; sorted by id.

    Persons of whom many years say nothing have a profile for the time before and one for the time after.

    Args:
        nodes: entities of documents, all of each entity id that is among them.
        company: the names of each document.
        single: those that have a profile of their own, as people say what they are not.
    """
    profiles: list[Profile] = []
    finish = _Finish(company)
    of_entities: defaultdict[str, list[Node]] = defaultdict(list)
    for node in nodes.values():
        if node.kind != OTHER:
            of_entities[node.key[1]].append(node)
    for entity, of_entity in of_entities.items():
        of_entity.sort(key=lambda node: (node.published or NO_DAY, node.key))
        current: dict[tuple[object, ...], _Group] = {}
        read: dict[tuple[object, ...], _Read] = {}
        for node in of_entity:
            of = read.get(node[1:7])
            if of is None:
                of = read[node[1:7]] = _Read.of(node)
            sign: tuple[object, ...] = (entity, of.kind, node.country, node.sector, *of.sign)
            if node.key in single:
                sign = (*sign, node.key[0])
            group = current.get(sign)
            if group is None or group.is_before(node):
                if group is not None:
                    profiles.append(finish(group))
                named_by = (*sign, node.published if group else "")
                group = current[sign] = _Group("|".join(map(str, named_by)), of.kind, of.is_alone)
            group.add(node, of)
        profiles.extend(map(finish, current.values()))
    return sorted(profiles, key=attrgetter("id"))


def joined(profiles: Iterable[Profile]) -> Profile:
    """The profile of some that are one entity; it keeps the least id."""
    parts = list(profiles)
    return Profile(
        id=min(part.id for part in parts),
        entity_ids=tuple({id: None for part in parts for id in part.entity_ids}),
        kinds=_sum(part.kinds for part in parts),
        names=_sum(part.names for part in parts),
        nodes=tuple(node for part in parts for node in part.nodes),
        anchor=min(part.anchor for part in parts),
        is_alone=all(part.is_alone for part in parts),
        beside=parts[0].beside,
        countries=_sum(part.countries for part in parts),
        sectors=_sum(part.sectors for part in parts),
        titles=_sum(part.titles for part in parts),
        generations=_sum(part.generations for part in parts),
        laws=_sum(part.laws for part in parts),
        acronyms={acronym for part in parts for acronym in part.acronyms},
        first=min((part.first for part in parts if part.first), default=None),
        last=max((part.last for part in parts if part.last), default=None),
        parts=tuple(id for part in parts for id in part.members),
        # Their documents' names may have been read one after the other.
        _company=frozenset().union(*(part.company for part in parts)),
    )


def is_acronym(name: str) -> bool:
    """Whether a name is capital letters alone, with stops or without."""
    letters = name.replace(".", "")
    return 2 <= len(letters) <= _LONGEST_ACRONYM and letters.isalpha() and letters.isupper()


_LONGEST_ACRONYM = 6


def rows(frame: pd.DataFrame, columns: list[str]) -> Iterator[tuple]:
    """The rows of some columns of a frame as tuples, with `None` for what is missing."""
    return zip(*(_values(frame[column]) for column in columns), strict=True)


def _values(column: pd.Series) -> list[Any]:
    if not column.hasnans:
        return column.tolist()
    plain = column.astype(object)
    return plain.where(column.notna(), None).tolist()


_PAUSE = 20 * 365  # days
_PAUSE_ALONE = 8 * 365


class _Read(NamedTuple):
    """The kind of a node, its names as they are read, and what they say; `sign` is what sets a profile apart."""

    kind: str
    names: list[Name]
    generation: str
    law: str
    is_alone: bool
    titles: tuple[str, ...]
    acronyms: tuple[str, ...]
    sign: tuple[str, str, bool]

    @classmethod
    def of(cls, node: Node) -> _Read:
        kind, names = node.kind, _names(node)
        generation = law = ""
        is_alone = True
        for name in names:
            generation, law = generation or name.generation, law or name.law
            is_alone = is_alone and not name.is_full
        titles = tuple(dict.fromkeys([title.casefold() for title in node.titles])) if node.titles else ()
        acronyms: tuple[str, ...] = ()
        if kind == ORGANISATION:
            acronyms = tuple([text.replace(".", "") for text in node.mentioned_as if is_acronym(text)])
        return cls(kind, names, generation, law, is_alone, titles, acronyms, (generation, law, is_alone))


class _Group:
    """The nodes of a profile, in the order of time."""

    def __init__(self, id: str, kind: str, is_alone: bool) -> None:
        self.id, self.kind, self.is_alone = id, kind, is_alone
        self.nodes: list[Node] = []
        self.read: list[_Read] = []
        self.last: date | None = None

    def add(self, node: Node, read: _Read) -> None:
        self.nodes.append(node)
        self.read.append(read)
        self.last = node.published or self.last

    def is_before(self, node: Node) -> bool:
        """Whether a person's documents pause for so long before a node that another may be meant."""
        if self.kind != PERSON or self.last is None or node.published is None:
            return False
        return (node.published - self.last).days > (_PAUSE_ALONE if self.is_alone else _PAUSE)


class _Finish:
    """Makes profiles of groups; what many of them say is one object."""

    def __init__(self, beside: Mapping[str, Collection[str]]) -> None:
        self._beside = beside
        self._shared: dict[tuple[tuple[str, int], ...], Counts] = {(): _NOTHING}

    def __call__(self, group: _Group) -> Profile:
        nodes, read = group.nodes, group.read
        return Profile(
            id=group.id,
            entity_ids=(nodes[0].key[1],),
            kinds=self._count([group.kind] * len(nodes)),
            names=counted([name for of in read for name in of.names]),
            nodes=tuple([node.key for node in nodes]),
            anchor=nodes[0].order,
            is_alone=group.is_alone,
            beside=self._beside,
            countries=self._count([node.country for node in nodes if node.country]),
            sectors=self._count([node.sector for node in nodes if node.sector]),
            titles=self._count([title for of in read for title in of.titles]),
            generations=self._count([of.generation for of in read if of.generation]),
            laws=self._count([of.law for of in read if of.law]),
            acronyms=tuple(dict.fromkeys([acronym for of in read for acronym in of.acronyms])),
            first=nodes[0].published,
            last=group.last,
        )

    def _count(self, values: Sequence[str]) -> Counts:
        if not values:
            return _NOTHING
        counts = counted(values)
        return self._shared.setdefault(tuple(counts.items()), counts)


def _sum(parts: Iterable[Mapping[T, int]]) -> dict[T, int]:
    counts: dict[T, int] = {}
    for part in parts:
        for value, count in part.items():
            counts[value] = counts.get(value, 0) + count
    return counts


def _names(node: Node) -> list[Name]:
    """The names by which a document mentions an entity; its canonical name only where the text has more than one word of it."""
    names = [read_name(text) for text in node.mentioned_as]
    known = read_name(node.name)
    if node.kind == PERSON and known.is_full and all(known.words != name.words for name in names):
        names = [known]  # the lexicons know whom the document means
    full = [name for name in names if len(name.words) > 1]
    return full or [name for name in names if name.words] or [known]


@lru_cache(maxsize=5_000)
def _day(value: Any) -> date | None:
    return None if pd.isna(value) else pd.Timestamp(value).date()
