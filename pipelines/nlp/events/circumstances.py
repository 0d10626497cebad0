"""When and where an event happened, and how it is told.

What belongs here: the door to `event_dates.py` (its own sentence's date), `story.py` (all days that it may have), `scene.py`
(places) and `telling.py` (news or background). What does not: normalising times and places (`times/`, `places/`), counts
(`counts.py`).
"""

from __future__ import annotations

from datetime import timedelta

from pipelines.nlp.actors.component import ActorDescriber
from pipelines.nlp.events.attribution import is_speakers_own
from pipelines.nlp.events.drafts import Draft
from pipelines.nlp.events.event_dates import EventDate, EventDateReader
from pipelines.nlp.events.lexicon import EventLexicon
from pipelines.nlp.events.matcher import UNDERGO
from pipelines.nlp.events.planned_days import planned_date
from pipelines.nlp.events.retelling import Told
from pipelines.nlp.events.scene import SceneReader
from pipelines.nlp.events.story import Story
from pipelines.nlp.events.telling import Telling, is_background, is_definite, is_due, is_purpose, telling
from pipelines.nlp.parsed import Doc
from pipelines.records import EventDateSource, Modality, Place

_BACKGROUND_DAYS = 365  # an event that ended longer ago than this is told as history


class CircumstanceReader:
    """Reads dates and places of one Doc's events."""

    def __init__(self, doc: Doc, lexicon: EventLexicon, describer: ActorDescriber) -> None:
        self.doc = doc
        self.lexicon = lexicon
        self._published = doc._.context.published_date if doc._.context is not None else None
        self.dates = EventDateReader(doc)
        self.story = Story(doc, self.dates, lexicon, describer)
        self.retellings = self.story.retellings
        self.scenes = SceneReader(doc, lexicon, self.story)

    def told(self, draft: Draft) -> Told:
        """What a draft's own sentence tells of when and where."""
        is_speech = self.lexicon.is_speech(draft.event_type, draft.mode, draft.is_composed) and is_speakers_own(draft)
        when = self.dates.told(draft, is_speech)
        if when is None or when.source != EventDateSource.TEXT:
            when = planned_date(draft, self.dates) or when
        return Told(draft, when, self.scenes.told(draft), telling(draft), is_speech)

    def date(self, told: Told, others: list[Told]) -> EventDate:
        """The event's date, as its sentence or the rest of the document tells; to be asked for every event in turn."""
        return self.story.settle(told, others)

    def mode_elsewhere(self, told: Told, others: list[Told]) -> str | None:
        """The mode that another telling of the same act gives: "the attack killed ten", which a bomb was told of before."""
        again = self.retellings.again(
            told, others, lambda other: other.draft.mode is not None and self.scenes.is_of_story(other)
        )
        return again.draft.mode if again is not None else self._mode_of_story(told, others)

    def _mode_of_story(self, told: Told, others: list[Told]) -> str | None:
        """The mode that all deeds of a type have in a story of one, for what came of them: who was hurt, "the attack"."""
        draft = told.draft
        is_deed = self.lexicon.traits_of(draft.event_type, None).is_carried and self.scenes.is_deed(draft)
        if not is_deed or draft.actors or draft.modality != Modality.ACTUAL or not self.scenes.is_of_story(told):
            return None
        is_outcome = told.telling == Telling.NEWS and draft.site.noun is None
        if not is_outcome and not (draft.site.noun is not None and is_definite(draft.site.noun)):
            return None
        modes = {
            other.draft.mode
            for other in self.retellings.of_type(draft.event_type, others)
            if other.draft.mode is not None and self.scenes.is_of_story(other)
        }
        return next(iter(modes)) if len(modes) == 1 else None

    def modality(self, draft: Draft, when: EventDate) -> Modality:
        """The draft's modality, told as history where it lies a year back or is only referred to."""
        if draft.site.support == UNDERGO and is_background(draft):
            return Modality.HISTORICAL  # whoever will face it, it is there: "to face the sanctions imposed"
        if draft.modality == Modality.ACTUAL:
            if is_purpose(draft):
                return Modality.HYPOTHETICAL
            if is_due(draft):
                return Modality.FUTURE
            if is_background(draft) or self.story.last_day(draft) is not None:
                return Modality.HISTORICAL
            if self._published is not None and when.end is not None and not when.is_ongoing:
                if when.end < self._published - timedelta(days=_BACKGROUND_DAYS):
                    return Modality.HISTORICAL
                if when.start is not None and when.start > self._published and when.source == EventDateSource.TEXT:
                    return Modality.FUTURE
        return draft.modality

    def place(self, told: Told, others: list[Told]) -> Place | None:
        """Where the event happened, as its sentence or the rest of the document tells."""
        return self.scenes.place(told, others)
