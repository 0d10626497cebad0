"""Models run in the order their SQL asks for, and say which file is wrong."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pipelines.errors import ModelError
from tests.unit.warehouse_rows import SQL_DIR, empty_warehouse, given, models, select
from warehouse.models import discover_models, drop_removed_models, run_model
from warehouse.tables import create_tables

YML = """
version: 2
models:
  - name: {name}
    description: A test.
    config:
      materialized: {materialized}
      meta: {{grain: one row per thing, primary_key: [{column}]}}
    columns:
      - name: {column}
        description: It's a key.
        data_type: {data_type}
        data_tests: [{tests}]
"""


def write_model(
    folder: Path, name: str, sql: str, *, column="a", data_type="integer", materialized="table", tests="unique"
) -> None:
    """A model with one column and its .yml."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.sql").write_text(sql)
    text = YML.format(name=name, column=column, data_type=data_type, materialized=materialized, tests=tests)
    (folder / f"{name}.yml").write_text(text)


def test_models_come_after_those_they_read(tmp_path):
    write_model(tmp_path / "marts", "agg_a", "select a from main.fct_b")
    write_model(tmp_path / "marts", "fct_b", "with stg_c as (select * from staging.stg_c) select a from stg_c")
    write_model(tmp_path / "staging", "stg_c", "select 1 as a from raw.files")
    found = discover_models(tmp_path)
    assert [model.qualified_name for model in found] == ["staging.stg_c", "main.fct_b", "main.agg_a"]
    assert [model.depends_on for model in found] == [{"raw.files"}, {"staging.stg_c"}, {"main.fct_b"}]


@pytest.mark.parametrize(
    ("sql", "reads"),
    [
        ("select a from dim_x", {"main.dim_x"}),
        ("with dim_x as (select a from main.dim_x) select a from dim_x", {"main.dim_x"}),
        ("select a from (select a from main.dim_x union all by name select 2 as a)", {"main.dim_x"}),
        ("select 1 as a where exists (select 1 from main.dim_x)", {"main.dim_x"}),
        ("select unnest(generate_series(1, 3))::integer as a", set()),
        ("select t.a from raw.files, unnest([1]) as t(a) anti join dim_x on true", {"raw.files", "main.dim_x"}),
    ],
    ids=["bare name", "import under its own name", "subquery", "condition", "table function", "joins"],
)
def test_dependencies_are_found_in_the_sql(tmp_path, sql, reads):
    write_model(tmp_path / "marts", "dim_x", "select 1 as a")
    write_model(tmp_path / "marts", "fct_y", sql)
    (model,) = (model for model in discover_models(tmp_path) if model.name == "fct_y")
    assert model.depends_on == reads


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ({"sql": "select a from main.fct_z"}, r"fct_y\.sql: reads main\.fct_z"),
        ({"sql": "select a from read_csv("}, r"fct_y\.sql: cannot parse"),
        ({"sql": "create table x as select 1 as a"}, r"fct_y\.sql: a model is one SELECT"),
        ({"sql": "select 1 as a; select 2 as a"}, r"fct_y\.sql: a model is one SELECT"),
        ({"sql": "select a from main.fct_y"}, r"circle: .*fct_y\.sql"),
        (
            {"sql": "select 1 as a", "tests": "{relationships: {to: ref('dim_no'), field: a}}"},
            r"fct_y\.yml: a refers to dim_no",
        ),
        (
            {"sql": "select 1 as a", "tests": "{relationships: {to: dim_no, field: a}}"},
            r"fct_y\.yml: a: `to` must be ref",
        ),
        ({"sql": "select 1 as a", "tests": "{relationships: {field: a}}"}, r"fct_y\.yml: .*lacks a field"),
    ],
    ids=[
        "missing table",
        "syntax",
        "not a query",
        "two statements",
        "itself",
        "missing model",
        "not a ref",
        "no target",
    ],
)
def test_a_broken_model_is_named(tmp_path, broken, message):
    write_model(tmp_path / "marts", "fct_y", **broken)
    with pytest.raises(ModelError, match=message):
        discover_models(tmp_path)


def test_columns_of_a_table_that_nothing_defines(tmp_path):
    write_model(tmp_path / "marts", "fct_y", "select 1 as a")
    path = tmp_path / "marts" / "fct_y.yml"
    path.write_text(path.read_text().replace("meta: {", "meta: {incremental: {key: a, columns: {main.fct_z: [a]}}, "))
    with pytest.raises(ModelError, match=r"reads main\.fct_z"):
        discover_models(tmp_path)


def test_a_circle_names_its_models(tmp_path):
    write_model(tmp_path / "marts", "fct_a", "select a from main.fct_b")
    write_model(tmp_path / "marts", "fct_b", "select a from main.fct_a")
    with pytest.raises(ModelError, match=r"fct_a\.sql.*fct_b\.sql"):
        discover_models(tmp_path)


@pytest.mark.parametrize(
    ("yml", "message"),
    [
        (None, r"fct_y\.yml is missing"),
        ("models: [", r"fct_y\.yml: expected"),
        ("models: []", r"fct_y\.yml: expected"),
        ("models: [{name: fct_z}]", r"fct_y\.yml: describes 'fct_z'"),
        ("models: [{name: fct_y}]", r"fct_y\.yml: .*lacks a field"),
    ],
    ids=["no file", "no YAML", "no model", "another model", "no description"],
)
def test_a_broken_description_is_named(tmp_path, yml, message):
    write_model(tmp_path / "marts", "fct_y", "select 1 as a")
    path = tmp_path / "marts" / "fct_y.yml"
    path.unlink() if yml is None else path.write_text(yml)
    with pytest.raises(ModelError, match=message):
        discover_models(tmp_path)


