"""What the UI and the terminal say of a failed check, and of a storage that cannot be opened."""

from __future__ import annotations

import dagster as dg
import pytest

from pipelines.defs.asset_metadata import metadata_table
from pipelines.defs.checks import CheckGroup, _result
from pipelines.defs.failures import OFFENDING_ROWS, check_message
from pipelines.defs.launch import open_instance
from pipelines.defs.run_storage import KeptEventLog
from pipelines.errors import SettingsError
from warehouse.checks import Check, CheckResult

NAME = "![pixel](pixel.png) <b>.txt"


@pytest.mark.parametrize(("count", "finding"), [(1, "1 row breaks it"), (7, "7 rows break it")])
def test_rows_are_in_the_table_and_not_in_the_description(count: int, finding: str) -> None:
    check = Check("named", "raw.files", "a file has a name", "select 1")
    group = CheckGroup("contract", "raw.files", True, "", (check,))
    result = _result(group, [CheckResult(check, count, ({"path": NAME},), 0.0)])
    assert result.description == f"raw.files: a file has a name: {finding}"
    table = result.metadata[OFFENDING_ROWS]
    assert isinstance(table, dg.TableMetadataValue)
    assert [record.data for record in table.records] == [{"rule": "named", "path": NAME}]
    assert check_message(result.description, result.metadata) == f"{result.description}: rule=named, path={NAME}"


@pytest.mark.parametrize(
    ("description", "metadata", "message"),
    [
        ("it broke", {}, "it broke"),
        (None, {}, ""),
        ("two", {OFFENDING_ROWS: metadata_table([{"a": 1}, {"a": "x"}], columns=["a"])}, "two: a=1; a=x"),
    ],
)
def test_a_message_has_what_there_is(description: str | None, metadata: dict[str, object], message: str) -> None:
    assert check_message(description, metadata) == message


def test_a_storage_that_cannot_be_opened_is_named(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    (tmp_path / "dagster.yaml").write_text("storage:\n  abacus: {}\n", encoding="utf-8")
    with (
        pytest.raises(SettingsError, match=r"cannot open its storage; see `storage` in .*dagster\.yaml: .*abacus"),
        open_instance(),
    ):
        pass


def test_a_home_without_a_configuration_is_one_like_that_of_the_clone(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    with open_instance() as instance:
        assert isinstance(instance.event_log_storage, KeptEventLog)
        assert instance.root_directory == str(tmp_path)
        assert not instance.telemetry_enabled
    assert (tmp_path / "history" / "runs" / "index.db").exists()
    assert not (tmp_path / "dagster.yaml").exists()


def test_a_home_with_a_configuration_has_what_it_says(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    (tmp_path / "dagster.yaml").write_text("telemetry:\n  enabled: false\n", encoding="utf-8")
    with open_instance() as instance:
        assert not isinstance(instance.event_log_storage, KeptEventLog)
