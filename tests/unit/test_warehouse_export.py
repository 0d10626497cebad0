"""Exports hold every row, no formula, and every event that has a place."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from pipelines.errors import DiskFullError, QueryError
from warehouse import export
from warehouse.export import FileFormat, export_map, export_tables

TEXTS = ["=1+1", "+47 22", "-5", "@home", "\tx", 'plain, "quoted"\nand broken', "a=b", "", None]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A published file with a table of texts that a spreadsheet may take for formulas, and three events."""
    path = tmp_path / "communique.duckdb"
    con = duckdb.connect(str(path))
    con.execute("create schema nlp; create table nlp.notes (note varchar)")
    con.execute("create table dim_texts (id integer, text varchar, names varchar[], day date, data blob)")
    con.executemany(
        "insert into dim_texts values (?, ?, ?, ?, ?)",
        [(-n, text, ["=a"], date(2023, 5, 9), b"\x01") for n, text in enumerate(TEXTS)],
    )
    con.execute(
        "create table fct_events as select * from (values ('e1', 60.5, 5.25, 'town', ['Ann'], date '2023-05-09'), "
        "('e2', null, null, null, [], null), ('e3', -1.0, 0.0, 'country', [], null)) "
        "as t (event_id, place_latitude, place_longitude, place_precision, actor_names, event_date_start)"
    )
    con.close()
    return path


def test_parquet_keeps_rows_and_types(path, tmp_path):
    files = list(export_tables(path, tmp_path / "out"))
    assert [(file.path.name, file.row_count) for file in files] == [("dim_texts.parquet", 9), ("fct_events.parquet", 3)]
    table = pq.read_table(files[0].path)
    assert table.column("text").to_pylist() == TEXTS
    assert table.column("names").to_pylist()[0] == ["=a"]
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == ["dim_texts.parquet", "fct_events.parquet"]


def test_csv_has_no_formula(path, tmp_path):
    (file,) = export_tables(path, tmp_path / "out", ["dim_texts"], file_format=FileFormat.CSV)
    with file.path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    expected = [f"'{text}" if n < 5 else text or "" for n, text in enumerate(TEXTS)]
    assert [row["text"] for row in rows] == expected
    assert rows[1] == {"id": "-1", "text": "'+47 22", "names": '["=a"]', "day": "2023-05-09", "data": "01"}


def test_a_table_of_another_schema_is_named_with_it(path, tmp_path):
    assert [file.path.name for file in export_tables(path, tmp_path, ["nlp.notes"])] == ["nlp.notes.parquet"]


def test_the_map_has_the_events_with_a_place(path, tmp_path):
    file, left_out = export_map(path, tmp_path / "events.geojson")
    assert (file.row_count, left_out) == (2, 1)
    collection = json.loads(file.path.read_text(encoding="utf-8"))
    assert collection["type"] == "FeatureCollection"
    assert [feature["geometry"]["coordinates"] for feature in collection["features"]] == [[5.25, 60.5], [0.0, -1.0]]
    assert collection["features"][0]["properties"] == {
        "event_id": "e1", "place_latitude": 60.5, "place_longitude": 5.25, "place_precision": "town",
        "actor_names": ["Ann"], "event_date_start": "2023-05-09",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        (["fct_event"], "there is no table main.fct_event; did you mean main.fct_events"),
        (["nlp.x'; drop"], "there is no table"),
    ],
)
def test_an_unknown_table_is_named(path, tmp_path, tables, message):
    with pytest.raises(QueryError, match=message):
        list(export_tables(path, tmp_path / "out", tables))
    assert not (tmp_path / "out").exists()


def test_nothing_published_is_said(tmp_path):
    with pytest.raises(QueryError, match="nothing is published"):
        list(export_tables(tmp_path / "none.duckdb", tmp_path))


def test_a_full_disk_leaves_the_old_file(path, tmp_path, monkeypatch):
    target = tmp_path / "events.geojson"
    target.write_text("old")

    def no_space(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(export.os, "replace", no_space)
    with pytest.raises(DiskFullError, match=r"writing .*events\.geojson"):
        export_map(path, target)
    assert target.read_text() == "old"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["communique.duckdb", "events.geojson"]
