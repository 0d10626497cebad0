"""Bytes to text."""

from __future__ import annotations

import io

import pytest

from pipelines.stages.ingest.decoding import decode, open_text
from pipelines.stages.ingest.reasons import Reason, Refused

TEXT = "The café in Malmö charges €5 — “too much”, says Zoë. " * 5
WESTERN = TEXT.replace("—", "-")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_common_encodings(encoding):
    assert decode(TEXT.encode(encoding)).text == TEXT


def test_big_endian_marks():
    assert decode(b"\xfe\xff" + TEXT.encode("utf-16-be")).text == TEXT


def test_other_alphabets_without_a_mark():
    text = "Правительство сообщило в понедельник, что переговоры о границе продолжатся после уборки урожая. " * 5
    assert decode(text.encode("cp1251")).text == text


def test_a_declared_encoding_decides_where_utf_8_does_not_fit():
    text = "Žluťoučký kůň úpěl ďábelské ódy. "
    assert decode(text.encode("iso-8859-2"), declared="iso-8859-2").text == text


@pytest.mark.parametrize("declared", ["no-such-encoding", "hex", "utf-8", "a\x00b"])
def test_a_declared_encoding_that_is_wrong_is_passed_over(declared):
    assert decode(WESTERN.encode("cp1252"), declared=declared).text == WESTERN


def test_a_few_bad_bytes_do_not_spoil_utf_8():
    assert decode(TEXT.encode() + b" na\xefve \x81").text == TEXT + " naïve \ufffd"


@pytest.mark.parametrize(
    "data",
    [
        b"\x00" * 1000,
        "no mark here ".encode("utf-16-le") * 10,
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4,
    ],
    ids=["zeros", "utf-16 without mark", "image"],
)
def test_binary_is_refused(data):
    with pytest.raises(Refused) as refused:
        decode(data)
    assert refused.value.reason is Reason.BINARY


def test_one_stray_nul_is_no_reason_to_refuse():
    assert decode(b"words " * 50 + b"\x00" + b" words" * 50).encoding == "utf-8"


def test_lines_are_decoded_one_by_one():
    data = "ünïcode\n".encode() + "naïve\n".encode("cp1252") + b"plain\r\n"
    assert open_text(io.BytesIO(data)).readlines() == ["ünïcode\n", "naïve\n", "plain\r\n"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_marks_of_line_files(encoding):
    assert open_text(io.BytesIO("é\n".encode(encoding))).read() == "é\n"
