"""Models computed by what the load and the resolution told hold the rows of their queries; a database that was written to is not
taken for one that was left alone."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

import duckdb
import pytest
from test_increment_runs import KINDS, PARTIAL, RUN, World
from test_increments import rebuild, stored

from tests.unit.warehouse_rows import empty_warehouse, given_reference
from warehouse import builds, changed_keys
from warehouse.builds import CORE, LOAD
from warehouse.checks import run_checks
from warehouse.derived_checks import derived_checks
from warehouse.prints import BUCKETS, Prints, Source, Unlike
from warehouse.seal import break_seal, is_sealed, seal
from warehouse.search_words import update_word_stems
from warehouse.told import TOLD
from warehouse.touched import WORD, Touched, note_touched

Con = duckdb.DuckDBPyConnection
TABLES = {table: columns for tables in TOLD.values() for table, columns in tables.items() if columns}


def remember(con: Con) -> None:
    con.execute("; ".join(f"create or replace table former.{table} as from {table}" for table in TABLES))


def tell(con: Con, folder: Path, run: int) -> None:
    """Note the keys of all rows that came, changed or went since they were remembered, as the load and the resolution would."""
    former = builds.read_builds(con)
    builds.stamp(con, [builds.Part(LOAD), builds.Part(CORE, (LOAD,))], run_id=f"told-{run}")
    for part, tables in TOLD.items():
        keys: dict[str, set[str]] = {}
        for table, columns in tables.items():
            gone, came = (
                f"(from former.{table} except all from {table})",
                f"(from {table} except all from former.{table})",
            )
            for column in columns if table in TABLES else ():
                rows = con.execute(f"select {column} from ({gone} union all {came})").fetchall()
                keys.setdefault(column, set()).update(key for (key,) in rows if key is not None)
            if columns == (WORD,) and con.execute(f"select count(*) from {gone}").fetchall() != [(0,)]:
                del keys[WORD]  # a resolution that takes words away does not tell
        note_touched(con, folder, part, former.get(part), Touched(keys, has_lost=True))


@pytest.mark.parametrize(("seed", "runs"), [(0, 3), pytest.param(1, 6, marks=pytest.mark.slow)])
def test_rows_are_those_of_the_queries_whether_told_or_hashed(
    tmp_path: Path, seed: int, runs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changed_keys, "_MOST_CHANGED", 2.0)
    hashed: list[str] = []
    of_rows = Prints._print

    def noted(self: Prints, con: Con, source: Source, told: Collection[str] | None = None) -> Unlike | None:
        if told is None:  # all rows are
            hashed.append(source.label)
        return of_rows(self, con, source, told)

    monkeypatch.setattr(Prints, "_print", noted)
    checks = derived_checks(stored(RUN))
    with empty_warehouse() as con:
        given_reference(con)
        con.execute(
            "attach ':memory:' as former; create schema former.raw; create schema former.nlp; create schema former.core"
        )
        world = World(con, seed)
        builds.stamp(con, [builds.Part(LOAD), builds.Part(CORE, (LOAD,))], run_id="run-0")
        rebuild(con, tmp_path / "prints", "run-0", RUN)
        for run in range(1, runs + 1):
            remember(con)
            changes = world.draw.choices(KINDS, k=world.draw.randrange(1, 5))
            for kind in changes:
                world.change(kind)
            update_word_stems(con)
            tell(con, tmp_path / "prints", run)
            hashed.clear()
            is_told = run % 3 != 0
            in_part = rebuild(con, tmp_path / "prints", f"run-{run}", RUN, is_told=is_told)
            assert {model.qualified_name for model in PARTIAL} == in_part, changes
            assert [result.message for result in run_checks(con, checks) if not result.passed] == [], changes
            # Of core nothing is told of near-duplicates, and of words only those that came.
            few = {"staging.stg_document_duplicates", "staging.stg_word_stems"}
            assert {label.split()[0] for label in hashed if label.startswith("staging.")} <= few or not is_told


def test_keys_that_were_told_count_as_changed_when_rows_are_hashed_again(tmp_path: Path) -> None:
    source = Source("main.papers", "document_id", is_own=True)
    with duckdb.connect() as con:
        con.execute("create table papers as select 'd' || i as document_id, i from range(9) as numbers (i)")
        first = Prints(con, tmp_path)
        assert not first.print(con, [source])
        kept = first.keep()
        con.execute("update papers set i = 20 where document_id = 'd2'")
        told = Prints(con, tmp_path)
        told.compare_with(kept, lambda _: {"d2"})
        assert told.print(con, [source]) and told.unlike(source).count == 1
        kept = told.keep()
        assert kept == {source.label: ["d2"]}
        con.execute("update papers set i = 2 where document_id = 'd2'")  # as it was when it was hashed
        again = Prints(con, tmp_path)
        again.compare_with(kept)
        assert again.print(con, [source])
        assert con.execute("select key from _changes.main._unlike").fetchall() == [("d2",)]
        assert again.keep() == {source.label: ()}


def test_of_a_table_of_which_some_columns_are_read_rows_of_keys_that_were_told_are_hashed_and_no_others(
    tmp_path: Path,
) -> None:
    source = Source("main.entities", "entity_id", ("entity_id", "name"), is_bucketed=True)
    with duckdb.connect() as con:
        con.execute(
            "create table entities as select 'e' || i as entity_id, 'n' || i as name, i as mentions "
            "from range(200) as numbers (i)"
        )
        first = Prints(con, tmp_path)
        assert not first.print(con, [source])
        kept = first.keep()
        con.execute("update entities set mentions = 0")  # what is read of them stays
        con.execute("update entities set name = 'other' where entity_id in ('e2', 'e7')")
        con.execute("delete from entities where entity_id = 'e3'")

        def unlike(told: Collection[str]) -> set[str]:
            nonlocal kept
            now = Prints(con, tmp_path)
            now.compare_with(kept, lambda _: told)
            assert now.print(con, [source])
            kept = now.keep()
            assert kept == {source.label: ()}
            assert now.unlike(source).is_exact
            return {key for (key,) in con.execute("select key from _changes.main._unlike").fetchall()}

        assert unlike({"e1", "e2", "e3", "e4"}) == {"e2", "e3"}
        assert unlike({"e1", "e2", "e3", "e4", "none"}) == set()
        # What was told in earlier runs without a look at its rows counts as changed, though it is now what it was then.
        kept = {source.label: ["e9"]}
        assert unlike({"e1"}) == {"e9"}
        # Nobody told of this one, so it is seen when all rows are hashed: the hashes kept are those of all the others.
        again = Prints(con, tmp_path)
        again.compare_with(kept)
        assert again.print(con, [source])
        assert not again.unlike(source).is_exact
        rows = con.execute("select key from _changes.main._unlike").fetchall()
        assert rows == con.execute("select cast(hash('e7') % $1 as varchar)", [BUCKETS]).fetchall()


def write(path: Path) -> None:
    with duckdb.connect(str(path)) as con:
        con.execute("update papers set i = 3")


def leave_a_log(path: Path) -> None:
    path.with_name(path.name + ".wal").touch()


def put_another_there(path: Path) -> None:
    path.unlink()
    with duckdb.connect(str(path)) as con:
        con.execute("create table papers as select 1 as i")


def read(path: Path) -> None:
    for is_read_only in (True, False):
        with duckdb.connect(str(path), read_only=is_read_only) as con:
            con.execute("create table if not exists papers (i integer)") if not is_read_only else con.execute(
                "from papers"
            )


@pytest.mark.parametrize(
    ("touch", "is_as_left"),
    [(read, True), (write, False), (leave_a_log, False), (put_another_there, False), (Path.unlink, False)],
)
def test_a_seal_is_broken_by_whoever_writes(tmp_path: Path, touch: Callable[[Path], None], is_as_left: bool) -> None:
    path, folder = tmp_path / "build.duckdb", tmp_path / "prints"
    with duckdb.connect(str(path)) as con:
        con.execute("create table papers as select 1 as i")
    assert not is_sealed(path, folder)
    seal(path, folder)
    assert is_sealed(path, folder)
    touch(path)
    assert is_sealed(path, folder) is is_as_left
    break_seal(folder)
    assert not is_sealed(path, folder)
