"""What was built from what: which mixtures are refused, what is named, and which cause is given."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path

import duckdb
import pytest

from pipelines.errors import NotBuiltError, StaleBuildError
from warehouse import builds
from warehouse.builds import CORE, LOAD, RUNS, Part
from warehouse.connection import open_build
from warehouse.failed_checks import FailedCheck, note_failed_checks, read_failed_checks
from warehouse.models import Model


def model(name: str, *reads: str, sql: str = "select 1") -> Model:
    told = {"name": name, "schema": "main", "path": Path(f"{name}.sql"), "sql": sql, "materialized": "table"}
    return Model(**{field.name: () for field in fields(Model)} | told | {"depends_on": frozenset(reads)})


FACTS = model("facts", "raw.documents", "core.events")
AGGREGATE = model("aggregate", "main.facts")
REPORT = model("report", "main.aggregate")
HISTORY = model("history", "raw.ingestion_runs")
MODELS = (FACTS, AGGREGATE, REPORT, HISTORY)
PARTS = {part.name.removeprefix("main."): part for part in builds.model_parts(MODELS)}
LOADED = (Part(LOAD), Part(RUNS))
RESOLVED = Part(CORE, (LOAD,), "resolver 1")


@pytest.fixture
def con(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A build database in which run "first" has built everything."""
    con = open_build(tmp_path / "build.duckdb")
    builds.stamp(con, [*LOADED, RESOLVED, *PARTS.values()], run_id="first")
    yield con
    con.close()


Con = duckdb.DuckDBPyConnection


@dataclass(frozen=True)
class Mixture:
    """What is done after everything was built, and what the refusal says."""

    name: str
    made_by: Callable[[Con], object]
    said: tuple[str, ...]
    models: tuple[Model, ...] = MODELS


def fail_check(con: Con) -> None:
    failed = FailedCheck("core.events", "contract", "second", "event_id identifies one row: 2 rows break it")
    note_failed_checks(con, {("core.events", "contract")}, [failed])
    builds.discard(con, [CORE])


MIXTURES = [
    Mixture(
        "one model is built again",
        lambda con: builds.stamp(con, [PARTS["facts"]], run_id="second"),
        ("main.aggregate: computed by run first before main.facts (run second) was built", "made from these: main.report",
         "run the job rebuild_marts"),
    ),
    Mixture(
        "the SQL of a model is changed and not run",
        lambda con: None,
        ("main.facts: computed by run first with another version of facts.sql", "main.aggregate, main.report"),
        (replace(FACTS, sql="select 2"), AGGREGATE, REPORT, HISTORY),
    ),
    Mixture(
        "documents are loaded and core is not resolved again",
        lambda con: builds.stamp(con, LOADED, run_id="second"),
        ("core was not resolved from what is loaded now: run first resolved it, run second has loaded since",
         "run the job ingest_and_publish"),
    ),
    Mixture(
        "core is resolved again and no model is run",
        lambda con: builds.stamp(con, [RESOLVED], run_id="second"),
        ("main.facts: computed by run first before core (run second) was built",),
    ),
    Mixture(
        "a run without new documents is loaded and no model is run",
        lambda con: builds.stamp(con, [Part(RUNS)], run_id="second"),
        ("main.history: computed by run first before ingestion_runs (run second) was built",),
    ),
    Mixture(
        "a run is killed while it computes a model",
        lambda con: builds.begin(con, ["main.aggregate"], run_id="second"),
        ("main.aggregate: run second began to compute it and did not finish",),
    ),
    Mixture(
        "a run is killed while it resolves",
        lambda con: builds.begin(con, [CORE], run_id="second"),
        ("run second began to build core and did not finish",),
    ),
    Mixture(
        "a check of core failed",
        fail_check,
        ("check contract of core.events failed in run second: event_id identifies one row: 2 rows break it",),
    ),
    Mixture(
        "a new model was never run",
        lambda con: None,
        ("main.novel: not computed",),
        (*MODELS, model("novel", "main.facts")),
    ),
    Mixture(
        "a model was taken away, its table is left",
        lambda con: None,
        ("no model defines main.report any longer",),
        (FACTS, AGGREGATE, HISTORY),
    ),
    Mixture(
        "another program has put a table of another build in place",
        lambda con: con.execute("update raw.builds set build_id = 'foreign/1' where part = 'main.facts'"),
        ("main.aggregate: computed by run first before main.facts (run foreign) was built",),
    ),
]  # fmt: skip


@pytest.mark.parametrize("mixture", MIXTURES, ids=lambda mixture: mixture.name)
def test_mixtures_are_refused_with_their_cause(con: Con, mixture: Mixture) -> None:
    builds.require_whole_build(con, MODELS)
    mixture.made_by(con)
    with pytest.raises(StaleBuildError) as refusal:
        builds.require_whole_build(con, mixture.models)
    for words in mixture.said:
        assert words in str(refusal.value)


def test_a_stamp_names_builds_and_code_of_its_inputs(con: Con) -> None:
    (inputs,) = con.execute("select inputs from raw.builds where part = 'main.facts'").fetchall()[0]
    ids = dict(con.execute("select part, build_id from raw.builds").fetchall())
    assert {read["part"]: (read["build_id"], read["code_version"]) for read in inputs} == {
        CORE: (ids[CORE], "resolver 1"),
        LOAD: (ids[LOAD], None),
    }


def test_what_was_built_again_is_whole_again(con: Con) -> None:
    builds.stamp(con, [PARTS["facts"]], run_id="second")
    builds.stamp(con, [PARTS["aggregate"], PARTS["report"]], run_id="third")
    builds.require_whole_build(con, MODELS)


@pytest.mark.parametrize(
    ("part", "is_expected"),
    [
        (RESOLVED, True),
        (replace(RESOLVED, code_version="resolver 2"), False),
        (replace(RESOLVED, reads=(LOAD, RUNS)), False),
    ],
)
def test_what_is_up_to_date(con: Con, part: Part, is_expected: bool) -> None:
    assert builds.is_up_to_date(con, part) == is_expected


def test_a_check_that_holds_again_is_forgotten(con: Con) -> None:
    fail_check(con)
    note_failed_checks(con, {("core.events", "contract")}, [])
    assert read_failed_checks(con) == ()


@pytest.mark.parametrize(
    ("built", "wanted", "said"),
    [
        ([], "facts", "computing: nothing has been loaded yet; run the job ingest_and_publish first"),
        (LOADED, "facts", "nothing has been resolved (core) yet; run the job ingest_and_publish first"),
        ([*LOADED, RESOLVED], "aggregate", "main.facts has not been built yet; materialize what is missing too"),
        ([*LOADED, RESOLVED], "report", "main.aggregate has not been built yet"),
    ],
)
def test_a_model_says_what_to_run_first(tmp_path: Path, built: list[Part], wanted: str, said: str) -> None:
    con = open_build(tmp_path / "fresh.duckdb")
    builds.stamp(con, built, run_id="first")
    with pytest.raises(NotBuiltError, match=r".*") as refusal:
        builds.require_built(con, [PARTS[wanted]], doing="computing")
    assert said in str(refusal.value)
    con.close()


def test_what_is_built_beside_need_not_be_there(con: Con) -> None:
    builds.discard(con, ["main.facts"])
    builds.require_built(con, [PARTS["facts"], PARTS["aggregate"]], doing="computing")
