"""The event coder: finds predicates of the lexicon, codes each into a draft, lets operators change it, writes rows.

What belongs here: the order of the steps, for one document. Read next: `matcher.py` (frames and roles), `drafting.py`,
`operators.py`, `recoding.py`, `parties.py`, `circumstances.py` (date, place, counts), `salience.py` (confidence), `rows.py`.
"""

from __future__ import annotations

import numpy as np
from spacy.attrs import LEMMA
from spacy.tokens import Doc, Span, Token
from spacy.vocab import Vocab

from pipelines.nlp.actors.component import ActorDescriber
from pipelines.nlp.clauses.component import ClauseReader
from pipelines.nlp.clauses.phrases import semantic_heads
from pipelines.nlp.events.drafting import DraftBuilder
from pipelines.nlp.events.drafts import Draft
from pipelines.nlp.events.lexicon import EventLexicon, Frame
from pipelines.nlp.events.matcher import FrameMatcher, Site
from pipelines.nlp.events.nearest import nearest_parties
from pipelines.nlp.events.operators import OperatorReader
from pipelines.nlp.events.parties import PartyReader
from pipelines.nlp.events.party_phrase import without_parties
from pipelines.nlp.events.patterns import PEOPLE_NOUNS, PERSON_CLASSES
from pipelines.nlp.events.recoding import Recoder
from pipelines.nlp.events.rows import RowWriter
from pipelines.records import Event, Modality

_LONE_OPERATOR = 0.4  # salience of an operator whose complement is no coded event


class EventsComponent:
    """Codes the PLOVER events of a Doc into `doc._.events`."""

    def __init__(
        self, vocab: Vocab, lexicon: EventLexicon, describer: ActorDescriber, *, threshold: float = 0.15
    ) -> None:
        """
        Args:
            vocab: vocabulary of the pipeline, for look-up by lemma hash.
            lexicon: the event lexicons.
            describer: tells country and sector of a phrase.
            threshold: confidence under which a draft is no event.
        """
        self.lexicon = lexicon
        self.describer = describer
        self.threshold = threshold
        words = {word.split()[-1] for word, _ in (*lexicon.frames, *lexicon.operators)}
        classes = (lexicon.noun_classes.get(name, frozenset()) for name in PERSON_CLASSES)
        self.person_nouns = PEOPLE_NOUNS.union(*classes)
        self._lemmas = np.array(sorted(vocab.strings.add(w) for w in words), dtype=np.uint64)

    def __call__(self, doc: Doc) -> Doc:
        doc._.events = self.predict(doc)
        return doc

    def predict(self, doc: Doc) -> list[Event]:
        """The events of a Doc, by position."""
        events: list[Event] = []
        candidates = [doc[int(i)] for i in np.flatnonzero(np.isin(doc.to_array(LEMMA), self._lemmas))]
        if not candidates:
            return events
        coder = _DocumentCoder(doc, self)
        by_sentence: dict[int, list[Token]] = {}
        for token in candidates:
            by_sentence.setdefault(token.sent.start, []).append(token)
        for tokens in by_sentence.values():
            events.extend(coder.code(tokens[0].sent, tokens))
        return sorted(events, key=lambda e: (e.start_char, e.end_char, e.event_type))


