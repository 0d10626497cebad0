"""Entities across documents: which of the documents' entities are one, and what all texts say of it.

What belongs here: joining the entities that documents know (`nlp.entities`) into real-world entities, their names, titles,
counts and affiliations. A document's entity has an id that is a hash of its canonical key, so a thing fully named in two
documents is one already; what is left are spelling variants, surnames alone and acronyms alone. What does not belong here:
linking mentions inside a document (`nlp/coreference/`).

Limits: a surname alone is joined only to the one person of that surname that the corpus names in full (of that country,
where the text gives one); two persons of one full name are one entity.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import pandas as pd
from rapidfuzz import fuzz

from pipelines.stages.resolve.clusters import Clusters

# Likeness of two given names that makes them spellings of one (Nikolai/Nikolay), 0 to 100.
GIVEN_NAME_LIKENESS = 80.0
_LONGEST_ACRONYM = 6


@dataclass(frozen=True, slots=True)
class ResolvedEntities:
    """The entity tables of schema core, and the entity that each document entity became."""

    entities: pd.DataFrame
    entity_links: pd.DataFrame
    affiliations: pd.DataFrame
    canonical: dict[str, str]  # entity_id of nlp.entities -> entity_id of core.entities


@dataclass(slots=True)
class _Profile:
    """What the corpus says of one document-level entity id."""

    entity_id: str
    label: str
    name: str
    names: Counter
    countries: Counter
    mention_count: int
    words: tuple[str, ...] = ()

    @property
    def country(self) -> str | None:
        return _most(self.countries)


def resolve_entities(documents: pd.DataFrame, entities: pd.DataFrame, mentions: pd.DataFrame) -> ResolvedEntities:
    """Join the documents' entities into real-world entities.

    Args:
        documents: document_id, published_date, is_counted (False for near-duplicates and superseded versions).
        entities: rows of nlp.entities.
        mentions: rows of nlp.entity_mentions.

    Returns:
        The tables and the mapping of ids.
    """
    profiles = _profiles(entities, mentions)
    clusters = Clusters(profiles)
    methods = _join_persons(profiles, clusters) | _join_acronyms(profiles, clusters)
    canonical = _representatives(profiles, clusters)
    linked = mentions.merge(documents, on="document_id", how="left")
    linked["core_id"] = linked["entity_id"].map(canonical)
    links = pd.DataFrame(
        {
            "mention_id": linked["mention_id"],
            "entity_id": linked["core_id"],
            "method": [
                _method(is_name, methods.get(e))
                for is_name, e in zip(linked["is_name"], linked["entity_id"], strict=True)
            ],
            "score": [
                _score(is_name, methods.get(e))
                for is_name, e in zip(linked["is_name"], linked["entity_id"], strict=True)
            ],
        }
    )
    return ResolvedEntities(_entity_rows(entities, linked, canonical), links, _affiliation_rows(linked), canonical)


def normalise_name(name: str) -> str:
    """A name in lower case without accents or punctuation, words separated by one space."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    kept = "".join(
        c if c.isalnum() or c.isspace() else ("" if c in ".'’" else " ") for c in plain if not unicodedata.combining(c)
    )
    return " ".join(kept.split())


def _profiles(entities: pd.DataFrame, mentions: pd.DataFrame) -> dict[str, _Profile]:
    names: dict[str, Counter] = defaultdict(Counter)
    for entity_id, text in zip(*(mentions.loc[mentions["is_name"], c] for c in ("entity_id", "text")), strict=True):
        names[entity_id][text] += 1
    counts = mentions["entity_id"].value_counts().to_dict()
    known: dict[str, tuple[Counter, Counter, Counter]] = defaultdict(lambda: (Counter(), Counter(), Counter()))
    for entity_id, name, label, country in _rows(entities, ["entity_id", "name", "label", "country"]):
        of_names, labels, countries = known[entity_id]
        of_names[name] += 1
        labels[label] += 1
        if isinstance(country, str):
            countries[country] += 1
    profiles: dict[str, _Profile] = {}
    for entity_id in sorted(known):
        of_names, labels, countries = known[entity_id]
        name = _most(of_names, longest=True) or ""
        profiles[entity_id] = _Profile(
            entity_id=entity_id,
            label=_most(labels) or "",
            name=name,
            names=names.get(entity_id, Counter()),
            countries=countries,
            mention_count=int(counts.get(entity_id, 0)),
            words=tuple(normalise_name(name).split()),
        )
    return profiles


