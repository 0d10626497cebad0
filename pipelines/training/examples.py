"""Examples: the evidence of candidates and drafts with the label that the coding gives them.

What belongs here: making examples of readings. What does not: fitting (`fit.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines import ids
from pipelines.nlp.events.choice import Scored
from pipelines.nlp.events.evidence import ACTOR, PARTICIPANT
from pipelines.nlp.events.judgement import EXISTS, RIGHT
from pipelines.nlp.events.row_confidence import CONFIDENCE
from pipelines.training.corpus import Reading
from pipelines.training.matching import Designation, Match, is_party, match_rows

_HALF = 0.5


@dataclass(frozen=True, slots=True)
class Example:
    """Evidence with a label; `article` groups what must not be split."""

    article: str
    evidence: Mapping[str, float]
    label: bool


def examples_of(readings: Iterable[Reading], *, only_rows: bool = False) -> dict[str, list[Example]]:
    """Examples by role.

    Args:
        readings: articles with what the coder made of them.
        only_rows: leave out drafts that did not become rows.
    """
    examples: dict[str, list[Example]] = {}
    for reading in readings:
        name = reading.article.article_id
        drafts = [pair for pair in reading.drafts if pair[0].is_row] if only_rows else reading.drafts
        for match in match_rows(drafts, reading.article.events, reading.names):
            evidence = match.draft.evidence
            seen = evidence | match.draft.manner
            examples.setdefault(EXISTS, []).append(Example(name, seen, match.coded is not None))
            examples.setdefault(RIGHT, []).append(Example(name, evidence, match.is_right))
            if match.draft.is_row:
                examples.setdefault(CONFIDENCE, []).append(Example(name, match.draft.row_evidence, match.is_right))
            for role, example in _choices(name, match, reading):
                examples.setdefault(role, []).append(example)
    return examples


def _choices(name: str, match: Match, reading: Reading) -> Iterable[tuple[str, Example]]:
    """Labelled candidates of a draft that tells a coded event beyond doubt."""
    choice, coded = match.draft.choice, match.coded
    if choice is None or coded is None or not (match.is_near or match.actors_right or match.recipients_right):
        return
    for scored in choice.scored:
        if scored.role == PARTICIPANT or coded.get("symmetric"):
            wanted = [*coded["actors"], *coded["recipients"]]
        else:
            wanted = coded["actors"] if scored.role == ACTOR else coded["recipients"]
        label = _label(scored, wanted, match, reading)
        if label is not None:
            yield scored.role, Example(name, dict.fromkeys(scored.evidence, 1.0), label)


def _label(scored: Scored, wanted: list[dict[str, Any]], match: Match, reading: Reading) -> bool | None:
    """Whether a candidate is a coded party; None where it may be one or not."""
    right = optional = 0
    doc, text = match.draft.site.token.doc, reading.article.text
    for party in scored.candidate.parties:
        last = doc[party.end - 1]
        phrase = text[doc[party.start].idx : last.idx + len(last)]
        entity = ids.entity_id(party.entity.key) if party.entity is not None else ""
        found = Designation(phrase, reading.names.get(entity, ""), party.country)
        hits = [c for c in wanted if is_party(found, c, with_country=False)]
        right += any(not c.get("optional") for c in hits)
        optional += bool(hits) and all(c.get("optional") for c in hits)
    count = len(scored.candidate.parties)
    if right >= _HALF * count:
        return True
    return None if right + optional >= _HALF * count else False
