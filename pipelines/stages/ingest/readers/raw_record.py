"""What readers give: records as the file states them, before canonical text, ids and dates.

What belongs here: the types that every reader shares. What does not: the formats (one module each), what becomes of a
record (`pipelines/stages/ingest/documents.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import BinaryIO

from pipelines.stages.ingest.reasons import Reason, SkipReason


@dataclass(frozen=True, slots=True)
class RawRecord:
    """One record of a file that may become a document."""

    number: int  # position in the file, from 1
    text: str
    title: str | None = None
    published: date | str | int | float | None = None  # as the file states it
    url: str | None = None
    author: str | None = None
    source_name: str | None = None
    member: str | None = None  # name of the archive entry that holds it


@dataclass(frozen=True, slots=True)
class BadRecord:
    """One record of a file that cannot be used, or with `number` None the file itself."""

    number: int | None
    reason: Reason
    message: str
    records: int = 1  # that it stands for: where very many are lost at one place, the message names them by their range


@dataclass(frozen=True, slots=True)
class SkippedRecord:
    """One record of a file that is no article: an image in an archive, a hidden file."""

    number: int
    reason: SkipReason
    name: str


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """Bounds that readers enforce before they pay the cost, and the user's own names of columns and keys."""

    max_characters: int  # of one document's text
    max_expanded_bytes: int  # of everything that one compressed file expands to
    max_expansion_ratio: float  # expanded bytes for each compressed one
    max_entries: int  # of an archive
    fields: Mapping[str, str] = field(default_factory=dict)  # column or key by meaning (`sources.py`)

    @property
    def max_text_bytes(self) -> int:
        """Bytes beyond which no encoding of a text can be short enough."""
        return 4 * self.max_characters + 4

    @property
    def max_markup_bytes(self) -> int:
        """Bytes of a marked-up record (HTML, a JSON line): pages are mostly markup, escapes take six bytes a character."""
        return 8 * self.max_characters + 65_536


Reader = Callable[[BinaryIO, ReadOptions], Iterator[RawRecord | BadRecord | SkippedRecord]]
