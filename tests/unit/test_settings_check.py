"""Every setting that cannot be used is told in one line; the documentation has the same table as the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipelines.errors import SettingsError
from pipelines.settings import PROJECT_ROOT
from pipelines.settings_check import read_settings, settings_table, unknown_names
from pipelines.sizes import parse_size

NUMBERS = [name for name, _, may_be, _ in settings_table() if "number" in may_be]


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("value", ["-1", "99999999999999999999", "1e400", "nan", "many", "", "0x10"])
def test_numbers_out_of_range_are_told_in_one_line(monkeypatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        read_settings()
    assert re.fullmatch(rf"{name} cannot be '{re.escape(value)}'; it may be a .*number .*\d", str(caught.value))


@pytest.mark.parametrize(
    "value", ["-1GB", "lots", "0", "", "2", "15MB", "1e3MB", "2 G B", "9" * 400 + "GB", "2000TB", "80%"]
)
def test_sizes_are_numbers_with_units(monkeypatch, value: str) -> None:
    monkeypatch.setenv("COMMUNIQUE_QUERY_MEMORY", value)
    with pytest.raises(SettingsError, match="COMMUNIQUE_QUERY_MEMORY cannot be .*; it may be a size") as caught:
        read_settings()
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize(
    ("text", "size"), [("2GB", 2 * 10**9), ("1.5 gib", 3 * 2**29), ("300mb", 300 * 10**6), ("7B", 7), ("1KiB", 1024)]
)
def test_sizes_are_read_as_duckdb_reads_them(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("name", ["SEEDS", "WAREHOUSE", "SQL", "CORRECTIONS"])
@pytest.mark.parametrize("value", ["", "  "])
def test_an_empty_path_is_not_the_current_folder(monkeypatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"COMMUNIQUE_{name}", value)
    with pytest.raises(SettingsError, match=f"COMMUNIQUE_{name} cannot be '{value}'; it may be a"):
        read_settings()


@pytest.mark.parametrize(
    ("name", "kind", "problem"),
    [
        ("SEEDS", "missing", "the seeds folder does not exist"),
        ("SEEDS", "file", "it is not a folder"),
        ("SQL", "missing", "the sql folder does not exist"),
        ("SQL", "file", "it is not a folder"),
        ("SQL", "folder", "there are no SQL models in it"),
        ("WAREHOUSE", "file", "it is not a folder"),
        ("CORRECTIONS", "folder", "it is a folder"),
    ],
)
def test_paths_that_cannot_be_used_are_told(monkeypatch, tmp_path: Path, name: str, kind: str, problem: str) -> None:
    path = tmp_path / "it"
    if kind == "file":
        path.write_text("x")
    elif kind == "folder":
        path.mkdir()
    monkeypatch.setenv(f"COMMUNIQUE_{name}", str(path))
    with pytest.raises(SettingsError, match=f"COMMUNIQUE_{name} cannot be '{path}': {problem}; it may be"):
        read_settings(needed=("seeds", "sql", "warehouse"))


def test_each_setting_has_its_line_and_an_option_its_own_name(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COMMUNIQUE_WORKERS", "0")
    monkeypatch.setenv("COMMUNIQUE_LOCK_SECONDS", "-3")
    with pytest.raises(SettingsError) as caught:
        read_settings(model="../pipeline")
    assert [line.split()[0] for line in str(caught.value).splitlines()] == [
        "--model",
        "COMMUNIQUE_WORKERS",
        "COMMUNIQUE_LOCK_SECONDS",
    ]


def test_a_missing_folder_that_is_not_needed_is_no_matter(tmp_path: Path) -> None:
    assert read_settings(seeds=tmp_path / "missing").seeds == tmp_path / "missing"


def test_names_that_are_no_settings_are_told_with_the_nearest() -> None:
    given = {"COMMUNIQUE_WORKRES": "1", "COMMUNIQUE_ZZZ": "1", "communique_seeds": "x", "COMMUNIQUE_TEST_STORIES": "1"}
    assert list(unknown_names(given)) == [
        "COMMUNIQUE_WORKRES is no setting and has no effect; did you mean COMMUNIQUE_WORKERS?",
        "COMMUNIQUE_ZZZ is no setting and has no effect",
    ]


def test_the_documented_table_is_that_of_the_code() -> None:
    text = (PROJECT_ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(COMMUNIQUE_\w+)` \| `(.*?)` \| (.*?) \| (.*?) \|$", text, flags=re.MULTILINE)
    assert rows == settings_table()


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("EXTRACTION_ENGINE", "spark", "it may be local or ray"),
        ("EXTRACTION_ENGINE", "ray", "Ray is not installed"),
        ("BATCHES_URL", "gopher://holes/batches", "Protocol not known"),
    ],
)
def test_an_engine_or_store_that_is_not_there_is_told_before_a_run(
    monkeypatch, name: str, value: str, problem: str
) -> None:
    monkeypatch.setattr("pipelines.settings_check.find_spec", lambda name: None)
    monkeypatch.setenv(f"COMMUNIQUE_{name}", value)
    with pytest.raises(SettingsError, match=problem) as caught:
        read_settings()
    assert str(caught.value).startswith(f"COMMUNIQUE_{name} cannot be {value!r}")
