"""The component `communique_times`: time expressions of a Doc, read with its tags and heads.

What belongs here: `TimesComponent`, and the answers that a parsed document gives to the questions of the grammar
(`timeline.Reading`). What does not: what a time expression is and means (`engine.py` and what it names).
"""

from __future__ import annotations

from dataclasses import replace

from spacy.tokens import Doc as SpacyDoc

from pipelines.nlp.clauses.government import precedes_clause
from pipelines.nlp.parsed import AnyDoc, Doc, Token, parsed
from pipelines.nlp.times.engine import find_time_expressions
from pipelines.nlp.times.surface import SurfaceReading, year_by_neighbours
from pipelines.nlp.times.timeline import Reading, Tense
from pipelines.records import TimeExpression

_NAME_LABELS = frozenset(("PERSON", "ORG", "GPE", "LOC", "FAC", "NORP", "PRODUCT", "WORK_OF_ART", "LAW"))
_DATE_LABELS = frozenset(("DATE", "TIME"))
_VERB_TAGS = frozenset(("VB", "VBD", "VBG", "VBN", "VBP", "VBZ", "MD"))
_NOUN_TAGS = frozenset(("NN", "NNP", "NNS", "NNPS", "CD", "JJ"))
_CLIMB = 12  # heads followed before giving up on a verb
# Verbs and adjectives whose infinitive is yet to come.
_FUTURE_GOVERNORS = frozenset(
    "plan expect schedule set slate intend want hope aim agree offer promise vow pledge undertake threaten propose seek "
    "due likely ready need ask order urge tell invite decide prepare go".split()
)
# Verbs whose present tense with a day is a schedule ("talks begin Monday").
_SCHEDULED = frozenset(
    (
        "begin start open meet leave arrive depart end close resume expire go come travel play face vote return take visit "
        "host"
    ).split()
)
_PLANNED = frozenset(("scheduled", "slated", "planned", "expected", "due"))
_PLANNED_TAGS = frozenset(("VBN", "JJ", "IN"))  # what is said of something; with VBD somebody planned it at that time
# "The vote set for May 5", "moved to May": where the date is aimed at, whatever the tense.
_AIMING = frozenset(("for", "to", "until", "till"))
_RESCHEDULED = frozenset("set schedule slate plan move shift postpone delay defer reschedule adjourn".split())
# Nouns that a year before them dates, where it would count others.
_HELD_IN_YEARS = frozenset(
    """election poll vote ballot primary referendum championship final semifinal olympic game playoff match qualifier festival
    protest demonstration rally riot clash attack bombing killing massacre shooting raid strike uprising revolt coup war battle
    flood earthquake fire storm drought hurricane talk negotiation summit meeting accord agreement treaty pact deal reform law
    rule regulation guideline sanction budget plan target goal estimate forecast projection figure result statistic datum
    level price sale earning profit revenue export import wage tax rate standard emission event hearing trial award model
    ceremony celebration census survey report document finding change cut levy payment loss gain""".split()
)
# "Called a rally on Saturday": what is called, of those who call it, is on a day to come.
_CALLING = frozenset("call declare invite convene proclaim".split())
_GATHERINGS = frozenset(
    "strike walkout stoppage shutdown bandh hartal rally march protest demonstration vigil boycott meeting session sitting "
    "vote election referendum summit talk conference hearing".split()
)
_ATTRIBUTES = frozenset(("compound", "amod", "nummod", "nmod"))
_DATED_ADJECTIVES = frozenset(("effective", "payable", "due"))


class TimesComponent:
    """Sets `doc._.time_expressions`.

    Measured on TimeBank (183 news texts of 1989-1998, DATE and TIME as its annotators marked them): detection F1 0.95,
    value F1 0.85 (precision 0.84, recall 0.87); by words alone, without tags and heads, value F1 0.84. Of 138 misses, 42 are
    periods of company reports ("a year ago", "the quarter"), 37 expressions not found ("already", "the short term"), 28
    values that the annotators left open (a week without its number), 25 days and months on the wrong side of the
    document's date.
    """

    def __call__(self, doc: SpacyDoc) -> SpacyDoc:
        """Find and normalise the time expressions of a Doc."""
        self.set_annotations(doc, self.predict(doc))
        return doc

    def predict(self, document: AnyDoc) -> list[TimeExpression]:
        """The time expressions of a Doc, relative to its published date, with text from the canonical text."""
        doc = parsed(document)
        context = doc._.context
        text = doc.text
        reading = DocReading(doc, text) if doc.has_annotation("TAG") else None
        found = find_time_expressions(text, reference_date=context.published_date if context else None, reading=reading)
        if context is None or context.text == text:
            return found
        written = [context.text[time.start_char : time.end_char] for time in found]
        return [
            time if time.text == words else replace(time, text=words)
            for time, words in zip(found, written, strict=True)
        ]

    def set_annotations(self, doc: AnyDoc, found: list[TimeExpression]) -> None:
        """Write the expressions on the Doc."""
        doc._.time_expressions = found


