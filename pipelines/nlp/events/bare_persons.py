"""Bare persons: words that stand for persons without being a noun for them.

What belongs here: numbers, quantifiers, participles and adjectives as heads of a phrase, nouns that no list has. What does not:
names and pronouns (`parties.py`).
"""

from __future__ import annotations

from pipelines.immutable import dataclass
from pipelines.nlp.clauses.negation import opens_denial
from pipelines.nlp.clauses.phrases import lemma_of
from pipelines.nlp.events.patterns import BARE_QUANTIFIERS, INDEFINITE, PEOPLE_NOUNS
from pipelines.nlp.parsed import Token
from pipelines.nlp.quotations.cues import load_cues

_AMOUNTS = frozenset(("MONEY", "PERCENT"))
# Ends of nouns for what is no person: acts, states and qualities.
_ABSTRACT = (
    "tion",
    "sion",
    "ment",
    "ness",
    "ity",
    "ism",
    "ance",
    "ence",
    "ure",
    "ship",
    "ing",
    "dom",
    "ncy",
    "sis",
    "logy",
)
_MANY_THINGS = frozenset(("all", "those"))  # "all agree that it rained", "those threaten the coast"
_ARGUMENTS = frozenset(("nsubj", "nsubjpass", "dobj", "dative", "pobj", "poss", "conj"))


@dataclass(frozen=True, slots=True)
class PersonWords:
    """The words that stand for persons and bodies.

    `nouns` are lemmas of nouns for persons, beside those that state a sector; `bodies` of those for bodies; `verbs` lemmas of
    verbs that are done to persons, where a bare number counts persons; `by_state` adjectives and participles that stand for
    persons behind an article ("the wounded"); `speech` lemmas of verbs by which persons and bodies speak; `things` lemmas of
    nouns that no person is called by; `qualities` those of nouns for bodies that also tell an act or a quality.
    """

    nouns: frozenset[str] = PEOPLE_NOUNS
    bodies: frozenset[str] = frozenset()
    verbs: frozenset[str] = frozenset()
    by_state: frozenset[str] = frozenset()
    speech: frozenset[str] = frozenset()
    things: frozenset[str] = frozenset()
    qualities: frozenset[str] = frozenset()


def speaks(token: Token, words: PersonWords) -> bool:
    """Whether a noun is told to say something, and so is a person or body whatever it is: "the carabineros asked them".

    Args:
        token: head of a phrase.
        words: the words that stand for persons, and those that do not though they are said to tell something.
    """
    verb = token.head
    if token.pos_ != "NOUN" or token.dep_ != "nsubj" or verb.pos_ != "VERB" or token.i > verb.i:
        return False
    if lemma_of(verb) not in words.speech or token.lower_ in load_cues().nouns:
        return False
    before = {c.dep_ for c in token.lefts}
    if "poss" in before or (token.tag_ == "NN" and "det" not in before):
        return False  # "the court's summary" is the court's; "transport for London" is no one
    lemma = lemma_of(token)
    return lemma not in words.things and not lemma.endswith(_ABSTRACT)


def stands_for_persons(token: Token, words: frozenset[str]) -> bool:
    """Whether a participle or adjective behind an article is a party: "the condemned", "30 of the detained".

    Args:
        token: head of a phrase.
        words: the words that can stand so, in lower case.
    """
    if token.lower_ not in words or token.dep_ not in _ARGUMENTS:
        return False
    return any(child.dep_ == "det" for child in token.lefts)


def counts_people(token: Token, words: PersonWords) -> bool:
    """Whether a number or quantifier stands alone for persons that speak or to whom something is done: "Eleven were held".

    Args:
        token: head of a phrase.
        words: the words that stand for persons, and the verbs that tell of them.
    """
    if (token.pos_ != "NUM" and token.lower_ not in BARE_QUANTIFIERS) or opens_denial(token):
        return False
    if token.ent_type_ in _AMOUNTS or any(child.tag_ == "$" for child in token.lefts):
        return False
    if token.dep_ in ("nsubjpass", "dobj") or (token.dep_ == "nsubj" and token.head.tag_ == "VBN"):
        return lemma_of(token.head) in words.verbs
    if token.dep_ == "nsubj" and token.head.pos_ == "VERB" and lemma_of(token.head) in words.speech:
        return token.is_alpha and token.lower_ not in _MANY_THINGS
    return any(
        child.dep_ == "acl" and child.tag_ == "VBN" and lemma_of(child) in words.verbs for child in token.children
    )


def is_known_body(token: Token, words: frozenset[str]) -> bool:
    """Whether a noun is a body that acts or was told of before: "the commission", not "created a commission".

    Args:
        token: head of a phrase.
        words: lemmas of nouns for bodies that state no sector.
    """
    if lemma_of(token) not in words:
        return False
    is_definite = any(c.dep_ == "poss" or (c.dep_ == "det" and c.lower_ not in INDEFINITE) for c in token.lefts)
    return is_definite or token.dep_ == "nsubj"
