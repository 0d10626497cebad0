"""A project of its own for a test: seeds, warehouse and Dagster home in a temporary folder, and `communique` run on them.

Also what its tables hold without the bookkeeping of runs, so that two warehouses can be compared.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import IO

import duckdb

from pipelines.settings import PROJECT_ROOT, Settings
from warehouse.builds import require_whole_build
from warehouse.checks import model_checks, run_checks, sql_checks, table_checks
from warehouse.models import discover_models

CORPUS = PROJECT_ROOT / "tests" / "cases" / "corpus"

# Tables about runs, and columns that say which run wrote a row or how often it was tried: these differ by their nature.
RUN_TABLES = frozenset(
    (
        "raw.ingestion_runs",
        "raw.builds",
        "raw.layout",
        "core.event_changes",
        "core.entity_changes",
        "main.agg_ingestion_runs",
        "main.warehouse_version",
        "main.publications",
        "main.agg_changes",
        "staging.stg_ingestion_runs",
    )
)
RUN_COLUMNS = frozenset(("run_id", "seen_at", "rejected_at", "attempts", "built_at"))

Rows = Mapping[str, Sequence[tuple[object, ...]]]


class Project:
    """`communique` with a seeds folder, a warehouse and a Dagster home below one folder.

    Args:
        folder: created if it is missing.
        warehouse: the warehouse folder if it is to be elsewhere.
        environment: further environment variables of the command.
    """

    def __init__(self, folder: Path, *, warehouse: Path | None = None, **environment: str) -> None:
        self.seeds = folder / "seeds"
        self.home = folder / "dagster_home"
        self.seeds.mkdir(parents=True, exist_ok=True)
        self.home.mkdir(exist_ok=True)
        shutil.copy(PROJECT_ROOT / "dagster_home" / "dagster.yaml", self.home)
        self.corrections = folder / "corrections.csv"
        self.corrections.touch()
        self.settings = Settings(
            seeds=self.seeds,
            warehouse=warehouse or folder / "warehouse",
            corrections=self.corrections,
            workers=1,
        )
        self.environment = os.environ | {
            "COMMUNIQUE_SEEDS": str(self.seeds),
            "COMMUNIQUE_WAREHOUSE": str(self.settings.warehouse),
            "COMMUNIQUE_CORRECTIONS": str(self.corrections),
            "COMMUNIQUE_WORKERS": "1",
            "DAGSTER_HOME": str(self.home),
        }
        self.environment |= environment

    def __call__(self, *arguments: str, seconds: float = 600) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        process = self.start(*arguments)
        try:
            out, err = process.communicate(timeout=seconds)
        except BaseException:
            kill(process)
            raise
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def start(self, *arguments: str, output: IO[str] | int = subprocess.PIPE) -> subprocess.Popen[str]:
        """Start a command as the leader of a process group of its own.

        Args:
            arguments: of `communique`.
            output: where standard output and error go; a server's own would fill a pipe that nobody reads.
        """
        return subprocess.Popen(
            [sys.executable, "-m", "pipelines.cli", *arguments],
            cwd=PROJECT_ROOT, env=self.environment, text=True, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=output, stderr=output,
        )  # fmt: skip

    def wait_for_lock(self, process: subprocess.Popen[str], *, seconds: float = 120) -> None:
        """Wait until a run that was started holds the warehouse."""
        lock = self.settings.build_database.with_name(self.settings.build_database.name + ".lock")
        pid = f'"pid": {process.pid}'
        deadline = time.monotonic() + seconds
        while process.poll() is None and not (lock.exists() and pid in lock.read_text(encoding="utf-8")):
            assert time.monotonic() < deadline, "the run did not take the lock"
            time.sleep(0.01)

    def version(self) -> tuple[str, int, int]:
        """Run, documents and events of the published version by its own row."""
        with closing(duckdb.connect(str(self.settings.published_database), read_only=True)) as con:
            return con.execute("select run_id, document_count, event_count from main.warehouse_version").fetchall()[0]

    def rows(self) -> Rows:
        """Every table of the published warehouse; see `table_rows`."""
        return table_rows(self.settings.published_database)

    def require_whole_version(self) -> None:
        """Assert that the published file opens, that one run built all of it, and that every blocking check holds."""
        models = discover_models(self.settings.sql)
        checks = (*table_checks(), *model_checks(models), *sql_checks(self.settings.sql))
        with closing(duckdb.connect(str(self.settings.published_database), read_only=True)) as con:
            require_whole_build(con, models)
            counted = con.execute(
                "select document_count, (select count(*) from raw.documents), (select count(*) from dim_documents), "
                "event_count, (select count(*) from core.events) from main.warehouse_version"
            ).fetchall()
            assert len(counted) == 1
            documents, raw, dimension, events, core = counted[0]
            assert (documents, documents, events) == (raw, dimension, core)
            failed = [result for result in run_checks(con, checks) if result.check.is_blocking and not result.passed]
        assert [result.message for result in failed] == []


def table_rows(database: Path) -> Rows:
    """The rows of every table in order, without what tells of runs (`RUN_TABLES`, `RUN_COLUMNS`); floats to twelve digits."""
    with closing(duckdb.connect(str(database), read_only=True)) as con:
        columns: dict[str, list[str]] = {}
        for table, column in con.execute(
            "select schema_name || '.' || table_name, column_name from duckdb_columns() where not internal "
            "and schema_name in ('raw', 'nlp', 'core', 'main') order by all"
        ).fetchall():
            if table not in RUN_TABLES and column not in RUN_COLUMNS:
                columns.setdefault(table, []).append(f'"{column}"')
        return {
            table: sorted(
                (
                    tuple(map(_settled, row))
                    for row in con.execute(f"select {', '.join(names)} from {table}").fetchall()
                ),
                key=repr,
            )
            for table, names in columns.items()
        }


def differences(found: Rows, expected: Rows) -> dict[str, tuple[list[object], list[object]]]:
    """Tables whose rows differ, with up to three rows that only one of the two has."""
    tables = found.keys() | expected.keys()
    return {
        table: (_without(found.get(table, ()), expected.get(table, ())), _without(expected.get(table, ()), found.get(table, ())))
        for table in sorted(tables)
        if found.get(table) != expected.get(table)
    }  # fmt: skip


def kill(process: subprocess.Popen[str]) -> None:
    """SIGKILL a process and everything that it started, and wait for its end."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def _settled(value: object) -> object:
    """The value, a float to twelve digits: the last bit of a sum is that of the order in which threads add."""
    return float(f"{value:.12g}") if isinstance(value, float) else value


def _without(rows: Sequence[tuple[object, ...]], others: Sequence[tuple[object, ...]]) -> list[object]:
    known = {repr(row) for row in others}
    return [row for row in rows if repr(row) not in known][:3]