class DocReading(Reading):
    """Reads the sentence by its tags, heads and entities; without a parse by its words."""

    def __init__(self, doc: Doc, text: str) -> None:
        """Take a tagged Doc and its text."""
        self._doc = doc
        self._text = text
        self._surface = SurfaceReading(text)
        self._is_parsed = doc.has_annotation("DEP")

    def tense(self, start: int, end: int) -> Tense:
        """The tense of the verb that governs the expression."""
        token = self._token(start, end)
        if token is None or not self._is_parsed:
            return self._surface.tense(start, end)
        if token.dep_ in _ATTRIBUTES and token.head.tag_ in _NOUN_TAGS:
            return Tense.UNKNOWN  # "a June agreement": the verb is not about June
        if _is_set_for(self._doc, token):
            return Tense.FUTURE
        first = token
        for _ in range(_CLIMB):
            head = token.head
            if head is token:
                break
            if token.lower_ in _AIMING and head.lemma_.lower() in _RESCHEDULED:
                return Tense.FUTURE
            token = head
            if token.pos_ == "ADJ" and token.lower_ in _DATED_ADJECTIVES:
                return Tense.UNKNOWN
            if token.tag_ in _VERB_TAGS and not precedes_clause(first, token):
                tense = Tense.FUTURE if _is_condition_to_come(token) else _verb_tense(token)
                if tense is not None:
                    return tense
        return Tense.UNKNOWN

    def is_date_word(self, start: int, end: int) -> bool:
        """Whether an ambiguous word is tagged a noun and is in no name."""
        token = self._token(start, end)
        if token is None:
            return self._surface.is_date_word(start, end)
        if token.lower_ in ("past", "future"):
            return token.tag_ == "NN"
        if token.tag_ not in _NOUN_TAGS:
            return False
        if token.ent_type_ in _DATE_LABELS:
            return True
        return token.ent_type_ not in _NAME_LABELS and self._surface.is_date_word(start, end)

    def is_year(self, start: int, end: int) -> bool:
        """Whether a number stands for a year, by its neighbours, else by the entity it is in."""
        token = self._token(start, end)
        counts = token is not None and self._is_parsed and _counts(token)
        if counts and token is not None and _continues_counts(token.head):
            return False
        by_neighbours = year_by_neighbours(self._text, start, end)
        if by_neighbours is not None:
            return by_neighbours
        if counts:
            return False
        return token is None or token.ent_type_ in _DATE_LABELS

    def is_called_for(self, start: int, end: int) -> bool:
        """Whether what people were called to is on the day: "called a strike on Thursday", "called for marches on Sunday".

        Not "called a strike on Thursday that drew thousands": it has been.
        """
        token = self._token(start, end)
        if token is None or not self._is_parsed or token.dep_ != "pobj" or token.head.lower_ != "on":
            return False
        noun = verb = token.head.head
        if noun.lemma_.lower() in _GATHERINGS:
            verb = noun.head.head if noun.dep_ == "pobj" else noun.head
        elif verb.pos_ == "VERB":
            over = (c for prep in verb.children if prep.lower_ in ("for", "to") for c in prep.children)
            named = [c for c in (*verb.children, *over) if c.dep_ in ("dobj", "pobj") and c.i < token.i]
            noun = max(named, key=lambda c: c.i, default=verb)
        is_new = not any(
            c.lower_ in ("the", "this", "that") for c in noun.children
        )  # "announcing the strike on Monday"
        has_been = any(c.dep_ == "relcl" and _verb_tense(c) is Tense.PAST for c in (*noun.children, *token.children))
        is_gathering = noun.lemma_.lower() in _GATHERINGS and noun.i < token.i and is_new and not has_been
        return is_gathering and verb.i < noun.i and verb.lemma_.lower() in _CALLING

    def _token(self, start: int, end: int) -> Token | None:
        """The token that governs a span of characters."""
        span = self._doc.char_span(start, end, alignment_mode="expand")
        if span is None:
            return None
        return span.root if self._is_parsed else span[-1]


