"""Which nouns an object "it" or "them" may repeat, on Docs with heads set by hand."""

from __future__ import annotations

import pytest
from spacy.lang.en import English
from spacy.tokens import Doc as SpacyDoc

from pipelines.nlp.events.repeated_things import things_repeated
from pipelines.nlp.parsed import parsed

WORDS = "Ghana imposed a curfew , closed schools and lifted it".split()
HEADS = [1, 1, 3, 1, 1, 1, 5, 5, 5, 8]
DEPS = "nsubj ROOT det dobj punct conj dobj cc conj dobj".split()
TAGS = "NNP VBD DT NN , VBD NNS CC VBD PRP".split()


def doc(last: str, dep: str = "dobj"):
    words = [*WORDS[:-1], last]
    return parsed(SpacyDoc(English().vocab, words=words, heads=HEADS, deps=[*DEPS[:-1], dep], tags=TAGS))


@pytest.mark.parametrize(("pronoun", "wanted"), [("it", ["curfew"]), ("them", ["schools"]), ("him", [])])
def test_objects_repeat_nouns_of_their_number(pronoun, wanted):
    tokens = list(doc(pronoun))
    assert [t.text for t in things_repeated(tokens[-1])] == wanted


def test_a_subject_repeats_nothing():
    assert things_repeated(list(doc("it", "nsubj"))[-1]) == []
