"""Tables of the published warehouse as files: Parquet, CSV, GeoJSON.

What belongs here: `export_tables` and `export_map`. What does not: answers to queries (`query.py`, `pipelines/output.py`), a
dbt project (`dbt_project.py`).

Each file is written beside its place and renamed, so that a reader never finds half of one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path

import duckdb

from pipelines.errors import QueryError
from warehouse.layout import literal, quoted
from warehouse.transaction import translated_errors

MAP_TABLE = "main.fct_events"
# What a spreadsheet takes for a formula when a cell begins with it, as in `pipelines/output.py`.
_FORMULA_START = r"^[=+\-@\t\r]"
_PLAIN_TYPES = ("BOOLEAN", "DATE", "TIMESTAMP", "TIME", "INTERVAL", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT",
                "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "FLOAT", "DOUBLE", "DECIMAL")  # fmt: skip


class FileFormat(StrEnum):
    """How tables are written."""

    PARQUET = "parquet"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A file that was written, and its rows."""

    path: Path
    row_count: int


def export_tables(
    published_path: Path, folder: Path, tables: Sequence[str] = (), *, file_format: FileFormat = FileFormat.PARQUET
) -> Iterator[ExportedFile]:
    """Write tables, a file each; yields each file when it is there.

    Args:
        published_path: the published warehouse.
        folder: where the files go; made if it is missing. A file of the same name is replaced.
        tables: names, with their schema or, in main, without; none: every table of main.
        file_format: how they are written. In CSV a list is JSON, and a text that a spreadsheet would take for a formula gets
            an apostrophe in front.

    Raises:
        QueryError: nothing is published, or there is no such table.
        DiskFullError: there is no space; the files so far are whole.
    """
    with closing(_open(published_path)) as con:
        found = _tables(con)
        wanted = [_find(name, found) for name in tables] or [name for name in found if name.startswith("main.")]
        folder.mkdir(parents=True, exist_ok=True)
        for name in dict.fromkeys(wanted):
            path = folder / f"{name.removeprefix('main.')}.{file_format.value}"
            yield ExportedFile(path, _copy(con, name, path, file_format))


def export_map(published_path: Path, path: Path) -> tuple[ExportedFile, int]:
    """Write the events that have coordinates as points of a GeoJSON file (RFC 7946), with every column of `fct_events`.

    Args:
        published_path: the published warehouse.
        path: the file; replaced if it is there.

    Returns:
        The file, and how many events have no coordinates and so are not in it.

    Raises:
        QueryError: nothing is published.
        DiskFullError: there is no space; a file that was there stays.
    """
    # Dates and lists as JSON has them; place_precision says what a point stands for, a town or a whole country.
    features = (
        "select place_longitude::double, place_latitude::double, to_json(events) from main.fct_events as events "
        "where place_latitude is not null and place_longitude is not null order by event_id"
    )
    with closing(_open(published_path)) as con:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _written(path) as part, part.open("w", encoding="utf-8") as file:
            file.write('{"type": "FeatureCollection", "features": [')
            cursor, count = con.execute(features), 0
            while row := cursor.fetchone():
                longitude, latitude, properties = row
                geometry = {"type": "Point", "coordinates": [longitude, latitude]}
                feature = {"type": "Feature", "geometry": geometry, "properties": json.loads(properties)}
                file.write(f"{',' if count else ''}\n{json.dumps(feature, ensure_ascii=False)}")
                count += 1
            file.write("\n]}\n")
        ((total,),) = con.execute(f"select count(*) from {MAP_TABLE}").fetchall()
    return ExportedFile(path, count), total - count


def _open(path: Path) -> duckdb.DuckDBPyConnection:
    if not path.exists():
        raise QueryError(f"nothing is published yet as {path}; `communique run` publishes it")
    try:
        con = duckdb.connect(str(path), read_only=True)
        con.execute("set timezone = 'UTC'")
    except duckdb.Error as err:
        raise QueryError(f"cannot open {path}: {err}") from err
    return con


def _tables(con: duckdb.DuckDBPyConnection) -> list[str]:
    rows = con.execute(
        "select table_schema || '.' || table_name from information_schema.tables "
        "where table_catalog = current_database() order by all"
    ).fetchall()
    return [name for (name,) in rows]


def _find(name: str, found: Iterable[str]) -> str:
    qualified = name if "." in name else f"main.{name}"
    if qualified in found:
        return qualified
    close = get_close_matches(qualified, found, n=3, cutoff=0.5)
    hint = f"; did you mean {', '.join(close)}?" if close else "; SHOW ALL TABLES lists them"
    raise QueryError(f"there is no table {qualified}{hint}")


def _copy(con: duckdb.DuckDBPyConnection, name: str, path: Path, file_format: FileFormat) -> int:
    table = quoted(*name.split("."))
    columns = "*"
    if file_format is FileFormat.CSV:
        described = con.execute(f"describe {table}").fetchall()
        columns = ", ".join(_csv_column(column, kind) for column, kind, *_ in described)
    options = "format parquet, compression zstd" if file_format is FileFormat.PARQUET else "format csv, header true"
    with _written(path) as part, translated_errors(doing=f"writing {path}"):
        row = con.execute(f"copy (select {columns} from {table}) to {literal(str(part))} ({options})").fetchone()
    return int(row[0]) if row else 0


def _csv_column(column: str, kind: str) -> str:
    name = quoted(column)
    if kind.partition("(")[0].removesuffix(" WITH TIME ZONE") in _PLAIN_TYPES:
        return name
    text = f"hex({name})" if kind == "BLOB" else name if kind == "VARCHAR" else f"cast(to_json({name}) as varchar)"
    return f"if(regexp_matches({text}, {literal(_FORMULA_START)}), '''' || {text}, {text}) as {name}"


@contextmanager
def _written(path: Path) -> Iterator[Path]:
    """A file beside the path that takes its place when the block ends well, and goes when it does not."""
    part = path.with_name(f".{path.name}.part-{os.getpid()}")
    try:
        with translated_errors(doing=f"writing {path}"):
            yield part
            os.replace(part, path)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
