"""A parsed document as plain Python objects: what the components after the model read instead of spaCy's.

What belongs here: `Doc`, `Span` and `Token`, which have those attributes of spaCy's classes of the same names that our components
read, under the same names, so that what is written for one reads the other. What does not: anything that changes a document.

spaCy makes an object each time a token is asked for, looks a string up for each attribute, and searches for children,
sentences and roots; a rule that asks twenty tokens for their heads costs microseconds. Here a document is read once, in columns,
and a token is one object: `token.head is token` at a root.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import count, repeat
from typing import Any, overload

import spacy.tokens
from numpy import arange, int64
from spacy.attrs import DEP, ENT_IOB, ENT_TYPE, HEAD, IDX, LEMMA, ORTH, POS, SENT_START, SPACY, TAG
from spacy.lang.lex_attrs import is_quote

from pipelines.nlp.document_data import Annotations, text_of
from pipelines.nlp.words import Word, known_words

_PARSED = "communique_parsed"  # key of doc.user_data
_COLUMNS = [ORTH, IDX, SPACY, LEMMA, POS, TAG, DEP, ENT_TYPE, ENT_IOB, SENT_START, HEAD]
_PLACES = ("", "I", "O", "B")  # of a token in a name, as `ent_iob_` writes them
INSIDE = 1  # of these, in `Doc.places`
_NAME = re.compile(b"\x03\x01*")  # of such places


class Token:
    """A token, as spaCy's `Token`; to be read only."""

    __slots__ = (
        "children",
        "dep_",
        "doc",
        "head",
        "i",
        "idx",
        "is_punct",
        "is_space",
        "lefts",
        "lemma_",
        "lower_",
        "pos_",
        "rights",
        "sent",
        "tag_",
        "text",
    )

    head: Token
    sent: Span
    children: Sequence[Token]
    lefts: Sequence[Token]
    rights: Sequence[Token]

    def __init__(self, doc: Doc, i: int, idx: int, word: Word, lemma: str, pos: str, tag: str, dep: str) -> None:
        self.doc = doc
        self.i = i
        self.idx = idx
        self.text, self.lower_, self.is_space, self.is_punct = word
        self.lemma_ = lemma
        self.pos_ = pos
        self.tag_ = tag
        self.dep_ = dep
        self.children = self.lefts = self.rights = ()

    def __len__(self) -> int:
        return len(self.text)

    def __repr__(self) -> str:
        return self.text

    def nbor(self, i: int = 1) -> Token:
        """The token that many tokens further on.

        Raises:
            IndexError: there is none.
        """
        if self.i + i < 0:
            raise IndexError(self.i + i)
        return self.doc.tokens[self.i + i]

    @property
    def whitespace_(self) -> str:
        """The space behind the token, if there is one."""
        return self.doc.gaps[self.i]

    @property
    def is_sent_start(self) -> bool:
        """Whether the token is the first of a sentence."""
        return self.sent.start == self.i

    @property
    def ent_type_(self) -> str:
        """The label of the name that the model sees here."""
        return self.doc.kinds[self.i]

    @property
    def ent_iob_(self) -> str:
        """Whether the token begins a name of the model's (B), is in one (I) or in none (O)."""
        return _PLACES[self.doc.places[self.i]]

    @property
    def left_edge(self) -> Token:
        """The first token of the phrase that this one heads."""
        return self.doc.tokens[self.doc.edges(self)[0]]

    @property
    def right_edge(self) -> Token:
        """The last token of the phrase that this one heads."""
        return self.doc.tokens[self.doc.edges(self)[1]]

    @property
    def subtree(self) -> Iterator[Token]:
        """The phrase that this token heads, in text order."""
        for child in self.lefts:
            yield from child.subtree
        yield self
        for child in self.rights:
            yield from child.subtree

    @property
    def ancestors(self) -> Iterator[Token]:
        """The heads over this token, the nearest first."""
        token = self
        while token.head is not token:
            token = token.head
            yield token

    def is_ancestor(self, descendant: Token) -> bool:
        """Whether another token depends on this one, however far down."""
        return any(ancestor is self for ancestor in descendant.ancestors)

    @property
    def conjuncts(self) -> tuple[Token, ...]:
        """The tokens coordinated with this one."""
        start = self
        while start.dep_ == "conj" and start.head is not start:
            start = start.head
        found = [start]
        for token in found:
            found.extend(child for child in token.rights if child.dep_ == "conj")
        return tuple(token for token in found if token is not self)

    @property
    def is_quote(self) -> bool:
        """Whether the token is a quotation mark."""
        return bool(is_quote(self.text))

    @property
    def is_alpha(self) -> bool:
        """Whether the token is letters alone."""
        return self.text.isalpha()

    @property
    def is_lower(self) -> bool:
        """Whether the token is in lower case."""
        return self.text.islower()

    @property
    def is_title(self) -> bool:
        """Whether the token is in title case."""
        return self.text.istitle()

    @property
    def is_upper(self) -> bool:
        """Whether the token is in capitals."""
        return self.text.isupper()

    @property
    def like_num(self) -> bool:
        """Whether the token is a number, in figures or words."""
        return bool(self.doc.spacy[self.i].like_num)


