"""The pipeline that a server loads once for all workers that are forked from it."""

from __future__ import annotations

import importlib
import sys

import pytest
import spacy
from spacy.language import Language

from pipelines.errors import ModelMissingError
from pipelines.settings import Settings
from pipelines.stages import engines, extraction_worker
from pipelines.stages.extraction_worker import WorkerFunctions, WorkerSettings, load_for_workers, load_pipeline

MODULE = "pipelines.stages.warm_pipeline"


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The models that are loaded, of which "missing" is not installed."""
    models: list[str] = []

    def build(model: str) -> Language:
        if model == "missing":
            raise ModelMissingError("not installed")
        models.append(model)
        return spacy.blank("en")

    monkeypatch.setattr("pipelines.nlp.build.build_nlp", build)
    monkeypatch.setattr(extraction_worker, "_loaded", {})
    monkeypatch.setattr(extraction_worker, "keep_for_good", lambda: None)
    return models


def test_what_the_server_has_loaded_is_not_loaded_again(built: list[str]) -> None:
    load_for_workers("small")
    assert built == ["small"]
    load_pipeline("small")
    assert built == ["small"]


def test_another_model_is_loaded_by_the_worker(built: list[str]) -> None:
    load_for_workers("small")
    load_pipeline("large")
    assert built == ["small", "large"]


@pytest.mark.parametrize(("model", "expected"), [("small", ["small"]), ("missing", [])])
def test_the_server_loads_the_model_of_the_settings_and_lives(
    built: list[str], monkeypatch: pytest.MonkeyPatch, model: str, expected: list[str]
) -> None:
    monkeypatch.setenv("COMMUNIQUE_MODEL", model)
    monkeypatch.delitem(sys.modules, MODULE, raising=False)
    importlib.import_module(MODULE)
    sys.modules.pop(MODULE)
    assert built == expected


@pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux alone")
@pytest.mark.parametrize(
    ("workers", "is_own", "is_loaded_once"),
    [
        pytest.param(2, True, True, id="several workers"),
        pytest.param(2, False, False, id="of another pipeline"),
        pytest.param(1, True, False, id="one by itself"),
    ],
)
def test_who_shares_a_pipeline(
    monkeypatch: pytest.MonkeyPatch, tmp_path, workers: int, is_own: bool, is_loaded_once: bool
) -> None:
    asked = []
    monkeypatch.setattr(engines, "WorkerPool", lambda *_, preload, **__: asked.extend(preload))
    settings = Settings(seeds=tmp_path, warehouse=tmp_path)
    functions = WorkerFunctions(load_pipeline if is_own else (lambda model: spacy.blank("en")), lambda records: None)
    engines.open_local_pool(settings, workers=workers, arguments=(WorkerSettings.of(settings, tmp_path), functions))
    assert (MODULE in asked) is is_loaded_once
