"""What reading a file gives: a document for each good record, or why there is none.

What belongs here: the types that a child process hands to the one that keeps the accounts, which need not load what reads. What
does not: how they are made (`reading.py`), records as a file states them (`readers/raw_record.py`).
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.records import Document
from pipelines.stages.ingest.readers.raw_record import BadRecord, SkippedRecord


@dataclass(frozen=True, slots=True)
class GoodRecord:
    """A record that became a document."""

    number: int
    document: Document


ReadRecord = GoodRecord | BadRecord | SkippedRecord
