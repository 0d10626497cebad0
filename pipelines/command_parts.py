"""What the commands of every module of the command line share: settings from options, failures as messages.

What belongs here: the parts that commands are made of. What does not: any command (`cli.py`, `sharing.py`).
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from pipelines.errors import PipelineError
from pipelines.settings import Settings
from pipelines.settings_check import read_settings, unknown_names

EXIT_FAILED = 1


def written_path(value: str) -> Path:
    """A path of an option; nothing (an unset variable of the shell) is not the current folder.

    Raises:
        typer.BadParameter: it is empty.
    """
    if not value.strip():
        raise typer.BadParameter("it is empty; it may be a folder")
    return Path(value)


WarehouseOption = Annotated[
    Path | None,
    typer.Option(
        "--warehouse",
        help="Folder of the databases and the Parquet batches.",
        show_default="warehouse",
        parser=written_path,
    ),
]

SeedsOption = Annotated[
    Path | None,
    typer.Option("--seeds", help="Folder of documents to ingest.", show_default="seeds", parser=written_path),
]
ModelOption = Annotated[
    str | None, typer.Option("--model", help="An installed spaCy pipeline.", show_default="en_core_web_sm")
]
WorkersOption = Annotated[
    int | None, typer.Option("--workers", min=1, help="Extraction worker processes.", show_default="one a core")
]

AllowVanishedOption = Annotated[
    bool,
    typer.Option(
        "--allow-vanished", help="Go on though many documents, or all, are gone from the seeds folder; for this run."
    ),
]


@contextmanager
def failures_shown() -> Iterator[None]:
    """End the program with a message instead of a traceback when the error is one that we raise on purpose."""
    try:
        yield
    except PipelineError as error:
        say(str(error))
        raise typer.Exit(EXIT_FAILED) from error


def settings_from(*, needed: Collection[str] = (), **options: Any) -> Settings:
    """The settings: the options that were given, the environment for the others; names that are none are told.

    Args:
        needed: paths that must be usable (`settings_check.read_settings`).
        options: values by the settings' names; None where none was given.

    Raises:
        SettingsError: a value cannot be used; names the setting.
    """
    for line in unknown_names(os.environ):
        say(line)
    given = {name: value.resolve() if isinstance(value, Path) else value for name, value in options.items()}
    return read_settings(needed=needed, **given)


def sql_command(settings: Settings) -> str:
    """The words that start `communique sql` on this warehouse from the current folder."""
    program = Path(sys.argv[0])
    if shutil.which("communique") == str(program):
        name = "communique"
    else:
        name = os.path.relpath(program) if program.is_absolute() else str(program)
    option = (
        "" if settings.warehouse == Settings().warehouse else f" --warehouse {shlex.quote(str(settings.warehouse))}"
    )
    return f"{name} sql{option}"


def say(message: str) -> None:
    """Write a message about a failure to standard error."""
    Console(stderr=True).print(Text(message, style="red"), soft_wrap=True)
