"""Reader of mail: one message (`.eml`, `.mht`) or a box of them (`.mbox`), one record a message.

What belongs here: messages to records, with the standard library's parser. The text is the plain part, or what is visible of
the HTML one; subject, sender and date are the title, author and date of publication. Attachments are no articles.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr
from typing import BinaryIO

from pipelines.stages.ingest.decoding import decode
from pipelines.stages.ingest.readers.html_page import page_record
from pipelines.stages.ingest.readers.markup import visible_text
from pipelines.stages.ingest.readers.raw_record import BadRecord, RawRecord, ReadOptions
from pipelines.stages.ingest.reasons import Reason, Refused

_MAX_BYTES = 256 * 1024**2
_MAX_MESSAGE_BYTES = 64 * 1024**2  # with its attachments
# The line before a message of a box: an address and the date that the box took it.
_SEPARATOR = re.compile(rb"^From \S.*\d{4}[ \t]*\r?$")
_ESCAPED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
_SIGNATURE = re.compile(r"\n-- ?\n(?:[^\n]{0,200}\n?){0,15}\Z")
# Fields that only mail has; a press release may begin with "From:" and "Subject:" too.
_FIELD = re.compile(
    rb"(?i)(received|return-path|delivered-to|message-id|mime-version|content-transfer-encoding|dkim-signature):"
)
_ANY_FIELD = re.compile(rb"[!-9;-~]{1,80}:|[ \t]")
_MIN_FIELDS = 2


def is_mail(head: bytes) -> bool:
    """Whether a file that begins like this is a message or a box of them, whatever its name.

    Args:
        head: its first bytes.
    """
    fields = set()
    for number, line in enumerate(head.lstrip(b"\r\n").splitlines()[:100]):
        if not line.strip() or not (_ANY_FIELD.match(line) or (number == 0 and _SEPARATOR.match(line))):
            break
        if field := _FIELD.match(line):
            fields.add(field.group(1).lower())
    return len(fields) >= _MIN_FIELDS


def read_mail(stream: BinaryIO, options: ReadOptions) -> Iterator[RawRecord | BadRecord]:
    """Read a message or a box of messages; a message that cannot be used costs itself."""
    data = stream.read(_MAX_BYTES + 1)
    if len(data) > _MAX_BYTES:
        raise Refused(Reason.RECORD_TOO_LARGE, f"a file of mail over {_MAX_BYTES} bytes (size limit)")
    if not data.strip():
        raise Refused(Reason.EMPTY, "empty file")
    for number, message in enumerate(_messages(data), start=1):
        if len(message) > _MAX_MESSAGE_BYTES:
            yield BadRecord(number, Reason.RECORD_TOO_LARGE, f"message {number} is over {_MAX_MESSAGE_BYTES} bytes")
            continue
        try:
            yield _record(message, number, options)
        except Refused as refusal:
            yield BadRecord(number, refusal.reason, f"message {number}: {refusal.message}")


def _messages(data: bytes) -> Iterator[bytes]:
    """The messages of a box, or the only one."""
    data = data.lstrip(b"\r\n")
    if not _SEPARATOR.match(data.split(b"\n", 1)[0]):
        yield data
        return
    lines: list[bytes] = []
    is_after_blank = True
    for line in data.splitlines(keepends=True):
        if is_after_blank and _SEPARATOR.match(line.rstrip(b"\r\n")):
            if lines:
                yield _ESCAPED_FROM.sub(rb"\1", b"".join(lines))
            lines = []
        else:
            lines.append(line)
        is_after_blank = not line.strip()
    if lines:
        yield _ESCAPED_FROM.sub(rb"\1", b"".join(lines))


def _record(data: bytes, number: int, options: ReadOptions) -> RawRecord:
    message = message_from_bytes(data, policy=default)
    if not message.keys():
        raise Refused(Reason.EMPTY, "no mail: it has no header")
    part = message.get_body(preferencelist=("plain", "html"))
    if part is None or not isinstance(part, EmailMessage):
        raise Refused(Reason.EMPTY, f"empty: no text among its parts ({message.get_content_type()})")
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes) or not payload.strip():
        raise Refused(Reason.EMPTY, "empty: no text in its body")
    subject = _header(message, "Subject")
    location = _header(message, "Content-Location") or _header(message, "Snapshot-Content-Location")
    if part.get_content_subtype() == "html" and location:  # a page that a browser saved
        return page_record(payload, number=number, url=location, charset=part.get_content_charset())
    text = decode(payload, declared=part.get_content_charset(), encoding=options.encoding).text
    text = visible_text(text)[1] if part.get_content_subtype() == "html" else _plain(text, part)
    name, address = parseaddr(_header(message, "From") or "")
    return RawRecord(
        number=number, text=text, title=subject, published=_header(message, "Date"), author=name or address or None
    )


def _plain(text: str, part: EmailMessage) -> str:
    """Plain text without the signature, and with lines joined that were broken on the way (RFC 3676)."""
    text = text.replace("\r\n", "\n")
    text = _SIGNATURE.sub("", text)
    if "flowed" in str(part.get("Content-Type", "")).lower():
        text = re.sub(r"(?<=\S) \n(?=\S)", " ", text)
    return text.strip("\n")


def _header(message: EmailMessage, name: str) -> str | None:
    try:
        value = message.get(name)
    except (ValueError, TypeError, AttributeError, IndexError):  # the parser meets what no standard foresees
        value = None
    return str(value).strip() or None if value is not None else None
