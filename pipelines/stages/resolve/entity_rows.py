"""The rows of the entity tables of core: what all documents tell of each entity.

What belongs here: names, countries, sectors, counts and affiliations of entities that are joined already. What does not: joining
them.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from pipelines.stages.resolve.entity_clusters import Join
from pipelines.stages.resolve.entity_profiles import NodeId, most, rows
from pipelines.stages.resolve.role_words import is_role_word

_BY_COREFERENCE = 0.7  # certainty of a nominal's or pronoun's link inside its document
ENTITY_COLUMNS = (
    "entity_id",
    "name",
    "label",
    "is_named",
    "country",
    "sector",
    "aliases",
    "titles",
    "mention_count",
    "document_count",
    "first_seen_date",
    "last_seen_date",
)
AFFILIATION_COLUMNS = ("entity_id", "country", "sector", "from_date", "to_date", "mention_count")
CANDIDATE_COLUMNS = ("entity_id", "candidate_entity_id", "score", "evidence")


@dataclass(slots=True)
class _Told:
    """What all documents tell of one real-world entity; filled row by row, as a group-by of frames is 30 times slower."""

    own_names: Counter[str] = field(default_factory=Counter)
    names: Counter[str] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)
    countries: Counter[str] = field(default_factory=Counter)
    sectors: Counter[str] = field(default_factory=Counter)
    known_countries: Counter[str] = field(default_factory=Counter)
    known_sectors: Counter[str] = field(default_factory=Counter)
    titles: set[str] = field(default_factory=set)
    mentioned_as: set[str] = field(default_factory=set)
    mention_count: int = 0
    documents: set[str] = field(default_factory=set)
    dates: set[date] = field(default_factory=set)


def entity_rows(entities: pd.DataFrame, linked: pd.DataFrame, canonical: Mapping[NodeId, str]) -> pd.DataFrame:
    """One row an entity, sorted by id.

    Args:
        entities: rows of nlp.entities.
        linked: rows of nlp.entity_mentions with `core_id`, `is_counted` and `published_date`.
        canonical: the entity of core of each entity of a document.
    """
    told: defaultdict[str, _Told] = defaultdict(_Told)
    columns = ["document_id", "entity_id", "name", "label", "country", "sector", "titles"]
    for document_id, entity_id, name, label, country, sector, titles in rows(entities, columns):
        core_id = canonical[document_id, entity_id]
        entity = told[core_id]
        entity.names[name] += 1
        entity.labels[label] += 1
        if core_id == entity_id:
            entity.own_names[name] += 1
        if isinstance(country, str):
            entity.known_countries[country] += 1
        if isinstance(sector, str):
            entity.known_sectors[sector] += 1
        if titles is not None:
            entity.titles.update(titles)
    columns = ["core_id", "text", "is_name", "is_counted", "document_id", "published_date", "country", "sector"]
    for core_id, text, is_name, is_counted, document_id, published, country, sector in rows(linked, columns):
        entity = told[core_id]
        if is_name:
            entity.mentioned_as.add(" ".join(text.split()))
        if is_counted:
            entity.mention_count += 1
            entity.documents.add(document_id)
            if isinstance(country, str):
                entity.countries[country] += 1
            if isinstance(sector, str):
                entity.sectors[sector] += 1
            if not pd.isna(published):
                entity.dates.add(published)
    return pd.DataFrame([_entity_row(core_id, told[core_id]) for core_id in sorted(told)], columns=list(ENTITY_COLUMNS))


def _entity_row(core_id: str, told: _Told) -> tuple[object, ...]:
    name = most(told.own_names, longest=True) or most(told.names, longest=True)
    return (
        core_id,
        name,
        most(told.labels),
        not all(map(is_role_word, told.mentioned_as)),
        most(told.countries) or most(told.known_countries),
        most(told.sectors) or most(told.known_sectors),
        sorted(told.mentioned_as - {name or ""}),
        sorted(told.titles),
        told.mention_count,
        len(told.documents),
        min(told.dates, default=None),
        max(told.dates, default=None),
    )


def link_rows(linked: pd.DataFrame, joins: Mapping[NodeId, Join]) -> pd.DataFrame:
    """One row a mention: its entity, by what it was linked, how surely, and what decided.

    The score is the probability that the name's document means the entity; of a nominal or pronoun also that it stands for the
    name.
    """
    told = {id(join): evidence_text(join) for join in joins.values()}
    found: list[tuple[object, ...]] = []
    for mention_id, core_id, document_id, entity_id, is_name in rows(
        linked, ["mention_id", "core_id", "document_id", "entity_id", "is_name"]
    ):
        join = joins.get((document_id, entity_id))
        base = 1.0 if is_name else _BY_COREFERENCE
        if join is None:
            found.append((mention_id, core_id, "name" if is_name else "coreference", base, None))
        else:
            found.append((mention_id, core_id, join.method, round(base * join.score, 3), told[id(join)]))
    return pd.DataFrame(found, columns=["mention_id", "entity_id", "method", "score", "evidence"])


def evidence_text(join: Join) -> str:
    """The evidence of a join as JSON: of each feature what was found and its weight in log-odds."""
    features = {feature: {"found": found, "weight": weight} for feature, (found, weight) in join.evidence.found.items()}
    return json.dumps(features, ensure_ascii=False)


def affiliation_rows(linked: pd.DataFrame) -> pd.DataFrame:
    """For whom an entity stood: one row a country and sector, with the span of publications that say so.

    What an office implies has no row of its own: a country alone where a sector of that country is known, a sector alone where
    its country is.
    """
    counts: defaultdict[tuple[str, str | None, str | None], int] = defaultdict(int)
    dates: defaultdict[tuple[str, str | None, str | None], list[date]] = defaultdict(list)
    columns = ["core_id", "country", "sector", "published_date", "is_counted"]
    for core_id, country, sector, published, is_counted in rows(linked, columns):
        key = (core_id, country if isinstance(country, str) else None, sector if isinstance(sector, str) else None)
        if is_counted and (key[1] or key[2]):
            counts[key] += 1
            if not pd.isna(published):
                dates[key].append(published)
    with_sector = {(core_id, country) for core_id, country, sector in counts if sector}
    with_country = {(core_id, sector) for core_id, country, sector in counts if country}
    kept = [
        key
        for key in counts
        if not (key[2] is None and (key[0], key[1]) in with_sector)
        and not (key[1] is None and (key[0], key[2]) in with_country)
    ]
    kept.sort(key=lambda key: (key[0], key[1] or "~", key[2] or "~"))
    found = [(*key, min(dates[key], default=None), max(dates[key], default=None), counts[key]) for key in kept]
    return pd.DataFrame(found, columns=list(AFFILIATION_COLUMNS))


def candidate_rows(candidates: Mapping[tuple[str, str], Join], core_of: Mapping[str, str]) -> pd.DataFrame:
    """One row a pair of entities that may be one and were not joined, the smaller id first.

    Args:
        candidates: by the ids of two clusters.
        core_of: the entity of core of each cluster.
    """
    best: dict[tuple[str, str], Join] = {}
    for (first, second), join in candidates.items():
        a, b = sorted((core_of[first], core_of[second]))
        if a != b and ((a, b) not in best or join.score > best[a, b].score):
            best[a, b] = join
    found = [(*pair, best[pair].score, evidence_text(best[pair])) for pair in sorted(best)]
    return pd.DataFrame(found, columns=list(CANDIDATE_COLUMNS))
