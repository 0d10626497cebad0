"""The command line: communique run | extract | sql | check | ui | quarantine list, retry | remove | rebuild, and `sharing.py`.

What belongs here: options, exit statuses and what goes to which stream. Every command calls what the Dagster UI or Python
code can call too. The heavy libraries (Dagster, spaCy) are imported inside the command that needs them, so that `sql` and
`extract` start at once.

Exit status: 0 clean, 1 failed, 2 done but records were quarantined (`run`); see `docs/operations.md`.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from pipelines.command_parts import (
    EXIT_FAILED,
    AllowVanishedOption,
    ModelOption,
    SeedsOption,
    WarehouseOption,
    WorkersOption,
    failures_shown,
    settings_from,
    sql_command,
)
from pipelines.errors import InputError, QueryError, RunFailedError, SettingsError
from pipelines.output import console_for, printable, write_csv, write_json, write_table
from pipelines.process import ends_well, made_for_good
from pipelines.settings import PROJECT_ROOT, Settings
from pipelines.sharing import sharing_app
from pipelines.stages.ingest.inbox import SURROGATE, list_inbox, printable_path
from pipelines.streams import show_on_without_output

if TYPE_CHECKING:
    from pipelines.stages.early_workers import EarlyWorkers

EXIT_QUARANTINED = 2
# Paths that must be there, or be writable, before a run does anything.
OF_A_RUN = ("seeds", "sql", "warehouse")
_WHOLE_JOB = "ingest_and_publish"


class _Commands(typer.Typer):
    """The commands, in a process that ends well: `pipelines/process.py`."""

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        with ends_well(is_alone=not arguments and not options):
            return super().__call__(*arguments, **options)


app = _Commands(
    help="News text in, a DuckDB warehouse of political events out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
    rich_markup_mode=None,
)

quarantine_app = typer.Typer(help="Files and records that were refused.", no_args_is_help=True)
app.add_typer(quarantine_app, name="quarantine")
app.add_typer(sharing_app)

QUARANTINE_QUERY = (
    "select path, record_number, stage, reason_code, message, attempts from raw.quarantine "
    "order by path, record_number nulls last, reason_code"
)


class OutputFormat(StrEnum):
    """How `communique sql` writes a result."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


@app.command()
def run(
    seeds: SeedsOption = None,
    warehouse: WarehouseOption = None,
    model: ModelOption = None,
    workers: WorkersOption = None,
    allow_vanished: AllowVanishedOption = False,
) -> None:
    """Ingest the seeds folder, build the warehouse, publish it, and show what was found."""
    with failures_shown():
        settings = settings_from(needed=OF_A_RUN, seeds=seeds, warehouse=warehouse, model=model, workers=workers)
        _run_job(_WHOLE_JOB, settings, config={"staged_documents": {"allow_vanished": allow_vanished}})


@app.command()
def remove(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH", help="Files or folders that are gone, as they were below the seeds folder."),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All documents that no file holds any more.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list what would go; nothing is changed.")] = False,
    seeds: SeedsOption = None,
    warehouse: WarehouseOption = None,
    model: ModelOption = None,
    workers: WorkersOption = None,
    allow_vanished: AllowVanishedOption = False,
) -> None:
    """Remove documents for good whose files are gone from the seeds folder, as part of a run.

    A run alone only marks them (dim_documents.is_current) and no longer counts them.
    """
    with failures_shown():
        if bool(paths) == everything:
            raise SettingsError("say which files' documents are to be removed, or --all")
        settings = settings_from(needed=OF_A_RUN, seeds=seeds, warehouse=warehouse, model=model, workers=workers)
        # A name whose bytes are no UTF-8 is in the ledger in its printable form.
        chosen = [printable_path(path) if SURROGATE.search(path) else path for path in paths or ()]
        if dry_run:
            from pipelines.removal_preview import write_removal_preview

            write_removal_preview(console_for(sys.stdout), settings, chosen)
            return
        values = {"remove_documents": True, "paths": chosen, "all": everything}
        _run_job(
            "remove_documents",
            settings,
            config={"load": values, "staged_documents": {"allow_vanished": allow_vanished}},
        )


@app.command()
def rebuild(
    seeds: SeedsOption = None,
    warehouse: WarehouseOption = None,
    model: ModelOption = None,
    workers: WorkersOption = None,
    from_seeds: Annotated[
        bool, typer.Option("--from-seeds", help="Start from nothing: forget removed files and earlier runs.")
    ] = False,
) -> None:
    """Set a damaged build database aside, take the published version in its place, and run.

    If nothing readable is published, it is made from the seeds folder. What was extracted before is not extracted again.
    """
    with failures_shown():
        settings = settings_from(needed=OF_A_RUN, seeds=seeds, warehouse=warehouse, model=model, workers=workers)
        from warehouse.connection import WriterLock
        from warehouse.recovery import start_over

        build, published = settings.build_database, settings.published_database
        with WriterLock(build, "communique rebuild", wait_seconds=settings.lock_seconds):
            recovery = start_over(build, published, from_seeds=from_seeds)
        console = console_for(sys.stdout)
        if recovery.set_aside is not None:
            console.print(f"The build database was set aside as {recovery.set_aside}", soft_wrap=True, markup=False)
        origin = "the published version" if recovery.is_restored else "the seeds folder and the extraction batches"
        console.print(f"Building it anew from {origin}")
        _run_job(_WHOLE_JOB, settings)


