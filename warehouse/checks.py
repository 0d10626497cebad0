"""Checks of the tables: each is SQL that returns the rows that break a rule.

What belongs here: the checks that follow from the contracts (`table_checks`) and from the models' .yml (`model_checks`), reading
those written by hand (`sql_checks`), and running them. What does not: deciding what a failure does; a blocking check stops
the publication (`pipelines/defs`).

A hand-written check is `sql/checks/<name>.sql`: comment lines `-- table: <schema>.<table>`, `-- severity: error|warn` and
`-- description: ...`, then one SELECT; `-- key: ...`, `-- pairs: ...` and `-- through: ...` promise that few rows can be judged
by themselves (`narrow_checks.py`).
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb

from pipelines.errors import ModelError
from warehouse.contracts.form import Column, ForeignKey, Span, Table
from warehouse.layout import literal, quoted
from warehouse.models import Model, ModelTest
from warehouse.tables import TABLES
from warehouse.transaction import translated_errors

SAMPLE_ROWS = 5
NO_ROW = "select 1 where false"
_SIDE_BY_SIDE = 2  # what reads much has all of DuckDB's threads anyway
_HEADER = re.compile(r"^-- (table|severity|description|key|pairs|through): (.+)$", re.MULTILINE)
_REQUIRED = {"table", "severity", "description"}


@dataclass(frozen=True, slots=True)
class Reference:
    """Columns of a table that refer to rows of another one, "schema.table", by the same number of its columns."""

    columns: tuple[str, ...]
    parent: str
    referred: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """A rule about a table: its SQL returns the rows that break it, keys first."""

    name: str  # unique within the table
    table: str  # "schema.table"
    description: str
    sql: str
    is_blocking: bool = True
    condition: str = ""  # of the rows of the table itself that break it, where a row can be judged by itself; else none
    key: tuple[str, ...] = ()  # columns that no two rows may share, where that is the rule
    reference: Reference | None = None  # where the rule is that rows are referred to that are there
    few: str = ""  # SQL of the rows that break it where all others are known to keep it; none if nothing is known
    rows: str = ""  # SQL of the rows of the table that `few` calls _rows
    narrow_key: str = ""  # column whose values keep or break a hand-written rule by themselves (`narrow_checks.py`)
    pairs: tuple[str, ...] = ()  # columns that hold two such values, where pairs are counted
    through: tuple[str, ...] = ()  # a table without that column, its own, a table that has both, its own there
    of_document: str = ""  # `sql` of a rule that a row keeps by itself and its document, of _rows and _documents


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a check found."""

    check: Check
    failure_count: int
    sample: tuple[Mapping[str, Any], ...]  # up to SAMPLE_ROWS of the offending rows
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether no row breaks the rule."""
        return self.failure_count == 0

    @property
    def finding(self) -> str:
        """The table, the rule and how many rows break it: nothing that comes from the data."""
        if self.passed:
            return f"{self.check.table}: {self.check.description}: holds"
        rows = "1 row breaks" if self.failure_count == 1 else f"{self.failure_count} rows break"
        return f"{self.check.table}: {self.check.description}: {rows} it"

    @property
    def message(self) -> str:
        """One line for a person: the finding, and which rows, for example."""
        if self.passed:
            return self.finding
        rows = "; ".join(", ".join(f"{name}={value}" for name, value in row.items()) for row in self.sample)
        more = "" if self.failure_count <= len(self.sample) else f" and {self.failure_count - len(self.sample)} more"
        return f"{self.finding}: {rows}{more}"


def run_check(con: duckdb.DuckDBPyConnection, check: Check) -> CheckResult:
    """Run a check.

    Args:
        con: a connection to the build database; reads only.
        check: the check.

    Raises:
        ModelError: the check itself cannot run (a table or column is missing); that is no failed check.
        WarehouseCorruptError: the database is damaged.
    """
    started = time.perf_counter()
    try:
        with translated_errors(doing=f"checking {check.table}"):
            cursor = con.execute(
                f"select count(*) over () as _failures, offending.* from ({check.sql}\n) as offending "
                f"order by all limit {SAMPLE_ROWS}"
            )
            names = [column[0] for column in cursor.description[1:]]
            rows = cursor.fetchall()
    except duckdb.Error as err:
        raise ModelError(f"the check {check.name} of {check.table} cannot run: {err}") from err
    return CheckResult(
        check=check,
        failure_count=rows[0][0] if rows else 0,
        sample=tuple(dict(zip(names, row[1:], strict=True)) for row in rows),
        seconds=time.perf_counter() - started,
    )


def run_checks(con: duckdb.DuckDBPyConnection, checks: Iterable[Check]) -> list[CheckResult]:
    """Run checks in order; see `run_check`.

    One statement counts for all of a table that follow each other, in one scan for all that judge a row by itself. Only where a
    rule is broken, or a check cannot run, each runs by itself, and says which rows or why. Seconds are then the check's own, else
    its share.
    """
    return [result for _, same in groupby(checks, lambda check: check.table) for result in _run_together(con, [*same])]


def run_side_by_side(
    con: duckdb.DuckDBPyConnection, groups: Sequence[Sequence[Check]]
) -> Generator[list[CheckResult], None, None]:
    """Run groups of checks two at a time; what a small query costs is its planning, which has one core at most.

    Args:
        con: a connection to the build database; reads only. Each thread has a cursor of it.
        groups: the checks of each group, run in order; see `run_checks`.

    Yields:
        The results of each group, in the order of the groups.

    Raises:
        ModelError, WarehouseCorruptError: as `run_check`; no further group is begun then.
    """
    own = threading.local()

    def run(checks: Sequence[Check]) -> list[CheckResult]:
        if not hasattr(own, "con"):
            own.con = con.cursor()
            own.con.execute("set timezone = 'UTC'")
        return run_checks(own.con, checks)

    with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
        futures = [pool.submit(run, checks) for checks in groups]
        try:
            for future in futures:
                yield future.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _run_together(con: duckdb.DuckDBPyConnection, checks: Sequence[Check]) -> list[CheckResult]:
    started = time.perf_counter()
    # Rules of rows of which none has changed are kept.
    asked = [check for check in checks if check.few != NO_ROW]
    counted = [f"({check.few or check.sql}\n) as offending" for check in asked if not check.condition]
    for table, few in ((quoted(*checks[0].table.split(".")), False), ("_rows", True)):
        if own := [f"({check.condition})" for check in asked if check.condition and bool(check.few) is few]:
            counted.append(f"{table} where {' or '.join(own)}")
    counts = " union all ".join(f"select count(*) from {one}" for one in counted)
    if rows := next((check.rows for check in asked if check.rows), ""):
        counts = f"with _rows as materialized ({rows}) {counts}"
    try:
        is_broken = bool(counts) and any(count for (count,) in con.execute(counts).fetchall())
    except duckdb.Error:
        is_broken = True
    if is_broken:
        return [run_check(con, check) for check in checks]
    share = (time.perf_counter() - started) / len(checks)
    return [CheckResult(check, 0, (), share) for check in checks]


def table_checks(tables: Sequence[Table] = TABLES) -> tuple[Check, ...]:
    """The checks that follow from the contracts, all blocking: keys, nulls, references, closed lists, spans."""
    return tuple(check for table in tables for check in _checks_of_table(table))


def model_checks(models: Iterable[Model]) -> tuple[Check, ...]:
    """The checks that the models' .yml files ask for.

    Raises:
        ModelError: a test is of a kind that is not known; names the model.
    """
    models = tuple(models)
    tables = {model.name: model.qualified_name for model in models}
    return tuple(check for model in models for check in _checks_of_model(model, tables))


def sql_checks(sql_dir: Path) -> tuple[Check, ...]:
    """The hand-written checks of `<sql_dir>/checks`.

    Raises:
        ModelError: a file lacks its header; names the file.
    """
    return tuple(_read_check(path) for path in sorted((sql_dir / "checks").glob("*.sql")))


def _read_check(path: Path) -> Check:
    text = path.read_text(encoding="utf-8")
    header = dict(_HEADER.findall(text))
    if header.keys() - {"key", "pairs", "through"} != _REQUIRED or header["severity"] not in ("error", "warn"):
        raise ModelError(
            f"{path}: the first lines must be `-- table: `, `-- severity: error|warn` and `-- description: `"
        )
    return Check(
        name=path.stem,
        table=header["table"],
        description=header["description"].rstrip("."),
        sql=text.strip().rstrip(";"),
        is_blocking=header["severity"] == "error",
        narrow_key=header.get("key", ""),
        pairs=tuple(header["pairs"].split(", ")) if "pairs" in header else (),
        through=tuple(re.split(", | = ", header["through"])) if "through" in header else (),
    )


def _checks_of_table(table: Table) -> list[Check]:
    key = ", ".join(quoted(column) for column in table.primary_key)
    checks = [
        Check(
            "unique_key",
            table.qualified_name,
            _unique(table.primary_key),
            _unique_sql(_name(table), table.primary_key),
            key=table.primary_key,
        ),
        _not_null_check(
            table.qualified_name,
            table.primary_key,
            [column.name for column in table.columns if not column.nullable],
        ),
    ]
    checks += [_reference_check(table, reference) for reference in table.foreign_keys]
    checks += [_closed_list_check(table, column, key) for column in table.columns if column.one_of]
    checks += [_span_check(table, span, key) for span in table.spans]
    return checks


def _reference_check(table: Table, reference: ForeignKey) -> Check:
    columns = ", ".join(reference.columns)
    referred = Reference(reference.columns, reference.table, reference.references)
    return Check(
        f"reference_{'_'.join(reference.columns)}",
        table.qualified_name,
        f"every {columns} is in {reference.table}",
        orphans_sql(_name(table), referred, table.primary_key),
        reference=referred,
    )


def _closed_list_check(table: Table, column: Column, key: str) -> Check:
    condition = f"{quoted(column.name)} not in ({', '.join(map(literal, column.one_of))})"
    return Check(
        f"accepted_{column.name}",
        table.qualified_name,
        f"{column.name} is one of {', '.join(column.one_of)}",
        f"select {key}, {quoted(column.name)} as {quoted('value')} from {_name(table)} where {condition}",
        condition=condition,
    )


def _span_check(table: Table, span: Span, key: str) -> Check:
    """A span lies within its document's text and, if the row repeats the text, is exactly that text."""
    start, end = f"spans.{quoted(span.start)}", f"spans.{quoted(span.end)}"
    keys = ", ".join(f"spans.{column}" for column in key.split(", "))
    exactness, shown = "", ""
    if span.text is not None:
        there = f"substring(documents.text, {start} + 1, {end} - {start})"
        exactness = f" or spans.{quoted(span.text)} is null or {there} <> spans.{quoted(span.text)}"
        shown = f", {there} as text_there"
    broken = (
        f"where {start} is not null and ({start} < 0 or {end} is null or {end} <= {start} "
        f"or {end} > length(documents.text){exactness})"
    )
    shown = f"select {keys}, {start}, {end}{shown} from"
    return Check(
        f"span_{span.start.removesuffix('_char')}",
        table.qualified_name,
        f"{span.start} and {span.end} mark {span.text or 'a part'} of the document's text",
        f"{shown} {_name(table)} as spans join raw.documents using (document_id) {broken}",
        of_document=f"{shown} _rows as spans join _documents as documents using (document_id) {broken}",
    )


