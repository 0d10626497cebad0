"""What a materialization adds to the catalogue: row count, preview, figures of the step.

What belongs here: from a table to the metadata of a materialization. Previews are Dagster tables, never Markdown, as their text
comes from documents that anyone may have written; they show the first columns only. Numbers become a curve in the UI, so what
is the same in every run is text or left out. What does not: what is known before (`asset_specs.py`), running anything.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import dagster as dg

from pipelines.defs.asset_specs import table_key
from pipelines.defs.keys import SEEDS
from pipelines.defs.seed_watch import Listing
from warehouse.layout import quoted

if TYPE_CHECKING:
    import duckdb

PREVIEW_ROWS = 5
PREVIEW_COLUMNS = 8
_CELL_CHARACTERS = 80
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


def table_result(
    con: duckdb.DuckDBPyConnection,
    qualified_name: str,
    columns: Sequence[str],
    *,
    row_count: int | None = None,
    has_preview: bool = True,
    **figures: Any,
) -> dg.MaterializeResult:
    """The materialization of a table: row count, first rows, and what else the step knows.

    Args:
        con: a connection to the build database.
        qualified_name: the table.
        columns: its columns.
        row_count: its rows, counted here if not given.
        has_preview: show the first rows.
        figures: further metadata.
    """
    table = quoted(*qualified_name.split("."))
    if row_count is None:
        row_count = con.execute(f"select count(*) from {table}").fetchall()[0][0]
    metadata: dict[str, Any] = {"dagster/row_count": row_count, **figures}
    if has_preview and row_count:
        names = [*columns][:PREVIEW_COLUMNS]
        found = con.execute(f"select {', '.join(map(quoted, names))} from {table} limit {PREVIEW_ROWS}").fetchall()
        rows = [dict(zip(names, row, strict=True)) for row in found]
        metadata["preview"] = metadata_table(rows, columns=names)
    return dg.MaterializeResult(asset_key=table_key(qualified_name), metadata=metadata)


def chosen(
    context: dg.AssetExecutionContext, results: Iterable[dg.MaterializeResult]
) -> Iterator[dg.MaterializeResult]:
    """What a step that makes all its tables at once gives back when only some of them were selected.

    The others were made as well: they are recorded in the catalogue as events of the run.
    """
    for result in results:
        if result.asset_key in context.selected_asset_keys:
            yield result
        elif result.asset_key is not None:
            context.log_event(dg.AssetMaterialization(result.asset_key, metadata=result.metadata))


def seeds_observation(listing: Listing) -> dg.AssetObservation:
    """What is known of the seeds folder without reading its files; its data version is the listing."""
    newest = listing.newest.isoformat(" ") if listing.newest is not None else "none"
    figures: dict[str, Any] = {"files": listing.files, "bytes": listing.bytes, "newest": newest}
    return dg.AssetObservation(SEEDS, metadata=figures, tags={"dagster/data_version": listing.digest})


def metadata_table(rows: Iterable[Mapping[str, Any]], *, columns: Sequence[str]) -> dg.TableMetadataValue:
    """Rows as a table in the UI; long cells are cut, control characters become spaces, lists are listed."""
    records = [dg.TableRecord({name: _cell(row[name]) for name in columns if name in row}) for row in rows]
    return dg.MetadataValue.table(records, dg.TableSchema([dg.TableColumn(name) for name in columns]))


def counts_by_reason(reason_codes: Iterable[str]) -> dg.TableMetadataValue:
    """How many records were refused for each reason, the most frequent first."""
    counts = sorted(Counter(reason_codes).items(), key=lambda item: (-item[1], item[0]))
    rows = [{"reason_code": code, "records": count} for code, count in counts]
    return metadata_table(rows, columns=("reason_code", "records"))


def _cell(value: Any) -> str | int | float | bool:
    if isinstance(value, bool | int | float):
        return value
    text = _UNPRINTABLE.sub(" ", _words(value))
    return text if len(text) <= _CELL_CHARACTERS else text[: _CELL_CHARACTERS - 1] + "…"


def _words(value: Any) -> str:
    """A value as a person would write it: names and not Python's lists, fields as "name: value"."""
    if value is None:
        return ""
    if isinstance(value, bytes | bytearray | memoryview):
        return f"{len(value)} bytes"
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_words(item)}" for name, item in value.items() if item is not None)
    if isinstance(value, list | tuple):
        return ", ".join(map(_words, value))
    return str(value)
