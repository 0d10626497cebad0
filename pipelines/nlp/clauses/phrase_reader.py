"""The phrases of one Doc, each read once.

What belongs here: `PhraseReader`. What does not: how a phrase is read off the parse (`phrases.py`).

A list has hundreds of nouns, and each of them is asked for every role of every frame, which looks at all the others.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.nlp.clauses.component import ClauseReader
from pipelines.nlp.clauses.phrases import head_forms, meant_by, phrase_preps
from pipelines.nlp.parsed import Token

_Preps = dict[str, list[Token]]


class PhraseReader:
    """Reads the phrases of one Doc."""

    def __init__(self, clauses: ClauseReader) -> None:
        """
        Args:
            clauses: the verbs of the document, for participles that a noun carries.
        """
        self._clauses = clauses
        self._preps: dict[int, _Preps] = {}
        self._forms: dict[int, set[str]] = {}
        self._conjuncts: dict[int, list[Token]] = {}
        self._meant: dict[int, list[Token]] = {}
        self._heads: dict[int, list[Token]] = {}
        self._carried: dict[int, _Preps] = {}
        self._arguments: dict[int, _Preps] = {}
        self._firsts: dict[int, int] = {}
        self._of_lists: dict[int, dict[str, list[tuple[int, list[Token]]]]] = {}

    def preps(self, token: Token) -> _Preps:
        """Prepositional phrases that a noun carries, by preposition."""
        known = self._preps.get(token.i)
        if known is None:
            known = self._preps[token.i] = phrase_preps(token)
        return known

    def forms(self, token: Token) -> set[str]:
        """The ways a lexicon may write the head of a phrase (`phrases.head_forms`)."""
        known = self._forms.get(token.i)
        if known is None:
            known = self._forms[token.i] = head_forms(token)
        return known

    def heads(self, token: Token) -> list[Token]:
        """The nouns a phrase is about and those coordinated with them (`phrases.semantic_heads`)."""
        known = self._heads.get(token.i)
        if known is None:
            known = self._heads[token.i] = [noun for head in self._coordinated(token) for noun in self._meant_by(head)]
        return known

    def arguments(self, noun: Token, role: str) -> Sequence[Token]:
        """What the nouns of a phrase and their participles carry under a preposition: Rome in "a meeting held in Rome"."""
        known = self._arguments.get(noun.i)
        if known is None:
            known = self._arguments[noun.i] = {}
            for head in self.heads(noun):
                for name, tokens in self._carried_by(head).items():
                    known.setdefault(name, []).extend(tokens)
        return known.get(role, ())

    def beside(self, noun: Token, role: str) -> list[Token]:
        """What the first other noun of the same list carries under a preposition."""
        if noun.dep_ != "conj" and len(self._coordinated(noun)) == 1:
            return []
        first = self._first(noun)
        known = self._of_lists.get(first)
        if known is None:
            known = self._of_lists[first] = {}
            for member in (noun.doc[first], *noun.doc[first].conjuncts):
                for name, tokens in self.preps(member).items():
                    known.setdefault(name, []).append((member.i, tokens))
        return next((tokens for at, tokens in known.get(role, ()) if at != noun.i and tokens), [])

    def _carried_by(self, head: Token) -> _Preps:
        known = self._carried.get(head.i)
        if known is None:
            known = self._carried[head.i] = {name: list(tokens) for name, tokens in self.preps(head).items()}
            for child in head.children:
                if child.dep_ == "acl" and child.pos_ == "VERB":
                    for name, tokens in self._clauses.predicate(child).preps.items():
                        known.setdefault(name, []).extend(tokens)
        return known

    def _meant_by(self, head: Token) -> list[Token]:
        known = self._meant.get(head.i)
        if known is None:
            known = self._meant[head.i] = meant_by(head)
        return known

    def _coordinated(self, token: Token) -> list[Token]:
        found = [token]
        for current in found:
            known = self._conjuncts.get(current.i)
            if known is None:
                known = self._conjuncts[current.i] = [child for child in current.children if child.dep_ == "conj"]
            found.extend(known)
        return found

    def _first(self, noun: Token) -> int:
        """The first of a list, as a token index."""
        passed = []
        current = noun
        while current.i not in self._firsts and current.dep_ == "conj" and current.head.i != current.i:
            passed.append(current.i)
            current = current.head
        first = self._firsts.setdefault(current.i, current.i)
        self._firsts.update(dict.fromkeys(passed, first))
        return first
