"""Choice: who fills the roles of an event, among all candidates and none, by the weight of the evidence.

What belongs here: scoring and choosing. What does not: where candidates come from (`candidates.py`), what is seen of them
(`evidence.py`). A score is the logarithm of odds: above 0 a candidate is likelier right than no one.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from pipelines.errors import LexiconError
from pipelines.nlp.events.candidate_places import Candidate
from pipelines.nlp.events.evidence import (
    ACTOR,
    PARTICIPANT,
    RECIPIENT,
    Seen,
    Situation,
    evidence_for,
    pair_evidence,
    seen_of,
    stands_as_listed,
)
from pipelines.nlp.events.lexicon import LEXICONS
from pipelines.nlp.events.parties import PartyReader
from pipelines.nlp.events.party_phrase import PartyPhrase, merge_parties, without_parties

WEIGHTS_FILE = "event_weights.csv"
_CERTAIN = 4.0  # log odds between first and second above which nothing is in doubt
_PARTED = frozenset(("first", "rest"))  # of "between A and B"
_OF_OTHERS = frozenset(("inner", "told", "controlled"))
# Kinds of acts by which one's own people are sent, withdrawn or called, not acted on: "fired his deputy" is done to him.
_WITHIN_ONESELF = frozenset(("word", "yield"))
_BEAM = 3  # actors compared with every recipient

Weights = Mapping[str, Mapping[str, float]]  # role -> evidence -> weight


@dataclass(slots=True)
class Scored:
    """A candidate in a role with what was seen of it."""

    role: str
    candidate: Candidate
    evidence: list[str]
    total: float  # of the weights of the evidence
    score: float  # with the weight of the role


@dataclass(slots=True)
class Choice:
    """Who was chosen, and what was compared."""

    actors: list[PartyPhrase]
    recipients: list[PartyPhrase]
    scored: list[Scored] = field(default_factory=list)
    chosen: dict[str, Scored | None] = field(default_factory=dict)

    def score(self, role: str) -> float:
        """Score of the candidate chosen for a role, 0 where no one was."""
        scored = self.chosen.get(role)
        return scored.score if scored is not None else 0.0

    def certainty(self, role: str) -> float:
        """Probability of what was chosen for a role: of the candidate, or of no one being right."""
        chosen = self.chosen.get(role)
        if chosen is not None:
            return _probability(chosen.score)
        return math.prod(1 - _probability(s.score) for s in self.scored if s.role == role)

    def doubt(self, role: str) -> float:
        """How near the next best comes to what was chosen for a role, no one included: 0 far, 1 as good."""
        chosen = self.chosen.get(role)
        others = [
            s.score for s in self.scored if s.role == role and (chosen is None or s.candidate is not chosen.candidate)
        ]
        best = max((*others, 0.0) if chosen is not None else others, default=-_CERTAIN)
        gap = (chosen.score if chosen is not None else 0.0) - best
        return 1 - min(max(gap, 0.0), _CERTAIN) / _CERTAIN


_Beside = dict[tuple[int, int], Scored]  # recipients of one choice beside each actor, by the ids of both


class ArgumentChooser:
    """Fills the roles of one Doc's events."""

    def __init__(self, parties: PartyReader, weights: Weights) -> None:
        """
        Args:
            parties: reader of the document's parties.
            weights: weight of each evidence by role.
        """
        self.parties = parties
        self.weights = weights

    def choose(self, situation: Situation, candidates: list[Candidate]) -> Choice:
        """The likeliest actors and recipients; the parties of a meeting together as actors."""
        situation.vacant, situation.subject = _vacant(situation, candidates), _subject(situation, candidates)
        if PARTICIPANT in situation.roles:
            return self._participants(situation, candidates)
        both = [(c, seen_of(situation, c)) for c in candidates if c.may_act or c.may_suffer]
        actors = [self._scored(situation, c, ACTOR, seen) for c, seen in both if c.may_act]
        recipients = [self._scored(situation, c, RECIPIENT, seen) for c, seen in both if c.may_suffer]
        recipients = _unparted(recipients)
        best = sorted((s for s in _unparted(actors) if s.score > 0), key=lambda s: -s.score)[:_BEAM]
        result: tuple[float, Scored | None, Scored | None] = (float("-inf"), None, None)
        known: _Beside = {}
        for actor in (*best, None):
            recipient = self._recipient(situation, recipients, actor, known)
            if actor is None and recipient is not None and best and _acts_on_another(best[0], recipient):
                continue  # "the court barred its executives": whoever they are, the court did it
            total = (actor.score if actor else 0.0) + (recipient.score if recipient else 0.0)
            if total > result[0]:
                result = (total, actor, recipient)
        _, actor, recipient = result
        recipients = [self._beside(situation, r, actor, known) for r in recipients]
        return Choice(
            list(actor.candidate.parties) if actor else [],
            list(recipient.candidate.parties) if recipient else [],
            [*actors, *recipients],
            {ACTOR: actor, RECIPIENT: recipient},
        )

    def _scored(self, situation: Situation, candidate: Candidate, role: str, seen: Seen) -> Scored:
        return self._summed(role, candidate, evidence_for(situation, candidate, role, seen))

    def _summed(self, role: str, candidate: Candidate, evidence: list[str], known: Scored | None = None) -> Scored:
        """A candidate with its score; `known` has been scored for the first part of the evidence."""
        weights = self.weights.get(role, {})
        total, new = (0.0, evidence) if known is None else (known.total, evidence[len(known.evidence) :])
        for name in new:
            total += weights.get(name, 0.0)
        return Scored(role, candidate, evidence, total, weights.get("bias", 0.0) + total)

    def _recipient(
        self, situation: Situation, scored: list[Scored], actor: Scored | None, known: _Beside
    ) -> Scored | None:
        best: Scored | None = None
        for recipient in scored:
            if actor is not None and not _is_other(actor.candidate, recipient.candidate):
                continue
            found = self._beside(situation, recipient, actor, known)
            if found.score > (best.score if best is not None else 0.0):
                best = found
        return best

    def _is_own(self, recipient: Scored, actor: Scored) -> bool:
        return self.parties.is_own(recipient.candidate.parties, actor.candidate.parties)

    def _beside(self, situation: Situation, recipient: Scored, actor: Scored | None, known: _Beside) -> Scored:
        """A recipient with what the actor says of it; `known` is added to."""
        if actor is None:
            return recipient
        key = (id(recipient), id(actor))
        found = known.get(key)
        if found is None:
            found = known[key] = self._find_beside(situation, recipient, actor)
        return found

    def _find_beside(self, situation: Situation, recipient: Scored, actor: Scored) -> Scored:
        is_thing = any(place.inner == "thing" for place in recipient.candidate.places)  # "broke off its work"
        own = (is_thing or situation.group in _WITHIN_ONESELF) and self._is_own(recipient, actor)
        seen = pair_evidence(situation.doc, actor.candidate, recipient.candidate, is_own=own)
        if not seen:
            return recipient
        return self._summed(RECIPIENT, recipient.candidate, [*recipient.evidence, *seen], recipient)

    def _participants(self, situation: Situation, candidates: list[Candidate]) -> Choice:
        scored = [self._scored(situation, c, PARTICIPANT, seen_of(situation, c)) for c in candidates if c.may_act]
        parties: list[PartyPhrase] = []
        ranked = sorted((s for s in scored if s.score > 0), key=lambda s: -s.score)
        here = [s for s in ranked if any(not p.relation.startswith("told.") for p in s.candidate.places)]
        ranked = here or ranked  # an earlier telling lends its parties where this one names none
        for one in ranked:
            parties = merge_parties(parties, without_parties(list(one.candidate.parties), parties))
        parties.sort(key=lambda p: p.start)
        return Choice(parties, [], scored, {PARTICIPANT: ranked[0] if ranked else None})


