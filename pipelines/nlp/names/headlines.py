"""Names in headlines in capitals or title case, known from the text below them.

What belongs here: names of the text found again where every word is capitalised. What does not: lexicon names in headlines
(`pieces.py`).
"""

from __future__ import annotations

from pipelines.nlp.names.patterns import FUNCTION_WORDS
from pipelines.nlp.names.pieces import Piece
from pipelines.nlp.names.table import TokenTable

_MIN_LETTERS = 3


def find_repeated(table: TokenTable, pieces: list[Piece]) -> list[Piece]:
    """The names of the text, whole or by a person's last word, where a headline repeats them."""
    headlines = [s for s in table.segments if s.style != "text"]
    if not headlines:
        return []
    known: dict[tuple[str, ...], Piece] = {}
    for piece in pieces:
        words = tuple(table.folded[piece.start : piece.end])
        known.setdefault(words, piece)
        if piece.label == "PERSON" and len(words) > 1:
            known.setdefault(words[-1:], piece)
    longest = max((len(words) for words in known), default=0)
    taken = {i for p in pieces for i in range(p.start, p.end)}
    found = []
    for segment in headlines:
        i = segment.start
        while i < segment.end:
            width = next(
                (
                    w
                    for w in range(min(longest, segment.end - i), 0, -1)
                    if tuple(table.folded[i : i + w]) in known
                    and not any(k in taken for k in range(i, i + w))
                    and not (w == 1 and (table.folded[i] in FUNCTION_WORDS or len(table.folded[i]) < _MIN_LETTERS))
                ),
                0,
            )
            if width:
                source = known[tuple(table.folded[i : i + width])]
                found.append(Piece(i, i + width, source.label, source.entry))
            i += width or 1
    return found
