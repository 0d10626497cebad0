"""Find who says a quoted passage: the cue beside it or in its sentence, and the phrase of the speaker.

What belongs here: the order in which the ways of attributing are tried, and the ways that follow the passage. What does
not: what leads to the passage (`leading.py`), a name that signs it (`signature.py`), whether a passage is a quotation at
all and speakers carried over from other quotations (`component.py`), noun phrases (`phrases.py`), the words themselves
(`cue_verbs.csv`, `patterns.py`).

The ways: words right after the passage ("...", the minister said / said the minister / according to him), words that lead
to it (He said: "..."; Smith: "..."; In a statement, the ministry called it "..."), a name behind a dash ("..." - Smith),
words later in its sentence (The plan is "..." and will fail, Smith said), nouns of saying (a letter in which she "...";
in his words, "...").
"""

from __future__ import annotations

from pipelines.nlp.parsed import Token
from pipelines.nlp.quotations import patterns
from pipelines.nlp.quotations.cues import Cue, CueLexicon
from pipelines.nlp.quotations.expressions import Attribution, cue_bounds, particle_cue, phrase_cue, verb_cue
from pipelines.nlp.quotations.leading import headline_label, leading_attribution
from pipelines.nlp.quotations.page import Page, Passage
from pipelines.nlp.quotations.phrases import Bounds, phrase_from, phrase_to, subject
from pipelines.nlp.quotations.signature import signature


def attribution_of(page: Page, passage: Passage, cues: CueLexicon) -> Attribution | None:
    """The attribution that a passage's own sentence states, or None."""
    before = leading_attribution(page, passage, cues)
    if before is not None and before.is_introduced:
        return before
    after = _after(page, passage, cues)
    if after is not None and after.is_adjacent:
        return after
    return signature(page, passage) or before or after or _later(page, passage, cues) or headline_label(page, passage)


def _after(page: Page, passage: Passage, cues: CueLexicon) -> Attribution | None:
    doc = page.doc
    end, _ = page.window_after(passage)
    start = passage.after
    has_comma = False
    while start < end and (doc[start].text in patterns.SEPARATORS or doc[start].is_space):
        has_comma = has_comma or not doc[start].is_space
        start += 1
    if start >= end:
        return None
    invites = has_comma or passage.ending in patterns.INVITING_STOPS
    phrased = phrase_cue(page, start, end, cues)
    if phrased is not None:
        return phrased
    if passage.ending == "." and not has_comma:
        return _after_stop(page, start, end, cues)
    verb = doc[start]
    begins_sentence = page.window_before(passage)[0] == passage.before  # else: the "old levy," cut in half, ...
    cue = (particle_cue(verb, cues) if invites and begins_sentence else None) or verb_cue(verb, cues)
    if (cue is not None and verb.tag_ != "VBG") or (invites and verb.tag_ in ("VBD", "VBZ")):
        inverted = _inverted(page, verb, end, cue)
        if inverted is not None or cue is None or not cue.particle:
            return inverted
    speaker = phrase_from(page, start, end)
    if speaker is None:
        return None
    return _subject_first(page, speaker, end, cues, invites=invites)


def _after_stop(page: Page, start: int, end: int, cues: CueLexicon) -> Attribution | None:
    """An attribution set off by a full stop by mistake, which must be a sentence of its own: "We won." Smith said."""
    speaker = phrase_from(page, start, end)
    found = _subject_first(page, speaker, end, cues, invites=False) if speaker is not None else None
    if found is None or found.cue_class != "say" or end - found.cue[1] > 0:
        return None
    return found


def _inverted(page: Page, verb: Token, end: int, cue: Cue | None) -> Attribution | None:
    """Verb before speaker: "...", said the minister."""
    bounds = cue_bounds(page, verb.i, cue)
    start = bounds[1]
    while start < end and (page.doc[start].tag_ in patterns.ADVERB_TAGS or page.doc[start].is_space):
        start += 1
    speaker = phrase_from(page, start, end)
    if speaker is None:
        return None
    label = page.doc[speaker[1] - 1].ent_type_
    if cue is not None and cue.particle and label in patterns.TIME_LABELS:
        return None  # "...", cut in May
    if verb.tag_[0] != "V" and cue is not None and cue.particle and label != "PERSON":
        return None  # "...", cuts in pay
    if cue is None and page.doc[speaker[1] - 1].pos_ not in ("PROPN", "PRON") and verb.tag_ != "VBD":
        return None
    return Attribution(bounds, speaker, True, cue.cue_class if cue else "adjacent")


def _subject_first(page: Page, speaker: Bounds, end: int, cues: CueLexicon, *, invites: bool) -> Attribution | None:
    """Speaker before verb: "...", the minister said; an apposition or a relative clause may stand between."""
    doc = page.doc
    at = speaker[1]
    set_off = False
    while at < end:
        token = doc[at]
        cue = verb_cue(token, cues)
        if cue is not None and (not set_off or _ends_insertion(page, speaker[1], at)):
            if token.lower_ in patterns.QUOTING:
                speaker = subject(page, token) or speaker
            return Attribution(cue_bounds(page, at, cue), speaker, invites or cue.cue_class == "say", cue.cue_class)
        if token.text in (",", "(", "—", "–", "-", "--") or token.tag_ in ("WP", "WDT"):
            set_off = True
        elif not set_off and not token.is_space and token.tag_ not in patterns.ADVERB_TAGS and token.pos_ != "AUX":
            break
        at += 1
    verb = doc[at] if at < end and not set_off else None
    if verb is not None and invites and verb.tag_ in ("VBD", "VBZ") and verb.pos_ == "VERB":
        return Attribution(cue_bounds(page, at, None), speaker, True, "adjacent")
    return None


def _ends_insertion(page: Page, start: int, verb: int) -> bool:
    """Whether a verb follows what stands between it and its subject, rather than standing inside it."""
    doc = page.doc
    before = verb - 1
    while before > start and (doc[before].tag_ in patterns.ADVERB_TAGS or doc[before].pos_ == "AUX"):
        before -= 1
    return doc[before].text in (",", ")", "—", "–", "-", "--") or start - 1 <= _subject_index(doc[verb]) < start


def _subject_index(verb: Token) -> int:
    return next((child.i for child in verb.children if child.dep_ == "nsubj"), -1)


def _later(page: Page, passage: Passage, cues: CueLexicon) -> Attribution | None:
    """An attribution at the end of the passage's sentence: ..., Smith said; ..., according to Smith."""
    doc = page.doc
    end, _ = page.window_after(passage)
    for at in range(passage.after, end):
        phrased = phrase_cue(page, at, end, cues)
        if phrased is not None:
            return phrased
        cue = verb_cue(doc[at], cues)
        if cue is None or cue.cue_class != "say" or doc[at].tag_ not in ("VBD", "VBZ", "VBP") or at + 1 >= len(doc):
            continue
        if doc[at - 1].text == ",":
            speaker = phrase_from(page, at + 1, end)
        else:
            speaker = phrase_to(page, at, passage.after)
            if speaker is not None and doc[speaker[0] - 1].text not in (",", "—", "–"):
                speaker = None
        if speaker is not None:
            return Attribution(cue_bounds(page, at, cue), speaker, False, cue.cue_class)
    return None