def _join_persons(profiles: dict[str, _Profile], clusters: Clusters) -> dict[str, str]:
    """Join spellings of a full name, then surnames alone; returns the method by which an id was joined."""
    by_surname: dict[str, list[_Profile]] = defaultdict(list)
    for profile in profiles.values():
        if profile.label == "PERSON" and profile.words and profile.names:
            by_surname[profile.words[-1]].append(profile)
    methods: dict[str, str] = {}
    for people in by_surname.values():
        full = [p for p in people if len(p.words) > 1]
        for i, first in enumerate(full):
            for second in full[i + 1 :]:
                if _same_person(first, second):
                    clusters.join(first.entity_id, second.entity_id)
                    methods[second.entity_id] = methods[first.entity_id] = "spelling"
        for alone in (p for p in people if len(p.words) == 1):
            candidates = [p for p in full if not (alone.country and p.country) or alone.country == p.country]
            if len({clusters.find(p.entity_id) for p in candidates}) == 1:
                clusters.join(alone.entity_id, candidates[0].entity_id)
                methods[alone.entity_id] = "surname"
    return methods


def _same_person(first: _Profile, second: _Profile) -> bool:
    if first.country and second.country and first.country != second.country:
        return False
    a, b = first.words[0], second.words[0]
    if len(a) == 1 or len(b) == 1:
        return a[0] == b[0] and len(first.words) == len(second.words) == 2 and first.country == second.country
    if set(first.words) <= set(second.words) or set(second.words) <= set(first.words):
        return True
    return len(first.words) == len(second.words) and fuzz.ratio(a, b) >= GIVEN_NAME_LIKENESS and a[0] == b[0]


def _join_acronyms(profiles: dict[str, _Profile], clusters: Clusters) -> dict[str, str]:
    """Join an organisation known by its acronym alone to the one whose texts give both."""
    expansions: dict[str, set[str]] = defaultdict(set)
    for profile in profiles.values():
        if profile.label == "ORG":
            for name in profile.names:
                if _is_acronym(name) and len(profile.words) > 1:
                    expansions[name.replace(".", "")].add(clusters.find(profile.entity_id))
    methods: dict[str, str] = {}
    for profile in profiles.values():
        short = profile.name.replace(".", "")
        if profile.label == "ORG" and _is_acronym(profile.name) and len(expansions.get(short, ())) == 1:
            clusters.join(profile.entity_id, next(iter(expansions[short])))
            methods[profile.entity_id] = "acronym"
    return methods


def _is_acronym(name: str) -> bool:
    letters = name.replace(".", "")
    return 2 <= len(letters) <= _LONGEST_ACRONYM and letters.isalpha() and letters.isupper()


def _representatives(profiles: dict[str, _Profile], clusters: Clusters) -> dict[str, str]:
    """The id of each cluster: that of its fullest name, the most mentioned first, then by id."""
    canonical: dict[str, str] = {}
    for members in clusters.members().values():
        best = min(members, key=lambda m: (-len(profiles[m].words), -profiles[m].mention_count, m))
        canonical.update(dict.fromkeys(members, best))
    return canonical


