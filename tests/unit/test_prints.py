"""Hashes made of the rows of told keys alone are those made of all rows, and tell the same changes; in doubt all are hashed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from test_increment_runs import PARTIAL, RUN, World
from test_increments import rebuild
from warehouse_rows import empty_warehouse, given_reference

from warehouse import builds, changed_keys
from warehouse.builds import CORE, LOAD
from warehouse.changed_keys import ChangedKeys, Changes
from warehouse.checks import run_checks
from warehouse.derived_checks import derived_checks
from warehouse.prints import UNLIKE, Prints, Source
from warehouse.tables import TABLES
from warehouse.touched import COLUMNS, Touched, note_touched, told_keys

Con = duckdb.DuckDBPyConnection
_PARTS = (builds.Part(LOAD), builds.Part(CORE, (LOAD,)))
DOCUMENTS = Source("staging.stg_documents", "document_id")
MENTIONS = Source(
    "staging.stg_entity_mentions", "document_id", ("document_id", "mention_id", "start_char"), is_bucketed=True
)


def sources(con: Con) -> list[Source]:
    """Those of all models that are computed by what changed."""
    columns: dict[str, Any] = {table.qualified_name: table.column_names for table in TABLES}
    columns |= {model.qualified_name: [column.name for column in model.columns] for model in RUN}
    partial = {model.qualified_name: model for model in PARTIAL}
    keys = ChangedKeys(con, Changes(Prints(con, Path()), columns, partial))
    found = [one for model in PARTIAL if model.increment for one in keys.sources(model, model.increment)]
    return list({one.label: one for one in found if one.table not in partial}.values())


def printed(con: Con, folder: Path, of: list[Source], told: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Hash, keep, and tell what is unlike the last time."""
    labels = [one.label for one in of if any(folder.glob("*.parquet"))]
    prints = Prints(con, folder)
    prints.compare_with(labels, told)
    prints.print(con, of)
    unlike = con.execute(f"select * from {UNLIKE} order by all").fetchall()
    prints.keep()
    return unlike


