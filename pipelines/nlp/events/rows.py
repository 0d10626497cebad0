"""Rows: a finished draft to an `Event` with date, place, counts, contexts, attribution and confidence.

What belongs here: the fields of the row, and whether the draft is an event at all. What does not: coding.
"""

from __future__ import annotations

from dataclasses import replace

from spacy.tokens import Doc, Span

from pipelines import ids
from pipelines.nlp.annotations import DocumentContext
from pipelines.nlp.clauses.component import ClauseReader
from pipelines.nlp.clauses.phrases import lemma_of
from pipelines.nlp.events.circumstances import CircumstanceReader
from pipelines.nlp.events.drafts import Draft
from pipelines.nlp.events.lexicon import EventLexicon
from pipelines.nlp.events.parties import PartyReader
from pipelines.nlp.events.party_phrase import PartyPhrase
from pipelines.nlp.events.patterns import (
    ARREST_WORDS,
    CROWD_TYPES,
    FATAL_WORDS,
    INJURY_WORDS,
    LOCAL_SECTORS,
    POLITICAL_SECTORS,
)
from pipelines.nlp.events.salience import confidence
from pipelines.records import Event, Party, Place

_MOST_CONTEXTS = 3
_CONTEXT_DEPTH = 4  # levels of dependents
_OTHER_CLAUSES = frozenset(("relcl", "advcl", "ccomp", "conj", "parataxis", "nsubj", "nsubjpass"))


