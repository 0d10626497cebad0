"""Which reader takes a file, by its name.

What belongs here: `READERS` and `find_reader`. A name decides, not the content: a reader that finds something else in a file
refuses it with a reason, which is better than a guess that drops rows. Only what is called text is looked at, as people call
everything so: a page, a feed or mail in it goes to their readers (`plain_text.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from os.path import splitext
from pathlib import PurePosixPath
from typing import BinaryIO, NamedTuple

from pipelines.stages.ingest.readers.compressed import COMPRESSIONS, read_compressed, read_zip
from pipelines.stages.ingest.readers.raw_record import BadRecord, RawRecord, Reader, ReadOptions, SkippedRecord
from pipelines.stages.ingest.reasons import Reason, Refused


class Format(NamedTuple):
    """A format: its name in the ledger and its reader, and whether that takes little beside making documents of the records."""

    media_type: str
    read: Reader
    is_quick: bool = False


@dataclass(frozen=True, slots=True)
class _Deferred:
    """A reader of a module of this package that is imported when a file is read with it: some load libraries for long."""

    module: str
    name: str

    def __call__(self, stream: BinaryIO, options: ReadOptions) -> Iterator[RawRecord | BadRecord | SkippedRecord]:
        module = import_module(f"pipelines.stages.ingest.readers.{self.module}")
        read: Reader = getattr(module, self.name)
        return read(stream, options)


_TEXT = Format("text", _Deferred("plain_text", "read_plain_text"))
_MARKDOWN = Format("markdown", _Deferred("plain_text", "read_markdown"))
_HTML = Format("html", _Deferred("html_page", "read_html"))
_JSON_LINES = Format("jsonl", _Deferred("json_records", "read_json_lines"), is_quick=True)
_FEED = Format("feed", _Deferred("feed_xml", "read_feed"))
_JSON = Format("json", _Deferred("json_records", "read_json"))
_CSV = Format("csv", _Deferred("delimited", "read_delimited"), is_quick=True)
_TSV = Format("tsv", _Deferred("delimited", "read_delimited"), is_quick=True)
_PARQUET = Format("parquet", _Deferred("parquet_table", "read_parquet"), is_quick=True)
_ARROW = _PARQUET._replace(media_type="arrow")
_WARC = Format("warc", _Deferred("warc_archive", "read_warc"))
_MAIL = Format("mail", _Deferred("mail_message", "read_mail"))
# Their records may be compressed one by one, which their reader knows.
_SELF_EXPANDING = frozenset(((".warc", ".gz"), (".arc", ".gz"), (".wet", ".gz"), (".warc", ".zst")))

READERS: dict[str, Format] = {
    ".txt": _TEXT,
    ".text": _TEXT,
    ".md": _MARKDOWN,
    ".markdown": _MARKDOWN,
    ".html": _HTML,
    ".htm": _HTML,
    ".xhtml": _HTML,
    ".json": _JSON,
    ".geojson": _JSON,
    ".jsonl": _JSON_LINES,
    ".ndjson": _JSON_LINES,
    ".jsonlines": _JSON_LINES,
    ".jl": _JSON_LINES,
    ".csv": _CSV,
    ".psv": _CSV,
    ".tsv": _TSV,
    ".tab": _TSV,
    ".parquet": _PARQUET,
    ".arrow": _ARROW,
    ".feather": _ARROW,
    ".rss": _FEED,
    ".atom": _FEED,
    ".xml": _FEED,
    ".rdf": _FEED,
    ".warc": _WARC,
    ".arc": _WARC,
    ".wet": _WARC,
    ".eml": _MAIL,
    ".mbox": _MAIL,
    ".mht": _MAIL,
    ".mhtml": _MAIL,
}


def find_reader(name: str) -> Format:
    """The format of a file of this name.

    Raises:
        Refused: no reader is known for it, or it is an archive of archives.
    """
    if (plain := READERS.get(splitext(name)[1].lower())) is not None:
        return plain
    path = PurePosixPath(name)
    suffix = path.suffix.lower()
    if suffix == ".zip":
        return Format("zip", partial(read_zip, find=_find_entry_reader))
    if suffix in COMPRESSIONS:
        inner_suffix = PurePosixPath(path.stem).suffix.lower()
        if inner_suffix == ".zip" or inner_suffix in COMPRESSIONS:
            raise Refused(Reason.NESTED_ARCHIVE, f"a nested archive: {path.name[-100:]!r}")
        if (inner_suffix, suffix) in _SELF_EXPANDING:
            return _WARC
        inner = _find_plain(path.stem)
        return inner._replace(read=partial(read_compressed, suffix=suffix, read=inner.read))
    return _find_plain(name)


def _find_plain(name: str) -> Format:
    suffix = PurePosixPath(name).suffix.lower()
    try:
        return READERS[suffix]
    except KeyError:
        raise Refused(
            Reason.UNKNOWN_TYPE, f"no reader for files of type {suffix or name!r} (extension unknown)"
        ) from None


def _find_entry_reader(name: str) -> Reader | None:
    """The reader of an archive's entry, None for a type that is not read.

    Raises:
        Refused: it is an archive itself.
    """
    suffix = PurePosixPath(name).suffix.lower()
    if suffix == ".zip" or suffix in COMPRESSIONS:
        raise Refused(Reason.NESTED_ARCHIVE, "an archive inside an archive (nested)")
    return READERS[suffix].read if suffix in READERS else None
