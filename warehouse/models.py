"""SQL models: discovery, order and execution. One .sql file is one table; the .yml of the same name describes it.

What belongs here: reading `sql/{staging,intermediate,marts}`, the dependencies found in the parsed SQL, and running a model.
What does not: the checks a .yml asks for (`checks.py`), the SQL itself.

The folders, prefixes and .yml shape are dbt's, so that dbt can be pointed at the same folder later. A reference is a plain
qualified name (`raw.documents`, `intermediate.int_documents`); a bare one is a mart.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from hashlib import blake2b
from pathlib import Path
from typing import Any

import duckdb
import yaml

from pipelines.errors import ModelError
from warehouse.connection import more_memory
from warehouse.dependencies import KnownDependencies
from warehouse.layout import comment_statements, quoted
from warehouse.tables import TABLES
from warehouse.transaction import transaction

logger = logging.getLogger(__name__)

# Folder: schema of its models, and what a model is unless its .yml says otherwise.
FOLDERS = {"staging": ("staging", "view"), "intermediate": ("intermediate", "table"), "marts": ("main", "table")}
# Of a warehouse: what is kept of the rows that tables were made of.
PRINTS_FOLDER = "prints"
# The C parser is ten times as fast; both build plain values only.
_YML_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Emptying a table costs by its rows, making it anew by its columns, each of which has a comment.
REFILLED_ROWS = 100_000
_REF = re.compile(r"ref\('(\w+)'\)")


@dataclass(frozen=True, slots=True)
class ModelColumn:
    """A column as the .yml describes it; `data_type` is DuckDB's name, in lower case."""

    name: str
    description: str
    data_type: str


@dataclass(frozen=True, slots=True)
class ModelTest:
    """A test the .yml asks for: unique, not_null, relationships (`to`, "schema.table", and `field`) or accepted_values."""

    kind: str
    columns: tuple[str, ...]
    to: str | None = None
    field: str | None = None
    values: tuple[str, ...] = ()
    is_blocking: bool = True


@dataclass(frozen=True, slots=True)
class Through:
    """How a model reads a table by another key than its own: all its rows may be looked up, of some columns."""

    key: str  # column of the table; one of `columns`
    columns: tuple[str, ...]  # those that the model sees; none for all
    concerned: (
        str  # query of the model's keys that changed rows concern; `is_changed(id)` says so of a key of the table
    )
    only: str = ""  # condition of the rows that are looked up; none for all


