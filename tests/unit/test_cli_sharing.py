"""The commands that hand the warehouse on say what they wrote, and what they cannot do."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from tests.unit.event_rows import Given, add_event, warehouse
from tests.unit.warehouse_rows import SQL_DIR, fill, models
from warehouse.macros import create_macros
from warehouse.publications import record_publication


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A published file with two publications: the second has an event more."""
    folder = tmp_path_factory.mktemp("sharing")
    con = warehouse([Given("e1")])
    for number in (1, 2):
        fill(con, models())
        record_publication(con, run_id=f"run-{number}", published_at=datetime(2023, 5, number))
        if number == 1:
            add_event(con, Given("e2", event_type="AGREE"))
    create_macros(con, SQL_DIR)
    con.execute(f"attach '{folder / 'communique.duckdb'}' as copy; copy from database memory to copy; detach copy")
    return folder


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("export", "{out}", "--table", "fct_events"), 0, "fct_events.parquet: 2 rows"),
        (("export", "{out}", "--format", "geojson"), 0, "0 events; 2 have no coordinates"),
        (("export", "{out}", "--table", "fct_evnts"), 1, "did you mean main.fct_events"),
        (("export", "{out}", "--table", "x", "--format", "geojson"), 1, "leave --table out"),
        (("diff", "--format", "csv"), 0, "event,new,"),
        (("diff", "--all", "--format", "csv"), 0, "event,e2,"),
        (("diff", "2", "1"), 1, "publication 2 is not before 1"),
        (("diff", "1", "9"), 1, "there is no publication 9"),
        (("dbt", "export", "{out}"), 0, f"{len(models())} models"),
        (("serve",), 1, "say how to serve"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_commands(folder, tmp_path, arguments, status, said):
    words = [word.format(out=tmp_path / "out") for word in arguments]
    result = CliRunner().invoke(app, words, env={"COMMUNIQUE_WAREHOUSE": str(folder)})
    assert (result.exit_code, said in result.output) == (status, True), result.output
