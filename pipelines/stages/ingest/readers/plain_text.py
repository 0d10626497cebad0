"""Reader of plain text and Markdown: one file, one document.

What belongs here: the optional metadata header of such files. Text files have none as a rule, so their text is taken as it
is, to the character. A header is recognised in two forms only: YAML front matter between lines of `---`, and, at the very
top of the file, two or more lines `Title: ...`, `Date: ...` and so on, closed by a blank line.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from pipelines.stages.ingest.decoding import decode
from pipelines.stages.ingest.readers.feed_xml import read_feed
from pipelines.stages.ingest.readers.fields import record_from_fields
from pipelines.stages.ingest.readers.html_page import read_html
from pipelines.stages.ingest.readers.mail_message import is_mail, read_mail
from pipelines.stages.ingest.readers.raw_record import BadRecord, RawRecord, Reader, ReadOptions, SkippedRecord
from pipelines.stages.ingest.reasons import Reason, Refused

_FRONT_MATTER = re.compile(r"---[ \t]*\r?\n(.{0,20000}?)\r?\n(?:---|\.\.\.)[ \t]*\r?\n", re.DOTALL)
_HEADER_LINE = re.compile(
    r"(title|headline|date|published|published[ _]date|author|byline|url|link|source|publisher):[ \t]+(\S[^\r\n]*)",
    re.IGNORECASE,
)
_MIN_HEADER_LINES = 2
_HEAD_BYTES = 4_096
_PAGE = re.compile(rb"<!doctype\s+html|<html[\s>]", re.IGNORECASE)
_XML = re.compile(rb"<\?xml\s|<rss[\s>]|<feed\s")


def read_plain_text(stream: BinaryIO, options: ReadOptions) -> Iterator[RawRecord | BadRecord | SkippedRecord]:
    """Read a file of plain text; a page, a feed or mail that is called text is read as what it is."""
    buffered = io.BufferedReader(stream, 2 * _HEAD_BYTES)  # type: ignore[type-var]
    head = buffered.peek(_HEAD_BYTES)
    if (read := _other_reader(head)) is not None:
        yield from read(buffered, options)
        return
    text = read_text(buffered, options)
    yield record_from_fields(*_split_header(text), number=1)


def _other_reader(head: bytes) -> Reader | None:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if _PAGE.match(start):
        return read_html
    if _XML.match(start):
        return read_feed
    return read_mail if is_mail(head) else None


def read_markdown(stream: BinaryIO, options: ReadOptions) -> Iterator[RawRecord | BadRecord]:
    """Read a Markdown file; its first heading is the title where the header names none."""
    fields, body = _split_header(read_text(stream, options))
    heading = re.match(r"\s*#[ \t]+(\S[^\n]*?)[ \t#]*(?:\n|$)", body)
    if heading and "title" not in fields:
        fields = {**fields, "title": heading.group(1)}
        body = body[heading.end() :]
    yield record_from_fields(fields, _without_markup(body), number=1)


def read_text(stream: BinaryIO, options: ReadOptions) -> str:
    """Read and decode a whole file as one text.

    Raises:
        Refused: it is empty, too long or no text.
    """
    data = stream.read(options.max_text_bytes + 1)
    if len(data) > options.max_text_bytes:
        raise Refused(
            Reason.TEXT_TOO_LONG,
            f"text too long: over {options.max_text_bytes} bytes (size limit max_document_characters "
            f"{options.max_characters})",
        )
    if not data:
        raise Refused(Reason.EMPTY, "empty file")
    return decode(data, encoding=options.encoding).text


def _split_header(text: str) -> tuple[Mapping[str, Any], str]:
    """The fields of a metadata header, and the text after it; no fields and the whole text where there is no header."""
    if text.startswith("---") and (matter := _FRONT_MATTER.match(text)):
        fields = _yaml_fields(matter.group(1))
        if fields:
            return fields, text[matter.end() :]
    fields = {}
    position = 0
    while line := _HEADER_LINE.match(text, position):
        fields[line.group(1).lower().replace(" ", "_")] = line.group(2).rstrip()
        position = line.end() + (2 if text.startswith("\r\n", line.end()) else 1)
    blank = re.compile(r"[ \t]*\r?\n").match(text, position)
    if len(fields) >= _MIN_HEADER_LINES and blank:
        return fields, text[blank.end() :]
    return {}, text


def _yaml_fields(header: str) -> Mapping[str, Any]:
    if "&" in header:  # anchors and aliases: a few hundred bytes can expand to gigabytes
        return {}
    import yaml

    try:
        fields = yaml.safe_load(header)
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}
    return {str(key).lower(): value for key, value in fields.items()} if isinstance(fields, dict) else {}


_MARKUP = (
    (re.compile(r"^[ \t]{0,3}#{1,6}[ \t]+(.*?)[ \t#]*$", re.MULTILINE), r"\1"),  # headings
    (re.compile(r"!\[[^\]\n]{0,500}\]\([^)\n]{0,2000}\)"), ""),  # images
    (re.compile(r"\[([^\]\n]{1,500})\]\([^)\n]{0,2000}\)"), r"\1"),  # links
    (re.compile(r"(\*\*|__)(?=\S)([^\n]{1,2000}?\S)\1"), r"\2"),  # bold
    (re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]{1,2000}?)(?<=\S)\*(?![\w*])"), r"\1"),  # italics
    (re.compile(r"(?<![\w_])_(?=[^\s_])([^_\n]{1,2000}?)(?<=\S)_(?![\w_])"), r"\1"),
    (re.compile(r"^[ \t]{0,3}>[ \t]?", re.MULTILINE), ""),  # quotations
    (re.compile(r"^[ \t]{0,3}(?:[-*_][ \t]*){3,}$", re.MULTILINE), ""),  # rules
)


def _without_markup(text: str) -> str:
    """Markdown as plain text: the words stay, headings, emphasis, links, images and quotation marks of lines go."""
    for pattern, replacement in _MARKUP:
        text = pattern.sub(replacement, text)
    return text
