"""Folders of mixed, damaged, renamed and vanishing files, read in any order and number of runs: a property of the ingest stage.

The account of each run balances (`Warehouse.run` makes sure of it), no file stops a run, and what a folder holds in the end is
what a first run over it would find, whatever it held before.
"""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_ingest_files import Warehouse, write

STORIES = tuple(
    f"The harbour board of {town} met the dockers' union on Monday and agreed on a new timetable for the ferries."
    for town in ("Gdansk", "Bergen", "Split", "Odense", "Vigo")
)
PAGE = (
    "<html><head><title>Ferries</title></head><body><article><p>{}</p><p>Nobody disagreed.</p></article></body></html>"
)


def _zip(text: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("inside.txt", text)
        archive.writestr("inside.exe", "MZ")
    return buffer.getvalue()


def _bodies(story: str, other: str) -> dict[str, list[bytes]]:
    """Contents by ending: good ones, and some that are damaged or lose a record."""
    line = json.dumps({"text": story}).encode()
    return {
        ".txt": [story.encode(), other.encode(), b"", b"\x00\x01\x02\xff" * 40, story.encode("utf-16")],
        ".jsonl": [line, line + b"\n{broken\n" + json.dumps({"text": other}).encode(), b'{"text": 7}', b"[" * 3000],
        ".json": [json.dumps([{"text": story}, {"text": None}, {"text": other}]).encode(), b'{"a":'],
        ".csv": [
            f"id,text\n1,{story}\n2,{other}\n".encode(),
            f'id,text\n1,"{story}\n2,{other}\n'.encode(),
            b"a,b\n1,2\n",
        ],
        ".tsv": [f'id\ttext\n1\t"{story}\n2\t{other}\n'.encode()],
        ".html": [PAGE.format(story).encode(), b"<html></html>"],
        ".txt.gz": [gzip.compress(story.encode(), mtime=0), gzip.compress(story.encode(), mtime=0)[:-9]],
        ".zip": [_zip(story), _zip(story)[:-30]],
        ".parquet": [b"PAR1" + b"\x00" * 60 + b"PAR1"],
        ".warc": [b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 99\r\n\r\n"],
        ".xyz": [b"what is this"],
    }


@st.composite
def files(draw: st.DrawFn) -> tuple[str, bytes]:
    bodies = _bodies(draw(st.sampled_from(STORIES)), draw(st.sampled_from(STORIES)))
    ending = draw(st.sampled_from(sorted(bodies)))
    folder = draw(st.sampled_from(("", "wire/", "wire/new/", "ü/")))
    return f"{folder}{draw(st.sampled_from('abc'))}{ending}", draw(st.sampled_from(bodies[ending]))


CHANGES = st.lists(
    st.one_of(
        *[st.tuples(st.just("write"), files())] * 5,  # most changes are new or changed files
        st.tuples(st.just("remove"), st.integers(0, 9)),
        st.tuples(st.just("rename"), st.integers(0, 9)),
        st.tuples(st.just("run"), st.none()),
    ),
    min_size=10,
    max_size=24,
)


@dataclass
class Remembering(Warehouse):
    """A warehouse that knows which version of a file held a document."""

    holders: dict[str, set[tuple[str, int]]] = field(default_factory=dict)

    def run(self, root: Path, **options: object):
        result = super().run(root, allow_vanished=True, **options)
        for source in result.document_sources:
            self.holders.setdefault(source.file_id, set()).add((source.document_id, source.record_number))
        return result

    @property
    def held(self) -> set[tuple[str, str, int]]:
        """Path, document and record of every current file."""
        return {
            (path, document_id, number)
            for path, version in self.files.items()
            for document_id, number in self.holders.get(version.file_id, ())
        }


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(CHANGES)
def test_a_folder_is_read_the_same_whatever_came_before(changes) -> None:
    with TemporaryDirectory() as folder:
        root = Path(folder)
        (root / ".warehouse").mkdir()
        many = Remembering()
        for what, value in changes:
            present = sorted(path for path in root.rglob("*") if path.is_file() and ".warehouse" not in path.parts)
            if what == "write":
                write(root, *value)
            elif what == "run":
                many.run(root)
            elif present and what == "remove":
                present[value % len(present)].unlink()
            elif present:
                path = present[value % len(present)]
                path.rename(path.with_name("moved-" + path.name[-12:]))
        many.run(root)
        once = Remembering()
        once.run(root)
        assert many.held == once.held
        assert {document for _, document, _ in many.held} <= many.document_ids
        assert many.run(root).counts.loaded == 0