def _not_null_check(table: str, primary_key: Sequence[str], columns: Sequence[str]) -> Check:
    """One check for all columns of a table that must have a value; names those that have none."""
    key = ", ".join(map(quoted, primary_key))
    missing = ", ".join(f"if({quoted(column)} is null, {literal(column)}, null)" for column in columns)
    condition = " or ".join(f"{quoted(column)} is null" for column in columns)
    return Check(
        "not_null",
        table,
        "columns that must have a value have one",
        f"select {key}, concat_ws(', ', {missing}) as missing from {quoted(*table.split('.'))} where {condition}",
        condition=condition,
    )


def _checks_of_model(model: Model, tables: Mapping[str, str]) -> Iterator[Check]:
    required = [test.columns[0] for test in model.tests if test.kind == "not_null"]
    if required:
        yield _not_null_check(model.qualified_name, model.primary_key, required)
    for test in model.tests:
        if test.kind != "not_null":
            yield _check_of_test(model, test, tables)


def _check_of_test(model: Model, test: ModelTest, tables: Mapping[str, str]) -> Check:
    name = quoted(model.schema, model.name)
    columns = "_".join(test.columns)
    shown = ", ".join(quoted(column) for column in dict.fromkeys((*model.primary_key, *test.columns)))
    column = quoted(test.columns[0])
    condition, key, reference = "", tuple[str, ...](), None
    if test.kind == "unique":
        description, sql, key = _unique(test.columns), _unique_sql(name, test.columns), test.columns
    elif test.kind == "relationships" and test.to is not None and test.field is not None:
        description = f"every {columns} is a {test.field} of {test.to}"
        reference = Reference(test.columns, tables[test.to], (test.field,))
        sql = orphans_sql(name, reference, model.primary_key)
    elif test.kind == "accepted_values":
        values = ", ".join(map(literal, test.values))
        description = f"{columns} is one of {', '.join(test.values)}"
        condition = f"cast({column} as varchar) not in ({values})"
        sql = f"select {shown} from {name} where {condition}"
    else:
        raise ModelError(f"{model.path.with_suffix('.yml')}: the test {test.kind!r} of {columns} is not known")
    return Check(
        f"{test.kind}_{columns}", model.qualified_name, description, sql, test.is_blocking, condition, key, reference
    )


def _unique(columns: Sequence[str]) -> str:
    return f"{', '.join(columns)} identifies one row"


def _unique_sql(name: str, columns: Sequence[str]) -> str:
    key = ", ".join(quoted(column) for column in columns)
    return f"select {key}, count(*) as row_count from {name} group by {key} having count(*) > 1"


def orphans_sql(rows: str, reference: Reference, primary_key: Sequence[str]) -> str:
    """SQL of the rows whose columns all have a value, and no row of the parent has the same.

    Args:
        rows: the table, or a query of rows in parentheses.
        reference: what they refer to.
        primary_key: the columns that are shown first.
    """
    shown = ", ".join(f"child.{quoted(column)}" for column in dict.fromkeys((*primary_key, *reference.columns)))
    pairs = [(quoted(own), quoted(other)) for own, other in zip(reference.columns, reference.referred, strict=True)]
    return (
        f"select {shown} from {rows} as child anti join {quoted(*reference.parent.split('.'))} as parent on "
        + " and ".join(f"child.{own} = parent.{other}" for own, other in pairs)
        + " where "
        + " and ".join(f"child.{own} is not null" for own, _ in pairs)
    )


def _name(table: Table) -> str:
    return quoted(table.schema, table.name)
