"""Extraction in Ray actors: what the pool of processes does, with the same faults; skipped where Ray is not installed.

One Ray of this machine serves all tests. The workers load the small pipeline of `test_extract_faults.py`.
"""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import pytest
from test_extract_faults import (
    MEMORY_BYTES,
    build_on_full_disk,
    build_table,
    die_at_start,
    document,
    is_alive,
    load_nothing,
    load_small_pipeline,
    rows,
    wait_until,
)

from pipelines.errors import DiskFullError, LexiconError, SettingsError, WorkerDiedError
from pipelines.settings import Settings
from pipelines.stages.engines import prepare_ray
from pipelines.stages.extract import extract_documents

SECONDS = 15  # a document may take; others use the machine too


@pytest.fixture(scope="module")
def ray_here():
    if find_spec("ray") is None:
        pytest.skip("Ray is not installed (make cluster)")
    prepare_ray(None)
    from pipelines.stages.ray_pool import RaySession

    session = RaySession(None, workers=2)
    yield
    session.close()


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setattr("pipelines.stages.extract.extractor_version", lambda model: "v1")

    def extract(documents, engine="ray", **options):
        settings = Settings(
            seeds=tmp_path,
            warehouse=tmp_path,
            workers=2,
            batch_documents=4,
            extraction_engine=engine,
            max_worker_bytes=2 * MEMORY_BYTES,  # Ray's own threads take some
            document_seconds=options.pop("seconds", SECONDS),
        )
        options = {"build_table": build_table, "load_nlp": load_small_pipeline, **options}
        return extract_documents(documents, batches=tmp_path / engine, settings=settings, **options)

    return extract


def names(result) -> set[str]:
    """The names of the batches: hashes of what went in and of every byte that came out."""
    return {path.name for path in result.batch_paths}


@pytest.mark.slow
def test_both_engines_write_the_same_bytes_and_refuse_the_same_documents(ray_here, run):
    documents = [document(number) for number in range(24)]
    documents[5] = document(5, "This one will HANG.")
    documents[11] = document(11, "This one will KILL.")
    documents[17] = document(17, "This one will RAISE.")
    by_ray, by_pool = (run(documents, engine, seconds=6) for engine in ("ray", "local"))
    refused = {f.document_id: (f.reason_code, f.attempts) for f in by_ray.failures}
    assert refused == {
        "doc_0005": ("timed_out", 2),
        "doc_0011": ("worker_died", 3),
        "doc_0017": ("extraction_failed", 1),
    }
    assert refused == {f.document_id: (f.reason_code, f.attempts) for f in by_pool.failures}
    assert rows(by_ray) == Counter(d.document_id for d in documents if d.document_id not in refused)
    assert names(by_ray) == names(by_pool)
    again = run(documents)
    assert (again.extracted_count, again.reused_count, again.failures) == (0, 21, by_ray.failures)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_an_actor_killed_in_the_midst_of_a_batch_costs_nothing(ray_here, run):
    documents = [document(number, f"A SLOW story {number}.") for number in range(12)]
    killed = []

    def kill_an_actor(done: int, _total: int, _words: int) -> None:
        if done and not killed:
            killed.extend(actors()[:1])
            os.kill(killed[0], signal.SIGKILL)

    result = run(documents, progress=kill_an_actor)
    assert killed
    assert not is_alive(killed[0])
    assert result.failures == ()
    assert rows(result) == Counter(d.document_id for d in documents)
    wait_until(lambda: actors() == [])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "error"),
    [
        pytest.param({"load_nlp": load_nothing}, LexiconError, id="a pipeline that cannot be loaded"),
        pytest.param({"load_nlp": die_at_start}, WorkerDiedError, id="actors that cannot start"),
        pytest.param({"build_table": build_on_full_disk}, DiskFullError, id="a full disk"),
    ],
)
def test_what_is_no_documents_fault_stops_the_run(ray_here, run, options, error):
    with pytest.raises(error):
        run([document(1)], **options)
    assert run([document(1)]).extracted_count == 1


def test_an_engine_that_is_not_installed_is_told(run, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    monkeypatch.delitem(sys.modules, "pipelines.stages.ray_pool", raising=False)
    with pytest.raises(SettingsError, match="Ray is not installed"):
        run([document(1)])


def actors() -> list[int]:
    """Ids of the processes of actors that work on a task or wait for one."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                line = (entry / "cmdline").read_text()
            except OSError:
                continue
            if line.startswith("ray::_Worker") and is_alive(int(entry.name)):
                found.append(int(entry.name))
    return sorted(found)
