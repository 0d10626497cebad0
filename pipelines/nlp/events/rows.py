"""Rows: a finished draft to an `Event` with date, place, counts, contexts, attribution and confidence.

What belongs here: the fields of the row, and whether the draft is an event at all. What does not: coding.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import replace
from functools import cached_property

from pipelines import ids
from pipelines.nlp.annotations import DocumentContext
from pipelines.nlp.clauses.component import ClauseReader
from pipelines.nlp.clauses.negation import is_nobody
from pipelines.nlp.clauses.phrases import lemma_of
from pipelines.nlp.coreference.patterns import COUNTRY_GROUP_HEADS
from pipelines.nlp.events.attribution import AttributionReader
from pipelines.nlp.events.choice import Weights
from pipelines.nlp.events.circumstances import CircumstanceReader
from pipelines.nlp.events.domain import Domain
from pipelines.nlp.events.drafts import Draft
from pipelines.nlp.events.lexicon import EventLexicon
from pipelines.nlp.events.matcher import EXIST
from pipelines.nlp.events.mode_words import mode_by_setting, mode_by_words
from pipelines.nlp.events.operators import OperatorReader
from pipelines.nlp.events.parties import PartyReader
from pipelines.nlp.events.party_phrase import PartyPhrase
from pipelines.nlp.events.party_rows import Scene, party_row
from pipelines.nlp.events.patterns import INDEFINITE, PAST_PASSIVE, POLITICAL_SECTORS
from pipelines.nlp.events.retelling import Told
from pipelines.nlp.events.roles import role_rule
from pipelines.nlp.events.row_confidence import ConfidenceReader, RowCounts, row_key
from pipelines.nlp.events.speakers import FIRST_PERSON
from pipelines.nlp.events.themes import ThemeReader
from pipelines.nlp.parsed import Doc, Span, Token
from pipelines.records import Event, Modality, Party, Place

_MATERIAL_CONFLICT = 4  # quad class
_PLACES = frozenset(("GPE", "LOC"))
_HIGHER = 4  # governors looked through
_MOST_CONTEXTS = 3
_CONTEXT_DEPTH = 4  # levels of dependents
_OTHER_CLAUSES = frozenset(("relcl", "advcl", "ccomp", "conj", "parataxis", "nsubj", "nsubjpass"))


class RowWriter:
    """Writes the rows of one Doc's events."""

    def __init__(
        self,
        doc: Doc,
        lexicon: EventLexicon,
        clauses: ClauseReader,
        parties: PartyReader,
        themes: ThemeReader,
        operators: OperatorReader,
        weights: Weights,
    ) -> None:
        """
        Args:
            doc: the document.
            lexicon: the event lexicons.
            clauses: reader of the document's clauses.
            parties: reader of the document's parties.
            themes: tells parties from things.
            operators: reader of the predicates over events.
            weights: weight of each evidence by role.
        """
        self.doc = doc
        self.lexicon = lexicon
        self.clauses = clauses
        self.parties = parties
        self.themes = themes
        self.weights = weights
        self.context = doc._.context or DocumentContext("", doc.text)
        self.attributions = AttributionReader(doc, clauses, parties, operators)
        # By start: a list of thousands is not gone through for each event.
        self._with_country = sorted((m for m in doc._.mentions or () if m.country), key=lambda m: m.start)

    @cached_property
    def circumstances(self) -> CircumstanceReader:
        """When and where; many a document has no event that asks."""
        return CircumstanceReader(self.doc, self.lexicon, self.parties.describer)

    @cached_property
    def confidence(self) -> ConfidenceReader:
        """How sure rows are."""
        return ConfidenceReader(self.doc, self.weights)

    def rows(self, drafts: list[tuple[Draft, Span]]) -> list[Event]:
        """The rows of drafts with their sentences; those that are no events lend nothing to the others."""
        if not drafts:
            return []
        for draft, _ in drafts:
            draft.mode = mode_by_words(draft)
        told = [self.circumstances.told(draft) for draft, _ in drafts]
        others = [one for one, (draft, _) in zip(told, drafts, strict=True) if draft.is_row]
        for one in told:
            if one.draft.mode is None:
                one.draft.mode = self.circumstances.mode_elsewhere(one, others)
        counts = Counter(row_key(one.draft) for one in others)
        return [self._row(draft, sent, one, others, counts) for (draft, sent), one in zip(drafts, told, strict=True)]

    def _row(self, draft: Draft, sent: Span, told: Told, others: list[Told], counts: RowCounts) -> Event:
        when = self.circumstances.date(told, others)
        modality = self.circumstances.modality(draft, when)
        start, end = self._trigger_span(draft)
        sentence_start, sentence_end = _trimmed(sent)
        is_speech = self.lexicon.is_speech(draft.event_type, draft.mode, draft.is_composed)
        attributed = self.attributions.source(draft, is_speech)
        place = self.circumstances.place(told, others)
        scene = self._scene(draft, told.place)
        actors = tuple(self._record(p, scene) for p in draft.actors)
        recipients = tuple(self._record(p, scene) for p in draft.recipients)
        draft.mode = mode_by_setting(draft, (*actors, *recipients), place)
        quad, intensity = self._score(draft)
        sure = self.confidence.of(draft, actors, recipients, counts)
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
            confidence=round(min(max(sure, 0.01), 0.99), 3),
            is_negated=draft.is_negated,
            modality=modality,
            attributed_to=self._record(attributed) if attributed is not None else None,
            actors=actors,
            recipients=recipients,
            theme=self.themes.record(draft.theme, self.context.text) if draft.theme is not None else None,
            event_date_start=when.start,
            event_date_end=when.end,
            event_date_precision=when.precision,
            event_date_source=when.source,
            place=place,
            fatalities=draft.counts.get("fatalities"),
            injuries=draft.counts.get("injuries"),
            arrests=draft.counts.get("arrests"),
            displaced=draft.counts.get("displaced"),
            crowd_size=draft.counts.get("crowd_size"),
        )

    def _record(self, party: PartyPhrase, scene: Scene | None = None) -> Party:
        return party_row(self.doc, party, self.context.text, self.context.document_id, scene)

    def _scene(self, draft: Draft, place: Place | None) -> Scene:
        """The country of the event's place, and the one country that its sentence names."""
        sent = draft.site.token.sent
        first, last = (bisect_left(self._with_country, at, key=lambda m: m.start) for at in (sent.start, sent.end))
        inside = self._with_country[first:last]
        named: str | None = None
        for labels in (("GPE", "NORP", "LOC"), ("ORG",)):
            codes = {m.country for m in inside if m.label in labels}
            if codes:
                named = next(iter(codes)) if len(codes) == 1 else None
                break
        return Scene(place.country if place is not None else None, named)

    def allows(self, draft: Draft, domain: Domain) -> bool:
        """Whether a draft has the parties that its frame asks for, and political ones where the passage is not."""
        if not any(p.is_party for p in draft.parties()):
            may_be_nobody = draft.requires in ("", "political", "actor")
            return may_be_nobody and domain is Domain.POLITICAL and self._stands_alone(draft)
        if _says_nothing(draft):
            return False
        requires = draft.requires
        refused = role_rule(draft.event_type, draft.mode).no_event_with
        if refused and any(p.sector in refused or self._is_writer(p) for p in draft.parties()):
            return False  # an interview
        if (
            domain in (Domain.OTHER, Domain.DISASTER)
            and not any(p.sector in POLITICAL_SECTORS for p in draft.parties())
            # "Spain attacked on the left", but "Spain sent two planes" to a fire.
            and (domain is Domain.OTHER or not any(actor.is_state for actor in draft.actors))
        ):
            return False
        if requires == "political":
            return (
                domain is Domain.POLITICAL
                or any(
                    p.country or p.sector in POLITICAL_SECTORS or self.doc[p.head].lower_ in COUNTRY_GROUP_HEADS
                    for p in draft.parties()
                )
                or self._is_in_state(draft)
            )
        if requires == "named":  # of an operator without a coded complement
            named = (p.mention is not None and p.mention.is_name for p in draft.parties())
            return any(named) or self.allows(replace(draft, requires="political"), domain)
        if requires == "official":
            return any(p.sector in POLITICAL_SECTORS or p.is_state for p in draft.actors)
        if requires == "agent":  # "was elected in 2012" says who somebody is, "parliament elected him" what was done
            return any(p.is_party for p in draft.actors)
        if requires == "recipient":
            return any(p.is_party for p in draft.recipients)
        if requires == "actor":
            passive = draft.site.verb is not None and draft.site.verb.is_passive
            if draft.has_subject or draft.actors or (passive and any(p.is_party for p in draft.recipients)):
                return True
            return (draft.asks_actor and _has_own_subject(draft)) or self._is_of_deed(draft)
        return True

    def _is_in_state(self, draft: Draft) -> bool:
        """Whether a verb of material conflict has a place of a country beside it: "protesters marched through Lome"."""
        quad, _ = self.lexicon.scores[(draft.event_type, "")]
        if draft.site.noun is not None or draft.site.verb is None or quad != _MATERIAL_CONFLICT:
            return False
        sent = draft.site.token.sent
        first, last = (bisect_left(self._with_country, at, key=lambda m: m.start) for at in (sent.start, sent.end))
        places = (m.end - 1 for m in self._with_country[first:last] if m.label in _PLACES)
        return any(_governor(self.doc[at]).i == draft.site.token.i for at in places)

    def _is_of_deed(self, draft: Draft) -> bool:
        """Whether a deed of violence or a bomb did it: "a bombing in Baghdad killed 12 soldiers", "a car bomb killed two"."""
        subject = draft.site.verb.subject if draft.site.verb is not None else None
        return subject is not None and lemma_of(subject) in self.lexicon.what_harms

    def _is_writer(self, party: PartyPhrase) -> bool:
        """Whether a party is who writes: "we" outside quotations, or the outlet by its name."""
        if party.entity is not None:
            return party.entity.name == self.context.source_name
        return party.end - party.start == 1 and self.doc[party.start].lower_ in FIRST_PERSON and not party.country

    def _stands_alone(self, draft: Draft) -> bool:
        """Whether something is told as done, though no one is named: "the bill was vetoed"; of nouns a definite deed."""
        if draft.modality != Modality.ACTUAL:
            return False
        noun, verb = draft.site.noun, draft.site.verb
        traits = self.lexicon.traits_of(draft.event_type, draft.mode)
        is_deed = not traits.is_speech and bool(traits.home)
        if noun is None:
            if verb is None or not verb.is_passive:
                return False
            is_told = (
                verb.token.dep_ == "ROOT" if not verb.auxiliaries else not PAST_PASSIVE.isdisjoint(verb.auxiliaries)
            )
            return is_deed or (is_told and not verb.is_negated)
        if not is_deed:
            return False
        is_definite = any(c.dep_ in ("det", "poss", "nummod") and c.lower_ not in INDEFINITE for c in noun.lefts)
        return is_definite or draft.site.support == EXIST

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


def _has_own_subject(draft: Draft) -> bool:
    """Whether what acts stands before its verb: "rockets wounded two and killed one", not "missiles targeting troops"."""
    token = draft.site.token
    return token.dep_ == "conj" or any(c.dep_ == "nsubj" for c in token.lefts)


def _governor(token: Token) -> Token:
    """The word that a place's phrase stands beside, through "in the centre of"."""
    for _ in range(_HIGHER):
        if token.dep_ not in ("pobj", "prep", "compound", "appos"):
            break
        token = token.head
    return token


def _says_nothing(draft: Draft) -> bool:
    """Whether nobody did something to nobody: "no group claimed the attack"."""
    verb = draft.site.verb
    if not draft.is_negated or verb is None or any(p.is_party for p in draft.recipients):
        return False
    is_told = any(p.country or (p.mention is not None and p.mention.is_name) for p in draft.actors)
    return not is_told and is_nobody(verb.subject) and not verb.is_passive
