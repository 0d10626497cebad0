"""Readers of WARC files, compressed files and zip archives."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import stat
import struct
import zipfile

import pytest
from reader_calls import PAGE, TEXT, only, outcomes, read, refusal
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipelines.stages.ingest.readers.raw_record import BadRecord, RawRecord, SkippedRecord
from pipelines.stages.ingest.readers.registry import find_reader
from pipelines.stages.ingest.reasons import Reason, Refused

# ---------- WARC


def warc(*, compress: bool) -> bytes:
    sink = io.BytesIO()
    writer = WARCWriter(sink, gzip=compress)
    for url, kind, body in (
        ("https://example.org/a", "text/html; charset=utf-8", PAGE.encode()),
        ("https://example.org/b.png", "image/png", b"\x89PNG"),
        ("https://example.org/c", "text/plain", TEXT.encode()),
        ("https://example.org/d", "text/html", b"<script>x</script>"),
    ):
        headers = StatusAndHeaders("200 OK", [("Content-Type", kind)], protocol="HTTP/1.1")
        writer.write_record(writer.create_warc_record(url, "response", payload=io.BytesIO(body), http_headers=headers))
    return sink.getvalue()


@pytest.mark.parametrize(("name", "compress"), [("a.warc", False), ("a.warc.gz", True)])
def test_warc(name, compress):
    records = read(name, warc(compress=compress))
    assert [(r.number, type(r)) for r in records] == [
        (1, RawRecord),
        (2, SkippedRecord),
        (3, RawRecord),
        (4, BadRecord),
    ]
    assert (records[0].title, records[0].url) == ("Ferries sail", "https://example.org/a")
    assert (records[2].text, records[2].url) == (TEXT, "https://example.org/c")


def test_what_is_no_warc():
    assert refusal("a.warc", TEXT * 20) is Reason.MALFORMED_WARC


# ---------- compressed files and archives


@pytest.mark.parametrize(
    ("suffix", "compress"), [(".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress)]
)
def test_compressed_files(suffix, compress):
    data = compress(TEXT.encode())
    assert only(f"a.txt{suffix}", data).text == TEXT
    assert only(f"a.txt{suffix}", data + data).text == TEXT + TEXT
    assert refusal(f"a.txt{suffix}", data[:-10]) is Reason.MALFORMED_ARCHIVE
    assert refusal(f"a.txt{suffix}", TEXT) is Reason.MALFORMED_ARCHIVE
    assert refusal(f"a.txt{suffix}", compress(b"")) is Reason.EMPTY


def test_a_wrong_checksum():
    data = gzip.compress(TEXT.encode())
    assert refusal("a.txt.gz", data[:-8] + b"\0\0\0\0" + data[-4:]) is Reason.MALFORMED_ARCHIVE


def test_bombs_are_stopped_early():
    lines = (json.dumps({"text": "x" * 1000}) + "\n") * 40_000
    with pytest.raises(Refused) as refused:
        read("a.jsonl.gz", gzip.compress(lines.encode(), 9))
    assert refused.value.reason is Reason.EXPANSION_LIMIT


def test_archives_inside_archives_are_refused():
    for name in ("a.txt.gz.gz", "a.zip.gz"):
        with pytest.raises(Refused) as refused:
            find_reader(name)
        assert refused.value.reason is Reason.NESTED_ARCHIVE


def zipped(*entries: tuple[str, str | bytes], mode: int = 0o100644) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return sink.getvalue()


def test_zip():
    data = zipped(
        ("d/a.txt", TEXT),
        ("b.jsonl", json.dumps({"text": "1 " + TEXT}) + "\n{\n" + json.dumps({"text": "2 " + TEXT})),
        ("c.exe", b"MZ"),
        ("__MACOSX/._a.txt", b"x"),
        ("inner.zip", zipped(("x.txt", TEXT))),
    )
    records = read("a.zip", data)
    assert [record.number for record in records] == [1, 2, 3, 4, 5, 6, 7]
    assert [type(record) for record in records] == [
        RawRecord, RawRecord, BadRecord, RawRecord, SkippedRecord, SkippedRecord, BadRecord
    ]  # fmt: skip
    assert (records[0].member, records[1].member) == ("d/a.txt", "b.jsonl")
    assert "b.jsonl" in records[2].message
    assert records[6].reason is Reason.NESTED_ARCHIVE


@pytest.mark.parametrize("name", ["../a.txt", "/etc/a.txt", "..\\a.txt", "C:\\a.txt", "d/../../a.txt"])
def test_zip_entries_that_lead_out_are_refused(name):
    records = read("a.zip", zipped((name, TEXT), ("ok.txt", TEXT)))
    assert outcomes(records) == [(1, Reason.UNSAFE_PATH), (2, "good")]


def test_zip_entries_that_are_links_or_encrypted_are_refused():
    link = zipped(("a.txt", "/etc/hostname"), mode=stat.S_IFLNK | 0o777)
    assert outcomes(read("a.zip", link)) == [(1, Reason.UNSAFE_PATH)]
    encrypted = bytearray(zipped(("a.txt", TEXT)))
    for signature, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        encrypted[encrypted.find(signature) + offset] |= 1
    assert outcomes(read("a.zip", bytes(encrypted))) == [(1, Reason.ENCRYPTED_ARCHIVE)]


def test_zip_archives_that_cannot_be_used():
    good = zipped(("a.txt", TEXT))
    assert refusal("a.zip", good[:-30]) is Reason.MALFORMED_ARCHIVE
    assert refusal("a.zip", TEXT) is Reason.MALFORMED_ARCHIVE
    assert refusal("a.zip", zipped()) is Reason.EMPTY
    assert refusal("a.zip", zipped(*((f"{n}.txt", "x") for n in range(101)))) is Reason.TOO_MANY_ENTRIES


def test_a_zip_that_lies_about_its_size_is_counted_as_it_comes():
    data = bytearray(zipped(("a.txt", b"x" * 1_000_000)))
    for signature, offset in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        position = data.find(signature)
        data[position + offset : position + offset + 4] = struct.pack("<I", 100)
    assert outcomes(read("a.zip", bytes(data))) == [(1, Reason.MALFORMED_ARCHIVE)]


def test_the_budget_is_the_archives_not_the_entrys():
    entries = [(f"{n}.jsonl", (json.dumps({"text": "x" * 1000}) + "\n") * 2_000) for n in range(20)]
    with pytest.raises(Refused) as refused:
        read("a.zip", zipped(*entries))
    assert refused.value.reason is Reason.EXPANSION_LIMIT
