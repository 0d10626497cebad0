"""The rows of a CSV or TSV file, also where its quotation marks are wrong.

What belongs here: lines to rows, and which lines are lost. What does not: the header (`table_layout.py`), what a row says
(`delimited.py`).

A row that the csv module reads to the header's width is taken. Where it does not, the lines decide: a line that has the
header's width by itself is a row, so a mark that is never closed costs nobody but itself. In turn are tried: backslashes before
marks, marks inside a quoted text, marks that are plain characters, commas of prose, a line end in an unquoted text. A line that
none of it makes a row is lost, and every lost line is named.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from pipelines.stages.ingest.readers.table_layout import WRAPPED, Layout, Line, Lines
from pipelines.stages.ingest.reasons import Reason

_QUOTE = '"'
# What a line without content has: white space, and the lines that are drawn below a header.
_RULES = " \t\r\n-=:+"
# Lines that a text with wrong marks, or without any, may go on for.
_MAX_MENDED_LINES = 500
# Lost lines of one place that are named one by one; the others stand in one refusal.
_MAX_NAMED_LINES = 200
# Times the longest row that may be looked ahead for marks that close nothing: else a file of them costs the square of its size.
_LOOKAHEAD_ROWS = 32
_MAX_KEY_CHARACTERS = 40
_KEY_ROWS = 50
_MAX_KEY_FORMS = 3
_DIGITS = re.compile(r"\d+")
_LETTERS = re.compile(r"[^\W\d_]+")
_ADDRESS = re.compile(r"https?://\S+")
# Delimiters that prose has: a line of prose may have a row's width by chance.
_PROSE_MARKS = ",;"


class Row(NamedTuple):
    """A row of as many fields as the header has names."""

    line: int  # that it begins with
    fields: list[str]


class LostLine(NamedTuple):
    """A line, or several, that no row could be made of."""

    line: int
    reason: Reason
    message: str
    lines: int = 1


class RowReader:
    """Iterates over the rows and the lost lines below a header.

    Args:
        lines: what comes behind the header.
        layout: the header.
        limit: characters of the longest row.
    """

    def __init__(self, lines: Lines, layout: Layout, *, limit: int) -> None:
        self._lines = lines
        self._layout = layout
        self._width = len(layout.names)
        self._limit = limit
        self._budget = _LOOKAHEAD_ROWS * limit
        self._keys: list[set[str | None]] = [set() for _ in layout.names]
        self._keyed_rows = 0
        self._first_form: str | None = None  # of the first field of the row that is being mended
        usual: dict[str, Any] = {"delimiter": layout.delimiter, "strict": True}
        escaped = {**usual, "escapechar": "\\"}
        dialects = [usual, escaped]
        self._spaced = [{**dialect, "skipinitialspace": True} for dialect in dialects]
        self._dialects = self._spaced if layout.skips_space else dialects
        space = r"[ \t]*" if layout.delimiter != "\t" else " *"
        mark = re.escape(layout.delimiter)
        prose = "" if layout.skips_space or layout.delimiter not in _PROSE_MARKS else r'(?! [^"])'
        self._closing = re.compile(rf'(?<!\\)"+(?={space}(?:{mark}{prose}|$))')

    def __iter__(self) -> Iterator[Row | LostLine]:
        while (line := self._lines.peek()) is not None:
            if line.is_cut:
                yield LostLine(line.number, Reason.RECORD_TOO_LARGE, f"line {line.number} is over the size limit")
                self._lines.drop()
            elif not line.text.strip(_RULES + self._layout.delimiter):
                self._lines.drop()
            else:
                yield from self._next(line)

    def _next(self, line: Line) -> Iterator[Row | LostLine]:
        if _QUOTE not in line.text:
            fields = self._fit(self._split(line.text))
            if fields is not None:
                yield self._taken(line, fields, 1)
                return
        else:
            self._first_form = _form(self._split(line.text)[0])
            for dialect in self._ordered_dialects(line.text):
                parsed, used, size = self._parse(dialect)
                fields = self._fit(parsed)
                if fields is not None and not self._is_stray(used):
                    yield self._taken(line, fields, used)
                    return
                self._budget -= size
        yield from self._mended(line)

    def _ordered_dialects(self, text: str) -> list[dict[str, Any]]:
        """The dialects to try; a mark that opens behind a space first tells that spaces are none of the fields."""
        return self._spaced + self._dialects if f'{self._layout.delimiter} "' in text else self._dialects

    def _mended(self, line: Line) -> Iterator[Row | LostLine]:
        """What can be made of a line at which the csv module gives no row."""
        self._first_form = _form(self._split(line.text)[0])
        is_open = _QUOTE in line.text and self._scan(line.text) is None
        if _QUOTE in line.text:
            for used, text in self._continued():
                fields = self._fit(self._scan(text))
                if fields is not None:
                    yield self._taken(line, fields, used)
                    return
        if is_open:
            yield from self._open_mark(line)
            return
        whole = self._scan(line.text) or self._split(line.text)
        plain = self._merged([_without_marks(field) for field in self._split(line.text)])
        for fields, used in ((self._merged(whole), 1), (plain, 1), self._joined(), (self._padded(whole), 1)):
            if fields is not None:
                yield self._taken(line, fields, used)
                return
        self._lines.drop()
        reason = f"{len(whole)} columns, the header {self._width}"
        if _QUOTE in line.text:
            yield LostLine(line.number, Reason.MALFORMED_TABLE, f"line {line.number}: {reason} (a quote?)")
        else:
            yield LostLine(line.number, Reason.WRONG_COLUMNS, f"line {line.number} has {reason}")

    def _open_mark(self, line: Line) -> Iterator[Row | LostLine]:
        """A mark that is never closed: the row reaches to the next line that is a row by itself."""
        fields = self._merged(self._split(line.text))
        is_text = (
            fields is not None and fields[-1].lstrip().startswith(_QUOTE) and self._layout.text_index == self._width - 1
        )
        first = line.number
        self._lines.drop()
        if fields is not None and not is_text:
            yield self._row(line, [_without_marks(field) for field in fields])
            return
        rest: list[Line] = []
        size = len(line.text)
        while (other := self._lines.peek()) is not None and self._goes_on(other):
            self._lines.drop()
            size += len(other.text)
            if size <= self._limit:
                rest.append(other)
        texts = [other.text for other in rest]
        if size > self._limit:
            yield LostLine(first, Reason.RECORD_TOO_LARGE, f"row at line {first}: a field over the size limit")
        elif fields is not None:
            fields[-1] = "".join([fields[-1], "\n", *texts]).rstrip()
            yield self._row(line, [_without_marks(field) for field in fields])
        else:
            yield from _lost([line, *rest])

    def _goes_on(self, line: Line) -> bool:
        """Whether a line can belong to a text that an open mark begins."""
        if line.is_cut or self._begins_row(line.text):
            return False
        return self._layout.delimiter in _PROSE_MARKS or self._layout.delimiter not in line.text

    def _parse(self, dialect: dict[str, Any]) -> tuple[list[str] | None, int, int]:
        """The fields of the row that begins here by the csv module; the lines and characters that it has read."""
        used = size = 0

        def row_lines() -> Iterator[str]:
            nonlocal used, size
            while (line := self._lines.peek(used)) is not None and not line.is_cut:
                size += len(line.text)
                if size > self._limit or (used and self._budget < 0):
                    return
                used += 1
                yield line.text

        try:
            return next(csv.reader(row_lines(), **dialect)), used, size
        except (csv.Error, StopIteration):
            return None, used, size

    def _scan(self, text: str) -> list[str] | None:
        """The fields of a row in which a mark closes only before a delimiter or at the end; None if one is not closed."""
        text = text.rstrip("\r\n")
        delimiter = self._layout.delimiter
        fields = []
        position = 0
        while position >= 0:
            start = position
            while text.startswith(" ", start):
                start += 1
            if text.startswith(_QUOTE, start):
                end = next((mark.end() for mark in self._closings(text, start)), None)
                if end is None:
                    return None
                fields.append(text[start + 1 : end - 1].replace('""', _QUOTE).replace('\\"', _QUOTE))
                position = text.find(delimiter, end)
            else:
                position, start = text.find(delimiter, start), start if self._layout.skips_space else position
                fields.append(text[start:] if position < 0 else text[start:position])
            position += 1 if position >= 0 else 0
        return fields

    def _closings(self, text: str, start: int) -> Iterator[re.Match[str]]:
        """Marks that may close the field which opens at `start`: two of them are one of the text."""
        for mark in self._closing.finditer(text, start + 1):
            if (mark.end() - mark.start()) % 2:
                yield mark

    def _continued(self) -> Iterator[tuple[int, str]]:
        """The text from here on, of one line, of two and so on, up to a line that is a row by itself."""
        text = ""
        for used in range(_MAX_MENDED_LINES):
            line = self._lines.peek(used)
            if line is None or line.is_cut or (used and (self._budget < 0 or self._begins_row(line.text))):
                return
            text += line.text
            self._budget -= len(text) if used else 0
            yield used + 1, text

    def _joined(self) -> tuple[list[str] | None, int]:
        """A row whose unquoted text has line ends: short lines that together have the header's width."""
        fields: list[str] = []
        for used, text in self._continued():
            line = self._lines.peek(used - 1)
            if line is None or _QUOTE in text or (used > 1 and len(fields) - 1 != self._layout.text_index):
                break
            parts = self._split(line.text)
            fields = [*fields[:-1], f"{fields[-1]}\n{parts[0]}", *parts[1:]] if fields else parts
            if used > 1 and len(fields) >= self._width:
                return self._fit(fields), used
        return None, 0

    def _split(self, text: str) -> list[str]:
        """The fields of a line without quoting."""
        fields = text.rstrip("\r\n").split(self._layout.delimiter)
        if self._layout.skips_space:
            fields = [field.lstrip(" ") for field in fields]
        return fields

    def _fit(self, fields: list[str] | None) -> list[str] | None:
        """The fields without empty ones behind the header's last; None when they are not as many as the header has."""
        if fields is None:
            return None
        if len(fields) > self._width and not any(map(str.strip, fields[self._width :])):
            fields = fields[: self._width]
        return fields if len(fields) == self._width else None

    def _merged(self, fields: list[str]) -> list[str] | None:
        """The fields with commas of prose put back: a delimiter before a space is none where the header has no spaces."""
        if self._layout.delimiter not in _PROSE_MARKS or self._layout.skips_space:
            return self._fit(fields)
        merged = fields[:1]
        for field in fields[1:]:
            if field.startswith(" ") and merged[-1].strip():
                merged[-1] += self._layout.delimiter + field
            else:
                merged.append(field)
        return self._fit(merged)

    def _padded(self, fields: list[str]) -> list[str] | None:
        """A row that ends early, but behind its text; a line without any delimiter is none."""
        index = self._layout.text_index
        if not max(index, 1) < len(fields) < self._width or not fields[index].strip():
            return None
        return fields + [""] * (self._width - len(fields))

    def _alone(self, text: str) -> list[str] | None:
        """The fields of a line that is a row by itself, and looks like the rows so far."""
        if not text.strip():
            return None
        fields: list[str] | None = None
        if _QUOTE not in text:
            fields = self._fit(self._split(text))
        else:
            for dialect in self._ordered_dialects(text):
                try:
                    fields = self._fit(next(csv.reader([text], **dialect)))
                except (csv.Error, StopIteration):
                    continue
                if fields is not None:
                    break
        return fields if fields is not None and self._looks_known(fields) else None

    def _is_stray(self, used: int) -> bool:
        """Whether the marks that join so many lines are stray: each line is a row by itself, and looks like the others."""
        if used < 2 or self._width < 2:
            return False
        first: list[str | None] = []
        for offset in range(used):
            line = self._lines.peek(offset)
            if line is None or line.is_blank:
                continue
            fields = self._alone(line.text) or self._merged(self._split(line.text))
            if fields is None:
                return False
            forms = [_form(field) for field in fields]
            if not first:
                first = forms
            elif self._layout.delimiter in _PROSE_MARKS and not any(
                form is not None and form == other for form, other in zip(forms, first, strict=True)
            ):
                return False
        return True

    def _begins_row(self, text: str) -> bool:
        """Whether a line is a row by itself, or would be one but for its marks and tells so by a number, date or address."""
        if self._alone(text) is not None:
            return True
        fields = self._split(text)
        if self._first_form is not None and len(fields) > 1 and _form(fields[0]) == self._first_form:
            return True
        merged = self._merged(fields) if _QUOTE in text else None
        return merged is not None and self._looks_known(merged, is_sure=True)

    def _looks_known(self, fields: list[str], *, is_sure: bool = False) -> bool:
        """Whether one of the fields that tell rows apart (a number, a date, an address) has the form it has in other rows.

        Args:
            fields: of a line.
            is_sure: where no field is known to tell rows apart, a mark must open the last one.
        """
        if self._layout.delimiter not in _PROSE_MARKS:
            return True
        if self._first_form is not None and _form(fields[0]) == self._first_form:
            return True
        keys = [index for index, forms in enumerate(self._keys) if forms and None not in forms]
        keys = [index for index in keys if len(self._keys[index]) <= _MAX_KEY_FORMS]
        if not keys:
            return self._first_form is None and (not is_sure or fields[-1].startswith(_QUOTE))
        return any(_form(fields[index]) in self._keys[index] for index in keys)

    def _taken(self, line: Line, fields: list[str], used: int) -> Row:
        self._lines.drop(used)
        self._budget = min(self._budget + 2 * sum(map(len, fields)), _LOOKAHEAD_ROWS * self._limit)
        return self._row(line, fields)

    def _row(self, line: Line, fields: list[str]) -> Row:
        if self._keyed_rows < _KEY_ROWS:
            self._keyed_rows += 1
            for forms, field in zip(self._keys, fields, strict=True):
                forms.add(_form(field))
        return Row(line.number, fields)