class RowWriter:
    """Writes the rows of one Doc's events."""

    def __init__(
        self, doc: Doc, lexicon: EventLexicon, clauses: ClauseReader, parties: PartyReader, threshold: float
    ) -> None:
        """
        Args:
            doc: the document.
            lexicon: the event lexicons.
            clauses: reader of the document's clauses.
            parties: reader of the document's parties.
            threshold: confidence under which a draft is no event.
        """
        self.doc = doc
        self.lexicon = lexicon
        self.clauses = clauses
        self.parties = parties
        self.threshold = threshold
        self.context = doc._.context or DocumentContext("", doc.text)
        self.circumstances = CircumstanceReader(doc)

    def row(self, draft: Draft, sent: Span) -> Event | None:
        """The row of a draft, or None where it is no event."""
        if not any(p.is_party for p in draft.parties()):
            return None
        if not self._allowed(draft):
            return None
        when = self.circumstances.date(draft)
        modality = self.circumstances.modality(draft, when)
        score = confidence(draft, modality)
        if score < self.threshold:
            return None
        start, end = self._trigger_span(draft)
        quad, intensity = self._score(draft)
        sentence_start, sentence_end = _trimmed(sent)
        words = {lemma_of(draft.site.token), lemma_of(draft.trigger)}
        attributed = draft.attributed_to or self._attribution(draft)
        place = self.circumstances.place(draft)
        home = self._home(draft, place)
        return Event(
            event_id=ids.event_mention_id(self.context.document_id, start, end, draft.event_type, draft.site.token.i),
            trigger=self.context.text[start:end],
            start_char=start,
            end_char=end,
            sentence_start_char=sentence_start,
            sentence_end_char=sentence_end,
            event_type=draft.event_type,
            event_mode=draft.mode,
            contexts=self._contexts(draft),
            quad_class=quad,
            intensity=intensity,
            confidence=score,
            is_negated=draft.is_negated,
            modality=modality,
            attributed_to=self._record(attributed) if attributed is not None else None,
            actors=tuple(self._record(p, home) for p in draft.actors),
            recipients=tuple(self._record(p, home) for p in draft.recipients),
            event_date_start=when.start,
            event_date_end=when.end,
            event_date_precision=when.precision,
            event_date_source=when.source,
            place=place,
            fatalities=self.circumstances.count(draft.recipients) if words & FATAL_WORDS else None,
            injuries=self.circumstances.count(draft.recipients) if words & INJURY_WORDS else None,
            arrests=self.circumstances.count(draft.recipients) if words & ARREST_WORDS else None,
            crowd_size=self.circumstances.count(draft.actors) if draft.event_type in CROWD_TYPES else None,
        )

    def _record(self, party: PartyPhrase, home: str | None = None) -> Party:
        row = self.parties.record(party, self.context.text, self.context.document_id)
        if home is not None and row.country is None and self._is_local(party):
            return replace(row, country=home)
        return row

    def _is_local(self, party: PartyPhrase) -> bool:
        """Whether a place gives a party its country: a nameless group or office, or a person with an office but no country."""
        if party.sector not in LOCAL_SECTORS:
            return False
        return party.mention is None or not party.mention.is_name or party.mention.label == "PERSON"

    def _home(self, draft: Draft, place: Place | None) -> str | None:
        """The country that the event's place, else the one country its sentence names, gives to local parties."""
        if place is not None and place.country:
            return place.country
        sent = draft.site.token.sent
        inside = [m for m in self.doc._.mentions or () if sent.start <= m.start < sent.end and m.country]
        for labels in (("GPE", "NORP", "LOC"), ("ORG",)):
            named = {m.country for m in inside if m.label in labels}
            if named:
                return next(iter(named)) if len(named) == 1 else None
        return None

    def _allowed(self, draft: Draft) -> bool:
        requires = draft.requires
        if requires == "political":
            return any(p.country or p.sector in POLITICAL_SECTORS for p in draft.parties())
        if requires == "recipient":
            return any(p.is_party for p in draft.recipients)
        if requires == "actor":
            passive = draft.site.verb is not None and draft.site.verb.is_passive
            return bool(draft.actors) or (passive and any(p.is_party for p in draft.recipients))
        return True

    def _attribution(self, draft: Draft) -> PartyPhrase | None:
        """Who a sentence says it from: "according to X", or the speaker of the quotation that holds the event."""
        current = draft.top
        for _ in range(8):
            if current.pos_ in ("VERB", "AUX"):
                for head in self.clauses.predicate(current).preps.get("according to", ()):
                    found = self.parties.parties(head, allow_things=True)
                    if found:
                        return found[0]
            if current.head is current:
                break
            current = current.head
        offset = draft.site.token.idx
        for quote in self.doc._.quotes or ():
            if quote.start_char <= offset < quote.end_char and quote.speaker is not None:
                span = self.doc.char_span(quote.speaker.start_char, quote.speaker.end_char, alignment_mode="expand")
                found = self.parties.parties(span.root, allow_things=True) if span is not None else ()
                return found[0] if found else None
        return None

    def _trigger_span(self, draft: Draft) -> tuple[int, int]:
        token = draft.trigger
        return token.idx, token.idx + len(token)

    def _score(self, draft: Draft) -> tuple[int, float]:
        quad, intensity = self.lexicon.scores[(draft.event_type, "")]
        if draft.mode:
            quad, of_mode = self.lexicon.scores.get((draft.event_type, draft.mode), (quad, intensity))
            intensity = of_mode if of_mode == of_mode else intensity  # a mode without a score has its type's
        return quad, intensity

    def _contexts(self, draft: Draft) -> tuple[str, ...]:
        """Contexts of the frame, then those that the nouns and adjectives of the event's own clause speak of."""
        found = dict.fromkeys(draft.contexts)
        level = [draft.top]
        for _ in range(_CONTEXT_DEPTH):
            for token in level:
                if token.pos_ in ("NOUN", "PROPN", "ADJ", "VERB"):
                    for context in self.lexicon.contexts.get(lemma_of(token), ()):
                        found.setdefault(context)
            level = [child for token in level for child in token.children if child.dep_ not in _OTHER_CLAUSES]
        return tuple(found)[:_MOST_CONTEXTS]


def _trimmed(sent: Span) -> tuple[int, int]:
    tokens = [t for t in sent if not t.is_space]
    if not tokens:
        return sent.start_char, sent.end_char
    return tokens[0].idx, tokens[-1].idx + len(tokens[-1])