class Span:
    """Tokens [start, end), as spaCy's `Span`."""

    __slots__ = ("doc", "end", "start")

    def __init__(self, doc: Doc, start: int, end: int) -> None:
        self.doc = doc
        self.start = start
        self.end = end

    @property
    def label_(self) -> str:
        """The label of the model's name that begins here."""
        return self.doc.kinds[self.start]

    def __len__(self) -> int:
        return self.end - self.start

    def __iter__(self) -> Iterator[Token]:
        return iter(self.doc.tokens[self.start : self.end])

    def __reversed__(self) -> Iterator[Token]:
        return reversed(self.doc.tokens[self.start : self.end])

    @overload
    def __getitem__(self, key: int) -> Token: ...
    @overload
    def __getitem__(self, key: slice) -> Span: ...
    def __getitem__(self, key: int | slice) -> Token | Span:
        if isinstance(key, slice):
            start, end, _ = key.indices(self.end - self.start)
            return Span(self.doc, self.start + start, self.start + max(start, end))
        return self.doc.tokens[self.start : self.end][key]

    @property
    def text(self) -> str:
        """The words as they stand in the document."""
        tokens, start, end = self.doc.tokens, self.start, self.end
        return self.doc.text[tokens[start].idx : tokens[end - 1].idx + len(tokens[end - 1].text)] if start < end else ""

    @property
    def start_char(self) -> int:
        """Where the first token begins, in characters of the document."""
        tokens = self.doc.tokens
        return tokens[self.start].idx if self.start < len(tokens) else len(self.doc.text)

    @property
    def end_char(self) -> int:
        """Where the last token ends, in characters of the document."""
        if self.end <= self.start:
            return self.start_char
        last = self.doc.tokens[self.end - 1]
        return last.idx + len(last.text)

    @property
    def root(self) -> Token:
        """The token nearest to the root of its sentence, the first of several; a lone space or sign comes last."""
        tokens = self.doc.tokens[self.start : self.end]
        if len(tokens) == 1:
            return tokens[0]
        for token in tokens:
            if token.head is token:
                return token
        found, least = None, len(self.doc.tokens)
        for token in tokens:
            if not self.start <= token.head.i < self.end:
                is_lone = (token.is_space or token.is_punct) and not token.children
                depth = len(self.doc.tokens) - 1 if is_lone else sum(1 for _ in token.ancestors)
                if depth < least:
                    found, least = token, depth
        return found if found is not None else self.doc.tokens[self.start]


