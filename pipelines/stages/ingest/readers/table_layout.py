"""How a CSV or TSV file is laid out: what stands above the header, the delimiter, the names of the columns.

What belongs here: lines with look-ahead, and `find_layout`. What does not: the rows (`table_rows.py`), what a column means
(`fields.py`).

The delimiter is the one under which a line has most columns and one of them holds the text. Above the header may stand what
spreadsheets and exports put there: blank lines, `sep=;`, a title, a first level of column names.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple, TextIO

from pipelines.stages.ingest.readers.fields import KNOWN_NAMES, normal_name, text_field
from pipelines.stages.ingest.readers.raw_record import ReadOptions
from pipelines.stages.ingest.reasons import Reason, Refused

_DELIMITERS = (",", ";", "\t", "|", "\x01", "^", "~", "¦")
# Of a table of one column: a character that no text has, so that commas in it divide nothing.
NO_DELIMITER = "\x1f"
_MAX_PREAMBLE_LINES = 20
_MAX_HEADER_LINES = 20
_MAX_NAME_CHARACTERS = 200
# A whole line or field in marks, in which others are doubled.
WRAPPED = re.compile(r'"(?:[^"]|"")*"')
_HINT = re.compile(r'"?sep=(\\t|.)"?[,;\t]*', re.IGNORECASE | re.DOTALL)
# The csv module's own limit of 131,072 would end the reading at the first long article.
_MAX_FIELD_CHARACTERS = 64 * 1024**2
# R numbers its rows; a longer number is an id.
_ROW_NAME = re.compile(r"[0-9]{1,9}")
_SAMPLE_LINES = 5


class Line(NamedTuple):
    """A line of the file with its end; `is_cut` when it is longer than any row may be and only its begin is here."""

    number: int  # from 1
    text: str
    is_cut: bool = False

    @property
    def is_blank(self) -> bool:
        """Whether it has white space only."""
        return not self.text.strip()


class Lines:
    """The lines of a stream, with look-ahead.

    Where the first line ends with a line feed only line feeds end a line: a lone carriage return stands in a text.

    Args:
        text: the stream, opened without translation of line ends.
        limit: characters beyond which a line is cut.
    """

    def __init__(self, text: TextIO, limit: int) -> None:
        self._text = text
        self._limit = limit
        self._waiting: deque[Line] = deque()
        self._read = 0
        self._ends_with_return: bool | None = None
        self._is_wrapped = False

    def unwrap(self) -> None:
        """From the next line on, take away the marks around lines that are one marked field as a whole."""
        self._waiting = deque(line._replace(text=_unwrapped(line.text)) for line in self._waiting)
        self._is_wrapped = True

    def peek(self, offset: int = 0) -> Line | None:
        """The line that comes next, or one so many lines later; None behind the last one."""
        while len(self._waiting) <= offset:
            line = self._next()
            if line is None:
                return None
            self._waiting.append(line)
        return self._waiting[offset]

    def drop(self, count: int = 1) -> None:
        """Go on behind so many lines, all of which were peeked at."""
        for _ in range(count):
            self._waiting.popleft()

    def _next(self) -> Line | None:
        text = self._text.readline(self._limit)
        if not text:
            return None
        self._read += 1
        if self._ends_with_return is None:
            self._ends_with_return = text.endswith("\r")
        size = len(text)
        is_cut = False
        while not self._is_whole(text) and (more := self._text.readline(self._limit)):
            size += len(more)
            is_cut = is_cut or size > self._limit
            text = more if is_cut else text + more
        return Line(self._read, _unwrapped(text) if self._is_wrapped else text, is_cut)

    def _is_whole(self, text: str) -> bool:
        return text.endswith("\n") or (bool(self._ends_with_return) and text.endswith("\r"))


class Layout(NamedTuple):
    """How the rows below a header are to be read."""

    delimiter: str
    names: tuple[str, ...]
    text_index: int  # of the first column that holds the text
    skips_space: bool  # a space after the delimiter is none of the field
    rows_above: tuple[int, ...] = ()  # lines above the header that look like rows


def find_layout(lines: Lines, options: ReadOptions) -> Layout:
    """Find the header, and go on behind it.

    Raises:
        Refused: nothing but white space, or no line among the first has a column for the text.
    """
    csv.field_size_limit(_MAX_FIELD_CHARACTERS)
    delimiters: tuple[str, ...] = _DELIMITERS
    first: Line | None = None
    offset = 0
    passed: list[Line] = []
    while (line := lines.peek(offset)) is not None and len(passed) <= _MAX_PREAMBLE_LINES:
        if line.is_blank:
            offset += 1
            continue
        if first is None and (hint := _HINT.fullmatch(line.text.strip("\ufeff\r\n "))):
            delimiters = ("\t" if hint[1] == "\\t" else hint[1], *_DELIMITERS)
            offset += 1
            continue
        first = first or line
        if not passed and _is_wrapped_header(line.text, options):
            lines.unwrap()
        found = max((_header(lines, offset, mark, options) for mark in delimiters), key=_columns)
        if not _columns(found) and not passed:
            found = _header(lines, offset, NO_DELIMITER, options)
        if found is not None and (not passed or _may_follow_others(found[0])):
            layout, used = found
            below = _header(lines, offset + used, layout.delimiter, options)
            if below is not None and _may_follow_others(below[0]) and _known_names(below[0]) > _known_names(layout):
                layout, used = below[0], used + below[1]  # the first line groups the columns
            lines.drop(offset + used)
            above = tuple(other.number for other in passed if _is_row(other, layout))
            return _with_row_names(lines, layout)._replace(rows_above=above)
        offset += 1
        passed.append(line)
    if first is None:
        raise Refused(Reason.EMPTY, "empty file")
    raise Refused(Reason.MISSING_COLUMN, f"no column for the text in the header {first.text.strip()[:200]!r}")


def _unwrapped(text: str) -> str:
    """The content of a line that is one marked field, as spreadsheets write a line which they did not divide."""
    bare = text.rstrip("\r\n")
    return bare[1:-1].replace('""', '"') + text[len(bare) :] if WRAPPED.fullmatch(bare) else text


def _is_wrapped_header(text: str, options: ReadOptions) -> bool:
    inner = _unwrapped(text.lstrip("\ufeff"))
    if inner == text or text_field([inner], options.fields) is not None:
        return False
    return any(len(names := _cells(inner, mark)) > 1 and text_field(names, options.fields) for mark in _DELIMITERS)


def _columns(found: tuple[Layout, int] | None) -> int:
    return len(found[0].names) if found is not None else 0


def _header(lines: Lines, offset: int, delimiter: str, options: ReadOptions) -> tuple[Layout, int] | None:
    """The layout by a header of this delimiter, and its number of lines; None when it is none."""
    used = 0

    def header_lines() -> Iterator[str]:
        nonlocal used
        while used < _MAX_HEADER_LINES and (line := lines.peek(offset + used)) is not None and not line.is_cut:
            used += 1
            yield line.text.lstrip("\ufeff")

    first = lines.peek(offset)
    if first is None or first.is_cut or (delimiter != NO_DELIMITER and delimiter not in first.text):
        return None
    try:
        names = next(csv.reader(header_lines(), delimiter=delimiter, strict=True))
    except (csv.Error, StopIteration, ValueError):
        used = 1
        names = first.text.strip("\ufeff\r\n").split(delimiter)
    text_name = text_field(names, options.fields)
    if text_name is None or max(map(len, names)) > _MAX_NAME_CHARACTERS:
        return None
    spaced = [name for name in names[1:] if name.strip()]
    skips_space = bool(spaced) and all(name.startswith(" ") for name in spaced)
    return Layout(delimiter, tuple(names), names.index(text_name), skips_space), used


def _may_follow_others(layout: Layout) -> bool:
    """Whether a line that is not the first one is a header: every cell a name, no number, date or address."""
    return len(layout.names) > 1 and not any(any(map(str.isdigit, name)) or "://" in name for name in layout.names)


def _is_row(line: Line, layout: Layout) -> bool:
    """Whether a line above the header is no title or level of names: it has the header's width, and numbers or a text."""
    cells = _cells(line.text, layout.delimiter)
    if len(cells) != len(layout.names) or not cells[layout.text_index].strip():
        return False
    return max(map(len, cells)) > _MAX_NAME_CHARACTERS or any(map(str.isdigit, "".join(cells)))


def _known_names(layout: Layout) -> int:
    """How many names of the header have a meaning."""
    return sum(normal_name(name) in KNOWN_NAMES for name in layout.names)


def _with_row_names(lines: Lines, layout: Layout) -> Layout:
    """The layout with an unnamed first column when the rows have one more than the header, as R writes row names."""
    rows = []
    for offset in range(_SAMPLE_LINES):
        line = lines.peek(offset)
        if line is not None and not line.is_blank and not line.is_cut:
            rows.append(_cells(line.text, layout.delimiter))
    width = len(layout.names) + 1
    numbers = [int(row[0]) for row in rows if len(row) == width and _ROW_NAME.fullmatch(row[0]) and row[-1].strip()]
    if len(rows) < 2 or len(numbers) < len(rows):
        return layout
    if numbers[0] > 1 or numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        return layout
    return layout._replace(names=("", *layout.names), text_index=layout.text_index + 1)


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True))
    except (csv.Error, StopIteration):
        return line.rstrip("\r\n").split(delimiter)
