"""Extraction in worker processes, with real faults: documents that hang, kill their worker or raise; crashes and second runs.

The workers load a small pipeline of this module instead of the model; a word in a text says what goes wrong.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc

from pipelines.errors import DiskFullError, LexiconError, WorkerDiedError
from pipelines.nlp.annotations import set_extensions
from pipelines.records import Document, DocumentSource
from pipelines.settings import Settings
from pipelines.stages.batches import BatchStore
from pipelines.stages.extract import extract_documents, quarantine_rows
from pipelines.stages.versions import extractor_version
from tests.unit.stored_documents import stored_document

pytestmark = pytest.mark.slow

MEMORY_BYTES = 1024**3  # that a worker may take


def misbehave(doc: Doc) -> Doc:
    if "HANG" in doc.text:
        time.sleep(600)
    if "HOARD" in doc.text:
        bytearray(4 * MEMORY_BYTES)
    if "KILL" in doc.text:
        os.kill(os.getpid(), signal.SIGKILL)
    if "RAISE" in doc.text:
        raise ValueError("no such word")
    if "SLOW" in doc.text:
        time.sleep(0.8)
    if "LATE:" in doc.text and not (mark := Path(doc.text.split("LATE:")[1].split()[0])).exists():
        mark.touch()
        time.sleep(600)
    if "ONCE" in doc.text:
        mark = Path(doc.text.split("ONCE:")[1].split()[0])
        if not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
    return doc


def load_small_pipeline(_model: str) -> Language:
    set_extensions()
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    Language.component("misbehave", func=misbehave)
    nlp.add_pipe("misbehave")
    return nlp


def load_nothing(_model: str) -> Language:
    raise LexiconError("frames.csv, line 3: no such type")


def load_and_die_after_writing(_model: str) -> Language:
    """A pipeline whose worker is killed, the first time, between its batch and its report."""
    write = BatchStore.write

    def write_and_die(store: BatchStore, table, inputs):
        path = write(store, table, inputs)
        mark = store.folder / "died.mark"
        if not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return path

    BatchStore.write = write_and_die
    return load_small_pipeline(_model)


def die_at_start(_model: str) -> Language:
    os._exit(3)


def build_table(records, *, extractor_version: str) -> pa.Table:
    rows = [
        {"document_id": r["id"], "extractor_version": extractor_version, "sentences": len(r["sentences"])}
        for r in records
    ]
    return pa.Table.from_pylist(rows)


def build_on_full_disk(records, *, extractor_version: str) -> pa.Table:
    raise OSError(28, "No space left on device")


def document(number: int, text: str | None = None, **changes) -> Document:
    base = stored_document(number, text or f"Story {number} begins. It ends.")
    return replace(base, **changes)


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setattr(
        "pipelines.stages.extract.extractor_version", lambda model: "v1"
    )  # the code may change meanwhile

    def extract(documents, **options):
        settings = Settings(
            seeds=tmp_path,
            warehouse=tmp_path,
            workers=options.pop("workers", 2),
            batch_documents=8,
            max_worker_bytes=MEMORY_BYTES,
            document_seconds=options.pop("seconds", 3),
        )
        return extract_documents(
            documents,
            batches=tmp_path / "batches",
            settings=settings,
            **{"build_table": build_table, "load_nlp": load_small_pipeline, **options},
        )

    return extract


def rows(result) -> Counter:
    return Counter(
        document_id
        for path in result.batch_paths
        for document_id in pq.read_table(path).column("document_id").to_pylist()
    )


def test_one_bad_document_costs_itself_only(run):
    documents = [document(number) for number in range(40)]
    documents[5] = document(5, "This one will HANG.")
    documents[17] = document(17, "This one will KILL.")
    documents[29] = document(29, "This one will RAISE.")
    steps = []
    result = run(documents, progress=lambda done, total, words: steps.append((done, total, words)))
    assert {(f.document_id, f.reason_code) for f in result.failures} == {
        ("doc_0005", "timed_out"),
        ("doc_0017", "worker_died"),
        ("doc_0029", "extraction_failed"),
    }
    assert {f.document_id: f.attempts for f in result.failures} == {"doc_0005": 2, "doc_0017": 3, "doc_0029": 1}
    assert "no such word" in next(f.message for f in result.failures if f.document_id == "doc_0029")
    good = {d.document_id for d in documents} - {f.document_id for f in result.failures}
    assert rows(result) == Counter(good)
    assert (result.extracted_count, result.reused_count) == (37, 0)
    assert steps[-1] == (40, 40, result.word_count)
    assert [done for done, _, _ in steps] == sorted(done for done, _, _ in steps)

    again = run(documents)  # what failed for good is not tried again
    assert (again.extracted_count, again.reused_count) == (0, 37)
    assert again.failures == result.failures
    assert again.seconds < 2
    mended = [d for d in documents if d.document_id != "doc_0005"]
    assert len(run(mended, retry_failed=True).failures) == 2


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory of a process")
def test_a_document_that_takes_too_much_memory_costs_itself_only(run):
    documents = [document(number) for number in range(10)]
    documents[4] = document(4, "This one will HOARD.")
    result = run(documents)
    assert [(f.document_id, f.reason_code, f.attempts) for f in result.failures] == [("doc_0004", "out_of_memory", 2)]
    assert rows(result) == Counter(d.document_id for d in documents if d.document_id != "doc_0004")


def test_a_worker_killed_once_costs_nothing(run, tmp_path):
    documents = [document(number) for number in range(20)]
    documents[3] = document(3, f"Killed ONCE:{tmp_path / 'mark'} and fine then.")
    result = run(documents, workers=1)
    assert result.failures == ()
    assert rows(result) == Counter(d.document_id for d in documents)


def test_a_worker_killed_before_it_could_report_leaves_nothing_twice(run):
    documents = [document(number) for number in range(8)]
    result = run(documents, workers=1, load_nlp=load_and_die_after_writing)
    folder = result.batch_paths[0].parent
    assert (folder / "died.mark").exists()
    assert set(folder.glob("*.parquet")) == set(result.batch_paths), "no batch but those that are loaded"
    assert (result.failures, result.extracted_count) == ((), 8)
    assert rows(result) == Counter(d.document_id for d in documents)


def test_a_document_alone_in_its_batch_has_a_second_try_too(run, tmp_path):
    result = run([document(1, f"Too LATE:{tmp_path / 'mark'} once.")], workers=1)
    assert result.failures == ()
    assert result.extracted_count == 1


def test_a_worker_killed_from_outside_costs_nothing(run):
    documents = [document(number, f"A SLOW story {number}.") for number in range(6)]
    killed = []

    def kill_a_worker(done: int, _total: int, _words: int) -> None:
        if not killed and done:
            killed.extend(workers_of(os.getpid()))
            os.kill(killed[0], signal.SIGKILL)

    first = [document(100)]
    result = run(first + documents, progress=kill_a_worker, seconds=20, workers=2)
    assert killed
    assert result.failures == ()
    assert rows(result) == Counter(d.document_id for d in first + documents)


def test_only_what_is_missing_is_extracted(run):
    documents = [document(number) for number in range(20)]
    first = run(documents[:12])
    assert (first.extracted_count, first.reused_count) == (12, 0)
    first.batch_paths[0].unlink()  # as if the run had been killed before it was written
    lost = 12 - sum(rows(replace(first, batch_paths=first.batch_paths[1:])).values())
    second = run(documents)
    assert (second.extracted_count, second.reused_count) == (8 + lost, 12 - lost)
    assert rows(second) == Counter(d.document_id for d in documents)
    third = run(documents[::-1])
    assert (third.extracted_count, third.reused_count) == (0, 20)
    assert third.batch_paths == second.batch_paths


def test_what_a_damaged_batch_held_is_extracted_again(run):
    documents = [document(number) for number in range(20)]
    first = run(documents)
    damaged, emptied = first.batch_paths[:2]
    held = sum(pq.read_table(path).num_rows for path in (damaged, emptied))
    data = bytearray(damaged.read_bytes())
    data[10:34] = bytes(byte ^ 255 for byte in data[10:34])
    damaged.write_bytes(data)
    emptied.write_bytes(b"")
    second = run(documents)
    assert second.damaged_paths == (damaged, emptied)
    assert (second.extracted_count, second.reused_count) == (held, 20 - held)
    assert rows(second) == Counter(d.document_id for d in documents)
    assert damaged.with_suffix(".damaged").read_bytes() == data, "it can be looked at"


def test_a_new_published_date_replaces_the_old_extraction(run):
    documents = [document(number) for number in range(10)]
    run(documents)
    documents[4] = replace(documents[4], published_date=date(2024, 5, 3))
    result = run(documents)
    assert (result.extracted_count, result.reused_count) == (1, 9)
    assert rows(result) == Counter(d.document_id for d in documents)
    folder = result.batch_paths[0].parent
    assert len(list(folder.glob("*.parquet"))) == len(result.batch_paths)


def test_documents_in_other_languages_are_kept_without_rows(run):
    result = run([document(1), document(2, language="fr"), document(3, language="und")])
    tables = pa.concat_tables(pq.read_table(path) for path in result.batch_paths)
    assert dict(zip(*tables.select(["document_id", "sentences"]).to_pydict().values(), strict=True)) == {
        "doc_0001": 2, "doc_0002": 0, "doc_0003": 2
    }  # fmt: skip


def test_a_pipeline_that_cannot_be_loaded_stops_the_run_with_its_error(run):
    with pytest.raises(LexiconError, match="frames.csv, line 3"):
        run([document(1)], load_nlp=load_nothing)


def test_workers_that_cannot_start_stop_the_run(run):
    with pytest.raises(WorkerDiedError):
        run([document(1)], load_nlp=die_at_start, workers=1)


def test_a_full_disk_stops_the_run_and_blames_no_document(run):
    with pytest.raises(DiskFullError):
        run([document(1), document(2)], build_table=build_on_full_disk)
    assert run([document(1), document(2)]).extracted_count == 2


def test_a_killed_run_leaves_no_worker_and_its_batches_are_reused(tmp_path, run):
    script = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        import test_extract_faults as faults
        from pipelines.settings import Settings
        from pipelines.stages import extract

        extract.extractor_version = lambda model: "v1"
        if __name__ == "__main__":
            root = Path(sys.argv[1])
            extract.extract_documents(
                [faults.document(n, f"A SLOW story {n}.") for n in range(24)],
                batches=root / "batches",
                settings=Settings(seeds=root, warehouse=root, workers=2, batch_documents=2, document_seconds=30),
                build_table=faults.build_table,
                load_nlp=faults.load_small_pipeline,
            )
        """
    )
    path = tmp_path / "run.py"
    path.write_text(script)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])}
    process = subprocess.Popen([sys.executable, str(path), str(tmp_path)], env=environment)
    try:
        wait_until(lambda: len(list(tmp_path.glob("batches/*/*.parquet"))) >= 2)
        workers = workers_of(process.pid)
        assert workers
    finally:
        process.kill()
        process.wait()
    wait_until(lambda: not any(map(is_alive, workers)))
    documents = [document(n, f"A SLOW story {n}.") for n in range(24)]
    result = run(documents, seconds=30)
    assert result.reused_count >= 4
    assert result.reused_count + result.extracted_count == 24
    assert rows(result) == Counter(d.document_id for d in documents)


