"""Commands that must start at once import no heavy library."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("arguments", "heavy"),
    [
        (["--help"], {"dagster", "spacy", "duckdb", "pandas"}),
        (["sql", "select 1", "--warehouse", "/nowhere"], {"dagster", "spacy", "pandas", "sqlglot"}),
    ],
    ids=["help", "sql"],
)
def test_light_commands_import_no_heavy_library(arguments: list[str], heavy: set[str]) -> None:
    program = (
        "import sys\nfrom pipelines.cli import app\ntry: app(sys.argv[1:])\nexcept SystemExit: pass\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True)
    assert not heavy & set(done.stderr.splitlines()[-1].split())
