"""Models side by side: order, results, and what a failure leaves."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import cast

import duckdb
import pytest

from pipelines.errors import ModelError
from warehouse.model_order import run_side_by_side
from warehouse.models import Model, ModelColumn, ModelRun, run_model


def a_model(name: str, sql: str, *reads: str) -> Model:
    return Model(
        name=name, schema="main", path=Path(f"{name}.sql"), sql=sql, materialized="table",
        depends_on=frozenset(f"main.{one}" for one in reads), description="A table", grain="one row", primary_key=("n",),
        limitation="", minimum_fill={}, columns=(ModelColumn("n", "A number", "integer"),), increment=None, tests=(),
    )  # fmt: skip


def run(con: duckdb.DuckDBPyConnection, model: Model) -> ModelRun:
    con.execute(f"create or replace table {model.name} as {model.sql}")
    return ModelRun(con.execute(f"select count(*) from {model.name}").fetchall()[0][0], 0.0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "build.duckdb"


def test_each_runs_after_those_that_it_reads(path: Path) -> None:
    models = [a_model("m0", "select 0 as n")]
    for number in range(1, 12):
        read = f"m{number // 2}"
        models.append(a_model(f"m{number}", f"select n + 1 as n from {read} union all select 0", read))
    with duckdb.connect(str(path)) as con:
        counts = [one.row_count for one in run_side_by_side(con, models, run)]
    assert counts[:4] == [1, 2, 3, 3]
    assert len(counts) == len(models)


def test_two_run_at_a_time(path: Path) -> None:
    met = threading.Barrier(2, timeout=20)

    def wait(con: duckdb.DuckDBPyConnection, model: Model) -> ModelRun:
        met.wait()
        return run(con, model)

    models = [a_model("a", "select 1 as n"), a_model("b", "select 2 as n")]
    with duckdb.connect(str(path)) as con:
        assert [one.row_count for one in run_side_by_side(con, models, wait)] == [1, 1]


def test_a_failure_is_told_in_its_turn_and_ends_what_has_not_begun(path: Path) -> None:
    models = [
        a_model("a", "select 1 as n"),
        a_model("b", "select n from nowhere"),
        a_model("c", "select n from b", "b"),
        *(a_model(f"d{number}", "select n from c", "c") for number in range(20)),
    ]
    with duckdb.connect(str(path)) as con:
        runs = run_side_by_side(con, models, run_model)
        assert next(runs).row_count == 1
        with pytest.raises(ModelError, match=r"b\.sql"):
            next(runs)
        found = {name for (name,) in con.execute("select table_name from duckdb_tables()").fetchall()}
    assert found == {"a"}


class WithoutCursors:
    """A connection of which threads get none of their own."""

    def execute(self, statement: str) -> None:
        pass

    def cursor(self) -> duckdb.DuckDBPyConnection:
        raise duckdb.ConnectionException("closed")


def test_a_thread_that_cannot_begin_is_told() -> None:
    models = [a_model("a", "select 1 as n"), a_model("b", "select n from a", "a")]
    with pytest.raises(duckdb.ConnectionException):
        list(run_side_by_side(cast(duckdb.DuckDBPyConnection, WithoutCursors()), models, run))
