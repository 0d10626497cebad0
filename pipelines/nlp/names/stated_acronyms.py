"""Organisations whose acronym follows in parentheses: "the Lake Fishermen's Union (LFU)".

What belongs here: the extent of such a name, which its acronym tells. What does not: what the acronym stands for later on
(`coreference/naming.py`).
"""

from __future__ import annotations

from pipelines.nlp.names.pieces import Piece
from pipelines.nlp.names.table import TokenTable

_SMALL = frozenset("of the for and in on de la des du del & to".split())
_JOINTS = frozenset({"'s", "’s", "'", "’", "-"})
_MOST_TOKENS = 14
_LEAST_LETTERS = 3


def join_stated_names(table: TokenTable, pieces: list[Piece]) -> list[Piece]:
    """Make one piece of the words that an acronym in parentheses abbreviates, where they are cut into several.

    Args:
        table: the document's tokens.
        pieces: its names, by position.

    Returns:
        The names, by position.
    """
    opening = [i for i, text in enumerate(table.texts) if text == "("] if "(" in table.texts else ()
    spans = [span for i in opening if (span := _stated_span(table, i + 1))]
    if not spans:
        return pieces
    kept = list(pieces)
    for start, end in spans:
        inside = [p for p in kept if p.start < end and p.end > start]
        crossing = any(p.start < start or p.end > end for p in inside)
        if crossing or any(p.start == start and p.end == end for p in inside) or len(inside) < 2:
            continue
        kept = [p for p in kept if p not in inside] + [Piece(start, end, "ORG", is_sure=True)]
    return sorted(kept, key=lambda piece: piece.start)


def _stated_span(table: TokenTable, at: int) -> tuple[int, int] | None:
    """The tokens before "(" whose initials an acronym at the token behind it spells, all of them."""
    texts = table.texts
    if at + 1 >= len(texts) or not table.upper[at] or texts[at + 1] != ")":
        return None
    letters = texts[at].replace(".", "").lower()
    if len(letters) < _LEAST_LETTERS or not letters.isalpha():
        return None
    end, left = at - 1, len(letters)
    i = end - 1
    while i >= 0 and left and end - i <= _MOST_TOKENS:
        word = table.folded[i]
        if table.capital[i] and word not in _SMALL:
            if word[0] != letters[left - 1]:
                return None
            left -= 1
        elif word not in _SMALL and word not in _JOINTS:
            return None
        i -= 1
    return (i + 1, end) if left == 0 else None
