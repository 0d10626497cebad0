"""Tables that runs keep: whatever is replaced, written and read again, they hold the rows that a list would."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pyarrow as pa
import pytest

from pipelines.stages.resolve import kept_tables
from pipelines.stages.resolve.kept_tables import KeptTable, _rows, read_tables, write_tables

SCHEMA = {"key": pa.string(), "profile_id": pa.string(), "odds": pa.float64()}
Row = tuple[str, str | None, float | None]


def some(draw: random.Random, count: int) -> list[Row]:
    return [
        (f"k{draw.randrange(40)}", draw.choice((None, f"p{draw.randrange(9)}")), draw.choice((None, draw.random())))
        for _ in range(count)
    ]


def assert_holds(table: KeptTable, rows: list[Row], draw: random.Random) -> None:
    asked = {f"k{draw.randrange(40)}" for _ in range(draw.randrange(4))}
    assert len(table) == len(rows)
    assert sorted(table.all(), key=repr) == sorted(rows, key=repr)
    assert table.table("odds").column_names == ["odds"]
    for known in (None, True, False):
        found = [r for r in rows if r[0] in asked and known in (None, r[1] is not None)]
        assert sorted(table.where("key", asked, known=known), key=repr) == sorted(found, key=repr)
    told = [(r[2],) for r in rows if r[0] in asked]
    assert sorted(table.where("key", asked, columns=["odds"]), key=repr) == sorted(told, key=repr)
    assert sorted(table.each("key", asked, columns=["odds"]), key=repr) == sorted(told, key=repr)
    parts = ("key", asked, None), ("key", {"k5"}, False)
    found = [(r[0],) for r in rows if r[0] in asked or r[0] == "k5" and r[1] is None]
    assert sorted(_rows(table.any_of(*parts, columns=["key"]))) == sorted(found)
    above = [r for r in rows if r[2] is not None and r[2] > 0.5]
    assert sorted(table.above("odds", 0.5), key=repr) == sorted(above, key=repr)


@pytest.mark.parametrize("seed", range(6))
def test_a_table_holds_what_was_put_into_it(tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = random.Random(seed)
    monkeypatch.setattr(kept_tables, "_MOST_CHANGED", draw.choice((0.1, 0.9)))
    monkeypatch.setattr(kept_tables, "_ROWS_AT_ONCE", draw.choice((2, 1_000)))
    rows = some(draw, draw.choice((0, 60)))
    table = KeptTable.of(SCHEMA, rows)
    for run in range(8):
        for _ in range(draw.randrange(3)):
            column, gone = draw.choice((("key", {f"k{draw.randrange(40)}"}), ("profile_id", {"p1"}), ("key", set())))
            new = some(draw, draw.randrange(3))
            table = table.replaced(column, gone, new)
            rows = [r for r in rows if r[SCHEMA_AT[column]] not in gone] + new
        if draw.random() < 0.5:
            renamed = {f"k{draw.randrange(40)}": "p10" for _ in range(draw.randrange(3))}
            table = table.filled("profile_id", "key", renamed)
            rows = [(r[0], renamed.get(r[0], r[1]), r[2]) for r in rows]
        assert_holds(table, rows, draw)
        write_tables(tmp_path / str(run), {"t": table}, version="1")
        found = read_tables(tmp_path / str(run), ["t"], "1")
        assert found is not None
        table = found[0]["t"]
        assert_holds(table, rows, draw)


SCHEMA_AT = {name: at for at, name in enumerate(SCHEMA)}


def kept(folder: Path) -> KeptTable:
    found = read_tables(folder, ["t"], "1")
    assert found is not None
    return found[0]["t"]


@pytest.mark.parametrize("has_links", [True, False])
def test_a_run_that_changes_little_writes_little(
    tmp_path: Path, has_links: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not has_links:

        def refuse(*_: object) -> None:
            raise OSError("no links here")

        monkeypatch.setattr(os, "link", refuse)
    write_tables(tmp_path / "one", {"t": KeptTable.of(SCHEMA, [(f"k{n}", None, 0.1) for n in range(100)])}, version="1")
    write_tables(
        tmp_path / "two", {"t": kept(tmp_path / "one").replaced("key", {"k7"}, [("new", "p", 0.2)])}, version="1"
    )
    one, two = (tmp_path / name / "t.arrow" for name in ("one", "two"))
    assert one.samefile(two) == has_links
    assert one.read_bytes() == two.read_bytes()
    one.unlink()
    rows = kept(tmp_path / "two").all("key")
    assert len(rows) == 100
    assert ("new",) in rows
    assert ("k7",) not in rows
    # Once much has changed all is written, and what was noted beside it is no more.
    changed = kept(tmp_path / "two").replaced("key", {f"k{n}" for n in range(20)}, [])
    write_tables(tmp_path / "three", {"t": changed}, version="1")
    assert [path.name for path in sorted((tmp_path / "three").iterdir())] == ["about.json", "t.arrow"]
    assert len(kept(tmp_path / "three")) == 81


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="tells of mapped files on Linux alone")
def test_a_file_that_is_let_go_is_not_held_by_what_came_since(tmp_path: Path) -> None:
    KeptTable.of(SCHEMA, [("k1", None, 0.5)]).write(tmp_path / "a.arrow")
    table = KeptTable.read(tmp_path / "a.arrow")
    table.let_go()
    maps = Path("/proc/self/maps").read_text().splitlines()
    assert sum(line.endswith("/a.arrow") for line in maps) == 1
    assert table.all() == [("k1", None, 0.5)]
