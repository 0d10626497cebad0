"""Whether two texts that resemble each other are one article or two reports in one template.

What belongs here: `CopyText`, a text prepared for comparison, and `are_copies`. What does not: which texts resemble each other
(`fingerprint.py`).

Method: sentences that both texts have are set aside; of sentences that differ in a few words only those words are looked at.
What is left decides. Two bulletins of one template have other names and figures there, each of which the other lacks
altogether; a copy with a new lead, a byline, a cut end or corrected spelling repeats the names of the original, or has new ones
on one side only. One source sends bulletins; copies come from others. So a source's texts are kept apart for less.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from pipelines.nlp.events.lexicon import read_rows

_TOKEN = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SENTENCE = re.compile(r"(?<=[.!?])[\"'”’)\]]*\s+(?=[^a-z])|\n+")
_DATELINE = re.compile(r"^[^.!?\n]{0,120}?(?:\s[-–—|]{1,2}\s|:\s)(?=\S)")
_SAYS_PLACE = re.compile(r"[^\W\d_a-z]{3,}|\(|\|")
_BYLINE = re.compile(r"^\W*by\s+[A-Z]\S+(?:\s+\S+){0,8}$", re.I)
_MAX_TOKENS = 20_000
_MAX_SENTENCES = 60  # of each side that are compared one by one
_NEAR = 0.6  # share of words of two sentences that are one but for some words
_MIN_KEY_LETTERS = 4
_MAX_DESK_WORDS = 15
_SPELLING = 0.8  # similarity of two spellings of a name
_NUMBER_WORDS = {
    word: str(value)
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen twenty".split()
    )
}


@dataclass(frozen=True, slots=True)
class _Sentence:
    words: tuple[str, ...]  # folded
    line: str  # the same in one string, whose hash is kept
    keys: frozenset[str]  # names and figures among them
    names: frozenset[str]  # of them, words with a capital that begin no sentence


@dataclass(frozen=True, slots=True)
class CopyText:
    """A text prepared for comparison."""

    sentences: tuple[_Sentence, ...]
    keys: Mapping[str, tuple[str, ...]]  # names and figures by their first character
    words: frozenset[str]
    length: int  # words
    lines: Counter[str]

    @classmethod
    def of(cls, text: str) -> CopyText:
        """Prepare a text.

        Args:
            text: a canonical text.
        """
        sentences = tuple(found for piece in _pieces(text) if (found := _sentence(piece)).words)
        keys: defaultdict[str, list[str]] = defaultdict(list)
        for key in sorted({key for sentence in sentences for key in sentence.keys}):
            keys[key[0]].append(key)
        return cls(
            sentences,
            {initial: tuple(found) for initial, found in keys.items()},
            frozenset(word for sentence in sentences for word in sentence.words),
            sum(len(sentence.words) for sentence in sentences),
            Counter(sentence.line for sentence in sentences),
        )


@dataclass(frozen=True, slots=True)
class _Difference:
    """What one text has beside what both have."""

    names: int  # names that the other text lacks altogether
    numbers: int
    weekdays: int  # among the names
    known: int  # names and figures that the other text has elsewhere
    words: int  # content words
    new_words: int  # of them, those that the other text lacks


def are_copies(
    first: CopyText, second: CopyText, *, similarity: float, sure: float, same_source: bool, is_order_known: bool
) -> bool:
    """Whether two similar texts are one article.

    Args:
        first: the earlier text.
        second: the later one.
        similarity: their Jaccard similarity.
        sure: similarity from which two texts without a difference that counts are copies whatever they share.
        same_source: whether one source published both.
        is_order_known: whether the first is known to be the earlier one.
    """
    rest_first, rest_second, shared = _without_shared(first, second)
    a, b = _difference(rest_first, second), _difference(rest_second, first)
    names = frozenset().union(*(sentence.names for sentence in shared)) if shared else frozenset()
    needed = _NEEDED_OF_ONE_SOURCE if same_source else _NEEDED if similarity >= sure else _NEEDED_OF_UNSURE
    needed = max(needed, _NEEDED_PER_SHARED_NAME * len(names))
    if _are_apart(a, b, needed=needed, same_source=same_source):
        return False
    if similarity >= sure:
        return True
    # A lead written anew or a cut end: most of the shorter text is in the longer one, and names with it; the later one adds
    # little.
    shared_words = sum(len(sentence.words) for sentence in shared)
    added_words, added_names = _added(rest_second, b)
    if not is_order_known:
        added_words, added_names = min((added_words, added_names), _added(rest_first, a))
    return (
        shared_words >= _MIN_SHARED * min(first.length, second.length)
        and len(names) >= _MIN_SHARED_NAMES
        and added_words <= _MAX_ADDED_WORDS
        and added_names <= _MAX_ADDED_NAMES
    )


def _added(rest: list[_Sentence], difference: _Difference) -> tuple[int, int]:
    """How many words and how many new names and figures a text has by itself."""
    return sum(len(sentence.words) for sentence in rest), difference.names + difference.numbers


# Weight of what differs, a name counting 1 and a figure a half, from which two texts are apart. Three figures alone may be
# those of a corrected report.
_NEEDED, _NEEDED_OF_UNSURE, _NEEDED_OF_ONE_SOURCE, _NEEDED_OF_FIGURES = 2.0, 1.5, 1.0, 1.5
_NEEDED_PER_SHARED_NAME = 0.1
_MIN_SHARED = 0.6
_MIN_SHARED_NAMES = 4
_MAX_ADDED_WORDS = 40
_MAX_ADDED_NAMES = 3
_WEEKDAYS = frozenset(name.lower() for name in calendar.day_name)


def _are_apart(a: _Difference, b: _Difference, *, needed: float, same_source: bool) -> bool:
    names, numbers = min(a.names, b.names), min(a.numbers, b.numbers)
    weight = names + 0.5 * numbers + float(bool(a.weekdays) and bool(b.weekdays))  # another day: another event
    known = (a.known + b.known) / 2
    if names or numbers:
        if not names:
            needed = max(needed, _NEEDED_OF_FIGURES)
        return weight >= needed and weight >= 0.5 * known
    few = min(a.words, b.words)
    return same_source and few >= 4 and known < 1 and a.new_words >= 0.7 * a.words and b.new_words >= 0.7 * b.words


def _without_shared(first: CopyText, second: CopyText) -> tuple[list[_Sentence], list[_Sentence], list[_Sentence]]:
    """What each text has by itself, sentences or the differing words of near ones; and the sentences that both have."""
    counts = first.lines & second.lines
    rest_first, shared = _part(first.sentences, counts)
    rest_second, _ = _part(second.sentences, counts)
    own_first: list[_Sentence] = []
    for sentence in rest_first[:_MAX_SENTENCES]:
        near = max(rest_second[:_MAX_SENTENCES], key=lambda other: _overlap(sentence, other), default=None)
        if near is None or _overlap(sentence, near) < _NEAR:
            own_first.append(sentence)
            continue
        rest_second.remove(near)
        left, right, common = _diff(sentence, near)
        own_first.append(left)
        rest_second.append(right)
        shared.append(common)
    return own_first, rest_second[: 2 * _MAX_SENTENCES], shared


def _part(sentences: Iterable[_Sentence], counts: Counter[str]) -> tuple[list[_Sentence], list[_Sentence]]:
    left = Counter(counts)
    rest: list[_Sentence] = []
    shared: list[_Sentence] = []
    for sentence in sentences:
        if left[sentence.line] > 0:
            left[sentence.line] -= 1
            shared.append(sentence)
        else:
            rest.append(sentence)
    return rest, shared


def _overlap(first: _Sentence, second: _Sentence) -> float:
    if not first.words or not second.words:
        return 0.0
    a, b = set(first.words), set(second.words)
    return len(a & b) / max(1, min(len(a), len(b))) if min(len(a), len(b)) >= 4 else 0.0


def _diff(first: _Sentence, second: _Sentence) -> tuple[_Sentence, _Sentence, _Sentence]:
    left: list[str] = []
    right: list[str] = []
    common: list[str] = []
    for tag, a, b, c, d in SequenceMatcher(None, first.words, second.words, autojunk=False).get_opcodes():
        if tag == "equal":
            common.extend(first.words[a:b])
        else:
            left.extend(first.words[a:b])
            right.extend(second.words[c:d])
    return _part_of(first, left), _part_of(second, right), _part_of(first, common)


def _part_of(sentence: _Sentence, words: list[str]) -> _Sentence:
    return _Sentence(tuple(words), "", sentence.keys.intersection(words), sentence.names.intersection(words))


def _difference(sentences: list[_Sentence], other: CopyText) -> _Difference:
    keys = frozenset().union(*(sentence.keys for sentence in sentences)) if sentences else frozenset()
    new = {key for key in keys if key not in other.words and not _is_variant(key, other.keys)}
    words = {word for sentence in sentences for word in sentence.words if len(word) >= _MIN_KEY_LETTERS}
    return _Difference(
        names=sum(not key[0].isdecimal() for key in new),
        numbers=sum(key[0].isdecimal() for key in new),
        weekdays=len(_WEEKDAYS & new),
        known=len(keys - new),
        words=len(words),
        new_words=sum(word not in other.words for word in words),
    )


def _is_variant(key: str, others: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether a name is another spelling or an inflection of one of the others: Togo, Togolese; Zelensky, Zelenskiy."""
    if key[0].isdecimal() or len(key) < _MIN_KEY_LETTERS:
        return False
    for other in others.get(key[0], ()):
        shorter = min(len(key), len(other))
        if shorter < _MIN_KEY_LETTERS:
            continue
        stem = max(_MIN_KEY_LETTERS, shorter - 2)
        if key[:stem] == other[:stem]:
            return True
        if shorter > _MIN_KEY_LETTERS and Levenshtein.normalized_similarity(key, other, score_cutoff=_SPELLING) > 0:
            return True
    return False


