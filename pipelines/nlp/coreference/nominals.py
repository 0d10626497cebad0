"""Nominals and pronouns that may stand for an entity.

What belongs here: finding them, with the features that agreement needs. What does not: what they stand for (`antecedents.py`).
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pipelines.nlp.actors.component import ActorDescriber
from pipelines.nlp.actors.phrase_index import fold
from pipelines.nlp.annotations import Affiliation, MentionSpan
from pipelines.nlp.coreference.patterns import (
    BODY_WORDS,
    COUNTRY_GROUP_HEADS,
    COUNTRY_HEADS,
    FEMALE_PRONOUNS,
    FEMALE_WORDS,
    LOCAL_SECTORS,
    MALE_PRONOUNS,
    MALE_WORDS,
    PAIR_WORDS,
    PERSON_GROUP_HEADS,
    PLURAL_PRONOUNS,
    SIDE_HEADS,
    STATE_HEADS,
    THING_PRONOUNS,
)
from pipelines.nlp.parsed import Doc, Token

_MAX_LEFT = 8  # tokens of a nominal before its head
_BOUNDS_OF_NUMBERS = frozenset(("least", "most", "to"))  # "at least 13 people", "up to 20 rebels"
_MAX_OWNER = 8  # tokens of an of-phrase after it
_MODIFIER_DEPS = frozenset({"compound", "amod", "nmod", "npadvmod", "advmod"})
_DEFINITE = frozenset({"the", "both", "this", "that", "these", "those"})
_MAX_TITLE = 6  # tokens of a title
_TITLE_LINKS = frozenset({"of", "for", "-", "in"})
_PHRASE_TAGS = frozenset({"DET", "ADJ", "NOUN", "PROPN", "NUM", "PART"})
_OWNER_PREPOSITIONS = frozenset({"of", "in", "from", "for", "at"})


class Form(StrEnum):
    """What kind of thing a nominal or pronoun can stand for."""

    MALE = "male"
    FEMALE = "female"
    PLURAL = "plural"
    THING = "thing"
    PERSON = "person"  # a singular person by office or role
    ACTORS = "actors"  # people in the plural, or a body
    COUNTRY = "country"
    COUNTRIES = "countries"
    LEADERS = "leaders"
    SIDES = "sides"


@dataclass(slots=True)
class Nominal:
    """A nominal or pronoun, tokens [start, end) with its head token."""

    start: int
    end: int
    head: int
    form: Form
    word: str  # folded head, singular
    is_definite: bool = False
    count: int | None = None
    stated: Affiliation = Affiliation()
    gender: str = ""


_PRONOUN_FORMS = {
    **dict.fromkeys(THING_PRONOUNS, Form.THING),
    **dict.fromkeys(PLURAL_PRONOUNS, Form.PLURAL),
    **dict.fromkeys(FEMALE_PRONOUNS, Form.FEMALE),
    **dict.fromkeys(MALE_PRONOUNS, Form.MALE),
}
_PRONOUN_TAGS = frozenset({"PRP", "PRP$"})
_NOUN_TAGS = frozenset({"NN", "NNS", "NNP", "NNPS", "DT", "CD", "CC", "PDT"})


def find_nominals(doc: Doc, describer: ActorDescriber, taken: Container[int]) -> list[Nominal]:
    """All nominals and pronouns outside names, by position.

    Args:
        doc: a parsed document.
        describer: tells which nouns are actors, and what a phrase states.
        taken: token indices inside names.
    """
    heads = describer.lexicon.noun_heads
    on = doc._.context.published_date if doc._.context else None
    found: list[Nominal] = []
    for i, token in enumerate(doc.tokens):
        tag = token.tag_
        if tag in _PRONOUN_TAGS:
            form = _PRONOUN_FORMS.get(token.lower_)
            if form is not None and i not in taken:
                found.append(Nominal(i, i + 1, i, form, token.lower_))
        elif token.lower_ == "old" and i not in taken and (aged := _aged_person(doc, i)):
            found.append(aged)
        elif tag in _NOUN_TAGS and i not in taken:
            folded = fold(token.text)
            is_head = folded in heads or folded in _OTHER_HEADS if tag[:2] == "NN" else folded in BARE_PAIRS
            if not is_head or _is_title_of_name(doc, i, folded, describer, taken):
                continue
            if nominal := _nominal(doc, token, folded, describer, taken, on):
                found.append(nominal)
    return found


def is_state_head(doc: Doc, name: MentionSpan) -> bool:
    """Whether a name is only the noun that a state is called by: "the Kingdom", "the Sultanate"."""
    word = doc[name.start]
    return name.end - name.start == 1 and name.country is None and word.lower_ in STATE_HEADS and _is_definite(word)


def _is_definite(word: Token) -> bool:
    return word.i > 0 and word.doc[word.i - 1].lower_ == "the"


AGED = "year-old"  # the word of "the 54-year-old"
BARE_PAIRS = frozenset({"both", "two"})
_OTHER_HEADS = COUNTRY_HEADS | COUNTRY_GROUP_HEADS | PERSON_GROUP_HEADS | SIDE_HEADS | BARE_PAIRS


def _is_title_of_name(doc: Doc, i: int, folded: str, describer: ActorDescriber, taken: Container[int]) -> bool:
    """True for the head of a title of several words right before a name: "Secretary of State Lena Falk"."""
    tokens = doc.tokens
    if i + 2 >= len(tokens) or tokens[i + 1].text not in _TITLE_LINKS or folded not in describer.lexicon.noun_heads:
        return False
    match = describer.lexicon.index.match_at([t.text for t in tokens[i : i + _MAX_TITLE]], 0)
    return match is not None and match.entry.is_title and i + match.end in taken


def _aged_person(doc: Doc, i: int) -> Nominal | None:
    """ "The 54-year-old", which no noun follows."""
    words = [t.lower_ for t in doc[max(0, i - 5) : i]]
    if len(words) < 5 or words[0] != "the" or words[2:] != ["-", "year", "-"]:
        return None
    following = doc[i + 1] if i + 1 < len(doc) else None
    if following is not None and following.pos_ in ("NOUN", "PROPN", "ADJ"):
        return None
    return Nominal(i - 5, i + 1, i, Form.PERSON, AGED, True)


def _nominal(
    doc: Doc, token: Token, folded: str, describer: ActorDescriber, taken: Container[int], on: date | None
) -> Nominal | None:
    tokens = doc.tokens
    following = tokens[token.i + 1] if token.i + 1 < len(tokens) else None
    if token.dep_ in _MODIFIER_DEPS and following is not None and following.tag_[:2] == "NN":
        return None
    start = _left_edge(doc, token)
    words = [fold(t.text) for t in tokens[start : token.i]]
    is_definite = bool(words) and words[0] in _DEFINITE
    if folded in BARE_PAIRS:
        return _bare_pair(token, start, folded, words)
    count = next((PAIR_WORDS[w] for w in words if w in PAIR_WORDS), None)
    form = _form(token, folded, words, is_definite, count)
    stated = Affiliation()
    if form is None:
        stated = describer.describe_text(doc[start : token.i + 1].text, on=on)
        return Nominal(start, token.i + 1, token.i, Form.ACTORS, folded, stated=stated) if stated.sector else None
    if form in (Form.PERSON, Form.ACTORS, Form.LEADERS):
        stated = describer.describe_text(doc[start : _owner_end(doc, token)].text, on=on)
        if following is not None and following.i in taken and stated.title and following.tag_[:3] == "NNP":
            return None  # a title before a name belongs to the name
    if form is Form.COUNTRIES:
        sector = describer.describe_text(token.text).sector
        stated = Affiliation(sector=sector if sector in LOCAL_SECTORS else None)  # two neighbours that are states
    gender = "m" if folded in MALE_WORDS else "f" if folded in FEMALE_WORDS else ""
    return Nominal(start, token.i + 1, token.i, form, singular(token, folded), is_definite, count, stated, gender)


def _bare_pair(token: Token, start: int, folded: str, words: list[str]) -> Nominal | None:
    """ "both" and "the two" without a noun."""
    if token.dep_ not in ("nsubj", "nsubjpass", "dobj", "pobj") or (folded == "two" and words != ["the"]):
        return None
    return Nominal(start, token.i + 1, token.i, Form.SIDES, folded, True, 2)


def _form(token: Token, folded: str, words: list[str], is_definite: bool, count: int | None) -> Form | None:
    plural = token.tag_ in ("NNS", "NNPS")
    if folded in COUNTRY_HEADS:
        own = set(words) - {"the", "this", "that", "entire", "whole", "own", "small", "tiny", "poor", "rich"}
        return Form.COUNTRY if is_definite and (not own or token.i) else None
    if count or (is_definite and words and words[0] in ("both", "these")):
        if folded in COUNTRY_GROUP_HEADS:
            return Form.COUNTRIES
        if folded in SIDE_HEADS:
            return Form.SIDES
        if folded in PERSON_GROUP_HEADS:
            return Form.LEADERS
    if folded in COUNTRY_GROUP_HEADS - {"governments"}:
        return None
    return Form.ACTORS if plural or folded in BODY_WORDS else Form.PERSON


def singular(token: Token, folded: str) -> str:
    """The singular of a head noun, by its lemma."""
    lemma = token.lemma_
    return fold(lemma) if lemma and token.tag_ in ("NNS", "NNPS") else folded


def _left_edge(doc: Doc, token: Token) -> int:
    start, tokens = token.i, doc.tokens
    while start > 0 and token.i - start < _MAX_LEFT:
        before = tokens[start - 1]
        if before.is_sent_start and before.pos_ not in ("DET", "ADJ", "NOUN", "PROPN", "NUM", "PRON"):
            break
        if before.is_space or before.pos_ in ("VERB", "AUX", "CCONJ", "SCONJ", "ADP", "PUNCT", "ADV", "PRON", "INTJ"):
            if (
                before.tag_ == "PRP$"
                or (before.text == "-" and _joins(doc, before))
                or (before.tag_ in ("VBN", "VBG") and _is_inside(before, token))
            ):
                start -= 1
                continue
            break
        if not _is_inside(before, token) or (before.lower_ in _BOUNDS_OF_NUMBERS and doc[start].pos_ == "NUM"):
            break
        start -= 1
        if before.pos_ == "DET" or before.is_sent_start:
            break
    return start


def _joins(doc: Doc, hyphen: Token) -> bool:
    """Whether a hyphen stands inside a word; with blanks around it, it is a dash: "LAGOS - Dockers"."""
    if hyphen.i == 0 or hyphen.i + 1 == len(doc):
        return False
    before = doc[hyphen.i - 1]
    return before.idx + len(before) == hyphen.idx and hyphen.idx + len(hyphen) == doc[hyphen.i + 1].idx


def _is_inside(token: Token, head: Token) -> bool:
    """Does a token depend on a head, through at most three arcs?"""
    for _ in range(4):
        if token.i == head.i:
            return True
        if token.head.i == token.i:
            return False
        token = token.head
    return False


def _owner_end(doc: Doc, token: Token) -> int:
    """The end of the phrase with the of-phrase that follows its head."""
    end, tokens = token.i + 1, doc.tokens
    if end >= len(tokens) or tokens[end].lower_ not in _OWNER_PREPOSITIONS:
        return end
    limit = min(len(tokens), end + _MAX_OWNER)
    end += 1
    while end < limit and (tokens[end].pos_ in _PHRASE_TAGS or tokens[end].text == "-"):
        end += 1
    return end
