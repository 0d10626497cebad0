"""`communique quarantine list` shows what the published warehouse has refused."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from tests.unit.warehouse_rows import given
from warehouse.connection import open_build
from warehouse.publish import publish

REFUSED = {
    "path": "wire/a.jsonl",
    "record_number": 7,
    "stage": "ingest",
    "reason_code": "malformed_json",
    "message": "not JSON: \x1b[2J",
    "attempts": 2,
}


@pytest.fixture
def warehouse(tmp_path) -> Path:
    build = tmp_path / "build.duckdb"
    con = open_build(build)
    given(con, "raw.quarantine", [{"quarantine_id": "q1"} | REFUSED])
    con.close()
    publish(build, tmp_path / "communique.duckdb", run_id="run-1")
    return tmp_path


def test_list_gives_path_record_reason_message_and_attempts(warehouse):
    result = CliRunner().invoke(app, ["quarantine", "list", "--format", "json", "--warehouse", str(warehouse)])
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == [REFUSED]
    result = CliRunner().invoke(app, ["quarantine", "list", "--format", "csv", "--warehouse", str(warehouse)])
    assert [row["attempts"] for row in csv.DictReader(io.StringIO(result.stdout))] == ["2"]


def test_list_sends_no_control_character_to_a_terminal(warehouse):
    result = CliRunner().invoke(app, ["quarantine", "list", "--warehouse", str(warehouse)])
    assert "wire/a.jsonl" in result.stdout
    assert "malformed_json" in result.stdout
    assert "\x1b" not in result.stdout


def test_list_without_a_warehouse_says_what_to_do(tmp_path):
    result = CliRunner().invoke(app, ["quarantine", "list", "--warehouse", str(tmp_path)])
    assert result.exit_code == 1
    assert "nothing is published yet" in result.stderr
