"""What the tests of the event coder's parts share: the readers of one text, and the site of a word in it."""

from __future__ import annotations

from dataclasses import dataclass

from spacy.language import Language
from spacy.tokens import Doc, Token

from pipelines.nlp.actors.component import get_describer
from pipelines.nlp.clauses.component import ClauseReader
from pipelines.nlp.events.candidate_places import Candidate
from pipelines.nlp.events.candidates import CandidateReader
from pipelines.nlp.events.evidence import Situation
from pipelines.nlp.events.lexicon import load_event_lexicon
from pipelines.nlp.events.matcher import FrameMatcher, Site
from pipelines.nlp.events.parties import PartyReader

PAIR = {"actor": ("subj", "by"), "recipient": ("obj", "against")}


@dataclass(frozen=True)
class Parts:
    """The readers of one Doc."""

    doc: Doc
    parties: PartyReader
    reader: CandidateReader

    def token(self, word: str) -> Token:
        return next(token for token in self.doc if token.text == word)

    def site(self, word: str) -> Site:
        site = self.reader.matcher.site(self.token(word))
        assert site is not None
        return site

    def candidates(self, word: str, roles=("subj", "obj"), event_type="COERCE", **options) -> list[Candidate]:
        return self.reader.collect(self.site(word), roles, event_type, **options)

    def named(self, candidates: list[Candidate]) -> dict[str, Candidate]:
        """Candidates by the words of their phrases."""
        return {" + ".join(self.doc[p.start : p.end].text for p in c.parties): c for c in candidates}

    def situation(self, word: str, event_type: str = "COERCE", group: str = "coerce", roles=None) -> Situation:
        return Situation(
            self.doc, self.site(word), event_type, None, group, roles or PAIR, is_composed=False, is_alone=False
        )


def parts_of(nlp: Language, text: str) -> Parts:
    """Read a text."""
    doc = nlp(text)
    clauses = doc._.clauses or ClauseReader(doc)
    parties = PartyReader(doc, get_describer(), clauses, nlp.get_pipe("events").person_words)
    reader = CandidateReader(clauses, FrameMatcher(load_event_lexicon(), clauses, parties), parties)
    return Parts(doc, parties, reader)
