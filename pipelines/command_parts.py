"""What the commands of every module of the command line share: settings from options, failures as messages.

What belongs here: the parts that commands are made of. What does not: any command (`cli.py`, `sharing.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.text import Text

from pipelines.errors import PipelineError, SettingsError
from pipelines.settings import Settings

EXIT_FAILED = 1

WarehouseOption = Annotated[
    Path | None,
    typer.Option("--warehouse", help="Folder of the databases and the Parquet batches.", show_default="warehouse"),
]


@contextmanager
def failures_shown() -> Iterator[None]:
    """End the program with a message instead of a traceback when the error is one that we raise on purpose."""
    try:
        yield
    except PipelineError as error:
        say(str(error))
        raise typer.Exit(EXIT_FAILED) from error


def settings_from(**options: Any) -> Settings:
    """The settings: the options that were given, the environment for the others.

    Raises:
        SettingsError: a value cannot be used; names the setting.
    """
    given: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
    given |= {name: value.resolve() for name, value in given.items() if isinstance(value, Path)}
    try:
        return Settings(**given)
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']} (got {e['input']!r})" for e in error.errors())
        raise SettingsError(f"a setting cannot be used: {problems}") from error


def say(message: str) -> None:
    """Write a message about a failure to standard error."""
    Console(stderr=True).print(Text(message, style="red"), soft_wrap=True)
