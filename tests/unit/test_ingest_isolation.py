"""Reading in child processes, with real faults: readers that hang, die, take all memory or raise whatever there is.

The children read with a reader of this module; a word in a file says what goes wrong.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from pipelines.errors import DiskFullError
from pipelines.settings import Settings
from pipelines.stages.ingest import isolation
from pipelines.stages.ingest.inbox import list_inbox
from pipelines.stages.ingest.isolation import ChangedFile, read_in_children
from pipelines.stages.ingest.read_records import GoodRecord
from pipelines.stages.ingest.readers.registry import READERS, Format
from pipelines.stages.ingest.reading import read_file
from pipelines.stages.ingest.reasons import Reason
from pipelines.stages.ingest.sources import Source

pytestmark = pytest.mark.slow

MEMORY_BYTES = 1024**3
read_batch = isolation.read_batch
read_text, read_lines = READERS[".txt"].read, READERS[".jsonl"].read


def misread(stream, options, read=read_text):
    """A reader that does what the text says."""
    for record in read(stream, options):
        text = getattr(record, "text", "")
        if "HANG" in text:
            time.sleep(600)
        if "HOARD" in text:
            bytearray(4 * MEMORY_BYTES)
        if "KILL" in text:
            os.kill(os.getpid(), signal.SIGKILL)
        if "EXIT" in text:
            os._exit(3)
        if "ONCE" in text:
            mark = Path(text.split("ONCE:")[1].split()[0])
            if not mark.exists():
                mark.touch()
                os.kill(os.getpid(), signal.SIGKILL)
        if "FAULT" in text:  # the first to come here only
            with suppress(FileExistsError):
                Path(text.split("FAULT:")[1].split()[0]).touch(exist_ok=False)
                raise OSError(5, "Input/output error")
        if "DEEP" in text:
            raise RecursionError("maximum recursion depth exceeded")
        yield record
        if "RAISE" in text:
            raise KeyError("no such\nword")


def misread_batch(files, settings, spool):
    READERS[".txt"] = Format("text", misread)
    READERS[".jsonl"] = Format("jsonl", partial(misread, read=read_lines))
    read_batch(files, settings, spool)


def fill_disk(files, settings, spool):
    raise OSError(28, "No space left on device")


@pytest.fixture
def read(tmp_path, monkeypatch):
    monkeypatch.setattr(isolation, "read_batch", misread_batch)
    monkeypatch.setattr(isolation, "_READ_SECONDS", 2.0)

    def read(texts, **options):
        root = tmp_path / "seeds"
        root.mkdir()
        for number, text in enumerate(texts):
            (root / f"{number:03}.txt").write_text(text.replace("MARK", f"{tmp_path}/mark{number}"))
        settings = Settings(
            seeds=root, warehouse=tmp_path / "warehouse", workers=2, max_worker_bytes=MEMORY_BYTES, **options
        )
        changed = [ChangedFile(file, Source(), "h", "text") for file in list_inbox(root)]
        results = [(item.file.path, list(records)) for item, records in read_in_children(changed, settings)]
        assert sorted(path for path, _ in results) == [item.file.path for item in changed], "each once"
        assert list((tmp_path / "warehouse").iterdir()) == [], "no spool file is left"
        return {int(path.removesuffix(".txt")): records for path, records in results}

    return read


def refusals(results):
    return {
        number: records[-1].reason for number, records in results.items() if not isinstance(records[-1], GoodRecord)
    }


def test_a_reader_that_fails_costs_its_file_only(read):
    texts = [f"Talks {number} were held in Accra." for number in range(150)]
    faults = {3: "HANG", 20: "KILL", 21: "KILL", 64: "EXIT", 90: "DEEP", 149: "RAISE"}
    if sys.platform == "linux":  # the only one that limits the memory of a process
        faults[70] = "HOARD"
    for number, fault in faults.items():
        texts[number] += f" {fault}"
    reasons = {
        "HANG": Reason.TIMED_OUT,
        "KILL": Reason.WORKER_DIED,
        "EXIT": Reason.WORKER_DIED,
        "DEEP": Reason.TOO_DEEP,
        "RAISE": Reason.READER_FAILED,
        "HOARD": Reason.OUT_OF_MEMORY,
    }
    results = read(texts)
    assert refusals(results) == {number: reasons[fault] for number, fault in faults.items()}
    assert isinstance(results[149][0], GoodRecord), "what was read before the fault is kept"
    assert "KeyError" in results[149][1].message


def test_a_file_whose_reader_is_killed_once_is_read(read):
    texts = [f"Talks {number} were held in Accra." for number in range(70)]
    for number in (0, 5, 69):
        texts[number] = f"Killed ONCE:MARK while {number} was read."
    assert refusals(read(texts)) == {}


def test_a_file_gets_its_whole_time_although_it_was_in_a_batch(read, monkeypatch):
    monkeypatch.setattr(isolation, "_READ_SECONDS", 0.001)
    monkeypatch.setattr(isolation, "_SECONDS_PER_BYTE", 0.1)  # nothing for the start of the child
    assert refusals(read([f"Talks {number} were held in Accra." for number in range(3)])) == {}


@pytest.mark.parametrize("fault", ["", "ONCE:MARK", "FAULT:MARK", "KILL"])
def test_a_large_file_is_read_in_parts(fault, tmp_path, monkeypatch):
    """As one process reads it; a fault costs another reading, or the file."""
    monkeypatch.setattr(isolation, "read_batch", misread_batch)
    monkeypatch.setattr(isolation, "_BATCH_BYTES", 1_000)
    texts = [f"Talks {number} were held in Accra." for number in range(400)]
    texts[201] += f" {fault.replace('MARK', str(tmp_path / 'mark'))}"
    lines = [json.dumps({"text": text, "date": "5/6/2024"}) for text in texts]
    lines[77] = lines[77][:-5]
    root = tmp_path / "seeds"
    root.mkdir()
    (root / "large.jsonl").write_text("\n".join(lines))
    (root / "small.txt").write_text("Ministers met in Lima.")
    settings = Settings(seeds=root, warehouse=tmp_path / "warehouse", workers=3)
    changed = [ChangedFile(file, Source(), "h", "text") for file in list_inbox(root)]
    found = {item.file.path: list(records) for item, records in read_in_children(changed, settings)}
    assert len(found["small.txt"]) == 1
    if fault == "KILL":
        assert [record.reason for record in found["large.jsonl"]] == [Reason.WORKER_DIED]
    else:
        assert found["large.jsonl"] == list(read_file(changed[0].file, settings, Source()))
        assert len(found["large.jsonl"]) == 400
    assert list((tmp_path / "warehouse").iterdir()) == []


def test_what_a_killed_run_left_is_removed(read, tmp_path):
    left = tmp_path / "warehouse" / ".reading-old"
    left.mkdir(parents=True)
    (left / "batch0").write_bytes(b"half a record")
    assert refusals(read(["Talks were held in Accra."])) == {}


def test_a_full_disk_blames_no_file(read, monkeypatch):
    monkeypatch.setattr(isolation, "read_batch", fill_disk)
    with pytest.raises(DiskFullError, match="no space is left"):
        read(["Talks were held in Accra."])
