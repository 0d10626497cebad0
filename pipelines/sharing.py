"""The commands that hand the published warehouse on: communique export | diff | dbt export | explore | serve.

What belongs here: their options and what they show. What does not: the work (`warehouse/export.py`, `dbt_project.py`,
`publications.py`, `pipelines/explore`, `pipelines/mcp_server.py`).
"""

from __future__ import annotations

import os
import sys
import webbrowser
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pipelines.command_parts import WarehouseOption, failures_shown, settings_from
from pipelines.errors import QueryError, SettingsError
from pipelines.output import console_for, write_csv, write_json, write_table
from pipelines.settings import Settings

sharing_app = typer.Typer()
dbt_app = typer.Typer(help="The SQL models for dbt.", no_args_is_help=True)
sharing_app.add_typer(dbt_app, name="dbt")

MAP_NAME = "fct_events.geojson"


class ExportFormat(StrEnum):
    """How `communique export` writes tables."""

    PARQUET = "parquet"
    CSV = "csv"
    GEOJSON = "geojson"


class DiffFormat(StrEnum):
    """How `communique diff` writes what changed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


@sharing_app.command()
def explore(
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Port on this machine; 0 takes a free one.")
    ] = 3001,
    warehouse: WarehouseOption = None,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the page, where there is a desktop.")
    ] = True,
) -> None:
    """Serve a page for looking at the published warehouse on 127.0.0.1, until interrupted."""
    with failures_shown():
        settings = settings_from(warehouse=warehouse)
        if not settings.published_database.exists():
            raise QueryError(
                f"nothing is published yet as {settings.published_database}; `communique run` publishes it"
            )
        try:
            from pipelines.explore.server import serve
        except ModuleNotFoundError as missing:
            raise SettingsError(
                f"the page needs the package {missing.name}; `make explore` installs it (extra `explore`)"
            ) from missing
        console = console_for(sys.stdout)

        def announce(address: str) -> None:
            console.print(f"Communiqué, read-only: {address}  (Ctrl-C ends it)", soft_wrap=True, markup=False)
            if browser and sys.stdout.isatty() and _has_desktop():
                webbrowser.open(address)

        serve(settings, port, announce)


@sharing_app.command()
def export(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the files go; made if it is missing.")],
    output: Annotated[
        ExportFormat,
        typer.Option(
            "--format", help="parquet, csv (no cell is a formula), or geojson (the events that have a place)."
        ),
    ] = ExportFormat.PARQUET,
    tables: Annotated[
        list[str] | None,
        typer.Option(
            "--table", help="A table, such as fct_events or nlp.sentences; may be repeated.", show_default="all of main"
        ),
    ] = None,
    warehouse: WarehouseOption = None,
) -> None:
    """Write tables of the published warehouse as files, one a table."""
    with failures_shown():
        from warehouse.export import FileFormat, export_map, export_tables

        console = console_for(sys.stdout)
        published = settings_from(warehouse=warehouse).published_database
        if output is ExportFormat.GEOJSON:
            if tables:
                raise SettingsError("--format geojson writes fct_events alone; leave --table out")
            file, left_out = export_map(published, folder / MAP_NAME)
            console.print(
                f"{file.path}: {file.row_count} events; {left_out} have no coordinates", soft_wrap=True, markup=False
            )
            return
        for file in export_tables(published, folder, tables or (), file_format=FileFormat(output.value)):
            console.print(f"{file.path}: {file.row_count} rows", soft_wrap=True, markup=False)


@sharing_app.command()
def diff(
    old: Annotated[
        int | None,
        typer.Argument(
            metavar="OLD", help="Number of a publication (table publications).", show_default="the last but one"
        ),
    ] = None,
    new: Annotated[
        int | None, typer.Argument(metavar="NEW", help="Number of a later one.", show_default="the last")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="List every document, event, entity and count, not only how many.")
    ] = False,
    output: Annotated[DiffFormat, typer.Option("--format", help="How to write the result.")] = DiffFormat.TABLE,
    warehouse: WarehouseOption = None,
) -> None:
    """Show what changed between two publications, and why."""
    with failures_shown():
        settings = settings_from(warehouse=warehouse)
        first, last = _publications(settings, old, new)
        source = f"changes_between({first}, {last})"
        statement = (
            f"from {source}"
            if everything
            else f"select kind, change, causes, count(*) as rows, list(label order by label)[:3] as such_as from {source} "
            "group by all order by kind, change, rows desc, causes"
        )
        from warehouse.query import query

        result = query(
            settings.published_database, statement, seconds=settings.query_seconds, memory=settings.query_memory
        )
        if output is DiffFormat.TABLE:
            console = console_for(sys.stdout)
            console.print(f"From publication {first} to {last}")
            write_table(console, result.columns, result.rows)
        else:
            write = write_csv if output is DiffFormat.CSV else write_json
            write(sys.stdout, result.columns, result.rows)


@dbt_app.command("export")
def dbt_export(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The project; made if it is missing.")],
    warehouse: WarehouseOption = None,
) -> None:
    """Write the SQL models as a dbt project that builds them from the published warehouse."""
    with failures_shown():
        from warehouse.dbt_project import write_dbt_project

        settings = settings_from(warehouse=warehouse)
        count = write_dbt_project(settings.sql, folder, published_path=settings.published_database)
        console_for(sys.stdout).print(
            f"{folder}: {count} models. In that folder: dbt build --profiles-dir .", soft_wrap=True, markup=False
        )


@sharing_app.command()
def serve(
    mcp: Annotated[
        bool, typer.Option("--mcp", help="Speak the Model Context Protocol on standard input and output.")
    ] = False,
    warehouse: WarehouseOption = None,
) -> None:
    """Let a program ask the published warehouse, read-only, until its input ends."""
    with failures_shown():
        if not mcp:
            raise SettingsError("say how to serve: --mcp")
        settings = settings_from(warehouse=warehouse)
        try:
            from pipelines.mcp_server import build_server
        except ImportError as error:
            raise SettingsError(f"the package mcp is not installed ({error}); `make mcp` installs it") from error
        build_server(settings).run("stdio")


def _publications(settings: Settings, old: int | None, new: int | None) -> tuple[int, int]:
    """The numbers of the two publications to compare.

    Raises:
        QueryError: one is not known, or its changes are no longer kept.
    """
    from warehouse.query import query

    statement = (
        "select publication_number, change_count = (select count(*) from agg_changes where "
        "agg_changes.publication_number = publications.publication_number) from publications order by all"
    )
    kept = dict(query(settings.published_database, statement).rows)
    if len(kept) < 2:
        raise QueryError("there is only one publication yet; there is nothing to compare it with")
    last = max(kept) if new is None else new
    first = last - 1 if old is None else old
    for number in (first, last):
        if number not in kept:
            raise QueryError(f"there is no publication {number}; {min(kept)} to {max(kept)} are known")
    if first >= last:
        raise QueryError(f"publication {first} is not before {last}")
    if dropped := [number for number in range(first + 1, last + 1) if not kept.get(number, False)]:
        raise QueryError(f"the changes of publication {dropped[0]} are no longer kept; compare later ones")
    return first, last


def _has_desktop() -> bool:
    """Whether a browser would open a window; one of the terminal would take the terminal over."""
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
