"""Libraries that are loaded without parts of theirs, and what they still do."""

from __future__ import annotations

import subprocess
import sys

import pytest

_LEAN = "from pipelines.lean_imports import import_dagster_storage, import_spacy, without_pandas; "


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(
            "import_spacy(); import spacy, sys; "
            "assert not {'spacy.cli', 'httpx', 'typer'} & set(sys.modules); "
            "assert spacy.info(silent=True)['spacy_version'] == spacy.__version__; "
            "import spacy.cli; assert spacy.cli.train_cli",
            id="spacy-without-commands-until-asked",
        ),
        pytest.param(
            "import_spacy(); import catalogue, importlib.metadata as metadata; "
            "known = metadata.entry_points(); groups = catalogue.AVAILABLE_ENTRY_POINTS; "
            "assert isinstance(groups, dict) and not hasattr(groups, 'select') and groups; "
            "assert all(list(groups[name]) == list(known.select(group=name)) for name in known.groups)",
            id="entry-points-by-group",
        ),
        pytest.param(
            "import spacy; import_spacy(); import sys; assert hasattr(sys.modules['spacy.cli'], 'train_cli')",
            id="spacy-that-is-there-stays",
        ),
        pytest.param(
            "import_dagster_storage(); import sys; "
            "assert not {'alembic', 'structlog', 'dagster._daemon.controller'} & set(sys.modules); "
            "from dagster._core.storage import sql; "
            "from dagster._core.storage.runs.sqlite import sqlite_run_storage as runs; "
            "config = sql.get_alembic_config(runs.__file__); "
            "assert sql.ScriptDirectory.from_config(config).get_current_head(); "
            "import dagster._daemon.types, dagster._daemon.controller as daemon; "
            "assert daemon.DaemonHeartbeat is dagster._daemon.types.DaemonHeartbeat",
            id="dagster-without-migrations-and-daemon-until-asked",
        ),
        pytest.param(
            "without_pandas(); without_pandas(); import pyarrow as pa, sys; "
            "assert pa.array([[{'a': 1}], None]).to_pylist() == [[{'a': 1}], None]; "
            "assert 'pandas' not in sys.modules",
            id="arrow-without-pandas",
        ),
    ],
)
def test_in_a_process_of_its_own(script):
    subprocess.run([sys.executable, "-c", _LEAN + script], check=True, timeout=120)
