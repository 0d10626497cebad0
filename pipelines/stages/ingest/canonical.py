"""Canonical text, which offsets count in, and the masked view of it that the NLP reads.

What belongs here: `canonical_text` and `mask`. What does not: bytes (`decoding.py`); repairs of tags and parses
(`pipelines/nlp/repairs`).

Canonical text is NFC without control and zero-width characters, with line ends `\\n`; nothing else is touched, so clean
input comes back character for character. Text that was decoded with the wrong encoding is repaired (`mojibake.py`).

`mask` replaces what would mislead a parser by the same number of spaces; its result is as long as its input, so the
offsets found in it hold in the canonical text.
"""

from __future__ import annotations

import re
from unicodedata import combining, is_normalized, normalize

from pipelines.stages.ingest.mojibake import repair_mojibake
from pipelines.stages.ingest.page_lines import is_boilerplate
from pipelines.stages.ingest.patterns import (
    BRACKETED,
    EDITORIAL_MARKS,
    ENGLISH_FUNCTION_WORDS,
    FOREIGN_FUNCTION_WORDS,
    FOREIGN_LETTERS,
    NAME_PARTICLES,
    STRAY_PERIOD,
    UNUSUAL_SPACE,
)

_LINE_END = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_TERMINAL_ESCAPE = re.compile("\x1b\\[[0-?]*[ -/]*[@-~]")
# Controls but tab and line feed; zero-width and direction marks, soft hyphen, tags; half of a surrogate pair.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_UNCLEAN = re.compile(f"[\r\v\f\x85\u2028\u2029]|{_INVISIBLE.pattern}|{_SURROGATE.pattern}")
_MAX_MARKS = 30
_LONG_FOREIGN_RUN = re.compile(f"[^\x00-\x7f]{{{_MAX_MARKS + 1},}}")

# A repair can uncover another one (text garbled twice); four rounds are more than any real text needs.
_MAX_ROUNDS = 4

# Hard-wrapped text has lines of this many characters at most, and nearly every line end inside a paragraph is one where
# the next word would not have fitted.
_MAX_WRAP_WIDTH = 100
_MIN_WRAP_WIDTH = 40
_MIN_WRAPPED_LINES = 4
_MIN_WRAPPED_SHARE = 0.6
# A line that goes on with a small letter where the one before has no end of sentence goes on with its sentence.
# What is before a line end is asked behind it, so that only line ends are looked at.
_CONTINUED_LINE = re.compile(r"\n(?=[a-z])(?<=[\w,;]\n)")


def canonical_text(text: str) -> str:
    """The canonical form of a text; the canonical form of a canonical text is itself.

    Args:
        text: any string.
    """
    for _ in range(_MAX_ROUNDS):
        cleaned = _clean(repair_mojibake(text))
        if cleaned == text:
            break
        text = cleaned
    return text


def mask(text: str, *, max_run_characters: int | None = None) -> str:
    """The text as the NLP reads it: equal length, with what would mislead a parser replaced by spaces.

    Masked are: editorial marks and foreign inserts in square brackets (`[sic]`, `[...]`, `[o ditador venezuelano]`; a
    clarification in English such as `[the president]` stays), lines of boilerplate between others, a lone period after
    the end of a sentence, white space that is not a plain space, the line ends inside hard-wrapped paragraphs, and unbroken
    runs too long to be words
    (spaCy's tokenizer needs time quadratic in their length: 16,000 emoji take 30 s).

    Args:
        text: a canonical text.
        max_run_characters: longest run without white space that is kept; None keeps all.
    """
    if "[" in text:
        text = BRACKETED.sub(_mask_insert, text)
    if "\n" in text:
        text = "\n".join(" " * len(line) if is_boilerplate(line) else line for line in text.split("\n"))
    if " ." in text or "\n." in text:
        text = STRAY_PERIOD.sub(_blank_keeping_closing, text)
    text = UNUSUAL_SPACE.sub(" ", text)
    if "\n" in text:
        text = _unwrap(text)
    if max_run_characters is not None and len(text) > max_run_characters:
        text = re.sub(rf"\S{{{max_run_characters + 1},}}", _blank, text)
    return text