@dataclass(slots=True)
class _Told:
    """What all documents tell of one real-world entity; filled row by row, as a group-by of frames is 30 times slower."""

    own_names: Counter = field(default_factory=Counter)
    names: Counter = field(default_factory=Counter)
    labels: Counter = field(default_factory=Counter)
    countries: Counter = field(default_factory=Counter)
    sectors: Counter = field(default_factory=Counter)
    titles: set[str] = field(default_factory=set)
    mentioned_as: set[str] = field(default_factory=set)
    mention_count: int = 0
    documents: set[str] = field(default_factory=set)
    dates: set = field(default_factory=set)


def _entity_rows(entities: pd.DataFrame, linked: pd.DataFrame, canonical: dict[str, str]) -> pd.DataFrame:
    told: dict[str, _Told] = defaultdict(_Told)
    columns = ["entity_id", "name", "label", "country", "sector", "titles"]
    for entity_id, name, label, country, sector, titles in _rows(entities, columns):
        entity = told[canonical[entity_id]]
        entity.names[name] += 1
        entity.labels[label] += 1
        if canonical[entity_id] == entity_id:
            entity.own_names[name] += 1
        if isinstance(country, str):
            entity.countries[country] += 1
        if isinstance(sector, str):
            entity.sectors[sector] += 1
        if titles is not None:
            entity.titles.update(titles)
    columns = ["core_id", "text", "is_name", "is_counted", "document_id", "published_date"]
    for core_id, text, is_name, is_counted, document_id, published in _rows(linked, columns):
        entity = told[core_id]
        if is_name:
            entity.mentioned_as.add(text)
        if is_counted:
            entity.mention_count += 1
            entity.documents.add(document_id)
            if not pd.isna(published):
                entity.dates.add(published)
    return pd.DataFrame(
        [_entity_row(core_id, told[core_id]) for core_id in sorted(told)], columns=list(_ENTITY_COLUMNS)
    )


def _entity_row(core_id: str, told: _Told) -> tuple:
    name = _most(told.own_names, longest=True) or _most(told.names, longest=True)
    return (
        core_id,
        name,
        _most(told.labels),
        _most(told.countries),
        _most(told.sectors),
        sorted(told.mentioned_as - {name}),
        sorted(told.titles),
        told.mention_count,
        len(told.documents),
        min(told.dates, default=None),
        max(told.dates, default=None),
    )


def _rows(frame: pd.DataFrame, columns: list[str]) -> Iterator[tuple]:
    return zip(*(frame[column].tolist() for column in columns), strict=True)


_ENTITY_COLUMNS = (
    "entity_id",
    "name",
    "label",
    "country",
    "sector",
    "aliases",
    "titles",
    "mention_count",
    "document_count",
    "first_seen_date",
    "last_seen_date",
)


def _affiliation_rows(linked: pd.DataFrame) -> pd.DataFrame:
    """One row per entity, country and sector that mentions state, with the span of publications that say so."""
    columns = ["entity_id", "country", "sector", "from_date", "to_date", "mention_count"]
    stated = linked[linked["is_counted"] & (linked["country"].notna() | linked["sector"].notna())]
    if stated.empty:
        return pd.DataFrame(columns=columns)
    grouped = stated.groupby(["core_id", "country", "sector"], dropna=False, sort=True)
    rows = grouped.agg(
        from_date=("published_date", "min"), to_date=("published_date", "max"), mention_count=("mention_id", "size")
    ).reset_index()
    return rows.rename(columns={"core_id": "entity_id"})[columns]


def _most(counts: Counter, *, longest: bool = False) -> str | None:
    """The commonest value; of equally common ones the longest if asked, then the first in order."""
    if not counts:
        return None
    return min(counts, key=lambda v: (-counts[v], -len(v) if longest else 0, v))


def _method(is_name: bool, joined: str | None) -> str:
    return joined or ("name" if is_name else "coreference")


def _score(is_name: bool, joined: str | None) -> float:
    base = 1.0 if is_name else 0.7
    return round(base * {None: 1.0, "spelling": 0.9, "acronym": 0.9, "surname": 0.7}[joined], 3)