class _DocumentCoder:
    """The coder with what it remembers of one Doc."""

    def __init__(self, doc: Doc, component: EventsComponent) -> None:
        clauses = doc._.clauses or ClauseReader(doc)
        self.doc = doc
        self.parties = PartyReader(doc, component.describer, clauses, component.person_nouns)
        self.matcher = FrameMatcher(component.lexicon, clauses, self.parties)
        self.operators = OperatorReader(component.lexicon, clauses, self.matcher, self.parties)
        self.builder = DraftBuilder(clauses, self.matcher, self.parties, self.operators)
        self.recoder = Recoder(component.lexicon)
        self.rows = RowWriter(doc, component.lexicon, clauses, self.parties, component.threshold)

    def code(self, sent: Span, tokens: list[Token]) -> list[Event]:
        """The events of one sentence; `tokens` are those that the lexicon knows."""
        drafts = [d for d in self._drafts(tokens) if self._is_whole(d, sent)]
        rows = (self.rows.row(draft, sent) for draft in _without_repetitions(_distinct(drafts)))
        return [row for row in rows if row is not None]

    def _drafts(self, tokens: list[Token]) -> list[Draft]:
        sites = [(site, self.matcher.match(site)) for site in map(self.matcher.site, tokens) if site is not None]
        taken = self._taken(sites)
        drafts: list[Draft] = []
        used: set[int] = set()
        for site, frame in sites:
            if frame is None or frame.event_type is None or site.token.i in taken:
                continue
            draft = self.builder.draft(site, frame)
            result = self.operators.elevate(draft)
            if result is None:
                used.update(t.i for t in draft.operators)
                continue
            drafts.append(result)
            if result.trigger.i != site.token.i:
                used.add(result.trigger.i)
                drafts += self.recoder.foreseen(result, self.builder.draft(site, frame))
            drafts += self.recoder.settle(result)
        drafts += self._lone_operators(
            sites, used | taken | {d.trigger.i for d in drafts} | {d.site.token.i for d in drafts}
        )
        return drafts

    def _taken(self, sites: list[tuple[Site, Frame | None]]) -> set[int]:
        """Tokens whose event another site tells: objects that a frame asked for, and light verbs of coded nouns."""
        taken: set[int] = set()
        for site, frame in sites:
            if frame is None:
                continue
            if frame.objects or frame.preps:
                obj = self.matcher.object_of(site)
                heads = semantic_heads(obj) if obj is not None and frame.objects else []
                for condition in frame.preps:
                    for token in self.matcher.role_tokens(site, condition.preposition) if condition.heads else ():
                        heads = [*heads, *semantic_heads(token)]
                taken.update(h.i for h in heads if h.i != site.token.i)
        for site, frame in sites:
            if (
                frame is not None
                and frame.event_type
                and site.noun is not None
                and site.verb is not None
                and site.token.i not in taken
            ):
                verb_frame = next((f for s, f in sites if s.token.i == site.verb.token.i and f is not None), None)
                if verb_frame is None or verb_frame.specificity <= 1:
                    taken.add(site.verb.token.i)
        return taken

    def _lone_operators(self, sites: list[tuple[Site, Frame | None]], used: set[int]) -> list[Draft]:
        drafts = []
        for site, frame in sites:
            if site.token.i in used or (frame is not None and frame.event_type is None):
                continue
            demand = self.operators.demand(site)
            if demand is not None:
                drafts.append(demand)
                continue
            found = self.operators.lone(site)
            if found is None:
                continue
            _, outcome = found
            subject = self.operators.subject_parties(site.token)
            if not subject:
                continue
            addressees = without_parties(self.operators.addressees(site.token), subject)
            addressees = addressees or nearest_parties(self.parties, site.token, subject)
            draft = Draft(
                site,
                outcome.event_type or "",
                outcome.mode,
                (),
                subject,
                addressees,
                _LONE_OPERATOR,
                site.token,
                site.top,
            )
            if outcome.modality:
                draft.modality = Modality(outcome.modality)
            if site.verb is not None:
                draft.is_negated = site.verb.is_negated
                if site.verb.is_hypothetical:
                    draft.modality = Modality.HYPOTHETICAL
            result = self.operators.elevate(draft)
            if result is not None:
                drafts += [result, *self.recoder.settle(result)]
        return drafts

    def _is_whole(self, draft: Draft, sent: Span) -> bool:
        """False where a sentence breaks off ("by Venezuela. several countries ...") in one of the event's parties."""
        after = next((t for t in self.doc[sent.end : sent.end + 3] if not t.is_space), None)
        if after is None or not after.text[0].islower():
            return True
        last = sent.end - 1
        while last > sent.start and (self.doc[last].is_punct or self.doc[last].is_space):
            last -= 1
        return all(p.end <= last for p in draft.parties())


def _distinct(drafts: list[Draft]) -> list[Draft]:
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


def _without_repetitions(drafts: list[Draft]) -> list[Draft]:
    """Without participles that only say how an event went: "marched through the city, chanting slogans against the king"."""
    kept = []
    for draft in drafts:
        whole = next((d for d in drafts if d is not draft and _repeats(draft, d)), None)
        if whole is None:
            kept.append(draft)
        elif not any(p.is_party for p in whole.recipients):
            whole.recipients = draft.recipients or whole.recipients
    return kept


def _repeats(draft: Draft, other: Draft) -> bool:
    token, verb = draft.site.token, other.site.token
    if token.tag_ != "VBG" or draft.event_type != other.event_type or not draft.actors:
        return False
    if {p.identity for p in draft.actors} != {p.identity for p in other.actors}:
        return False
    while token.dep_ == "conj" and token.head.tag_ == "VBG":
        token = token.head
    return token.dep_ == "advcl" and token.head.i == verb.i


def _rank(draft: Draft) -> tuple[bool, bool, int, float]:
    """With a recipient before without; by a frame that asked for the object before any other; with more parties first."""
    has_recipient = any(p.is_party for p in draft.recipients)
    is_own = draft.trigger.i == draft.site.token.i
    return (has_recipient, is_own and draft.asks_object, len(draft.parties()), draft.salience)
