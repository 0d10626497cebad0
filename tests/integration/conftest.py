"""A sample corpus that went through the whole pipeline once, in a warehouse and a Dagster home of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.settings import PROJECT_ROOT, Settings

CORPUS = PROJECT_ROOT / "tests" / "cases" / "corpus"
SEED = PROJECT_ROOT / "seeds" / "000_2c340302055222c7.txt"


class Silent:
    """A watcher of runs that remembers the steps."""

    def __init__(self) -> None:
        self.steps: list[str] = []

    def step_started(self, step: str) -> None:
        self.steps.append(step)

    def step_ended(self, step: str, *, is_success: bool) -> None:
        pass


@pytest.fixture(scope="session")
def dagster_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A Dagster home with the project's settings and no runs."""
    home = tmp_path_factory.mktemp("dagster_home")
    shutil.copy(PROJECT_ROOT / "dagster_home" / "dagster.yaml", home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAGSTER_HOME", str(home))
        yield home


@pytest.fixture(scope="session")
def sample_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings with the sample corpus as seeds and an empty warehouse."""
    folder = tmp_path_factory.mktemp("sample")
    shutil.copytree(CORPUS, folder / "seeds")
    shutil.copy(SEED, folder / "seeds")
    (folder / "corrections.csv").touch()
    return Settings(
        seeds=folder / "seeds", warehouse=folder / "warehouse", corrections=folder / "corrections.csv", workers=1
    )
