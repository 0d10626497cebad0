"""Text without an end of a sentence is cut; text with sentences is not."""

from __future__ import annotations

import pytest
import spacy

from pipelines.nlp.repairs.endless import MOST_TOKENS, cuts


@pytest.mark.parametrize("unit", ["7 per cent  ", "Oslo, ", "word ", "( [ "])
def test_no_piece_is_longer_than_the_bound(unit: str) -> None:
    doc = spacy.blank("en").make_doc(unit * 1500)
    found = [0, *cuts(doc, ()), len(doc)]
    assert 0 < max(b - a for a, b in zip(found, found[1:], strict=False)) <= MOST_TOKENS


def test_lists_are_cut_behind_a_separator() -> None:
    doc = spacy.blank("en").make_doc("north wind, " * 600)
    assert {doc[i - 1].text for i in cuts(doc, ())} == {","}


def test_sentences_and_known_starts_are_let_be() -> None:
    doc = spacy.blank("en").make_doc("It rained in Oslo . " * 400 + "rain " * 700)
    assert cuts(doc, (2000, 2450)) == []
