"""Batches in an object store: what is so on a disk is so there; skipped where s3fs or moto is not installed.

The store is moto's server on the loopback interface. The workers load the small pipeline of `test_extract_faults.py`.
"""

from __future__ import annotations

import logging
from collections import Counter
from contextlib import closing
from importlib.util import find_spec

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from test_extract_faults import build_table, document, load_small_pipeline

from pipelines.errors import BatchDamagedError, BatchStoreError, SettingsError
from pipelines.settings import Settings
from pipelines.stages.batch_files import batch_path, local_batches
from pipelines.stages.batches import BatchStore, remove_extractions
from pipelines.stages.extract import extract_documents

URL = "s3://archive/batches"
DOCUMENTS = [document(number) for number in range(20)]


@pytest.fixture(scope="module")
def endpoint():
    if find_spec("s3fs") is None or find_spec("moto") is None:
        pytest.skip("s3fs or moto is not installed (make cluster)")
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def run(endpoint, tmp_path, monkeypatch):
    """Extracts into an empty bucket."""
    import s3fs

    for name, value in {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("pipelines.stages.extract.extractor_version", lambda model: "v1")
    s3fs.S3FileSystem.clear_instance_cache()
    files = s3fs.S3FileSystem(use_listings_cache=False)
    if files.exists("archive"):
        files.rm("archive", recursive=True)
    files.mkdir("archive")
    settings = Settings(seeds=tmp_path, warehouse=tmp_path, workers=2, batch_documents=4, document_seconds=30)

    def extract(documents=DOCUMENTS, batches=URL, **options):
        options = {"build_table": build_table, "load_nlp": load_small_pipeline, **options}
        return extract_documents(documents, batches=batches, settings=settings, **options)

    return extract


def held(result, folder) -> Counter:
    """Documents in the batches, as the loader gets them."""
    groups = local_batches(tuple(map(str, result.batch_paths)), folder=folder)
    return Counter(
        document_id
        for group in groups
        for path in group
        for document_id in pq.read_table(path)["document_id"].to_pylist()
    )


@pytest.mark.slow
def test_batches_in_a_bucket_are_those_of_a_folder(run, tmp_path):
    there, here = run(), run(batches=tmp_path / "batches")
    assert [path.name for path in there.batch_paths] == [path.name for path in here.batch_paths]
    assert all(str(path).startswith(f"{URL}/v1/") for path in there.batch_paths)
    assert held(there, tmp_path / "staging") == Counter(d.document_id for d in DOCUMENTS)
    assert list((tmp_path / "staging").iterdir()) == [], "copies are there while they are loaded"

    again = run([*DOCUMENTS[::-1], document(20)])
    assert (again.extracted_count, again.reused_count) == (1, 20)
    assert held(again, tmp_path / "staging").total() == 21


@pytest.mark.slow
def test_a_damaged_object_is_set_aside_and_its_documents_are_extracted_again(run, tmp_path):
    first = run()
    damaged = first.batch_paths[1]
    lost = BatchStore(damaged.parent).read_index()
    count = sum(stored.path.name == damaged.name for stored in lost.values())
    damaged.write_bytes(damaged.read_bytes()[:-9])
    with pytest.raises(BatchDamagedError, match=damaged.name):
        held(first, tmp_path)
    second = run()
    assert (second.damaged_paths, second.extracted_count) == ((damaged,), count)
    assert damaged.with_suffix(".damaged").exists()
    assert held(second, tmp_path) == Counter(d.document_id for d in DOCUMENTS)


def test_an_index_that_was_not_written_is_made_from_the_objects(run):
    store = BatchStore(batch_path(f"{URL}/v1"))
    for number in range(3):
        store.write(pa.table({"document_id": [f"doc_{number}"]}), {f"key{number}": f"doc_{number}"})
    assert len(store.read_index()) == 3
    store.flush()
    store.forget_failures()
    (index,) = store.folder.glob("index-*.tsv")
    assert len(index.read_text().splitlines()) == 3
    assert {s.document_id for s in BatchStore(store.folder).read_index({"doc_1"}).values()} == {"doc_1"}
    remove_extractions(URL, known={"doc_1", "doc_2"})
    assert sorted(s.document_id for s in BatchStore(store.folder).read_index().values()) == ["doc_1", "doc_2"]


@pytest.mark.slow
def test_a_bucket_that_is_not_there_stops_the_run_and_blames_no_document(run, tmp_path):
    with pytest.raises(BatchStoreError, match="s3://nowhere/batches"):
        run(DOCUMENTS[:1], batches="s3://nowhere/batches")


def test_a_url_that_no_library_knows_is_told():
    with pytest.raises(SettingsError, match="nosuch://"):
        batch_path("nosuch://bucket/batches")


@pytest.mark.slow
def test_the_loader_reads_from_a_bucket(run, tmp_path):
    from warehouse.batches import load_batches
    from warehouse.connection import open_build
    from warehouse.extraction_schema import extraction_table

    result = run(DOCUMENTS[:3], build_table=extraction_table)
    with closing(open_build(tmp_path / "build.duckdb")) as con:
        counts = load_batches(
            con,
            local_batches(tuple(map(str, result.batch_paths)), folder=tmp_path / "staging"),
            document_ids=[d.document_id for d in DOCUMENTS[:3]],
            extractor_version="v1",
        )
        assert counts["nlp.sentences"] == 6
