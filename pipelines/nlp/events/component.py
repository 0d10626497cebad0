"""The event coder: finds predicates of the lexicon, codes each into a draft, lets operators change it, writes rows.

What belongs here: the order of the steps, for one document. Read next: `matcher.py` (sites and frames), `drafting.py`, who plays
which role (`roles.py`: `candidates.py`, `evidence.py`, `choice.py`; what a phrase names: `parties.py`), `operators.py`,
`recoding.py`, `repetitions.py`, `circumstances.py` (when and where: `event_dates.py`, `story.py`, `scene.py`),
`counts.py`, `attribution.py`, `judgement.py` (is it one, is it right; how it is told: `manner.py`), `rows.py`.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property

from spacy.tokens import Doc as SpacyDoc
from spacy.vocab import Vocab

from pipelines.nlp.actors.component import ActorDescriber
from pipelines.nlp.clauses.component import ClauseReader
from pipelines.nlp.clauses.phrases import lemma_of
from pipelines.nlp.events.bare_persons import PersonWords
from pipelines.nlp.events.candidates import CandidateReader
from pipelines.nlp.events.choice import ArgumentChooser, Weights, load_weights
from pipelines.nlp.events.counts import EventCounts
from pipelines.nlp.events.domain import Domain, DomainReader, load_domain_lexicon
from pipelines.nlp.events.drafting import DraftBuilder
from pipelines.nlp.events.drafts import Draft
from pipelines.nlp.events.earlier_acts import EarlierAct
from pipelines.nlp.events.explanation import EXPLANATIONS
from pipelines.nlp.events.generic import is_generic
from pipelines.nlp.events.judgement import draft_evidence, judge
from pipelines.nlp.events.lexicon import EventLexicon, Frame
from pipelines.nlp.events.manner import MannerReader
from pipelines.nlp.events.matcher import PASSAGE, FrameMatcher, Site
from pipelines.nlp.events.operators import OperatorReader
from pipelines.nlp.events.parties import PartyReader
from pipelines.nlp.events.party_phrase import PartyPhrase
from pipelines.nlp.events.patterns import BODY_NOUNS, PEOPLE_NOUNS, PERSON_CLASSES, PERSONS_BY_STATE, QUALITY_NOUNS
from pipelines.nlp.events.recoding import Recoder
from pipelines.nlp.events.repetitions import Repetitions, distinct
from pipelines.nlp.events.roles import RoleFiller, role_rule
from pipelines.nlp.events.rows import RowWriter
from pipelines.nlp.events.silent_passages import PoliticalWords, SilentPassages
from pipelines.nlp.events.themes import ThemeReader, load_thing_nouns
from pipelines.nlp.parsed import AnyDoc, Doc, Span, Token, parsed
from pipelines.nlp.quotations.cues import load_cues
from pipelines.records import Event, Modality

_LONE_OPERATOR = 0.4  # salience of an operator whose complement is no coded event


class EventsComponent:
    """Codes the PLOVER events of a Doc into `doc._.events`."""

    def __init__(
        self,
        vocab: Vocab,
        lexicon: EventLexicon,
        describer: ActorDescriber,
        *,
        weights: Weights | None = None,
        is_explaining: bool = False,
    ) -> None:
        """
        Args:
            vocab: vocabulary of the pipeline, for look-up by lemma hash.
            lexicon: the event lexicons.
            describer: tells country and sector of a phrase.
            weights: weight of each evidence by role; by default those of `lexicons/event_weights.csv`.
            is_explaining: keep every draft and how it was judged in `doc.user_data`.
        """
        self.lexicon = lexicon
        self.describer = describer
        self.weights = load_weights() if weights is None else weights
        self.is_explaining = is_explaining
        words = {word.split()[-1] for word, _ in (*lexicon.frames, *lexicon.operators)}
        classes = (lexicon.noun_classes.get(name, frozenset()) for name in PERSON_CLASSES)
        acts = (word.split()[-1] for word, pos in lexicon.frames if pos == "noun")
        self.person_words = PersonWords(
            nouns=PEOPLE_NOUNS.union(*classes),
            bodies=lexicon.noun_classes.get(BODY_NOUNS, frozenset()),
            verbs=lexicon.verbs_of_people(),
            qualities=lexicon.noun_classes.get(QUALITY_NOUNS, frozenset()),
            by_state=lexicon.noun_classes.get(PERSONS_BY_STATE, frozenset()),
            speech=lexicon.verbs_of_speech() & {cue.lemma for cue in load_cues().verbs.values()},
            things=frozenset(load_thing_nouns()).union(acts),
        )
        self.domains = load_domain_lexicon(vocab)
        self.political_words = PoliticalWords(describer.lexicon.index)
        self._lemmas = frozenset(vocab.strings.add(w) for w in words)

    def __call__(self, doc: SpacyDoc) -> SpacyDoc:
        doc._.events = self.predict(doc)
        return doc

    def predict(self, document: AnyDoc) -> list[Event]:
        """The events of a Doc, by position."""
        doc = parsed(document)
        known = self._lemmas
        candidates = [token for token, lemma in zip(doc.tokens, doc.lemmas, strict=True) if lemma in known]
        if not candidates:
            return []
        sents = list(doc.sents)
        starts = [sent.start for sent in sents]
        by_sentence: dict[int, list[Token]] = {}
        for token in candidates:
            by_sentence.setdefault(bisect_right(starts, token.i) - 1, []).append(token)
        domains, passages = DomainReader(doc, self.domains), SilentPassages(doc, self.political_words)
        coder: _DocumentCoder | None = None
        drafts: list[tuple[Draft, Span]] = []
        for at, tokens in by_sentence.items():
            sent = sents[at]
            if coder is None or not coder.candidates.earlier.is_any:  # no event of before lends a party
                if domains.of(sent) is Domain.OTHER and passages.is_silent(sent):
                    continue
                coder = coder or _DocumentCoder(doc, self, domains)
            drafts += [(draft, sent) for draft in coder.code(sent, tokens)]
        rows = coder.rows.rows(drafts) if coder is not None and drafts else []
        if self.is_explaining:
            doc.user_data[EXPLANATIONS] = [(draft, row) for (draft, _), row in zip(drafts, rows, strict=True)]
        events = [row for (draft, _), row in zip(drafts, rows, strict=True) if draft.is_row]
        return sorted(events, key=lambda e: (e.start_char, e.end_char, e.event_type))


class _DocumentCoder:
    """The coder with what it remembers of one Doc."""

    def __init__(self, doc: Doc, component: EventsComponent, domains: DomainReader) -> None:
        clauses = doc._.clauses or ClauseReader(doc)
        self.domains = domains
        self.doc = doc
        self.clauses = clauses
        self.parties = PartyReader(doc, component.describer, clauses, component.person_words)
        self.matcher = FrameMatcher(component.lexicon, clauses, self.parties)
        self.candidates = CandidateReader(clauses, self.matcher, self.parties)
        self.themes = ThemeReader(doc, self.matcher, self.parties)
        self.roles = RoleFiller(self.candidates, ArgumentChooser(self.parties, component.weights), self.themes)
        self.operators = OperatorReader(component.lexicon, clauses, self.matcher, self.parties, self.roles)
        self.builder = DraftBuilder(self.roles, self.operators)
        self.recoder = Recoder(component.lexicon)
        self.weights = component.weights
        self.is_explaining = component.is_explaining
        self.repetitions = Repetitions(clauses)
        self._component = component

    # Made when asked for: half of the documents have no draft that is whole.
    @cached_property
    def counts(self) -> EventCounts:
        """Gives events their counts."""
        return EventCounts(self.doc, self.clauses, self._component.lexicon)

    @cached_property
    def manner(self) -> MannerReader:
        """Tells how events are told."""
        return MannerReader(self.doc)

    @cached_property
    def rows(self) -> RowWriter:
        """Writes the rows."""
        lexicon = self._component.lexicon
        return RowWriter(self.doc, lexicon, self.clauses, self.parties, self.themes, self.operators, self.weights)

    def code(self, sent: Span, tokens: list[Token]) -> list[Draft]:
        """The drafts of one sentence that are events, where asked to explain the others too; `tokens` are those that the lexicon
        knows.
        """
        kept = []
        for draft in self._whole_drafts(sent, tokens):
            draft.evidence = draft_evidence(
                draft, draft.modality, self.domains.of(sent), self.doc, self.domains.lean(sent)
            )
            draft.manner = self.manner.of(draft)
            judge(draft, self.weights)
            if draft.is_row:
                self.candidates.remember(_earlier(draft))
            if draft.is_row or self.is_explaining:
                kept.append(draft)
        return kept

    def _whole_drafts(self, sent: Span, tokens: list[Token]) -> list[Draft]:
        """Drafts that have the parties they need, each act once, with counts."""
        drafts = distinct([d for d in self._drafts(tokens) if self._is_whole(d, sent) and not self._is_generic(d)])
        if not drafts:
            return []
        domain, is_disaster = self.domains.of(sent), self.domains.tells_disaster(sent)
        for draft in drafts:
            self.themes.settle(draft)
            is_mutual = role_rule(draft.event_type, draft.mode).is_reciprocal and not self._is_about_another(draft)
            if not draft.recipients and is_mutual and _differ(draft.actors):
                draft.recipients = list(draft.actors)  # "the two armies clashed"
        drafts = [
            d
            for d in drafts
            if self.rows.allows(d, domain)
            and not (is_disaster and role_rule(d.event_type, d.mode).is_disasters and not d.actors)
        ]
        for draft in drafts:
            self.themes.add_theme(draft)
        self.counts.assign(drafts, sent)
        return self.repetitions.merged(drafts)

    def _is_about_another(self, draft: Draft) -> bool:
        """Whether a verb has an object or an other side that is no deed between those who act: "A and B opposed the plan"."""
        verb = draft.site.verb
        if verb is None or draft.site.noun is not None or draft.asks_object:
            return False
        if verb.obj is None or verb.is_passive:
            return any(
                map(self.parties.names_party, verb.preps.get("with", ()))
            )  # "clashed with tanks" names no other side
        frames = self.matcher.lexicon.frames.get((lemma_of(verb.obj), "noun"), ())
        return all(frame.event_type != draft.event_type for frame in frames)  # "fought a war"

    def _drafts(self, tokens: list[Token]) -> list[Draft]:
        known = filter(self.matcher.is_predicate, tokens)
        sites = [(site, self.matcher.match(site)) for site in map(self.matcher.site, known) if site is not None]
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
                if result.below is not None:
                    drafts += self.recoder.told_of(result, result.below)
            self.recoder.settle(result)
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
                heads = self.matcher.phrases.heads(obj) if obj is not None and frame.objects else []
                for condition in frame.preps:
                    if not condition.heads or condition.preposition == PASSAGE:
                        continue
                    for token in self.matcher.role_tokens(site, condition.preposition):
                        heads = [*heads, *self.matcher.phrases.heads(token)]
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
                if verb_frame is None or verb_frame.specificity <= 1 or _is_told_by_object(site, frame, verb_frame):
                    taken.add(site.verb.token.i)
        return taken

    def _lone_operators(self, sites: list[tuple[Site, Frame | None]], used: set[int]) -> list[Draft]:
        drafts = []
        for site, frame in sites:
            if site.token.i in used or (frame is not None and frame.event_type is None):
                continue
            is_operator = self.operators.is_operator(site.token)
            demand = self.operators.demand(site, used) if is_operator else None
            found = self.operators.lone(site) if is_operator and demand is None else None
            if demand is None and found is None and frame is None:
                demand = self.operators.refusal(site)
            if demand is not None:
                drafts.append(demand)
            if found is None:
                continue
            operator, outcome = found
            asked = self.operators.asked(site, operator)
            reached = self.operators.reached(site, operator)
            inner = (asked, reached) if asked or reached else None
            choice = self.roles.by_operator(
                site, outcome.event_type or "", outcome.mode, inner=inner, is_controlled=bool(asked)
            )
            if not choice.actors:
                continue
            draft = Draft(
                site,
                outcome.event_type or "",
                outcome.mode,
                (),
                choice.actors,
                choice.recipients,
                _LONE_OPERATOR,
                site.token,
                site.top,
                choice=choice,
                requires="named",
                is_followed=self.builder.is_followed(site),
            )
            if outcome.modality:
                draft.modality = Modality(outcome.modality)
            if site.verb is not None:
                draft.is_negated = site.verb.is_negated
                if site.verb.is_hypothetical:
                    draft.modality = Modality.HYPOTHETICAL
            result = self.operators.elevate(draft)
            if result is not None:
                self.recoder.settle(result)
                drafts.append(result)
        return drafts

    def _is_generic(self, draft: Draft) -> bool:
        is_speech = self._component.lexicon.is_speech(draft.event_type, draft.mode, draft.is_composed)
        return is_generic(draft, self.clauses, is_speech=is_speech)

    def _is_whole(self, draft: Draft, sent: Span) -> bool:
        """False where a sentence breaks off ("by Venezuela. several countries ...") in one of the event's parties."""
        after = next((t for t in self.doc[sent.end : sent.end + 3] if not t.is_space), None)
        if after is None or not after.text[0].islower():
            return True
        last = sent.end - 1
        while last > sent.start and (self.doc[last].is_punct or self.doc[last].is_space):
            last -= 1
        return all(p.end <= last for p in draft.parties())


def _is_told_by_object(site: Site, frame: Frame, verb_frame: Frame) -> bool:
    """Whether a verb tells nothing beside the deed that is its object: "launched an attack on the rebels"."""
    if site.verb is None or site.verb.is_passive or site.verb.obj is None or site.verb.obj.i != site.token.i:
        return False
    return verb_frame.event_type == frame.event_type and not verb_frame.objects


def _differ(parties: list[PartyPhrase]) -> bool:
    """Whether there are sides among parties: two alike in country and sector act together, not on each other."""
    return len({(p.country, p.sector) for p in parties}) > 1


def _earlier(draft: Draft) -> EarlierAct:
    return EarlierAct(
        draft.event_type,
        lemma_of(draft.site.token),
        tuple(p for p in draft.actors if p.is_party),
        tuple(p for p in draft.recipients if p.is_party),
    )
