"""`python -m pipelines.bytecode`: import what a run imports, so that Python compiles it and keeps what it compiled.

What belongs here: what `make env` does in place of pip, which would compile every module of every package: 230 MB, of which
a run reads 60; parsing the SQL of the models, which each new warehouse would otherwise do (`warehouse/kept_answers.py`); and
unpacking the tables of the language identifier. What does not: any other set-up. A module that is not met here is compiled where
it is first imported.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Iterator

import pipelines
import warehouse

# Only training imports these, and no run.
_APART = ("pipelines.training",)
# What Dagster, its page, spaCy and sqlglot load when they are at work, which no module of ours imports.
_BESIDE = (
    "dagster._cli",
    "dagster._core.execution.execute_in_process",
    "dagster._daemon.cli",
    "dagster_webserver.cli",
    "spacy.pipeline.factories",
    "sqlglot.dialects.duckdb",
)


def main() -> None:
    """Import them all; modules of which an extra is not installed are left out."""
    sys.dont_write_bytecode = False  # or, with PYTHONDONTWRITEBYTECODE set, every start would compile them all: 8 s
    for name in (*_modules(), *_BESIDE):
        try:
            importlib.import_module(name)
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] in (pipelines.__name__, warehouse.__name__):
                raise
    parse_models()
    _unpack_tables()


def parse_models() -> None:
    """Parse the SQL of the models and keep what was found, where what is kept is of other SQL."""
    from pipelines.settings import PROJECT_ROOT
    from warehouse.kept_answers import LINEAGE_FILE, MODELS_FILE, OWN_FOLDER
    from warehouse.lineage import column_lineage
    from warehouse.models import discover_models

    column_lineage(discover_models(PROJECT_ROOT / "sql", cache=OWN_FOLDER / MODELS_FILE), OWN_FOLDER / LINEAGE_FILE)


def _unpack_tables() -> None:
    from pipelines.stages.ingest.language import load_identifier

    load_identifier()


def _modules() -> Iterator[str]:
    for package in (pipelines, warehouse):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}.", onerror=lambda _: None):
            if not found.name.startswith(_APART) and not found.name.endswith("__main__"):
                yield found.name


if __name__ == "__main__":
    main()
