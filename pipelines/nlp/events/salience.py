"""Salience: a first guess how likely a draft is what its sentence reports, from where it stands, between 0 and 1.

What belongs here: the factors and their product; it is one piece of evidence among others in `judgement.py`, which makes the
`confidence` of a row. The sentence's main event comes first, background and nested ones after.
The factors were set by hand on sentences of our own (`tests/cases/event_frames.jsonl`) and checked on the evaluation suites.
"""

from __future__ import annotations

from pipelines.nlp.clauses.component import collapsed_subject
from pipelines.nlp.events.drafts import Draft
from pipelines.nlp.parsed import Token
from pipelines.records import Modality

_BY_POSITION = {
    "ROOT": 1.0,
    "ccomp": 0.9,
    "xcomp": 0.8,
    "conj": 0.85,
    "parataxis": 0.85,
    "advcl": 0.55,
    "relcl": 0.5,
    "acl": 0.5,
    "amod": 0.35,
    "pcomp": 0.5,
    "dobj": 0.6,
    "nsubj": 0.5,
    "nsubjpass": 0.5,
    "pobj": 0.4,
    "appos": 0.4,
    "attr": 0.7,
    "acomp": 0.7,
    "compound": 0.3,
}
_DEPTH_EXPONENT = 0.6  # below 1: the third clause down is hardly less an event than the second
_BY_MODALITY = {Modality.ACTUAL: 1.0, Modality.FUTURE: 0.9, Modality.HYPOTHETICAL: 0.7, Modality.HISTORICAL: 0.9}


def confidence(draft: Draft, modality: Modality) -> float:
    """The confidence of a draft.

    Args:
        draft: the finished draft.
        modality: its final modality.

    Returns:
        A number above 0 and below 1, rounded to three digits.
    """
    score = 0.35 + 0.65 * draft.salience
    score *= _position(draft.top)
    score *= _BY_MODALITY[modality]
    actors = any(p.is_party for p in draft.actors)
    recipients = any(p.is_party for p in draft.recipients)
    if actors and recipients:
        score *= 1.0
    elif actors or recipients:
        score *= 0.85 if draft.recipients or len(draft.actors) > 1 else 0.75
    else:
        score *= 0.5
    if draft.is_negated:
        score *= 0.5
    return round(min(max(score, 0.01), 0.99), 3)


def _position(top: Token) -> float:
    """The product of the grammatical positions from the event up to the sentence's root."""
    factor = 1.0
    current = top
    for _ in range(8):
        dep = current.dep_
        if dep == "ROOT" or collapsed_subject(current) is not None:
            break
        if dep not in ("prep", "agent", "aux"):
            factor *= _BY_POSITION.get(dep, 0.6)
        current = current.head
    return max(factor, 0.05) ** _DEPTH_EXPONENT
