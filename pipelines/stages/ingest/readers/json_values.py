"""The values of a JSON file, also of one that is no single value or is broken in places.

What belongs here: text to values, and what of it is lost. What does not: which values are records (`json_shapes.py`).

Values stand alone, one after another (a line each, as `jq` prints them, as a JSON text sequence), or in a list. Where the text is
broken, the reading goes on at the next value: a record that is none costs itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import Any, NamedTuple

from pipelines.stages.ingest.reasons import Reason, Refused

# Python's own limit on the digits of an integer refuses the record; no number of a news record has more.
_MAX_DIGITS = 4_000
# What may stand between values: white space (the record separator of RFC 7464 is), commas, marks of byte order, zero bytes.
_GAP = re.compile(r"[\s,\ufeff\x00]*")
# Where the next value of a sequence can begin, and the next of a list.
_NEXT_IN_SEQUENCE = re.compile(r"\n[\x1e\ufeff]*(?=[{\[])")
_NEXT_IN_LIST = re.compile(r"\}\s*,\s*(?=\{)")
_LIST_OF_OBJECTS = re.compile(r"\[\s*(?=\{)")
_CLOSERS = re.compile(r"[\s\]},]*")
# What may follow a list in an object.
_TAIL = re.compile(r'\s*(?:,\s*"|[}\]]|\Z)')
_MAX_LISTS = 50
# Places that may be tried in vain while the next element of a broken list is sought.
_MAX_VAIN_TRIES = 2_000
# What the usual faults look like at the place where the parser stops.
_HINTS = (
    (re.compile(r"\s*(//|/\*|#)"), "a comment; JSON has none"),
    (re.compile(r"\s*,?\s*[}\]]"), "a trailing comma?"),
    (re.compile(r"\s*'"), "single quotes: Python or JavaScript, not JSON"),
    (re.compile(r"\s*(None|True|False|undefined)\b"), "a value of Python or JavaScript, not JSON"),
    (re.compile(r"\s*\Z"), "it ends early: cut short?"),
)


class Value(NamedTuple):
    """A value and the line that it begins in."""

    line: int
    value: Any


class Broken(NamedTuple):
    """A part of the text that is no value, and the line that it begins in."""

    line: int
    reason: Reason
    message: str


def parse_line(text: str) -> Iterator[Value | Broken]:
    """The values of a line: one, or several without a line end between them.

    Raises:
        Refused: it begins with none, or with one that is nested too deeply; nothing was given before.
    """
    try:
        value, end = _DECODER.raw_decode(text, _gap(text, 0))
    except (RecursionError, ValueError) as error:
        raise _refusal(error, text) from error
    yield Value(1, value)
    yield from _sequence(text, _gap(text, end), _LineCounter(text))


def parse_values(text: str, is_record: Callable[[Any], bool]) -> Iterator[Value | Broken]:
    """The values of a text, in their order, with what is broken between them.

    Args:
        text: the text.
        is_record: tells the elements of a list that are looked for where the whole is broken.

    Raises:
        Refused: no value can be read; nothing was given before.
    """
    start = _gap(text, 0)
    try:
        value, end = _DECODER.raw_decode(text, start)
    except (RecursionError, ValueError) as error:
        yield from _mended(text, start, error, is_record)
        return
    lines = _LineCounter(text)
    yield Value(lines.at(start), value)
    yield from _sequence(text, _gap(text, end), lines)


def _mended(text: str, start: int, error: Exception, is_record: Callable[[Any], bool]) -> Iterator[Value | Broken]:
    """The values of a text whose first one is broken: a list with a bad element, or a sequence with a bad begin."""
    for opening in islice(_LIST_OF_OBJECTS.finditer(text, start), _MAX_LISTS):
        elements = _Elements(text, opening.end(), is_record)
        if (found := _with_record(iter(elements), is_record)) is None:
            continue
        yield from found
        is_inside = opening.start() <= getattr(error, "pos", -1) <= elements.position
        if not is_inside:
            yield Broken(1, Reason.MALFORMED_JSON, f"what stands around the list: {_refusal(error, text).message}")
        if opening.start() == start or not _TAIL.match(text, elements.position):
            yield from _sequence(text, _gap(text, elements.position), _LineCounter(text))
        return
    if (found := _with_record(_sequence(text, start, _LineCounter(text)), is_record)) is None:
        raise _refusal(error, text) from error
    yield from found


def _with_record(parts: Iterator[Value | Broken], is_record: Callable[[Any], bool]) -> Iterator[Value | Broken] | None:
    """The parts, if one of them is a record."""
    waiting: list[Value | Broken] = []
    for part in parts:
        waiting.append(part)
        if isinstance(part, Value) and is_record(part.value):
            return chain(waiting, parts)
    return None


def _sequence(text: str, position: int, lines: _LineCounter) -> Iterator[Value | Broken]:
    is_broken = False
    while position < len(text):
        line = lines.at(position)
        try:
            value, end = _DECODER.raw_decode(text, position)
        except (RecursionError, ValueError) as error:
            if is_broken and _CLOSERS.fullmatch(text, position):  # of what was told to be broken
                return
            is_broken = True
            refusal = _refusal(error, text)
            following = _NEXT_IN_SEQUENCE.search(text, position)
            end = following.end() if following else len(text)
            last = lines.at(max(position, end - 2 if following else end - 1))
            where = f"line {line}" if last == line else f"lines {line} to {last}"
            yield Broken(line, refusal.reason, f"{where}: {refusal.message}")
        else:
            yield Value(line, value)
        position = _gap(text, end)


class _Elements:
    """Iterates over the elements of a list; `position` is how far it has come.

    Args:
        text: the text.
        position: behind the opening bracket.
        is_record: tells an element behind a broken one.
    """

    def __init__(self, text: str, position: int, is_record: Callable[[Any], bool]) -> None:
        self.position = _gap(text, position)
        self._text = text
        self._is_record = is_record
        self._vain = _MAX_VAIN_TRIES

    def __iter__(self) -> Iterator[Value | Broken]:
        lines = _LineCounter(self._text)
        while self.position < len(self._text) and self._text[self.position] != "]":
            line = lines.at(self.position)
            try:
                value, end = _DECODER.raw_decode(self._text, self.position)
                yield Value(line, value)
            except (RecursionError, ValueError) as error:
                end = self._next_element()
                rest = "" if end < len(self._text) else "; nothing behind it in this list can be read"
                message = f"the element that begins in line {line}: {_refusal(error, self._text).message}{rest}"
                yield Broken(line, _refusal(error, self._text).reason, message)
                if rest:
                    self.position = end
                    return
            self.position = _gap(self._text, end)
        if self.position >= len(self._text):
            line = lines.at(self.position)
            yield Broken(line, Reason.MALFORMED_JSON, f"line {line}: not JSON: the list is not closed; cut short?")
        else:
            self.position += 1

    def _next_element(self) -> int:
        """Where the next whole record of the list begins; the end of the text when none is found."""
        for candidate in _NEXT_IN_LIST.finditer(self._text, self.position):
            self._vain -= 1
            if self._vain < 0:
                break
            if _is_element(self._text, candidate.end(), self._is_record):
                return candidate.end()
        return len(self._text)


def _is_element(text: str, position: int, is_record: Callable[[Any], bool]) -> bool:
    """Whether a whole record begins at a place, with another one or the end of the list behind it."""
    try:
        value, end = _DECODER.raw_decode(text, position)
    except (RecursionError, ValueError):
        return False
    after = _gap(text, end)
    return is_record(value) and text[after : after + 1] in ("]", "{", "")


class _LineCounter:
    """The numbers of lines at places that only go forward."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0
        self._line = 1

    def at(self, position: int) -> int:
        if position < self._position:
            return 1 + self._text.count("\n", 0, position)
        self._line += self._text.count("\n", self._position, position)
        self._position = position
        return self._line


def _gap(text: str, position: int) -> int:
    match = _GAP.match(text, position)
    return match.end() if match else position


def _refusal(error: Exception, text: str) -> Refused:
    if isinstance(error, RecursionError):
        return Refused(Reason.TOO_DEEP, "nested too deeply (recursion limit)")
    if not isinstance(error, json.JSONDecodeError):
        return Refused(Reason.MALFORMED_JSON, f"not JSON: {error}")
    hint = next((words for pattern, words in _HINTS if pattern.match(text, error.pos)), None)
    if error.msg.startswith("Unterminated string"):
        hint = "a string that is never closed: cut short?"
    return Refused(Reason.MALFORMED_JSON, f"not JSON: {error}" + (f" ({hint})" if hint else ""))


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) < _MAX_DIGITS else float("inf")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; of two values of one key the last that is one, so that an empty one costs no text."""
    value = dict(pairs)
    if len(value) < len(pairs):
        for key, item in pairs:
            if value[key] in (None, "", [], {}):
                value[key] = item
    return value


# Control characters in strings, such as a tab, are no JSON, and harmless.
_DECODER = json.JSONDecoder(strict=False, parse_int=_integer, object_pairs_hook=_object)