class Doc:
    """A document, as spaCy's `Doc`. What components find is kept on that one: `_` and `user_data` are its own."""

    __slots__ = (
        *("_", "_edges", "_ents", "gaps", "kinds", "lemmas", "places"),
        *("sents", "spacy", "text", "tokens", "user_data", "vocab"),
    )

    def __init__(self, doc: spacy.tokens.Doc) -> None:
        """
        Args:
            doc: a document whose tags, lemmas and parse change no more.
        """
        self.spacy = doc
        self._: Any = Annotations(doc)
        self.user_data, self.vocab = doc.user_data, doc.vocab
        table = doc.to_array(_COLUMNS).T
        orths, begins, spaces, self.lemmas, poses, tags, deps, kinds, self.places, starts, _ = table.tolist()
        known, strings = known_words(doc.vocab)
        words = list(map(known.__getitem__, orths))
        self.gaps = [" " if space else "" for space in spaces]
        self.kinds = list(map(strings.__getitem__, kinds))
        self.text = text_of(doc)
        strung = (map(strings.__getitem__, column) for column in (self.lemmas, poses, tags, deps))
        self.tokens = list(map(Token, repeat(self), count(), begins, words, *strung))
        self._edges: dict[int, tuple[int, int]] = {}
        self._ents: list[Span] | None = None
        self._hang((table[-1].view(int64) + arange(len(words))).tolist())  # distances, with a sign
        self.sents = self._divided([i for i, start in enumerate(starts) if start == 1 or i == 0])

    def _hang(self, heads: list[int]) -> None:
        """Set heads, given as indexes, and children."""
        tokens = self.tokens
        children: defaultdict[int, list[Token]] = defaultdict(list)
        for token, head in zip(tokens, map(tokens.__getitem__, heads), strict=True):
            token.head = head
            if head is not token:
                children[head.i].append(token)
        for at, found in children.items():
            token = tokens[at]
            token.children = found
            if found[0].i > at:
                token.rights = found
            elif found[-1].i < at:
                token.lefts = found
            else:
                token.lefts = [child for child in found if child.i < at]
                token.rights = [child for child in found if child.i > at]

    def _divided(self, starts: list[int]) -> list[Span]:
        sents = []
        for start, end in zip(starts, (*starts[1:], len(self.tokens)), strict=False):
            sent = Span(self, start, end)
            sents.append(sent)
            for token in self.tokens[start:end]:
                token.sent = sent
        return sents

    def edges(self, token: Token) -> tuple[int, int]:
        """The first and the last token of the phrase that a token heads, as indexes."""
        known = self._edges.get(token.i)
        if known is None:
            phrase = [token]
            for head in phrase:
                phrase.extend(head.children)
            within = [below.i for below in phrase]
            known = self._edges[token.i] = (min(within), max(within))
        return known

    def __len__(self) -> int:
        return len(self.tokens)

    def __iter__(self) -> Iterator[Token]:
        return iter(self.tokens)

    @overload
    def __getitem__(self, key: int) -> Token: ...
    @overload
    def __getitem__(self, key: slice) -> Span: ...
    def __getitem__(self, key: int | slice) -> Token | Span:
        if isinstance(key, int):
            return self.tokens[key]
        start, end = key.start, key.stop
        if start is None or end is None or not 0 <= start <= end <= len(self.tokens):
            start, end, _ = key.indices(len(self.tokens))
            end = max(start, end)
        return Span(self, start, end)

    @property
    def ents(self) -> list[Span]:
        """The names that the model found."""
        if self._ents is None:
            found = (match.span() for match in _NAME.finditer(bytes(self.places)))
            self._ents = [Span(self, start, end) for start, end in found if self.kinds[start]]
        return self._ents

    def has_annotation(self, attribute: str) -> bool:
        """Whether the model has set an attribute."""
        return bool(self.spacy.has_annotation(attribute))

    def to_array(self, attributes: Any) -> Any:
        """Attributes of all tokens as an array, as spaCy gives them."""
        return self.spacy.to_array(attributes)

    def char_span(self, start: int, end: int, *, alignment_mode: str) -> Span | None:
        """The tokens over characters [start, end), None outside the document."""
        span = self.spacy.char_span(start, end, alignment_mode=alignment_mode)
        return None if span is None else Span(self, span.start, span.end)


AnyDoc = spacy.tokens.Doc | Doc


def parsed(doc: AnyDoc) -> Doc:
    """A document as plain objects, read once.

    Args:
        doc: a document whose tags, lemmas and parse change no more.
    """
    if isinstance(doc, Doc):
        return doc
    known: Doc | None = doc.user_data.get(_PARSED)
    if known is None:
        known = doc.user_data[_PARSED] = Doc(doc)
    return known


def release(doc: spacy.tokens.Doc) -> None:
    """Take a document that is done with apart, and what components keep on it.

    Its objects hold each other in circles, which else stay in memory until the garbage collector has found them.
    """
    known: Doc | None = doc.user_data.get(_PARSED)
    doc.user_data.clear()
    if known is not None:
        for token in known.tokens:  # what is left leads from heads to children alone
            del token.head
        known.tokens.clear()
        known.sents.clear()
        known.ents.clear()
