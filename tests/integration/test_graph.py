"""The graph of assets, checks, jobs and automation, against tests/cases/graph.json.

After an intended change: COMMUNIQUE_UPDATE_SNAPSHOTS=1 .venv/bin/python -m pytest tests/integration/test_graph.py
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

import dagster as dg
import pytest

from pipelines import ids
from pipelines.definitions import build_defs
from pipelines.defs.asset_specs import MODEL_GROUPS
from pipelines.settings import PROJECT_ROOT, Settings
from pipelines.stages import versions as stage_versions
from warehouse import versions as warehouse_versions
from warehouse.contracts.publications import PUBLICATIONS
from warehouse.contracts.raw import REFERENCE
from warehouse.models import discover_models
from warehouse.tables import TABLES

SNAPSHOT = PROJECT_ROOT / "tests" / "cases" / "graph.json"
GROUPS = {"ingest", "extract", "warehouse", "core", *MODEL_GROUPS, "publish"}
NO_TABLES = {"seeds", "staged_documents", "staged_extractions", "published_warehouse"}
# Written by the publication itself, after every check.
PUBLICATION_TABLES = {table.qualified_name for table in PUBLICATIONS}


@pytest.fixture(scope="module")
def defs() -> dg.Definitions:
    definitions = build_defs(settings=Settings())
    dg.Definitions.validate_loadable(definitions)
    return definitions


def name_of(key: dg.AssetKey) -> str:
    return ".".join(key.path)


def test_graph_is_the_one_we_think(defs: dg.Definitions) -> None:
    graph = defs.resolve_asset_graph()
    found = {
        name_of(node.key): {"group": node.group_name, "deps": sorted(map(name_of, node.parent_keys))}
        for node in sorted(graph.asset_nodes, key=lambda node: node.key)
    }
    if os.environ.get("COMMUNIQUE_UPDATE_SNAPSHOTS"):
        SNAPSHOT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    assert found == json.loads(SNAPSHOT.read_text(encoding="utf-8"))


def test_every_table_is_an_asset_of_the_same_name(defs: dg.Definitions) -> None:
    tables = {table.qualified_name for table in TABLES}
    tables |= {model.qualified_name for model in discover_models(Settings().sql)}
    assert {name_of(key) for key in defs.resolve_asset_graph().get_all_asset_keys()} == tables | NO_TABLES


def test_every_asset_explains_itself(defs: dg.Definitions) -> None:
    graph = defs.resolve_asset_graph()
    assert {node.group_name for node in graph.asset_nodes} == GROUPS
    assert [name_of(node.key) for node in graph.asset_nodes if not node.description] == []


def test_every_table_has_a_blocking_contract_check(defs: dg.Definitions) -> None:
    graph = defs.resolve_asset_graph()
    checked = {key.asset_key for key in graph.asset_check_keys if key.name == "contract"}
    unchecked = {name_of(key) for key in graph.get_all_asset_keys() - checked}
    assert unchecked == NO_TABLES | PUBLICATION_TABLES
    assert all(graph.get_check_spec(key).blocking for key in graph.asset_check_keys if key.name == "contract")


def test_everything_can_be_materialized_without_choosing_anything(defs: dg.Definitions) -> None:
    graph = defs.resolve_asset_graph()
    assert all(node.partitions_def is None for node in graph.asset_nodes)
    job = defs.resolve_job_def("ingest_and_publish")
    assert job.asset_layer.selected_asset_keys == graph.executable_asset_keys
    assert dg.validate_run_config(job, {}) is not None


def test_retrying_is_the_whole_job_with_the_refused_tried_again(defs: dg.Definitions) -> None:
    graph = defs.resolve_asset_graph()
    job = defs.resolve_job_def("retry_quarantined")
    assert job.asset_layer.selected_asset_keys == graph.executable_asset_keys
    ops = dg.validate_run_config(job, job.run_config)["ops"]
    retried = {name for name, op in ops.items() if (op.get("config") or {}).get("retry_quarantined")}
    assert retried == {"staged_documents", "staged_extractions"}


def test_rebuilding_the_marts_leaves_what_is_loaded(defs: dg.Definitions) -> None:
    selected = {name_of(key) for key in defs.resolve_job_def("rebuild_marts").asset_layer.selected_asset_keys}
    models = {model.qualified_name for model in discover_models(Settings().sql)}
    assert selected == models | PUBLICATION_TABLES | {"published_warehouse"}


def test_automation_is_off_until_someone_switches_it_on(defs: dg.Definitions) -> None:
    schedules = {schedule.name: schedule.default_status for schedule in defs.schedules}
    sensors = {sensor.name: sensor.default_status for sensor in defs.sensors}
    assert set(schedules) == {"hourly_ingestion", "nightly_retention"}
    assert set(schedules.values()) == {dg.DefaultScheduleStatus.STOPPED}
    assert sensors == {
        "new_seed_files": dg.DefaultSensorStatus.STOPPED,
        "dead_runs": dg.DefaultSensorStatus.RUNNING,  # starts nothing
        "run_alerts": dg.DefaultSensorStatus.STOPPED,  # on where there is a webhook
    }


def test_every_asset_has_a_code_version_an_owner_and_a_layer(defs: dg.Definitions) -> None:
    graph = defs.resolve_asset_graph()
    made = [graph.get(key) for key in graph.materializable_asset_keys]
    assert [name_of(node.key) for node in made if not node.code_version] == []
    assert [name_of(node.key) for node in made if not node.owners or "layer" not in node.tags] == []


def test_a_table_links_its_code_and_its_description(defs: dg.Definitions) -> None:
    graph = defs.resolve_asset_graph()
    tables = [node for node in graph.asset_nodes if name_of(node.key) not in NO_TABLES]
    for node in tables:
        references = node.metadata["dagster/code_references"].code_references
        lines = [
            Path(ref.file_path).read_text(encoding="utf-8").splitlines()[ref.line_number - 1] for ref in references
        ]
        assert len(references) == 2, node.key
        assert lines[1] == f"### {name_of(node.key)}"
        if not node.metadata["dagster/code_references"].code_references[0].file_path.endswith(".sql"):
            assert f'"{node.key.path[0]}", "{node.key.path[1]}"' in lines[0]
        assert "```" not in (node.description or "")


def test_links_to_the_dictionary_lead_to_the_web_where_it_is_known() -> None:
    graph = build_defs(settings=Settings(docs_url="https://example.org/docs/")).resolve_asset_graph()
    link = graph.get(dg.AssetKey(["main", "fct_events"])).metadata["dictionary"]
    assert link == dg.MetadataValue.url("https://example.org/docs/data_dictionary.md#mainfct_events")


@pytest.mark.parametrize("resource", ["warehouse", "settings", "progress"])
def test_no_resource_can_be_configured_past_the_lock(defs: dg.Definitions, resource: str) -> None:
    job = defs.resolve_job_def("ingest_and_publish")
    with pytest.raises(dg.DagsterInvalidConfigError):
        dg.validate_run_config(
            job, {"resources": {resource: {"config": {"build_database": "/elsewhere/build.duckdb"}}}}
        )


@pytest.mark.parametrize("table", ["published_warehouse", "main.warehouse_version", "raw.documents", "core.events"])
def test_one_table_of_a_step_can_be_selected_alone(defs: dg.Definitions, table: str) -> None:
    job = defs.get_implicit_global_asset_job_def() if hasattr(defs, "get_implicit_global_asset_job_def") else None
    key = dg.AssetKey(table.split("."))
    job = job or defs.resolve_implicit_global_asset_job_def()
    assert job.get_subset(asset_selection={key}).asset_layer.selected_asset_keys == {key}


def changed_parts(before: dg.Definitions, after: dg.Definitions) -> set[str]:
    """Assets whose code version differs."""
    old, new = before.resolve_asset_graph(), after.resolve_asset_graph()
    return {
        name_of(key) for key in new.materializable_asset_keys if old.get(key).code_version != new.get(key).code_version
    }


def copied_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of what versions are hashes of, to be changed."""
    for package in ("pipelines", "warehouse"):
        shutil.copytree(
            PROJECT_ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("*.duckdb*", "batches")
        )
    real = ids.code_version

    def of_copy(name: str, patterns: tuple[str, ...], *, package: Path = PROJECT_ROOT / "pipelines") -> str:
        return real(name, patterns, package=tmp_path / package.name)

    monkeypatch.setattr(stage_versions, "code_version", of_copy)
    monkeypatch.setattr(warehouse_versions, "code_version", of_copy)
    return tmp_path


