"""The first of two surnames, by which somebody is called: "Vázquez" for Wanda Vázquez Garced.

What belongs here: which word of a full name that is. What does not: the other short forms of names, and who a name means
(`naming.py`).
"""

from __future__ import annotations

from collections.abc import Container, Iterable

_LEAST_LETTERS = 4
_LEAST_WORDS = 3  # of a name with two surnames


def first_surnames(
    people: Iterable[tuple[str, ...]], given_names: Container[str], taken: Container[tuple[str, ...]]
) -> dict[tuple[str, ...], tuple[str, ...]]:
    """The last but one word of people's names, each to the first full name that has it there.

    Args:
        people: folded words of the people's names, in the order of the text.
        given_names: folded words that are no surnames.
        taken: shorter forms of names that stand for somebody already.
    """
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    for words in people:
        surname = words[-2:-1]
        if len(words) < _LEAST_WORDS or surname in taken or surname[0] in given_names:
            continue
        if len(surname[0]) >= _LEAST_LETTERS:
            found.setdefault(surname, words)
    return found
