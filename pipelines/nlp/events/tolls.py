"""Tolls: numbers of people with what became of them, killed, wounded, arrested, displaced or taking part.

What belongs here: which numbers of a document are such. What does not: finding numbers (`quantities/`), which event a toll is
of (`counts.py`), the words (`pipelines/lexicons/count_words.csv`).

A number counts by the word it depends on: the verb it is object or subject of ("killed 12", "12 died"), the word after it
("nine dead"), the noun it stands before or behind ("40 deaths", "the killing of five").
"""

from __future__ import annotations

from functools import cache

from pipelines.immutable import dataclass
from pipelines.nlp.clauses.component import ClauseReader, Predicate
from pipelines.nlp.clauses.phrases import coordinated, lemma_of, phrase_preps
from pipelines.nlp.events.lexicon import read_rows
from pipelines.nlp.events.patterns import PEOPLE_NOUNS
from pipelines.nlp.parsed import Doc, Token
from pipelines.nlp.quantities.patterns import VAGUE
from pipelines.records import Quantity

KINDS = ("fatalities", "injuries", "arrests", "displaced", "crowd_size")
_VAGUE_WORDS = frozenset(VAGUE) | frozenset("several few many half couple".split())
_BESIDE_WORDS = frozenset(
    "were was are is be been being have had has others more people also seriously critically badly severely slightly left"
    " reported feared later and at least confirmed found reportedly allegedly".split()
)
_NO_PEOPLE = frozenset("family household home house building vehicle day case".split())
_BESIDE = 5  # tokens from a number to the word that says what became of them
_COMPARING = frozenset("than against versus compared unlike from".split())
_RUNNING_TOTAL = frozenset("number total tally figure count".split())
_HIGHER = 6  # governors that are looked through


@cache
def load_count_words() -> dict[tuple[str, str, str], str]:
    """Kind of count by word, part of speech and whose number it is.

    Raises:
        LexiconError: a row has too many or too few fields.
    """
    return {
        (row["word"], row["pos"], row["whose"]): row["kind"]
        for _, row in read_rows("count_words.csv")
        if row["kind"] in KINDS
    }


@dataclass(frozen=True, slots=True)
class Toll:
    """A number of people and what became of them, by the word that says so."""

    kind: str
    value: int
    word: Token  # the verb or noun that says it
    has_agent: bool  # whether its clause says who did it


