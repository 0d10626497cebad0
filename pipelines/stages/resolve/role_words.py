"""Words that name a role and no one in particular: "Police", "the Army".

What belongs here: telling such words from a proper name. What does not: the words (`pipelines/lexicons/actor_nouns.csv`).
"""

from __future__ import annotations

from functools import cache

from pipelines.nlp.actors.lexicon import LEXICONS, read_rows, values

_ARTICLES = ("the ", "a ", "an ")


def is_role_word(text: str) -> bool:
    """Whether a text that stands where a name could is a word of the actor nouns alone, whatever its capitals.

    Args:
        text: the text of a mention, its white space folded.
    """
    folded = text.casefold()
    for article in _ARTICLES:
        folded = folded.removeprefix(article)
    return folded in _role_words()


@cache
def _role_words() -> frozenset[str]:
    columns = ("phrase", "plurals", "role", "sector", "title")
    return frozenset(
        form.casefold()
        for _, row in read_rows(LEXICONS / "actor_nouns.csv", columns)
        for form in (row["phrase"], *values(row["plurals"]))
    )