def run_one(con: duckdb.DuckDBPyConnection, folder: Path, sql: str, **options) -> int:
    write_model(folder / "marts", "fct_y", sql, **options)
    (model,) = discover_models(folder)
    return run_model(con, model).row_count


@pytest.mark.parametrize("kind", ["table", "view"])
def test_running_makes_a_described_table(tmp_path, kind):
    con = empty_warehouse()
    assert run_one(con, tmp_path, "select 1 as a union all select 2 as a", materialized=kind) == 2
    assert run_one(con, tmp_path, "select 7 as a", materialized=kind) == 1
    assert select(con, "select a from fct_y") == [(7,)]
    assert select(con, "select comment from duckdb_columns() where table_name = 'fct_y'") == [("It's a key.",)]
    ((comment,),) = select(con, f"select comment from duckdb_{kind}s() where {kind}_name = 'fct_y'")
    assert comment == "A test. Grain: one row per thing."


def test_a_table_becomes_a_view_and_a_table_again(tmp_path):
    con = empty_warehouse()
    for kind in ("table", "view", "table"):
        run_one(con, tmp_path, "select 1 as a", materialized=kind)
        assert select(con, "select lower(table_type) from information_schema.tables where table_name = 'fct_y'") == [
            ("base table" if kind == "table" else "view",)
        ]


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("select 1 as a, 2 as b", "the SQL alone has b integer; the .yml alone has none"),
        ("select 1 as b", "the SQL alone has b integer; the .yml alone has a integer"),
        ("select 'x' as a", "the SQL alone has a varchar; the .yml alone has a integer"),
        ("select cast('x' as integer) as a", "Could not convert string 'x'"),
    ],
    ids=["a column more", "another column", "another type", "an error"],
)
def test_a_run_that_fails_names_the_file_and_keeps_the_old_table(tmp_path, sql, message):
    con = empty_warehouse()
    run_one(con, tmp_path, "select 1 as a")
    with pytest.raises(ModelError, match=rf"(?s)fct_y\.sql: .*{message}"):
        run_one(con, tmp_path, sql)
    assert select(con, "select a from fct_y") == [(1,)]


def test_tables_of_removed_models_are_dropped(tmp_path):
    con = empty_warehouse()
    run_one(con, tmp_path, "select 1 as a")
    con.execute(
        "create schema staging; create view staging.stg_old as select 1 as a; create table main.agg_old as select 1"
    )
    assert drop_removed_models(con, discover_models(tmp_path)) == ("main.agg_old", "staging.stg_old")
    assert select(con, "select a from fct_y") == [(1,)]
    assert select(con, "select count(*) from main.warehouse_version") == [(0,)]


def test_every_model_runs_on_an_empty_warehouse():
    con = empty_warehouse()
    assert {model.name: run_model(con, model).row_count for model in models()} == {model.name: 0 for model in models()}


def test_every_model_is_described_in_the_database():
    con = empty_warehouse()
    create_tables(con)
    for model in models():
        run_model(con, model)
    given(con, "raw.countries", [{"country": "NOR"}])
    missing = "select table_name, column_name from duckdb_columns() where comment is null and not internal"
    assert select(con, missing) == []


@pytest.mark.parametrize("model", models(), ids=lambda model: model.name)
def test_a_model_keeps_to_its_layer(model):
    layers = {name.partition(".")[0] for name in model.depends_on}
    if model.schema == "staging":
        assert len(model.depends_on) == 1 and layers <= {"raw", "nlp", "core"}
        assert model.name.startswith("stg_") and " join " not in model.sql
    elif model.schema == "intermediate":
        assert layers <= {"staging", "intermediate"} and model.name.startswith("int_")
    else:
        assert layers <= {"staging", "intermediate", "main"}
    assert model.grain.startswith("one row")
    assert model.sql.splitlines()[-1].startswith("select * from ")


def test_the_folder_holds_a_description_for_each_model_and_nothing_else():
    for folder in ("staging", "intermediate", "marts"):
        files = {path.name for path in (SQL_DIR / folder).iterdir()}
        stems = {name.partition(".")[0] for name in files}
        assert files == {f"{stem}.{suffix}" for stem in stems for suffix in ("sql", "yml")}


def test_a_model_that_needs_more_memory_than_is_meant_for_it_gets_more(tmp_path):
    """An array of all rows cannot go to disk."""
    write_model(tmp_path / "marts", "fct_large", "select len(list(i || ' and so on')) as a from range(500_000) as rows (i)",
                data_type="bigint")  # fmt: skip
    con = duckdb.connect(config={"threads": 1, "memory_limit": "20MB"})
    ((before,),) = select(con, "select current_setting('memory_limit')")
    (model,) = discover_models(tmp_path)
    with pytest.raises(duckdb.OutOfMemoryException):
        con.execute(model.sql)
    assert run_model(con, model).row_count == 1
    assert select(con, "select a from main.fct_large") == [(500_000,)]
    assert select(con, "select current_setting('memory_limit')") == [(before,)]
