"""Phrases: heads, coordination and prepositional phrases of nouns.

What belongs here: reading a noun phrase off the parse. What does not: verbs (`component.py`).
"""

from __future__ import annotations

from collections.abc import Container, Iterator

from pipelines.nlp.clauses.patterns import COMPLEX_PREPOSITIONS, TRANSPARENT_NOUNS, UNDERTAKING_NOUNS
from pipelines.nlp.parsed import Token


def lemma_of(token: Token) -> str:
    """Lower-case lemma."""
    return token.lemma_.lower()


def first_object(preposition: Token) -> Token | None:
    """The object of a preposition, or None."""
    for child in preposition.children:
        if child.dep_ in ("pobj", "pcomp"):
            return child
    return None


def add_prep(preps: dict[str, list[Token]], preposition: Token) -> None:
    """File a prepositional phrase under its preposition; chained ones ("from across") under the last."""
    word = preposition.lower_
    for child in preposition.children:
        dep = child.dep_
        if dep == "prep":
            name = COMPLEX_PREPOSITIONS.get((word, child.lower_))
            inner = first_object(child)
            if inner is not None:
                preps.setdefault(name or child.lower_, []).append(inner)
        elif dep == "pcomp" and child.pos_ == "ADP":
            inner = first_object(child)
            name = COMPLEX_PREPOSITIONS.get((word, child.lower_))
            if inner is not None:
                preps.setdefault(name or word, []).append(inner)
        elif dep == "pobj" and (behind := _behind_noun(child)) is not None:
            preps.setdefault(behind[0], []).append(behind[1])
        elif dep in ("pobj", "pcomp"):
            preps.setdefault(word, []).append(child)
        elif dep == "conj" and child.dep_ == "conj" and child.pos_ == "ADP":
            add_prep(preps, child)


def _behind_noun(noun: Token) -> tuple[str, Token] | None:
    """The preposition that a noun without a modifier is part of, and its object: "in front of the embassy"."""
    for child in noun.rights:
        name = COMPLEX_PREPOSITIONS.get((noun.lower_, child.lower_)) if child.dep_ == "prep" else None
        inner = first_object(child) if name is not None else None
        if name is not None and inner is not None and not any(noun.lefts):
            return name, inner
    return None


def phrase_preps(token: Token) -> dict[str, list[Token]]:
    """Prepositional phrases that a noun carries."""
    preps: dict[str, list[Token]] = {}
    for child in token.children:
        if child.dep_ in ("prep", "agent"):
            add_prep(preps, child)
    return preps


def objects_behind(head: Token, prepositions: Container[str]) -> Iterator[Token]:
    """The objects of a preposition right behind a noun, where it is one of some prepositions."""
    for child in head.children:
        if child.dep_ == "prep" and child.i == head.i + 1 and child.lower_ in prepositions:
            yield from (c for c in child.children if c.dep_ == "pobj")


def semantic_heads(token: Token) -> list[Token]:
    """The noun a phrase is about and those coordinated with it: attacks in "a series of attacks and raids"."""
    return [noun for head in coordinated(token) for noun in meant_by(head)]


def meant_by(head: Token) -> list[Token]:
    """The nouns that one noun of a list is about: itself, or what "a series of" them is of, with what is undertaken."""
    inner = head
    for _ in range(3):
        if inner.pos_ == "VERB" or lemma_of(inner) not in TRANSPARENT_NOUNS and inner.lower_ not in TRANSPARENT_NOUNS:
            break
        objects = phrase_preps(inner).get("of")
        if not objects:
            break
        inner = objects[0]
    found = [inner] if inner is head else coordinated(inner)
    return [*found, *(content for noun in found if (content := undertaken(noun)) is not None)]


def undertaken(noun: Token) -> Token | None:
    """The noun that says what is undertaken: mediation in "a mediation effort"; None for another noun."""
    if lemma_of(noun) not in UNDERTAKING_NOUNS:
        return None
    return next((c for c in noun.lefts if c.dep_ in ("compound", "amod", "nmod") and c.pos_ in ("NOUN", "PROPN")), None)


def head_forms(token: Token) -> set[str]:
    """The ways a lexicon may write the head of a phrase: "ban", "travel ban", "state of emergency"."""
    lemma = lemma_of(token)
    forms = {lemma, token.lower_}
    before = ""
    for child in token.lefts:
        if child.dep_ in ("compound", "amod", "nmod"):
            before = f"{before} {child.lower_}".strip()
            forms.add(f"{child.lower_} {lemma}")
    if " " in before:
        forms.add(f"{before} {lemma}")
    for child in token.rights:
        if child.dep_ == "prep" and child.lower_ == "of":
            inner = first_object(child)
            if inner is not None:
                forms.add(f"{lemma} of {inner.lower_}")
                forms.add(f"{token.lower_} of {inner.lower_}")
    return forms


def coordinated(token: Token) -> list[Token]:
    """A token and the tokens coordinated with it, in text order."""
    found = [token]
    for current in found:
        found.extend(child for child in current.children if child.dep_ == "conj")
    return found
