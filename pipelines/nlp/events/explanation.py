"""Explanations: how a draft was judged and its parties were chosen, for a person to read (`communique extract --explain`).

What belongs here: the form. What does not: the judgement (`judgement.py`) and the choice (`choice.py`) that it tells of.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.nlp.events.choice import Scored, Weights
from pipelines.nlp.events.drafts import Draft
from pipelines.nlp.events.judgement import EXISTS, RIGHT
from pipelines.nlp.events.row_confidence import CONFIDENCE
from pipelines.nlp.parsed import AnyDoc, Doc, parsed
from pipelines.records import Event

EXPLANATIONS = "event_explanations"  # key of doc.user_data: drafts with their rows, those that are no events too
_MOST_REASONS = 8
_MOST_CANDIDATES = 6  # a role


def explain(doc: AnyDoc, weights: Weights) -> list[dict[str, Any]]:
    """What was decided on each predicate of a document, and why.

    Args:
        doc: a Doc whose events component explains (`is_explaining`).
        weights: those it decided by.

    Returns:
        One mapping a draft, by position: type, trigger, whether it became a row, the evidence that weighed most for its being
        an event (`exists`), for its parties being right (`right`) and for the finished row being right (`confidence`), and for
        each role the best candidates with their score (logarithm of odds; above 0 likelier than no one) and what weighed most
        in it.
    """
    found = doc.user_data.get(EXPLANATIONS, ())
    document = parsed(doc)
    rows = [_draft(document, draft, row, weights) for draft, row in found]
    return sorted(rows, key=lambda r: (r["start_char"], r["event_type"]))


def _draft(doc: Doc, draft: Draft, row: Event, weights: Weights) -> dict[str, Any]:
    roles: dict[str, list[dict[str, Any]]] = {}
    if draft.choice is not None:
        for role in dict.fromkeys(s.role for s in draft.choice.scored):
            scored = sorted((s for s in draft.choice.scored if s.role == role), key=lambda s: -s.score)
            roles[role] = [_candidate(doc, s, weights, draft) for s in scored[:_MOST_CANDIDATES]]
    return {
        "event_id": row.event_id,
        "event_type": row.event_type,
        "trigger": row.trigger,
        "start_char": row.start_char,
        "is_row": draft.is_row,
        "exists": round(draft.exists, 3),
        "exists_because": _reasons(draft.evidence | draft.manner, weights.get(EXISTS, {})),
        "right": round(draft.right, 3),
        "right_because": _reasons(draft.evidence, weights.get(RIGHT, {})),
        "confidence": row.confidence,
        "confidence_because": _reasons(draft.row_evidence, weights.get(CONFIDENCE, {})),
        "roles": roles,
    }


def _candidate(doc: Doc, scored: Scored, weights: Weights, draft: Draft) -> dict[str, Any]:
    chosen = draft.choice.chosen.get(scored.role) if draft.choice is not None else None
    parties = scored.candidate.parties
    return {
        "text": " + ".join(doc[p.start : p.end].text for p in parties),
        "score": round(scored.score, 2),
        "is_chosen": chosen is not None and chosen.candidate is scored.candidate,
        "because": _reasons(dict.fromkeys(scored.evidence, 1.0), weights.get(scored.role, {})),
    }


def _reasons(evidence: Mapping[str, float], weights: Mapping[str, float]) -> list[str]:
    """The evidence that weighed most, as "name +1.20"."""
    parts = [(name, value * weights[name]) for name, value in evidence.items() if weights.get(name)]
    parts.sort(key=lambda part: -abs(part[1]))
    return [f"{name} {weight:+.2f}" for name, weight in parts[:_MOST_REASONS] if round(weight, 2)]
