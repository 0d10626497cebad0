"""Cues on tokens: verbs, nouns and phrases of saying, and who stands behind a text that says something.

What belongs here: `Attribution`, the matching of the cue lexicon, the author of a statement or a letter. What does not:
where a cue must stand to govern a passage (`attribution.py`, `leading.py`).
"""

from __future__ import annotations

from pipelines.immutable import dataclass
from pipelines.nlp.parsed import Token
from pipelines.nlp.quotations import patterns
from pipelines.nlp.quotations.cues import Cue, CueLexicon
from pipelines.nlp.quotations.page import Page
from pipelines.nlp.quotations.phrases import Bounds, can_speak, phrase, phrase_from, subject


@dataclass(frozen=True, slots=True)
class Attribution:
    """A cue and, when it is known, the speaker's phrase; token bounds, half open."""

    cue: Bounds
    speaker: Bounds | None
    is_adjacent: bool  # cue and passage touch: the passage is speech however short it is
    cue_class: str
    is_introduced: bool = False  # a comma or a colon after a verb of saying leads to the passage


def verb_cue(token: Token, cues: CueLexicon) -> Cue | None:
    """The cue that a verb form is, or that it is with the particle behind it, or None."""
    cue = particle_cue(token, cues)
    if cue is not None and token.tag_[0] == "V" and _is_particle(token.nbor(1)):
        return cue
    cue = cues.verbs.get(token.lower_)
    if cue is None or (token.tag_[0] != "V" and token.lower_ not in patterns.ALWAYS_VERBS):
        return None
    return cue


def particle_cue(token: Token, cues: CueLexicon) -> Cue | None:
    """The cue that a word and the one behind it are, by their forms alone ("cut in May", "cuts in pay" too), or None."""
    if token.i + 1 >= len(token.doc):
        return None
    return cues.particle_verbs.get((token.lower_, token.nbor(1).lower_))


def _is_particle(token: Token) -> bool:
    """Whether a word behind a verb is its particle: by its tag, or because no object follows that it could govern."""
    if token.tag_ in patterns.ADVERB_TAGS or token.i + 1 >= len(token.doc):
        return True
    following = token.nbor(1)
    return following.is_punct or following.is_space or following.tag_ in patterns.ADVERB_TAGS


def cue_bounds(page: Page, verb: int, cue: Cue | None) -> Bounds:
    """Bounds of a cue verb with its particle: pointed out, shot back, cut in."""
    following = page.doc[verb + 1] if verb + 1 < len(page.doc) else None
    has_particle = following is not None and (
        following.tag_ == "RP" or following.lower_ == "back" or (cue is not None and following.lower_ == cue.particle)
    )
    return verb, verb + (2 if has_particle else 1)


def phrase_cue(page: Page, at: int, end: int, cues: CueLexicon) -> Attribution | None:
    """A fixed phrase around a speaker that begins at a token: according to the ministry, in the ministry's view."""
    doc = page.doc
    if doc[at].lower_ == "in":
        viewed = _in_view_of(page, at, end)
        if viewed is not None:
            return viewed
    for words in cues.phrases.get(doc[at].lower_, ()):
        after = at + len(words)
        if after < end and all(doc[at + i].lower_ == word for i, word in enumerate(words)):
            speaker = phrase_from(page, after, end)
            if speaker is not None:
                return Attribution((at, after), _named_author(page, speaker, cues), False, "prefix")
    return None


def _in_view_of(page: Page, at: int, end: int) -> Attribution | None:
    """In the ministry's view, in her words."""
    doc = page.doc
    owned = phrase_from(page, at + 1, end)
    if owned is None or doc[owned[1] - 1].lower_ not in patterns.VIEWS or doc[owned[1] - 2].tag_ not in ("POS", "PRP$"):
        return None
    owner_end = owned[1] - 2 if doc[owned[1] - 2].tag_ == "POS" else owned[1] - 1
    return Attribution((at, owned[1]), (at + 1, owner_end), False, "prefix")


def _named_author(page: Page, speaker: Bounds, cues: CueLexicon) -> Bounds:
    """The author that a phrase about a text names ("a statement from the ministry"), else the phrase itself."""
    for token in page.doc[speaker[0] : speaker[1]]:
        if token.lower_ in cues.nouns:
            named = author(page, token)
            if named is not None and speaker[0] <= named[0] <= speaker[1] + 1:
                return named
            break
    return speaker


def author(page: Page, noun: Token) -> Bounds | None:
    """Who wrote or said what a noun of saying names: its from-, by- or of-phrase, its possessor, or who issues it."""
    for child in noun.children:
        if child.dep_ == "prep" and child.lower_ in ("from", "by", "of"):
            people = [token for token in child.children if token.dep_ == "pobj" and can_speak(token)]
            if people:
                return phrase(page, people[0])
        if child.dep_ == "poss":
            return phrase(page, child)
    above = noun.head
    while above.pos_ in ("ADP", "NOUN") and above.head.i != above.i:
        above = above.head
    return subject(page, above) if above.pos_ == "VERB" else None


def behind_text(page: Page, speaker: Bounds | None, cues: CueLexicon) -> Bounds | None:
    """The person behind a text that a pronoun stands for: of "issued a note in which it says", the issuer."""
    if speaker is None or speaker[1] - speaker[0] > 1:
        return speaker
    token = page.doc[speaker[0]]
    if token.lower_ not in ("it", "he", "she", "they"):
        return speaker
    clause = token.head
    while clause.dep_ in ("conj", "ccomp") and clause.head.i < clause.i:
        clause = clause.head
    if clause.dep_ != "relcl" or clause.head.lower_ not in cues.nouns:
        return speaker
    return author(page, clause.head) or speaker
