"""What the tests of readers share: a text, a page, and calls of the reader that a file's name asks for."""

from __future__ import annotations

import io

import pytest

from pipelines.stages.ingest.readers.raw_record import BadRecord, RawRecord, ReadOptions, SkippedRecord
from pipelines.stages.ingest.readers.registry import find_reader
from pipelines.stages.ingest.reasons import Reason, Refused

TEXT = "The ferry company and the dockers' union met in Gdansk and agreed on a new timetable for the winter. "
LIMITS = {"max_characters": 100_000, "max_expanded_bytes": 50_000_000, "max_expansion_ratio": 200.0, "max_entries": 100}

PAGE = f"""<!doctype html><html><head><title>Ferries sail | Baltic Wire</title>
<meta property="og:site_name" content="Baltic Wire"><meta property="og:title" content="Ferries sail">
<meta property="article:published_time" content="2024-05-03T10:00:00Z"><meta name="author" content="Ann Lee">
<link rel="canonical" href="https://example.org/ferries"><script>var leak = 1;</script></head>
<body><nav><a href="/">Home</a> <a href="/s">Sport</a></nav><article><h1>Ferries sail</h1>
<p>{TEXT}</p><p>On 1 January 2020 there was a strike. {TEXT}</p></article><footer>All rights reserved</footer></body></html>"""


def read(name: str, data: bytes | str, **options) -> list[RawRecord | BadRecord | SkippedRecord]:
    stream = io.BytesIO(data.encode() if isinstance(data, str) else data)
    return list(find_reader(name).read(stream, ReadOptions(**{**LIMITS, **options})))


def only(name: str, data: bytes | str, **options) -> RawRecord:
    (record,) = read(name, data, **options)
    assert isinstance(record, RawRecord), record
    return record


def refusal(name: str, data: bytes | str, **options) -> Reason:
    with pytest.raises(Refused) as refused:
        read(name, data, **options)
    return refused.value.reason


def outcomes(records) -> list[tuple[int, object]]:
    return [(record.number, getattr(record, "reason", "good")) for record in records]
