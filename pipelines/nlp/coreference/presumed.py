"""Nameless people, and bodies of a place, get the country that the document's vote gives them.

What belongs here: which mentions ask for the vote, and the entity that a nominal of another country is. What does not: the vote
(`country_vote.py`), parties that are no mentions (`events/party_rows.py`).
"""

from __future__ import annotations

from pipelines.immutable import dataclass
from pipelines.nlp.annotations import EntityNode, MentionSpan
from pipelines.nlp.coreference.citizens import is_foreign
from pipelines.nlp.coreference.country_vote import CountryVote
from pipelines.nlp.coreference.patterns import LOCAL_SECTORS
from pipelines.nlp.coreference.story_country import ENVOY_WORDS
from pipelines.nlp.parsed import Doc


@dataclass(frozen=True, slots=True)
class Role:
    """What the key of a nominal entity is made of, beside its country.

    `is_unique` bodies are those of which a state has one, the same in every document; `tail` tells apart people whom the
    document introduces one by one.
    """

    document_id: str
    sector: str
    word: str
    is_unique: bool = False
    tail: str = ""

    def key(self, country: str | None) -> str:
        """The canonical key of who has this role in a country."""
        scope = "" if country and self.is_unique else f"{self.document_id}:"
        return f"nominal:{scope}{country or ''}:{self.sector}:{self.word}{self.tail}"


def vote_countries(doc: Doc, mentions: list[MentionSpan], roles: dict[str, Role], vote: CountryVote) -> None:
    """Set the country of nominals whose words tell none, and of the pronouns for them.

    Where the vote gives a mention another country than the entity has that it was taken for, it is another of the same role.

    Args:
        doc: the document.
        mentions: all its mentions by position, with the countries that names and rules give.
        roles: the roles of entities whose country nothing tells, by their keys.
        vote: the document's vote.
    """
    known = {mention.entity.key: mention.entity for mention in mentions if mention.entity is not None}
    latest: dict[str, EntityNode] = {}
    for mention in mentions:
        node = mention.entity
        if node is None or mention.is_name or (role := roles.get(node.key)) is None:
            continue
        if doc[mention.end - 1].pos_ == "PRON":
            found = latest.get(node.key, node)
        elif is_foreign(doc, mention.start, mention.end) or doc[mention.end - 1].lemma_.lower() in ENVOY_WORDS:
            found = node
        else:
            # Bodies are where a sentence is set, a minister may be abroad; people there may be against another body.
            is_body = node.label == "ORG" and node.sector in LOCAL_SECTORS
            set_in = vote.opening(mention.end - 1) if is_body else None
            country = set_in or vote.choose(mention.end - 1, node.country)
            found = node if country == node.country else _variant(known, node, role, country)
        latest[node.key] = found
        mention.entity, mention.country = found, found.country


def _variant(known: dict[str, EntityNode], node: EntityNode, role: Role, country: str | None) -> EntityNode:
    """Who has the role of an entity in another country: one that the document knows, or a new one, known from now on."""
    key = role.key(country)
    if key not in known:
        known[key] = EntityNode(key, node.name, node.label, country, node.sector, node.titles[:])
    return known[key]


def vote_for_bodies(mentions: list[MentionSpan], undecided: list[MentionSpan], vote: CountryVote) -> None:
    """Set the country of bodies of the place whose names tell none and whom the scene left without: "the Supreme Court".

    Named people keep none: a stranger's name tells nothing of where its bearer is from.

    Args:
        mentions: all mentions of the document.
        undecided: the first mention of each of these.
        vote: the document's vote.
    """
    for first in undecided:
        node = first.entity
        if node is None or (country := vote.choose(first.end - 1, None)) is None:
            continue
        node.country = country
        for mention in mentions:
            if mention.entity is node:
                mention.country = mention.country or country
