"""The dbt project names every table by `ref()` or `source()` and leaves the rest of a query as it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from pipelines.errors import ModelError
from tests.unit.warehouse_rows import SQL_DIR, models
from warehouse.dbt_project import with_references, write_dbt_project

REFERENCES = {"main.fct_talks": "{{ ref('fct_talks') }}", "raw.files": "{{ source('raw', 'files') }}"}


@pytest.mark.parametrize(
    ("sql", "written"),
    [
        ("select a from main.fct_talks", "select a from {{ ref('fct_talks') }}"),
        ("from raw.files join main.fct_talks", "from {{ source('raw', 'files') }} join {{ ref('fct_talks') }}"),
        ("select 'main.fct_talks' -- raw.files", "select 'main.fct_talks' -- raw.files"),
        ("select x.main.fct_talks from x", "select x.main.fct_talks from x"),
        ("select main.fct_walks", "select main.fct_walks"),
        ("select {'a': {{'b': 1}}}", "select {'a': { {'b': 1}}}"),
        ("select '{%' as sign", "select '{{ '{%' }}' as sign"),
    ],
    ids=["a model", "a source", "text and comment", "a field of a field", "no table", "a nested struct", "a sign of Jinja"],
)  # fmt: skip
def test_names_become_references(sql, written):
    assert with_references(sql, REFERENCES, path=Path("x.sql")) == written


def test_sql_that_cannot_be_read_is_named():
    with pytest.raises(ModelError, match=r"x\.sql"):
        with_references("select 'open", REFERENCES, path=Path("x.sql"))


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("dbt") / "project"
    assert write_dbt_project(SQL_DIR, folder, published_path=folder.parent / "communique.duckdb") == len(models())
    return folder


def test_every_model_reads_what_it_depends_on(project):
    written = {path.stem: path.read_text(encoding="utf-8") for path in project.glob("models/*/*.sql")}
    assert written.keys() == {model.name for model in models()}
    for model in models():
        found = {f"{a}.{b}" for a, b in re.findall(r"source\('(\w+)', '(\w+)'\)", written[model.name])}
        found |= {m.qualified_name for m in models() if f"ref('{m.name}')" in written[model.name]}
        assert found == model.depends_on, model.name


def test_every_file_of_settings_is_read(project):
    for path in project.rglob("*.yml"):
        assert yaml.safe_load(path.read_text(encoding="utf-8")), path
    profile = yaml.safe_load((project / "profiles.yml").read_text(encoding="utf-8"))
    (attached,) = profile["communique"]["outputs"]["dev"]["attach"]
    assert (attached["read_only"], "../communique.duckdb" in attached["path"]) == (True, True)


def test_every_test_of_a_model_is_there(project):
    tests = 0
    for path in project.glob("models/*/*.yml"):
        (model,) = yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
        tests += sum(len(column.get("data_tests", ())) for column in model["columns"])
    assert tests == sum(len(model.tests) - 1 for model in models())
    written = {path.stem for path in (project / "tests").glob("*.sql")}
    assert written == {f"unique_key_{model.name}" for model in models()} | {
        path.stem for path in (SQL_DIR / "checks").glob("*.sql")
    }
