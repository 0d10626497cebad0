"""Batches on disk."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.errors import BatchDamagedError
from pipelines.records import DateSource, Document
from pipelines.stages.batch_files import require_sound
from pipelines.stages.batches import BatchStore, ExtractionFailure, input_hash, remove_extractions
from pipelines.stages.planning import plan_batches
from tests.unit.stored_documents import stored_document


def document(number: int, length: int = 100) -> Document:
    return stored_document(number, "x" * length)


def write(store: BatchStore, *numbers: int, index: bool = True):
    inputs = {f"key{number}": f"doc_{number}" for number in numbers}
    path = store.write(pa.table({"document_id": list(inputs.values()), "n": list(numbers)}), inputs)
    if index:
        store.add_to_index(path, inputs)
    return path


def held(store: BatchStore) -> dict[str, str]:
    return {key: stored.document_id for key, stored in store.read_index().items()}


def test_plan_is_balanced_and_the_same_in_any_order():
    documents = [document(number, 50 * number) for number in range(1, 51)]
    batches = list(plan_batches(documents, batch_documents=16))
    assert sorted(d.document_id for batch in batches for d in batch) == [d.document_id for d in documents]
    assert max(map(len, batches)) <= 16
    lengths = [sum(len(d.text) for d in batch) for batch in batches]
    assert max(lengths) < 1.1 * min(lengths)
    assert list(plan_batches(documents[::-1], batch_documents=16)) == batches


def test_long_documents_are_not_put_together():
    batches = plan_batches([document(number, 400_000) for number in range(4)], batch_documents=16)
    assert list(map(len, batches)) == [1, 1, 1, 1]


@pytest.mark.parametrize("late", [(2, 3), (2,)], ids=["in part", "as a whole"])
def test_what_a_worker_wrote_after_others_had_done_its_work_is_taken_out(tmp_path, late):
    store = BatchStore(tmp_path)
    write(store, 1, 2)
    late_path = write(store, *late, index=False)
    expected = {f"key{n}": f"doc_{n}" for n in {1, 2, *late}}
    assert held(store) == expected
    assert held(store) == expected, "the same when it is read again"
    assert not late_path.exists()
    rows = [id for path in tmp_path.glob("*.parquet") for id in pq.read_table(path)["document_id"].to_pylist()]
    assert sorted(rows) == sorted(expected.values())


def test_a_stream_is_read_as_batches_are_due():
    read = []
    stream = (read.append(number) or document(number) for number in range(20_000))
    plan = plan_batches(stream, batch_documents=16)
    next(plan)
    assert len(read) == 4096
    assert sum(map(len, plan)) == 20_000 - 16


def test_work_is_split_by_characters():
    stories = [document(number, 2_500) for number in range(160)]
    notes = [document(1_000 + number, 200) for number in range(32)]
    lengths = [sum(len(d.text) for d in batch) for batch in plan_batches([*stories, *notes], batch_documents=16)]
    assert max(lengths) <= 40_000
    assert max(lengths) < 1.1 * min(lengths)


@pytest.mark.parametrize(("length", "batches"), [(200, 1), (4_000, 2)])
def test_few_documents_keep_all_workers_busy_where_that_is_worth_their_start(length, batches):
    planned = plan_batches([document(number, length) for number in range(6)], batch_documents=16, workers=2)
    assert len(list(planned)) == batches


@pytest.mark.parametrize(("stories", "ending"), [(160, [16, 8, 8, 4, 4, 4, 4]), (12, [3, 3, 3, 3])])
def test_the_last_batches_are_smaller_so_that_workers_end_together(stories, ending):
    documents = [document(number, 5_000) for number in range(stories)]
    batches = list(plan_batches(documents, batch_documents=32, workers=2))
    assert list(map(len, batches))[-len(ending) :] == ending
    assert sorted(d.document_id for batch in batches for d in batch) == sorted(d.document_id for d in documents)


def test_no_documents_no_batches():
    assert list(plan_batches([], batch_documents=16)) == []


def test_what_was_written_is_found_again(tmp_path):
    store = BatchStore(tmp_path / "v1")
    assert store.read_index() == {}
    path = write(store, 1, 2)
    write(store, 3)
    index = store.read_index()
    assert held(store) == {"key1": "doc_1", "key2": "doc_2", "key3": "doc_3"}
    assert index["key2"].path == path
    assert pq.read_table(path).column("n").to_pylist() == [1, 2]


def test_extractions_of_documents_that_the_warehouse_has_not_are_removed_from_every_version(tmp_path):
    old, new = BatchStore(tmp_path / "v1"), BatchStore(tmp_path / "v2")
    write(old, 1, 2)
    write(old, 3)
    kept = write(new, 1)
    write(new, 2, index=False)
    remove_extractions(tmp_path, known={"doc_1"})
    assert held(old) == held(new) == {"key1": "doc_1"}
    assert new.read_index()["key1"].path == kept
    assert [pq.read_table(path).column("n").to_pylist() for path in old.folder.glob("*.parquet")] == [[1]]


def test_the_index_is_only_a_cache(tmp_path):
    store = BatchStore(tmp_path)
    write(store, 1, 2)
    write(store, 3, index=False)  # killed before it could note the batch
    with (tmp_path / "index.tsv").open("a") as file:
        file.write("\ncut.parquet\tkey9=doc_9 key1")  # killed while noting one
    expected = {"key1": "doc_1", "key2": "doc_2", "key3": "doc_3"}
    assert held(store) == expected
    assert "key3=doc_3" in (tmp_path / "index.tsv").read_text()
    (tmp_path / "index.tsv").write_bytes(b"\xff\xfe nonsense\n\n")
    assert held(store) == expected
    (tmp_path / "index.tsv").unlink()
    assert held(store) == expected


def test_a_batch_that_is_gone_is_not_promised(tmp_path):
    store = BatchStore(tmp_path)
    write(store, 1).unlink()
    write(store, 2)
    assert held(store) == {"key2": "doc_2"}


def flip(path, position: int, count: int = 24) -> None:
    data = bytearray(path.read_bytes())
    data[position : position + count] = bytes(byte ^ 255 for byte in data[position : position + count])
    path.write_bytes(data)


DAMAGE = {
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:-40]),
    "flipped in the data": lambda path: flip(path, 8),
    "flipped in the footer": lambda path: flip(path, -60),
    "empty": lambda path: path.write_bytes(b""),
    "another's bytes": lambda path: pq.write_table(pa.table({"document_id": ["doc_1"], "n": [7]}), path),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_batch_that_is_not_what_was_written_is_set_aside(tmp_path, damage):
    store = BatchStore(tmp_path)
    noted, unnoted, sound = write(store, 1), write(store, 2, index=False), write(store, 3)
    for path in (noted, unnoted):
        damage(path)
    assert "key2" not in held(store)
    assert not store.is_sound(noted)
    with pytest.raises(BatchDamagedError, match=noted.name):
        require_sound([sound, noted])
    require_sound([sound])
    assert held(store) == {"key3": "doc_3"}
    assert list(tmp_path.glob("*.parquet")) == [sound]
    assert len(list(tmp_path.glob("*.damaged"))) == 2


def test_rot_gets_no_new_checksum(tmp_path):
    store = BatchStore(tmp_path)
    path = write(store, 1, 2)
    flip(path, 8)
    assert store.drop_rows(path, {"doc_1"}) is None
    assert held(store) == {}


def test_a_line_of_the_index_that_was_altered_promises_nothing_else(tmp_path):
    store = BatchStore(tmp_path)
    write(store, 1)
    index = tmp_path / "index.tsv"
    index.write_text(index.read_text().replace("key1=doc_1", "key7=doc_1"))
    assert held(store) == {"key1": "doc_1"}


def test_rows_out_of_date_are_dropped(tmp_path):
    store = BatchStore(tmp_path)
    path = write(store, 1, 2, 3)
    remaining = store.drop_rows(path, {"doc_2"})
    assert not path.exists()
    assert pq.read_table(remaining).column("document_id").to_pylist() == ["doc_1", "doc_3"]
    assert held(store) == {"key1": "doc_1", "key3": "doc_3"}
    assert store.drop_rows(remaining, {"doc_1", "doc_3"}) is None
    assert held(store) == {}


def test_only_old_temporary_files_are_removed(tmp_path):
    store = BatchStore(tmp_path)
    for name in ("old.parquet.1.tmp", "new.parquet.2.tmp"):
        (tmp_path / name).touch()
    old = time.time() - 7200
    os.utime(tmp_path / "old.parquet.1.tmp", (old, old))
    store.remove_stale_files()
    assert [path.name for path in tmp_path.iterdir()] == ["new.parquet.2.tmp"]


def test_failures_are_remembered_until_forgotten(tmp_path):
    store = BatchStore(tmp_path / "v1")
    failure = ExtractionFailure("doc_1", "h", "timed_out", "stopped", 2)
    store.add_failure("key1", failure)
    with (tmp_path / "v1" / "failures.jsonl").open("a") as file:
        file.write('\n{"input": "key2", "docu')
    assert store.read_failures() == {"key1": failure}
    store.forget_failures()
    assert store.read_failures() == {}


def test_input_hash_covers_what_extraction_reads():
    base = document(1)
    changes = {
        "document_id": "other",
        "published_date": date(2024, 1, 1),
        "published_date_source": DateSource.METADATA,
        "published_date_evidence": "e",
        "title": "t",
        "source_name": "s",
        "language": "fr",
    }
    hashes = {input_hash(base)} | {input_hash(replace(base, **{name: value})) for name, value in changes.items()}
    assert len(hashes) == 1 + len(changes)
    assert input_hash(replace(base, url="https://example.org")) == input_hash(base)


def test_a_thousand_batches_are_indexed_quickly(tmp_path):
    store = BatchStore(tmp_path)
    for number in range(1_000):
        path = tmp_path / f"b{number}.parquet"
        path.touch()  # never opened: the index names it
        store.add_to_index(path, {f"key{number}-{i}": f"doc_{number}-{i}" for i in range(16)})
    started = time.perf_counter()
    assert len(store.read_index()) == 16_000
    assert time.perf_counter() - started < 5  # a look at every file for each key would take minutes
