import gc

import pytest

from pipelines import process


@pytest.mark.parametrize("is_alone", [True, False])
def test_only_a_process_of_one_command_keeps_what_it_makes(is_alone: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[bool] = []
    monkeypatch.setattr(process, "_commands", [True] * is_alone)
    monkeypatch.setattr(process, "keep_for_good", lambda: kept.append(gc.isenabled()))
    with process.made_for_good():
        assert gc.isenabled() != is_alone
    assert gc.isenabled()
    assert kept == [False] * is_alone
