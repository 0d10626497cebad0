"""Hashes kept of a table tell which of its keys have other rows than in the last run."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from warehouse.prints import UNLIKE, Prints, Source

Con = duckdb.DuckDBPyConnection
SOURCE = Source("main.mentions", "document_id", ("document_id", "entity_id"))


@pytest.fixture
def con() -> Con:
    with duckdb.connect() as con:
        con.execute("create table mentions (document_id varchar, entity_id varchar, start_char integer)")
        con.execute("insert into mentions values ('a', 'one', 0), ('a', 'one', 9), ('b', 'two', 0)")
        yield con


def changed(con: Con, folder: Path, kept: list[str]) -> tuple[set[str], list[str]]:
    prints = Prints(con, folder)
    prints.compare_with(kept)
    assert prints.print(con, [SOURCE]) == (SOURCE.label in kept)
    keys = {key for (key,) in con.execute(f"select key from {UNLIKE}").fetchall()}
    return keys, prints.keep()


@pytest.mark.parametrize(
    ("change", "keys"),
    [
        ("update mentions set start_char = 7", set()),
        ("update mentions set entity_id = 'three' where document_id = 'b'", {"b"}),
        # Two rows that are equal in what is read, before and after.
        ("update mentions set entity_id = 'three' where document_id = 'a'", {"a"}),
        ("update mentions set entity_id = if(start_char = 0, 'two', 'one')", {"a"}),
        ("insert into mentions values ('c', 'one', 0)", {"c"}),
        ("delete from mentions where start_char = 9", {"a"}),
        ("delete from mentions where document_id = 'b'", {"b"}),
    ],
)
def test_keys_whose_rows_are_others_are_told(con: Con, tmp_path: Path, change: str, keys: set[str]) -> None:
    _, kept = changed(con, tmp_path, [])
    con.execute(change)
    assert changed(con, tmp_path, kept)[0] == keys
    assert changed(con, tmp_path, kept)[0] == set()