REFERENCE_TABLES = {table.qualified_name for table in REFERENCE}
CORE_TABLES = {table.qualified_name for table in TABLES if table.schema == "core"}


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("pipelines/lexicons/nationalities.csv", {"staged_extractions"}),
        ("pipelines/lexicons/event_types.csv", {"staged_extractions", *CORE_TABLES, *REFERENCE_TABLES}),
        ("pipelines/nlp/quotations/patterns.py", {"staged_extractions"}),
        ("pipelines/stages/resolve/entities.py", CORE_TABLES),
        ("pipelines/stages/ingest/ingest.py", {"staged_documents"}),
        ("warehouse/publish.py", {"published_warehouse", *(table.qualified_name for table in PUBLICATIONS)}),
        ("pipelines/console.py", set()),
    ],
)
def test_what_a_change_makes_stale(
    defs: dg.Definitions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, expected: set[str]
) -> None:
    copy = copied_package(tmp_path, monkeypatch)
    with (copy / file).open("a", encoding="utf-8") as stream:
        stream.write("\n")
    assert changed_parts(defs, build_defs(settings=Settings())) == expected  # a copy has the versions of its original


def test_a_changed_model_is_a_changed_version(tmp_path: Path) -> None:
    shutil.copytree(Settings().sql, tmp_path / "sql")
    before = build_defs(settings=Settings(sql=tmp_path / "sql"))
    with (tmp_path / "sql" / "marts" / "fct_events.sql").open("a", encoding="utf-8") as stream:
        stream.write("\n-- a remark")
    assert changed_parts(before, build_defs(settings=Settings(sql=tmp_path / "sql"))) == {"main.fct_events"}


