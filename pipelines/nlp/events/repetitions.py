"""Repetitions: drafts of a sentence that tell one act, made one.

What belongs here: which of two drafts repeats the other, and what the one that stays takes over. What does not: the same act in
another sentence (`pipelines/stages/resolve/events.py`).
"""

from __future__ import annotations

from collections.abc import Callable

from pipelines.nlp.clauses.component import ClauseReader
from pipelines.nlp.clauses.phrases import coordinated, lemma_of
from pipelines.nlp.events.drafts import Draft
from pipelines.nlp.events.party_phrase import PartyPhrase, merge_parties
from pipelines.nlp.events.tolls import load_count_words
from pipelines.nlp.parsed import Token

_HURTS = frozenset(("fatalities", "injuries"))
# By these a clause says in what its people came to harm: "were hurt in the attack", "after being attacked".
_CAUSES = ("by", "in", "during", "from", "after", "when", "as", "while")
_HIGHER = 4  # governors looked through


class Repetitions:
    """Finds what is told twice in the sentences of one Doc."""

    def __init__(self, clauses: ClauseReader) -> None:
        """
        Args:
            clauses: reader of the document's clauses.
        """
        self.clauses = clauses
        self._words = load_count_words()

    def merged(self, drafts: list[Draft]) -> list[Draft]:
        """The drafts of a sentence, each act once."""
        kept = list(drafts)
        rules: tuple[tuple[Callable[[Draft, Draft], bool], Callable[[Draft, Draft], None]], ...] = (
            (_goes_on, _take_recipients),
            (self._hurts_too, _take_all),
            (self._is_cause, _take_actors),
        )
        for repeats, take in rules:
            for draft in list(kept):
                whole = next((d for d in kept if d is not draft and repeats(draft, d)), None)
                if whole is not None:
                    kept = [d for d in kept if d is not draft]
                    take(whole, draft)
        return kept

    def _hurts(self, draft: Draft) -> bool:
        """Whether a verb tells that people were killed or wounded."""
        token = draft.site.token
        if token.pos_ != "VERB":
            return False
        lemma = lemma_of(token)
        return any(self._words.get((lemma, "verb", whose)) in _HURTS for whose in ("obj", "subj"))

    def _hurts_too(self, draft: Draft, other: Draft) -> bool:
        """ "wounded 30" of "killed 12 and wounded 30": one act with two kinds of victims."""
        if not _is_alike(draft, other) or not (self._hurts(draft) and self._hurts(other)):
            return False
        if draft.site.token.i < other.site.token.i or not _same_parties(draft.actors, other.actors):
            return False
        return any(t.i == draft.site.token.i for t in coordinated(other.site.token))

    def _is_cause(self, draft: Draft, other: Draft) -> bool:
        """The act by which the people of another draft came to harm: "the raid killed 12", "hurt after being attacked"."""
        if not _is_alike(draft, other) or not self._hurts(other) or draft.site.token.i == other.site.token.i:
            return False
        if draft.actors and other.actors and not _same_parties(draft.actors, other.actors):
            return False
        verb, token = self.clauses.predicate(other.site.token), draft.site.token
        if token.pos_ in ("NOUN", "PROPN"):
            return self._is_cause_noun(token, other.site.token)
        if token.dep_ == "acl" and token.head.pos_ in ("NOUN", "PROPN"):  # "an attack claimed by rebels killed 12"
            return self._is_cause_noun(token.head, other.site.token)
        if verb.subject is not None and not verb.is_passive or other.actors or not draft.recipients:
            return False
        if not _may_be_same(draft.recipients, other.recipients):
            return False
        return _hangs_on(token, other.site.token)

    def _is_cause_noun(self, noun: Token, verb: Token) -> bool:
        predicate = self.clauses.predicate(verb)
        near = [predicate.subject] if predicate.subject is not None else []
        for role in _CAUSES:
            near += predicate.preps.get(role, ())
        if verb.dep_ == "relcl":
            near.append(verb.head)
        found = {t.i for head in near for t in coordinated(head)}
        for head in list(near):  # "a bomb attack": the attack and its bomb
            found.update(c.i for c in head.lefts if c.dep_ in ("compound", "amod"))
        return noun.i in found


