"""Words of a report: what its trigger, its parties and the words around them tell.

What belongs here: stems of triggers and parties, "again", and the lexicons behind them. What does not: the
arrays (`reports.py`), days (`day_words.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

import pandas as pd

from pipelines.stages.resolve.likeness import stems, weight, weighted_stems

_LEXICONS = Path(__file__).parents[2] / "lexicons"
_TELLING_WORD, _TELLING_MODIFIER = 0.3, 0.4
_PHRASE_END = re.compile(r"\s+(?:of|from|in|at|near|with|for|by|on|who|that|which)\s|[,;(]")
_OF = re.compile(r"\s+of\s+")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")  # a comma that ends no phrase
_ORDINARY_END = re.compile(r"(?:ed|ing|ly|ous|ful|less|ive|able|ible|al|ic)$")  # of adjectives: "Masked gunmen"
_SHORTEST_PART = 2  # letters of what is no part of a name, or says nothing alone
_POSSESSIVE = re.compile(r"['’]s?$")
_WORD_END = re.compile(r"[\s-]+")
_NAME_WORD = re.compile(r"[^\W\d_][\w.'’-]*")
_BESIDE, _WORDS_BEFORE, _WORDS_AFTER = 40, 3, 2  # characters and words around a trigger


def trigger_phrase(text: str, start: int, end: int) -> str:
    """The words that name the act of a trigger at characters `start` to `end`.

    A verb that lends its arguments to a noun tells less than the noun: "paid a visit" is a visit.
    """
    trigger = text[start:end]
    if _is_support(trigger):
        after = stems(_PHRASE_END.split(text[end : end + _BESIDE], maxsplit=1)[0])
        trigger = next((noun for noun in after if noun in _event_nouns()), trigger)
    return trigger


@lru_cache(maxsize=50_000)
def _is_support(trigger: str) -> bool:
    return _support_stems().issuperset(stems(trigger))


def trigger_stems(text: str) -> list[str]:
    """The telling stems of a trigger, the most telling first."""
    return _telling(stems(text), but=_support_stems()) or stems(text)[-1:]


def head_and_word(text: str) -> list[str]:
    """The stem of the head of a party's phrase, and of its most telling other word if it has one.

    Of "thousands of teachers" the head is who is counted; of "some of them" it is not, as "them" tells nothing.
    """
    whole = _counted(_THOUSANDS.sub("", text))
    found = stems(_PHRASE_END.split(whole, maxsplit=1)[0] or whole)
    if not found:
        return []
    rest = [stem for stem in _telling(found[:-1], but=_country_stems()) if weight(stem) >= _TELLING_MODIFIER]
    return [found[-1], *rest[:1]]


def _counted(text: str) -> str:
    """A phrase from the words that tell who is counted, if there are such words behind a count and "of"; else as it is."""
    parts = _OF.split(text)
    while len(parts) > 1 and _is_count(parts[0]):
        del parts[0]
    whose = _PHRASE_END.split(parts[0], maxsplit=1)[0]
    is_told = any(weight(stem) > _TELLING_WORD for stem in stems(whose) if not stem.isdigit())
    return " of ".join(parts) if is_told else text


def _is_count(phrase: str) -> bool:
    """Whether a phrase ends in a word that only says how many: "at least 37", "1.5 million", "tens", "a large group"."""
    word = _WORD_END.split(phrase.lower().strip())[-1]
    return word.rstrip("%").replace(".", "").isdigit() or word in _counting_words()


@cache
def _counting_words() -> frozenset[str]:
    rows = pd.read_csv(_LEXICONS / "counting_words.csv", comment="#", keep_default_na=False)
    return frozenset(rows["word"])


@lru_cache(maxsize=50_000)
def names_whose(text: str) -> bool:
    """Whether a party's own phrase tells of which country it is: "Kenyan police", "villagers of Kidal", not "the police".

    A name is taken for one that tells it: behind the first word whatever has a capital and is no word of an office ("the Prime
    Minister"), and as the first of more words what no lexicon has ("Gaza residents", unlike "Riot police").
    """
    words = _NAME_WORD.findall(text)
    if any(_is_of_country(word) for word in words):
        return True
    if text.isupper() or len(words) < 2:
        return False
    first, *others = words
    is_named = _may_be_name(first) and _ordinary_stems().isdisjoint(stems(first)) and not _ORDINARY_END.search(first)
    return is_named or any(_may_be_name(word) for word in others)


def _is_of_country(word: str) -> bool:
    """Whether a word is of a country, its people or its capital; "US" and "UK" are in capitals only."""
    if word.replace(".", "") in _country_abbreviations():
        return True
    return not _whole_country_stems().isdisjoint(stems(word)) or _POSSESSIVE.sub("", word) in _capitals()


def _may_be_name(word: str) -> bool:
    return word[0].isupper() and _office_stems().isdisjoint(stems(word))


def _telling(found: Iterable[str], *, but: frozenset[str]) -> list[str]:
    return sorted(
        {stem for stem in found if stem not in but and weight(stem) > _TELLING_WORD}, key=lambda s: (-weight(s), s)
    )


@cache
def _support_stems() -> frozenset[str]:
    rows = pd.read_csv(_LEXICONS / "support_verbs.csv", comment="#", keep_default_na=False)
    return frozenset(stem for verb in rows["verb"] for stem in stems(verb))


@cache
def _event_nouns() -> frozenset[str]:
    rows = pd.read_csv(
        _LEXICONS / "event_frames.csv", comment="#", keep_default_na=False, usecols=[0, 1], names=["word", "kind"]
    )
    return frozenset(stem for word in rows.loc[rows["kind"] == "noun", "word"] for stem in stems(word))


def _country_names(*columns: str) -> list[str]:
    """The names of one word in some columns of the countries."""
    rows = pd.read_csv(_LEXICONS / "countries.csv", comment="#", keep_default_na=False)
    names = (name for column in columns for cell in rows[column] for name in cell.split(";"))
    return [name for name in names if " " not in name]


@cache
def _country_stems() -> frozenset[str]:
    return frozenset(stem for name in _country_names("name", "adjectives", "people") for stem in stems(name))


@cache
def _whole_country_stems() -> frozenset[str]:
    names = _country_names("name", "adjectives", "people")
    found = (stem for name in names if not name.replace(".", "").isupper() for stem in stems(name))
    return frozenset(stem for stem in found if len(stem) > _SHORTEST_PART)  # not "I" of "I-Kiribati"


@cache
def _country_abbreviations() -> frozenset[str]:
    names = (name.replace(".", "") for name in _country_names("aliases", "adjectives"))
    return frozenset(name for name in names if name.isupper())


@cache
def _capitals() -> frozenset[str]:
    return frozenset(_country_names("capitals"))


@cache
def _office_stems() -> frozenset[str]:
    rows = pd.read_csv(_LEXICONS / "actor_nouns.csv", comment="#", keep_default_na=False)
    return frozenset(stem for phrase in rows["phrase"] for stem in stems(phrase))


@cache
def _ordinary_stems() -> frozenset[str]:
    return _office_stems() | _event_nouns() | weighted_stems()


@cache
def _repeat_stems(kind: str) -> frozenset[str]:
    rows = pd.read_csv(_LEXICONS / "repeat_words.csv", comment="#", keep_default_na=False)
    return frozenset(stem for word in rows.loc[rows["kind"] == kind, "word"] for stem in stems(word))


def is_repeat(text: str, start: int, end: int) -> bool:
    """Whether the words beside a trigger say that it is not the first of its kind.

    A word that only ranks what stands behind it, as in "the second city", says nothing of the act.
    """
    before = stems(text[max(0, start - _BESIDE) : start])[-_WORDS_BEFORE:]
    after = stems(text[end : end + _BESIDE])[: _WORDS_AFTER + 1]
    return _tells_again(before, len(before)) or _tells_again(after, _WORDS_AFTER)


def _tells_again(words: list[str], most: int) -> bool:
    again, ranked = _repeat_stems("again"), _repeat_stems("ranked")
    return any(word in again and ranked.isdisjoint(words[i + 1 : i + 2]) for i, word in enumerate(words[:most]))
