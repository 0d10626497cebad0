"""Count nouns: what a number without currency, percentage or unit of measure counts.

What belongs here: finding the counted noun by tags and parse, participants without a noun ("12 killed"), totals without a
noun ("the toll rose to 45"). What does not: numbers with a unit (`component.py`).
"""

from __future__ import annotations

from pipelines.immutable import dataclass
from pipelines.nlp.parsed import Doc, Token
from pipelines.nlp.quantities import patterns
from pipelines.nlp.quantities.numbers import Number

_RUN = 6  # tokens from a number to its noun
PERSON = "person"


@dataclass(frozen=True, slots=True)
class Count:
    """A counted noun: its lemma (None for a bare total) and the token after the last that belongs to the quantity."""

    unit: str | None
    end: int


def find_count(doc: Doc, number: Number, first: int, last: int) -> Count | None:
    """What the number of the tokens [first, last] counts, or None when it counts nothing.

    Args:
        doc: the document, parsed.
        number: the number.
        first: its first token.
        last: its last token.
    """
    if _is_name_part(doc, first, last):
        return None
    following = last + 1
    if following < len(doc) and doc[following].text == "-" and not doc[following].whitespace_:
        return _compound(doc, following + 1)
    if following < len(doc) and doc[following].lower_ == "of" and not doc[last].is_punct:
        return _of_phrase(doc, number, following)
    noun = _noun_after(doc, following, number)
    if noun is not None:
        return None if _refers_back(doc, number, first, noun.end - 1) else noun
    return _participants(doc, first, last) or (_total(doc, number, first, last))


def _is_name_part(doc: Doc, first: int, last: int) -> bool:
    """Whether a number is a part of a name (Boeing 737, Fifty Cent) or follows the noun that it numbers (Article 5)."""
    token = doc[first]
    if token.ent_type_ in patterns.NAME_ENTITIES and (token.ent_iob_ == "I" or _continues(doc, last)):
        return True
    if token.ent_type_ == "ORDINAL":
        return True
    before = doc[first - 1] if first else None
    return (
        before is not None
        and doc[last].dep_ in ("nummod", "appos", "npadvmod")
        and doc[last].head.i == before.i
        and before.tag_ in ("NN", "NNP")
    )


def _continues(doc: Doc, last: int) -> bool:
    return last + 1 < len(doc) and doc[last + 1].ent_iob_ == "I" and doc[last + 1].ent_type_ == doc[last].ent_type_


def _compound(doc: Doc, at: int) -> Count | None:
    """A 12-member panel; a 5,000-strong crowd; 50-odd people."""
    if at >= len(doc):
        return None
    word = doc[at].lower_
    if word in ("strong", "odd", "plus"):
        noun = _noun_run(doc, at + 1)
        return Count(_unit(doc[noun]), noun + 1) if noun is not None else None
    if word in patterns.TIME_UNITS or doc[at].tag_ not in patterns.NOUN_TAGS or word in patterns.NOT_COUNTED:
        return None
    return Count(_unit(doc[at]), at + 1)


def _of_phrase(doc: Doc, number: Number, at: int) -> Count | None:
    """Hundreds of protesters; five of the hostages."""
    if number.value == 1 or at + 1 >= len(doc):
        return None
    start = at + 1
    while start < len(doc) and (
        doc[start].tag_ in ("DT", "PRP$", "CD", "PDT") or doc[start].lower_ in ("more", "other")
    ):
        start += 1
    noun = _noun_run(doc, start)
    if noun is not None and noun + 1 < len(doc) and doc[noun + 1].tag_ == "POS":
        noun = _noun_run(doc, noun + 2)  # 66 of the state's delegates
    if noun is None or not _is_countable(doc[noun], number):
        return None
    return Count(_unit(doc[noun]), noun + 1)


def _noun_after(doc: Doc, at: int, number: Number) -> Count | None:
    if number.is_vague and at < len(doc) and doc[at].lower_ == "more":
        at += 1
    noun = _noun_run(doc, at)
    if noun is None or not _is_countable(doc[noun], number):
        return None
    token = doc[noun]
    is_plural = token.tag_ in patterns.PLURAL_TAGS
    if not is_plural and number.value != 1 and not _is_numbered(doc, at - 1, noun):
        return None
    if patterns.YEAR.fullmatch(doc[at - 1].text) and token.lemma_.lower() not in patterns.PERSON_NOUNS:
        return None
    return Count(_unit(token), noun + 1)