def _is_alike(draft: Draft, other: Draft) -> bool:
    return (
        draft.event_type == other.event_type
        and draft.is_negated == other.is_negated
        and not draft.is_composed
        and not other.is_composed
        and draft.modality == other.modality
        and draft.trigger.i == draft.site.token.i
        and other.trigger.i == other.site.token.i
    )


def _same_parties(first: list[PartyPhrase], second: list[PartyPhrase]) -> bool:
    return {p.identity for p in first} == {p.identity for p in second}


def _may_be_same(first: list[PartyPhrase], second: list[PartyPhrase]) -> bool:
    return not second or bool({p.identity for p in first} & {p.identity for p in second})


_CARRIERS = frozenset(("pcomp", "conj", "advcl", "relcl", "pobj"))  # by which a clause hangs on a phrase of the verb


def _hangs_on(token: Token, verb: Token) -> bool:
    """Whether a clause is one of cause or time of a verb, or tells of the deed that was: "after being attacked", "when rebels
    attacked", "in a raid in which rebels shot him".
    """
    current = token
    for _ in range(_HIGHER):
        head = current.head
        if head.i == verb.i:
            if current.dep_ == "prep":
                return current.lower_ in _CAUSES
            return current.dep_ == "advcl" and any(c.lower_ in _CAUSES for c in current.children)
        if head.i == current.i or current.dep_ not in _CARRIERS:
            return False
        current = head
    return False


def _take_recipients(whole: Draft, draft: Draft) -> None:
    if not any(p.is_party for p in whole.recipients):
        whole.recipients = draft.recipients or whole.recipients
    _take_rest(whole, draft)


def _take_all(whole: Draft, draft: Draft) -> None:
    whole.recipients = merge_parties(whole.recipients, draft.recipients)
    _take_rest(whole, draft)


def _take_actors(whole: Draft, draft: Draft) -> None:
    if not any(p.is_party for p in whole.actors):
        victims = {p.identity for p in whole.recipients}
        whole.actors = [p for p in draft.actors if p.identity not in victims] or whole.actors
    if not any(p.is_party for p in whole.recipients):
        whole.recipients = draft.recipients or whole.recipients
    _take_rest(whole, draft)


def _take_rest(whole: Draft, draft: Draft) -> None:
    whole.mode = whole.mode or draft.mode
    whole.attributed_to = whole.attributed_to or draft.attributed_to
    whole.contexts = tuple(dict.fromkeys((*whole.contexts, *draft.contexts)))
    whole.salience = max(whole.salience, draft.salience)
    whole.likelihood = max(whole.likelihood, draft.likelihood)
    for kind, value in draft.counts.items():
        whole.counts[kind] = max(value, whole.counts.get(kind, 0))


def distinct(drafts: list[Draft]) -> list[Draft]:
    """One draft a trigger and type: the one that an operator changed, then the one with more parties."""
    best: dict[tuple[int, str], Draft] = {}
    for draft in drafts:
        key = (draft.trigger.i, draft.event_type)
        other = best.setdefault(key, draft)
        first, second = (draft, other) if _rank(draft) > _rank(other) else (other, draft)
        first.mode = first.mode or second.mode
        best[key] = first
    changed = {d.trigger.i for d in best.values() if d.trigger.i != d.site.token.i}
    return [d for d in best.values() if d.trigger.i != d.site.token.i or d.site.token.i not in changed]


def _goes_on(draft: Draft, other: Draft) -> bool:
    """A participle that only says how an event went: "marched through the city, chanting slogans against the king"."""
    token, verb = draft.site.token, other.site.token
    if token.tag_ != "VBG" or draft.event_type != other.event_type or not draft.actors:
        return False
    if not _same_parties(draft.actors, other.actors):
        return False
    while token.dep_ == "conj" and token.head.tag_ == "VBG":
        token = token.head
    return token.dep_ == "advcl" and token.head.i == verb.i


def _rank(draft: Draft) -> tuple[bool, bool, int, float]:
    """With a recipient before without; by a frame that asked for the object before any other; with more parties first."""
    has_recipient = any(p.is_party for p in draft.recipients)
    is_own = draft.trigger.i == draft.site.token.i
    return (has_recipient, is_own and draft.asks_object, len(draft.parties()), draft.salience)
