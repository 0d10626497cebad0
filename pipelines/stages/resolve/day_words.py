"""What the words of a sentence tell of the day of an act in it: the part of the day, and whether the day is its own.

What belongs here: `day_parts`, `own_day`, and the lexicons behind them. What does not: which day it is (the coder says
it), and what follows for two reports (`pair_evidence.py`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pandas as pd

_LEXICONS = Path(__file__).parents[2] / "lexicons"
_PARTS = ("morning", "day", "evening", "night")
_FIRST_HOUR, _NOON, _EVENING_HOUR, _NIGHT_HOUR = 5, 12, 17, 21
_PHRASE_WORDS = 4  # that a preposition can bring in
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SAYING_WORDS = 3  # from a verb of saying to its day
_LEEWAY = 3  # days by which a day may be off that is counted in weeks or is another act's
_WORD = re.compile(r"[a-z]+")
_TOKEN = re.compile(r"[A-Za-z]+|\d+|[,;:]")
_YEAR = re.compile(r"(?:1[89]|20)\d\d")
_CLOCK = re.compile(r"\b(\d{1,2})(?:[:.]\d\d)?\s*([ap])\.?\s?m\b")


@cache
def _part_of_word() -> dict[str, int]:
    rows = pd.read_csv(_LEXICONS / "day_parts.csv", comment="#", keep_default_na=False)
    parts: dict[str, int] = {}
    for word, part in zip(rows["word"], rows["part"], strict=True):
        parts[word] = parts.get(word, 0) | 1 << _PARTS.index(part)
    return parts


def day_parts(sentence: str) -> int:
    """Bits: the parts of the day that a sentence names, by words and hours."""
    parts = 0
    lower = sentence.lower()
    for word in _WORD.findall(lower):
        parts |= _part_of_word().get(word, 0)
    for hour, half in _CLOCK.findall(lower):
        parts |= _part_of_hour(int(hour) % 12 + (0 if half == "a" else 12))
    return parts


def _part_of_hour(hour: int) -> int:
    """The parts of the day that an hour (0 to 23) may be told as; the small hours are night to one and morning to another."""
    night = hour < _FIRST_HOUR or hour >= _NIGHT_HOUR
    return 1 << (0 if hour < _NOON else 1 if hour < _EVENING_HOUR else 2) | (night << _PARTS.index("night"))


@cache
def _words(kind: str) -> frozenset[str]:
    rows = pd.read_csv(_LEXICONS / "day_telling_words.csv", comment="#", keep_default_na=False)
    return frozenset(rows.loc[rows["kind"] == kind, "word"])


def own_day(before: str, after: str, weekday: str = "") -> tuple[bool, int]:
    """Whether the day that a report has is that of its act by the words of its sentence, and by how many days it may be off.

    What is told after another act ("on Friday after they voted") has no day of its own unless one is named behind it, nor has
    what stands in a sentence without a day, or is dated by a saying ("police said on Tuesday"). An act that only has the day of
    what went before it ("threw him out after Peru expelled another on Tuesday") may be some days later, and a count of weeks or
    months is only about right.

    Args:
        before, after: the words of the sentence before and after the act's trigger.
        weekday: the day of the week that the report is dated by, in lower case; nothing where it is dated by no single day.
    """
    words, behind = _but_for_saying(_tokens(before), _tokens(after), weekday)
    if _is_of_judging(words, behind, weekday):
        return False, 0
    at = _opening(words)
    if at is not None:
        if at and _unit(words[at - 1]) in _words("unit"):
            return True, _LEEWAY if _unit(words[at - 1]) in _words("wide") else 0
        return _names_day([*words[at + 1 :], *behind]), 0
    end = next((i for i, word in enumerate(behind) if word in _words("clause")), len(behind))
    told = [*words, *behind[:end]]
    if _names_day(told):
        is_wide = any(_is_counted(told, i) and _unit(told[i - 1]) in _words("wide") for i in range(1, len(told)))
        return True, _LEEWAY if is_wide else 0
    if _names_day(behind[end:]):
        return False, _LEEWAY
    return not _words("time").isdisjoint(map(_unit, [*words, *behind])), 0


def _tokens(text: str) -> list[str]:
    """Words in lower case, but for names of months: "may" and "march" are none."""
    return [word if _is_month(word) else word.lower() for word in _TOKEN.findall(text)]


def _but_for_saying(before: list[str], behind: list[str], weekday: str) -> tuple[list[str], list[str]]:
    """The words around an act, without days of the week where the one that dates the report is that of a saying."""
    if not any(
        word == weekday and _is_of_saying(words, i) for words in (before, behind) for i, word in enumerate(words)
    ):
        return before, behind
    others = frozenset(WEEKDAYS) - {weekday}
    kept = [
        [word for i, word in enumerate(words) if word not in others and not _is_of_saying(words, i)]
        for words in (before, behind)
    ]
    return kept[0], kept[1]


def _is_of_saying(words: Sequence[str], at: int) -> bool:
    if words[at] not in _words("day") or words[at + 1 : at + 2] == ["s"]:  # "said Monday's raid failed"
        return False
    before = words[max(0, at - _SAYING_WORDS) : at]
    return not _words("saying").isdisjoint(before) and all(word[0].isalnum() for word in before[_last_saying(before) :])


def _is_of_judging(words: Sequence[str], behind: Sequence[str], weekday: str) -> bool:
    """Whether the day behind an act is when somebody judged it: "called the expulsion of five diplomats hostile on Sunday".

    The day in a clause about it ("denounced the raid that killed ten on Sunday"), or behind "of", is its own.
    """
    if weekday not in behind or not words or words[-1] not in _words("determiner"):
        return False  # what is judged has a name: no verb, nor "so called" or "described how troops"
    at = behind.index(weekday)
    between = behind[:at]
    if between[-1:] == ["of"] or not (_words("relative") | _words("clause")).isdisjoint(between):
        return False
    opened = max(
        (i + 1 for i, word in enumerate(words) if not word[0].isalnum() or word in _words("clause")), default=0
    )
    return any(
        word in _words("judging") and words[max(0, i - 1)] not in _words("relative")  # "a group that called itself"
        for i, word in enumerate(words[opened:], opened)
    )


def _last_saying(words: Sequence[str]) -> int:
    return max(i for i, word in enumerate(words) if word in _words("saying"))


def _opening(words: list[str]) -> int | None:
    """The place of the word that makes what stands behind some words of a sentence go before the main act."""
    for at in range(len(words) - 1, -1, -1):
        if not words[at][0].isalnum():
            return None
        if words[at] in _words("clause") or (words[at] in _words("phrase") and len(words) - at <= _PHRASE_WORDS):
            return at
    return None


def _unit(word: str) -> str:
    return word.removesuffix("s")


def _names_day(words: Sequence[str]) -> bool:
    return any(
        word in _words("day") or _is_month(word) or _is_counted(words, i) or _YEAR.fullmatch(word)
        for i, word in enumerate(words)
    )


def _is_month(word: str) -> bool:
    return word[0].isupper() and word.lower() in _words("month_name")


def _is_counted(words: Sequence[str], at: int) -> bool:
    """Whether a word counts back from another day: "ago", and "earlier" behind a unit, not by itself.

    "Before" only where nothing follows that it is before: "detained two days before".
    """
    if not at or _unit(words[at - 1]) not in _words("unit"):
        return False
    is_last = at + 1 == len(words) or not words[at + 1][0].isalnum()
    return words[at] in _words("ago") or (is_last and words[at] in _words("ago_at_end"))
