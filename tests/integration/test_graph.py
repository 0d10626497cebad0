"""The graph of assets, checks, jobs and automation, against tests/cases/graph.json.

After an intended change: COMMUNIQUE_UPDATE_SNAPSHOTS=1 .venv/bin/python -m pytest tests/integration/test_graph.py
"""

from __future__ import annotations

import json
import os

import dagster as dg
import pytest

from pipelines.definitions import build_defs
from pipelines.settings import PROJECT_ROOT, Settings
from warehouse.contracts.publications import PUBLICATIONS
from warehouse.models import discover_models
from warehouse.tables import TABLES

SNAPSHOT = PROJECT_ROOT / "tests" / "cases" / "graph.json"
GROUPS = {"ingest", "extract", "warehouse", "core", "marts", "publish"}
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
    assert schedules == {"hourly_ingestion": dg.DefaultScheduleStatus.STOPPED}
    assert sensors == {
        "new_seed_files": dg.DefaultSensorStatus.STOPPED,
        "dead_runs": dg.DefaultSensorStatus.RUNNING,  # starts nothing
    }
