"""dbt builds the same tables from the exported project as the pipeline does, row by row, and its tests pass.

Needs a dbt with its adapter for DuckDB, in an environment of its own (`make dbt`); skipped where there is none.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import duckdb
import pytest

from pipelines.settings import PROJECT_ROOT
from tests.e2e.project import CORPUS, Project
from warehouse.dbt_project import write_dbt_project
from warehouse.layout import quoted
from warehouse.models import discover_models

DBT = shutil.which("dbt", path=f"{PROJECT_ROOT / '.venv-dbt' / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}")
DECIMALS = 6  # sums of floating point numbers depend on the order in which they are added

pytestmark = [
    pytest.mark.slow,
    pytest.mark.model,
    pytest.mark.skipif(DBT is None, reason="there is no dbt here; `make dbt` installs one"),
]


def test_dbt_builds_the_same_tables(tmp_path: Path) -> None:
    project = Project(tmp_path)
    shutil.copytree(CORPUS, project.seeds, dirs_exist_ok=True)
    run = project("run")
    assert run.returncode in (0, 2), run.stderr
    published = project.settings.published_database
    folder = tmp_path / "dbt"
    sql = PROJECT_ROOT / "sql"
    write_dbt_project(sql, folder, published_path=published)
    environment = {**os.environ, "DBT_SEND_ANONYMOUS_USAGE_STATS": "0"}
    command = [str(DBT), "--no-use-colors", "build", "--profiles-dir", "."]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout[-3000:]
    con = duckdb.connect()
    con.execute(f"attach '{folder / 'communique_dbt.duckdb'}' as made (read_only)")
    con.execute(f"attach '{published}' as communique (read_only)")
    different = [model.qualified_name for model in discover_models(sql) if _differences(con, model.schema, model.name)]
    assert not different


def _differences(con: duckdb.DuckDBPyConnection, schema: str, name: str) -> int:
    """Rows that only one of the two has."""
    columns = ", ".join(
        f"round({quoted(column)}, {DECIMALS})" if kind == "DOUBLE" else quoted(column)
        for column, kind, *_ in con.execute(f"describe communique.{quoted(schema, name)}").fetchall()
    )
    ours, theirs = (f"select {columns} from {file}.{quoted(schema, name)}" for file in ("communique", "made"))
    ((count,),) = con.execute(
        f"select count(*) from (({ours} except all {theirs}) union all ({theirs} except all {ours}))"
    ).fetchall()
    return int(count)