@quarantine_app.command("list")
def list_quarantine(
    output: Annotated[OutputFormat, typer.Option("--format", help="How to write the list.")] = OutputFormat.TABLE,
    warehouse: WarehouseOption = None,
) -> None:
    """List the files and records that are refused, and why."""
    with failures_shown():
        settings = settings_from(warehouse=warehouse)
        _write_answer(settings, QUARANTINE_QUERY, output)


@quarantine_app.command("retry")
def retry_quarantine(
    seeds: SeedsOption = None,
    warehouse: WarehouseOption = None,
    model: ModelOption = None,
    workers: WorkersOption = None,
) -> None:
    """Read quarantined files and extract failed documents again, as part of a run; after the cause was mended."""
    with failures_shown():
        settings = settings_from(needed=OF_A_RUN, seeds=seeds, warehouse=warehouse, model=model, workers=workers)
        _run_job("retry_quarantined", settings)


@app.command()
def extract(
    pretty: Annotated[bool, typer.Option("--pretty", help="Indent the records, for a person to read.")] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Add to each record how its events and their parties were decided.")
    ] = False,
    model: ModelOption = None,
) -> None:
    """Read documents as JSON Lines from standard input, write one extraction record a line."""
    with failures_shown():
        settings = settings_from(model=model)
        from pipelines.nlp.build import build_nlp
        from pipelines.stages.stream import extract_stream

        nlp = build_nlp(settings.model, is_explaining=explain)
        for record in extract_stream(_input_lines(), nlp=nlp, settings=settings, is_explaining=explain):
            line = json.dumps(record, ensure_ascii=False, indent=2 if pretty else None)
            # Half a surrogate pair in an id is no UTF-8; written with a backslash it is JSON's own escape.
            sys.stdout.buffer.write(line.encode("utf-8", "backslashreplace") + b"\n")


@app.command()
def sql(
    statement: Annotated[str, typer.Argument(metavar="QUERY", help="One query of the published tables.")],
    output: Annotated[OutputFormat, typer.Option("--format", help="How to write the result.")] = OutputFormat.TABLE,
    warehouse: WarehouseOption = None,
) -> None:
    """Query the published warehouse, at any time, also while a run is going on."""
    with failures_shown():
        _write_answer(settings_from(warehouse=warehouse), statement, output)


@app.command()
def why(
    event_id: Annotated[
        str, typer.Argument(metavar="EVENT_ID", help="As in fct_events, of this publication or an earlier one.")
    ],
    warehouse: WarehouseOption = None,
) -> None:
    """Show why the reports of an event are one: each sentence, and what spoke for and against it."""
    with failures_shown():
        from pipelines.explained_events import write_explanation
        from warehouse.why import explain_event

        explained = explain_event(settings_from(warehouse=warehouse).published_database, event_id)
        write_explanation(console_for(sys.stdout), explained)


@app.command()
def check(
    build: Annotated[
        bool, typer.Option("--build", help="Check the build database, not the published one; while no run is going on.")
    ] = False,
    warehouse: WarehouseOption = None,
) -> None:
    """Run every check of the tables and name the rows that break one; fails if a blocking one does."""
    with failures_shown():
        settings = settings_from(needed=("sql",), warehouse=warehouse)
        from warehouse.checks import model_checks, run_checks, sql_checks, table_checks
        from warehouse.connection import open_build
        from warehouse.derived_checks import derived_checks, fill_checks
        from warehouse.models import discover_models
        from warehouse.tables import require_layout
        from warehouse.value_checks import value_checks

        path = settings.build_database if build else settings.published_database
        if not path.exists():
            raise QueryError(f"there is no {path} yet; `communique run` makes it")
        models = discover_models(settings.sql)
        checks = (
            *table_checks(), *model_checks(models), *sql_checks(settings.sql), *value_checks(), *derived_checks(models),
            *fill_checks(models),
        )  # fmt: skip
        with closing(open_build(path, read_only=True)) as con:
            require_layout(con)
            results = run_checks(con, checks)
        failed = [result for result in results if not result.passed]
        console = console_for(sys.stdout)
        for result in failed:
            label = "FAILED" if result.check.is_blocking else "WARNING"
            console.print(
                Text.assemble((label, "red"), f" {result.check.name} ", printable(result.message)), soft_wrap=True
            )
        console.print(f"{len(results)} checks of {path}: {len(results) - len(failed)} hold, {len(failed)} do not")
    if any(result.check.is_blocking for result in failed):
        raise typer.Exit(EXIT_FAILED)


