"""The same act told again elsewhere in the document.

What belongs here: which other telling is of the same act. What does not: what is taken over from it (`story.py`,
`scene.py`), acts told twice in one sentence (`repetitions.py`).
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.nlp.clauses.phrases import lemma_of
from pipelines.nlp.events.drafts import Draft
from pipelines.nlp.events.event_dates import EventDate
from pipelines.nlp.events.lexicon import EventLexicon
from pipelines.nlp.events.telling import Telling, is_definite
from pipelines.records import Place

_ONE_ACT = 3
_SUBJECTS = frozenset(("nsubj", "nsubjpass"))


@dataclass(slots=True)
class Told:
    """An event as told once: its draft with what its own sentence says of day and place."""

    draft: Draft
    when: EventDate | None
    place: Place | None
    telling: Telling
    is_speech: bool  # done in words, so that the day of saying is its own


class Retellings:
    """Finds other tellings of the acts of one Doc."""

    def __init__(self, lexicon: EventLexicon) -> None:
        """
        Args:
            lexicon: the event lexicons, for nouns that name an act.
        """
        self.lexicon = lexicon

    def again(self, told: Told, others: list[Told]) -> Told | None:
        """The nearest of the other tellings that is of the same act: of its parties and word, or of the act it names."""
        found = retold(told, others)
        if found is not None or not self._names_act(told.draft):
            return found
        before = [
            o
            for o in others
            if o.draft.event_type == told.draft.event_type
            and o.telling == Telling.NEWS
            and o.draft.site.token.i < told.draft.site.token.i
        ]
        return before[-1] if before else None

    def _names_act(self, draft: Draft) -> bool:
        """Whether a clause tells of an act that the text has told of: "died in the attack", "the raid had killed ten"."""
        verb = draft.site.top
        for child in verb.children:
            nouns = [child] if child.dep_ in _SUBJECTS else []
            if child.dep_ in ("prep", "agent") and child.lower_ in ("in", "during", "by"):
                nouns = [c for c in child.children if c.dep_ == "pobj"]
            for noun in nouns:
                frames = self.lexicon.frames.get((lemma_of(noun), "noun"), ())
                if is_definite(noun) and any(f.event_type == draft.event_type for f in frames):
                    return True
        return False


def retold(told: Told, others: list[Told]) -> Told | None:
    """The nearest other telling of the same act: equal type, and equal word or party where the text may mean it."""
    draft = told.draft
    best, best_key = None, (0, 0)
    for other in others:
        if (
            other is told
            or other.draft.event_type != draft.event_type
            or other.draft.site.token.i == draft.site.token.i
        ):
            continue
        score = _likeness(draft, other.draft)
        key = (score, -abs(other.draft.site.token.i - draft.site.token.i))
        if score >= _ONE_ACT and (best is None or key > best_key):
            best, best_key = other, key
    return best


def _likeness(draft: Draft, other: Draft) -> int:
    """How much two drafts of one type have in common: 3 or more where they are one act."""
    if draft.is_negated != other.is_negated or draft.modality != other.modality:
        return 0
    actors, recipients = _shared(draft.actors, other.actors), _shared(draft.recipients, other.recipients)
    if actors < 0 or recipients < 0:
        return 0  # another's act, or done to others
    words, others = ({lemma_of(d.trigger), lemma_of(d.site.token)} for d in (draft, other))
    noun = draft.site.noun
    is_known = noun is not None and is_definite(noun)
    return 2 * bool(words & others) + actors + recipients + is_known


def _shared(one: list, other: list) -> int:
    """1 where two lists of parties share one, 0 where one of them is empty, -1 where they are others."""
    first, second = ({p.identity for p in side if p.is_party} for side in (one, other))
    if not first or not second:
        return 0
    return 1 if first & second else -1