def _clean(text: str) -> str:
    if _UNCLEAN.search(text):
        text = _TERMINAL_ESCAPE.sub("", text)
        text = _LINE_END.sub("\n", text)
        text = _INVISIBLE.sub("", text)
        text = _SURROGATE.sub("\ufffd", text)
    if _LONG_FOREIGN_RUN.search(text):
        text = _cut_mark_runs(text)
    return text if is_normalized("NFC", text) else normalize("NFC", text)


def _cut_mark_runs(text: str) -> str:
    """Cut runs of combining marks to the length that Unicode's stream-safe format allows (UAX 15, section 13).

    No language stacks so many; normalising a run needs time quadratic in its length.
    """
    kept = []
    marks = 0
    for character in text:
        marks = marks + 1 if combining(character) else 0
        if marks <= _MAX_MARKS:
            kept.append(character)
    return "".join(kept)


def _blank(match: re.Match[str]) -> str:
    return " " * (match.end() - match.start())


def _blank_keeping_closing(match: re.Match[str]) -> str:
    closing = match.group(1)
    return closing + " " * (match.end() - match.start() - len(closing))


def _mask_insert(match: re.Match[str]) -> str:
    return _blank(match) if _is_foreign_or_editorial(match.group(1)) else match.group()


def _is_foreign_or_editorial(insert: str) -> bool:
    """Whether the words in square brackets are no part of the English sentence.

    Foreign is what has a function word of another language and none of English, or a small-letter word with letters that
    English does not use. A name is neither: "[Nicolás Maduro]", "[Lula da Silva]".
    """
    words = [word.strip(".,;:!?'\"") for word in insert.split()]
    if not any(words) or insert.strip(" .,;:!?").lower() in EDITORIAL_MARKS:
        return True
    if any(word.lower() in ENGLISH_FUNCTION_WORDS for word in words):
        return False
    is_before_small_letter = False  # whether the next word that is no particle is written small: no name goes on there
    for word in reversed(words):
        if word in NAME_PARTICLES:
            if is_before_small_letter:
                return True
            continue
        if word in FOREIGN_FUNCTION_WORDS or (word[:1].islower() and FOREIGN_LETTERS.search(word)):
            return True
        is_before_small_letter = word[:1].islower()
    return False


def _unwrap(text: str) -> str:
    """Replace the line ends inside hard-wrapped paragraphs by spaces.

    A block of lines counts as hard-wrapped when in most of them the next line's first word would not have fitted; only
    these line ends are replaced, so headlines, lists and paragraph ends stay.
    """
    lines = text.split("\n")
    start = 0
    soft: set[int] = set()  # numbers of the lines whose end is a space to the reader
    for number in range(len(lines) + 1):
        if number == len(lines) or not lines[number].strip():
            soft.update(_soft_line_ends(lines, start, number))
            start = number + 1
    if soft:
        ends = [" " if number in soft else "\n" for number in range(len(lines) - 1)]
        text = "".join(part for pair in zip(lines, [*ends, ""], strict=True) for part in pair)
    return _CONTINUED_LINE.sub(" ", text)


def _soft_line_ends(lines: list[str], start: int, end: int) -> list[int]:
    if end - start < _MIN_WRAPPED_LINES:
        return []
    width = max(len(lines[number]) for number in range(start, end))
    if not _MIN_WRAP_WIDTH <= width <= _MAX_WRAP_WIDTH:
        return []
    soft = []
    for number in range(start, end - 1):
        following = lines[number + 1]
        if not following[0].isspace() and len(lines[number]) + 1 + len(following.split(maxsplit=1)[0]) > width:
            soft.append(number)
    return soft if len(soft) >= _MIN_WRAPPED_SHARE * (end - 1 - start) else []
