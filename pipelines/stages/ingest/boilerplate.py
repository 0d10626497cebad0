"""Paragraphs that a source repeats under its articles: terms of use, appeals, pointers.

What belongs here: `own_texts`, the texts without them, for the search for copies. The documents keep their whole text.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

_MIN_CHARACTERS = 40  # a shorter line may be a headline of several articles
_MIN_PAGES = 5  # of one source that have the paragraph


def own_texts(rows: Sequence[tuple[str, str, str]], *, least: int) -> dict[int, str]:
    """The texts without the paragraphs that several pages of their source share.

    Args:
        rows: key of the source, key of the page (versions of one page count once) and text; they are gone through twice.
        least: characters that have to remain; a text that would keep fewer stays whole.

    Returns:
        The texts that have such paragraphs without them, by their number among the rows.
    """
    # Most paragraphs come once: of all of them a number is held, and of those alone that come often the words.
    numbers = array("q")
    for source, _, text in rows:
        numbers.extend(hash((source, line)) for line in _paragraphs(text))
    values, counts = np.unique(np.frombuffer(numbers, dtype=np.int64), return_counts=True)
    often = set(values[counts >= _MIN_PAGES].tolist())
    if not often:
        return {}
    pages: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    having: list[int] = []
    for at, (source, page, text) in enumerate(rows):
        told = [(source, line) for line in _paragraphs(text) if hash((source, line)) in often]
        if told:
            having.append(at)
        for key in told:
            if len(pages[key]) < _MIN_PAGES:
                pages[key].add(page)
    repeated = {key for key, those in pages.items() if len(those) == _MIN_PAGES}
    found = ((at, rows[at][0], rows[at][2]) for at in having)
    return {at: own for at, source, text in found if (own := _own(source, text, repeated, least)) is not None}


def _paragraphs(text: str) -> list[str]:
    return [line for line in text.split("\n") if len(line) >= _MIN_CHARACTERS]


def _own(source: str, text: str, repeated: set[tuple[str, str]], least: int) -> str | None:
    lines = text.split("\n")
    kept = [line for line in lines if (source, line) not in repeated]
    own = "\n".join(kept)
    return own if len(kept) < len(lines) and len(own.strip()) >= least else None
