"""Judgement: how likely a draft is an event at all, and how likely its row is right, from evidence of the whole draft.

What belongs here: that evidence, and the two probabilities made of it with learned weights (`lexicons/event_weights.csv`, roles
`exists` and `right`). What does not: who plays which role (`choice.py`), the prior by position (`salience.py`).
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping

from pipelines.nlp.events.choice import Choice, Weights
from pipelines.nlp.events.domain import Domain
from pipelines.nlp.events.drafts import Draft
from pipelines.nlp.events.evidence import ACTOR, PARTICIPANT, RECIPIENT, kind_of, stands_alone
from pipelines.nlp.events.party_phrase import PartyPhrase
from pipelines.nlp.events.patterns import POLITICAL_SECTORS
from pipelines.nlp.events.salience import confidence
from pipelines.nlp.parsed import Doc, Token
from pipelines.records import Modality

EXISTS, RIGHT = "exists", "right"
_EARLY, _MIDDLE = 3, 10  # sentences
_STARTS = "event_sentence_starts"  # key of doc.user_data: token indexes, looked up for every draft


def draft_evidence(
    draft: Draft, modality: Modality, domain: Domain, doc: Doc, lean: tuple[float, float] = (0.0, 0.0)
) -> dict[str, float]:
    """Named evidence of a draft.

    Args:
        draft: the finished draft.
        modality: its modality.
        domain: what its passage is about.
        doc: the document it stands in.
        lean: how far its passage and the document lean to politics (`DomainReader.lean`).

    Returns:
        Values by name: 1 for what is there, other numbers for what is measured.
    """
    prior = min(max(confidence(draft, modality), 0.02), 0.98)
    found: dict[str, float] = {"prior": log_odds(prior), "salience": draft.salience}
    found["likelihood"] = log_odds(draft.likelihood)
    site = draft.site
    for name in (
        f"type={draft.event_type}",
        f"modality={modality.value}",
        f"tag={draft.trigger.tag_}",
        f"dep={draft.top.dep_}",
        f"form={_form(draft)}",
        f"sentence={_sentence_rank(doc, site.token)}",
        f"operators={min(len(draft.operators), 2)}",
        f"attributed={draft.attributed_to is not None}",
        f"mode={draft.mode is not None}",
        f"domain={(Domain.OTHER if domain is Domain.DISASTER else domain).name.lower()}",
    ):
        found[name] = 1.0
    sent = site.token.sent
    found["passage_lean"], found["document_lean"] = lean
    found["length"] = math.log(len(sent))
    found["depth"] = float(min(_depth(draft.top), 5))
    if stands_alone(sent):
        found["alone"] = 1.0  # a text of one sentence is there to tell what it tells
        found["alone_prior"] = found["prior"]  # and has nothing else to go by than where in it an event stands
    if draft.is_negated:
        found["negated"] = 1.0
    if draft.asks_object:
        found["asks_object"] = 1.0
    if draft.is_composed:
        found["composed"] = 1.0
    if _is_generic(draft):
        found["generic"] = 1.0
    if site.noun is not None:
        found[f"noun:{_determiner(site.noun)}"] = 1.0
    parties = draft.parties()
    found["political"] = float(any(p.sector in POLITICAL_SECTORS for p in parties))
    found["countries"] = float(min(len({p.country for p in parties if p.country}), 2))
    for role, side in ((ACTOR, draft.actors), (RECIPIENT, draft.recipients)):
        found.update(_side_evidence(doc, role, side, site.token))
    if draft.choice is not None:
        found.update(_choice_evidence(draft.choice))
    return found


def _choice_evidence(choice: Choice) -> dict[str, float]:
    """How sure the choice of the parties is."""
    found: dict[str, float] = {}
    for role in (ACTOR, RECIPIENT, PARTICIPANT):
        found[f"{role}_score"] = max(min(choice.score(role), 5.0), 0.0)
        found[f"{role}_doubt"] = choice.doubt(role)
    found["candidates"] = math.log(1 + len(choice.scored))
    both = math.prod(choice.certainty(role) for role in (ACTOR, RECIPIENT, PARTICIPANT))
    found["parties"] = log_odds(min(max(both, 0.02), 0.98))
    return found


def log_odds(probability: float) -> float:
    """The logarithm of the odds of a probability above 0 and below 1."""
    return math.log(probability / (1 - probability))


def _depth(token: Token) -> int:
    """Clauses above a predicate."""
    depth = 0
    while token.head.i != token.i:
        token = token.head
        depth += token.pos_ in ("VERB", "AUX")
    return depth


def _side_evidence(doc: Doc, role: str, side: list[PartyPhrase], token: Token) -> dict[str, float]:
    if not side:
        return {f"no_{role}": 1.0}
    first = side[0]
    found = {f"{role}_kind={kind_of(doc, first)}": 1.0, f"{role}_sector={first.sector or 'none'}": 1.0}
    if len(side) > 1:
        found[f"several_{role}s"] = 1.0
    if any(not p.country for p in side) and any(m.country for m in doc._.mentions or ()):
        found[f"{role}_without_country"] = 1.0
    if first.entity is None:
        found[f"{role}_without_entity"] = 1.0
    if doc[first.head].sent.start != token.sent.start:
        found[f"{role}_elsewhere"] = 1.0
    found[f"{role}_distance"] = math.log(1 + abs(first.head - token.i))
    found[f"{role}_long"] = float(first.end - first.start > 6)
    return found


def _form(draft: Draft) -> str:
    site = draft.site
    if site.noun is not None:
        return site.support or "noun"
    if site.token.pos_ == "ADJ":
        return "adj"
    return "passive" if site.verb is not None and site.verb.is_passive else "verb"


def _sentence_rank(doc: Doc, token: Token) -> str:
    starts = doc.user_data.get(_STARTS)
    if starts is None:
        starts = doc.user_data[_STARTS] = [sent.start for sent in doc.sents]
    rank = bisect_right(starts, token.i) - 1
    if rank > _MIDDLE:
        return "late"
    return "first" if rank <= 0 else "early" if rank <= _EARLY else "middle"


def _is_generic(draft: Draft) -> bool:
    """A present tense with a bare plural as subject tells a rule: "red notices ask states to arrest"."""
    verb = draft.site.verb
    if verb is None or verb.subject is None or draft.site.token.tag_ not in ("VBP", "VBZ") or verb.auxiliaries:
        return False
    subject = verb.subject
    return subject.tag_ == "NNS" and not any(c.dep_ in ("det", "poss", "nummod", "amod") for c in subject.children)


def _determiner(noun: Token) -> str:
    for child in noun.lefts:
        if child.dep_ == "poss":
            return "poss"
        if child.dep_ == "det":
            return "indefinite" if child.lower_ in ("a", "an") else "no" if child.lower_ == "no" else "definite"
        if child.dep_ == "nummod":
            return "counted"
    return "bare_plural" if noun.tag_ == "NNS" else "bare"


def judge(draft: Draft, weights: Weights) -> None:
    """Fill in how likely a draft is an event and its row right, by its evidence, and whether it becomes a row.

    How it is told bears on the first alone: it says nothing of who the parties are.

    A row is given where an event is likelier than none and the parties are not hopeless: the thresholds stand beside the weights.
    """
    draft.exists = probability(weights, EXISTS, draft.evidence | draft.manner)
    draft.right = probability(weights, RIGHT, draft.evidence)
    draft.is_row = draft.exists >= _threshold(weights, EXISTS) and draft.right >= _threshold(weights, RIGHT)


def _threshold(weights: Weights, role: str) -> float:
    return weights.get(role, {}).get("threshold", 0.0)


def probability(weights: Weights, role: str, evidence: Mapping[str, float]) -> float:
    """The probability that weights give a draft's evidence for a role (`exists` or `right`)."""
    of_role = weights.get(role, {})
    total = 0.0
    for name, value in evidence.items():
        total += of_role.get(name, 0.0) * value
    score = of_role.get("bias", 0.0) + total
    return 1 / (1 + math.exp(-max(min(score, 30.0), -30.0)))
