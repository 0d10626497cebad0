"""Read the numbers of a text: digits with separators and scales, number words, shares, vague numbers.

What belongs here: what a number is worth and where it stands, on characters alone. What does not: what it counts or
measures (`component.py`).

A vague number is worth its lower bound: "hundreds of" 100, "tens of thousands" 10,000, "dozens" 12, "several hundred" 200;
its quantity says AT_LEAST. A share ("two-thirds", "half of the") is worth its percentage.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from pipelines.immutable import dataclass
from pipelines.nlp.quantities import patterns

_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Number:
    """A number with its place; `value` of a share is in percent."""

    start: int
    end: int
    value: float
    is_word: bool = False
    is_vague: bool = False
    is_share: bool = False
    scale: float = 1.0


def find_numbers(text: str, words: Iterable[tuple[str, int]]) -> Iterator[Number]:
    """The numbers of a text by position.

    Args:
        text: the text.
        words: its words in lower case with their first character, by position; those of `START_WORDS` are enough.
    """
    digits = [match.start() for match in patterns.DIGIT_RUN.finditer(text)]
    starts = [_first_character(text, start) for word, start in words if word in patterns.START_WORDS]
    position = 0
    for start in sorted(digits + starts):
        if start < position:
            continue
        number = _number_at(text, start)
        if number is not None:
            yield number
            position = number.end


def _first_character(text: str, start: int) -> int:
    """Where the number of a word begins: at the "a" of "a few thousand"."""
    before = patterns.BEFORE_SCALE.search(text, max(0, start - 16), start)
    return before.start() if before else start


def _number_at(text: str, start: int) -> Number | None:
    if text[start].isdigit():
        match = patterns.DIGIT_NUMBER.match(text, start)
        return _read_digits(match) if match else None
    match = patterns.WORD_NUMBER.match(text, start)
    return _read_match(match) if match else None


def _read_match(match: re.Match[str]) -> Number | None:
    start, end = match.span()
    if match["vague"] is not None:
        first, _, second = match["vague"].lower().partition(" of ")
        return Number(start, end, float(patterns.VAGUE[first] * patterns.VAGUE.get(second, 1)), is_vague=True)
    if match["several"] is not None:
        return Number(start, end, 2.0 * patterns.SCALES[match["several"].lower()], is_vague=True)
    if match["half_scale"] is not None:
        factor = {"o": 1.5, "t": 2.5}.get(match["half"][0].lower(), 0.5)
        scale = patterns.SCALES[match["half_scale"].lower()]
        return Number(start, end, factor * scale, is_word=True, scale=scale)
    if match["words"] is not None:
        return _read_words(match)
    part = (match["share"] or match["bare_half"]).lower().split()[-1]
    return Number(start, end, _percent(1, patterns.FRACTIONS[part]), is_word=True, is_share=True)


def _read_digits(match: re.Match[str]) -> Number | None:
    digits = match["digits"]
    if digits.count(".") > 1 or (digits.count(",") == 1 and len(digits.partition(",")[2]) < 3):
        digits = digits.replace(".", "").replace(",", ".")
    value = float(digits.replace(",", ""))
    fraction = match["fraction"]
    if fraction:
        value = _with_fraction(value, fraction)
    scale = 1.0
    if match["scale"]:
        scale = patterns.SCALES[match["scale"].lower()]
    elif match["suffix"]:
        scale = patterns.SUFFIX_SCALES[match["suffix"].lower()]
    return Number(*match.span(), _exact(value * scale), scale=scale)


def _with_fraction(value: float, fraction: str) -> float:
    if fraction in patterns.VULGAR:
        return value + patterns.VULGAR[fraction]
    numerator, _, denominator = fraction.strip("- ").rpartition("/")
    if int(denominator) == 0:
        return value
    return value + int(numerator) / int(denominator) if numerator else value / int(denominator)


def _read_words(match: re.Match[str]) -> Number | None:
    words = match["words"]
    value, length, scale = word_value(words.lower())
    if length == 0:
        return None
    whole = length == len(words)
    if match["parts"] and whole:
        parts = match["parts"].lower()
        is_plural = match.string[match.end() - 1].lower() == "s"
        if is_plural == (value == 1):
            return None  # an ordinal: twenty-fifth
        return Number(*match.span(), _percent(value, patterns.FRACTIONS[parts]), is_word=True, is_share=True)
    return Number(match.start(), match.start() + length, value, is_word=True, scale=scale)


@lru_cache(maxsize=4096)
def word_value(words: str) -> tuple[float, int, float]:
    """Value of a run of number words, how many of its characters make one number, and its largest scale.

    >>> word_value("one hundred and five")
    (105.0, 20, 100.0)
    """
    total = current = 0.0
    largest = 1.0
    end = 0
    last = ""
    for match in _WORD.finditer(words):
        word = match.group()
        if word == "and":
            if patterns.SCALES.get(last, 0) < 100:
                break
            continue
        if word in ("a", "an"):
            current = 1.0
        elif word in patterns.SCALES:
            current, total, largest = _scaled(current, total, patterns.SCALES[word], largest)
        elif word in patterns.TENS_WORDS:
            if current % 100:
                break
            current += patterns.TENS_WORDS[word]
        else:
            if current % 10 or (current % 100 and patterns.DIGIT_WORDS[word] > 9) or last in patterns.DIGIT_WORDS:
                break
            current += patterns.DIGIT_WORDS[word]
        end, last = match.end(), word
    return total + current, end, largest


def _scaled(current: float, total: float, scale: float, largest: float) -> tuple[float, float, float]:
    """Running group, running total and largest scale after a scale word."""
    if scale < 1000:
        return max(current, 1.0) * scale, total, max(largest, scale)
    return 0.0, total + max(current, 1.0) * scale, max(largest, scale)


def _percent(numerator: float, denominator: float) -> float:
    return round(100 * numerator / denominator, 2)


def _exact(value: float) -> float:
    """A product without the noise of binary fractions: 149.7 million is 149700000."""
    return float(round(value)) if abs(value) >= 1000 and abs(value - round(value)) < 1e-3 else round(value, 6)