def _without_marks(field: str) -> str:
    """A field that was read without quoting, without the marks around it or the only one that it begins or ends with."""
    bare = field.strip()
    if bare.count(_QUOTE) == 1 and (bare.startswith(_QUOTE) or bare.endswith(_QUOTE)):
        return bare.strip(_QUOTE)
    if WRAPPED.fullmatch(bare):
        return bare[1:-1].replace('""', _QUOTE)
    return field


def _form(field: str) -> str | None:
    """The form of a number, a date, a code or an address; None for words."""
    field = field.strip(' "\t\r\n')
    if _ADDRESS.fullmatch(field):
        return "address"
    if len(field) > _MAX_KEY_CHARACTERS or not _DIGITS.search(field):
        return None
    return _LETTERS.sub("a", _DIGITS.sub("9", field))


def _lost(lines: list[Line]) -> Iterator[LostLine]:
    """A refusal for each line; where they are many, one for the rest of them."""
    lines = [line for line in lines if not line.is_blank]
    named, others = lines[:_MAX_NAMED_LINES], lines[_MAX_NAMED_LINES:]
    why = f"belongs to a row that cannot be parsed: a quote opens in line {lines[0].number} and is not closed"
    for line in named:
        yield LostLine(line.number, Reason.MALFORMED_TABLE, f"line {line.number} {why}")
    if others:
        message = f"lines {others[0].number} to {others[-1].number} ({len(others)} lines): each {why}"
        yield LostLine(others[0].number, Reason.MALFORMED_TABLE, message, len(others))
