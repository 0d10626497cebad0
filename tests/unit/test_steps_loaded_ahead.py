"""What staging needs loads while files are read, and only where there are any."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from pipelines.defs import steps
from pipelines.settings import Settings


@pytest.mark.parametrize("changed", [[], ["a file"]])
def test_what_staging_needs_is_there_once_files_are_read(
    changed: Sequence[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(changed: Sequence[Any], _settings: Settings) -> Iterator[tuple[Any, Any]]:
        yield from ((item, ()) for item in changed)

    (tmp_path / "library_of_staging.py").write_text("ready = True\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(steps, "_STAGING", ("library_of_staging",))
    monkeypatch.setattr(steps, "read_in_children", read)
    sys.modules.pop("library_of_staging", None)
    assert list(steps._read_files(changed, Settings(), early_workers=None)) == [(item, ()) for item in changed]
    assert ("library_of_staging" in sys.modules) is bool(changed)
