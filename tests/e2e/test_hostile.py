"""Hostile files, all at once: each is compared with what its manifest says must happen to it.

The generator, `make_hostile.py`, is no part of the project; it is looked for in the folder that COMMUNIQUE_FAULTS names, or
in `../shared/faults` beside the project. It writes a folder of seeds and a MANIFEST.json.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest
from rich.console import Console
from rich.table import Table

from pipelines.settings import PROJECT_ROOT
from pipelines.stages.ingest.inbox import list_inbox, printable_path
from pipelines.stages.ingest.reading import read_file
from pipelines.stages.ingest.reasons import Reason
from pipelines.stages.ingest.sources import Source
from tests.e2e.project import Project

pytestmark = [pytest.mark.slow, pytest.mark.model]

FAULTS = Path(os.environ.get("COMMUNIQUE_FAULTS", PROJECT_ROOT.parent / "shared" / "faults"))
CASES = 188
# Text that is outside the seeds folder, or that must never be read as text: nowhere in the warehouse.
CANARIES = ("CANARY-SECRET", "LEAKCANARY")


@dataclass(slots=True)
class Landed:
    """What became of a file."""

    texts: list[str] = field(default_factory=list)
    document_ids: set[str] = field(default_factory=set)
    refusals: list[tuple[str, str]] = field(default_factory=list)  # reason code, message
    status: str | None = None  # in the ledger

    @property
    def outcome(self) -> str:
        if self.texts:
            return "partial" if self.refusals else "ok"
        return "quarantine" if self.refusals else self.status or "not seen"


@dataclass(frozen=True, slots=True)
class HostileRun:
    """A run on all hostile files."""

    folder: Path
    manifest: dict[str, dict[str, Any]]
    project: Project
    result: subprocess.CompletedProcess[str]
    seconds: float
    landed: dict[str, Landed]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> HostileRun:
    generator = FAULTS / "make_hostile.py"
    if not generator.exists():
        pytest.skip(f"the generator of hostile files is not at {generator}; set COMMUNIQUE_FAULTS to its folder")
    folder = tmp_path_factory.mktemp("hostile")
    subprocess.run([sys.executable, str(generator), str(folder)], check=True, capture_output=True)
    project = Project(folder, COMMUNIQUE_WORKERS="2")
    started = time.monotonic()
    result = project("run")
    seconds = time.monotonic() - started
    assert project.settings.published_database.exists(), result.stdout + result.stderr
    manifest = json.loads((folder / "MANIFEST.json").read_text(encoding="utf-8"))
    return HostileRun(folder, manifest, project, result, seconds, landed_files(project.settings.published_database))


def landed_files(database: Path) -> dict[str, Landed]:
    """What became of each file, by its path in the ledger."""
    landed: dict[str, Landed] = {}
    with closing(duckdb.connect(str(database), read_only=True)) as con:
        for path, status in con.execute("select path, status from raw.files where is_current").fetchall():
            landed.setdefault(path, Landed()).status = status
        for path, document_id, text in con.execute(
            "select path, document_id, text from raw.document_sources join raw.documents using (document_id)"
        ).fetchall():
            landed[path].texts.append(text)
            landed[path].document_ids.add(document_id)
        for path, reason, message in con.execute("select path, reason_code, message from raw.quarantine").fetchall():
            landed.setdefault(path, Landed()).refusals.append((reason, message))
    return landed


def deviations(expected: dict[str, Any], landed: Landed) -> Iterator[str]:
    """What of a file is not as the manifest says."""
    wanted = [expected[name] for name in ("expect", "or_expect") if name in expected]
    reasons = [why for outcome in wanted if (why := _why_not(outcome, expected, landed))]
    if len(reasons) == len(wanted):
        yield from reasons
    if (text := expected.get("must_contain")) and not any(text in other for other in landed.texts):
        yield f"no document contains {text!r}"
    if (text := expected.get("must_not_contain")) and any(text in other for other in landed.texts):
        yield f"a document contains {text!r}"


def _why_not(outcome: str, expected: dict[str, Any], landed: Landed) -> str | None:
    """Why a file's fate is not this outcome; None if it is."""
    hint, refused = expected["reason"], " ".join(f"{code} {message}" for code, message in landed.refusals)
    records = len(landed.texts)
    if outcome == "ok":
        is_right = records >= expected["min_docs"] and not landed.refusals
    elif outcome == "partial":
        is_right = records >= max(1, expected["min_docs"]) and len(landed.refusals) == expected.get(
            "bad", max(1, len(landed.refusals))
        )
    elif outcome == "quarantine":
        is_right = records == 0 and len(landed.refusals) >= 1
    else:
        is_right = records == 0 and not landed.refusals and landed.status == "skipped"
    if is_right and outcome in ("partial", "quarantine") and hint and not re.search(hint, refused, re.IGNORECASE):
        return f"{outcome}: the refusal does not say {hint!r}: {refused}"
    return None if is_right else f"not {outcome}: {landed.outcome}, {records} records, {len(landed.refusals)} refusals"


