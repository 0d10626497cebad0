"""Workers of extraction that are started before there is anything to extract: who uses them, and that none is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from spacy.language import Language
from test_extract_faults import build_table, document, is_alive, load_small_pipeline, rows, wait_until, workers_of

from pipelines.settings import Settings
from pipelines.stages import extraction_worker
from pipelines.stages.early_workers import EarlyWorkers
from pipelines.stages.extract import extract_documents

TWO_WORKERS = 20_000  # bytes that are worth two workers

needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")


@pytest.fixture
def settings(tmp_path, monkeypatch):
    monkeypatch.setattr(extraction_worker, "load_pipeline", load_small_pipeline)
    for module in ("versions", "extract"):
        monkeypatch.setattr(f"pipelines.stages.{module}.extractor_version", lambda model: "v1")
    return Settings(seeds=tmp_path, warehouse=tmp_path, workers=2, batch_documents=4, document_seconds=20)


def load_other_pipeline(model: str) -> Language:
    return load_small_pipeline(model)


def extract(settings, early_workers, documents, **options):
    options = {"build_table": build_table, "load_nlp": load_small_pipeline, **options}
    return extract_documents(
        documents, batches=settings.batches_location, settings=settings, early_workers=early_workers, **options
    )


def workers() -> set[int]:
    return set(workers_of(os.getpid()))


def started_workers(count: int) -> set[int]:
    wait_until(lambda: len(workers()) == count)
    return workers()


@needs_proc
@pytest.mark.slow
def test_workers_that_were_started_early_are_those_that_extract(settings):
    documents = [document(number) for number in range(24)]
    seen = []
    with EarlyWorkers(settings) as early:
        early.start(TWO_WORKERS, build_table)
        started = started_workers(2)
        early.start(TWO_WORKERS, build_table)
        assert workers() == started
        result = extract(settings, early, documents, progress=lambda *_: seen.append(workers()))
    assert seen[1:] == [started] * len(seen[1:])
    assert rows(result) == Counter(d.document_id for d in documents)
    wait_until(lambda: not any(map(is_alive, started)))


@needs_proc
@pytest.mark.slow
@pytest.mark.parametrize(
    ("size", "options", "changed"),
    [
        pytest.param(0, {}, {}, id="too few"),
        pytest.param(TWO_WORKERS, {"max_run_characters": 99}, {}, id="for other bounds"),
        pytest.param(TWO_WORKERS, {}, {"load_nlp": load_other_pipeline}, id="of another pipeline"),
    ],
)
def test_workers_that_do_not_fit_are_ended(settings, size, options, changed):
    with EarlyWorkers(settings) as early:
        early.start(size, build_table)
        started = started_workers(2 if size else 1)
        result = extract(
            Settings(**{**settings.model_dump(), **options}), early, [document(n) for n in range(8)], **changed
        )
        assert result.extracted_count == 8
        assert not any(map(is_alive, started))


@needs_proc
@pytest.mark.slow
def test_workers_that_are_killed_while_they_load_are_replaced(settings):
    with EarlyWorkers(settings) as early:
        early.start(TWO_WORKERS, build_table)
        for pid in started_workers(2):
            os.kill(pid, signal.SIGKILL)
        result = extract(settings, early, [document(number) for number in range(8)])
    assert (result.extracted_count, result.failures) == (8, ())


@needs_proc
@pytest.mark.slow
def test_workers_that_nobody_needs_end_with_the_run(settings):
    with EarlyWorkers(settings) as early:
        early.start(TWO_WORKERS, build_table)
        started = started_workers(2)
        assert extract(settings, early, []).extracted_count == 0
    assert not any(map(is_alive, started))


def test_a_cluster_starts_its_own(settings):
    with EarlyWorkers(settings.model_copy(update={"extraction_engine": "ray"})) as early:
        early.start(TWO_WORKERS, build_table)
        assert not workers()


def test_a_run_reads_and_extracts_without_what_its_children_load() -> None:
    program = (
        "import sys; import pipelines.definitions, pipelines.defs.steps, pipelines.stages.extract;"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    heavy = {"spacy", "pandas", "scipy", "trafilatura", "feedparser", "py3langid", "charset_normalizer"}
    assert not heavy & set(done.stdout.split())


FIRST_BATCH = """
import sys
from pathlib import Path
from test_extract_faults import document, load_small_pipeline
from pipelines.settings import Settings
from pipelines.stages.extraction_worker import WorkerFunctions, WorkerSettings, extract_batch, start_worker
from warehouse.batch_table import batch_table

folder = Path(sys.argv[1])
start_worker(
    WorkerSettings.of(Settings(seeds=folder, warehouse=folder), folder / "v1"),
    WorkerFunctions(load_small_pipeline, batch_table),
)
before = set(sys.modules)
extract_batch([document(1)])
print(*sorted({name.partition(".")[0] for name in set(sys.modules) - before}))
"""


@pytest.mark.slow
def test_what_the_first_batch_needs_is_no_documents_time(tmp_path):
    paths = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    done = subprocess.run(
        [sys.executable, "-c", FIRST_BATCH, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert set(done.stdout.split()) <= {"pyarrow"}, "pyarrow has modules of its own that cost nothing"