class TollReader:
    """Finds the tolls of one Doc."""

    def __init__(self, doc: Doc, clauses: ClauseReader, disasters: frozenset[str]) -> None:
        """
        Args:
            doc: the document, with its quantities.
            clauses: reader of the document's clauses.
            disasters: lemmas of what kills without anyone acting ("earthquake").
        """
        self.doc = doc
        self.clauses = clauses
        self.disasters = disasters
        self._words = load_count_words()

    def tolls(self) -> list[Toll]:
        """The document's tolls, by position; numbers of one list ("five soldiers and three civilians") are added."""
        found: dict[tuple[int, str, int], Toll] = {}
        for start, end, quantity in self.doc.user_data.get("quantity_tokens", ()):
            value = _exact_value(quantity)
            if value is None or quantity.unit in _NO_PEOPLE or self._is_compared(start):
                continue
            head = self._phrase_head(self.doc[start:end].root, end)
            said = self._said_of(head, start, end, quantity)
            if said is None:
                continue
            kind, word = said
            predicate = self.clauses.predicate(word) if word.pos_ in ("VERB", "AUX") else None
            if self._is_excluded(word, predicate):
                continue
            first = head
            while first.dep_ == "conj" and first.head.sent == head.sent:
                first = first.head
            key = (word.i, kind, first.i)
            known = found.get(key)
            has_agent = predicate is not None and predicate.subject is not None and predicate.subject.i != head.i
            before = known.value if known else sum(map(_is_one, coordinated(first)))
            found[key] = Toll(kind, value + before, word, has_agent)
        return list(found.values())

    def _phrase_head(self, token: Token, end: int) -> Token:
        """The head of the phrase of people that a number counts: villagers of "31 villagers"."""
        for _ in range(4):
            if token.dep_ in ("nummod", "quantmod", "compound", "amod", "advmod", "npadvmod") and (
                token.head.pos_ in ("NOUN", "PROPN", "NUM", "ADJ") and token.head.i >= token.i
            ):
                token = token.head
            else:
                break
        return token

    def _said_of(self, head: Token, start: int, end: int, quantity: Quantity) -> tuple[str, Token] | None:
        """The kind of count and the word that says it."""
        return self._beside(end, head) or self._of_noun(head) or self._of_verb(head, quantity)

    def _beside(self, end: int, head: Token) -> tuple[str, Token] | None:
        """ "nine dead", "14 were wounded", "six miners dead"."""
        last = max(end, head.i + 1)
        for i in range(end, min(last + _BESIDE, len(self.doc))):
            token = self.doc[i]
            if token.sent != head.sent:
                return None
            kind = self._words.get((token.lower_, "adj", "number"))
            if kind is not None:
                if token.tag_ in ("VBD", "VBN") and self._has_object(token):
                    return None  # "12 soldiers killed a man"
                return kind, self._verb_of(token)
            if i >= last and token.lower_ not in _BESIDE_WORDS:
                return None
        return None

    def _has_object(self, verb: Token) -> bool:
        return any(c.dep_ == "dobj" for c in verb.children) and not any(c.dep_ == "auxpass" for c in verb.children)

    def _verb_of(self, token: Token) -> Token:
        """The verb over a word: itself, or "left" of "left nine dead"."""
        current = token
        for _ in range(_HIGHER):
            if current.pos_ == "VERB" and current.dep_ not in ("amod",):
                return current
            if current.head is current:
                break
            current = current.head
        return token if current.pos_ not in ("VERB", "AUX") else current

    def _of_noun(self, head: Token) -> tuple[str, Token] | None:
        """ "40 deaths"; "the killing of five"; "the toll rose to 45"."""
        kind = self._words.get((lemma_of(head), "noun", "number"))
        if kind is not None and head.pos_ == "NOUN":
            return kind, head
        if lemma_of(head) == "life":
            return self._of_lives(head)
        governor = head.head
        if head.dep_ != "pobj" or governor.dep_ not in ("prep", "agent", "dative"):
            return None
        above = governor.head
        if governor.lower_ == "of":
            for whose in ("of", "number"):
                kind = self._words.get((lemma_of(above), "noun", whose))
                if kind is not None and above.pos_ in ("NOUN", "PROPN"):
                    return kind, above
            return self._of_lives(above) if lemma_of(above) == "life" else None
        if governor.lower_ in ("to", "at") and above.pos_ == "VERB":
            predicate = self.clauses.predicate(above)
            for argument in (predicate.subject, predicate.obj):
                if argument is not None:
                    kind = self._words.get((lemma_of(argument), "noun", "number"))
                    if kind is not None and (lemma_of(argument) == "toll"):
                        return kind, argument
        return None

    def _of_lives(self, head: Token) -> tuple[str, Token] | None:
        """ "claimed 22 lives", "took the lives of nine"."""
        is_lost = head.dep_ in ("dobj", "nsubjpass") and head.head.lemma_ in ("claim", "take", "cost", "lose", "end")
        return ("fatalities", head.head) if is_lost else None

    def _of_verb(self, head: Token, quantity: Quantity) -> tuple[str, Token] | None:
        """ "killed 12", "12 died", "forced 300 to flee", "left 12 homeless"."""
        first = head
        while first.dep_ == "conj" and first.head.pos_ in ("NOUN", "PROPN", "NUM", "PRON"):
            first = first.head
        governor = first.head
        if first.dep_ == "pobj" and governor.dep_ == "agent":  # "a protest attended by 4,000 students"
            kind = self._verb_kind(governor.head, "subj")
            return (kind, governor.head) if kind is not None else None
        for child in head.rights:  # "with 30,000 students protesting"
            if child.dep_ == "acl" and child.tag_ == "VBG" and self._verb_kind(child, "subj") == "crowd_size":
                return "crowd_size", child
        if governor.pos_ not in ("VERB", "AUX") or first.dep_ not in (
            "dobj",
            "nsubj",
            "nsubjpass",
            "ccomp",
            "npadvmod",
        ):
            return None
        predicate = self.clauses.predicate(governor)
        passive = predicate.is_passive
        whose = "obj" if first.dep_ == "dobj" or first.dep_ == "nsubjpass" or passive else "subj"
        kind = self._verb_kind(governor, whose)
        if kind is not None:
            return kind, governor
        return self._by_complement(governor, first, whose)

    def _verb_kind(self, verb: Token, whose: str) -> str | None:
        predicate = self.clauses.predicate(verb)
        if predicate.particle:
            kind = self._words.get((f"{predicate.lemma} {predicate.particle}", "verb", whose))
            if kind is not None:
                return kind
        return self._words.get((predicate.lemma, "verb", whose))

    def _by_complement(self, verb: Token, first: Token, whose: str) -> tuple[str, Token] | None:
        """What a complement says of the people: "shot dead seven", "lost their lives", "took nine into custody"."""
        for child in verb.children:
            if whose == "obj":
                kind = self._words.get((child.lower_, "adj", "number"))
                if kind is not None and child.dep_ in ("advmod", "oprd", "acomp", "ccomp", "prt", "amod", "xcomp"):
                    return kind, verb
                if child.dep_ == "xcomp" and self._verb_kind(child, "subj") not in (None, "crowd_size"):
                    return self._verb_kind(child, "subj") or "", verb
                if child.dep_ == "prep":
                    nouns = [o.lower_ for o in child.children]
                    if child.lower_ == "to" and "death" in nouns:
                        return "fatalities", verb
                    if child.lower_ == "into" and "custody" in nouns:
                        return "arrests", verb
                    if child.lower_ == "from" and any(n in ("home", "homes", "houses", "villages") for n in nouns):
                        return "displaced", verb
            elif child.dep_ == "dobj":
                if child.lower_ in ("lives", "life") and verb.lemma_ == "lose":
                    return "fatalities", verb
                if child.lower_ == "part" and verb.lemma_ == "take":
                    return "crowd_size", verb
        for child in verb.children:  # "forced 15,000 people to flee": the people are the subject of the complement
            if (
                child.dep_ in ("ccomp", "xcomp")
                and child.tag_ == "VB"
                and self._verb_kind(child, "subj") == "displaced"
            ):
                return "displaced", verb
        return None

    def _is_compared(self, start: int) -> bool:
        """Whether the number is one of another event or a part: "than the six", "compared with 15", "including three"."""
        for i in range(start - 1, max(start - 4, -1), -1):
            word = self.doc[i].lower_
            if word in ("more", "fewer", "less") and i + 1 < len(self.doc) and self.doc[i + 1].lower_ == "than":
                return False
            if word == "than" and i and self.doc[i - 1].lower_ in ("more", "fewer", "less") and i == start - 1:
                return False
            if word in _COMPARING or word in ("including", "among"):
                return True
            if word not in ("the", "with", "to", "a", "at", "least", "some", "them", "about", "only"):
                return False
        return False

    def _is_excluded(self, word: Token, predicate: Predicate | None) -> bool:
        """Whether no one's act is counted: denied, a running total, or a disaster's toll."""
        if predicate is not None and predicate.is_negated:
            return True
        if any(c.lower_ in ("who", "that") and c.dep_ == "nsubjpass" for c in word.children) and word.dep_ == "relcl":
            return lemma_of(word.head) in _RUNNING_TOTAL
        above = word
        for _ in range(4):
            if lemma_of(above) in _RUNNING_TOTAL and above is not word:
                return True
            if above.head is above or above.dep_ not in ("acl", "pobj", "prep", "relcl", "amod"):
                break
            above = above.head
        return self._is_of_disaster(word, predicate)

    def _is_of_disaster(self, word: Token, predicate: Predicate | None) -> bool:
        causes: list[Token] = []
        if predicate is not None:
            causes += [predicate.subject] if predicate.subject is not None else []
            for role in ("in", "by", "during", "from", "after", "of"):
                causes += predicate.preps.get(role, ())
            if word.dep_ in ("relcl", "acl", "advcl"):
                causes.append(word.head)
        else:
            for role in ("from", "in", "by"):
                causes += phrase_preps(word).get(role, ())
        return any(lemma_of(cause) in self.disasters for cause in causes)


def _is_one(token: Token) -> bool:
    """Whether a member of a list is one person told without a number: "two women and a man"."""
    is_singular = token.tag_ == "NN" and any(c.dep_ == "det" and c.lower_ in ("a", "an", "the") for c in token.lefts)
    return is_singular and lemma_of(token) in PEOPLE_NOUNS and not any(c.dep_ == "nummod" for c in token.lefts)


def _exact_value(quantity: Quantity) -> int | None:
    """The number of people a quantity states; None for "dozens" and what is no whole number."""
    words = quantity.text.lower().replace("-", " ").split()
    if quantity.kind != "count" or any(w in _VAGUE_WORDS for w in words):
        return None
    return int(quantity.value) if quantity.value >= 1 and quantity.value == int(quantity.value) else None
