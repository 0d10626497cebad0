"""What is compiled when the environment is made."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from pipelines import bytecode


def test_all_that_a_run_imports_is_compiled_and_nothing_of_training():
    found = set(bytecode._modules())
    assert {"pipelines.cli", "pipelines.definitions", "pipelines.nlp.build", "warehouse.load"} <= found
    assert not [name for name in found if name.startswith("pipelines.training")]


@pytest.mark.parametrize("name", bytecode._BESIDE)
def test_modules_of_others_are_there(name):
    assert find_spec(name)


def test_a_missing_module_of_our_own_is_no_missing_extra(monkeypatch):
    monkeypatch.setattr(bytecode, "_BESIDE", ("an_extra_not_installed", "pipelines.absent"))
    monkeypatch.setattr(bytecode, "_modules", lambda: iter(()))
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    with pytest.raises(ModuleNotFoundError, match=r"pipelines\.absent"):
        bytecode.main()