def _unparted(scored: list[Scored]) -> list[Scored]:
    """Without those who are a part of a list that is the likelier party as a whole: who is one of several acts with them."""
    several = [s for s in scored if len(s.candidate.parties) > 1 and s.score > 0 and _is_listed(s.candidate)]
    if not several:
        return scored
    kept = []
    for one in scored:
        own = {p.identity for p in one.candidate.parties}
        is_apart = any(place.inner in _PARTED for place in one.candidate.places)
        if is_apart or not any(
            s.score >= one.score and own < {p.identity for p in s.candidate.parties} for s in several
        ):
            kept.append(one)
    return kept


def _is_listed(candidate: Candidate) -> bool:
    """Whether parties stand together in the text, and not only as the parties of another event."""
    return any(place.relation.partition(".")[0] not in _OF_OTHERS for place in candidate.places)


def _probability(score: float) -> float:
    return 1 / (1 + math.exp(-max(min(score, 30.0), -30.0)))


def _vacant(situation: Situation, candidates: list[Candidate]) -> frozenset[str]:
    return frozenset(
        role for role in situation.roles if not any(stands_as_listed(situation, role, c) for c in candidates)
    )


def _subject(situation: Situation, candidates: list[Candidate]) -> str:
    verb = situation.site.verb
    if verb is None or verb.subject is None:
        return "none"
    is_party = any(p.relation == "subj" and p.inner in ("", "thing") for c in candidates for p in c.places)
    return "party" if is_party else "thing"


def _acts_on_another(actor: Scored, recipient: Scored) -> bool:
    """Whether an actor is the subject and the recipient another: that they are of one country makes it no one's deed."""
    is_subject = any(p.relation == "subj" and not p.inner for p in actor.candidate.places)
    return is_subject and _is_other(actor.candidate, recipient.candidate)


def _is_other(actor: Candidate, recipient: Candidate) -> bool:
    """Whether two candidates are different parties, by identity and by their phrases."""
    return len(without_parties(list(recipient.parties), list(actor.parties))) == len(recipient.parties)


@cache
def load_weights(name: str = WEIGHTS_FILE) -> Weights:
    """Read a file of weights: rows of role, evidence, weight.

    Raises:
        LexiconError: the file is missing or a weight is no number.
    """
    path = LEXICONS / name
    weights: dict[str, dict[str, float]] = {}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(line for line in file if line.strip() and line[0] != "#"):
                weights.setdefault(row["role"], {})[row["evidence"]] = float(row["weight"])
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise LexiconError(f"weights {name} cannot be read: {error}") from error
    return weights
