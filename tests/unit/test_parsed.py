"""A parsed document says of its tokens what spaCy says."""

from __future__ import annotations

import gc
import weakref

import pytest
import spacy
from spacy.tokens import Doc as SpacyDoc

from pipelines.nlp import words
from pipelines.nlp.build import build_nlp
from pipelines.nlp.parsed import Doc, parsed, release

TEXTS = (
    "",
    " \n\n ",
    "Nairobi",
    "The ministers of Ghana, Togo and\nBenin, who had met in 2019, won't say \"whether\" they'll sign; an envoy of the U.N. "
    "will.\n\nTwo of them left on Friday!",
    "Growth, which had slowed, and a smaller deficit are, the bank said in Kigali on 3 May, good news for Rwanda and "
    "its neighbours.",
)
WORDS = (
    "i idx text lower_ lemma_ pos_ tag_ dep_ ent_type_ ent_iob_ whitespace_ is_space is_punct is_quote is_alpha is_lower "
    "is_title is_upper like_num"
).split()
ARCS = ("children", "lefts", "rights", "subtree", "ancestors", "conjuncts")


@pytest.fixture(scope="module")
def documents() -> list[SpacyDoc]:
    model = build_nlp(pipes=("repairs", "lemmas"))
    crossing = SpacyDoc(  # "to" hangs on a word beyond its head's head
        model.vocab,
        words="a b c d e f".split(),
        heads=[1, 1, 5, 1, 1, 1],
        deps=["dep", "ROOT", "dep", "conj", "dep", "dep"],
    )
    return [*model.pipe(TEXTS), crossing]


def test_tokens(documents: list[SpacyDoc]) -> None:
    for doc in documents:
        for theirs, ours in zip(doc, parsed(doc), strict=True):
            assert [getattr(ours, name) for name in WORDS] == [getattr(theirs, name) for name in WORDS]
            assert bool(ours.is_sent_start) == bool(theirs.is_sent_start)
            assert len(ours) == len(theirs)


def test_arcs(documents: list[SpacyDoc]) -> None:
    for doc in documents:
        for theirs, ours in zip(doc, parsed(doc), strict=True):
            for name in ("head", "left_edge", "right_edge"):
                assert getattr(ours, name).i == getattr(theirs, name).i
            for name in ARCS:
                assert [token.i for token in getattr(ours, name)] == [token.i for token in getattr(theirs, name)], name
            assert (ours.head is ours) == (theirs.head == theirs)


def test_spans(documents: list[SpacyDoc]) -> None:
    for doc in documents:
        ours = parsed(doc)
        assert ours.text == doc.text
        assert [(s.start, s.end) for s in ours.sents] == [(s.start, s.end) for s in doc.sents]
        for start in range(len(doc)):
            for end in range(start + 1, min(start + 9, len(doc)) + 1):
                one, other = ours[start:end], doc[start:end]
                assert (one.text, one.root.i, one.start_char, one.end_char) == (
                    other.text,
                    other.root.i,
                    other.start_char,
                    other.end_char,
                )


def test_names(documents: list[SpacyDoc]) -> None:
    for doc in documents:
        ours = parsed(doc)
        assert [(e.start, e.end, e.label_) for e in ours.ents] == [(e.start, e.end, e.label_) for e in doc.ents]


def test_neighbours_end_with_the_document() -> None:
    doc = parsed(spacy.blank("en")("one two"))
    assert doc[0].nbor().text == "two"
    for token, distance in ((doc[0], -1), (doc[1], 1)):
        with pytest.raises(IndexError):
            token.nbor(distance)


def test_is_read_once_and_forgets_no_word_of_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    nlp = spacy.blank("en")
    first = nlp("Kites rose")
    assert parsed(first) is parsed(first) is parsed(parsed(first))
    monkeypatch.setattr(words, "_MOST_KEPT", 0)
    assert [token.text for token in parsed(nlp("Kites fell"))] == ["Kites", "fell"]


def test_released_document_needs_no_collector() -> None:
    doc = spacy.blank("en")("Kites rose over it")
    token = weakref.ref(_Watched(parsed(doc)))
    assert token() is None
    watched = _Watched(parsed(doc))
    doc.user_data["watched"] = watched
    gone = weakref.ref(watched)
    gc.disable()
    try:
        release(doc)
        del watched
        assert gone() is None
    finally:
        gc.enable()


class _Watched:
    """Something kept on a document that holds the document."""

    def __init__(self, doc: Doc) -> None:
        self.doc = doc
