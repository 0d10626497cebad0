"""Paragraphs that a source repeats under its articles: terms of use, appeals, pointers.

What belongs here: `own_texts`, the texts without them, for the search for copies. The documents keep their whole text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

_MIN_CHARACTERS = 40  # a shorter line may be a headline of several articles
_MIN_PAGES = 5  # of one source that have the paragraph


def own_texts(rows: Iterable[tuple[str, str, str]], *, least: int) -> list[str]:
    """The texts without the paragraphs that several pages of their source share.

    Args:
        rows: key of the source, key of the page (versions of one page count once) and text.
        least: characters that have to remain; a text that would keep fewer comes back whole.

    Returns:
        A text for each row, in their order.
    """
    split = [(source, page, text, text.split("\n")) for source, page, text in rows]
    pages: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for source, page, _, lines in split:
        for line in lines:
            if len(line) >= _MIN_CHARACTERS and len(pages[source, line]) < _MIN_PAGES:
                pages[source, line].add(page)
    return [_own(source, text, lines, pages, least) for source, _, text, lines in split]


def _own(source: str, text: str, lines: Sequence[str], pages: dict[tuple[str, str], set[str]], least: int) -> str:
    kept = [line for line in lines if len(line) < _MIN_CHARACTERS or len(pages[source, line]) < _MIN_PAGES]
    if len(kept) == len(lines):
        return text
    own = "\n".join(kept)
    return own if len(own.strip()) >= least else text
