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


SENT = "Ghana fired rockets at a warship in the bay and sank it".split()
SENT_HEADS = [1, 1, 1, 1, 5, 3, 1, 8, 6, 1, 1, 10]
SENT_DEPS = "nsubj ROOT dobj prep det pobj prep det pobj cc conj dobj".split()
SENT_TAGS = "NNP VBD NNS IN DT NN IN DT NN CC VBD PRP".split()


@pytest.mark.parametrize(("pronoun", "wanted"), [("it", ["warship"]), ("them", ["rockets"])])
def test_what_is_aimed_at_is_repeated_and_where_it_is_done_is_not(pronoun, wanted):
    words = [*SENT[:-1], pronoun]
    found = parsed(SpacyDoc(English().vocab, words=words, heads=SENT_HEADS, deps=SENT_DEPS, tags=SENT_TAGS))
    assert [t.text for t in things_repeated(list(found)[-1])] == wanted


def test_only_the_nearest_is_repeated():
    words = [*WORDS[:4], "sent", "a", "note", *WORDS[7:]]
    tags = [*TAGS[:4], "VBD", "DT", "NN", *TAGS[7:]]
    deps = [*DEPS[:4], "conj", "det", "dobj", *DEPS[7:]]
    heads = [1, 1, 3, 1, 1, 6, 4, 4, 4, 8]
    found = parsed(SpacyDoc(English().vocab, words=words, heads=heads, deps=deps, tags=tags))
    assert [t.text for t in things_repeated(list(found)[-1])] == ["note"]


def test_what_the_nearest_is_said_of_is_repeated_with_it():
    words = "Ghana declared a state of emergency and lifted it".split()
    deps = "nsubj ROOT det dobj prep pobj cc conj dobj".split()
    tags = "NNP VBD DT NN IN NN CC VBD PRP".split()
    found = parsed(SpacyDoc(English().vocab, words=words, heads=[1, 1, 3, 1, 3, 4, 1, 1, 7], deps=deps, tags=tags))
    assert [t.text for t in things_repeated(list(found)[-1])] == ["emergency", "state"]
