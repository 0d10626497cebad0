"""Paragraphs that a source repeats under its articles: terms of use, appeals, pointers.

What belongs here: the texts without them, for the search for copies. The documents keep their whole text.
"""

from __future__ import annotations

from collections.abc import Collection

MIN_PAGES = 5  # of one source that have the paragraph
_MIN_CHARACTERS = 40  # a shorter line may be a headline of several articles


def long_lines(text: str) -> set[str]:
    """The lines of a text that may be boilerplate."""
    return {line for line in text.split("\n") if len(line) >= _MIN_CHARACTERS}


def own_text(text: str, shared: Collection[str], *, least: int) -> str:
    """A text without the lines that several pages of its source share.

    Args:
        text: a text.
        shared: the lines that `MIN_PAGES` pages of its source have.
        least: characters that have to remain; a text that would keep fewer comes back whole.
    """
    if not shared:
        return text
    own = "\n".join(line for line in text.split("\n") if line not in shared)
    return own if len(own.strip()) >= least else text
