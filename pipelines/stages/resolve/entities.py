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
from dataclasses import dataclass

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
    profiles: dict[str, _Profile] = {}
    for entity_id, group in entities.sort_values(["entity_id", "document_id"]).groupby("entity_id", sort=True):
        key = str(entity_id)
        name = _most(Counter(group["name"]), longest=True) or ""
        profiles[key] = _Profile(
            entity_id=key,
            label=_most(Counter(group["label"])) or "",
            name=name,
            names=names.get(key, Counter()),
            countries=Counter(c for c in group["country"] if isinstance(c, str)),
            mention_count=int(counts.get(key, 0)),
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


def _entity_rows(entities: pd.DataFrame, linked: pd.DataFrame, canonical: dict[str, str]) -> pd.DataFrame:
    known = entities.assign(core_id=entities["entity_id"].map(canonical))
    by_entity = dict(iter(linked.groupby("core_id", sort=True)))
    rows = []
    for core_id, group in known.groupby("core_id", sort=True):
        told = by_entity.get(core_id)
        counted = told[told["is_counted"]] if told is not None else linked.iloc[:0]
        names = Counter(told.loc[told["is_name"], "text"]) if told is not None else Counter()
        name = _most(Counter(group.loc[group["entity_id"] == core_id, "name"]), longest=True) or group["name"].iloc[0]
        dates = counted["published_date"].dropna()
        rows.append(
            {
                "entity_id": core_id,
                "name": name,
                "label": _most(Counter(group["label"])),
                "country": _most(Counter(c for c in group["country"] if isinstance(c, str))),
                "sector": _most(Counter(s for s in group["sector"] if isinstance(s, str))),
                "aliases": sorted(set(names) - {name}),
                "titles": sorted({t for titles in group["titles"] if titles is not None for t in titles}),
                "mention_count": len(counted),
                "document_count": counted["document_id"].nunique(),
                "first_seen_date": dates.min() if len(dates) else None,
                "last_seen_date": dates.max() if len(dates) else None,
            }
        )
    return pd.DataFrame(rows, columns=list(_ENTITY_COLUMNS))


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
