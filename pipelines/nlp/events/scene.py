"""Where an event happened: in its own clause, where the story is, or in the one country whose people it is among.

What belongs here: choosing among the document's places. What does not: finding and placing them (`places/`).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from functools import cached_property

from pipelines.nlp.annotations import MentionSpan
from pipelines.nlp.clauses.phrases import lemma_of
from pipelines.nlp.events.chains import clause_chain, report_rank
from pipelines.nlp.events.choice import load_weights
from pipelines.nlp.events.drafts import Draft
from pipelines.nlp.events.lexicon import EventLexicon
from pipelines.nlp.events.place_anaphors import is_place_adverb, place_anaphors
from pipelines.nlp.events.place_evidence import PlaceEvidence, is_addressees, is_staged, needs_place, of_source
from pipelines.nlp.events.place_phrases import (
    PLACE_PREPOSITIONS,
    is_in_main_line,
    is_of_place,
    is_of_subject_above,
    is_owner,
    named_within,
    opens_from,
    preposition_of,
    scene_nouns,
    steps_up,
)
from pipelines.nlp.events.retelling import Told
from pipelines.nlp.events.seats import capitals, dateline_seats
from pipelines.nlp.events.settling import PLACE, WEIGHTS_FILE, Options
from pipelines.nlp.events.story import STORY_DAYS, Story
from pipelines.nlp.events.telling import Telling, telling
from pipelines.nlp.events.whole_countries import CountryPlaces
from pipelines.nlp.parsed import Doc, Token
from pipelines.records import Modality, Place, PlacePrecision, Precision

_CLAUSES = 4
_NAMING = frozenset(("compound", "nmod"))
_MODIFIERS = frozenset(("compound", "nmod", "poss", "npadvmod", "amod"))
_MATERIAL = frozenset((2, 4))  # quad classes
_DATELINE_TOKENS = 12  # to its dash
_DATELINE_REACH = 80  # tokens of title and byline before it
_IN_SENTENCE = frozenset(("clause", "main", "target", "beside", "onto", "further"))
_PASSING = frozenset(("before", "seen", "previous"))  # where something else was told to be
_RIVAL = 0.5  # of the places of the country named most; a second one with more makes it uncertain
_DASHES = frozenset(("-", "--", "–", "—"))


class SceneReader:
    """Reads the places of one Doc's events."""

    def __init__(self, doc: Doc, lexicon: EventLexicon, story: Story) -> None:
        self.doc = doc
        self.lexicon = lexicon
        self.story = story
        self._places: dict[int, list[tuple[Token, Place]]] = {}
        self._nameable = _unplaced(doc)
        self._countries = CountryPlaces(doc)
        named = [*capitals(doc), *dateline_seats(doc)]
        for place in doc._.places or ():
            span = doc.char_span(place.start_char, place.end_char, alignment_mode="expand")
            if span is not None:
                named.append((span.root, place))
        named.sort(key=_position)
        for token, place in sorted((*named, *place_anaphors(doc, named)), key=_position):
            self._places.setdefault(token.sent.start, []).append((token, place))
        self.weights = load_weights(WEIGHTS_FILE).get(PLACE, {})
        counts = Counter(place.country for place in doc._.places or () if place.country)
        main = counts.most_common(1)[0][0] if counts else None
        self._main_country = self._countries.named.get(main or "")
        if self._main_country is None and doc._.home is not None:
            self._main_country = self._countries.get(doc._.home.main)
        is_of_one = len(counts) < 2 or counts.most_common(2)[1][1] <= counts[main] * _RIVAL
        main_code = self._main_country.country if self._main_country is not None else None
        self._evidence = PlaceEvidence(self._countries, lexicon, main_code, is_of_one_country=is_of_one)
        self._scenes: dict[bool, list[tuple[int, Place]]] = {}  # of deeds, of talks: start of the sentence, place
        self._seen_at: dict[object, Place] = {}  # where each actor was last
        self._last: tuple[int, Place | None] = (-1, None)  # the event before: its token and where it was

    def told(self, draft: Draft) -> Place | None:
        """The place that the event's sentence gives it: of its clause, else of the main clause."""
        place = self._of_clause(draft)
        if place is None and telling(draft) == Telling.NEWS and not draft.is_composed:
            return self._of_sentence(draft)
        return place

    def _of_clause(self, draft: Draft) -> Place | None:
        """The place named in the event's own phrase or clause by a preposition of place."""
        anchor = draft.trigger if draft.is_composed else draft.site.token
        if draft.is_composed and anchor is draft.site.token:
            return None  # where it will be is not where it is announced
        ranks = {token.i: rank for rank, token in enumerate(self._chain(anchor, draft)[:_CLAUSES])}
        found: dict[int, tuple[tuple[bool, int, int], Place]] = {}  # by preposition
        for head, place in self._places.get(anchor.sent.start, ()):
            if head.dep_ in _NAMING and _is_where(head, place, draft) and self._is_named_act(head.head, anchor):
                return place  # "the Tunis bombing", "the Tunis bombing killed ten"
            preposition = head if is_place_adverb(head) else preposition_of(head)
            if preposition is None or not self._is_of_place(preposition, draft) or is_owner(head):
                continue
            rank = steps_up(preposition.head, ranks)
            if rank is None or is_of_subject_above(preposition, ranks):
                continue
            # Of one phrase the place it begins with: "in Segou, the capital of Mali's south". One that only modifies is
            # the last choice: "in the Red Sea port of Assab".
            is_modifier = head.dep_ in _MODIFIERS
            known = found.get(preposition.i)
            if known is None or known[0][0] > is_modifier:
                within = named_within(preposition, place, self._places[anchor.sent.start])
                found[preposition.i] = ((is_modifier, rank, abs(preposition.i - anchor.i)), within)
        return min(found.values(), key=lambda item: item[0])[1] if found else None

    def _chain(self, anchor: Token, draft: Draft) -> list[Token]:
        """The clauses over an event that share its place; of a deed not the one that tells of it: "he said in Geneva"."""
        chain = clause_chain(anchor)
        told = report_rank(chain)
        return chain[:told] if told is not None and self.is_deed(draft) else chain

    def _is_of_place(self, preposition: Token, draft: Draft) -> bool:
        traits = self.lexicon.traits_of(draft.event_type, draft.mode)
        is_spoken = traits.is_speech or draft.is_composed
        return is_of_place(preposition, traits.way) or is_spoken and opens_from(preposition)

    def _reports(self, draft: Draft) -> set[int]:
        """The tokens over a deed that tell of it."""
        chain = clause_chain(draft.site.token)
        told = report_rank(chain) if self.is_deed(draft) else None
        return {token.i for token in chain[told:]} if told is not None else set()

    def _is_named_act(self, noun: Token, anchor: Token) -> bool:
        """Whether a noun is the event itself, or the deed that the event's clause is about or ascribes it to."""
        if noun.i == anchor.i:
            return True
        is_in_clause = noun.head.i == anchor.i or noun.dep_ == "pobj" and noun.head.head.i == anchor.i
        frames = self.lexicon.frames.get((lemma_of(noun), "noun"), ())
        return is_in_clause and any(
            self.lexicon.traits_of(f.event_type, f.mode).is_carried for f in frames if f.event_type
        )

    def _of_sentence(self, draft: Draft) -> Place | None:
        """The first place that a main clause names, for what it tells or has told by a clause under it."""
        reports = self._reports(draft)
        for head, place in self._places.get(draft.site.token.sent.start, ()):
            preposition = preposition_of(head)
            if preposition is None or is_owner(head) or not self._is_of_place(preposition, draft):
                continue
            if is_in_main_line(preposition) and preposition.head.i not in reports:
                return named_within(preposition, place, self._places[draft.site.token.sent.start])
        return None

    def place(self, told: Told, others: list[Told]) -> Place | None:
        """Where an event happened; to be asked for every event of the document in turn.

        Args:
            told: the event with the place its own sentence gives it.
            others: the events of the document, by position.
        """
        options = self.options(told, others)
        told.draft.settled[PLACE] = options.all()
        place = options.best(self.weights).value
        if place is not None and told.telling == Telling.NEWS and told.draft.modality == Modality.ACTUAL:
            self._seen_at.update({actor.identity: place for actor in told.draft.actors})
        self._last = (told.draft.site.token.i, place)
        return place

    def options(self, told: Told, others: list[Told]) -> Options[Place]:
        """The places that an event may have been at: of its sentence, told again, at the scene, at home.

        Args:
            told: the event with the place its own sentence gives it.
            others: the events of the document, by position.
        """
        draft = told.draft
        setting = self.story.settings.of(draft, told.telling)
        around = None
        if self._names_another_place(draft):
            setting.append("elsewhere")
            if told.place is None:  # a village that no gazetteer knows lies in the country that the text is about
                around = self._main_country
        if told.when is not None and told.when.precision not in (Precision.DAY, None):
            setting.append("other-time")
        again = self.story.retellings.again(told, others, lambda other: other.place is not None)
        seen = next((self._seen_at[a.identity] for a in draft.actors if a.identity in self._seen_at), None)
        found = [
            *self._in_sentence(draft),
            ("around", around),
            ("again", again.place if again is not None else None),
            ("seen", seen),
            ("previous", self._last[1] if self._last[0] >= draft.site.token.sent.start else None),
            *self._of_document(told, others),
            *self._at_home(draft),
        ]
        if any(place is not None and source not in _PASSING for source, place in found):
            setting += needs_place(draft, setting)
        options: Options[Place] = Options(lambda place: (place.name, place.country), setting)
        is_real_deed = "deed" in setting and "unreal" not in setting
        here = {p.name for source, p in found if p is not None and source in _IN_SENTENCE}
        for source, place in found:
            if place is not None:
                evidence = self._evidence.of(place, draft)
                if source == "home" and is_real_deed and not is_staged(found, place):
                    evidence += ["unstaged"] if {"foreign", "between"}.isdisjoint(evidence) else []
                joint = of_source(source, evidence, setting) if place.name not in here else []
                options.add(source, place, evidence + joint)
                # Each counts once, whatever the place is from.
                if is_addressees(evidence):
                    options.add("addressee", place)
                if "remote" in evidence:
                    options.add("attacker", place)
        return options

    def _in_sentence(self, draft: Draft) -> list[tuple[str, Place | None]]:
        """The places that the sentence names: of its clause, of the main one, of what it is done to, the others."""
        places = self._places.get(draft.site.token.sent.start, ())
        target = next((p for t, p in places if any(r.start <= t.i < r.end for r in draft.recipients)), None)
        ranks = {token.i: rank for rank, token in enumerate(clause_chain(draft.site.token)[:_CLAUSES])}
        codes = {party.country for party in draft.parties()}
        reports = self._reports(draft)
        beside = [
            p
            for t, p in places
            if not _is_party(t, draft)
            and not _is_of_speaker(t, ranks)
            and not ((over := preposition_of(t)) and over.head.i in reports)
            and (p.country in codes or t.head.i in ranks or not _only_acts(t, p))
        ]
        if draft.is_composed:
            beside = []  # where it will be is not where it is announced
        return [
            ("clause", self._of_clause(draft)),
            ("main", self._of_sentence(draft)),
            ("target", target),
            ("beside", beside[0] if beside else None),
            ("onto", self._done_to(draft, places)),
            *(("further", place) for place in beside[1:]),
        ]

    def _done_to(self, draft: Draft, places: Sequence[tuple[Token, Place]]) -> Place | None:
        """The country that a deed is done to from outside, itself named as the recipient: "the invasion of Kuwait"."""
        if draft.is_composed or self.lexicon.traits_of(draft.event_type, draft.mode).home != "all":
            return None
        heads = {party.head for party in draft.recipients}
        from_outside = {actor.country for actor in draft.actors if actor.country}
        named = (place for token, place in places if token.i in heads and token.dep_ not in _MODIFIERS)
        return next((place for place in named if from_outside and place.country not in from_outside), None)

    def _of_document(self, told: Told, others: list[Told]) -> list[tuple[str, Place | None]]:
        """The places that the document is about: the dateline's, the scene's, the last one before, the country named most."""
        at = told.draft.site.token.sent.start
        before = bisect_left(self._starts, at)
        ranks = {token.i: rank for rank, token in enumerate(clause_chain(told.draft.site.token)[:_CLAUSES])}
        lead = next((p for t, p in self._lead if not _is_of_speaker(t, ranks)), None)
        return [
            ("dateline", next((place for _, place in self._dateline), None)),
            ("scene", self._scene(told, others)),
            ("before", self._places[self._starts[before - 1]][-1][1] if before else None),
            ("lead", lead),
            ("opening", lead if lead is not None and self._is_where_organs_act(lead, told.draft) else None),
            ("country", self._main_country),
        ]

    def _is_where_organs_act(self, place: Place, draft: Draft) -> bool:
        """Whether police or a court, which act at home, may have acted at a place of the lead: their sentence names no other."""
        here = self._places.get(draft.site.token.sent.start, ())
        if any(p.precision != PlacePrecision.COUNTRY and p.name != place.name for _, p in here):
            return False
        is_by_organ = self.lexicon.traits_of(draft.event_type, draft.mode).home == "actor" and not draft.is_composed
        countries = {party.country for party in draft.parties() if party.country}
        is_within = place.precision != PlacePrecision.COUNTRY
        is_told = draft.modality in (Modality.ACTUAL, Modality.HISTORICAL)
        return is_by_organ and is_told and is_within and (not countries or place.country in countries)

    def _at_home(self, draft: Draft) -> list[tuple[str, Place | None]]:
        """The one country of the actors, of the recipients, of all, and the one that the sentence or story is in."""
        home = self.doc._.home
        found = [("home", self._countries.get(home.certain(draft.site.token.i)) if home is not None else None)]
        for source, side in (("actor", draft.actors), ("recipient", draft.recipients), ("all", draft.parties())):
            codes = {p.country for p in side if p.country}
            found.append((source, self._countries.get(next(iter(codes))) if len(codes) == 1 else None))
        return found

    def _names_another_place(self, draft: Draft) -> bool:
        """Whether the sentence names a place that the gazetteer does not know: then it is not where the story was."""
        sent = draft.site.token.sent
        for mention in self._nameable.get(sent.start, ()):
            head = self.doc[mention.start : mention.end].root
            preposition = preposition_of(head)
            if (
                preposition is None
                or _is_party(head, draft)
                or preposition.lower_ not in PLACE_PREPOSITIONS | {"of", "to"}
            ):
                continue
            if preposition.lower_ != "of" or preposition.head.lemma_.lower() in scene_nouns():
                return True
        return False

    def _scene(self, told: Told, others: list[Told]) -> Place | None:
        """The place that the story is at where an event is told: the last one that an act of its kind was in."""
        if told.when is not None and told.when.precision != Precision.DAY:
            return None  # "last year": another story
        if not self._scenes:
            self._scenes = {True: [*self._dateline], False: [*self._dateline]}
            for other in others:
                if other.place is not None and self._makes_scene(other):
                    is_deed = self.is_deed(other.draft)
                    self._scenes[is_deed].append((other.draft.site.token.sent.start, other.place))
        scenes = self._scenes[self.is_deed(told.draft)]
        at = bisect_right(scenes, told.draft.site.token.i, key=lambda scene: scene[0]) - 1
        return scenes[at][1] if at >= 0 else None

    def _makes_scene(self, told: Told) -> bool:
        draft = told.draft
        is_news = told.telling == Telling.NEWS and draft.modality == Modality.ACTUAL and self.is_of_story(told)
        return is_news and self.lexicon.traits_of(draft.event_type, draft.mode).is_carried

    def is_deed(self, draft: Draft) -> bool:
        """Whether an act is material: where deeds happen and where parties meet to talk of them are two scenes."""
        quad, _ = self.lexicon.scores[(draft.event_type, "")]
        return quad in _MATERIAL

    def is_of_story(self, told: Told) -> bool:
        """Whether an act is dated on a day of the story, or not dated at all."""
        published = self.doc._.context.published_date if self.doc._.context is not None else None
        if told.when is None or told.when.end is None or published is None:
            return True
        return 0 <= (published - told.when.end).days <= STORY_DAYS

    @cached_property
    def _starts(self) -> list[int]:
        """Starts of the sentences that name places."""
        return sorted(self._places)

    @cached_property
    def _lead(self) -> list[tuple[Token, Place]]:
        """The places that the lead names by a preposition."""
        opening = self._starts[: bisect_left(self._starts, self.story.settings.lead_end)]
        return [(t, p) for start in opening for t, p in self._places[start] if preposition_of(t)]

    @cached_property
    def _dateline(self) -> list[tuple[int, Place]]:
        """The place that a paragraph near the beginning opens with: "HARARE, Zimbabwe (AP) —"."""
        text = self.doc.text
        for start in self._starts:
            for head, place in self._places[start]:
                if head.i > _DATELINE_REACH:
                    return []
                opens = place.start_char == 0 or text[place.start_char - 1] == "\n"
                after = self.doc[head.i + 1 : head.i + _DATELINE_TOKENS]
                if opens and any(t.text in _DASHES and t.nbor(-1).whitespace_ for t in after):
                    return [(head.i, place)]
        return []


