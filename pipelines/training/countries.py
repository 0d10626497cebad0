"""The examples for the vote on the country of nameless parties: where it was held for a party that was coded.

What belongs here: the examples. What does not: the evidence (`nlp/coreference/country_vote.py`), the fit (`settling.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipelines.nlp.events.party_phrase import PartyPhrase
from pipelines.records import Party
from pipelines.training.corpus import Reading
from pipelines.training.matching import Coded, Match, designation, is_party, match_rows
from pipelines.training.settling import Case


def country_cases(readings: Iterable[Reading]) -> list[Case]:
    """The parties whose country can be learned from: coded with one, and voted on.

    Args:
        readings: articles with what the coder made of them.

    Returns:
        One case a party of a row: what spoke for each country that may have been meant, and which of them are coded.
    """
    cases: list[Case] = []
    for reading in readings:
        vote = reading.vote
        for match in match_rows(reading.drafts, reading.article.events, reading.names):
            for phrase, party, coded in _sides(match):
                if vote is None or phrase.head not in vote.asked:
                    continue
                told = designation(party, reading.names)
                wanted = {
                    one["country"] for one in coded if one.get("country") and is_party(told, one, with_country=False)
                }
                options = vote.options(phrase.head, vote.asked[phrase.head])
                right = tuple(country in wanted for country in options)
                if any(right) and not all(right):
                    evidence = tuple(frozenset(found) for found in options.values())
                    cases.append(Case(reading.article.article_id, evidence, right))
    return cases


def _sides(match: Match) -> Iterator[tuple[PartyPhrase, Party, list[Coded]]]:
    """Each party of a row as phrase and as record, with the coded parties of its side."""
    if match.coded is None:
        return
    actors, recipients = match.coded["actors"], match.coded["recipients"]
    if match.coded.get("symmetric"):
        actors = recipients = [*actors, *recipients]
    draft, row = match.draft, match.row
    for phrases, parties, coded in ((draft.actors, row.actors, actors), (draft.recipients, row.recipients, recipients)):
        for phrase, party in zip(phrases, parties, strict=False):
            yield phrase, party, coded
