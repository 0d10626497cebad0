"""Titles that are cut short, and the ways they are written.

What belongs here: the words that are cut short. What does not: which titles there are and what they mean (`actor_nouns.csv`).
"""

from __future__ import annotations

from itertools import product

# Words of titles that are cut short, with and without a full stop: "Lt Col", "Lt. Col.", "Det. Insp.".
TITLE_ABBREVIATIONS = frozenset(
    "gen lt col maj capt cpl sgt pte pvt pfc brig adm cdr cmdr cdre wg sqn ldr flt gp supt insp det ch asst dep con comr amb "
    "gov sen rep rev prof pres msgr cllr".split()
)


def with_stops(title: str) -> list[str]:
    """A title as it may be written: "lt col" with a full stop behind each word that is cut short, or some, or none.

    Args:
        title: a title in lower case, without full stops.
    """
    choices = [(word, f"{word}.") if word in TITLE_ABBREVIATIONS else (word,) for word in title.split(" ")]
    return [" ".join(words) for words in product(*choices)]
