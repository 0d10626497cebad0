"""Speakers: whom "I", "we", "our" and "us" stand for.

What belongs here: the speaker of the quotation or of the reported clause that a first-person pronoun stands in, and the body
that issues a statement written in the first person. What does not: finding quotations (`quotations/`), third persons
(`antecedents.py`, `coreference/`).
"""

from __future__ import annotations

from pipelines.nlp.annotations import MentionSpan
from pipelines.nlp.clauses.component import ClauseReader
from pipelines.nlp.parsed import Doc, Token
from pipelines.nlp.quotations.cues import CueLexicon, load_cues
from pipelines.records import Quote

FIRST_PERSON = frozenset("i we me us my our mine ours myself ourselves".split())

_CLIMB = 8  # arcs from a pronoun to the verb that reports its clause
_COMPLEMENTS = frozenset(("ccomp", "parataxis", "conj", "advcl", "xcomp", "dep"))
_OPENING_SENTENCES = 3  # in which a statement names the body that issues it
_ISSUED = frozenset("statement communique communiqué declaration letter message release resolution".split())
_ISSUING_SECTORS = frozenset("GOV MIL LEG JUD COP PTY OPP REB UAF LAB NGO SOC IGO UNO EUR REL".split())


class SpeakerReader:
    """Finds who speaks in one Doc."""

    def __init__(self, doc: Doc, clauses: ClauseReader, mentions: dict[int, MentionSpan]) -> None:
        """
        Args:
            doc: the document, with its quotations.
            clauses: reader of its clauses.
            mentions: the shortest mention over each token index.
        """
        self.doc = doc
        self.clauses = clauses
        self._mentions = mentions
        self._cues: CueLexicon = load_cues()
        self._issuer: tuple[Token | None] | None = None

    def of(self, token: Token) -> Token | None:
        """The head of the phrase that a first-person pronoun stands for, or None where the text does not tell."""
        if token.lower_ not in FIRST_PERSON:
            return None
        speaker = self._quoted(token) or self._reporter(token)
        return speaker if speaker is not None or self._quote(token) is not None else self._issuing_body(token)

    def over(self, token: Token) -> Token | None:
        """The head of the phrase that names who says the clause of a token, quoted or reported; None where the writer does."""
        return self._quoted(token) or self._reporter(token)

    def _quoted(self, token: Token) -> Token | None:
        quote = self._quote(token)
        if quote is None or quote.speaker is None:
            return None
        speaker = quote.speaker
        span = self.doc.char_span(speaker.start_char, speaker.end_char, alignment_mode="expand")
        return None if span is None or span.root.lower_ in FIRST_PERSON else span.root

    def _quote(self, token: Token) -> Quote | None:
        """The innermost quotation around a token."""
        around = [q for q in self.doc._.quotes or () if q.start_char <= token.idx < q.end_char]
        return min(around, key=lambda q: q.end_char - q.start_char, default=None)

    def _reporter(self, token: Token) -> Token | None:
        """The subject of the verb of saying that reports a pronoun's clause: "We will stay, said the minister"."""
        current = token
        for _ in range(_CLIMB):
            if current.head is current:
                return None
            above = current.head
            if current.dep_ in _COMPLEMENTS and self._says(above):
                subject = self.clauses.surface_subject(above)
                if subject is not None and subject.pos_ != "PRON" and not subject.is_ancestor(token):
                    return subject
            current = above
        return None

    def _says(self, verb: Token) -> bool:
        cue = self._cues.verbs.get(verb.lower_) if verb.pos_ == "VERB" else None
        return cue is not None and cue.cue_class == "say"

    def _issuing_body(self, token: Token) -> Token | None:
        """The body whose statement or letter the document is: "Statement by the Ministry of Health ... We condemn"."""
        if token.lower_ not in ("we", "our", "us"):
            return None
        if self._issuer is None:
            self._issuer = (self._find_issuer(),)
        return self._issuer[0]

    def _find_issuer(self) -> Token | None:
        for number, sent in enumerate(self.doc.sents):
            if number >= _OPENING_SENTENCES:
                return None
            for word in sent:
                if word.lower_ not in _ISSUED:
                    continue
                owners = [c for c in word.children if c.dep_ == "poss"]
                for prep in word.children:
                    if prep.lower_ in ("by", "of", "from"):
                        owners += [c for c in prep.children if c.dep_ == "pobj"]
                found = next((o for o in owners if self._may_issue(o)), None)
                if found is not None:
                    return found
        return None

    def _may_issue(self, token: Token) -> bool:
        mention = self._mentions.get(token.i)
        return mention is not None and mention.sector in _ISSUING_SECTORS