def _is_set_for(doc: Doc, token: Token) -> bool:
    """Whether a time stands right behind what sets something for it, whatever the parser hangs it on: "the vote due in May".

    Not "Kenya expected on Tuesday to arrest them": it did so on Tuesday.
    """
    first = token.left_edge
    at = first.i - 1 - (first.i > 1 and doc[first.i - 1].pos_ == "ADP")
    if at < 1 or doc[at].lower_ not in _PLANNED or doc[at].tag_ not in _PLANNED_TAGS:
        return False
    if any(child.dep_ == "nsubj" for child in doc[at].children):
        return False
    return doc[at - 1].lower_ not in ("was", "were", "had", "been", "originally")


def _counts(number: Token) -> bool:
    """Whether a number counts the plural noun it stands before: "1999 demonstrators", "2012 blankets".

    "The 1999 demonstrators" and "1999 elections" are those of a year.
    """
    noun = number.head
    if number.dep_ != "nummod" or noun.tag_ != "NNS" or noun.lemma_.lower() in _HELD_IN_YEARS:
        return False
    return not any(child.dep_ in ("det", "poss") for child in noun.children if child.i < number.i)


def _continues_counts(noun: Token) -> bool:
    """Whether a noun is listed behind another that a number counts: "900 nurses and 2000 teachers"."""
    return noun.dep_ == "conj" and any(child.dep_ == "nummod" for child in noun.head.children)


def _verb_tense(verb: Token) -> Tense | None:
    """The tense of a verb with its auxiliaries; None when its governor tells."""
    auxiliaries = [child for child in verb.children if child.dep_ in ("aux", "auxpass")]
    if any(child.tag_ == "MD" for child in auxiliaries) or verb.tag_ == "MD":
        is_perfect = verb.tag_ == "VBN" and any(child.lower_ in ("have", "'ve", "’ve") for child in auxiliaries)
        return Tense.PAST if is_perfect and not _is_ahead(auxiliaries) else Tense.FUTURE
    if verb.tag_ == "VBD" or any(child.tag_ == "VBD" for child in auxiliaries):
        return Tense.PAST
    if any(child.lower_ in ("has", "have", "having", "'ve", "’ve") for child in auxiliaries):
        return Tense.PAST
    if any(child.tag_ == "TO" for child in auxiliaries):
        return _infinitive_tense(verb.head)
    if verb.tag_ == "VBG" and any(child.tag_ in ("VBZ", "VBP") for child in auxiliaries):
        return Tense.FUTURE
    if verb.tag_ in ("VBZ", "VBP"):
        return Tense.FUTURE if verb.lemma_.lower() in _SCHEDULED else Tense.UNKNOWN
    if verb.tag_ == "VBN" and verb.lower_ in _PLANNED:
        return Tense.FUTURE
    if verb.tag_ == "VBN" and not auxiliaries:
        return Tense.PAST
    return None


def _is_condition_to_come(verb: Token) -> bool:
    """Whether a clause is what something to come depends on: "would sue if she was still there on Monday"."""
    if verb.dep_ != "advcl" or not any(c.dep_ == "mark" and c.lower_ in ("if", "unless") for c in verb.children):
        return False
    is_perfect = any(c.dep_ == "aux" and c.lower_ in ("had", "have", "has") for c in verb.children)
    modals = [c for c in verb.head.children if c.dep_ == "aux" and c.tag_ == "MD"]
    return (
        not is_perfect and bool(modals) and not any(c.lower_ == "have" for c in verb.head.children if c.dep_ == "aux")
    )


def _is_ahead(auxiliaries: list[Token]) -> bool:
    """Whether a perfect under a modal looks ahead, "will have left by May", unlike "would have met them in May"."""
    return any(child.lower_ in ("will", "shall", "'ll", "’ll", "wo") for child in auxiliaries)


def _infinitive_tense(governor: Token) -> Tense | None:
    """The tense of an infinitive: future after "plan", "due", a noun or "is"; None where the governor tells."""
    if any(
        child.lower_ == "had" for word in (governor, governor.head) for child in word.children if child.dep_ == "aux"
    ):
        return Tense.PAST
    if governor.tag_ in _NOUN_TAGS or governor.lemma_.lower() in _FUTURE_GOVERNORS:
        return Tense.FUTURE
    return Tense.FUTURE if governor.lemma_ == "be" and governor.tag_ in ("VBZ", "VBP") else None
