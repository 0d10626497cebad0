"""Noun phrases and subjects around a cue, by the parse and, where quotation marks broke the parse, by tags.

What belongs here: `phrase` (the noun phrase of a head), `phrase_from` (the one that begins at a token), `phrase_to` (the one
that ends before a token) and `subject`. What does not: which verb is a cue (`attribution.py`).
"""

from __future__ import annotations

from pipelines.nlp.parsed import Doc, Token
from pipelines.nlp.quotations import patterns
from pipelines.nlp.quotations.page import Page

Bounds = tuple[int, int]  # tokens [start, end)
_CLIMB = 5  # verbs from a cue up to the one that has the subject; nouns in nouns of a phrase


def phrase(page: Page, head: Token) -> Bounds:
    """The noun phrase of a head: its determiner, modifiers and title, its of-, for- and from-phrases and its coordination.

    Relative clauses and appositions that commas set off stay outside; the phrase never reaches into a quotation.
    """
    doc = page.doc
    start = head.i
    for child in reversed(list(head.lefts)):
        if child.dep_ not in patterns.LEFT_DEPENDENCIES or child.right_edge.i + 1 < start:
            break
        start = child.left_edge.i
    end = _right_end(doc, head)
    home = page.covered.get(head.i)
    for i in range(start, head.i):
        if page.covered.get(i) != home or i in page.datelines:
            start = i + 1
    stop = next((i for i in range(head.i, end) if page.covered.get(i) != home or page.parts_paragraphs(i)), end)
    while doc[start].is_space:
        start += 1
    return start, _without_spaces(doc, stop)


def _without_spaces(doc: Doc, end: int) -> int:
    while doc[end - 1].is_space:
        end -= 1
    return end


def _right_end(doc: Doc, head: Token, depth: int = 0) -> int:
    end = head.i + 1
    if depth == _CLIMB:
        return end
    for child in head.rights:
        if child.is_space:
            end = max(end, child.i + 1)
            continue
        if child.left_edge.i > end:
            break
        if child.dep_ == "prep" and child.lower_ in _prepositions(head):
            objects = [token for token in child.rights if token.dep_ == "pobj" and token.i > child.i]
            if not objects:
                break
            end = _right_end(doc, objects[0], depth + 1)
        elif child.dep_ in ("appos", "compound", "flat", "nmod", "nummod") and child.left_edge.i == end:
            end = _right_end(doc, child, depth + 1)
        elif child.dep_ == "cc":
            end = child.i + 1
        elif child.dep_ == "conj" and child.pos_ in patterns.NOMINAL and child.left_edge.i == end:
            end = _right_end(doc, child, depth + 1)
        elif child.dep_ not in ("case", "punct") or child.text == ",":
            break
    while end - 1 > head.i and (doc[end - 1].dep_ == "cc" or doc[end - 1].is_punct):
        end -= 1
    return end


def _prepositions(head: Token) -> frozenset[str]:
    return patterns.NAME_PREPOSITIONS if head.pos_ == "PROPN" else patterns.PHRASE_PREPOSITIONS


def phrase_from(page: Page, start: int, limit: int) -> Bounds | None:
    """The noun phrase that begins at a token and ends before `limit`, or None when no noun phrase begins there."""
    doc = page.doc
    if start >= limit or doc[start].tag_ not in patterns.PHRASE_TAGS:
        return None
    if doc[start].tag_ == "PRP":
        return (start, start + 1) if can_speak(doc[start]) else None
    end = start
    while end < limit and _goes_on(doc, start, end, limit):
        end += 1
    nouns = [i for i in range(start, end) if can_speak(doc[i])]
    if not nouns:
        return None
    found = phrase(page, doc[nouns[-1]])
    return start, max(nouns[-1] + 1, min(found[1], limit))


def _goes_on(doc: Doc, start: int, at: int, limit: int) -> bool:
    """Whether a noun phrase that began at `start` goes on with a token."""
    token = doc[at]
    if at > start and doc[at - 1].pos_ in patterns.NOMINAL:
        if token.tag_ in patterns.NEW_PHRASE_TAGS:
            return False
        if token.lower_ in patterns.LINKS and at + 1 < limit:
            return doc[at + 1].tag_ in patterns.PHRASE_TAGS
    return token.tag_ in patterns.INNER_TAGS or (at + 1 < limit and doc[at + 1].tag_ == "HYPH")


