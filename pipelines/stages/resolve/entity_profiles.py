"""Profiles: what the documents say of the bearers of a name, before it is known which of them are one.

What belongs here: grouping the entities of documents that say the same of the same name, and joining two profiles. What does
not: whether two profiles are one entity (`entity_evidence.py`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from pipelines.stages.resolve.entity_names import Name, read_name

NodeId = tuple[str, str]  # document_id and entity_id of nlp.entities
Order = tuple[date, NodeId]  # place in time
Told = tuple[str | None, str | None, int]  # country, sector, mentions

NO_DAY = date.max  # of an undated document: the last one
PERSON, ORGANISATION, OTHER = "PERSON", "ORG", "OTHER"
_MOST_CONTEXT = 40  # other names of a document that are kept as its company


@dataclass(frozen=True, slots=True)
class Node:
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
    """What documents say of one possible entity.

    `is_alone` is whether no document has more than a single word of the name; `company` the other names in its documents;
    `members` the profiles that were joined to it, with itself; `anchor` its earliest document.
    """

    id: str
    entity_ids: set[str]
    kinds: Counter[str]
    names: dict[Name, int]
    countries: Counter[str] = field(default_factory=Counter)
    sectors: Counter[str] = field(default_factory=Counter)
    titles: Counter[str] = field(default_factory=Counter)
    generations: Counter[str] = field(default_factory=Counter)
    laws: Counter[str] = field(default_factory=Counter)
    first: date | None = None
    last: date | None = None
    nodes: list[NodeId] = field(default_factory=list)
    documents: set[str] = field(default_factory=set)
    company: set[str] = field(default_factory=set)
    acronyms: set[str] = field(default_factory=set)
    members: list[str] = field(default_factory=list)
    is_alone: bool = False
    anchor: Order = (NO_DAY, ("", ""))

    @property
    def kind(self) -> str:
        """Its commonest kind."""
        return most(self.kinds) or OTHER

    @property
    def size(self) -> int:
        """How many documents tell of it."""
        return len(self.documents)


def most(counts: Counter[str], *, longest: bool = False) -> str | None:
    """The commonest value; of equally common ones the longest if asked, then the first in order."""
    if not counts:
        return None
    return min(counts, key=lambda value: (-counts[value], -len(value) if longest else 0, value))


def read_nodes(documents: pd.DataFrame, entities: pd.DataFrame, mentions: pd.DataFrame) -> dict[NodeId, Node]:
    """The entities of all documents.

    Args:
        documents: document_id, published_date.
        entities: rows of nlp.entities.
        mentions: rows of nlp.entity_mentions.
    """
    published = {
        document: None if pd.isna(day) else pd.Timestamp(day).date()
        for document, day in rows(documents, ["document_id", "published_date"])
    }
    names: defaultdict[NodeId, set[str]] = defaultdict(set)
    told: defaultdict[NodeId, Counter[tuple[str | None, str | None]]] = defaultdict(Counter)
    columns = ["document_id", "entity_id", "text", "is_name", "country", "sector"]
    for document, entity, text, is_name, country, sector in rows(mentions, columns):
        told[document, entity][_text(country), _text(sector)] += 1
        if is_name:
            names[document, entity].add(" ".join(text.split()))
    nodes: dict[NodeId, Node] = {}
    columns = ["document_id", "entity_id", "name", "label", "country", "sector", "titles"]
    for document, entity, name, label, country, sector, titles in rows(entities, columns):
        key = (document, entity)
        nodes[key] = Node(
            key, name, label, _text(country), _text(sector), () if titles is None else tuple(titles),
            tuple(sorted(names.get(key, ()))), published.get(document),
            tuple((*of, count) for of, count in told.get(key, {}).items()),
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
    current: dict[tuple[object, ...], Profile] = {}
    profiles: list[Profile] = []
    for node in sorted(nodes.values(), key=lambda node: node.order):
        if node.kind == OTHER:
            continue
        document, entity = node.key
        names = _names(node)
        generation = next((name.generation for name in names if name.generation), "")
        law = next((name.law for name in names if name.law), "")
        is_alone = not any(name.is_full for name in names)
        sign: tuple[object, ...] = (entity, node.kind, node.country, node.sector, generation, law, is_alone)
        if node.key in single:
            sign = (*sign, document)
        profile = current.get(sign)
        if profile is None or _is_later(profile, node):
            named = "|".join(str(part) for part in (*sign, node.published if profile else ""))
            profile = current[sign] = Profile(named, {entity}, Counter(), {})
            profiles.append(profile)
            profile.is_alone = is_alone
            profile.members = [profile.id]
            profile.anchor = node.order  # they come in this order
        _add(profile, node, names, generation, law)
        profile.company.update(company.get(document, ()))
        profile.company.discard(entity)
    return sorted(profiles, key=lambda profile: profile.id)


def joined(profiles: Iterable[Profile]) -> Profile:
    """The profile of some that are one entity; it keeps the least id."""
    parts = list(profiles)
    both = Profile(min(part.id for part in parts), set(), Counter(), {}, is_alone=all(part.is_alone for part in parts))
    both.anchor = min(part.anchor for part in parts)
    for part in parts:
        for name, count in part.names.items():
            both.names[name] = both.names.get(name, 0) + count
        for of in _SETS:
            getattr(both, of).update(getattr(part, of))
        both.nodes += part.nodes
        both.members += part.members
    both.first = min((part.first for part in parts if part.first), default=None)
    both.last = max((part.last for part in parts if part.last), default=None)
    return both


# Counts are added up, sets united.
_SETS = (
    *("entity_ids", "kinds", "countries", "sectors", "titles", "generations", "laws", "documents", "company"),
    "acronyms",
)


def is_acronym(name: str) -> bool:
    """Whether a name is capital letters alone, with stops or without."""
    letters = name.replace(".", "")
    return 2 <= len(letters) <= _LONGEST_ACRONYM and letters.isalpha() and letters.isupper()


_LONGEST_ACRONYM = 6


def rows(frame: pd.DataFrame, columns: list[str]) -> Iterator[tuple]:
    """The rows of some columns of a frame as tuples."""
    return zip(*(frame[column].tolist() for column in columns), strict=True)


def _is_later(profile: Profile, node: Node) -> bool:
    """Whether a person's documents pause for so long before a node that another may be meant."""
    if node.kind != PERSON or profile.last is None or node.published is None:
        return False
    return (node.published - profile.last).days > (_PAUSE_ALONE if profile.is_alone else _PAUSE)


