"""Docs of one clause or a few, from rows with heads set by hand."""

from __future__ import annotations

import spacy
from spacy.tokens import Doc

VOCAB = spacy.blank("en").vocab


def parse(*rows: str) -> Doc:
    """A Doc from rows "word lemma POS TAG dep head-index"."""
    cells = [row.split() for row in rows]
    return Doc(
        VOCAB,
        words=[c[0] for c in cells],
        lemmas=[c[1] for c in cells],
        pos=[c[2] for c in cells],
        tags=[c[3] for c in cells],
        deps=[c[4] for c in cells],
        heads=[int(c[5]) for c in cells],
    )