@dataclass(frozen=True, slots=True)
class Increment:
    """How a model can be computed in part: the rows of a key are made of the rows of that key alone (`increments.py`)."""

    key: str  # column of the tables that it reads
    stale: str  # which stored rows are those of changed keys: a condition over `temp._changed`
    lookups: Mapping[str, str]  # table read, and its key: a row of it stays as it is while its key is there
    concerned: str = (
        ""  # query of the keys whose rows new rows of lookups concern; their keys are in the variable `added`
    )
    through: Mapping[str, Through] = field(default_factory=dict)  # by the table that is read
    also: str = ""  # query of the keys that change with those in `temp._changed`
    # Of tables with the key those that the model sees, of all others all: a change in another column concerns it not.
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Model:
    """A SQL model."""

    name: str
    schema: str
    path: Path
    sql: str
    materialized: str  # table or view
    depends_on: frozenset[str]  # "schema.table", models and tables that Python builds
    description: str
    grain: str
    primary_key: tuple[str, ...]
    limitation: str  # what the model does not tell; empty where it is a step to others
    minimum_fill: Mapping[str, float]  # column: least share of rows that have a value
    columns: tuple[ModelColumn, ...]
    tests: tuple[ModelTest, ...]
    increment: Increment | None = None

    @property
    def qualified_name(self) -> str:
        """`schema.name`."""
        return f"{self.schema}.{self.name}"

    @property
    def code_version(self) -> str:
        """Hash of what makes the table and its comments: the SQL, whether it is a table or a view, the descriptions."""
        made = f"{self.materialized}\0{self.sql}\0{self.description}\0{self.grain}\0{self.columns}\0{self.increment}"
        return blake2b(made.encode(), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class ModelRun:
    """What running a model gave."""

    row_count: int
    seconds: float


def discover_models(sql_dir: Path, *, cache: Path | None = None) -> tuple[Model, ...]:
    """Read every model, in an order in which each comes after those it reads.

    Args:
        sql_dir: the folder with staging/, intermediate/ and marts/.
        cache: file that keeps what was found in the SQL, as parsing it takes most of the time.

    Raises:
        ModelError: a file cannot be parsed, lacks its .yml, reads a table that is nowhere defined, or reads itself in a
            circle; names the file.
    """
    models = {}
    known = KnownDependencies(cache)
    for folder, (schema, materialized) in FOLDERS.items():
        for path in sorted((sql_dir / folder).glob("*.sql")):
            model = _read_model(path, schema=schema, materialized=materialized, known=known)
            models[model.qualified_name] = model
    known.keep()
    _check_references(models)
    return _ordered(models)


def run_model(con: duckdb.DuckDBPyConnection, model: Model, *, is_refilled: bool = False) -> ModelRun:
    """Create or replace a model's table or view with its comments, in one transaction.

    Args:
        con: the build database, outside a transaction.
        model: the model; those it reads have run.
        is_refilled: the table or view that is there was made by the same program, so only rows have changed: a view stays, and a
            table of up to `REFILLED_ROWS` is emptied and filled.

    Returns:
        Row count and wall time, seconds.

    Raises:
        ModelError: the SQL fails, or its columns are not those of the .yml; names the file.
        DiskFullError, WarehouseCorruptError: see `pipelines/errors.py`.
    """
    name = quoted(model.schema, model.name)

    def create() -> bool:
        if is_refilled and (model.materialized == "view" or _row_count(con, name) <= REFILLED_ROWS):
            if model.materialized == "table":
                with transaction(con, doing=f"running the model {model.name}"):
                    con.execute(f"delete from {name}")
                    con.execute(f"insert into {name} {model.sql}")
            return True
        with transaction(con, doing=f"running the model {model.name}"):
            con.execute(f"create schema if not exists {quoted(model.schema)}")
            _drop_other_kind(con, model)
            con.execute(f"create or replace {model.materialized} {name} as {model.sql}")
            check_columns(model, con.execute(f"describe {name}").fetchall())
            comments = [(column.name, column.description) for column in model.columns]
            text = f"{model.description} Grain: {model.grain}."
            for statement in comment_statements(model.materialized, model.schema, model.name, text, comments):
                con.execute(statement)
        return True

    run = timed(con, model, create)
    assert run is not None
    return run


def timed(con: duckdb.DuckDBPyConnection, model: Model, build: Callable[[], bool]) -> ModelRun | None:
    """Build a model, and count its rows.

    Args:
        con: the build database.
        model: the model.
        build: builds it, and says whether it did.

    Returns:
        Row count and wall time, seconds; `None` if it was not built.

    Raises:
        ModelError: the SQL fails; names the file.
    """
    started = time.perf_counter()
    try:
        if not _built(con, model, build):
            return None
        row_count = _row_count(con, quoted(model.schema, model.name))
    except duckdb.FatalException:
        raise  # the database is invalid now, whatever the model
    except duckdb.Error as err:
        raise ModelError(f"{model.path}: {err}") from err
    run = ModelRun(row_count=row_count, seconds=time.perf_counter() - started)
    logger.debug("%s: %d rows in %.2f s", model.qualified_name, run.row_count, run.seconds)
    return run


def _built(con: duckdb.DuckDBPyConnection, model: Model, build: Callable[[], bool]) -> bool:
    try:
        return build()
    except duckdb.OutOfMemoryException as err:  # joins of several tables hold parts of all, which do not go to disk
        logger.info("%s is built again, with more memory: %s", model.qualified_name, str(err).splitlines()[0])
        with more_memory(con):
            return build()


def _row_count(con: duckdb.DuckDBPyConnection, name: str) -> int:
    ((count,),) = con.execute(f"select count(*) from {name}").fetchall()
    return int(count)


def drop_removed_models(con: duckdb.DuckDBPyConnection, models: Iterable[Model]) -> tuple[str, ...]:
    """Drop tables and views of the models' schemas that no model and no contract defines any longer.

    Returns:
        Their names, "schema.table".
    """
    known = {model.qualified_name for model in models} | {table.qualified_name for table in TABLES}
    schemas = sorted({schema for schema, _ in FOLDERS.values()})
    found = con.execute(
        "select table_schema, table_name, if(table_type = 'VIEW', 'view', 'table') from information_schema.tables "
        "where table_catalog = current_database() and table_schema in (select unnest($schemas)) order by all",
        {"schemas": schemas},
    ).fetchall()
    removed = [(schema, name, kind) for schema, name, kind in found if f"{schema}.{name}" not in known]
    with transaction(con, doing="dropping tables whose models were removed"):
        for schema, name, kind in removed:
            con.execute(f"drop {kind} {quoted(schema, name)}")
    return tuple(f"{schema}.{name}" for schema, name, _ in removed)


def _read_model(path: Path, *, schema: str, materialized: str, known: KnownDependencies) -> Model:
    sql = path.read_text(encoding="utf-8").strip().rstrip(";")
    document = _read_yml(path.with_suffix(".yml"), path.stem)
    config = document.get("config") or {}
    meta = config.get("meta") or {}
    columns = document.get("columns") or []
    try:
        return Model(
            name=path.stem,
            schema=schema,
            path=path,
            sql=sql,
            materialized=config.get("materialized", materialized),
            depends_on=known.of(path, sql),
            description=document["description"].strip(),
            grain=meta["grain"],
            primary_key=tuple(meta["primary_key"]),
            limitation=meta.get("limitation", "").strip(),
            minimum_fill=meta.get("minimum_fill", {}),
            columns=tuple(
                ModelColumn(column["name"], column["description"].strip(), column["data_type"].lower())
                for column in columns
            ),
            increment=_read_increment(meta.get("incremental")),
            tests=(
                ModelTest("unique", tuple(meta["primary_key"])),
                *(
                    _read_test(path, column["name"], test)
                    for column in columns
                    for test in column.get("data_tests", ())
                ),
            ),
        )
    except (KeyError, AttributeError, TypeError) as err:
        raise ModelError(f"{path.with_suffix('.yml')}: a model, column or test lacks a field: {err!r}") from err


def _read_yml(path: Path, name: str) -> Mapping[str, Any]:
    if not path.exists():
        raise ModelError(f"{path} is missing: every model has a .yml that describes it")
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=_YML_LOADER)
        (model,) = document["models"]
    except (yaml.YAMLError, KeyError, TypeError, ValueError) as err:
        raise ModelError(f"{path}: expected `models:` with one model: {err}") from err
    if model.get("name") != name:
        raise ModelError(f"{path}: describes {model.get('name')!r}, not {name!r}")
    return dict(model)


