"""Verbs that "neither" or "nor" denies from the start of its clause, on hand-built parses."""

from __future__ import annotations

import pytest

from pipelines.nlp.clauses.component import ClauseReader
from pipelines.nlp.events.bare_persons import PersonWords, counts_people
from tests.unit.clause_parses import parse

WORDS = PersonWords(speech=frozenset(("urge",)))


@pytest.mark.parametrize(
    "opening",
    ["Neither neither PRON DT nsubj 3", "Neither neither DET DT preconj 3", "Nor nor CCONJ CC cc 3"],
    ids=["neither as a subject", "neither", "nor"],
)
def test_neither_and_nor_before_an_auxiliary_deny_its_verb(opening):
    doc = parse(
        opening,
        "did do AUX VBD aux 3",
        "Chad Chad PROPN NNP nsubj 3",
        "urge urge VERB VB ROOT 3",
        "calm calm NOUN NN dobj 3",
    )
    predicate = ClauseReader(doc).predicate(doc[3])
    assert predicate.is_negated and predicate.subject.text == "Chad"
    assert not counts_people(doc[0], WORDS)


def test_neither_with_the_auxiliary_of_its_own_verb_is_a_subject():
    doc = parse(
        "Neither neither PRON DT nsubj 2",
        "has have AUX VBZ aux 2",
        "urged urge VERB VBN ROOT 2",
        "calm calm NOUN NN dobj 2",
    )
    predicate = ClauseReader(doc).predicate(doc[2])
    assert predicate.is_negated and predicate.subject.text == "Neither"
