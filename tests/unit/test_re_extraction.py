"""Extracting again after a change: which documents are meant, what it costs, and that asking for the cost changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from pipelines.definitions import build_defs
from pipelines.defs import re_extraction
from pipelines.defs.re_extraction import Scope, preview
from pipelines.errors import TerminalError
from pipelines.settings import Settings
from tests.unit.warehouse_rows import given
from warehouse.connection import open_build

# Document: path, source, text, version of the extractor that read it.
DOCUMENTS = {
    "d1": ("herald/2026/a.txt", "Herald", "one two three", "old"),
    "d2": ("herald/2026/b.txt", "Herald", "one  two\nthree four", "now"),
    "d3": ("post/a.txt", "Post", "one two", "old"),
    "d4": ("heraldry.txt", "Gazette", "one", "old"),
}


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(re_extraction, "extractor_version", lambda model: "now")
    (tmp_path / "seeds").mkdir()
    settings = Settings(seeds=tmp_path / "seeds", warehouse=tmp_path / "warehouse", workers=2)
    with closing(open_build(settings.build_database)) as con:
        given(con, "raw.documents", [
            {"document_id": id, "source_name": source, "source_key": source.lower(), "text": text, "extractor_version": version}
            for id, (_, source, text, version) in DOCUMENTS.items()
        ])  # fmt: skip
        given(con, "raw.document_sources", [{"document_id": id, "path": row[0]} for id, row in DOCUMENTS.items()])
    return settings


@pytest.fixture
def con(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    with closing(open_build(settings.build_database)) as con:
        yield con


@pytest.mark.parametrize(
    ("scope", "documents", "words"),
    [
        (Scope(), 3, 6),
        (Scope(folder="herald"), 1, 3),
        (Scope(folder="herald/2026/"), 1, 3),
        (Scope(folder="post/a.txt"), 1, 2),
        (Scope(source="Herald"), 1, 3),
        (Scope(source="gazette"), 1, 1),
        (Scope(folder="herald", source="Herald"), 1, 3),
    ],
)
def test_cost(con: duckdb.DuckDBPyConnection, settings: Settings, scope: Scope, documents: int, words: int) -> None:
    cost = preview(con, settings, scope)
    assert (cost.documents, cost.words) == (documents, words)
    assert sum(row["words"] for row in cost.by_source) == words
    assert cost.minutes == pytest.approx(words / 2000 / 60)
    assert "assumed for 2 workers" in cost.basis


def test_minutes_are_those_of_the_last_run_that_read_enough(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    given(con, "raw.ingestion_runs", [
        {"run_id": "r1", "started_at": datetime(2026, 1, 1), "word_count": 60_000, "extract_seconds": 10.0},
        {"run_id": "r2", "started_at": datetime(2026, 1, 2), "word_count": 10, "extract_seconds": 10.0},
    ])  # fmt: skip
    cost = preview(con, settings, Scope())
    assert cost.minutes == pytest.approx(6 / 6000 / 60)
    assert cost.basis.startswith("6,000 words/s, as the last run")


def test_an_unknown_folder_is_an_error(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    with pytest.raises(TerminalError, match="no document is of folder 'heral' and source 'Post'"):
        preview(con, settings, Scope(folder="heral", source="Post"))


def test_the_preview_of_the_job_changes_nothing_and_says_the_cost(settings: Settings) -> None:
    before = settings.build_database.read_bytes()
    job = build_defs(settings=settings).resolve_job_def("re_extract")
    config = {"ops": {"staged_extractions": {"config": {"folder": "herald", "preview": True}}}}
    key = dg.AssetKey("staged_extractions")
    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(instance=instance, run_config=config, asset_selection=[key])
        (observation,) = [
            event.asset_observation_data.asset_observation
            for event in result.all_events
            if event.event_type is dg.DagsterEventType.ASSET_OBSERVATION
        ]
    assert result.success
    assert not result.asset_materializations_for_node("staged_extractions")
    assert {name: observation.metadata[name].value for name in ("documents", "words")} == {"documents": 1, "words": 3}
    assert settings.build_database.read_bytes() == before
    assert not settings.published_database.exists()