def kept(con: Con, folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    files = sorted(folder.glob("*.parquet"))
    return {one.name: con.execute(f"select * from read_parquet('{one}') order by all").fetchall() for one in files}


def remember(con: Con) -> None:
    for table in (table for tables in COLUMNS.values() for table in tables):
        con.execute(f"create or replace table former.{table} as from {table}")


def written(con: Con, part: str) -> Touched:
    """The keys of all rows that came or went, and one more that is as it was."""
    keys: dict[str, set[str]] = {}
    for table, columns in COLUMNS[part].items():
        rows = (
            f"((from former.{table} except all from {table}) union all (from {table} except all from former.{table}))"
        )
        for column in columns:
            found = con.execute(f"select {column} from {rows} union (select min({column}) from {table})").fetchall()
            keys.setdefault(column, set()).update(key for (key,) in found if key is not None)
    return Touched(keys, has_lost=True)


def stamp(con: Con, folder: Path, run_id: str) -> None:
    """Note what was written, as the load and the resolution do."""
    former, touched = builds.read_builds(con), {part: written(con, part) for part in COLUMNS}
    builds.stamp(con, _PARTS, run_id=run_id)
    for part, own in touched.items():
        note_touched(con, folder, part, former.get(part), own)
    remember(con)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with empty_warehouse() as con:
        given_reference(con)
        con.execute(
            "attach ':memory:' as former; create schema former.raw; create schema former.nlp; create schema former.core"
        )
        world = World(con, 5)
        remember(con)
        builds.stamp(con, _PARTS, run_id="run-0")
        yield world


def test_hashes_of_told_keys_are_those_of_all_rows(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    con, folder = world.con, tmp_path / "prints"
    monkeypatch.setattr(changed_keys, "_MOST_CHANGED", 2.0)
    rebuild(con, folder, "run-0", RUN, program="p")
    of = sources(con)
    paths = [tmp_path / name for name in ("few", "all")]
    for path in paths:
        printed(con, path, of, {})
    for run in range(1, 5):
        since = builds.read_builds(con)
        changes = [world.change() for _ in range(world.draw.randrange(4))]
        stamp(con, folder, f"run-{run}")
        told = told_keys(folder, since=since, built=builds.read_builds(con), models=RUN)
        assert sum(source.key in told.get(source.table, ()) for source in of) >= 15
        assert printed(con, paths[0], of, told) == printed(con, paths[1], of, {}), changes
        printed(con, tmp_path / f"new-{run}", of, {})
        assert kept(con, paths[0]) == kept(con, paths[1]) == kept(con, tmp_path / f"new-{run}"), changes
        if run % 2:  # so that links of two runs are followed
            continue
        in_part = rebuild(con, folder, f"run-{run}", RUN, program="p")
        assert in_part == {model.qualified_name for model in PARTIAL}
        assert [result.message for result in run_checks(con, derived_checks(RUN)) if not result.passed] == [], changes


@pytest.mark.parametrize("source", [DOCUMENTS, MENTIONS], ids=["by key", "in buckets"])
def test_a_row_of_a_key_that_was_not_told_is_not_seen(world: World, tmp_path: Path, source: Source) -> None:
    con = world.con
    rebuild(con, tmp_path / "prints", "run-0", RUN)
    first, second = (f"d{number:03d}" for number in (30, 31))
    for _ in range(40 - world.count):
        world.come()
    paths = [tmp_path / name for name in ("few", "none", "all")]
    for path in paths:
        printed(con, path, [source], {})
    con.begin()
    con.execute("update raw.documents set title = 'Other'")
    con.execute(
        "update nlp.entity_mentions set start_char = start_char + 1 where document_id in ($1, $2)", [first, second]
    )
    con.commit()
    few, none, every = (
        len(printed(con, path, [source], told))
        for path, told in zip(
            paths, ({source.table: {source.key: [first]}}, {source.table: {source.key: []}}, {}), strict=True
        )
    )
    assert (few, none) == (1, 0)
    assert every >= 2
    assert kept(con, paths[0]) != kept(con, paths[2])  # so that a key too few is found by the test above


def forget(prints: Path) -> None:
    for path in prints.glob("*.parquet"):
        path.write_bytes(b"PAR1")


DOUBTS: dict[str, Callable[[Con, Path], object]] = {
    "another program": lambda con, prints: (prints / "state.json").write_text(
        (prints / "state.json").read_text(encoding="utf-8").replace('"program": "p"', '"program": "q"'),
        encoding="utf-8",
    ),
    "a link is missing": lambda con, prints: (prints / "touched.json").unlink(),
    "a load that tells nothing": lambda con, prints: (
        builds.stamp(con, _PARTS, run_id="removal"),
        [note_touched(con, prints, part, None, None) for part in COLUMNS],
    ),
    "no build": lambda con, prints: builds.discard(con, [LOAD, CORE]),
    "hashes damaged": lambda con, prints: forget(prints),
    "no doubt": lambda con, prints: None,
}


@pytest.mark.parametrize("doubt", DOUBTS)
def test_in_doubt_all_rows_are_hashed(world: World, tmp_path: Path, doubt: str) -> None:
    con, prints = world.con, tmp_path / "prints"
    remember(con)
    rebuild(con, prints, "run-1", RUN, program="p")
    stamp(con, prints, f"since {doubt}")
    DOUBTS[doubt](con, prints)
    # Nothing tells of this.
    con.execute(
        "update raw.documents set title = $1 where document_id = (select max(document_id) from raw.documents)", [doubt]
    )
    rebuild(con, prints, "run-2", RUN, program="p")
    is_seen = all(result.passed for result in run_checks(con, derived_checks(RUN)))
    assert is_seen == (doubt != "no doubt")