def _pieces(text: str) -> list[str]:
    """The sentences of a text without datelines and the lines of the desk."""
    text = text.lstrip()
    pieces = [piece for piece in _SENTENCE.split(text) if piece and not piece.isspace()]
    kept = [piece for piece in pieces if not _is_of_desk(piece)]
    head = [
        piece[match.end() :] if (match := _DATELINE.match(piece)) and _SAYS_PLACE.search(match[0]) else piece
        for piece in kept[:3]
    ]
    return head + kept[3:]


def _is_of_desk(piece: str) -> bool:
    return bool(_BYLINE.match(piece)) or (bool(_DESK.match(piece)) and len(piece.split()) <= _MAX_DESK_WORDS)


def _sentence(piece: str) -> _Sentence:
    words: list[str] = []
    keys: set[str] = set()
    names: set[str] = set()
    for match in _TOKEN.finditer(piece[: 10 * _MAX_TOKENS]):
        token = match[0]
        word = _folded(token)
        words.append(word)
        if token[0].isdecimal() or word.isdecimal() or (token[0].isupper() and word not in _FUNCTION_WORDS):
            keys.add(word)
            if len(words) > 1 and not word[0].isdecimal():
                names.add(word)
    return _Sentence(tuple(words), " ".join(words), frozenset(keys), frozenset(names))


@lru_cache(maxsize=100_000)
def _folded(token: str) -> str:
    """A word without case, accents and the possessive; a number in figures without separators."""
    if token[0].isdecimal():
        return re.sub(r"[,:](?=\d)", "", token)
    plain = "".join(c for c in unicodedata.normalize("NFKD", token) if not unicodedata.combining(c)).lower()
    plain = re.sub(r"['’]s?$", "", plain).replace("-", "").replace("’", "'")
    return _NUMBER_WORDS.get(plain, plain)


_FUNCTION_WORDS = frozenset(
    "the a an of in on at by to for from with and or but as it its he she they we you i this that these those there his her "
    "their our is are was were be been has have had do does did not no if when while who which what how all any some each more "
    "most other such than then so also".split()
)
_DESK = re.compile(
    r"\W*(?:" + "|".join(re.escape(row["phrase"]) for _, row in read_rows("desk_lines.csv")) + r")(?!\w)", re.IGNORECASE
)
