"""The command line as a user runs it: in processes of its own, from the seed article to the answer of a query."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.settings import PROJECT_ROOT

pytestmark = pytest.mark.model

SEED = PROJECT_ROOT / "seeds" / "000_2c340302055222c7.txt"


class Command:
    """`communique` with a warehouse and a Dagster home of its own."""

    def __init__(self, folder: Path) -> None:
        self.seeds = folder / "seeds"
        home = folder / "dagster_home"
        self.seeds.mkdir()
        home.mkdir()
        (folder / "corrections.csv").touch()
        shutil.copy(SEED, self.seeds)
        shutil.copy(PROJECT_ROOT / "dagster_home" / "dagster.yaml", home)
        self.environment = os.environ | {
            "COMMUNIQUE_SEEDS": str(self.seeds),
            "COMMUNIQUE_WAREHOUSE": str(folder / "warehouse"),
            "COMMUNIQUE_CORRECTIONS": str(folder / "corrections.csv"),
            "COMMUNIQUE_WORKERS": "1",
            "DAGSTER_HOME": str(home),
        }

    def __call__(self, *arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "pipelines.cli", *arguments],
            cwd=PROJECT_ROOT, env=self.environment, input=text, capture_output=True, text=True, timeout=300,
        )  # fmt: skip


@pytest.fixture(scope="module")
def communique(tmp_path_factory: pytest.TempPathFactory) -> Command:
    return Command(tmp_path_factory.mktemp("cli"))


@pytest.fixture(scope="module")
def first_run(communique: Command) -> subprocess.CompletedProcess[str]:
    before = communique("sql", "select 1")
    assert before.returncode == 1
    assert "nothing is published yet" in before.stderr
    return communique("run")


def test_run_shows_what_it_did_and_found(first_run: subprocess.CompletedProcess[str]) -> None:
    assert first_run.returncode == 0, first_run.stderr
    for shown in (
        "✓ Extract",
        "✓ Publish",
        "1 records seen = 1 loaded",
        "1 document extracted",
        "CONSULT",
        "Faría",
        " sql ",
    ):
        assert shown in first_run.stdout
    assert "dagster" not in first_run.stderr.lower()


def test_proposed_command_answers(communique: Command, first_run: subprocess.CompletedProcess[str]) -> None:
    from pipelines.summary import EVENTS_QUERY

    assert EVENTS_QUERY in first_run.stdout
    answer = communique("sql", EVENTS_QUERY)
    assert answer.returncode == 0
    assert "Faría" in answer.stdout


@pytest.mark.usefixtures("first_run")
def test_sql_writes_csv_and_json(communique: Command) -> None:
    statement = "select document_id, published_date from dim_documents"
    rows = list(csv.DictReader(io.StringIO(communique("sql", statement, "--format", "csv").stdout)))
    assert json.loads(communique("sql", statement, "--format", "json").stdout) == rows
    assert [row["published_date"] for row in rows] == ["2022-08-10"]


@pytest.mark.usefixtures("first_run")
@pytest.mark.parametrize(
    "statement",
    ["delete from fct_events", "select * from read_text('/etc/hostname')", "select * from no_table", "selct 1"],
)
def test_sql_refuses(communique: Command, statement: str) -> None:
    answer = communique("sql", statement)
    assert answer.returncode == 1
    assert answer.stderr.strip()
    assert "Traceback" not in answer.stderr


@pytest.mark.usefixtures("first_run")
def test_check_passes(communique: Command) -> None:
    for options in ([], ["--build"]):
        result = communique("check", *options)
        assert result.returncode == 0, result.stdout + result.stderr
        assert "FAILED" not in result.stdout
        assert " checks of " in result.stdout


@pytest.mark.usefixtures("first_run")
def test_a_run_with_nothing_to_do_says_so(communique: Command) -> None:
    again = communique("run")
    assert again.returncode == 0, again.stderr
    assert "Nothing was added, changed or removed since run " in again.stdout
    assert "1 records seen = 0 loaded + 0 duplicate + 1 unchanged" in again.stdout
    assert "✓" not in again.stdout
    assert again.stderr == ""


@pytest.mark.usefixtures("first_run")
def test_second_run_has_nothing_to_extract_and_a_bad_file_changes_the_status(communique: Command) -> None:
    (communique.seeds / "bad.json").write_text("{")
    second = communique("run")
    assert second.returncode == 2, second.stderr
    assert "Nothing new: 0 documents extracted, 1 reused" in second.stdout
    assert re.search(r"bad\.json(, record 1)?: malformed_json", second.stdout)


def test_failed_run_says_why(communique: Command, tmp_path: Path) -> None:
    result = communique("run", "--seeds", str(tmp_path / "missing"), "--warehouse", str(tmp_path / "warehouse"))
    assert result.returncode == 1
    assert "the seeds folder" in result.stderr
    assert "does not exist" in result.stderr
    assert "Traceback" not in result.stderr


def test_bad_setting_is_named(communique: Command) -> None:
    communique.environment["COMMUNIQUE_DOCUMENT_SECONDS"] = "soon"
    try:
        result = communique("sql", "select 1")
    finally:
        del communique.environment["COMMUNIQUE_DOCUMENT_SECONDS"]
    assert result.returncode == 1
    assert "COMMUNIQUE_DOCUMENT_SECONDS" in result.stderr


def test_extract_answers_line_by_line(communique: Command) -> None:
    documents = [
        {
            "id": "a",
            "text": "The foreign minister of Peru met her Chilean counterpart in Lima.",
            "published_date": "2024-03-01",
        },
        {"id": 7, "text": "Nothing political happened."},
    ]
    lines = "".join(json.dumps(document) + "\n" for document in documents) + "not json\n"
    result = communique("extract", text=lines)
    assert result.returncode == 0, result.stderr
    records = [json.loads(line) for line in result.stdout.splitlines()]
    assert [record["id"] for record in records] == ["a", 7, None]
    assert [event["event_type"] for event in records[0]["events"]] == ["CONSULT"]
    assert records[2]["error"]["reason_code"] == "malformed_json"
