"""Many new documents resolved some at a time: the rows are those of one resolution, and nothing is written unless all is."""

from __future__ import annotations

import shutil
from contextlib import closing

import pytest

from benchmarks import grow_warehouse
from pipelines.defs import steps
from pipelines.settings import Settings
from pipelines.stages.resolve import portions
from warehouse import builds
from warehouse.connection import open_build

_TABLES = (
    "document_duplicates", "entities", "entity_links", "entity_affiliations", "entity_candidates", "events", "event_links",
    "event_parties", "event_relations", "event_corrections", "word_stems",
)  # fmt: skip
_DOCUMENTS = 150


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    folder = tmp_path_factory.mktemp("grown")
    for step in (grow_warehouse.generate, grow_warehouse.read, grow_warehouse.stage):
        step(folder, _DOCUMENTS)
    settings = Settings(seeds=folder / "seeds", warehouse=folder / "warehouse", corrections=folder / "corrections.csv")
    steps.load(settings, run_id="load")
    return settings


@pytest.fixture
def con(settings):
    with closing(open_build(settings.build_database)) as con:
        yield con


def resolve(con, settings, run_id):
    """Resolve all that is loaded, from nothing."""
    builds.discard(con, [builds.CORE])
    shutil.rmtree(settings.resolution, ignore_errors=True)
    steps.resolve_core(con, settings, run_id=run_id)


@pytest.fixture
def sizes(monkeypatch):
    """The documents of each step; the test can let one fail."""
    found: list[int] = []
    resolve_step = portions.resolve

    def noted(tables, *rest):
        found.append(len(tables.documents))
        if found == [60, 120]:
            raise MemoryError
        return resolve_step(tables, *rest)

    monkeypatch.setattr(portions, "resolve", noted)
    return found


def core(con):
    return {table: sorted(map(repr, con.execute(f"select * from core.{table}").fetchall())) for table in _TABLES}


def test_portions_give_the_rows_of_one_resolution(con, settings, sizes, monkeypatch):
    resolve(con, settings, "whole")
    whole = core(con)
    assert (
        min(len(whole[table]) for table in ("entities", "entity_links", "events", "event_links", "event_parties")) > 100
    )
    monkeypatch.setattr(portions, "NEW_DOCUMENTS", 40)
    resolve(con, settings, "parts")
    assert sizes == [_DOCUMENTS, 40, 80, 120, _DOCUMENTS]
    assert core(con) == whole
    assert con.execute("select count(*) from core.entity_changes").fetchall() == [(0,)], "no id became another"
    assert [folder.name for folder in settings.resolution.iterdir()] == ["parts"], "what steps keep is gone"


def test_a_step_that_fails_leaves_core_as_it_was(con, settings, sizes, monkeypatch):
    resolve(con, settings, "good")
    before = core(con)
    sizes.clear()
    monkeypatch.setattr(portions, "NEW_DOCUMENTS", 60)
    with pytest.raises(MemoryError):
        resolve(con, settings, "bad")
    assert core(con) == before
