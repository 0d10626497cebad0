"""Antecedents: the phrase in the same sentence that a pronoun repeats.

What belongs here: naming the party of "it said it would" by the words that name it. What does not: who a pronoun is across
sentences (`coreference/`).
"""

from __future__ import annotations

from pipelines.nlp.annotations import MentionSpan
from pipelines.nlp.clauses.binding import acting_verb, acts_on
from pipelines.nlp.clauses.component import ClauseReader
from pipelines.nlp.coreference.patterns import BODY_WORDS, THING_PRONOUNS
from pipelines.nlp.events.patterns import PLURAL_PRONOUNS, THIRD_PERSON
from pipelines.nlp.parsed import Doc, Token

_CLIMB = 5  # clauses up
_OFFICER_OF = frozenset(("of", "for"))
_WHERE = frozenset("in at near across outside around".split())
_BODIES = frozenset(("ORG", "GPE", "LOC", "FAC"))  # labels of names that nobody is called by


class AntecedentReader:
    """Finds antecedents in one Doc."""

    def __init__(self, doc: Doc, clauses: ClauseReader, mentions: dict[int, MentionSpan]) -> None:
        """
        Args:
            doc: the document.
            clauses: reader of its clauses.
            mentions: the shortest mention over each token index.
        """
        self.doc = doc
        self.clauses = clauses
        self._mentions = mentions
        self._by_entity: dict[str, list[MentionSpan]] = {}
        for mention in doc._.mentions or ():
            if mention.entity is not None:
                self._by_entity.setdefault(mention.entity.key, []).append(mention)

    def of(self, token: Token) -> Token | None:
        """The head of the phrase in the same sentence that a pronoun repeats, or None.

        A mention of the pronoun's entity before it; else, for the subject of a reported clause, the reporting verb's subject
        ("the army said it had withdrawn").
        """
        if token.lower_ == "whom":
            return self._of_whom(token)
        if token.lower_ not in THIRD_PERSON:
            return None
        mention = self._mentions.get(token.i)
        if mention is not None and mention.entity is not None:
            for other in self._by_entity.get(mention.entity.key, ()):
                if token.sent.start <= other.start < token.i and not self._is_pronoun(other):
                    return self.doc[other.start : other.end].root
            if not mention.entity.members:
                return None
        return self._of_clauses(token) or self._of_clause_before(token) or self._of_sentence_before(token)

    def _of_clauses(self, token: Token) -> Token | None:
        """The subject of a clause above that a pronoun repeats."""
        current = token.head
        for _ in range(_CLIMB):
            if current.dep_ in ("ccomp", "xcomp", "advcl", "conj", "pcomp") or token.dep_ in ("poss", "dobj", "pobj"):
                governor = current.head if current.head is not current and current.pos_ in ("VERB", "AUX") else current
                subject = self.clauses.surface_subject(governor) if governor.pos_ in ("VERB", "AUX") else None
                if subject is not None and subject.i < token.i and subject.pos_ != "PRON":
                    may_be = not self._is_acted_on_by(token, governor) and not acts_on(subject, token)
                    if may_be and self._fits(token, subject):
                        return subject
                    body = self._body_of(subject) if may_be and token.lower_ in THING_PRONOUNS else None
                    if body is not None:
                        return body
            if current.head is current:
                return None
            current = current.head
        return None

    def _of_clause_before(self, token: Token) -> Token | None:
        """Whom the verb before tells of, where an object follows it: "thanked the bank and asked it to lend more"."""
        verb = acting_verb(token)
        if verb is None or verb.dep_ != "conj" or verb.head.pos_ != "VERB":
            return None
        first = verb.head
        named = [c for c in first.children if c.dep_ in ("dobj", "dative")]
        named += [o for c in first.children if c.dep_ == "prep" for o in c.children if o.dep_ == "pobj"]
        named += [s for c in first.children if c.dep_ == "ccomp" for s in c.children if s.dep_ == "nsubj"]
        for other in sorted(named, key=lambda t: t.i):
            is_named = other.i < token.i and other.pos_ in ("NOUN", "PROPN") and other.i in self._mentions
            if is_named and self._fits(token, other):
                return other
        return None

    def _body_of(self, person: Token) -> Token | None:
        """The body that somebody speaks for: "its president said it would", "a spokesman for the ministry said it had"."""
        mention = self._mentions.get(person.i)
        if mention is None or mention.label != "PERSON":
            return None
        named = [c for c in person.children if c.dep_ == "poss"]
        named += [o for c in person.children if c.lower_ in _OFFICER_OF for o in c.children if o.dep_ == "pobj"]
        for other in named:
            if other.pos_ == "PRON" and other.i > person.i:
                continue  # whoever "the president of it" is of, that person does not tell
            found = self.of(other) if other.pos_ == "PRON" else other
            if found is None or found.pos_ == "PRON":
                continue
            body = self._mentions.get(found.i)
            is_definite = body is not None and (body.is_name or any(c.dep_ in ("det", "poss") for c in found.children))
            if body is not None and is_definite and body.label in ("ORG", "GPE"):
                return found
        return None

    def _of_sentence_before(self, token: Token) -> Token | None:
        """The body that the sentence before tells of, where "it" acts: "The ministry said ... It urged them to leave"."""
        start = token.sent.start
        if token.lower_ != "it" or token.dep_ != "nsubj" or token.head.pos_ != "VERB" or start == 0:
            return None
        root = self.doc[start - 1].sent.root
        subject = self.clauses.surface_subject(root) if root.pos_ in ("VERB", "AUX") else None
        if subject is None or subject.pos_ not in ("NOUN", "PROPN") or not _agree(token, subject):
            return None
        mention = self._mentions.get(subject.i)
        return subject if mention is not None and mention.label not in ("PERSON", "NORP") else None

    @staticmethod
    def _is_acted_on_by(token: Token, verb: Token) -> bool:
        """Whether a pronoun is an object of a verb, whose subject it then does not repeat: "the police asked them"."""
        if token.lower_.endswith(("self", "selves")) or token.dep_ not in ("dobj", "dative", "pobj"):
            return False
        return token.head.i == verb.i or (token.dep_ == "pobj" and token.head.head.i == verb.i)

    def _fits(self, pronoun: Token, noun: Token) -> bool:
        """Whether a pronoun may repeat a noun by number and by what it is."""
        return _agree(pronoun, noun) and self._is_alive_as(pronoun, noun)

    def _is_alive_as(self, pronoun: Token, noun: Token) -> bool:
        """Whether a noun is what a pronoun says it is: "he" no body, "it" nobody."""
        if pronoun.lower_ in PLURAL_PRONOUNS:
            return True
        mention = self._mentions.get(noun.i)
        label = mention.label if mention is not None else None
        if pronoun.lower_ in THING_PRONOUNS:
            return label != "PERSON"
        return noun.lower_ not in BODY_WORDS and (label not in _BODIES or mention is None or not mention.is_name)

    def _is_pronoun(self, mention: MentionSpan) -> bool:
        return mention.end - mention.start == 1 and self.doc[mention.start].pos_ == "PRON"

    def _of_whom(self, token: Token) -> Token | None:
        """Of whom some are told of in a clause that the parser hangs on no noun: "arrested nine men, six of whom were freed"."""
        if token.head.lower_ != "of":
            return None
        part = token.head.head
        if part.head.dep_ == "relcl":
            return part.head.head
        if part.left_edge.i == part.sent.start or part.left_edge.nbor(-1).text != ",":
            return None
        before = reversed(part.doc[part.sent.start : part.left_edge.i])
        found = next((t for t in before if t.tag_ == "NNS" and t.i in self._mentions and not _is_where(t)), None)
        if found is not None and found.dep_ == "pobj" and found.head.lower_ != "of":
            return None  # "clashed with police, 20 of whom were hurt": the police act too, but not on themselves
        return found


def _agree(pronoun: Token, noun: Token) -> bool:
    """Number agreement; a collective ("the government") may be it or they."""
    plural = noun.tag_ in ("NNS", "NNPS") or any(child.dep_ == "conj" for child in noun.children)
    if pronoun.lower_ in PLURAL_PRONOUNS:
        return plural or noun.pos_ in ("NOUN", "PROPN")
    return not plural


def _is_where(noun: Token) -> bool:
    """Whether a noun says where something is done: "in the suburbs"."""
    return noun.dep_ == "pobj" and noun.head.lower_ in _WHERE