_PAUSE = 20 * 365  # days
_PAUSE_ALONE = 8 * 365


def _names(node: Node) -> list[Name]:
    """The names by which a document mentions an entity; its canonical name only where the text has more than one word of it."""
    names = [read_name(text) for text in node.mentioned_as]
    known = read_name(node.name)
    if node.kind == PERSON and known.is_full and known.words not in {name.words for name in names}:
        names = [known]  # the lexicons know whom the document means
    if any(name.is_full for name in names):
        names = [name for name in names if name.is_full]
    return [name for name in names if name.words] or [read_name(node.name)]


def _add(profile: Profile, node: Node, names: list[Name], generation: str, law: str) -> None:
    profile.kinds[node.kind] += 1
    for name in names:
        profile.names[name] = profile.names.get(name, 0) + 1
    if node.country:
        profile.countries[node.country] += 1
    if node.sector:
        profile.sectors[node.sector] += 1
    profile.titles.update({title.casefold() for title in node.titles})
    if generation:
        profile.generations[generation] += 1
    if law:
        profile.laws[law] += 1
    if node.published:
        profile.first = min(profile.first or node.published, node.published)
        profile.last = max(profile.last or node.published, node.published)
    if node.kind == ORGANISATION:
        profile.acronyms.update(text.replace(".", "") for text in node.mentioned_as if is_acronym(text))
    profile.nodes.append(node.key)
    profile.documents.add(node.key[0])


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
