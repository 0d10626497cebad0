"""What the Dagster catalogue shows of a table: key, description, columns, row count, preview.

What belongs here: from contracts and models to asset specs, and from a table to the metadata of a materialization. Previews are
Dagster tables, never Markdown, as their text comes from documents that anyone may have written. What does not: running
anything (`assets.py`, `sql_assets.py`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any

import dagster as dg
import duckdb

from warehouse.contracts.form import Table
from warehouse.layout import quoted
from warehouse.models import Model

PREVIEW_ROWS = 5
_CELL_CHARACTERS = 80
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


def table_key(qualified_name: str) -> dg.AssetKey:
    """The asset key of a table: schema and name."""
    return dg.AssetKey(qualified_name.split("."))


def contract_spec(table: Table, *, group: str, deps: Iterable[dg.AssetKey], kinds: set[str]) -> dg.AssetSpec:
    """The asset of a table that Python builds."""
    columns = [
        dg.TableColumn(
            column.name,
            column.type,
            column.description,
            constraints=dg.TableColumnConstraints(nullable=column.nullable, unique=table.primary_key == (column.name,)),
        )
        for column in table.columns
    ]
    return dg.AssetSpec(
        table_key(table.qualified_name),
        description=f"{table.description}\n\nGrain: {table.grain}.",
        group_name=group,
        deps=list(deps),
        kinds=kinds,
        metadata=_static_metadata(table.qualified_name, columns),
    )


def model_spec(model: Model, *, group: str) -> dg.AssetSpec:
    """The asset of a SQL model; its code version is a hash of the SQL, so the UI marks what a change has outdated."""
    columns = [
        dg.TableColumn(
            column.name,
            column.data_type,
            column.description,
            constraints=dg.TableColumnConstraints(unique=model.primary_key == (column.name,)),
        )
        for column in model.columns
    ]
    return dg.AssetSpec(
        table_key(model.qualified_name),
        description=f"{model.description}\n\nGrain: {model.grain}.\n\n```sql\n{model.sql}\n```",
        group_name=group,
        deps=[table_key(name) for name in sorted(model.depends_on)],
        kinds={"duckdb", "sql"},
        code_version=blake2b(model.sql.encode(), digest_size=8).hexdigest(),
        metadata=_static_metadata(model.qualified_name, columns) | {"materialized": model.materialized},
    )


def table_result(
    con: duckdb.DuckDBPyConnection, qualified_name: str, *, row_count: int | None = None, **figures: Any
) -> dg.MaterializeResult:
    """The materialization of a table: row count, first rows, and what else the step knows.

    Args:
        con: a connection to the build database.
        qualified_name: the table.
        row_count: its rows, counted here if not given.
        figures: further metadata.
    """
    table = quoted(*qualified_name.split("."))
    if row_count is None:
        row_count = con.execute(f"select count(*) from {table}").fetchall()[0][0]
    cursor = con.execute(f"select * from {table} limit {PREVIEW_ROWS}")
    names = [column[0] for column in cursor.description]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    metadata = {"dagster/row_count": row_count, "preview": metadata_table(rows, columns=names), **figures}
    return dg.MaterializeResult(asset_key=table_key(qualified_name), metadata=metadata)


def metadata_table(rows: Iterable[Mapping[str, Any]], *, columns: Iterable[str]) -> dg.TableMetadataValue:
    """Rows as a table in the UI; long cells are cut, control characters become spaces."""
    records = [dg.TableRecord({name: _cell(value) for name, value in row.items()}) for row in rows]
    return dg.MetadataValue.table(records, dg.TableSchema([dg.TableColumn(name) for name in columns]))


def counts_by_reason(reason_codes: Iterable[str]) -> dg.TableMetadataValue:
    """How many records were refused for each reason, the most frequent first."""
    counts = sorted(Counter(reason_codes).items(), key=lambda item: (-item[1], item[0]))
    rows = [{"reason_code": code, "records": count} for code, count in counts]
    return metadata_table(rows, columns=("reason_code", "records"))


def _static_metadata(qualified_name: str, columns: list[dg.TableColumn]) -> dict[str, Any]:
    return {
        "dagster/column_schema": dg.TableSchema(columns),
        "dagster/table_name": f"communique.{qualified_name}",
    }


def _cell(value: Any) -> str | int | float | bool:
    if isinstance(value, bool | int | float):
        return value
    if value is None:
        return ""
    text = f"{len(value)} bytes" if isinstance(value, bytes) else _UNPRINTABLE.sub(" ", str(value))
    return text if len(text) <= _CELL_CHARACTERS else text[: _CELL_CHARACTERS - 1] + "…"