def _read_increment(given: Mapping[str, Any] | None) -> Increment | None:
    if given is None:
        return None
    key = given["key"]
    own = f"{quoted(key)} in (select {quoted(key)} from temp._changed)"
    through = {
        table: Through(told["key"], tuple(told.get("columns", ())), told["concerned"].strip(), told.get("only", ""))
        for table, told in given.get("through", {}).items()
    }
    return Increment(
        key,
        given.get("stale", own),
        dict(given.get("lookups", {})),
        given.get("concerned", ""),
        through,
        given.get("also", ""),
        {table: tuple(columns) for table, columns in given.get("columns", {}).items()},
    )


def _read_test(path: Path, column: str, test: str | Mapping[str, Any]) -> ModelTest:
    if isinstance(test, str):
        return ModelTest(test, (column,))
    ((kind, arguments),) = test.items()
    is_blocking = (arguments.get("config") or {}).get("severity", "error") == "error"
    if kind == "relationships":
        reference = _REF.fullmatch(arguments["to"])
        if reference is None:
            raise ModelError(
                f"{path.with_suffix('.yml')}: {column}: `to` must be ref('<model>'), not {arguments['to']!r}"
            )
        return ModelTest(kind, (column,), to=reference[1], field=arguments["field"], is_blocking=is_blocking)
    if kind == "accepted_values":
        values = tuple(str(value) for value in arguments["values"])
        return ModelTest(kind, (column,), values=values, is_blocking=is_blocking)
    return ModelTest(kind, (column,), is_blocking=is_blocking)


def _check_references(models: Mapping[str, Model]) -> None:
    known = {*models, *(table.qualified_name for table in TABLES)}
    names = {model.name for model in models.values()}
    for model in models.values():
        narrowed = frozenset(model.increment.columns) if model.increment is not None else frozenset()
        for name in sorted((model.depends_on | narrowed) - known):
            raise ModelError(
                f"{model.path}: reads {name}, which no model and no contract of warehouse/contracts defines"
            )
        for test in model.tests:
            if test.to is not None and test.to not in names:
                raise ModelError(
                    f"{model.path.with_suffix('.yml')}: {test.columns[0]} refers to {test.to}, which is no model"
                )


def _ordered(models: Mapping[str, Model]) -> tuple[Model, ...]:
    graph = {name: sorted(model.depends_on & models.keys()) for name, model in models.items()}
    try:
        return tuple(models[name] for name in TopologicalSorter(graph).static_order())
    except CycleError as err:
        circle = " -> ".join(str(models[name].path) for name in err.args[1])
        raise ModelError(f"models read each other in a circle: {circle}") from err


def _drop_other_kind(con: duckdb.DuckDBPyConnection, model: Model) -> None:
    """A table cannot replace a view, nor a view a table."""
    found = con.execute(
        "select if(table_type = 'VIEW', 'view', 'table') from information_schema.tables "
        "where table_catalog = current_database() and table_schema = ? and table_name = ?",
        [model.schema, model.name],
    ).fetchone()
    if found is not None and found[0] != model.materialized:
        con.execute(f"drop {found[0]} {quoted(model.schema, model.name)}")


def check_columns(model: Model, described: list[tuple[Any, ...]]) -> None:
    """Make sure that a table has the columns of its model's .yml.

    Raises:
        ModelError: it has others; names the file and the columns.
    """
    made = [(name, str(data_type).lower()) for name, data_type, *_ in described]
    told = [(column.name, column.data_type) for column in model.columns]
    if made == told:
        return
    unlike = [f"{pair[0]} {pair[1]}" for pair in made if pair not in told]
    missing = [f"{pair[0]} {pair[1]}" for pair in told if pair not in made]
    raise ModelError(
        f"{model.path}: the columns differ from {model.path.with_suffix('.yml').name}: "
        f"the SQL alone has {', '.join(unlike) or 'none'}; the .yml alone has {', '.join(missing) or 'none'}"
        + ("; or the order differs" if sorted(made) == sorted(told) else "")
    )
