"""Files that several processes read: their parts put together are what one process reads, in its order."""

from __future__ import annotations

import io
import json

import pytest

from pipelines.settings import Settings
from pipelines.stages.ingest.file_parts import WHOLE, Part, PartError, in_order, parts_worth, stamp_of
from pipelines.stages.ingest.inbox import list_inbox
from pipelines.stages.ingest.reading import read_documents, read_file
from pipelines.stages.ingest.sources import Source

# Dates of which some leave day and month open, lines that are broken, texts that are empty.
ROWS = [
    {"text": f"Talks {n} were held in Accra." if n % 31 else "", "date": f"{n % 12 + 1}/{n % 28 + 1}/2024"}
    for n in range(300)
]
LINES = [json.dumps(row) if number % 41 else "{no row" for number, row in enumerate(ROWS)]
FILES = {
    "empty.jsonl": "",
    "one.jsonl": LINES[1],
    "a_turn.jsonl": "\n".join(LINES[:64]),
    "many.jsonl": "\n".join(LINES),
    "whole.jsonl": json.dumps(ROWS, indent=1),
    "table.csv": "text,date\n" + "\n".join(f"{row['text']},{row['date']}" for row in ROWS),
    "none.csv": "what,when\nnothing,today\n",
    "damaged.jsonl.gz": "no gzip",
}


def read(name: str, part: Part) -> list:
    stream = io.BytesIO(FILES[name].encode())
    return list(read_documents(stream, path=name, settings=Settings(), source=Source(), part=part))


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("name", FILES)
def test_parts_are_the_file(name: str, count: int) -> None:
    whole = read(name, WHOLE)
    if count > 1 and whole[-1:] and whole[-1].number is None:  # one process reads why the rest of a file could not be
        for number in range(count):
            with pytest.raises(PartError):
                read(name, Part(number, count))
        return
    parts = [read(name, Part(number, count)) for number in range(count)]
    assert list(in_order(parts)) == whole
    assert len(FILES[name]) < 5_000 or all(parts), "each part has some"


@pytest.mark.parametrize("change", ["before", "meanwhile", "gone"])
def test_parts_of_a_file_that_changes_tell_nothing(change: str, tmp_path) -> None:
    path = tmp_path / "many.jsonl"
    path.write_text(FILES["many.jsonl"])
    part = Part(1, 2, stamp_of(path.stat()))
    (file,) = list_inbox(tmp_path)
    assert len(list(read_file(file, Settings(), Source(), part))) == 128
    with pytest.raises(PartError):  # noqa: PT012 - what is read before is as it was
        records = read_file(file, Settings(), Source(), part)
        if change == "meanwhile":
            next(records)
        if change == "gone":
            path.unlink()
        else:
            path.write_text(FILES["many.jsonl"] + " ")
        list(records)


@pytest.mark.parametrize(
    ("sizes", "workers", "parts"),
    [
        ([9], 2, [2]),
        ([9], 1, [1]),
        ([9, 9], 2, [1, 1]),
        ([9, 1], 2, [2, 1]),
        ([5, 1, 1, 1], 4, [3, 1, 1, 1]),
        ([0], 2, [1]),
    ],
)
def test_a_file_is_in_parts_where_a_process_would_wait(sizes: list[int], workers: int, parts: list[int]) -> None:
    assert [parts_worth(size, sum(sizes), workers) for size in sizes] == parts