def _refers_back(doc: Doc, number: Number, first: int, noun: int) -> bool:
    """Whether a phrase names known things rather than counts new ones: the two countries."""
    if not number.is_word or number.value > 10 or first == 0 or doc[first - 1].lower_ not in patterns.DEFINITE:
        return False
    return doc[noun].head.lemma_ not in patterns.PERSON_VERBS


def _noun_run(doc: Doc, at: int) -> int | None:
    """The last noun of the noun phrase that goes on at a token; a plural ends it."""
    last: int | None = None
    for i in range(at, min(at + _RUN, len(doc))):
        token = doc[i]
        if token.tag_ in patterns.NOUN_TAGS:
            if last is not None and doc[last].tag_ in patterns.PLURAL_TAGS and token.tag_ not in patterns.PLURAL_TAGS:
                break
            if token.ent_type_ in ("DATE", "TIME"):
                break
            last = i
        elif token.tag_ not in patterns.NUMBERED_TAGS or (last is not None and token.tag_ not in ("HYPH", "AFX")):
            break
    return last


def _is_numbered(doc: Doc, number: int, noun: int) -> bool:
    """Whether the parse makes a number the number of a singular noun: 20 aircraft, 15 police."""
    is_numbered = any(token.dep_ == "nummod" and token.i <= number for token in doc[noun].lefts)
    return is_numbered and doc[noun].lower_ in patterns.INVARIANT_NOUNS


def _is_countable(token: Token, number: Number) -> bool:
    lemma = token.lemma_.lower()
    if (
        lemma in patterns.TIME_UNITS
        or lemma in patterns.SCORE_WORDS
        or (number.is_word and lemma in patterns.NOT_COUNTED)
    ):
        return False
    return token.tag_ != "NNP" and token.is_alpha


def _unit(token: Token) -> str:
    if token.tag_ == "NNPS" or (token.ent_type_ == "NORP" and token.text[0].isupper()):
        return token.text.removesuffix("s")  # Albanians
    lemma = token.lemma_.lower()
    return PERSON if lemma in ("other", "people", "individual") else lemma


def _participants(doc: Doc, first: int, last: int) -> Count | None:
    """12 killed; left 12 dead; killing 12; 12 were arrested; 12 died."""
    at = last + 1
    while at < min(last + _RUN, len(doc)) and (
        doc[at].pos_ == "AUX" or doc[at].lower_ in ("others", "more", "also", "later", "had")
    ):
        at += 1
    if at < len(doc) and doc[at].lower_ in patterns.PERSON_WORDS:
        return Count(PERSON, last + 1)
    if at < len(doc) and doc[at].lemma_ in patterns.PERSON_VERBS and doc[at].tag_ == "VBD":
        return Count(PERSON, last + 1)
    counted = doc[last].head if doc[last].head.lower_ in ("more", "others") else doc[last]  # "injured thirty more"
    head = counted.head
    if head.lemma_ in patterns.PERSON_VERBS and counted.dep_ in ("dobj", "nsubj", "nsubjpass") and head.pos_ == "VERB":
        return Count(PERSON, last + 1)
    return None


def _total(doc: Doc, number: Number, first: int, last: int) -> Count | None:
    """A bare number that a verb or a noun of amount gives to something: rose to 45, a toll of 45, a crowd of 45."""
    token = doc[last]
    if number.value < 2 or number.is_vague or patterns.YEAR.fullmatch(token.text):
        return None
    if token.ent_type_ in ("DATE", "TIME"):
        return None
    head = token.head
    if token.dep_ in ("dobj", "attr", "npadvmod") and head.lemma_ in patterns.TOTALLING_VERBS:
        return Count(None, last + 1)
    if token.dep_ == "pobj" and head.lower_ in ("to", "at", "of", "from"):
        above = head.head
        if head.lower_ == "of" and above.lemma_.lower() in patterns.CROWD_NOUNS:
            return Count(PERSON, last + 1)
        is_verb = above.pos_ == "VERB" and above.lemma_ in patterns.MEASURING_VERBS and head.lower_ != "of"
        is_noun = head.lower_ in ("of", "at") and above.lemma_.lower() in patterns.TOTAL_NOUNS
        return Count(None, last + 1) if is_verb or is_noun else None
    return None