def test_run_ends_with_the_status_of_new_quarantine_rows(hostile: HostileRun) -> None:
    assert hostile.result.returncode == 2, hostile.result.stdout + hostile.result.stderr
    assert "Traceback" not in hostile.result.stdout + hostile.result.stderr
    hostile.project.require_whole_version()


def test_every_file_fares_as_the_manifest_says(hostile: HostileRun, capsys: pytest.CaptureFixture[str]) -> None:
    table = Table("file", "expected", "found", "records", "refused", "reasons", "deviation")
    wrong: dict[str, list[str]] = {}
    for name, expected in hostile.manifest.items():
        path = printable_path(name)
        if (hostile.folder / "seeds" / name).is_dir() and not (hostile.folder / "seeds" / name).is_symlink():
            found = Landed(status="skipped")  # a folder is no input, whatever its name
        else:
            found = hostile.landed.get(path, Landed())
        problems = list(deviations(expected, found))
        if problems:
            wrong[path] = problems
        outcomes = " or ".join(expected[key] for key in ("expect", "or_expect") if key in expected)
        codes = ", ".join(sorted({code for code, _ in found.refusals}))
        shown = (path[:60], outcomes, found.outcome, len(found.texts), len(found.refusals), codes, "; ".join(problems))
        table.add_row(*(ascii(cell)[1:-1] if isinstance(cell, str) else str(cell) for cell in shown))
    with capsys.disabled():
        Console(width=170).print("", table, highlight=False, markup=False)
        right = len(hostile.manifest) - len(wrong)
        print(f"{right} of {len(hostile.manifest)} files as expected; run of {hostile.seconds:.0f} s")  # noqa: T201
    assert len(hostile.manifest) == CASES
    assert wrong == {}


def test_reasons_are_of_the_closed_list(hostile: HostileRun) -> None:
    found = {code for landed in hostile.landed.values() for code, _ in landed.refusals}
    assert found <= set(Reason)
    assert len(found) > 20


def test_nothing_is_created_outside_the_warehouse(hostile: HostileRun) -> None:
    for expected in hostile.manifest.values():
        for path in expected.get("must_not_create", ()):
            assert not (hostile.folder / path).exists(), path
    assert [path.name for path in (hostile.folder / "outside").iterdir()] == ["secret.txt"]


def test_no_canary_is_in_any_column(hostile: HostileRun) -> None:
    with closing(duckdb.connect(str(hostile.project.settings.published_database), read_only=True)) as con:
        tables = con.execute(
            "select distinct schema_name, table_name from duckdb_columns() where not internal and data_type like 'VARCHAR%'"
        ).fetchall()
        assert tables
        for schema, table in tables:
            for canary in CANARIES:
                (count,) = con.execute(
                    f'select count(*) from "{schema}"."{table}" as item where contains(item::varchar, ?)', [canary]
                ).fetchall()[0]
                assert count == 0, f"{canary} in {schema}.{table}"


def test_invisible_characters_change_nothing(hostile: HostileRun) -> None:
    plain = hostile.landed["good_control.txt"].document_ids
    assert hostile.landed["txt/zero_width.txt"].document_ids == plain


def test_reading_stays_within_the_time_of_each_file(hostile: HostileRun) -> None:
    """The time that reading a file takes by itself; extraction of all of them together has the strictest limit."""
    files = {file.path: file for file in list_inbox(hostile.project.seeds)}
    limits = {path: e["max_secs"] for path, e in hostile.manifest.items() if "max_secs" in e}
    with closing(duckdb.connect(str(hostile.project.settings.published_database), read_only=True)) as con:
        (extracting,) = con.execute("select extract_seconds from raw.ingestion_runs").fetchall()[0]
    too_slow = {}
    for path, limit in limits.items():
        started = time.monotonic()
        if files[path].refusal is None and files[path].size_bytes <= hostile.project.settings.max_file_bytes:
            list(read_file(files[path], hostile.project.settings, Source()))
        seconds = time.monotonic() - started + (extracting if hostile.landed[path].texts else 0.0)
        if seconds > limit:
            too_slow[path] = (seconds, limit)
    assert too_slow == {}


def test_second_run_finds_nothing_new(hostile: HostileRun) -> None:
    again = hostile.project("run")
    assert again.returncode == 0, again.stdout + again.stderr
    assert "0 documents extracted" in again.stdout
    assert " = 0 loaded + 0 duplicate + " in again.stdout
