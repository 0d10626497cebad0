"""When a publication stands, so that a run has nothing to build: each thing that makes it fall."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, fields, replace
from pathlib import Path

import duckdb
import pytest

from warehouse import builds
from warehouse.builds import CORE, LOAD, RUNS, Part
from warehouse.connection import open_build
from warehouse.failed_checks import FailedCheck, note_failed_checks
from warehouse.models import Model
from warehouse.publish import publish
from warehouse.standing import NOTE_NAME, note_standing, noted_standing, standing_publication


def model(name: str, *reads: str) -> Model:
    told = {"name": name, "schema": "main", "path": Path(f"{name}.sql"), "sql": "select 1", "materialized": "table"}
    return Model(**{field.name: () for field in fields(Model)} | told | {"depends_on": frozenset(reads)})


MODELS = (model("facts", "raw.documents", "core.events"), model("history", "raw.ingestion_runs"))
PARTS = (Part(LOAD, code_version="lists 1"), Part(CORE, (LOAD,), "resolver 1"))
Con = duckdb.DuckDBPyConnection


@dataclass(frozen=True)
class Warehouse:
    build: Path
    published: Path


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    """A warehouse in which run "first" has built and published everything."""
    paths = Warehouse(tmp_path / "build.duckdb", tmp_path / "communique.duckdb")
    with closing(open_build(paths.build)) as con:
        builds.stamp(con, [PARTS[0], Part(RUNS), PARTS[1], *builds.model_parts(MODELS)], run_id="first")
    publish(paths.build, paths.published, run_id="first")
    note_standing(paths.published, "first", "program 1")
    return paths


def standing(warehouse: Warehouse, parts=PARTS, models=MODELS) -> str | None:
    with closing(open_build(warehouse.build, read_only=True)) as con:
        return standing_publication(con, warehouse.published, parts=parts, models=models)


def built(change: Callable[[Con], object]) -> Callable[[Warehouse], object]:
    def apply(warehouse: Warehouse) -> None:
        with closing(open_build(warehouse.build)) as con:
            change(con)

    return apply


def fail_check(con: Con) -> None:
    note_failed_checks(con, {("core.events", "contract")}, [FailedCheck("core.events", "contract", "second", "broken")])


def publish_again(warehouse: Warehouse) -> None:
    publish(warehouse.build, warehouse.published, run_id="second")  # killed before the note


def rewrite(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(1, 1))


FALLS = {
    "documents were loaded": built(lambda con: builds.stamp(con, [PARTS[0]], run_id="second")),
    "core was resolved again": built(lambda con: builds.stamp(con, [PARTS[1]], run_id="second")),
    "one model was built again": built(lambda con: builds.stamp(con, builds.model_parts(MODELS[:1]), run_id="second")),
    "a run was killed while it built a model": built(lambda con: builds.begin(con, ["main.facts"], run_id="second")),
    "stamps were taken away": built(lambda con: builds.discard(con, [CORE])),
    "a check failed": built(fail_check),
    "a run was killed between publication and note": publish_again,
    "the published file is gone": lambda warehouse: warehouse.published.unlink(),
    "the published file was written by something else": lambda warehouse: rewrite(warehouse.published),
    "the note is gone": lambda warehouse: warehouse.published.with_name(NOTE_NAME).unlink(),
    "the note cannot be read": lambda warehouse: warehouse.published.with_name(NOTE_NAME).write_text("{"),
}


@pytest.mark.parametrize("happens", FALLS.values(), ids=FALLS)
def test_what_a_run_has_to_mend(warehouse: Warehouse, happens: Callable[[Warehouse], object]) -> None:
    assert standing(warehouse) == "first"
    happens(warehouse)
    assert standing(warehouse) is None


NEWER = {
    "other lists": (replace(PARTS[0], code_version="lists 2"), PARTS[1]),
    "another resolver": (PARTS[0], replace(PARTS[1], code_version="resolver 2")),
}


@pytest.mark.parametrize("parts", NEWER.values(), ids=NEWER)
def test_newer_code_has_something_to_build(warehouse: Warehouse, parts: tuple[Part, ...]) -> None:
    assert standing(warehouse, parts=parts) is None


@pytest.mark.parametrize(
    "models",
    [(replace(MODELS[0], sql="select 2"), MODELS[1]), MODELS[:1], (*MODELS, model("novel", "raw.documents"))],
    ids=["changed", "removed", "added"],
)
def test_changed_models_have_to_be_built(warehouse: Warehouse, models: tuple[Model, ...]) -> None:
    assert standing(warehouse, models=models) is None


def test_a_run_that_only_added_its_own_row_lets_it_stand(warehouse: Warehouse) -> None:
    built(lambda con: builds.stamp(con, [Part(RUNS)], run_id="second"))(warehouse)
    assert standing(warehouse) == "first"
    with closing(open_build(warehouse.build, read_only=True)) as con:
        assert builds.unlike_today(con, [*PARTS, Part(RUNS), *builds.model_parts(MODELS)]) == ["main.history"]


def test_the_note_tells_which_program_published(warehouse: Warehouse) -> None:
    noted = noted_standing(warehouse.published)
    assert noted is not None
    assert (noted.run_id, noted.program) == ("first", "program 1")
