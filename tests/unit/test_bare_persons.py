"""Words that stand for persons without being a noun for them, on hand-built parses."""

from __future__ import annotations

import pytest
import spacy
from spacy.tokens import Doc

from pipelines.nlp.events.bare_persons import PersonWords, counts_people, speaks

VOCAB = spacy.blank("en").vocab
WORDS = PersonWords(verbs=frozenset(("arrest",)), speech=frozenset(("urge",)), things=frozenset(("decree",)))


def told(subject: tuple[str, str, str], verb: tuple[str, str], *before: tuple[str, str, str]) -> Doc:
    """ "The <subject> <verb> them": words before the subject with their tags and relations."""
    words = [*before, (*subject, "nsubj"), (verb[0], "VERB", "VBD", "ROOT"), ("them", "PRON", "PRP", "dobj")]
    at = len(before)
    rows = [(w[0], "DET" if w[2] == "det" else "PROPN", w[1], w[2]) for w in before] + words[at:]
    return Doc(
        VOCAB,
        words=[r[0] for r in rows],
        pos=[r[1] for r in rows],
        tags=[r[2] for r in rows],
        deps=[r[3] for r in rows],
        lemmas=[r[0].lower() for r in rows[: at + 1]] + [verb[1], "they"],
        heads=[at] * at + [at + 1, at + 1, at + 1],
    )


THE = ("The", "DT", "det")


@pytest.mark.parametrize(
    ("subject", "before", "is_party"),
    [
        (("carabineros", "NOUN", "NNS"), (), True),
        (("chapter", "NOUN", "NN"), (THE,), True),
        (("transport", "NOUN", "NN"), (), False),  # one person has an article
        (("summary", "NOUN", "NN"), (("court", "NN", "poss"),), False),  # the court's
        (("decree", "NOUN", "NN"), (THE,), False),  # a noun for things
        (("statement", "NOUN", "NN"), (THE,), False),  # a text
        (("situation", "NOUN", "NN"), (THE,), False),  # no noun for persons ends so
    ],
)
def test_who_is_told_to_urge_somebody_is_a_party_whatever_he_is_called(subject, before, is_party):
    doc = told(subject, ("urged", "urge"), *before)
    assert speaks(doc[len(before)], WORDS) == is_party


def test_who_does_what_things_do_too_is_none_by_that():
    assert not speaks(told(("planks", "NOUN", "NNS"), ("hit", "hit"))[0], WORDS)


def test_numbers_and_quantifiers_that_speak_are_persons():
    assert counts_people(told(("Two", "NUM", "CD"), ("urged", "urge"))[0], WORDS)
    assert counts_people(told(("Neither", "DET", "DT"), ("urged", "urge"))[0], WORDS)
    assert not counts_people(told(("Two", "NUM", "CD"), ("hit", "hit"))[0], WORDS)
    assert not counts_people(told(("Those", "DET", "DT"), ("urged", "urge"))[0], WORDS)