def _position(item: tuple[Token, Place]) -> int:
    return item[0].i


def _is_of_speaker(token: Token, ranks: dict[int, int]) -> bool:
    """Whether a place is that of the one who tells of the event: "the navy in Busan said"."""
    preposition = preposition_of(token)
    return preposition is not None and is_of_subject_above(preposition, ranks)


def _is_party(token: Token, draft: Draft) -> bool:
    return any(p.start <= token.i < p.end for p in draft.parties())


def _is_where(token: Token, place: Place, draft: Draft) -> bool:
    """Whether a name before an act says where it was, not who did it: "the Kabul bombing", unlike "the US strike"."""
    return place.precision != PlacePrecision.COUNTRY or not _is_party(token, draft)


def _only_acts(token: Token, place: Place) -> bool:
    """Whether a country is named as one that acts or is acted on, not as where something is: "the crimes of Chad"."""
    if place.precision != PlacePrecision.COUNTRY or is_place_adverb(token):
        return False
    preposition = preposition_of(token)
    if preposition is None or preposition.lower_ in PLACE_PREPOSITIONS:
        return preposition is None
    return preposition.lower_ != "of" or preposition.head.lemma_.lower() not in scene_nouns()


def _unplaced(doc: Doc) -> dict[int, list[MentionSpan]]:
    """Names of places that were not found in the gazetteer, by the start of their sentence."""
    known = {i for place in doc._.places or () for i in range(place.start_char, place.end_char)}
    found: dict[int, list[MentionSpan]] = {}
    for mention in doc._.mentions or ():
        if mention.is_name and mention.label in ("GPE", "LOC", "FAC") and doc[mention.start].idx not in known:
            found.setdefault(doc[mention.start].sent.start, []).append(mention)
    return found