LOAD_TIMES = """
import resource, sys
{code}
usage = resource.getrusage(resource.RUSAGE_SELF)
print(usage.ru_utime + usage.ru_stime, "spacy" in sys.modules, "pipelines.stages.ingest.ingest" in sys.modules)
"""


@pytest.mark.slow  # five pairs of processes on a busy machine
def test_definitions_load_without_the_stages_in_twice_the_time_of_dagster() -> None:
    def load(code: str) -> tuple[float, str]:
        command = [sys.executable, "-c", LOAD_TIMES.format(code=code)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=PROJECT_ROOT)
        seconds, imported = done.stdout.split(maxsplit=1)
        return float(seconds), imported.strip()

    bare, whole = [], []
    for _ in range(5):  # in turns, as other work on the machine slows both
        bare.append(load("import dagster")[0])
        seconds, imported = load("import pipelines.definitions as d; d.defs()")
        assert imported == "False False"
        whole.append(seconds)
        if len(whole) > 1 and min(whole) <= 2.0 * min(bare):  # measured 1.7
            return
    pytest.fail(f"{min(whole)} s of CPU, Dagster alone {min(bare)} s")


def test_what_is_published_says_when_it_is_late() -> None:
    graph = build_defs(settings=Settings(fresh_hours=6)).resolve_asset_graph()
    policies = {name_of(key): graph.get(key).freshness_policy for key in graph.materializable_asset_keys}
    late = {
        name: (policy.warn_window.to_timedelta(), policy.fail_window.to_timedelta())
        for name, policy in policies.items()
        if policy
    }
    hours = (timedelta(hours=6), timedelta(hours=12))
    assert late == dict.fromkeys(("published_warehouse", *(table.qualified_name for table in PUBLICATIONS)), hours)


@pytest.mark.skipif(find_spec("dagster_dg_cli") is None, reason="dagster-dg-cli, a development extra, is not installed")
def test_dg_finds_the_definitions() -> None:
    command = [sys.executable, "-c", "from dagster_dg_cli.cli import main; main()", "check", "defs"]
    checked = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT_ROOT)
    assert "All definitions loaded successfully" in checked.stdout + checked.stderr
