"""Antecedents: the phrase in the same sentence that a pronoun repeats.

What belongs here: naming the party of "it said it would" by the words that name it. What does not: who a pronoun is across
sentences (`coreference/`).
"""

from __future__ import annotations

from pipelines.nlp.annotations import MentionSpan
from pipelines.nlp.clauses.component import ClauseReader
from pipelines.nlp.events.patterns import PLURAL_PRONOUNS, THIRD_PERSON
from pipelines.nlp.parsed import Doc, Token

_CLIMB = 5  # clauses up


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
        if token.lower_ not in THIRD_PERSON:
            return None
        mention = self._mentions.get(token.i)
        if mention is not None and mention.entity is not None:
            for other in self._by_entity.get(mention.entity.key, ()):
                if token.sent.start <= other.start < token.i and not self._is_pronoun(other):
                    return self.doc[other.start : other.end].root
            if not mention.entity.members:
                return None
        return self._of_clauses(token) or self._of_sentence_before(token)

    def _of_clauses(self, token: Token) -> Token | None:
        """The subject of a clause above that a pronoun repeats."""
        current = token.head
        for _ in range(_CLIMB):
            if current.dep_ in ("ccomp", "xcomp", "advcl", "conj", "pcomp") or token.dep_ in ("poss", "dobj", "pobj"):
                governor = current.head if current.head is not current and current.pos_ in ("VERB", "AUX") else current
                subject = self.clauses.surface_subject(governor) if governor.pos_ in ("VERB", "AUX") else None
                if (
                    subject is not None
                    and subject.i < token.i
                    and subject.pos_ != "PRON"
                    and _agree(token, subject)
                    and not self._is_acted_on_by(token, governor)
                ):
                    return subject
            if current.head is current:
                return None
            current = current.head
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

    def _is_pronoun(self, mention: MentionSpan) -> bool:
        return mention.end - mention.start == 1 and self.doc[mention.start].pos_ == "PRON"


def _agree(pronoun: Token, noun: Token) -> bool:
    """Number agreement; a collective ("the government") may be it or they."""
    plural = noun.tag_ in ("NNS", "NNPS") or any(child.dep_ == "conj" for child in noun.children)
    if pronoun.lower_ in PLURAL_PRONOUNS:
        return plural or noun.pos_ in ("NOUN", "PROPN")
    return not plural
