"""Libraries that a later step needs are there when the block ends; one that is missing is left to that step."""

import sys
import threading
from pathlib import Path

import pytest

from pipelines.stages.loaded_ahead import loaded_ahead


def test_modules_are_there_at_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "slow_library.py").write_text("import time\ntime.sleep(0.05)\nready = True\n", encoding="utf-8")
    (tmp_path / "broken_library.py").write_text("raise OSError('no disk')\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    before = threading.active_count()
    with loaded_ahead("no_such_library", "broken_library", "slow_library"):
        pass
    assert sys.modules["slow_library"].ready
    assert threading.active_count() == before
