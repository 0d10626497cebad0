"""Hand-written checks of changed keys find what the checks of all rows find, whatever row of whatever table is another."""

from __future__ import annotations

import random
from collections.abc import Collection
from pathlib import Path

import duckdb
import pytest
from test_touched import DOCUMENTS, load, resolve_one_to_one

from tests.unit.warehouse_rows import SQL_DIR, empty_warehouse, given_reference, models, run_up_to, select
from warehouse.checks import NO_ROW, Check, run_check, sql_checks
from warehouse.dependencies import KnownDependencies
from warehouse.layout import quoted
from warehouse.narrow_checks import few_of_keys, tables_read

Con = duckdb.DuckDBPyConnection
CHECKS = [check for check in sql_checks(SQL_DIR) if check.narrow_key]
ROUNDS = 5
READ = sorted({table for check in CHECKS for table in tables_read(check.sql)})


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Con:
    """Three documents that share their entities, with all that the checks read, and the same again under `former`."""
    con = empty_warehouse()
    given_reference(con)
    load(con, tmp_path_factory.mktemp("narrow"), DOCUMENTS, name="run-1")
    resolve_one_to_one(con)
    con.execute("update nlp.event_mentions set fatalities = 3, injuries = 4")
    con.execute(
        "create or replace table core.events as select e.* replace (m.event_type as event_type, m.modality as modality, "
        "date '2026-03-02' as event_date_start, 'day' as event_date_precision, "
        "'e' || m.event_mention_id as event_id, 1 as mention_count, 1 as document_count) "
        "from nlp.event_mentions as m, (from core.events limit 1) as e; "
        "update core.entities set mention_count = 3, document_count = 3; "
        "update core.event_parties as p set party_id = n.entity_id from nlp.event_participants as n "
        "where p.event_mention_id = n.event_mention_id and p.role = n.role and p.ordinal = n.ordinal"
    )
    made = {model.qualified_name for model in models()}
    for table in READ:
        if table in made and not select(
            con, f"select 1 from duckdb_tables() where table_name = '{table.split('.')[1]}'"
        ):
            run_up_to(con, table)
    con.execute(
        "attach ':memory:' as former; create schema former.raw; create schema former.nlp; create schema former.core"
    )
    con.execute("create schema former.intermediate; create schema former.staging")
    con.execute("; ".join(f"create table former.{table} as from {table}" for table in READ))
    return con


class Differences:
    """What has changed, by comparing all rows."""

    def __init__(self, con: Con, check: Check) -> None:
        self.of = {
            table: f"((from {table} except all from former.{table}) union all (from former.{table} except all from {table}))"
            for table in tables_read(check.sql)
        }
        self.same = {table for table, rows in self.of.items() if not select(con, f"select 1 from {rows} limit 1")}

    def keys_of(self, con: Con, table: str, column: str) -> Collection[str] | None:
        rows = select(con, f"select distinct {quoted(column)} from {self.of[table]} where {quoted(column)} is not null")
        return [str(key) for (key,) in rows]

    def is_same(self, table: str) -> bool:
        return table in self.same


def columns_of(con: Con) -> dict[str, list[str]]:
    return {table: [row[0] for row in select(con, f"describe {table}")] for table in READ}


def change(draw: random.Random, con: Con, check: Check) -> str:
    """SQL of a change of a row of a table that a check reads, of a column that it names where it is one."""
    table = draw.choice(tables_read(check.sql))
    count = select(con, f"select count(*) from {table}")[0][0]
    one = f"where rowid = (select rowid from {table} order by all limit 1 offset {draw.randrange(count)})"
    column = quoted(draw.choice([row[0] for row in select(con, f"describe {table}") if row[0] in check.sql]))
    other = f"(select {column} from {table} order by all limit 1 offset {draw.randrange(count)})"
    return draw.choice(
        (
            f"delete from {table} {one}",
            f"insert into {table} from {table} {one}",
            f"update {table} set {column} = {other} {one}",
            f"update {table} set {column} = null {one}",
            f"update {table} set {column} = try_cast(coalesce(try_cast({column} as integer), 0) + 7 as varchar) {one}",
        )
    )


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_a_wrong_row_is_found_among_those_of_changed_keys(con: Con, check: Check) -> None:
    draw = random.Random(check.name)
    assert run_check(con, check).passed
    columns = columns_of(con)
    assert few_of_keys(con, Differences(con, check), check, columns).few == NO_ROW
    broken = asked = 0
    for _ in range(ROUNDS):
        con.begin()
        for _ in range(draw.randrange(1, 3)):
            try:
                con.execute(change(draw, con, check))
            except (duckdb.ConstraintException, duckdb.ConversionException, duckdb.BinderException):
                con.rollback()
                con.begin()
        few = few_of_keys(con, Differences(con, check), check, columns)
        is_broken = not run_check(con, check).passed
        if few.few:
            asked += 1
            assert (select(con, f"select count(*) from ({few.few})") != [(0,)]) == is_broken
        broken += bool(few.few) and is_broken
        con.rollback()
    assert asked > ROUNDS / 3 and broken > 0


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_the_tables_of_a_narrowed_check_are_all_seen(check: Check) -> None:
    assert tables_read(check.sql) == sorted(KnownDependencies(None).of(Path(check.name), check.sql))
