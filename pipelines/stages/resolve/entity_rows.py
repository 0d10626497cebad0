"""The rows of the entity tables of core: what all documents tell of each entity.

What belongs here: names, countries, sectors, counts and affiliations of entities that are joined already. What does not: joining
them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date

import pandas as pd

from pipelines.stages.resolve.entity_clusters import Join
from pipelines.stages.resolve.entity_evidence import probability
from pipelines.stages.resolve.entity_profiles import Node, NodeId, counted, most, rows
from pipelines.stages.resolve.role_words import is_role_word

# Ids of two profiles or clusters, log-odds, evidence.
Candidate = tuple[str, str, float, str]
LEAST_CANDIDATE = 0.1  # probability from which a pair that was not joined is kept as a candidate
_MOST_CANDIDATE = 0.49
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
LINK_COLUMNS = ("mention_id", "entity_id", "method", "score", "evidence")
CANDIDATE_COLUMNS = ("entity_id", "candidate_entity_id", "score", "evidence")


def entity_rows(told: Mapping[str, Sequence[Node]], uncounted: Collection[str]) -> pd.DataFrame:
    """One row an entity, sorted by id.

    Args:
        told: what documents tell of each entity, by its id.
        uncounted: the documents that are left out of every number.
    """
    return pd.DataFrame(list(each_entity(told, uncounted)), columns=list(ENTITY_COLUMNS))


def each_entity(told: Mapping[str, Sequence[Node]], uncounted: Collection[str]) -> Iterator[tuple[object, ...]]:
    """The same rows as tuples."""
    return (_entity_row(core_id, told[core_id], uncounted) for core_id in sorted(told))


def _entity_row(core_id: str, nodes: Sequence[Node], uncounted: Collection[str]) -> tuple[object, ...]:
    """The row of an entity; rows of a group-by of frames would take 30 times as long."""
    mentioned_as = {name for node in nodes for name in node.mentioned_as}
    own_names = [node.name for node in nodes if node.key[1] == core_id]
    name = _commonest(own_names or [node.name for node in nodes], longest=True)
    with_number = [node for node in nodes if node.told and node.key[0] not in uncounted]
    days = [node.published for node in with_number if node.published]
    countries: dict[str, int] = {}
    sectors: dict[str, int] = {}
    mention_count = 0
    for node in with_number:
        for country, sector, count in node.told:
            mention_count += count
            if country:
                countries[country] = countries.get(country, 0) + count
            if sector:
                sectors[sector] = sectors.get(sector, 0) + count
    return (
        core_id,
        name,
        _commonest([node.label for node in nodes]),
        not all(map(is_role_word, mentioned_as)),
        most(countries) or _commonest([node.country for node in nodes if node.country]),
        most(sectors) or _commonest([node.sector for node in nodes if node.sector]),
        sorted(mentioned_as - {name or ""}),
        sorted({title for node in nodes for title in node.titles}),
        mention_count,
        len({node.key[0] for node in with_number}),
        min(days, default=None),
        max(days, default=None),
    )


def _commonest(values: list[str], *, longest: bool = False) -> str | None:
    """See `most`; mostly there is one value."""
    return values[0] if len(values) == 1 else most(counted(values), longest=longest)


def link_rows(mentions: pd.DataFrame, links: Mapping[NodeId, tuple[str, Join | None]]) -> pd.DataFrame:
    """One row a mention: its entity, by what it was linked, how surely, and what decided.

    The score is the probability that the name's document means the entity; of a nominal or pronoun also that it stands for the
    name.

    Args:
        mentions: mention_id, document_id, entity_id, is_name.
        links: the entity of core, and the join, of those documents' entities whose mentions get a row.
    """
    return pd.DataFrame(list(each_link(mentions, links)), columns=list(LINK_COLUMNS))


def each_link(mentions: pd.DataFrame, links: Mapping[NodeId, tuple[str, Join | None]]) -> Iterator[tuple[object, ...]]:
    """The same rows as tuples."""
    columns = ["mention_id", "document_id", "entity_id", "is_name"]
    for mention_id, document_id, entity_id, is_name in rows(mentions, columns):
        link = links.get((document_id, entity_id))
        if link is None:
            continue
        core_id, join = link
        if join is None:
            yield mention_id, core_id, "name" if is_name else "coreference", 1.0 if is_name else _BY_COREFERENCE, None
        else:
            base = 1.0 if is_name else _BY_COREFERENCE
            yield mention_id, core_id, join.method, round(base * join.score, 3), join.evidence


def affiliation_rows(told: Mapping[str, Sequence[Node]], uncounted: Collection[str]) -> pd.DataFrame:
    """For whom an entity stood: one row a country and sector, with the span of publications that say so.

    What an office implies has no row of its own: a country alone where a sector of that country is known, a sector alone where
    its country is.

    Args:
        told: as for `entity_rows`.
        uncounted: likewise.
    """
    return pd.DataFrame(list(each_affiliation(told, uncounted)), columns=list(AFFILIATION_COLUMNS))


def each_affiliation(told: Mapping[str, Sequence[Node]], uncounted: Collection[str]) -> Iterator[tuple[object, ...]]:
    """The same rows as tuples."""
    for core_id in sorted(told):
        counts: dict[tuple[str | None, str | None], int] = {}
        dates: dict[tuple[str | None, str | None], list[date]] = {}
        for node in told[core_id]:
            for country, sector, count in node.told if node.key[0] not in uncounted else ():
                if country or sector:
                    key = country, sector
                    counts[key] = counts.get(key, 0) + count
                    if node.published:
                        dates.setdefault(key, []).append(node.published)
        with_sector = {country for country, sector in counts if sector}
        with_country = {sector for country, sector in counts if country}
        kept = [
            key
            for key in counts
            if not (key[1] is None and key[0] in with_sector) and not (key[0] is None and key[1] in with_country)
        ]
        for key in sorted(kept, key=lambda key: (key[0] or "~", key[1] or "~")):
            days = dates.get(key, ())
            yield core_id, *key, min(days, default=None), max(days, default=None), counts[key]


def candidate_rows(
    pairs: Iterable[Candidate], core_of: Mapping[str, str], apart: Collection[tuple[str, str]]
) -> pd.DataFrame:
    """One row a pair of entities that may be one and were not joined, the smaller id first.

    Args:
        pairs: those of surnames alone first, then by how sure they are.
        core_of: the entity of core of each profile or cluster.
        apart: pairs of entities that people keep apart.
    """
    best: dict[tuple[str, str], tuple[float, str]] = {}
    for first, second, odds, text in pairs:
        chance = probability(odds)
        a, b = sorted((core_of[first], core_of[second]))
        if a == b or chance < LEAST_CANDIDATE or (a, b) in apart:
            continue
        score = round(min(chance, _MOST_CANDIDATE), 3)
        if (a, b) not in best or score > best[a, b][0]:
            best[a, b] = score, text
    return pd.DataFrame([(*pair, *best[pair]) for pair in sorted(best)], columns=list(CANDIDATE_COLUMNS))
