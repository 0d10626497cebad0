"""The setting of an event: what of it and of how it is told bears on when and where it was, as names of evidence.

What belongs here: evidence that holds whatever the option. What does not: the options (`story.py`, `scene.py`), how a
sentence tells an event (`telling.py`).
"""

from __future__ import annotations

from collections.abc import Collection

from pipelines.nlp.events.drafts import Draft
from pipelines.nlp.events.event_dates import EventDateReader
from pipelines.nlp.events.lexicon import EventLexicon
from pipelines.nlp.events.sentence_times import has_time
from pipelines.nlp.events.telling import (
    Telling,
    has_past_perfect,
    is_perfect,
    is_present,
    lasts,
    own_finite,
    takes_up_story,
)
from pipelines.nlp.parsed import Doc, Token
from pipelines.records import Modality

_LEAD_SENTENCES = 3
_CLAUSES = frozenset(("relcl", "acl", "advcl", "xcomp", "ccomp", "pcomp", "amod", "pobj", "nsubj", "nsubjpass", "dobj"))


class SettingReader:
    """Reads the settings of one Doc's events."""

    def __init__(self, doc: Doc, dates: EventDateReader, lexicon: EventLexicon) -> None:
        """
        Args:
            doc: the document.
            dates: the times of its sentences.
            lexicon: the event lexicons.
        """
        self.dates = dates
        self.lexicon = lexicon
        self._quotes = [(q.start_char, q.end_char) for q in doc._.quotes or () if q.kind == "direct"]
        starts = [sent.start for sent in doc.sents]
        self.lead_end = starts[_LEAD_SENTENCES] if len(starts) > _LEAD_SENTENCES else len(doc)

    def of(self, draft: Draft, how: Telling) -> list[str]:
        """The evidence of an event and its telling.

        Args:
            draft: the draft, with its operators applied.
            how: how its sentence tells it.
        """
        traits = self.lexicon.traits_of(draft.event_type, draft.mode)
        kind = "word" if traits.is_speech or draft.is_composed else "deed" if traits.is_carried else "act"
        is_quoted = any(start <= draft.top.idx < end for start, end in self._quotes)
        told = "quoted-state" if how == Telling.STATE and is_quoted else how.value
        if how != Telling.NEWS and _is_headline(draft.top):
            told = f"headline-{how.value}"  # titles tell the news in the present and in participles
        found = [kind, told, f"type={draft.event_type}", f"mode={draft.mode}", f"home={traits.home or 'none'}"]
        if draft.modality != Modality.ACTUAL:
            found.append("unreal" if draft.modality != Modality.HISTORICAL else "historical")
        if is_perfect(draft.top):
            found.append("past-perfect" if has_past_perfect(draft.top) else "perfect")
            is_line = how == Telling.NEWS and draft.top.dep_ != "advcl"  # "comes as China has denounced it" is of now
            if kind == "word" and is_line and not self._is_in_lead(draft.top):
                found.append("later-perfect")  # "has accused them": some time ago; the lead's is the news of the day
        if draft.site.noun is not None:
            found.append("noun")
        if draft.attributed_to is not None:
            found.append("said")
        return found

    def _is_in_lead(self, token: Token) -> bool:
        return token.i < self.lead_end

    def fine(self, draft: Draft, how: Telling) -> list[str]:
        """What more bears on the day: where the event stands in sentence and text."""
        token = draft.top
        found = [f"dep={token.dep_}"] if token.dep_ in _CLAUSES else []
        if how == Telling.BACKGROUND and not has_past_perfect(token):
            found.append("background-" + (token.dep_ if token.dep_ in _CLAUSES else "other"))
        if self._is_in_lead(token):
            found.append("lead")
        if _is_headline(token):
            found.append("headline")
        if any(start <= draft.site.token.idx < end for start, end in self._quotes):
            found.append("quoted")
        finite = own_finite(token)
        if is_present(finite):
            found.append("present")
        if finite.tag_ == "VBG":
            found.append("progressive")
        if lasts(finite):
            found.append("lasting")
        if has_past_perfect(finite) and not has_past_perfect(token):
            found.append("under-past-perfect")
        if how == Telling.NEWS and not is_perfect(finite) and takes_up_story(token.sent):
            found.append("takes-up")
        found.append("dated" if has_time(draft, self.dates) else "undated")
        return found


def together(setting: Collection[str]) -> list[str]:
    """Evidence that counts only together with other evidence of the same event.

    Args:
        setting: what holds of the event, of its telling and of the text (`SettingReader`, `story.py`).
    """
    seen = frozenset(setting)
    found = []
    if "word" not in seen and "undated" in seen:
        if "act" in seen and "lead" not in seen:
            found.append("undated-act")  # what takes its time: an investigation, a sanction, trade; the lead's is news
        if "story=earlier" in seen:
            found.append("undated-in-old-story")  # a text whose story is days back tells little of today
    if "word" not in seen and "quoted" in seen:
        found.append("quoted-deed")  # who speaks seldom brings the news
    if "word" in seen and "opens=today" in seen:
        found.append("story-moved")  # one saying is of Friday, the next of today
    return found


def is_told_on(setting: Collection[str]) -> bool:
    """Whether an event is told next in an account: in the line of news without a time, in a text that opens with none."""
    return {"news", "undated", "lead-undated"} <= set(setting)


def _is_headline(token: Token) -> bool:
    """Whether a token's sentence is a line of its own without a stop, as titles are."""
    sent = token.sent
    last = next((t for t in reversed(sent) if not t.is_space), None)
    return last is not None and last.text not in (".", "!", "?", "”", '"', "''", "’")
