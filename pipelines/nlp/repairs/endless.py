"""Cuts in what goes on without an end: tables, lists and lines of symbols that the parser would take for one sentence.

What belongs here: `cuts`. What does not: starts that the layout gives away (`component.py`).

Everything that looks at a sentence for each of its words takes time with the square of its length. The longest text without a
sentence end of 5,700 news texts, tables among them, has 706 tokens; a list of 48 kB has 10,000.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from spacy.attrs import ORTH
from spacy.strings import hash_string  # type: ignore[attr-defined]
from spacy.tokens import Doc

MOST_TOKENS = 750
_ENDS = frozenset(".?!")
_END_HASHES = np.array([hash_string(end) for end in _ENDS], dtype=np.uint64)
_SEPARATORS = frozenset(",;:|•·-–—")


def cuts(doc: Doc, starts: Collection[int]) -> list[int]:
    """Tokens at which a sentence is made to start, as `MOST_TOKENS` before it have no end of a sentence among them.

    Args:
        doc: the document before it is parsed.
        starts: tokens at which a sentence is known to start.
    """
    if not _is_endless(doc, starts):
        return []
    known, found = frozenset(starts), []
    first = best = 0  # of the piece; where it is cut best: behind its last separator
    for token in doc:
        i = token.i
        if i in known:
            first = best = i
        elif i - first >= MOST_TOKENS:
            first = best = best if best > first else i
            found.append(first)
        text = token.text
        if text in _ENDS:
            first = best = i + 1
        elif i + 1 - first > MOST_TOKENS // 2 and (token.is_space or text in _SEPARATORS):
            best = i + 1
    return found


def _is_endless(doc: Doc, starts: Collection[int]) -> bool:
    """Whether anywhere more than `MOST_TOKENS` follow each other without an end or a start of a sentence."""
    if len(doc) <= MOST_TOKENS:
        return False  # as nearly every story
    words = doc.to_array(ORTH)
    ends = np.flatnonzero((words[:, None] == _END_HASHES).any(axis=1)) + 1
    bounds = np.concatenate(([0], ends, np.fromiter(starts, dtype=np.intp), [len(doc)]))
    bounds.sort()
    return bool(np.diff(bounds).max() > MOST_TOKENS)