@app.command()
def ui(
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port on this machine.")] = 3000,
    warehouse: WarehouseOption = None,
) -> None:
    """Serve the Dagster UI on 127.0.0.1, with its scheduler, until interrupted."""
    with failures_shown():
        settings = settings_from(needed=("sql", "warehouse"), warehouse=warehouse)
        _set_dagster_home()
        os.environ["COMMUNIQUE_WAREHOUSE"] = str(settings.warehouse)
        os.environ.setdefault("DAGSTER_EVENT_BATCH_SIZE", "1000")  # as `launch` does
        # `dagster dev` announces its successor, which is another package; this project does without.
        os.environ.setdefault("PYTHONWARNINGS", "ignore:Function `dev_command` is superseded")
        # Where this process was started with interrupts ignored (a background job), the server would ignore SIGTERM too.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.chdir(PROJECT_ROOT)
        command = [sys.executable, "-m", "dagster", "dev", "-w", "workspace.yaml", "-h", "127.0.0.1", "-p", str(port)]
        os.execv(sys.executable, command)


def _run_job(job_name: str, settings: Settings, *, config: Mapping[str, Mapping[str, Any]] | None = None) -> None:
    """Run a job that ingests and publishes, show it and what was found; ends the program if it quarantined something."""
    from pipelines.no_work import OPENING_LOCK, is_first_run
    from pipelines.stages.early_workers import EarlyWorkers

    home = _set_dagster_home()
    show_on_without_output()
    console = console_for(sys.stdout)
    with EarlyWorkers(settings) as early_workers:
        if job_name == _WHOLE_JOB:
            if is_first_run(settings):
                _start_early(early_workers, sum(file.size_bytes for file in list_inbox(settings.seeds)))
            elif (home / OPENING_LOCK).exists() and _ended_unchanged(console, settings, early_workers):
                return
        with made_for_good():
            from pipelines.console import RunView
            from pipelines.definitions import build_defs
            from pipelines.defs.launch import launch
            from pipelines.summary import show_summary

        own = {"settings": settings, "early_workers": early_workers}
        with RunView(console) as view:
            outcome = launch(job_name, build_defs, watcher=view, config=config, progress=view.progressed, **own)
    if not outcome.is_success:
        raise RunFailedError(f"{'; '.join(outcome.failures)}\nNothing was published. Run: {outcome.run_id}")
    command = sql_command(settings)
    if show_summary(
        console, settings.published_database, build=settings.build_database, run_id=outcome.run_id, command=command
    ):
        raise typer.Exit(EXIT_QUARANTINED)


def _start_early(workers: EarlyWorkers, size: int) -> None:
    """Let begin to load what reads and extracts, while this process loads Dagster and plans the run."""
    from warehouse.batch_table import batch_table

    workers.start(size, batch_table)


def _ended_unchanged(console: Console, settings: Settings, early_workers: EarlyWorkers) -> bool:
    """Whether there was nothing to do; then it is recorded and shown, without any of the libraries that would do it."""
    from pipelines.defs.seed_watch import list_seeds
    from pipelines.no_work import unchanged_run

    listing = list_seeds(settings.seeds)  # before the first file is read: what changes meanwhile is seen later
    with unchanged_run(settings, expect=partial(_start_early, early_workers)) as run:
        if run is None:
            return False
        from pipelines.defs.unchanged import record_unchanged_run

        record_unchanged_run(_WHOLE_JOB, run, settings, listing=listing)
    from pipelines.summary import show_summary

    console.print(f"Nothing was added, changed or removed since run {run.published_by} published", highlight=False)
    command = sql_command(settings)
    show_summary(
        console, settings.published_database, build=settings.build_database, run_id=run.run_id, command=command
    )
    return True


def _write_answer(settings: Settings, statement: str, output: OutputFormat) -> None:
    """Write what the published warehouse answers to a query."""
    from warehouse.query import query

    result = query(settings.published_database, statement, seconds=settings.query_seconds, memory=settings.query_memory)
    if output is OutputFormat.TABLE:
        write_table(console_for(sys.stdout), result.columns, result.rows)
    else:
        write = write_csv if output is OutputFormat.CSV else write_json
        write(sys.stdout, result.columns, result.rows)


def _input_lines() -> Iterator[bytes]:
    try:
        yield from sys.stdin.buffer
    except OSError as error:
        raise InputError(f"standard input cannot be read: {error.strerror}") from error


def _set_dagster_home() -> Path:
    """Let the runs of the command line appear in the UI of this clone.

    Returns:
        The folder of Dagster's records.

    Raises:
        SettingsError: DAGSTER_HOME is set to what cannot be one.
    """
    home = Path(os.environ.setdefault("DAGSTER_HOME", str(PROJECT_ROOT / "dagster_home")))
    if not home.is_absolute() or not home.is_dir() or not os.access(home, os.W_OK | os.X_OK):
        raise SettingsError(
            f"DAGSTER_HOME cannot be {os.environ['DAGSTER_HOME']!r}; it may be the absolute path of an existing folder"
        )
    return home


if __name__ == "__main__":
    app()