def phrase_to(page: Page, end: int, limit: int) -> Bounds | None:
    """The noun phrase that ends before a token, back to `limit`, or None; an apposition between commas is stepped over."""
    doc = page.doc
    last = end - 1
    while last >= limit and (
        doc[last].is_space or doc[last].tag_ in patterns.ADVERB_TAGS or doc[last].dep_ in ("aux", "auxpass", "neg")
    ):
        last -= 1
    if last > limit and doc[last].text == ",":
        opening = next((i for i in range(last - 1, limit, -1) if doc[i].text == ","), None)
        if opening is None:
            return None
        last = opening - 1
    if last < limit or not can_speak(doc[last]) or last in page.datelines:
        return None
    if doc[last].tag_ == "PRP":
        return last, last + 1
    start = last
    while start > limit and (
        doc[start - 1].tag_ in patterns.PHRASE_TAGS - {"PRP"}
        or doc[start - 1].tag_ == "POS"
        or (doc[start - 1].is_space and not page.parts_paragraphs(start - 1))
        or (doc[start - 1].tag_ == "HYPH" and not doc[start - 1].whitespace_)
        or (doc[start - 1].lower_ in patterns.PHRASE_PREPOSITIONS and doc[start - 2].pos_ in patterns.NOMINAL)
    ):
        start -= 1
    while doc[start].is_space:
        start += 1
    return start, last + 1


def subject(page: Page, verb: Token) -> Bounds | None:
    """The phrase of who does what a verb says; climbs from participles, infinitives and coordinated verbs to their subject.

    The antecedent stands for a relative pronoun; of a passive verb of telling the agent is the speaker, of a quoted person
    the person is.
    """
    home = page.covered.get(verb.i)
    head = verb
    for _ in range(_CLIMB):
        own = _own_subject(page, head)
        if own is not None:
            return phrase(page, own)
        if head.dep_ in ("acl", "relcl") and head.head.pos_ in patterns.NOMINAL:
            return phrase(page, head.head)
        if head.dep_ == "pcomp" and head.head.lower_ == "as" and head.head.head.pos_ in patterns.NOMINAL:
            return phrase(page, head.head.head)  # cited the mayor as saying
        above = head.head
        while (
            above.pos_ in ("ADP", "SCONJ", "ADJ", "NOUN") and above.head.i != above.i and head.dep_ in patterns.CLIMBING
        ):
            above = above.head
        is_end = above.i == head.i or head.dep_ not in patterns.CLIMBING or above.pos_ not in ("VERB", "AUX")
        if is_end or page.covered.get(above.i) != home:
            return None
        head = above
    return None


def _own_subject(page: Page, verb: Token) -> Token | None:
    if verb.lower_ in patterns.QUOTING:
        quoted = next(
            (child for child in verb.children if child.dep_ == "dobj" and child.pos_ in patterns.NOMINAL), None
        )
        if quoted is not None and page.covered.get(quoted.i) == page.covered.get(verb.i):
            return quoted
    for child in verb.children:
        if child.dep_ == "nsubj" or (child.dep_ == "nsubjpass" and verb.lower_ in patterns.QUOTED):
            if child.tag_ in ("WP", "WDT") or child.lower_ in ("who", "that", "which"):
                return verb.head if verb.dep_ == "relcl" else None
            if _is_speaker(page, verb, child):
                return child
        elif child.dep_ == "agent":
            return next((token for token in child.children if token.dep_ == "pobj"), None)
    return None


def can_speak(token: Token) -> bool:
    """Whether a token may head the phrase of a speaker."""
    if token.pos_ == "PRON" or token.ent_type_ == "DATE":
        return token.lower_ not in patterns.NO_SPEAKERS and token.tag_ != "PRP$"
    return token.pos_ in patterns.NOMINAL


def _is_speaker(page: Page, verb: Token, noun: Token) -> bool:
    return (
        can_speak(noun)
        and noun.i not in page.datelines
        and page.covered.get(noun.i) == page.covered.get(verb.i)
        and page.same_paragraph(noun.i, verb.i)
    )
