"""Sentences that run on without a space behind the full stop: "in 2015.Mali then", "the pact.”The premier".

What belongs here: how the tokenizer splits there and where the next sentence starts. What does not: other sentence starts
(`component.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from spacy.tokens import Doc

from pipelines.nlp.document_data import text_of

_CAPITAL = "[A-ZÀ-ÖØ-Þ]"
_SMALL = "[a-zß-öø-ÿ]"
_CLOSING = "”’\"'»)"
_OPENING = "“‘«"
# Written with a capital, still the end of a host's or a file's name ("Amazon.Com", "Report.Pdf"), not of a sentence.
_NAME_ENDINGS = r"(?:Com|Org|Net|Edu|Io|Tv|Js|Pdf|Docx?|Xlsx?|Pptx?|Html?|Php|Aspx?|Txt|Csv|Jpe?g|Png|Mp[34])\b"
# A word of two letters or more; "A" and "I" are words before a space.
_WORD = rf"(?!{_NAME_ENDINGS})(?:{_CAPITAL}(?:{_SMALL}|{_CAPITAL})|[AI] )"
# Within a token there is no space behind "A".
_WORD_IN_TOKEN = rf"(?!{_NAME_ENDINGS})(?:{_CAPITAL}{_SMALL}|{_CAPITAL}{{2}}|[AI]$)"
# What a sentence ends with; initials ("J.Smith", "U.S.Army") are single capitals.
_BEFORE = rf"(?:(?<={_SMALL})|(?<={_CAPITAL}{{2}})|(?<=[0-9%{_CLOSING}]))"

RUN_ON_INFIXES = (
    rf"{_BEFORE}[.!?](?=[{_CLOSING}{_OPENING}]*{_WORD_IN_TOKEN})",
    rf"(?<=[.!?])[{_CLOSING}{_OPENING}](?=[{_CLOSING}{_OPENING}]*{_WORD_IN_TOKEN})",
    rf"[%{_CLOSING}](?=[.!?]{_WORD_IN_TOKEN})",
)
# The tokenizer's own split at a stop, kept from the ends of names.
NO_NAME_ENDING = rf"(?!{_NAME_ENDINGS})"

# What is before a stop is asked behind it, so that only stops are looked at and not every character.
_STOP = "[.!?]"
_BEHIND = rf"(?:(?<={_SMALL}{_STOP})|(?<={_CAPITAL}{{2}}{_STOP})|(?<=[0-9%{_CLOSING}]{_STOP}))"
_RUN_ON = re.compile(rf"(?P<stop>{_STOP})(?!\s){_BEHIND}(?P<closing>[{_CLOSING}]*)[{_OPENING}]*(?={_WORD})")
# A capitalised word of up to three letters may abbreviate ("Gov.Lee", "No.Ten"); a number at the start of a line counts it
# ("1.Introduction").
_ABBREVIATION = re.compile(rf"(?:^|[^\w.])(?:{_CAPITAL}{_SMALL}{{1,2}}|{_SMALL})$|(?:^|\n)[^\w\n]*[0-9]{{1,3}}$")
_ABBREVIATION_REACH = 8
_ADDRESS = re.compile(r"[@/\\_]|www\.|\.[a-z]{2}")
_ADDRESS_REACH = 100


class RunOn(NamedTuple):
    """The end of a sentence that runs on into the next.

    Attributes:
        closing: index of the token behind the stop: a closing quotation mark or bracket, or the next sentence's first.
        start: index of the next sentence's first token.
    """

    closing: int
    start: int


def run_ons(doc: Doc) -> list[RunOn]:
    """Where a sentence starts that no space parts from the one before, in ascending order."""
    offsets = list(_offsets(text_of(doc)))
    if not offsets:
        return []
    tokens = {token.idx: token.i for token in doc}
    # A stop that is part of its token is an abbreviation's.
    return [RunOn(tokens[stop] + 1, tokens[start]) for stop, start in offsets if stop in tokens and start in tokens]


def _offsets(text: str) -> Iterator[tuple[int, int]]:
    """Offsets of stops and of the sentences behind them."""
    counted = 0
    is_quoted = False  # whether a straight quotation mark is open in the paragraph
    for match in _RUN_ON.finditer(text):
        stop = match.start("stop")
        paragraph = text.rfind("\n", counted, stop)
        if paragraph >= 0:
            counted, is_quoted = paragraph, False
        is_quoted ^= text.count('"', counted, stop) % 2 == 1
        counted = stop
        if match["stop"] == "." and _ABBREVIATION.search(text[max(0, stop - _ABBREVIATION_REACH) : stop]):
            continue
        if _is_in_address(text, stop):
            continue
        is_opening = match["closing"] == '"' and not is_quoted
        yield stop, match.start("closing") if is_opening else match.end("closing")


def _is_in_address(text: str, stop: int) -> bool:
    """Whether the run of characters without a space around a stop is an e-mail address, a path or a host's name."""
    before = text[max(0, stop - _ADDRESS_REACH) : stop].rsplit(None, 1)
    after = text[stop : stop + _ADDRESS_REACH].split(None, 1)
    return _ADDRESS.search(before[-1] + after[0]) is not None