def test_quarantine_rows_name_the_first_file(run):
    result = run([document(1, "RAISE")])
    sources = [DocumentSource("doc_0001", "f2", "b.txt", 1), DocumentSource("doc_0001", "f1", "a.jsonl", 7)]
    now = datetime(2024, 5, 3, tzinfo=UTC)
    (found,) = quarantine_rows(result.failures, sources, run_id="r", now=now)
    assert (found.path, found.record_number, found.stage, found.reason_code) == (
        "a.jsonl",
        7,
        "extract",
        "extraction_failed",
    )


def test_the_version_is_another_with_another_model(monkeypatch):
    version = extractor_version("en_core_web_sm")
    assert extractor_version("en_core_web_sm") == version
    monkeypatch.setattr("pipelines.stages.versions._model_version", lambda model: "another")
    assert extractor_version("en_core_web_sm") != version


def workers_of(pid: int) -> list[int]:
    """Ids of the processes that the server of a process has forked, or that were started by spawn where there is none."""
    servers = children_of(pid, "forkserver")
    return [child for server in servers for child in children_of(server, "forkserver")] + children_of(pid, "spawn_main")


def children_of(pid: int, command: str) -> list[int]:
    """Ids of the child processes whose command line has a word."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                line = (entry / "cmdline").read_text()
            except OSError:
                continue
            if parent == pid and command in line:
                found.append(int(entry.name))
    return found


def is_alive(pid: int) -> bool:
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until(condition, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)
